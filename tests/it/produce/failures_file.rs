//! The file of `--failures`, and what the records are said to have become.

use std::{
    fs,
    os::unix::fs::{FileTypeExt, symlink},
};

use kafka_protocol::messages::ApiKey;

use super::*;
use crate::support::proxy::Proxy;

/// A topic that refuses records of 1500 bytes.
fn small(label: &str) -> Topic {
    Topic::with(label, 1, &[("max.message.bytes", "1000")])
}

#[test]
fn an_input_is_never_replaced_by_its_failures() {
    let home = Home::new();
    let path = |name: &str| home.path().join(name);
    home.write("k.txt", "a\nb\n");
    home.write("left.ndjson", "{\"value\":\"a\"}\n");
    symlink("k.txt", path("soft")).unwrap();
    fs::hard_link(path("k.txt"), path("hard")).unwrap();
    for arguments in [
        ["k.txt", "--failures", "k.txt"].as_slice(),
        &["k.txt", "--failures", "./k.txt"],
        &["soft", "--failures", "k.txt"],
        &["hard", "--failures", "k.txt"],
        &["-", "--failures", "k.txt"],
        &["-i", "json", "left.ndjson", "--failures", "left.ndjson"],
    ] {
        let command = [&["produce", "-b", "127.0.0.1:1", "t"], arguments].concat();
        let output = home
            .evctl(&command)
            .within("exec \"$0\" \"$@\" <k.txt")
            .run()
            .exits(6);
        says(&output, "would replace the input");
    }
    assert_eq!(home.read("k.txt"), "a\nb\n");
    assert_eq!(home.read("left.ndjson"), "{\"value\":\"a\"}\n");

    // Standard output, too, as cat does.
    for source in ["./left.ndjson", "-"] {
        let output = home
            .evctl(&["consume", source])
            .within("exec \"$0\" \"$@\" <left.ndjson >>left.ndjson")
            .run()
            .exits(6);
        says(&output, "standard output is the input");
    }
    let check = ["schema", "check", "k.txt", "--against", "soft"];
    let output = home
        .evctl(&[&check[..], &["--report", "junit=hard"]].concat())
        .run()
        .exits(6);
    says(&output, "--report would replace the input k.txt");
    assert_eq!(home.read("left.ndjson"), "{\"value\":\"a\"}\n");
    assert_eq!(home.read("k.txt"), "a\nb\n");
}

#[test]
fn only_a_file_that_was_written_is_named_as_holding_the_failures() {
    let topic = small("failures-unwritten");
    let home = Home::new();
    let input = format!("fits\n{}\n", "x".repeat(1_500));
    let run = |script: &str, file: &str| {
        let output = produce(&home, &topic.name, &["--failures", file])
            .within(&format!("{script}; exec \"$0\" \"$@\""))
            .stdin(input.as_str())
            .run()
            .exits(5);
        says(&output, "stdin:2: 1500 bytes");
        output
    };
    for (script, file, why) in [
        (":", "/dev/full", "No space left"),
        ("ulimit -f 1", "left.ndjson", "File too large"),
    ] {
        let output = run(script, file);
        says(&output, "the file of --failures could not be written");
        says(&output, why);
        assert!(!output.stderr.contains("again"), "{}", output.stderr);
    }
    // Not even an unfinished one is left.
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    let output = run(":", "/dev/null");
    assert!(
        !output.stderr.contains("tries them again"),
        "{}",
        output.stderr
    );
    for device in ["/dev/full", "/dev/null"] {
        let kind = fs::metadata(device).unwrap().file_type();
        assert!(kind.is_char_device(), "{device}");
    }
}

#[test]
fn what_a_killed_run_leaves_is_found_by_the_next_one() {
    let topic = small("failures-killed");
    let home = Home::new();
    let arguments = ["--failures", "left.ndjson"];
    let mut running = produce(&home, &topic.name, &arguments).open_stdin().spawn();
    // More than what is buffered before it is written.
    running.type_in(&format!("{}\n", "x".repeat(15_000)));
    let part = home.path().join("left.ndjson.part");
    until("the record is in the unfinished file", || {
        fs::metadata(&part).is_ok_and(|metadata| metadata.len() > 15_000)
    });
    let second = produce(&home, &topic.name, &arguments).stdin("a\n").run();
    says(&second.exits(6), "is being written by another evctl");
    let _ = running.end_by(Signal::KILL);
    let output = produce(&home, &topic.name, &arguments).stdin("a\n").run();
    let output = output.exits(6);
    says(
        &output,
        "\"left.ndjson.part\" is what an interrupted produce left",
    );
    says(&output, "-i json left.ndjson.part tries its records again");
    assert_eq!(topic.seen(0).len(), 0);
    let names: Vec<_> = fs::read_dir(home.path()).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[test]
fn ctrl_c_says_where_the_rest_of_the_input_begins() {
    let home = Home::new();
    let json = "{\"value\":\"a\"}\n".repeat(9);
    home.write("k.txt", "a\n\nc\n".repeat(3));
    home.write("k.ndjson", json);
    for (index, (arguments, rest)) in [
        (
            ["k.txt"].as_slice(),
            "nothing after k.txt:1 was sent or kept (1 record before)",
        ),
        (
            &["k.txt", "--failures", "left.ndjson"],
            "nothing after k.txt:1 was sent or kept",
        ),
        (
            &["-i", "json", "k.ndjson"],
            "nothing after k.ndjson:1 was sent or kept",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let topic = Topic::new(&format!("rest-of-input-{index}"));
        let arguments = [arguments, &["--rate", "1/h"]].concat();
        let running = produce(&home, &topic.name, &arguments).spawn();
        until("one has arrived", || topic.seen(0).len() == 1);
        let output = running.end_by(Signal::INT).exits(130);
        says(&output, "1 record acknowledged");
        says(&output, rest);
    }
}

#[test]
fn an_answer_that_cannot_be_read_leaves_open_what_was_written() {
    let home = Home::new();
    let changes: [fn(&mut Vec<u8>); 3] = [
        |body| {
            let mut state = 7_u8;
            for byte in body {
                state = state.wrapping_mul(181).wrapping_add(59);
                *byte = state;
            }
        },
        |body| body.fill(0xff),
        |body| body.truncate(body.len() / 2),
    ];
    for (name, change) in ["noise", "ones", "short"].into_iter().zip(changes) {
        let topic = Topic::new(&format!("unreadable-{name}"));
        let proxy = Proxy::altering(broker().address(), ApiKey::Produce, change);
        let output = home
            .evctl(&["produce", "-b", proxy.address(), &topic.name, "-o", "json"])
            .stdin("a\nb\n")
            .run()
            .exits(5);
        says(&output, "it may have been written");
        let result: Value = serde_json::from_str(output.text()).unwrap();
        assert_eq!(
            (&result["failed"], &result["unknown"]),
            (&json!(0), &json!(2)),
            "{name}"
        );
        assert_eq!(values(&topic), ["a", "b"]);
    }
}

#[test]
fn a_refused_record_is_not_put_down_to_its_key_alone() {
    let topic = Topic::new("refused-times");
    let records = [i64::MAX, 1_767_261_600_123, i64::MAX - 1];
    let input: String = records
        .iter()
        .map(|time| format!("{{\"value\":\"a\",\"timestamp\":{time}}}\n"))
        .collect();
    let home = Home::new();
    let output = produce(&home, &topic.name, &["-i", "json"])
        .stdin(input)
        .run()
        .exits(5);
    says(&output, "timestamp");
    assert!(!output.stderr.contains("needs keys"), "{}", output.stderr);
}
