//! Ways to connect, each read through; and what stands in the way, each by its name and at once.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    path::Path,
    sync::OnceLock,
    thread,
    time::Duration,
};

use evctl::sandbox::{Lifetime, Options, Server};
use rdkafka::{
    ClientConfig,
    producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer},
};
use rustix::process::Signal;

use crate::support::{
    DEADLINE, Home, Topic, admin, broker,
    command::Output,
    kafka,
    proxy::Proxy,
    secured::{locks, secured},
};

/// Within this time a cluster that cannot be used is said to be so.
const PROMPT: Duration = Duration::from_secs(2);
/// All passwords end so; none may be shown.
const SECRET: &str = "-secret";
const MECHANISMS: [&str; 3] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];

type Properties = Vec<(&'static str, String)>;

/// A topic of the secured broker, with the values `a` and `b`.
fn topic() -> &'static str {
    static TOPIC: OnceLock<String> = OnceLock::new();
    TOPIC.get_or_init(|| {
        let name = Topic::unused_name("connections");
        secured().create_topic(&name, 1);
        write(secured().plain(), &name, &["a", "b"]);
        name
    })
}

fn write(broker: &str, topic: &str, values: &[&str]) {
    let producer: ThreadedProducer<DefaultProducerContext> = ClientConfig::new()
        .set("bootstrap.servers", broker)
        .create()
        .unwrap();
    for value in values {
        let record = BaseRecord::<(), str>::to(topic).payload(value);
        producer.send(record).map_err(|(error, _)| error).unwrap();
    }
    producer.flush(DEADLINE).unwrap();
}

/// `-b` and `-X`, as words.
fn flags(broker: &str, properties: &Properties) -> Vec<String> {
    let mut words = vec!["-b".to_owned(), broker.to_owned()];
    for (name, value) in properties {
        words.extend(["-X".to_owned(), format!("{name}={value}")]);
    }
    words
}

/// Runs evctl with `flags` before `words`. Whatever happens, no password is shown.
#[track_caller]
fn run(flags: &[String], words: &[&str]) -> Output {
    let flags = flags.iter().map(String::as_str);
    let words: Vec<_> = flags.chain(words.iter().copied()).collect();
    quiet_of_secrets(Home::new().evctl(&words).run())
}

#[track_caller]
fn quiet_of_secrets(output: Output) -> Output {
    assert!(!output.stderr.contains(SECRET), "{}", output.stderr);
    assert!(!output.text().contains(SECRET), "{}", output.text());
    output
}

/// `security.protocol` and nothing else.
fn protocol(name: &str) -> Properties {
    vec![("security.protocol", name.to_owned())]
}

/// TLS with the CA that signed the broker's certificate.
fn tls(protocol_name: &str) -> Properties {
    let ca = secured().ca().display().to_string();
    [protocol(protocol_name), vec![("ssl.ca.location", ca)]].concat()
}

fn client_certificate() -> Properties {
    let path = |path: std::path::PathBuf| path.display().to_string();
    let broker = secured();
    vec![
        (
            "ssl.certificate.location",
            path(broker.client_certificate()),
        ),
        ("ssl.key.location", path(broker.client_key())),
    ]
}

fn login(mechanism: &str, user: &str, password: &str) -> Properties {
    vec![
        ("sasl.mechanism", mechanism.to_owned()),
        ("sasl.username", user.to_owned()),
        ("sasl.password", password.to_owned()),
    ]
}

fn sasl(mechanism: &str, user: &str, password: &str) -> Properties {
    [protocol("SASL_PLAINTEXT"), login(mechanism, user, password)].concat()
}

#[track_caller]
fn reads(broker: &str, properties: &Properties) {
    for more in [&[][..], &["-vv"]] {
        let words = [&["consume", topic()], more].concat();
        let read = run(&flags(broker, properties), &words).exits(0);
        assert_eq!(read.lines(), ["a", "b"], "{properties:?}: {}", read.stderr);
    }
}

#[test]
fn plaintext_and_each_kind_of_tls_read() {
    let broker = secured();
    reads(broker.plain(), &vec![]);
    reads(broker.tls(), &tls("SSL"));
    let pem = std::fs::read_to_string(broker.ca()).unwrap();
    reads(
        broker.tls(),
        &[protocol("SSL"), vec![("ssl.ca.pem", pem)]].concat(),
    );
    reads(
        broker.mutual_tls(),
        &[tls("SSL"), client_certificate()].concat(),
    );
}

