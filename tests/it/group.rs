//! `evctl consume --group`: what was written out is committed, and nothing else.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use evctl::{
    event::{Record, TopicPartition},
    kafka::{
        Isolation, Settings,
        wire::{Client, ReadOptions, ReadOrder, ReadRange, Reader},
    },
    pipeline::{Fault, Flow, Sink, Source},
};
use kafka_protocol::messages::ApiKey;
use rustix::process::Signal;

use crate::support::{
    DEADLINE, Home, Output, Topic, admin, broker, evctl,
    members::{commit, committed},
    proxy::Proxy,
    secured, until,
};

/// A group name of this test alone.
fn group(topic: &Topic) -> String {
    format!("{}-group", topic.name)
}

#[track_caller]
fn consume(topic: &Topic, group: &str, more: &[&str]) -> String {
    let arguments = [
        "consume",
        &topic.name,
        "-b",
        broker().address(),
        "-g",
        group,
    ];
    evctl(&[&arguments, more].concat()).ok()
}

fn numbered(topic: &Topic, partitions: i32, each: i32) {
    for partition in 0..partitions {
        let values: Vec<String> = (0..each).map(|n| format!("{partition}-{n}")).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        topic.produce(partition, &values);
    }
}

#[test]
fn a_group_reads_each_record_once_and_goes_on_where_it_stands() {
    let topic = Topic::with("group-once", 3, &[]);
    let group = group(&topic);
    numbered(&topic, 3, 10);
    assert_eq!(consume(&topic, &group, &[]).lines().count(), 30);
    assert_eq!(consume(&topic, &group, &[]), "");
    topic.produce(1, &["new"]);
    assert_eq!(consume(&topic, &group, &[]), "new\n");
}

#[test]
fn a_limit_commits_exactly_what_was_printed() {
    let topic = Topic::new("group-limit");
    let group = group(&topic);
    numbered(&topic, 1, 5);
    assert_eq!(consume(&topic, &group, &["-n", "2"]), "0-0\n0-1\n");
    assert_eq!(consume(&topic, &group, &["-n", "2"]), "0-2\n0-3\n");
    assert_eq!(consume(&topic, &group, &[]), "0-4\n");
}

#[test]
fn from_says_where_a_group_begins_that_has_stored_nothing() {
    let topic = Topic::new("group-from");
    let group = group(&topic);
    numbered(&topic, 1, 3);
    assert_eq!(consume(&topic, &group, &["--from", "latest"]), "");
    topic.produce(0, &["after"]);
    assert_eq!(consume(&topic, &group, &["--from", "earliest"]), "after\n");
}

#[test]
fn from_may_count_from_the_end() {
    let topic = Topic::new("group-last");
    numbered(&topic, 1, 5);
    let last = format!("{}-last", topic.name);
    assert_eq!(consume(&topic, &last, &["--from", "-2"]), "0-3\n0-4\n");
    // None of the last records is the end, not the beginning.
    let none = format!("{}-none", topic.name);
    assert_eq!(consume(&topic, &none, &["--from", "-0"]), "");
    topic.produce(0, &["after"]);
    assert_eq!(consume(&topic, &none, &["--from", "-0"]), "after\n");
}

/// Runs consume with `options` on the shared broker.
fn run(topic: &Topic, options: &[&str]) -> Output {
    let arguments = ["consume", &topic.name, "-b", broker().address()];
    evctl(&[&arguments, options].concat())
}

