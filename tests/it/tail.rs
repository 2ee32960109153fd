//! `evctl tail` on topics and files: the last records of all, merged by time, and what comes then.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::support::{Home, Record, Running, Topic, admin, broker, evctl, until};

/// 2026-01-01T10:00:00Z
const TEN: i64 = 1_767_261_600_000;

/// Runs tail on the shared broker and does not follow.
#[track_caller]
fn last(arguments: &[&str]) -> Vec<String> {
    let broker = broker().address();
    let arguments = [&["tail", "--no-follow", "-b", broker], arguments].concat();
    let printed = evctl(&arguments).ok();
    printed.lines().map(str::to_owned).collect()
}

/// Starts tail on the shared broker.
fn follow(home: &Home, arguments: &[&str]) -> Running {
    let arguments = [&["tail", "-b", broker().address()], arguments].concat();
    home.evctl(&arguments).spawn()
}

/// Two topics of two partitions with the records 00 to 19, a millisecond apart, dealt out in turn.
fn dealt() -> [Topic; 2] {
    let topics = ["dealt-a", "dealt-b"].map(|label| Topic::with(label, 2, &[]));
    for number in 0..20_i32 {
        let value = format!("{number:02}");
        let record = Record {
            timestamp: Some(TEN + i64::from(number)),
            ..Record::value(&value)
        };
        let [a, b] = &topics;
        let topic = if number % 4 < 2 { a } else { b };
        topic.produce_records(number % 2, &[record]);
    }
    topics
}

fn numbered(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|number| format!("{number:02}")).collect()
}

#[test]
fn the_last_records_are_those_of_all_partitions_and_topics_in_order_of_time() {
    let [a, b] = &dealt();
    let both = [a.name.as_str(), &b.name];
    for (options, right) in [
        (["-n", "5"].as_slice(), 15..20),
        (&[], 10..20),
        (&["-n", "0"], 0..0),
        (&["-n", "100"], 0..20),
        (&["--from", "earliest"], 0..20),
        (&["-n", "3", "--to", &format!("@{}", TEN + 12)], 9..12),
        (&["--from", &format!("@{}", TEN + 7)], 7..20),
        (&["-n", "5", "--limit", "2"], 15..17),
    ] {
        let shown = last(&[&both[..], options].concat());
        assert_eq!(shown, numbered(right), "{options:?}");
    }
    assert_eq!(last(&[&b.name, "-p", "1", "-n", "2"]), ["15", "19"]);
}

#[test]
fn the_last_records_are_counted_after_they_were_chosen() {
    let [a, b] = &dealt();
    let both = [a.name.as_str(), &b.name];
    let shown = last(&[&both[..], &["-n", "3", "--grep", "[05]$"]].concat());
    assert_eq!(shown, ["05", "10", "15"]);
    let shown = last(&[&both[..], &["-n", "1", "--filter", ".offset == 0"]].concat());
    assert_eq!(shown, ["03"]);
}

#[test]
fn markers_holes_and_aborted_records_are_not_counted() {
    let committed = Topic::new("tail-committed");
    committed.produce(0, &["a"]);
    committed.produce_committed(0, &["b", "c"]);
    committed.produce_aborted(0, &["x", "y", "z"]);
    assert_eq!(last(&[&committed.name, "-n", "3"]), ["a", "b", "c"]);

    let compacted = Topic::compacted("tail-compacted", 1);
    for round in ["1", "2", "3", "4"] {
        compacted.produce_records(0, &[Record::keyed("a", round), Record::keyed("b", round)]);
    }
    compacted.compact(0);
    compacted.produce_aborted(0, &["gone"]);
    let shown = last(&[&compacted.name, "-n", "2", "--format", "%o %k\n"]);
    assert_eq!(shown, ["7 b", "8 ~"]);
}

#[test]
fn what_is_written_is_shown_at_once() {
    let topics = ["live-a", "live-b"].map(|label| Topic::with(label, 2, &[]));
    topics[0].produce(1, &["old"]);
    let home = Home::new();
    let running = follow(&home, &[&topics[0].name, &topics[1].name]);
    running.wait_for("old\n");
    for (number, (topic, partition)) in [(0, 0), (1, 1), (0, 1), (1, 0)].into_iter().enumerate() {
        let value = format!("new {number}");
        topics[topic].produce(partition, &[&value]);
        let produced = Instant::now();
        running.wait_for(&format!("{value}\n"));
        let took = produced.elapsed();
        assert!(took < Duration::from_secs(1), "{value}: {took:?}");
    }
    let output = running.end_by(Signal::INT).exits(130);
    assert_eq!(output.text(), "old\nnew 0\nnew 1\nnew 2\nnew 3\n");
    assert_eq!(output.stderr, "interrupted after 5 records\n");
}

/// The number of times that a number of `values` is smaller than one before it.
fn inversions(values: &[i64]) -> usize {
    let mut latest = i64::MIN;
    let earlier = values.iter().filter(|&&value| {
        let inverted = value < latest;
        latest = latest.max(value);
        inverted
    });
    earlier.count()
}