#[test]
fn each_sasl_mechanism_reads_in_the_clear_and_inside_tls() {
    let broker = secured();
    for mechanism in MECHANISMS {
        let alice = login(mechanism, "alice", "alice-secret");
        let clear = [protocol("SASL_PLAINTEXT"), alice.clone()].concat();
        reads(broker.sasl_plain(), &clear);
        reads(broker.sasl_tls(), &[tls("SASL_SSL"), alice].concat());
    }
}

#[test]
fn a_profile_connects_with_a_secret_from_environment_file_or_command() {
    let broker = secured();
    let home = Home::new();
    home.write("password", "alice-secret\n");
    for (source, mechanism) in [
        ("env = \"PASSWORD\"", "PLAIN"),
        ("file = \"password\"", "SCRAM-SHA-256"),
        ("command = \"cat password\"", "SCRAM-SHA-512"),
    ] {
        let profile = format!(
            "[profiles.locked]\nbrokers = [{:?}]\n[profiles.locked.kafka]\n\
             \"security.protocol\" = \"SASL_SSL\"\n\"ssl.ca.location\" = {:?}\n\
             \"sasl.mechanism\" = {mechanism:?}\n\"sasl.username\" = \"alice\"\n\
             \"sasl.password\" = {{ {source} }}\n",
            broker.sasl_tls(),
            broker.ca(),
        );
        home.write("evctl.toml", profile);
        let _ = home.evctl(&["profile", "trust"]).run().exits(0);
        let evctl = |words: &[&str]| {
            let words = [&["-P", "locked", "-vv"], words].concat();
            let run = home.evctl(&words).env("PASSWORD", "alice-secret").run();
            quiet_of_secrets(run).exits(0)
        };
        assert_eq!(evctl(&["consume", topic()]).lines(), ["a", "b"]);
        let tested = evctl(&["profile", "test", "-o", "json"]);
        let json: serde_json::Value = serde_json::from_str(tested.text()).unwrap();
        assert_eq!(json["kind"], "evctl.profile-test/1");
        assert_eq!(json["name"], "locked");
        assert_eq!(json["security_protocol"], "SASL_SSL");
        assert_eq!(json["sasl_mechanism"], mechanism);
        assert_eq!(json["sasl_username"], "alice");
        assert_eq!(json["brokers"][0]["address"], broker.sasl_tls());
        assert_eq!(json["cluster_id"].as_str().unwrap().len(), 22, "{json}");
        assert!(json["ms"].as_u64().unwrap() < 2_000, "{json}");
        let shown = evctl(&["profile", "test"]);
        let shown = shown.text();
        for cell in [
            "locked",
            json["cluster_id"].as_str().unwrap(),
            broker.sasl_tls(),
            &format!("SASL_SSL {mechanism}"),
        ] {
            assert!(shown.contains(cell), "{shown}");
        }
    }
}

/// Reading and testing both end at once, with exit code 3, the cause and what to do about it.
#[track_caller]
fn fails(broker: &str, properties: &Properties, cause: &str, hint: &str) {
    let flags = flags(broker, properties);
    for words in [&["consume", "orders"][..], &["profile", "test"]] {
        let output = run(&flags, words).exits(3);
        let lines: Vec<_> = output.stderr.lines().collect();
        let [error, advice] = lines[..] else {
            panic!("an error and a hint, not {}", output.stderr);
        };
        let wanted = format!("error: broker \"{broker}\": {cause}");
        assert!(error.starts_with(&wanted), "{error}\nis not {wanted}");
        assert!(
            advice.starts_with("hint: ") && advice.contains(hint),
            "{advice}\nhas no {hint}"
        );
        assert!(output.text().is_empty(), "{}", output.text());
        assert!(output.took < PROMPT, "{error} took {:?}", output.took);
    }
}

#[test]
fn a_closed_port_and_a_name_without_address_are_named() {
    let hint = "is Kafka running there? `evctl sandbox start`";
    fails("127.0.0.1:1", &vec![], "connection refused", hint);
    fails(
        "no-such-host.invalid:9092",
        &vec![],
        "the name does not resolve",
        "check --brokers",
    );
}