#[test]
fn a_stored_offset_outside_of_the_log_ends_the_command() {
    let topic = Topic::new("group-outside");
    numbered(&topic, 1, 3);
    topic.trim(0, 1);
    for (group, stored) in [("beyond", 10), ("before", 0)] {
        let group = format!("{}-{group}", topic.name);
        commit(broker().address(), &group, &[(&topic.name, 0, stored)]);
        for options in [
            &["-g", &group][..],
            &["-g", &group, "--follow"],
            &["--as-group", &group],
        ] {
            let output = run(&topic, options).exits(5);
            let right = format!(
                "error: group {group:?}: {}/0: the stored offset {stored} lies outside of the log, \
                 which is 1 to 3\n",
                topic.name
            );
            let said = &output.stderr;
            assert!(said.starts_with(&right), "{options:?}: {said}");
            assert!(
                said.contains(&format!("evctl groups seek {group} --topic")),
                "{said}"
            );
            assert_eq!(output.text(), "");
        }
        let kept = committed(broker().address(), &group);
        assert_eq!(kept, [(topic.name.clone(), 0, stored)]);
    }
}

#[test]
fn auto_offset_reset_says_where_a_stored_offset_outside_of_the_log_starts() {
    let topic = Topic::new("group-reset");
    numbered(&topic, 1, 3);
    let stored = |label: &str| {
        let group = format!("{}-{label}", topic.name);
        commit(broker().address(), &group, &[(&topic.name, 0, 10)]);
        group
    };
    let (earliest, latest, follows) = (stored("earliest"), stored("latest"), stored("follows"));
    let reset = |group, reset| run(&topic, &["-g", group, "-X", reset]).exits(0);
    let output = reset(&earliest, "auto.offset.reset=earliest");
    assert_eq!(output.text(), "0-0\n0-1\n0-2\n");
    assert!(
        output.stderr.contains("reading starts at 0"),
        "{}",
        output.stderr
    );
    let output = reset(&latest, "auto.offset.reset=latest");
    assert_eq!(output.text(), "");
    assert!(
        output.stderr.contains("reading starts at 3"),
        "{}",
        output.stderr
    );
    let home = Home::new();
    let running = home
        .evctl(&[
            "consume",
            &topic.name,
            "-b",
            broker().address(),
            "-g",
            &follows,
            "--follow",
            "-X",
            "auto.offset.reset=earliest",
        ])
        .spawn();
    running.wait_for("0-2\n");
    topic.produce(0, &["later"]);
    running.wait_for("later\n");
    assert_eq!(consume(&topic, &latest, &[]), "later\n");
}

#[test]
fn partitions_that_are_added_later_are_read_from_their_beginning() {
    let topic = Topic::new("group-grows");
    let group = group(&topic);
    numbered(&topic, 1, 1);
    let home = Home::new();
    let arguments = [
        "consume",
        &topic.name,
        "-b",
        broker().address(),
        "-g",
        &group,
    ];
    let follow = ["--follow", "--from", "latest"];
    let running = home.evctl(&[&arguments[..], &follow].concat()).spawn();
    // Where a group begins is stored at once: its next member must not begin at another end.
    until("the start is stored", || {
        committed(broker().address(), &group) == [(topic.name.clone(), 0, 1)]
    });
    admin::create_partitions(broker().address(), &topic.name, 2);
    // A producer of its own: the shared one knows how many partitions there were.
    topic.produce_committed(1, &["first", "second"]);
    running.wait_for("first\nsecond\n");
    let _stopped = running.end_by(Signal::INT).exits(130);
    // The same when nobody was there as it grew.
    admin::create_partitions(broker().address(), &topic.name, 3);
    topic.produce_committed(2, &["third"]);
    let output = run(&topic, &["-g", &group, "--from", "latest"]).exits(0);
    assert_eq!(output.text(), "third\n");
    let said = format!("{}/2 is new to the group: reading starts at 0", topic.name);
    assert!(output.stderr.contains(&said), "{}", output.stderr);
    let other = format!("{group}-other");
    assert_eq!(consume(&topic, &other, &["--from", "latest"]), "");
}