#[test]
fn records_of_many_partitions_are_shown_in_order_and_without_delay() {
    const RECORDS: usize = 60;
    let topic = Topic::with("live-order", 6, &[]);
    let home = Home::new();
    let running = follow(&home, &[&topic.name, "-n", "0", "-f", "%T\n"]);
    // The first records show that it follows.
    until("it follows", || {
        topic.produce(0, &["first"]);
        !running.stdout().is_empty()
    });
    let before = running.stdout().lines().count();
    let producer = topic.lingering(20);
    let mut delays = Vec::new();
    for number in 0..RECORDS {
        producer.send(i32::try_from(number * 5 % 6).unwrap());
        let next = Instant::now() + Duration::from_millis(25);
        while Instant::now() < next {
            let printed = running.stdout();
            let now = jiff::Timestamp::now().as_millisecond();
            let new = printed.lines().skip(before + delays.len());
            delays.extend(new.map(|sent| now - sent.parse::<i64>().unwrap()));
        }
    }
    until("all are shown", || {
        running.stdout().lines().count() >= before + RECORDS
    });
    let sent: Vec<i64> = (running.stdout().lines().skip(before))
        .map(|line| line.parse().unwrap())
        .collect();
    assert_eq!(inversions(&sent), 0, "{sent:?}");
    delays.sort_unstable();
    let median = delays[delays.len() / 2];
    assert!(median < 150, "{delays:?}");
}

#[test]
fn a_reader_that_went_away_is_noticed_with_the_next_record() {
    let topic = Topic::new("live-head");
    topic.produce(0, &["old"]);
    let home = Home::new();
    let arguments = ["tail", "-b", broker().address(), &topic.name];
    let mut running = home.evctl(&arguments).spawn_unread();
    running.wait_for_first_byte();
    running.close_stdout();
    topic.produce(0, &["new"]);
    assert_eq!(running.finish().exits(0).stderr, "");
}

#[test]
fn committed_records_follow_and_aborted_ones_do_not() {
    let topic = Topic::new("live-transactions");
    let home = Home::new();
    let running = follow(&home, &[&topic.name, "--limit", "3", "--format", "%o %s\n"]);
    let open = topic.produce_open(0, &["a"]);
    topic.produce(0, &["b"]);
    open.commit();
    topic.produce_aborted(0, &["x"]);
    topic.produce(0, &["c"]);
    let output = running.finish().exits(0);
    assert_eq!(output.lines(), ["0 a", "1 b", "5 c"]);
}

#[test]
fn a_new_partition_is_followed_from_its_beginning() {
    let topic = Topic::new("grows");
    topic.produce(0, &["old"]);
    let home = Home::new();
    let running = follow(&home, &[&topic.name, "--limit", "4"]);
    running.wait_for("old\n");
    admin::create_partitions(broker().address(), &topic.name, 2);
    // A producer of its own: the shared one knows how many partitions there were.
    topic.produce_committed(1, &["first", "second"]);
    running.wait_for("second\n");
    topic.produce(0, &["third"]);
    assert_eq!(running.finish().ok(), "old\nfirst\nsecond\nthird\n");
}

#[test]
fn a_topic_that_does_not_exist_is_not_waited_for() {
    let name = Topic::unused_name("tail-nothing");
    let output = evctl(&["tail", "-b", broker().address(), &name]).exits(4);
    assert!(
        output.stderr.contains("does not exist"),
        "{}",
        output.stderr
    );
    assert!(!Topic::exists(&name));
}

#[test]
fn a_timeout_ends_what_would_never_end() {
    let topic = Topic::new("timeout");
    let home = Home::new();
    let nothing = follow(&home, &[&topic.name, "--timeout", "200ms"]);
    let output = nothing.finish().exits(3);
    assert_eq!(output.stderr, "--timeout is over after 0 records\n");
    topic.produce(0, &["a"]);
    let one = follow(&home, &[&topic.name, "--timeout", "500ms"]);
    let output = one.finish().exits(5);
    assert_eq!(output.text(), "a\n");
    assert_eq!(output.stderr, "--timeout is over after 1 record\n");
}

#[test]
fn a_template_is_given_as_in_consume() {
    let home = Home::new();
    home.write("one.ndjson", "{\"key\":\"k\",\"value\":\"v\"}\n");
    for command in ["consume", "tail"] {
        let shown = |template: &str| home.evctl(&[command, "one.ndjson", "-f", template]).run();
        assert_eq!(shown("%k=%s\n").ok(), "k=v\n");
        let refused = shown("json").exits(2);
        assert!(refused.stderr.contains("no % and so"), "{}", refused.stderr);
        let _nothing = shown("\n").exits(2);
    }
}

#[test]
fn a_file_has_last_records_too() {
    let [a, b] = &dealt();
    let home = Home::new();
    let broker = broker().address();
    let capture = [
        "capture",
        "-b",
        broker,
        &a.name,
        &b.name,
        "-O",
        "all.ndjson.zst",
    ];
    let _ = home.evctl(&capture).run().exits(0);
    let tail = |options: &[&str]| {
        let arguments = [&["tail", "all.ndjson.zst"], options].concat();
        let printed = home.evctl(&arguments).run().ok();
        printed.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(tail(&[]), numbered(10..20));
    assert_eq!(tail(&["-n", "3"]), numbered(17..20));
    assert_eq!(tail(&["--from", "earliest"]), numbered(0..20));
    assert_eq!(tail(&["-n", "3", "--grep", "[05]$"]), ["05", "10", "15"]);
    assert_eq!(tail(&["-n", "2", "-p", "1", "--grep", "9"]), ["09", "19"]);
}
