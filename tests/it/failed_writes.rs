//! Output that cannot be written: no position counts what was lost.

use std::process::Command;

use crate::support::{Home, Output, Topic, broker, evctl, members::commit};

/// Records in partition 0 of [`filled`], and the length of each.
const MANY: usize = 3_000;
const LONG: usize = 200;

/// Two partitions: [`MANY`] records, and two.
fn filled(label: &str) -> Topic {
    let topic = Topic::with(label, 2, &[]);
    let values: Vec<String> = (0..MANY)
        .map(|number| format!("0-{number:0width$}", width = LONG - 2))
        .collect();
    topic.produce(0, &values.iter().map(String::as_str).collect::<Vec<_>>());
    topic.produce(1, &["1-0", "1-1"]);
    topic
}

/// Runs evctl on the shared broker with its standard output sent to `target` by the shell.
fn into(home: &Home, target: &str, arguments: &[&str]) -> Output {
    let arguments = [arguments, &["-b", broker().address()]].concat();
    let script = format!("trap '' XFSZ; {target}; exec \"$0\" \"$@\"");
    home.evctl(&arguments).within(&script).run()
}

/// What the hint of `output` says to go on with.
#[track_caller]
fn rest(output: &Output) -> &str {
    let (_, rest) = output.stderr.rsplit_once("resume with --offsets ").unwrap();
    rest.trim_end()
}

#[test]
fn a_group_commits_nothing_after_a_failed_write() {
    let topic = filled("unwritten-group");
    let home = Home::new();
    let consume = ["consume", &topic.name, "-g", &topic.name];
    for (target, options) in [
        ("exec >/dev/full", [].as_slice()),
        ("exec >/dev/full", &["--jq", ".offset", "-n", "5"]),
        ("ulimit -f 800; exec >some", &["-o", "csv"]),
    ] {
        let output = into(&home, target, &[&consume[..], options].concat()).exits(5);
        let said = &output.stderr;
        assert!(
            said.contains("the output cannot be written") && said.contains("since the last commit"),
            "{said}"
        );
    }
    let again = [&consume[..], &["-b", broker().address()]].concat();
    assert_eq!(evctl(&again).ok().lines().count(), MANY + 2);
    assert_eq!(evctl(&again).ok(), "");
}

#[test]
fn what_is_left_after_a_failed_write_begins_with_the_first_record_that_is_not_whole() {
    let topic = filled("unwritten-rest");
    let home = Home::new();
    for order in ["arrival", "time"] {
        let output = into(
            &home,
            "ulimit -f 800; exec >some",
            &["consume", &topic.name, "--order", order],
        )
        .exits(5);
        let written = home.read("some");
        // The last line is cut.
        let (written, _) = written.rsplit_once('\n').unwrap();
        let mut all: Vec<&str> = written.lines().collect();
        let said = format!("written before: {} records", all.len());
        assert!(output.stderr.contains(&said), "{said}: {}", output.stderr);
        let left = ["consume", &topic.name, "--offsets", rest(&output)];
        let left = evctl(&[&left[..], &["-b", broker().address()]].concat()).ok();
        all.extend(left.lines());
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!((all.len(), count), (MANY + 2, MANY + 2), "lost or doubled");
    }
}

#[test]
fn nothing_counts_as_read_when_nothing_can_be_written() {
    let topic = filled("unwritten-all");
    let home = Home::new();
    let full = |arguments: &[&str]| into(&home, "exec >/dev/full", arguments).exits(5);
    let name = topic.name.as_str();
    let output = full(&["consume", name, "-p", "1"]);
    assert_eq!(rest(&output), "1:0..2");
    let output = full(&["consume", name, "-p", "1", "-o", "table"]);
    assert_eq!(rest(&output), "1:0..2");
    let output = full(&["tail", name, "-p", "1", "-n", "1", "--no-follow"]);
    assert_eq!(rest(&output), "1:1..2");
    let said = &output.stderr;
    assert!(said.contains("written before: 0 records"), "{said}");
}