#[test]
fn a_group_can_be_looked_at_without_joining_it() {
    let topic = Topic::with("group-look", 2, &[]);
    let group = group(&topic);
    numbered(&topic, 2, 5);
    let stands = [(topic.name.as_str(), 0, 3), (&topic.name, 1, 4)];
    commit(broker().address(), &group, &stands);
    for (options, right) in [
        (&["-p", "0", "-n", "1"][..], "0-3\n"),
        (&["--from", "stored", "-p", "1"], "1-4\n"),
        (&["--to", "stored", "-p", "1"], "1-0\n1-1\n1-2\n1-3\n"),
        (&["--from", "stored", "--to", "stored"], ""),
    ] {
        let options = [&["--as-group", &group], options].concat();
        assert_eq!(run(&topic, &options).ok(), right, "{options:?}");
    }
    let kept = committed(broker().address(), &group);
    assert_eq!(
        kept,
        stands.map(|(name, at, next)| (name.to_owned(), at, next))
    );
    let nameless = run(&topic, &["--from", "stored"]).exits(2);
    assert!(
        nameless.stderr.contains("--as-group NAME"),
        "{}",
        nameless.stderr
    );
    let _missing = run(&topic, &["--as-group", &format!("{group}-no")]).exits(4);
}

#[test]
fn what_a_closed_pipe_did_not_take_is_not_committed() {
    let topic = Topic::new("group-pipe");
    let group = group(&topic);
    numbered(&topic, 1, 5);
    let home = Home::new();
    let shell = format!(
        "{} consume {} -b {} -g {group} | true",
        env!("CARGO_BIN_EXE_evctl"),
        topic.name,
        broker().address()
    );
    let status = std::process::Command::new("sh")
        .args(["-c", &shell])
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin")
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(consume(&topic, &group, &[]).lines().count(), 5);
}

#[test]
fn ctrl_c_commits_what_was_printed_and_leaves_the_group() {
    let topic = Topic::new("group-stop");
    let group = group(&topic);
    numbered(&topic, 1, 3);
    let home = Home::new();
    let arguments = [
        "consume",
        &topic.name,
        "-b",
        broker().address(),
        "-g",
        &group,
        "--follow",
    ];
    let running = home.evctl(&arguments).spawn();
    running.wait_for("0-2");
    let _stopped = running.end_by(Signal::INT).exits(130);
    topic.produce(0, &["later"]);
    assert_eq!(consume(&topic, &group, &[]), "later\n");
}

#[test]
fn a_member_that_leaves_hands_its_partitions_to_the_other() {
    let topic = Topic::with("group-share", 2, &[]);
    let group = group(&topic);
    let home = Home::new();
    let arguments = [
        "consume",
        &topic.name,
        "-b",
        broker().address(),
        "-g",
        &group,
        "--follow",
    ];
    let [first, second] = [
        home.evctl(&arguments).spawn(),
        home.evctl(&arguments).spawn(),
    ];
    let mut sent = 0;
    until("both members print", || {
        topic.produce(0, &[&format!("a{sent}")]);
        topic.produce(1, &[&format!("b{sent}")]);
        sent += 1;
        !first.stdout().is_empty() && !second.stdout().is_empty()
    });
    let first = first.end_by(Signal::INT).exits(130);
    topic.produce(0, &["last-a"]);
    topic.produce(1, &["last-b"]);
    second.wait_for("last-a");
    second.wait_for("last-b");
    let second = second.end_by(Signal::INT).exits(130);
    let mut seen: Vec<&str> = first.text().lines().chain(second.text().lines()).collect();
    let all = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(
        (seen.len(), all),
        (2 * sent + 2, 2 * sent + 2),
        "lost or doubled"
    );
}

/// Takes records and forgets them.
struct Forgotten;

impl Sink for Forgotten {
    fn record(&mut self, _: &Record<'_>) -> Result<Flow, Fault> {
        Ok(Flow::Continue)
    }
}

