//! The tests' own ground: what the other tests take for granted about brokers and topics.

use std::sync::Arc;

use rdkafka::{
    ClientConfig,
    consumer::{BaseConsumer, Consumer},
    error::KafkaError,
};

use crate::support::{DEADLINE, Evctl, Home, Record, Seen, Topic, broker, secured};

fn texts(seen: &[Seen]) -> Vec<(i64, &str)> {
    seen.iter().map(|seen| (seen.offset, seen.text())).collect()
}

#[test]
fn what_is_produced_is_seen_in_order() {
    let topic = Topic::with("order", 2, &[]);
    topic.produce(1, &["a", "b"]);
    topic.produce_records(1, &[Record::default(), Record::keyed("k", "c")]);
    let seen = topic.seen(1);
    assert_eq!(texts(&seen), [(0, "a"), (1, "b"), (2, ""), (3, "c")]);
    assert_eq!(seen[2].value, None, "a tombstone");
    assert_eq!(seen[3].key.as_deref(), Some(b"k".as_slice()));
    assert!(topic.seen(0).is_empty());
}

#[test]
fn transactions_are_committed_aborted_and_left_open() {
    let topic = Topic::new("transactions");
    topic.produce_committed(0, &["a"]);
    topic.produce_aborted(0, &["b"]);
    topic.produce(0, &["c"]);
    let open = topic.produce_open(0, &["d"]);
    topic.produce(0, &["e"]);
    assert_eq!(
        texts(&topic.seen(0)),
        [(0, "a"), (2, "b"), (4, "c"), (5, "d"), (6, "e")],
        "markers take offsets 1 and 3"
    );
    assert_eq!(texts(&topic.seen_committed(0)), [(0, "a"), (4, "c")]);
    open.commit();
    assert_eq!(
        texts(&topic.seen_committed(0)),
        [(0, "a"), (4, "c"), (5, "d"), (6, "e")]
    );
}

#[test]
fn a_compacted_topic_keeps_the_last_of_each_key() {
    let topic = Topic::compacted("compacted", 1);
    for value in ["1", "2", "3"] {
        let keyed = |key| Record::keyed(key, value);
        topic.produce_records(0, &[keyed("a"), keyed("b")]);
    }
    topic.compact(0);
    assert_eq!(texts(&topic.seen(0)), [(4, "3"), (5, "3"), (6, "")]);
}

#[test]
fn a_trimmed_topic_begins_later() {
    let topic = Topic::new("trimmed");
    topic.produce(0, &["a", "b", "c"]);
    topic.trim(0, 2);
    assert_eq!(texts(&topic.seen(0)), [(2, "c")]);
}

#[test]
fn a_topic_is_made_by_asking_for_it_but_not_by_looking() {
    let name = Topic::unused_name("made-by-asking");
    assert!(!Topic::exists(&name));
    assert!(!Topic::exists(&name));
    let topic = Topic { name };
    topic.produce(0, &["a"]);
    assert!(Topic::exists(&topic.name));
}

/// Asks for the metadata of the secured broker's topics, as a client with these properties may.
fn topics(address: &str, properties: &[(&str, &str)]) -> Result<Arc<[String]>, KafkaError> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", address);
    for (name, value) in properties {
        config.set(*name, *value);
    }
    let consumer: BaseConsumer = config.create()?;
    let metadata = consumer.fetch_metadata(None, DEADLINE / 12)?;
    let names = metadata
        .topics()
        .iter()
        .map(|topic| topic.name().to_owned());
    Ok(names.collect())
}

fn login<'a>(
    protocol: &'a str,
    mechanism: &'a str,
    user: &'a str,
    password: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("security.protocol", protocol),
        ("sasl.mechanism", mechanism),
        ("sasl.username", user),
        ("sasl.password", password),
    ]
}

