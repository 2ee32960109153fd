//! Captures that were interrupted, cut off or changed, and those that never began.

use super::*;

/// How much was written under a name that is not the file's own yet.
fn unfinished(home: &Home) -> u64 {
    let entries = fs::read_dir(home.path()).unwrap().flatten();
    let parts = entries.filter(|entry| {
        Path::new(&entry.file_name())
            .extension()
            .is_some_and(|it| it == "part")
    });
    parts
        .map(|entry| entry.metadata().map_or(0, |metadata| metadata.len()))
        .sum()
}

/// A capture that follows, and has seen a record from before it and one from after.
fn following(home: &Home, label: &str) -> crate::support::command::Running {
    // So large that it is written out at once.
    let large = "x".repeat(300_000);
    let topic = Topic::new(label);
    topic.produce(0, &[&large]);
    let running = capture(home, &topic.name, &["-O", "live.ndjson", "--follow"]).spawn();
    until("the first has been written", || unfinished(home) > 300_000);
    topic.produce(0, &[&large]);
    until("the second has been written", || unfinished(home) > 600_000);
    running
}

#[test]
fn ctrl_c_completes_a_capture_that_follows() {
    let home = Home::new();
    let running = following(&home, "followed");
    assert!(!home.path().join("live.ndjson").exists());
    let output = running.end_by(Signal::INT).exits(0);
    says(&output, "captured 2 records to live.ndjson\n");
    let (_, records, last) = parts(&home, "live.ndjson");
    assert_eq!(records.len(), 2);
    assert_eq!(last["truncated"], false);
    says(&verify(&home, "live.ndjson").exits(0), "sound, 2 records");
    assert_eq!(unfinished(&home), 0);
}

#[test]
fn a_terminal_that_goes_away_ends_a_capture_as_kill_does() {
    for signal in [Signal::HUP, Signal::TERM] {
        let home = Home::new();
        let running = following(&home, "hung-up");
        running.signal(signal);
        // The shell says it once more.
        let output = running.end_by(Signal::HUP).exits(143);
        says(&output, "captured 2 records to live.ndjson");
        says(&verify(&home, "live.ndjson").exits(0), "sound, 2 records");
        assert_eq!(unfinished(&home), 0);
    }
    // Under nohup it goes on.
    let topic = Topic::new("no-hangup");
    let home = Home::new();
    let running = capture(
        &home,
        &topic.name,
        &["-O", "live.ndjson", "--follow", "-n", "1"],
    )
    .within("trap '' HUP; exec \"$0\" \"$@\"")
    .spawn();
    until("it has begun", || {
        home.path().join("live.ndjson.part").exists()
    });
    running.signal(Signal::HUP);
    topic.produce(0, &["after"]);
    let _ = running.finish().exits(0);
    assert_eq!(read(&home, &["consume", "live.ndjson"]), ["after"]);
}

#[test]
fn an_interrupted_capture_says_that_it_is_truncated() {
    let topic = Topic::new("cut-short");
    // More than waits for the reader of standard output on the way.
    topic.produce(0, &[&*"x".repeat(900_000); 20]);
    let home = Home::new();
    let mut running = capture(&home, &topic.name, &["-O", "-"]).spawn_unread();
    running.wait_for_first_byte();
    running.signal(Signal::INT);
    running.read_stdout();
    let output = running.finish().exits(130);
    let last: Value = serde_json::from_str(output.lines().last().unwrap()).unwrap();
    assert_eq!(last["truncated"], true);
    says(&output, "marked as truncated");
}

#[test]
fn a_killed_capture_leaves_a_file_that_can_be_read() {
    let home = Home::new();
    let running = following(&home, "killed");
    let _ = running.end_by(Signal::KILL).exits(137);
    assert!(!home.path().join("live.ndjson").exists());
    let part = "live.ndjson.part";
    says(&verify(&home, part).exits(5), "truncated");
    let allowed = ["capture", "verify", part, "--allow-truncated"];
    says(&home.evctl(&allowed).run().exits(0), "2 records");
    let consumed = read(&home, &["consume", part, "--allow-truncated", "-f", "%o\n"]);
    assert_eq!(consumed, ["0", "1"]);
    // It is not lost to the next capture.
    let topic = Topic::new("after-the-kill");
    let again = ["-O", "live.ndjson"];
    let output = capture(&home, &topic.name, &again).run().exits(6);
    says(&output, "evctl consume live.ndjson.part --allow-truncated");
    let again = ["-O", "live.ndjson", "--force"];
    let _ = capture(&home, &topic.name, &again).run().exits(0);
    assert!(!home.path().join(part).exists());
}