#[test]
fn a_capture_that_cannot_be_written_speaks_of_split_only_where_it_was_given() {
    let topic = filled("unwritten-capture");
    let home = Home::new();
    for (target, file, expected) in [
        ("exec >&2", "/dev/full", "is not a whole capture"),
        ("exec >/dev/full", "-", "is not a whole capture"),
        (
            "ulimit -f 8",
            "x.ndjson",
            "a file that is not whole is not kept",
        ),
    ] {
        let said = into(&home, target, &["capture", &topic.name, "-O", file]).exits(5);
        assert!(said.stderr.contains(expected), "{}", said.stderr);
        assert!(!said.stderr.contains("--split"), "{}", said.stderr);
    }
}

#[test]
fn a_missing_topic_is_hinted_with_the_command_that_was_typed() {
    let home = Home::new();
    for arguments in [
        ["capture", "-O", "x.ndjson"],
        ["tail", "-n", "1"],
        ["consume", "-n", "1"],
    ] {
        let output = into(&home, "exec </dev/null", &arguments).exits(2);
        let expected = format!("name it: evctl {} TOPIC", arguments[0]);
        assert!(output.stderr.contains(&expected), "{}", output.stderr);
    }
}

#[test]
fn a_closed_standard_output_is_an_error_and_a_null_device_is_none() {
    let topic = filled("unwritten-closed");
    let home = Home::new();
    let name = topic.name.as_str();
    let group = ["consume", name, "-g", name];
    let other = format!("{name}-other");
    commit(broker().address(), &other, &[(name, 0, 1)]);
    for arguments in [
        &group[..],
        &["capture", name, "-O", "-"],
        &["groups", "export", &other],
        &["topics", "list"],
        &["--help"],
    ] {
        let said = into(&home, "exec >&-", arguments).exits(5).stderr;
        assert!(said.contains("closed when evctl was started"), "{said}");
    }
    // The last one is how Python and Node start programs whose output nobody wants.
    for target in ["exec >/dev/null", "exec >>/dev/null", "exec 1<>/dev/null"] {
        let _read = into(&home, target, &["consume", name, "-n", "1"]).exits(0);
    }
    // What prints nothing needs no output.
    let _saved = into(
        &home,
        "exec >&-",
        &["capture", name, "-n", "1", "-O", "one.ndjson"],
    )
    .exits(0);
    // Nothing was committed.
    let again = [&group[..], &["-b", broker().address()]].concat();
    assert_eq!(evctl(&again).ok().lines().count(), MANY + 2);
}

#[test]
fn a_capture_whose_reader_leaves_is_not_complete() {
    let topic = filled("unread-capture");
    let home = Home::new();
    // The status of evctl is kept beside that of the pipe.
    let script = "{ \"$0\" \"$@\"; echo $? >code; } | head -n 2 >/dev/null";
    for (command, code) in [
        (["capture", "-O", "-"].as_slice(), "5\n"),
        (&["capture", "-O", "/dev/stdout"], "5\n"),
        (&["consume"], "0\n"),
    ] {
        let arguments = [command, &[&topic.name, "-b", broker().address()]].concat();
        let _ = home.evctl(&arguments).within(script).run();
        assert_eq!(home.read("code"), code, "{command:?}");
    }
}

#[test]
fn a_file_size_limit_is_an_error_of_the_write() {
    let topic = filled("unwritten-limit");
    let home = Home::new();
    let capture = ["capture", &topic.name, "-O", "x.ndjson"];
    let consume = ["consume", &topic.name];
    for (target, arguments) in [
        ("exec >&2", &capture[..]),
        ("exec >some", &consume[..]),
        ("exec >some", &["capture", &topic.name, "-O", "-"]),
    ] {
        let arguments = [arguments, &["-b", broker().address()]].concat();
        let script = format!("ulimit -f 8; {target}; exec \"$0\" \"$@\"");
        let output = home.evctl(&arguments).within(&script).run().exits(5);
        assert!(
            output.stderr.contains("File too large"),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn a_topic_that_is_missing_is_hinted_with_a_file_or_pipe_of_its_name() {
    let home = Home::new();
    home.write("regular", "{}");
    let made = Command::new("mkfifo")
        .arg(home.path().join("pipe"))
        .status();
    assert!(made.unwrap().success());
    std::fs::create_dir(home.path().join("folder")).unwrap();
    for (name, hinted) in [("regular", true), ("pipe", true), ("folder", false)] {
        let output = into(&home, "exec </dev/null", &["consume", name]).exits(4);
        let said = output.stderr.contains(&format!("./{name} names it"));
        assert_eq!(said, hinted, "{}", output.stderr);
    }
}