#[test]
fn a_partition_that_comes_back_stands_only_where_it_is_read_now() {
    let topic = Topic::new("group-back");
    numbered(&topic, 1, 5);
    let brokers = [broker().address().to_owned()];
    let settings = Settings::from_properties(&brokers, &BTreeMap::new()).unwrap();
    let mut client = Client::connect(settings).unwrap();
    let options = ReadOptions {
        isolation: Isolation::Committed,
        order: ReadOrder::Arrival,
        from_ms: None,
        to_ms: None,
        stall_timeout: DEADLINE,
    };
    let partition = TopicPartition::new(topic.name.as_str(), 0);
    let range = |start| ReadRange {
        partition: partition.clone(),
        start,
        end: None,
    };
    let mut reader = Reader::new(&mut client, vec![range(0)], options);
    let standing = |reader: &Reader<'_>| -> Vec<i64> {
        let positions = reader.positions().map(|(_, next, _)| next);
        positions.collect()
    };
    until("all is read", || {
        let _ = reader
            .step(&mut Forgotten, Duration::from_millis(50))
            .unwrap();
        standing(&reader) == [5]
    });
    reader.remove(&partition);
    assert!(standing(&reader).is_empty(), "given away");
    reader.add(range(3));
    assert_eq!(standing(&reader), [3]);
}

#[test]
fn groups_of_the_new_protocol_need_kafka_4() {
    let topic = Topic::with("group-new", 2, &[]);
    let group = group(&topic);
    numbered(&topic, 2, 2);
    let new = ["-X", "group.protocol=consumer"];
    if broker().is_before_4() {
        let arguments = [
            "consume",
            &topic.name,
            "-b",
            broker().address(),
            "-g",
            &group,
        ];
        let output = evctl(&[&arguments, new.as_slice()].concat()).exits(3);
        let said = &output.stderr;
        assert!(
            said.contains("the broker is too old: ConsumerGroupHeartbeat"),
            "{said}"
        );
        return;
    }
    assert_eq!(consume(&topic, &group, &new).lines().count(), 4);
    assert_eq!(consume(&topic, &group, &new), "");
}

#[test]
fn a_protected_profile_asks_before_a_group_is_joined() {
    let topic = Topic::new("group-protected");
    numbered(&topic, 1, 1);
    let home = Home::new();
    let config = format!(
        "[profiles.prod]\nbrokers = [\"{}\"]\nprotected = true\ncluster = \"orders\"\n",
        broker().address()
    );
    home.write("evctl.toml", config);
    let group = group(&topic);
    let arguments = ["consume", &topic.name, "-P", "prod", "-g", &group];
    let refused = home.evctl(&arguments).without_terminal().run().exits(6);
    assert!(refused.text().is_empty());
    let allowed = [&arguments, ["--yes", "--cluster", "orders"].as_slice()].concat();
    assert_eq!(home.evctl(&allowed).run().ok(), "0-0\n");
}

#[test]
fn every_kind_of_connection_produces_and_consumes_in_a_group() {
    let secured = secured();
    secured.create_topic("group-secured", 1);
    let ca = format!("ssl.ca.location={}", secured.ca().display());
    let certificate = format!(
        "ssl.certificate.location={}",
        secured.client_certificate().display()
    );
    let key = format!("ssl.key.location={}", secured.client_key().display());
    let sasl = |mechanism: &str| {
        [
            format!("sasl.mechanism={mechanism}"),
            "sasl.username=alice".to_owned(),
            "sasl.password=alice-secret".to_owned(),
        ]
    };
    let tls = |protocol: &str| vec![format!("security.protocol={protocol}"), ca.clone()];
    let mut ways = vec![
        (secured.plain(), vec![]),
        (secured.tls(), tls("SSL")),
        (
            secured.mutual_tls(),
            [tls("SSL"), vec![certificate, key]].concat(),
        ),
    ];
    for mechanism in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] {
        ways.push((
            secured.sasl_tls(),
            [tls("SASL_SSL"), sasl(mechanism).to_vec()].concat(),
        ));
        let plain = vec!["security.protocol=SASL_PLAINTEXT".to_owned()];
        ways.push((
            secured.sasl_plain(),
            [plain, sasl(mechanism).to_vec()].concat(),
        ));
    }
    for (number, (address, properties)) in ways.iter().enumerate() {
        let value = format!("by way {number}");
        let mut connect = vec!["-b", address];
        for property in properties {
            connect.extend(["-X", property]);
        }
        let home = Home::new();
        let produce = [["produce", "group-secured"].as_slice(), &connect].concat();
        let _sent = home.evctl(&produce).stdin(value.clone()).run().ok();
        let consume = ["consume", "group-secured", "-g", "group-secured"];
        let printed = home
            .evctl(&[consume.as_slice(), &connect].concat())
            .run()
            .ok();
        assert_eq!(printed, format!("{value}\n"), "{properties:?}");
    }
}