#[test]
fn a_killed_capture_holds_the_few_records_that_came() {
    let topic = Topic::new("killed-early");
    topic.produce(0, &["first", "second", "third"]);
    let home = Home::new();
    for file in ["few.ndjson", "few.ndjson.gz", "few.ndjson.zst"] {
        let running = capture(&home, &topic.name, &["-O", file, "--follow"]).spawn();
        let part = format!("{file}.part");
        let consume = ["consume", &part, "--allow-truncated", "-f", "%o\n"];
        until("the records are in the file", || {
            let path = home.path().join(&part);
            path.exists() && home.evctl(&consume).run().text() == "0\n1\n2\n"
        });
        let _ = running.end_by(Signal::KILL).exits(137);
        assert_eq!(read(&home, &consume), ["0", "1", "2"], "{file}");
    }
}

#[test]
fn verify_tells_changed_from_cut_off() {
    let topic = Topic::new("damaged");
    topic.produce(0, &["first", "second", "third"]);
    let home = Home::new();
    for file in ["a.ndjson", "a.ndjson.zst", "a.ndjson.gz"] {
        let _ = capture(&home, &topic.name, &["-O", file]).run().exits(0);
    }
    let whole = home.read("a.ndjson");
    home.write("changed.ndjson", whole.replace("second", "sekond"));
    says(&verify(&home, "changed.ndjson").exits(1), "checksum");
    home.write("no-json.ndjson", whole.replace("\"second\"", "second\""));
    says(
        &verify(&home, "no-json.ndjson").exits(1),
        "no-json.ndjson:3:",
    );
    home.write(
        "header.ndjson",
        whole.replace("\"cluster_id\":\"", "\"cluster_id\":"),
    );
    says(&verify(&home, "header.ndjson").exits(1), "header.ndjson:1:");
    home.write("longer.ndjson", format!("{whole}{{\"value\":\"more\"}}\n"));
    let _ = verify(&home, "longer.ndjson").exits(1);
    let end = whole.rfind("{\"evctl\"").unwrap();
    for cut in [end, end - 3, end + 9] {
        home.write("cut.ndjson", &whole[..cut]);
        says(&verify(&home, "cut.ndjson").exits(5), "truncated");
    }
    let both = [
        "capture",
        "verify",
        "a.ndjson",
        "changed.ndjson",
        "a.ndjson.gz",
        "-o",
        "json",
    ];
    let output = home.evctl(&both).run().exits(1);
    let sound: Vec<Value> = output
        .lines()
        .into_iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let sound: Vec<_> = sound
        .iter()
        .map(|report| report["sound"].as_bool().unwrap())
        .collect();
    assert_eq!(sound, [true, false, true]);
    let _ = verify(&home, "none.ndjson").exits(4);
}

#[test]
fn a_compressed_file_that_was_cut_off_gives_what_is_left() {
    let topic = Topic::with("cut-off-compressed", 1, &ROOMY);
    let large: String = (0..100_000).map(|number| number.to_string()).collect();
    topic.produce(0, &["first", &large, &large]);
    let home = Home::new();
    for suffix in ["zst", "gz"] {
        let whole = format!("a.ndjson.{suffix}");
        let _ = capture(&home, &topic.name, &["-O", &whole]).run().exits(0);
        let packed = fs::read(home.path().join(&whole)).unwrap();
        let cut = format!("cut.ndjson.{suffix}");
        home.write(&cut, &packed[..packed.len() - 10]);
        says(&verify(&home, &cut).exits(5), "truncated");
        assert_eq!(read(&home, &["consume", &cut, "-n", "1"]), ["first"]);
        // Not even the first line.
        home.write(&cut, &packed[..12]);
        let _ = verify(&home, &cut).exits(5);
        let mut changed = packed;
        let middle = changed.len() / 2;
        changed[middle] ^= 0xff;
        home.write(&cut, changed);
        let _ = verify(&home, &cut).exits(1);
    }
}

