//! What reaches a terminal: no control character of a cluster, a registry, a file or the command
//! line, in whatever format and on whichever stream.

use crate::support::{Home, Topic, broker, bulk, members::commit, registry::Stub, replay_line};

/// Sets a title, clears the screen by a C1 character, turns text around, hides and colours.
const HOSTILE: &str = "\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{200b}\u{1b}[31m";
/// The same in JSON and TOML.
const ESCAPED: &str = r"\u001b]0;x\u0007\u009b2J\u202e\u200b\u001b[31m";

fn steers(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\t'))
        || ('\u{200b}'..='\u{202e}').contains(&character)
}

/// Runs evctl on a terminal; what it prints has `mark` in it and nothing that steers.
#[track_caller]
fn is_harmless(home: &Home, arguments: &[&str], mark: &str) {
    for color in ["never", "always"] {
        let line = [arguments, &["--color", color]].concat();
        let shown = home.evctl(&line).on_a_terminal(200).run();
        let mut text = shown.text().to_owned();
        // Where evctl paints it ends what it began; the colour of the name has no end.
        for code in [1, 2, 4, 32, 33, 36, 0] {
            text = text.replace(&format!("\u{1b}[{code}m"), "");
        }
        text = text.replace("\u{1b}[31merror:", "error:");
        assert!(text.contains(mark), "{arguments:?}: {text:?}");
        let found = text.chars().find(|&character| steers(character));
        assert_eq!(found, None, "{arguments:?} --color {color}: {text:?}");
    }
}