/// Does `talk` with everybody who connects.
fn server(address: &str, talk: impl Fn(TcpStream) -> io::Result<()> + Send + 'static) -> String {
    let listener = TcpListener::bind((address, 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for tcp in listener.incoming() {
            // Who hangs up has heard enough.
            let _ = tcp.and_then(&talk);
        }
    });
    address
}

/// Waits until whoever connected goes away.
fn hold(mut tcp: TcpStream) -> io::Result<()> {
    io::copy(&mut tcp, &mut io::sink()).map(drop)
}

#[test]
fn a_port_that_does_not_speak_kafka_is_named() {
    let http = server("127.0.0.1", |mut tcp| {
        BufReader::new(&tcp).read_until(b'\n', &mut Vec::new())?;
        tcp.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")?;
        hold(tcp)
    });
    let garbage = server("127.0.0.1", |mut tcp| {
        tcp.write_all(b"220 mail.example ESMTP\r\n")?;
        hold(tcp)
    });
    let hint = "--brokers takes the port of a Kafka listener";
    let port = |answer| format!("the port does not speak Kafka: it answers {answer}");
    fails(&http, &vec![], &port("in HTTP"), hint);
    fails(&garbage, &vec![], &port("\"220 \""), hint);
    for address in [&http, &garbage] {
        fails(
            address,
            &protocol("SSL"),
            "the broker does not speak TLS on this port",
            "-X security.protocol=PLAINTEXT",
        );
    }
    let closes = server("127.0.0.1", |tcp| tcp.shutdown(Shutdown::Both));
    for properties in [vec![], protocol("SSL")] {
        let hint = "the broker's log says why";
        fails(
            &closes,
            &properties,
            "the broker closed the connection",
            hint,
        );
    }
}

#[test]
fn a_port_that_says_nothing_or_too_slowly_is_given_up() {
    let silent = || server("127.0.0.1", hold);
    let hint = "is the address right";
    fails(&silent(), &vec![], "ApiVersions timed out after", hint);
    let handshake = "the TLS handshake timed out after";
    fails(&silent(), &protocol("SSL"), handshake, hint);
    let trickling = server("127.0.0.1", |mut tcp| {
        // The beginning of a TLS record that would be there in five minutes.
        tcp.write_all(&[0x16, 3, 3, 0x40, 0])?;
        tcp.set_read_timeout(Some(Duration::from_millis(20)))?;
        let mut heard = [0; 1024];
        loop {
            match tcp.read(&mut heard) {
                Ok(0) => return Ok(()),
                _ => tcp.write_all(&[0])?,
            }
        }
    });
    fails(&trickling, &protocol("SSL"), handshake, hint);
}

#[test]
fn tls_on_one_side_only_is_named() {
    let broker = secured();
    let hint = "-X security.protocol=SSL (or SASL_SSL)";
    let sasl = sasl("PLAIN", "alice", "alice-secret");
    for (address, properties) in [
        (broker.tls(), &vec![]),
        (broker.mutual_tls(), &vec![]),
        (broker.sasl_tls(), &sasl),
    ] {
        fails(address, properties, "the broker expects TLS", hint);
    }
    for address in [broker.plain(), broker.sasl_plain()] {
        fails(
            address,
            &tls("SSL"),
            "the broker does not speak TLS on this port",
            "-X security.protocol=PLAINTEXT (or SASL_PLAINTEXT)",
        );
    }
}

#[test]
fn a_certificate_that_is_not_trusted_is_named() {
    let broker = secured();
    let other = broker.other_ca().display().to_string();
    let other = [protocol("SSL"), vec![("ssl.ca.location", other)]].concat();
    for properties in [other, protocol("SSL")] {
        fails(
            broker.tls(),
            &properties,
            "the broker's certificate is not trusted: signed by nobody we know",
            "-X ssl.ca.location=FILE",
        );
    }
}

/// Passes everything on to the broker at `to`.
fn forward(to: &'static str) -> String {
    server("127.0.0.2", move |mut here| {
        let mut there = TcpStream::connect(to)?;
        let (mut back, mut forth) = (there.try_clone()?, here.try_clone()?);
        thread::spawn(move || io::copy(&mut back, &mut forth));
        io::copy(&mut here, &mut there).map(drop)
    })
}