#[test]
fn a_file_that_was_cut_off_is_read_only_when_that_is_allowed() {
    let topic = Topic::new("cut-off");
    topic.produce(0, &["a", "b"]);
    let home = Home::new();
    let _ = capture(&home, &topic.name, &["-O", "a.ndjson"])
        .run()
        .exits(0);
    let whole = home.read("a.ndjson");
    home.write("a.ndjson", &whole[..whole.rfind("{\"evctl\"").unwrap()]);
    for command in [["consume", "a.ndjson"].as_slice(), &["tail", "a.ndjson"]] {
        let output = home.evctl(command).run().exits(5);
        says(&output, "--allow-truncated");
        let allowed = home
            .evctl(&[command, &["--allow-truncated"]].concat())
            .run();
        assert_eq!(allowed.ok(), "a\nb\n");
    }
}

#[test]
fn diff_names_the_lines_that_differ() {
    let topic = Topic::new("diff");
    let home = Home::new();
    let line = |offset: u8, value: &str| {
        json!({"topic": topic.name, "partition": 0, "offset": offset, "value": value}).to_string()
            + "\n"
    };
    home.write(
        "a.ndjson",
        [line(0, "0"), line(1, "1"), line(2, "2"), line(3, "3")].concat(),
    );
    home.write(
        "b.ndjson",
        [line(0, "0"), line(1, "x"), line(3, "3"), line(4, "4")].concat(),
    );
    let output = home
        .evctl(&["capture", "diff", "a.ndjson", "b.ndjson"])
        .run()
        .exits(1);
    assert_eq!(
        output.lines(),
        [
            "a.ndjson:2 b.ndjson:2: value differ",
            "a.ndjson:3: only there",
            "b.ndjson:4: only there",
            "3 differences in 4 and 4 records",
        ]
    );
    let json = home
        .evctl(&["capture", "diff", "a.ndjson", "b.ndjson", "-o", "json"])
        .run()
        .exits(1);
    let report: Value = serde_json::from_str(json.text()).unwrap();
    assert_eq!(report["kind"], "evctl.capture-diff/1");
    assert_eq!(report["count"], 3);
    assert_eq!(report["differences"][1], json!({"left": 3, "right": null}));
    let _ = home
        .evctl(&["capture", "diff", "a.ndjson", "a.ndjson"])
        .run()
        .exits(0);
    let _ = home
        .evctl(&["capture", "diff", "a.ndjson", "none.ndjson"])
        .run()
        .exits(4);
}

#[test]
fn a_capture_that_cannot_begin_leaves_no_file() {
    let home = Home::new();
    let unknown = Topic::unused_name("uncaptured");
    let _ = capture(&home, &unknown, &["-O", "a.ndjson"]).run().exits(4);
    let _ = home
        .evctl(&["capture", "-b", "127.0.0.1:1", "t", "-O", "a.ndjson"])
        .run()
        .exits(3);
    let _ = capture(&home, "a.ndjson", &["-O", "b.ndjson"])
        .run()
        .exits(2);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    assert!(!Topic::exists(&unknown));
    let topic = Topic::new("no-folder");
    let _ = capture(&home, &topic.name, &["-O", "no/such/a.ndjson"])
        .run()
        .exits(4);
}

#[test]
fn a_file_that_is_there_is_replaced_by_force_and_only_when_the_new_one_is_whole() {
    let topic = Topic::new("replaced");
    topic.produce(0, &["new"]);
    let home = Home::new();
    home.write("a.ndjson", "{\"value\":\"old\"}\n");
    for refused in [&["-O", "a.ndjson"][..], &["-O", "a.ndjson", "--dry-run"]] {
        let output = capture(&home, &topic.name, refused).run().exits(6);
        says(&output, "\"a.ndjson\" exists already");
        says(&output, "--force");
    }
    let _ = capture(&home, "no-such-topic", &["-O", "a.ndjson", "--force"])
        .run()
        .exits(4);
    assert_eq!(read(&home, &["consume", "a.ndjson"]), ["old"]);
    let _ = capture(&home, &topic.name, &["-O", "a.ndjson", "--force"])
        .run()
        .exits(0);
    assert_eq!(read(&home, &["consume", "a.ndjson"]), ["new"]);
    let output = capture(&home, &topic.name, &["-O", "a.txt"]).run().exits(2);
    says(
        &output,
        "\"a.txt\" does not end in .ndjson, .jsonl, .json, .gz, .zst",
    );
    home.write("empty.ndjson", "");
    says(&verify(&home, "empty.ndjson").exits(5), "NOT SOUND");
}
