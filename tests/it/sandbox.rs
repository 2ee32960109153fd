//! `evctl sandbox`, and the server behind it.

use std::{fs, path::Path};

use evctl::{
    failure::Failure,
    sandbox::{Lifetime, Options, SandboxError, Server, answers},
};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Evctl, Home, broker, cache_home, evctl, kafka, long, until};

/// An evctl that finds the jars which are in the cache already.
fn sandbox(home: &Home, arguments: &[&str]) -> Evctl {
    let arguments = [&["sandbox"], arguments].concat();
    home.evctl(&arguments).env("XDG_CACHE_HOME", cache_home())
}

/// `run`, with the version under test.
fn run(home: &Home, command: &[&str]) -> Evctl {
    let version = broker().version();
    sandbox(
        home,
        &[&["run", "--kafka", version, "--"], command].concat(),
    )
}

/// The directory of a server that `sandbox run` started with `TMPDIR` in its home.
fn data_directories(home: &Home) -> usize {
    let entries = fs::read_dir(home.path()).unwrap().flatten();
    entries
        .filter(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .starts_with("evctl-sandbox-")
        })
        .count()
}

#[test]
fn a_started_one_stays_until_it_is_stopped_and_keeps_its_port() {
    let home = Home::new();
    // Should the test fail before it stops it.
    let _stop = StopAtTheEnd(&home);
    let version = broker().version();
    let start = ["start", "--kafka", version];
    let started = sandbox(&home, &start).run().exits(0);
    let line = started.text().trim().to_owned();
    let brokers = line.strip_prefix("export EVCTL_BROKERS=").unwrap();
    assert!(answers(brokers));

    let status = sandbox(&home, &["status", "-o", "json"]).run().ok();
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["kind"], "evctl.sandbox/1");
    assert_eq!(status["running"], true);
    assert_eq!(status["brokers"], brokers);
    assert_eq!(status["version"], version);

    assert_eq!(
        sandbox(&home, &start).run().ok().trim(),
        line,
        "the same one"
    );
    let _ = sandbox(&home, &["start", "--port", "1"]).run().exits(2);

    let _ = sandbox(&home, &["stop"]).run().exits(0);
    assert!(!answers(brokers));
    assert_eq!(
        sandbox(&home, &["status"]).run().exits(1).text(),
        "not running\n"
    );
    assert_eq!(
        sandbox(&home, &start).run().ok().trim(),
        line,
        "the same port"
    );

    let _ = sandbox(&home, &["stop", "--purge"]).run().exits(0);
    assert!(!home.path().join(".local/state/evctl/sandbox").exists());
}

struct StopAtTheEnd<'a>(&'a Home);

impl Drop for StopAtTheEnd<'_> {
    fn drop(&mut self) {
        let _ = sandbox(self.0, &["stop", "--purge"]).run();
    }
}