#[test]
fn stored_offsets_that_cannot_be_read_end_the_command() {
    let topic = Topic::new("group-garbled");
    numbered(&topic, 1, 3);
    let alterations: [fn(&mut Vec<u8>); 3] = [
        |answer| answer.fill(0xff),
        |answer| {
            // Lengths and counts of every kind.
            let bytes =
                (1..).map(|number: u32| number.wrapping_mul(2_654_435_761).to_be_bytes()[0]);
            answer
                .iter_mut()
                .zip(bytes)
                .for_each(|(to, byte)| *to = byte);
        },
        |answer| answer.truncate(answer.len() / 2),
    ];
    thread::scope(|scope| {
        for (number, alter) in alterations.into_iter().enumerate() {
            let topic = &topic;
            scope.spawn(move || {
                let group = format!("{}-{number}", topic.name);
                commit(broker().address(), &group, &[(&topic.name, 0, 1)]);
                let proxy = Proxy::altering(broker().address(), ApiKey::OffsetFetch, alter);
                let consume = ["consume", &topic.name, "-b", proxy.address(), "-g", &group];
                let output = evctl(&consume).exits(3);
                let said = &output.stderr;
                assert!(said.contains("malformed answer: OffsetFetch"), "{said}");
                assert_eq!(output.text(), "");
                let kept = committed(broker().address(), &group);
                assert_eq!(kept, [(topic.name.clone(), 0, 1)]);
            });
        }
    });
}

/// The request that has no answer, more options, a signal, the exit code, and what is said.
type SilentRun<'r> = (ApiKey, &'r [&'r str], Option<Signal>, i32, &'r str);

#[test]
fn a_coordinator_that_does_not_answer_is_not_waited_for_without_end() {
    let topic = Topic::new("group-silent");
    numbered(&topic, 1, 3);
    // The offsets are not told, or a commit is not answered.
    let (told, committed) = (ApiKey::OffsetFetch, ApiKey::OffsetCommit);
    // On a slow machine the time may be over before it is asked: what is said then differs.
    let runs: [SilentRun<'_>; 5] = [
        (told, &["--stall-timeout", "2s"], None, 3, ""),
        (told, &["--timeout", "3s"], None, 3, ""),
        (
            told,
            &[],
            Some(Signal::TERM),
            143,
            "terminated after 0 records",
        ),
        (
            committed,
            &["-n", "1"],
            Some(Signal::TERM),
            5,
            "did not answer a commit within",
        ),
        (
            committed,
            &[],
            Some(Signal::INT),
            5,
            "did not answer a commit within",
        ),
    ];
    thread::scope(|scope| {
        for (number, (key, options, signal, exit, expected)) in runs.into_iter().enumerate() {
            let topic = &topic;
            scope.spawn(move || {
                let group = format!("{}-{number}", topic.name);
                let home = Home::new();
                let proxy = Proxy::silent_at(broker().address(), key);
                let consume = ["consume", &topic.name, "-b", proxy.address(), "-g", &group];
                let began = Instant::now();
                let running = home.evctl(&[&consume, options].concat()).spawn();
                if let Some(signal) = signal {
                    until("it is asked", || proxy.has_failed());
                    running.signal(signal);
                }
                let output = running.finish().exits(exit);
                let (said, took) = (&output.stderr, began.elapsed());
                assert!(said.contains(expected), "{options:?}: {said}");
                assert!(took < Duration::from_secs(45), "{options:?}: {took:?}");
            });
        }
    });
}