#[test]
fn a_certificate_for_another_host_is_named_unless_names_do_not_matter() {
    let elsewhere = forward(secured().tls());
    fails(
        &elsewhere,
        &tls("SSL"),
        "the broker's certificate is not for \"127.0.0.2\" but for localhost, 127.0.0.1",
        "-X ssl.endpoint.identification.algorithm=none",
    );
    let unchecked = vec![("ssl.endpoint.identification.algorithm", "none".to_owned())];
    reads(&elsewhere, &[tls("SSL"), unchecked].concat());
}

#[test]
fn a_missing_client_certificate_is_named() {
    // With TLS 1.3 it is refused after the handshake: the refusal must not be lost to a reset.
    for _ in 0..5 {
        fails(
            secured().mutual_tls(),
            &tls("SSL"),
            "the broker requires a client certificate",
            "-X ssl.certificate.location=FILE -X ssl.key.location=FILE",
        );
    }
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_named() {
    let broker = secured();
    for mechanism in MECHANISMS {
        for (user, password) in [("alice", "wrong-secret"), ("mallory", "alice-secret")] {
            let cause = format!("wrong user name or password for {user:?} ({mechanism}): ");
            let hint = "check sasl.username, sasl.password and sasl.mechanism";
            let login = login(mechanism, user, password);
            let clear = [protocol("SASL_PLAINTEXT"), login.clone()].concat();
            fails(broker.sasl_plain(), &clear, &cause, hint);
            let over_tls = [tls("SASL_SSL"), login].concat();
            fails(broker.sasl_tls(), &over_tls, &cause, hint);
        }
    }
}

#[test]
fn sasl_on_one_side_only_is_named() {
    let broker = secured();
    for (address, properties) in [
        (broker.sasl_plain(), vec![]),
        (broker.sasl_tls(), tls("SSL")),
    ] {
        fails(
            address,
            &properties,
            "the broker expects SASL authentication",
            "-X security.protocol=SASL_PLAINTEXT (or SASL_SSL)",
        );
    }
    let alice = login("SCRAM-SHA-256", "alice", "alice-secret");
    let over_tls = [tls("SASL_SSL"), alice].concat();
    for (address, properties) in [
        (broker.plain(), sasl("PLAIN", "alice", "alice-secret")),
        (broker.tls(), over_tls),
    ] {
        fails(
            address,
            &properties,
            "the broker does not use SASL on this port",
            "-X security.protocol=PLAINTEXT (or SSL)",
        );
    }
}

#[test]
fn a_topic_that_may_not_be_read_is_named() {
    let broker = secured();
    let consume = |user: &str, topic: &str| {
        let login = sasl("SCRAM-SHA-512", user, &format!("{user}{SECRET}"));
        let output = run(&flags(broker.sasl_plain(), &login), &["consume", topic]).exits(3);
        assert!(output.took < PROMPT, "{:?}", output.took);
        assert!(output.text().is_empty());
        output.stderr
    };
    let grants = "hint: an administrator grants it: kafka-acls";
    let described = consume("describer", topic());
    assert!(
        described.starts_with(&format!("error: {}/0: not authorized", topic())),
        "{described}"
    );
    assert!(described.contains(grants), "{described}");
    // Who may see nothing is not told whether it exists.
    for name in [topic(), "no-such-topic"] {
        let hidden = consume("nobody", name);
        let error = format!("error: topic {name:?} cannot be used\n  caused by: not authorized");
        assert!(hidden.starts_with(&error), "{hidden}");
        assert!(hidden.contains(grants), "{hidden}");
    }
}

#[test]
fn the_first_broker_may_be_dead_and_of_dead_ones_the_most_telling_speaks() {
    let broker = secured();
    let silent = server("127.0.0.1", hold);
    for dead in ["127.0.0.1:1", "no-such-host.invalid:9092", &silent] {
        let list = format!("{dead},{}", broker.plain());
        let read = run(&flags(&list, &vec![]), &["consume", topic()]).exits(0);
        assert_eq!(read.lines(), ["a", "b"]);
        assert!(read.took < PROMPT / 2, "{dead}: {:?}", read.took);
    }
    for (list, cause) in [
        (
            "no-such-host.invalid:9092,127.0.0.1:1",
            "broker \"127.0.0.1:1\": connection refused",
        ),
        (
            &format!("127.0.0.1:1,{}", broker.tls()),
            "the broker expects TLS",
        ),
    ] {
        let output = run(&flags(list, &vec![]), &["consume", topic()]).exits(3);
        assert!(output.stderr.contains(cause), "{}", output.stderr);
        assert!(output.took < PROMPT, "{:?}", output.took);
    }
}

#[test]
fn a_broker_that_restarts_is_read_on_over_tls() {
    let directory = tempfile::tempdir().unwrap();
    let (security, ca) = locks();
    let start = |port, properties| {
        let options = Options {
            port,
            properties,
            security: Some(security.clone()),
            ..kafka(Lifetime::Held(directory.path().to_owned()))
        };
        Server::start(options).unwrap()
    };
    let first = start(None, Vec::new());
    admin::create_topic(first.address(), "kept", 1, &[]);
    write(first.address(), "kept", &["a"]);

    let home = Home::new();
    home.write("ca.pem", ca.pem());
    let tls = &first.secured().unwrap().tls;
    let ca = vec![
        ("security.protocol", "SSL".to_owned()),
        ("ssl.ca.location", "ca.pem".to_owned()),
    ];
    let flags = flags(tls, &ca);
    let words: Vec<_> = flags.iter().map(String::as_str).collect();
    let words = [&words[..], &["consume", "kept", "--follow"]].concat();
    let running = home.evctl(&words).spawn();
    running.wait_for("a\n");

    let (address, port) = (first.address().to_owned(), port_of(first.address()));
    first.stop().unwrap();
    let second = start(Some(port), same_listeners(directory.path()));
    assert_eq!(second.address(), address);
    write(second.address(), "kept", &["b"]);
    running.wait_for("a\nb\n");
    running.signal(Signal::INT);
    assert_eq!(running.finish().exits(130).lines(), ["a", "b"]);
}

#[test]
fn an_advertised_address_that_cannot_be_reached_is_named_with_who_names_it() {
    let topic = Topic::new("advertised");
    topic.produce(0, &["a"]);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let proxy = Proxy::advertising(broker().address(), port);
    let expected = format!(
        "the broker at {} sends its clients to 127.0.0.1:{port} (advertised.listeners), which \
         refuses connections",
        proxy.address()
    );
    for words in [
        &["consume", &topic.name][..],
        &["tail", &topic.name],
        &[
            "consume",
            &topic.name,
            "--group",
            "advertised",
            "--from",
            "earliest",
        ],
        &["capture", &topic.name, "-O", "a.ndjson"],
        &["produce", &topic.name],
    ] {
        let words = [&["-b", proxy.address()], words].concat();
        let output = Home::new().evctl(&words).stdin("x\n").run().exits(3);
        assert!(
            output.stderr.contains(&expected),
            "{words:?}: {}",
            output.stderr
        );
        assert!(
            output.stderr.contains("hint: set advertised.listeners"),
            "{}",
            output.stderr
        );
        assert!(output.took < PROMPT, "{words:?}: {:?}", output.took);
    }
}

fn port_of(address: &str) -> u16 {
    let (_, port) = address.rsplit_once(':').unwrap();
    port.parse().unwrap()
}

/// The listeners of the server that has just run in `directory`, as properties for the next one.
fn same_listeners(directory: &Path) -> Vec<(String, String)> {
    let written = std::fs::read_to_string(directory.join("server.properties")).unwrap();
    let properties = written.lines().filter_map(|line| line.split_once('='));
    properties
        .filter(|(name, _)| {
            [
                "listeners",
                "advertised.listeners",
                "controller.quorum.voters",
            ]
            .contains(name)
        })
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn a_failure_is_json_where_json_is_asked_for() {
    let words = ["profile", "test", "-o", "json"];
    let output = run(&flags("127.0.0.1:1", &vec![]), &words).exits(3);
    let json: serde_json::Value = serde_json::from_str(&output.stderr).unwrap();
    assert_eq!(json["kind"], "evctl.error/1");
    assert_eq!(json["code"], 3);
    assert_eq!(
        json["message"],
        "broker \"127.0.0.1:1\": connection refused"
    );
}