#[test]
fn each_lock_opens_with_its_key() {
    let broker = secured();
    let ca = broker.ca().display().to_string();
    let certificate = broker.client_certificate().display().to_string();
    let key = broker.client_key().display().to_string();
    let tls = [
        ("security.protocol", "ssl"),
        ("ssl.ca.location", ca.as_str()),
    ];
    topics(broker.plain(), &[]).unwrap();
    topics(broker.tls(), &tls).unwrap();
    let client = [
        ("ssl.certificate.location", certificate.as_str()),
        ("ssl.key.location", key.as_str()),
    ];
    topics(broker.mutual_tls(), &[tls, client].concat()).unwrap();
    for mechanism in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] {
        let clear = login("sasl_plaintext", mechanism, "alice", "alice-secret");
        topics(broker.sasl_plain(), &clear).unwrap();
        let mut over_tls = login("sasl_ssl", mechanism, "alice", "alice-secret");
        over_tls.push(("ssl.ca.location", &ca));
        topics(broker.sasl_tls(), &over_tls).unwrap();
    }
}

#[test]
fn no_lock_opens_with_another_key() {
    let broker = secured();
    let ca = broker.ca().display().to_string();
    let other_ca = broker.other_ca().display().to_string();
    let tls = |ca| [("security.protocol", "ssl"), ("ssl.ca.location", ca)];
    let wrong = login("sasl_plaintext", "SCRAM-SHA-256", "alice", "wrong");
    for (address, properties) in [
        (broker.tls(), tls(&other_ca).to_vec()),
        (broker.mutual_tls(), tls(&ca).to_vec()),
        (broker.sasl_plain(), wrong),
    ] {
        topics(address, &properties).unwrap_err();
    }
}

#[test]
fn rights_are_as_told() {
    let broker = secured();
    let name = Topic::unused_name("rights");
    broker.create_topic(&name, 1);
    let sees = |user: &str| {
        let password = format!("{user}-secret");
        let login = login("sasl_plaintext", "PLAIN", user, &password);
        topics(broker.sasl_plain(), &login).unwrap().contains(&name)
    };
    assert!(sees("admin") && sees("alice") && sees("describer"));
    assert!(!sees("nobody"));
}

#[test]
fn the_broker_is_the_version_asked_for() {
    let asked = evctl::config::env::variable("EVCTL_TEST_KAFKA");
    let asked = asked.as_deref().unwrap_or("4.3.0");
    assert_eq!(broker().version(), asked);
    assert_eq!(broker().is_before_4(), asked.starts_with('3'));
}

/// An evctl that hands its input to a command and passes on what that prints.
fn shell(home: &Home, script: &str) -> Evctl {
    home.evctl(&["sandbox", "run", "--", "sh", "-c", script])
        .env("EVCTL_SANDBOX_BROKERS", broker().address())
}

#[test]
fn an_evctl_is_fed_from_memory_from_files_and_by_hand() {
    let home = Home::new();
    let output = shell(&home, "cat").stdin("a\nb\n").run().exits(0);
    assert_eq!(output.lines(), ["a", "b"]);
    assert!(output.took < DEADLINE);

    home.write("in", "c");
    shell(&home, "cat in > out").run().ok();
    assert_eq!(home.read("out"), "c");

    let mut running = shell(&home, "cat").open_stdin().spawn();
    running.type_in("d\n");
    running.wait_for("d\n");
    running.close_stdin();
    assert_eq!(running.finish().ok(), "d\n");
}

#[test]
fn an_evctl_sees_nothing_of_the_machine_it_runs_on() {
    let home = Home::new();
    let seen = shell(&home, "env; pwd").run().ok();
    let here = home.path().display().to_string();
    for line in seen.lines() {
        let (name, value) = line.split_once('=').unwrap_or(("pwd", line));
        let expected = match name {
            "HOME" | "PWD" | "OLDPWD" | "pwd" => value == here,
            "PATH" | "_" | "SHLVL" => true,
            "EVCTL_BROKERS" | "KAFKA_BOOTSTRAP_SERVERS" | "EVCTL_SANDBOX_BROKERS" => {
                value == broker().address()
            }
            _ => false,
        };
        assert!(expected, "{line}");
    }
}
