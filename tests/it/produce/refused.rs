//! What is not acknowledged: too large, not allowed, interrupted, or with nobody there.

use super::*;

#[test]
fn an_unknown_topic_is_not_made_and_the_nearest_is_named() {
    let topic = Topic::new("nearest-of-produce");
    let home = Home::new();
    let unknown = format!("{}x", topic.name);
    let output = produce(&home, &unknown, &[]).stdin("a").run().exits(4);
    says(&output, &format!("did you mean {:?}?", topic.name));
    assert!(!Topic::exists(&unknown));
}

#[test]
fn a_line_that_is_too_large_is_named_and_the_others_are_sent() {
    let topic = Topic::with("too-large", 1, &[("max.message.bytes", "2000")]);
    let home = Home::new();
    // The second one is for the broker to refuse: with its batch's header it is too large.
    let [large, just, fits] = [3_000, 1_990, 1_800].map(|size| "x".repeat(size));
    let short = format!("1\n{large}\n2\n{just}\n3\n{fits}\n");
    home.write("short.txt", &short);
    let output = produce(&home, &topic.name, &["short.txt"]).run().exits(5);
    says(
        &output,
        "short.txt:2: 3000 bytes, and the topic takes 2000 (max.message.bytes)",
    );
    says(
        &output,
        "short.txt:4: 1990 bytes, and the topic takes 2000 (max.message.bytes)",
    );
    says(&output, "4 records acknowledged");
    assert_eq!(values(&topic), ["1", "2", "3", &fits]);

    // Long inputs go another way: idempotently.
    let topic = Topic::with("too-large-long", 1, &[("max.message.bytes", "2000")]);
    let lines: String = (0..20_000).fold(String::new(), |mut text, line| {
        writeln!(text, "line {line}").unwrap();
        text
    });
    home.write("long.txt", format!("{lines}{large}\n{just}\n{lines}"));
    let output = produce(&home, &topic.name, &["long.txt"]).run().exits(5);
    says(&output, "long.txt:20001: 3000 bytes");
    says(&output, "long.txt:20002: 1990 bytes");
    says(&output, "40000 records acknowledged");
    let expected: Vec<_> = lines.lines().chain(lines.lines()).collect();
    assert!(values(&topic) == expected, "all of them, in order");
}

#[test]
fn a_record_without_an_end_takes_little_memory() {
    let topic = Topic::new("endless");
    let home = Home::new();
    // Frames that follow each other are one input: 1.5 GB of the letter a in 50 KB.
    let frame = zstd::encode_all(&vec![b'a'; 16 << 20][..], 1).unwrap();
    let after = |start: &[u8]| [zstd::encode_all(start, 1).unwrap(), frame.repeat(94)].concat();
    home.write("a.zst", after(b"value\n"));
    home.write("b.zst", after(b"\n{\"value\":\""));
    for (form, file, line) in [
        ("lines", "a.zst", 2),
        ("raw", "a.zst", 1),
        ("csv", "a.zst", 2),
        ("json", "b.zst", 2),
        ("kcat", "b.zst", 2),
    ] {
        let output = produce(&home, &topic.name, &["-i", form, file])
            .within("ulimit -v 900000; exec \"$0\" \"$@\"")
            .run();
        assert!([2, 5].contains(&output.code), "{form}: {}", output.stderr);
        says(&output, &format!("{file}:{line}: longer than "));
        says(&output, "the topic takes 1048588 bytes (max.message.bytes)");
    }
    assert!(topic.seen(0).len() <= 1, "the line before it was sent");
    home.write("topic.txt", "a\n");
    let output = produce(&home, "topic.txt", &[]).run().exits(4);
    says(&output, "./topic.txt");
}

#[test]
fn whatever_size_the_topic_takes_is_written() {
    let topic = Topic::with("large", 1, &[("max.message.bytes", "6000000")]);
    let large = "y".repeat(5_000_000);
    feed(&topic, &[], large.as_str());
    feed(&topic, &["-H", "h=1"], large.as_str());
    assert!(values(&topic) == [large.as_str(), &large]);
}