#[test]
fn names_from_a_cluster_do_not_steer_a_terminal_and_a_pipe_gets_them_as_they_are() {
    let topic = Topic::new("terminal-names");
    topic.produce(0, &[&format!(r#"{{"a":"{} {ESCAPED}"}}"#, topic.name)]);
    let group = format!("{}-{HOSTILE}", topic.name);
    commit(broker().address(), &group, &[(&topic.name, 0, 0)]);
    let home = Home::new();
    let run = |arguments: &[&str]| {
        let line = [arguments, &["-b", broker().address()]].concat();
        is_harmless(&home, &line, &topic.name);
    };
    for format in ["table", "csv", "json", "prom"] {
        run(&["lag", &group, "-o", format]);
    }
    run(&["groups", "list", "-o", "csv"]);
    run(&["groups", "describe", &group]);
    run(&["groups", "seek", &group, "--from", "latest", "--dry-run"]);
    run(&["lag", &format!("{group}-not")]);
    run(&["consume", &topic.name, "--jq", ".value.a | error"]);
    run(&["consume", &topic.name, "-o", "csv"]);
    // The escape sequences that the user wrote pass.
    let line = [
        "consume",
        &topic.name,
        "-f",
        r"\e[1m%s",
        "-b",
        broker().address(),
    ];
    let shown = home.evctl(&line).on_a_terminal(80).run();
    assert!(
        shown.text().contains("\u{1b}[1m{\"a\""),
        "{:?}",
        shown.text()
    );
    let list = ["groups", "list", "-o", "csv", "-b", broker().address()];
    assert!(home.evctl(&list).run().ok().contains(&group));
}

#[test]
fn what_a_registry_says_does_not_steer_a_terminal() {
    let home = Home::new();
    let error = format!(r#"{{"error_code":50001,"message":"broken {ESCAPED}"}}"#);
    let stub = Stub::new(&[("GET /subjects", 500, &error)]);
    is_harmless(
        &home,
        &["schema", "list", "--registry", &stub.url()],
        "broken",
    );
    let names = format!(r#"["broken {ESCAPED}"]"#);
    let stub = Stub::new(&[
        ("GET /subjects?", 200, &names),
        ("GET /subjects", 200, &names),
    ]);
    let list = [
        "schema",
        "list",
        "--brief",
        "-o",
        "csv",
        "--registry",
        &stub.url(),
    ];
    is_harmless(&home, &list, "broken");
}

#[test]
fn what_a_file_or_an_argument_says_does_not_steer_a_terminal() {
    let home = Home::new();
    let schema = |doc: &str| {
        format!(
            r#"{{"type":"record","name":"R","doc":"{doc}","fields":[{{"name":"a","type":"string","default":"named{doc}"}}]}}"#
        )
    };
    home.write("old.avsc", schema(""));
    home.write("new.avsc", schema(ESCAPED));
    is_harmless(&home, &["schema", "diff", "old.avsc", "new.avsc"], "named");
    home.write(
        "evctl.toml",
        format!("[profiles.x]\n\"named{ESCAPED}\" = 1\n"),
    );
    is_harmless(&home, &["profile", "list"], "named");
    std::fs::remove_file(home.path().join("evctl.toml")).unwrap();
    is_harmless(&home, &[&format!("named{HOSTILE}")], "named");
}

#[test]
fn a_table_of_lag_fits_80_columns_and_breaks_no_word() {
    let topic = Topic::new("terminal-width");
    topic.produce(0, &["a"]);
    let group = |number: i32| format!("{}-{}-{number}", topic.name, "settlement.".repeat(6));
    for number in 0..2 {
        commit(broker().address(), &group(number), &[(&topic.name, 0, 0)]);
    }
    let home = Home::new();
    let pattern = format!("{}*", topic.name);
    for view in ["group", "partition", "topic", "member"] {
        let line = [
            "lag",
            "--match",
            &pattern,
            "--by",
            view,
            "-b",
            broker().address(),
        ];
        let shown = home.evctl(&line).on_a_terminal(80).run().exits(0);
        let text = console::strip_ansi_codes(shown.text()).into_owned();
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        // A heading and a row for each group: nothing is folded. Both ends of a name are there.
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.contains("-1 ") && text.contains("…"), "{text}");
        let shown = home.evctl(&line).on_a_terminal(200).run().exits(0);
        assert!(shown.text().contains(&group(1)), "{:?}", shown.text());
    }
}

/// What evctl prints on a terminal of 80 columns; no line is longer.
#[track_caller]
fn fitting(home: &Home, arguments: &[&str]) -> String {
    let line = [arguments, &["--color", "never"]].concat();
    let shown = home.evctl(&line).on_a_terminal(80).run().exits(0);
    for line in shown.text().lines() {
        assert!(
            line.chars().count() <= 80,
            "{arguments:?}\n{}",
            shown.text()
        );
    }
    shown.text().to_owned()
}

#[test]
fn tables_of_profiles_fit_80_columns() {
    let home = Home::new();
    let host = format!("kafka-{}", "long-".repeat(12));
    home.write(
        "evctl.toml",
        format!(
            "[profiles.production-of-a-long-name]\nbrokers = [\"{host}1:9092\", \"{host}2:9092\"]\n\
             registry = \"https://{host}.example:8081/apis\"\n[profiles.production-of-a-long-name.kafka]\n\
             \"ssl.ca.location\" = \"/{host}/ca.pem\"\n"
        ),
    );
    let name = "production-of-a-long-name";
    assert!(fitting(&home, &["profile", "list"]).contains(name));
    let shown = fitting(&home, &["profile", "show", name]);
    assert!(shown.contains("ssl.ca.location"), "{shown}");
    let shown = fitting(&home, &["profile", "show", name, "--origin"]);
    assert!(shown.lines().count() <= 6, "no cell goes on below: {shown}");
    let wide = home.evctl(&["profile", "list", "-o", "wide"]).run().ok();
    assert!(
        wide.contains(&format!("{host}1:9092,{host}2:9092")),
        "{wide}"
    );
}

#[test]
fn tables_of_replays_and_seeks_fit_80_columns_and_ids_stay_whole() {
    let topic = Topic::new(&format!("wide-{}", "name-".repeat(8)));
    topic.produce(0, &["a", "b"]);
    let target = Topic::new("wide-target");
    let home = Home::new();
    let id = format!("replay-of-the-orders-of-{}", target.name);
    let cluster = ["-b", broker().address()];
    let replay = [
        "replay",
        &topic.name,
        "--to-topic",
        &target.name,
        "--yes",
        "--id",
        &id,
    ];
    let _ = home.evctl(&[&replay[..], &cluster].concat()).run().exits(0);
    let listed = fitting(&home, &[&["replay", "list"][..], &cluster].concat());
    assert!(listed.contains(&id) && listed.contains("100%"), "{listed}");
    let group = format!("{}-group", topic.name);
    commit(broker().address(), &group, &[(&topic.name, 0, 2)]);
    let seek = [
        "groups",
        "seek",
        &group,
        "--from",
        "earliest",
        "--dry-run",
        "-q",
    ];
    let shown = fitting(&home, &[&seek[..], &cluster].concat());
    assert!(
        shown.contains("PARTITION") && shown.contains("…"),
        "{shown}"
    );
}

#[test]
fn usage_errors_are_coloured_as_the_command_line_says() {
    let home = Home::new();
    for words in [&["consume", "--nope"][..], &["--nope"], &["nope"]] {
        for (color, colored) in [
            (&["--color", "never"][..], false),
            (&["--color=never"], false),
            (&["--color", "always"], true),
            (&[], true),
        ] {
            let line = [words, color].concat();
            let shown = home.evctl(&line).on_a_terminal(80).run().exits(2);
            let text = shown.text();
            assert_eq!(text.contains('\u{1b}'), colored, "{line:?}: {text:?}");
        }
    }
}

#[test]
fn ctrl_c_takes_the_progress_bar_off_the_terminal() {
    let (from, to) = (Topic::new("progress-bar"), Topic::new("progress-bar-to"));
    bulk::fill(broker().address(), &from.name, 0, 0..10_000);
    let home = Home::new();
    let line = [&["replay"], &replay_line(&from, &to, &to.name)[..]].concat();
    let line = [&line[..], &["--rate", "500/s", "-b", broker().address()]].concat();
    let typed = home.evctl(&line).env("TERM", "xterm");
    let mut running = typed.on_a_terminal(80).open_stdin().spawn();
    running.wait_for(" records, ");
    running.type_in("\u{3}");
    let output = running.finish();
    // Behind a line that fills the terminal, ^C would begin another one, and the bar stay above it.
    let cleared = "\r^C\r\u{1b}[2K";
    assert!(output.text().contains(cleared), "{:?}", output.text());
}