#[test]
fn of_two_that_start_at_one_port_each_tells_its_own_address() {
    let (told, left) = (Home::new(), Home::new());
    let _stop = (StopAtTheEnd(&told), StopAtTheEnd(&left));
    let version = broker().version();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    // The port that the other one had before is tried first, and may be another.
    let state = left.path().join(".local/state/evctl/sandbox");
    fs::create_dir_all(&state).unwrap();
    let had = format!(r#"{{"address":"127.0.0.1:{port}","version":"{version}","pid":0}}"#);
    fs::write(state.join("state.json"), had).unwrap();
    drop(free);

    let port = port.to_string();
    let start = ["start", "--kafka", version];
    let with_port = sandbox(&told, &[&start[..], &["--port", &port]].concat()).spawn();
    let without = sandbox(&left, &start).spawn();
    let (with_port, without) = (with_port.finish(), without.finish().exits(0));
    let line = format!("export EVCTL_BROKERS=127.0.0.1:{port}\n");
    if without.text() == line {
        let output = with_port.exits(2);
        assert!(output.stderr.contains("port"), "{}", output.stderr);
    } else {
        assert_eq!(with_port.exits(0).text(), line);
    }
}

#[test]
fn one_that_the_environment_names_is_used_and_left_alone() {
    let home = Home::new();
    let address = broker().address();
    let there =
        |arguments: &[&str]| sandbox(&home, arguments).env("EVCTL_SANDBOX_BROKERS", address);
    let line = format!("export EVCTL_BROKERS={address}\n");
    assert_eq!(there(&["start"]).run().ok(), line);
    let _ = there(&["status"]).run().exits(0);
    let script = "echo $EVCTL_BROKERS";
    assert_eq!(
        there(&["run", "--", "sh", "-c", script]).run().ok(),
        format!("{address}\n")
    );
    let _ = there(&["stop", "--purge"]).run().exits(0);
    assert!(answers(address));
}

#[test]
fn one_that_the_environment_names_and_that_does_not_answer_is_an_error() {
    let home = Home::new();
    for arguments in [["start"].as_slice(), &["run", "true"], &["demo"]] {
        let output = sandbox(&home, arguments)
            .env("EVCTL_SANDBOX_BROKERS", "127.0.0.1:1")
            .run()
            .exits(3);
        assert!(
            output.stderr.contains("EVCTL_SANDBOX_BROKERS"),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn run_gives_the_command_a_kafka_and_takes_its_exit_code() {
    let home = Home::new();
    let script = "echo $EVCTL_BROKERS $KAFKA_BOOTSTRAP_SERVERS ${EVCTL_PROFILE-none}; exit 7";
    let output = run(&home, &["sh", "-c", script])
        .env("TMPDIR", home.path())
        .env("EVCTL_BROKERS", "prod:9092")
        .env("EVCTL_PROFILE", "prod")
        .run()
        .exits(7);
    let words: Vec<_> = output.text().split_whitespace().collect();
    let [brokers, bootstrap, "none"] = words.as_slice() else {
        panic!("{words:?}");
    };
    assert_eq!(brokers, bootstrap);
    assert!(brokers.starts_with("127.0.0.1:"), "{brokers}");
    until("the server is gone", || !answers(brokers));
    until("its data are gone", || data_directories(&home) == 0);
}

#[test]
fn a_command_that_does_not_exist_or_is_killed_has_its_own_exit_code() {
    let home = Home::new();
    let there = |command: &[&str]| {
        let arguments = [&["run", "--"], command].concat();
        sandbox(&home, &arguments).env("EVCTL_SANDBOX_BROKERS", broker().address())
    };
    let _ = there(&["no-such-command"]).run().exits(4);
    let _ = there(&["sh", "-c", "kill -KILL $$"]).run().exits(137);
}

#[test]
fn a_server_dies_with_its_holder_even_if_that_is_killed() {
    let home = Home::new();
    // It ends by itself once nobody holds the pipe, should the kill leave it behind.
    let mut holder = run(&home, &["sh", "-c", "echo $EVCTL_BROKERS .; read -r _"])
        .env("TMPDIR", home.path())
        .open_stdin()
        .spawn();
    holder.wait_for(" .\n");
    let brokers = holder.stdout().split(' ').next().unwrap().to_owned();
    assert!(answers(&brokers));
    assert_eq!(data_directories(&home), 1);
    holder.signal(Signal::KILL);
    until("the server is gone", || !answers(&brokers));
    until("its data are gone", || data_directories(&home) == 0);
    holder.close_stdin();
    let _ = holder.finish().exits(137);
}

#[test]
fn a_command_that_is_told_to_end_still_has_its_kafka() {
    let home = Home::new();
    let script =
        "trap 'echo told; exit 9' TERM; echo $EVCTL_BROKERS .; while :; do sleep 0.05; done";
    let running = run(&home, &["sh", "-c", script]).spawn();
    running.wait_for(" .\n");
    let output = running.end_by(Signal::TERM).exits(9);
    assert!(output.text().ends_with("told\n"), "{}", output.text());
}

#[test]
fn a_held_server_comes_up_again_where_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let held = || kafka(Lifetime::Held(directory.path().to_owned()));
    let first = Server::start(held()).unwrap();
    let address = first.address().to_owned();
    let port = address.rsplit_once(':').unwrap().1.parse().unwrap();
    first.stop().unwrap();
    assert!(!answers(&address));
    let again = Server::start(Options {
        port: Some(port),
        ..held()
    })
    .unwrap();
    assert_eq!(again.address(), address);
}

#[test]
fn a_server_that_does_not_come_up_shows_what_its_log_says() {
    let error = Server::start(Options {
        properties: vec![("node.id".to_owned(), "many".to_owned())],
        ..kafka(Lifetime::OfThisProcess)
    })
    .unwrap_err();
    assert!(matches!(error, SandboxError::Format(_)), "{error}");
    assert!(error.to_string().contains("many"), "{error}");

    // Found out by the server only.
    let error = Server::start(Options {
        properties: vec![("metric.reporters".to_owned(), "no.such.Reporter".to_owned())],
        ..kafka(Lifetime::OfThisProcess)
    })
    .unwrap_err();
    let SandboxError::Ended { log, .. } = &error else {
        panic!("{error}");
    };
    assert!(
        log.contains("ERROR") && log.contains("no.such.Reporter"),
        "{log}"
    );
}

#[test]
fn a_stopped_server_is_not_taken_for_one_that_works() {
    let server = Server::start(kafka(Lifetime::OfThisProcess)).unwrap();
    let pid = Pid::from_raw(i32::try_from(server.pid()).unwrap()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    assert!(!answers(server.address()));
    kill_process(pid, Signal::CONT).unwrap();
    assert!(answers(server.address()));
}

#[test]
fn what_is_missing_is_named_with_the_line_that_installs_it() {
    let home = Home::new();
    let no_java = sandbox(&home, &["start"])
        .env("PATH", home.path())
        .run()
        .exits(2);
    assert!(
        no_java.stderr.contains("java is not found"),
        "{}",
        no_java.stderr
    );
    assert!(
        no_java.stderr.contains("apt-get install"),
        "{}",
        no_java.stderr
    );

    let error = Failure::from(SandboxError::NoMaven);
    assert!(error.hints[0].contains("maven"), "{error}");

    let no_kafka = sandbox(&home, &["start"])
        .env("KAFKA_HOME", home.path())
        .run()
        .exits(2);
    assert!(
        no_kafka.stderr.contains("KAFKA_HOME"),
        "{}",
        no_kafka.stderr
    );
}

#[test]
fn two_that_fetch_the_jars_at_once_do_not_fight() {
    if !long("two runs that fetch Kafka's jars at once, into an empty cache") {
        return;
    }
    let home = Home::new();
    let start = || {
        run(&home, &["true"])
            .env("XDG_CACHE_HOME", home.path())
            .spawn()
    };
    let both = [start(), start()];
    for running in both {
        let _ = running.finish().exits(0);
    }
    let directory = home.path().join("evctl");
    let left: Vec<_> = fs::read_dir(&directory).unwrap().flatten().collect();
    assert_eq!(left.len(), 2, "one copy, one lock: {left:?}");
}

#[test]
fn a_kafka_home_is_started_as_it_is() {
    if !long("a Kafka from KAFKA_HOME") {
        return;
    }
    let home = Home::new();
    let libs = cache_home().join(format!("evctl/kafka-{}/libs", broker().version()));
    std::os::unix::fs::symlink(libs, home.path().join("libs")).unwrap();
    let _ = run(&home, &["true"])
        .env("XDG_CACHE_HOME", Path::new("/nowhere"))
        .env("KAFKA_HOME", home.path())
        .run()
        .exits(0);
}

#[test]
fn the_help_of_each_command_has_an_example() {
    for command in ["start", "stop", "status", "run", "demo"] {
        let help = evctl(&["sandbox", command, "--help"]).ok();
        assert!(
            help.contains(&format!("  evctl sandbox {command}")),
            "{help}"
        );
    }
}