#[test]
fn the_failures_can_be_produced_again() {
    let small = Topic::with("failures-small", 3, &[("max.message.bytes", "1000")]);
    let large = Topic::with("failures-large", 3, &ANY_TIME);
    let home = Home::new();
    let big = "x".repeat(1_500);
    let input = [
        json!({"value": "fits"}),
        json!({"key": "a", "value": big, "partition": 2, "timestamp": 1_767_261_600_123_i64,
            "headers": [["h", "1"], ["h", null], ["b", {"base64": "/w=="}]]}),
        json!({"key": {"base64": "/w=="}, "value": format!("\0{big}")}),
        json!({"key": big, "value": null}),
    ];
    let input: String = input.iter().map(|record| format!("{record}\n")).collect();
    let output = produce(
        &home,
        &small.name,
        &["-i", "json", "--failures", "left.ndjson"],
    )
    .stdin(input)
    .run()
    .exits(5);
    says(
        &output,
        &format!(
            "evctl produce {} -i json left.ndjson tries them again",
            small.name
        ),
    );
    assert_eq!(home.read("left.ndjson").lines().count(), 3);

    let again = ["-i", "json", "left.ndjson", "--failures", "none.ndjson"];
    let output = produce(&home, &large.name, &again).run().exits(0);
    says(&output, "3 records acknowledged");
    assert_eq!(home.read("none.ndjson"), "", "nothing failed");
    let found = records(&large);
    let keyed = |key: Value| found.iter().find(|record| record["key"] == key).unwrap();
    let first = keyed(json!("a"));
    assert_eq!(first["value"], big);
    assert_eq!(first["partition"], 2);
    assert_eq!(first["timestamp"], 1_767_261_600_123_i64);
    assert_eq!(
        first["headers"],
        json!([["h", "1"], ["h", null], ["b", {"base64": "/w=="}]])
    );
    let second = keyed(json!({"base64": "/w=="}));
    assert_eq!(second["value"], format!("\0{big}"));
    assert_ne!(second["timestamp"], first["timestamp"]);
    assert_eq!(keyed(json!(big))["value"], Value::Null);
}

#[test]
fn ctrl_c_waits_for_what_was_sent_and_reports_it() {
    let topic = Topic::new("interrupted");
    let home = Home::new();
    let mut running = produce(&home, &topic.name, &[]).open_stdin().spawn();
    running.type_in("a\nb\n");
    until("both have arrived", || topic.seen(0).len() == 2);
    running.type_in("no newline yet");
    let output = running.end_by(Signal::INT).exits(130);
    says(&output, "2 records acknowledged");
    says(&output, "the last record that was sent stood at stdin:2");
    assert!(output.took < Duration::from_secs(2), "{:?}", output.took);
    assert_eq!(values(&topic), ["a", "b"]);
}

#[test]
fn a_broker_that_is_not_there_is_told_at_once() {
    let home = Home::new();
    let output = home
        .evctl(&["produce", "-b", "127.0.0.1:1", "t"])
        .stdin("a")
        .run()
        .exits(3);
    says(&output, "refused");
    assert!(output.took < Duration::from_secs(2), "{:?}", output.took);
}

