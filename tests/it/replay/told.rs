//! What is said of a replay, before and after.

use super::*;

fn three(label: &str) -> [Topic; 2] {
    let from = Topic::new(label);
    from.produce(0, &[r#"{"a":1}"#, r#"{"a":2}"#, "x"]);
    [from, Topic::new(&format!("{label}-to"))]
}

#[test]
fn a_path_that_hid_nothing_is_named() {
    let [from, to] = three("hidden");
    let home = Home::new();
    let more = [
        "--redact",
        "a",
        "--redact",
        "b.mail",
        "--filter",
        ".offset < 2",
        "--allow-unmatched-redact",
    ];
    let output = copy(&home, &from, &to, &more).exits(0);
    says(
        &output,
        r#"--redact "b.mail" was found in no record: nothing was hidden"#,
    );
    assert!(
        !output.stderr.contains(r#"--redact "a" was"#),
        "{}",
        output.stderr
    );
    says(&output, "at least once, --redact a,\n--redact b.mail");
    says(&output, "partitions kept, timestamps original");
}

#[test]
fn options_that_match_or_yield_nothing_in_a_sample_are_refused() {
    let [from, to] = three("sampled");
    let home = Home::new();
    let json = "(.value | type) == \"object\"";
    for (more, why) in [
        (
            &["--redact", "a", "--redact", "b.mail"][..],
            "--redact \"b.mail\" matches nothing in the 3 records that were sampled",
        ),
        (
            &["--redact", "key.id", "--exact"],
            "--redact \"key.id\" matches nothing in the 3 records",
        ),
        (
            &["--transform", ".value.b.c.d = (1 / .value)"],
            "--transform fails on each of the 3 records that were sampled, the first: ",
        ),
        (
            &["--dedupe", ".value.a.b", "--filter", json],
            "--dedupe \".value.a.b\" fails on each of the 2 records that were sampled, the first: ",
        ),
        (
            &["--by-time", ".value.at?"],
            "--by-time \".value.at?\" finds no time in any of the 3 records that were sampled",
        ),
        (&["--by-time", ".value + 1"], "the first: sampled"),
    ] {
        for end in [&[][..], &["--dry-run"]] {
            let output = copy(&home, &from, &to, &[more, end].concat()).exits(6);
            says(&output, why);
        }
    }
    assert!(values(&to, 0).is_empty());
    // One record is enough, and so is a path that the transform makes.
    let made = [
        "--transform",
        "(.value | objects).c = 1",
        "--redact",
        "c",
        "--filter",
        json,
    ];
    let _ = copy(&home, &from, &to, &made).exits(0);
    let output = copy(&home, &from, &to, &["--dedupe", ".value.id?", "--dry-run"]).exits(0);
    says(
        &output,
        "tells none of the 3 records that were sampled apart",
    );
}

#[test]
fn a_limit_that_was_reached_is_the_end() {
    let [from, to] = three("limit");
    let home = Home::new();
    let id = format!("id-{}", from.name);
    let output = copy(&home, &from, &to, &["--id", &id, "--limit", "2"]).exits(0);
    says(&output, "at most 2 records");
    let status = replay(&home, &["status", &id, "-o", "json"]).run();
    assert_eq!(report(&status)["state"], "done");
    let output = replay(&home, &["resume", &id, "--yes"]).run().exits(0);
    says(&output, "done already: 2 records were written");
    assert_eq!(values(&to, 0).len(), 2);
}

#[test]
fn records_that_failed_stay_known() {
    let [from, to] = three("failing");
    let home = Home::new();
    let id = format!("id-{}", from.name);
    let more = ["--id", &id, "--transform", ".value.b = 1"];
    let _ = copy(&home, &from, &to, &more).exits(5);
    let status = replay(&home, &["status", &id, "-o", "json"]).run();
    let status = report(&status);
    assert_eq!(status["state"], "done, 1 failed");
    assert_eq!(status["routes"][0], format!("{} -> {}", from.name, to.name));
    let typed = status["typed"].as_str().unwrap();
    assert!(typed.contains("--transform '.value.b = 1'"), "{typed}");
    let output = replay(&home, &["verify", &id]).run().exits(0);
    says(&output, "1 record could not be written");
}

#[test]
fn a_replay_that_is_not_finished_is_not_verified() {
    let from = filled("unfinished", 1, 3_000);
    let to = Topic::new("unfinished-to");
    let home = Home::new();
    let id = format!("id-{}", from.name);
    let line = replay_line(&from, &to, &id);
    let running = replay(&home, &[&line[..], &["--rate", "500/s"]].concat()).spawn();
    crate::support::until("something was written", || !to.seen(0).is_empty());
    let _ = running.end_by(rustix::process::Signal::INT).exits(130);
    let output = replay(&home, &["verify", &id]).run().exits(1);
    says(&output, "stopped at ");
    says(&output, &format!("resume with evctl replay resume {id}"));
    let _ = replay(&home, &["resume", &id, "--yes", "--rate", "1000000/s"])
        .run()
        .ok();
    let _ = replay(&home, &["verify", &id]).run().exits(0);
}

#[test]
fn in_place_needs_no_target() {
    let [from, to] = three("alone");
    let home = Home::new();
    let _ = copy(&home, &from, &to, &["--in-place"]).exits(2);
    let _ = replay(&home, &[&from.name, "--yes"]).run().exits(2);
    let _ = replay(&home, &[&from.name, "--in-place", "--yes"])
        .run()
        .ok();
    assert_eq!(values(&from, 0).len(), 6);
}

#[test]
fn standard_input_is_not_gone_on_with() {
    let to = Topic::new("stdin-to");
    let home = Home::new();
    let line = ["-", "--to-topic", &to.name, "--yes"];
    let input = format!(r#"{{"value":"a","timestamp":{TEN}}}"#);
    let output = replay(&home, &line).stdin(input).run().exits(0);
    says(&output, "this replay cannot be resumed");
    assert!(
        !output.stderr.contains("replay resume"),
        "{}",
        output.stderr
    );
    assert_eq!(values(&to, 0), ["a"]);
}

#[test]
fn the_example_of_transform_leaves_other_records_as_they_are() {
    let from = Topic::new("objects");
    let values = [Some(r#"{"a": 1.50}"#), Some("text"), None, Some("[1]")];
    let records: Vec<_> = values
        .iter()
        .map(|value| Record {
            value: value.map(str::as_bytes),
            ..Record::keyed("k", "")
        })
        .collect();
    from.produce_records(0, &records);
    let to = Topic::new("objects-to");
    let home = Home::new();
    let more = ["--no-mark", "--transform", "(.value | objects).test = true"];
    let _ = copy(&home, &from, &to, &more).ok();
    let written = super::records(&home, &to);
    let was = super::records(&home, &from);
    assert!(written[0].to_string().contains("test"), "{written:?}");
    assert_eq!(written[1..], was[1..]);
}
