//! jq expressions that do not end: signals and deadlines end the command, and nothing that was not
//! done is claimed.

use std::fs;

use rustix::process::Signal;

use crate::support::{Home, Running, Topic, broker, bulk, members::committed, until};

/// Larger than the printer's buffer, so that it is printed before the next record is looked at.
const LARGE: usize = 300_000;

/// Hangs on the record whose number is 2.
fn endless(otherwise: &str) -> String {
    format!("if .value.n == 2 then (def f: f; f) else {otherwise} end")
}

fn large(number: usize) -> String {
    format!(r#"{{"n":{number},"x":"{}"}}"#, "x".repeat(LARGE))
}

/// A capture of records numbered from 0.
fn file(home: &Home) {
    let line = |number| {
        let json = large(number);
        format!(
            "{{\"topic\":\"orders\",\"partition\":0,\"offset\":{number},\"value\":{{\"json\":{json}}}}}\n"
        )
    };
    home.write("a.ndjson", (0..4).map(line).collect::<String>());
}

fn wait_for_two(running: &Running) {
    until("two records are printed", || {
        let printed = running.stdout();
        printed.len() > 2 * LARGE && printed.ends_with('\n')
    });
    let printed = ticks(running);
    until("the expression runs", || ticks(running) > printed + 10);
}

/// Hundredths of a second that evctl has computed.
fn ticks(running: &Running) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/stat", running.pid())).unwrap();
    let (_, fields) = status.rsplit_once(')').unwrap();
    let numbers = fields.split_whitespace().skip(11).take(2);
    numbers.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

fn interrupted(running: Running, signal: Signal, code: i32) -> String {
    let output = running.end_by(signal).exits(code);
    assert!(output.took.as_secs() < 20, "{:?}", output.took);
    output.stderr
}

#[test]
fn the_first_signal_ends_an_expression_wherever_it_runs() {
    let home = Home::new();
    file(&home);
    let jq = endless(".value.n, .value.x");
    let filter = endless("true");
    let native = "if .value.n == 2 then last(range(infinite)) else true end";
    let columns = "value,.value|if .n == 2 then until(false; .) else . end";
    let cases = [
        (&["--jq", &jq][..], Signal::INT, 130, "interrupted"),
        (&["--filter", &filter], Signal::TERM, 143, "terminated"),
        (&["--filter", native], Signal::HUP, 143, "terminated"),
        (
            &["-o", "csv", "--columns", columns],
            Signal::TERM,
            143,
            "terminated",
        ),
    ];
    for (words, signal, code, what) in cases {
        let words = [&["consume", "a.ndjson"], words].concat();
        let running = home.evctl(&words).spawn();
        wait_for_two(&running);
        let said = interrupted(running, signal, code);
        let right =
            format!("warning: a jq expression did not end on orders/0@2\n{what} after 2 records\n");
        assert_eq!(said, right);
    }
}

#[test]
fn a_deadline_ends_an_expression_and_a_deep_recursion_is_an_error_of_its_record() {
    let home = Home::new();
    file(&home);
    let run = |words: &[&str]| home.evctl(&[words, &["a.ndjson"]].concat()).run();
    let filter = endless("true");
    let output = run(&[
        "consume",
        "--filter",
        &filter,
        "--timeout",
        "2s",
        "-f",
        "%o ",
    ])
    .exits(5);
    assert_eq!(output.text(), "0 1 ");
    assert!(output.stderr.contains("--timeout is over after 2 records"));
    let output = run(&["tail", "--filter", "repeat(empty)", "--timeout", "1s"]).exits(3);
    assert!(
        output.stderr.contains("did not end on orders/0@0"),
        "{}",
        output.stderr
    );
    for deep in [
        "def f: 1 + f; f",
        "def f: [f]; f",
        "def f: (f | .a); .a |= f",
    ] {
        let jq = format!("if .value.n == 2 then ({deep}) else .value.n end");
        let output = run(&["consume", "--jq", &jq]).exits(0);
        assert_eq!(output.text(), "0\n1\n3\n");
        let said =
            "--jq failed on 1 record, the first: orders/0@2: the expression recurses too deeply";
        assert!(output.stderr.contains(said), "{}", output.stderr);
    }
    for (costly, reason) in [
        (
            "\"[\" * 200000 | fromjson",
            "cannot parse JSON that is nested more than 128 deep",
        ),
        (
            "reduce range(100000) as $x (null; [.])",
            "builds a value nested more than 1000 deep",
        ),
        (
            "[range(1e9) | \"x\" * 10000]",
            "takes more than 256 MiB of memory",
        ),
    ] {
        let jq = format!("if .value.n == 2 then ({costly}) else .value.n end");
        let output = run(&["consume", "--jq", &jq]).exits(0);
        assert_eq!(output.text(), "0\n1\n3\n");
        assert!(output.stderr.contains(reason), "{}", output.stderr);
    }
}

#[test]
fn positions_end_before_the_record_whose_expression_did_not() {
    let topic = Topic::new("endless");
    let values: Vec<_> = (0..4).map(large).collect();
    let values: Vec<_> = values.iter().map(String::as_str).collect();
    topic.produce(0, &values);
    let home = Home::new();
    let spawn = |words: &[&str]| {
        let words = [words, &[&topic.name, "-b", broker().address()]].concat();
        let running = home.evctl(&words).spawn();
        wait_for_two(&running);
        running
    };
    let jq = endless(".value.x");
    let filter = endless("true");
    for order in ["arrival", "time"] {
        let running = spawn(&["consume", "--jq", &jq, "--order", order]);
        let said = interrupted(running, Signal::INT, 130);
        assert!(
            said.contains("after 2 records; resume with --offsets 0:2..4"),
            "{said}"
        );
    }
    let group = format!("{}-group", topic.name);
    let running = spawn(&[
        "consume", "--filter", &filter, "-g", &group, "--from", "earliest",
    ]);
    let _ = interrupted(running, Signal::TERM, 143);
    let stored = committed(broker().address(), &group);
    assert_eq!(stored, [(topic.name.clone(), 0, 2)]);
    let running = spawn(&["capture", "--filter", &filter, "-O", "-"]);
    let said = interrupted(running, Signal::INT, 130);
    assert!(
        said.contains("captured 2 records to standard output, marked as truncated"),
        "{said}"
    );
    assert!(
        said.contains("after 2 records; resume with --offsets 0:2..4"),
        "{said}"
    );
}

#[test]
fn a_replay_resumes_at_the_record_whose_expression_did_not_end() {
    let from = Topic::new("endless-from");
    let to = Topic::new("endless-to");
    // The plan looks at a sample of these, which record 55 is not in.
    bulk::fill(broker().address(), &from.name, 0, 0..400);
    let home = Home::new();
    let id = format!("endless-{}", to.name);
    let endless = [
        "replay",
        &from.name,
        "--to-topic",
        &to.name,
        "--filter",
        "repeat(empty)",
        "--timeout",
        "2s",
        "-b",
        broker().address(),
    ];
    let output = home.evctl(&endless).run().exits(3);
    assert!(
        output.stderr.contains("a jq expression did not end"),
        "{}",
        output.stderr
    );
    for (option, otherwise) in [
        ("--transform", "."),
        ("--filter", "true"),
        ("--dedupe", ".value"),
    ] {
        let id = format!("{id}{option}");
        let expression = format!("if .offset == 55 then (def f: f; f) else {otherwise} end");
        let words = [
            "replay",
            &from.name,
            "--to-topic",
            &to.name,
            "--id",
            &id,
            "--yes",
            "-o",
            "json",
            option,
            &expression,
            "-b",
            broker().address(),
        ];
        let before = to.seen_committed(0).len();
        let running = home.evctl(&words).spawn();
        until("55 records are written", || {
            to.seen_committed(0).len() == before + 55
        });
        let output = running.end_by(Signal::TERM).exits(143);
        let report: serde_json::Value = serde_json::from_str(output.text()).unwrap();
        assert_eq!(report["partitions"][0]["next"], 55, "{report}");
        assert!(
            output.stderr.contains("did not end on"),
            "{}",
            output.stderr
        );
        assert!(
            output.stderr.contains("resume with evctl replay resume"),
            "{}",
            output.stderr
        );
    }
}