#[test]
fn a_broker_that_comes_back_gets_every_record_once_and_one_that_does_not_is_given_up() {
    let directory = tempfile::tempdir().unwrap();
    let start = |port: Option<u16>| {
        Server::start(Options {
            port,
            ..kafka(Lifetime::Held(directory.path().to_owned()))
        })
        .unwrap()
    };
    let server = start(None);
    let address = server.address().to_owned();
    let port = address.rsplit_once(':').unwrap().1.parse().ok();
    admin::create_topic(&address, "t", 1, &[]);
    let home = Home::new();
    let command = ["produce", "-b", &address, "t"];
    let read = || home.evctl(&["consume", "-b", &address, "t"]).run().exits(0);
    let lines = |from: u32| {
        (from..from + 2_000).fold(String::new(), |mut text, number| {
            writeln!(text, "{number}").unwrap();
            text
        })
    };

    let mut running = home.evctl(&command).open_stdin().spawn();
    running.type_in(&lines(0));
    until("the first part has arrived", || {
        read().lines().len() == 2_000
    });
    server.stop().unwrap();
    running.type_in(&lines(2_000));
    let server = start(port);
    running.type_in(&lines(4_000));
    running.close_stdin();
    says(&running.finish().exits(0), "6000 records acknowledged");
    let expected: String = [0, 2_000, 4_000].map(lines).concat();
    assert!(read().text() == expected, "each of them once, in order");

    let given_up = [
        &command[..],
        &["--stall-timeout", "1s", "--failures", "left.ndjson"],
    ]
    .concat();
    let mut running = home.evctl(&given_up).open_stdin().spawn();
    running.type_in("a\n");
    until("it has arrived", || read().lines().len() == 6_001);
    server.stop().unwrap();
    running.type_in("b\n");
    running.close_stdin();
    let output = running.finish().exits(5);
    says(&output, "no record was acknowledged for 1 s");
    says(&output, "1 record acknowledged");
    says(&output, "stdin:2");
    assert_eq!(home.read("left.ndjson").lines().count(), 1);
}

#[test]
fn a_protected_cluster_is_written_to_only_when_it_is_named() {
    let topic = Topic::new("protected");
    let home = Home::new();
    let address = broker().address();
    home.write(
        "evctl.toml",
        format!("[profiles.prod]\nbrokers = [{address:?}]\nprotected = true\ncluster = \"orders-prod\"\n"),
    );
    let with = |arguments: &[&str]| {
        let command = ["-P", "prod", "produce", &topic.name];
        let command = home.evctl(&[&command, arguments].concat());
        command.without_terminal().stdin("a\n").run()
    };
    says(&with(&[]).exits(6), "--yes");
    says(&with(&["--yes"]).exits(6), "orders-prod");
    let _ = with(&["--yes", "--cluster", "orders"]).exits(6);
    let _ = with(&["--dry-run"]).exits(0);
    assert!(topic.seen(0).is_empty(), "nothing was written");
    let _ = with(&["--yes", "--cluster", "orders-prod"]).exits(0);
    assert_eq!(values(&topic), ["a"]);
}

#[test]
fn a_user_who_may_only_look_loses_nothing() {
    let broker = secured();
    let name = Topic::unused_name("only-look");
    broker.create_topic(&name, 1);
    let home = Home::new();
    let user = |user: &str, arguments: &[&str]| {
        let name_and_password = [
            format!("sasl.username={user}"),
            format!("sasl.password={user}-secret"),
        ];
        let login = [
            "-b",
            broker.sasl_plain(),
            "-X",
            "security.protocol=sasl_plaintext",
            "-X",
            "sasl.mechanism=SCRAM-SHA-256",
            "-X",
            &name_and_password[0],
            "-X",
            &name_and_password[1],
        ];
        home.evctl(&[arguments, &login].concat())
    };
    // Short and long inputs go different ways.
    for lines in [3, 20_000] {
        let input = "a line\n".repeat(lines);
        let output = user(
            "describer",
            &["produce", &name, "--failures", "left.ndjson"],
        )
        .stdin(input)
        .run()
        .exits(3);
        says(&output, "not authorised");
        says(&output, "0 records acknowledged");
        assert_eq!(home.read("left.ndjson").lines().count(), lines);
    }
    let consumed = home
        .evctl(&["consume", "-b", broker.plain(), &name])
        .run()
        .exits(0);
    assert!(consumed.stdout.is_empty());
    let _ = user("alice", &["produce", &name, "-i", "json", "left.ndjson"])
        .run()
        .exits(0);
    let consumed = home
        .evctl(&["consume", "-b", broker.plain(), &name])
        .run()
        .exits(0);
    assert_eq!(consumed.lines().len(), 20_000);
}
