//! Exit codes, limits, waiting, and who may not look.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use serde_json::{Value, json};

use super::{filled, lag, lag_with, row, run, some, unused_group};
use crate::support::{
    Home, Topic, broker, evctl,
    members::{ClassicMember, commit, list_groups},
    secured, until,
};

#[test]
fn an_unknown_group_is_not_there_and_the_nearest_is_named() {
    let topic = filled("nearest", 1, 1);
    let group = unused_group("nearest-payments");
    commit(broker().address(), &group, &[(&topic.name, 0, 0)]);
    let typo = group.replace("payments", "paymnets");
    let output = run(&[&typo]).exits(4);
    assert!(
        output
            .stderr
            .contains(&format!("group {typo:?} does not exist")),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains(&format!("did you mean {group:?}?")),
        "{}",
        output.stderr
    );
    assert_eq!(output.text(), "");
    let json = run(&[&typo, "-o", "json"]).exits(4);
    let error: Value = serde_json::from_str(&json.stderr).unwrap();
    assert_eq!(some(&error, &["kind", "code"]), json!(["evctl.error/1", 4]));
    let _ = run(&["--match", &format!("{typo}*"), "--max-lag", "5"]).exits(4);
    let _ = run(&[&group, "--topic", "no-such-topic", "--max-lag", "5"]).exits(4);
    // Beside one that is there it makes the answer incomplete.
    let both = lag_with(5, &[&group, &typo]);
    assert_eq!(both["groups"][0]["group"], group);
    assert!(!list_groups(broker().address()).contains(&typo));
}

#[test]
fn limits_are_an_exit_code_and_stand_in_the_answer() {
    let topic = filled("limits", 2, 10);
    let group = unused_group("limits");
    commit(
        broker().address(),
        &group,
        &[(&topic.name, 0, 4), (&topic.name, 1, 8)],
    );
    let answer = lag_with(
        1,
        &[
            &group,
            "--max-lag",
            "7",
            "--max-lost",
            "0",
            "--max-time",
            "5m",
        ],
    );
    assert_eq!(
        some(&answer, &["limits"])[0],
        json!([
            {"group": group, "name": "max-lag", "limit": 7, "actual": 8, "ok": false},
            {"group": group, "name": "max-time", "limit": "5m", "actual": answer["groups"][0]["time_lag_ms"], "ok": true},
            {"group": group, "name": "max-lost", "limit": 0, "actual": 0, "ok": true},
        ])
    );
    let output = run(&[&group, "--max-lag", "7"]).exits(1);
    assert!(
        output.stderr.contains("lag 8 is over --max-lag 7"),
        "{}",
        output.stderr
    );
    let _ = run(&[&group, "--max-lag", "8"]).exits(0);
    let _ = run(&[&group, "--min-members", "1"]).exits(1);
    let _ = run(&[&group, "--fail-on", "data-lost,no-commit"]).exits(0);
    topic.trim(0, 6);
    let output = run(&[&group, "--fail-on", "data-lost,no-commit"]).exits(1);
    assert!(
        output
            .stderr
            .contains("status DATA_LOST is one of --fail-on"),
        "{}",
        output.stderr
    );
    for wrong in [
        ["--fail-on", "fine"],
        ["--wait", "soon"],
        ["--max-time", "5"],
        ["--group-type", "x"],
        ["--state", "x"],
        ["--top", "0"],
        ["--serve=:0", "--max-lag=5"],
        ["-o", "xml"],
        ["--match", "a{"],
        ["--wait=time<1s", "--time=off"],
    ] {
        let output = run(&[&[group.as_str()][..], &wrong].concat()).exits(2);
        assert!(output.stderr.contains("error:"), "{}", output.stderr);
    }
}

#[test]
fn a_runbook_waits_until_a_group_is_drained() {
    let topic = filled("drained", 1, 10);
    let group = unused_group("drained");
    commit(broker().address(), &group, &[(&topic.name, 0, 5)]);
    let output = run(&[
        &group,
        "--wait",
        "drained",
        "--timeout",
        "1s",
        "--interval",
        "100ms",
    ])
    .exits(1);
    assert!(
        output.stderr.contains("not reached within 1.0s"),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains("5 left"), "{}", output.stderr);

    let home = Home::new();
    let arguments = [
        "lag",
        &group,
        "--wait",
        "drained",
        "--timeout",
        "1m",
        "--interval",
        "50ms",
    ];
    let waiting = home
        .evctl(&[&arguments[..], &["-b", broker().address()]].concat())
        .spawn();
    until("it waits", || waiting.stderr().contains("waiting: "));
    commit(broker().address(), &group, &[(&topic.name, 0, 10)]);
    let output = waiting.finish().exits(0);
    assert!(output.text().contains("lag 0"), "{}", output.text());
    let _ = run(&[&group, "--wait", "lag<1"]).exits(0);
    let _ = run(&[&group, "--wait", "time<1s"]).exits(0);
}

#[test]
fn what_the_help_says_is_true() {
    let topic = filled("help-lag", 1, 10);
    let group = unused_group("help-lag");
    commit(broker().address(), &group, &[(&topic.name, 0, 10)]);
    let evctl = env!("CARGO_BIN_EXE_evctl");
    let broker = broker().address();
    let shell = |line: &str| {
        let line = line
            .replace("evctl ", &format!("{evctl} "))
            .replace("billing", &group);
        let output = std::process::Command::new("sh")
            .args(["-c", &line])
            .env("EVCTL_BROKERS", broker)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (
            output.status.code(),
            said,
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (code, said, _) = shell("evctl lag billing --max-time 5m || echo page");
    assert!(code == Some(0) && !said.contains("page"), "{said}");
    let (code, said, _) = shell("evctl lag billing --wait drained --timeout 20m && echo rollout");
    assert!(code == Some(0) && said.ends_with("rollout\n"), "{said}");
    let (code, said, _) = shell("evctl lag --match 'help-*' --problems --sort time");
    assert_eq!((code, said.contains(&group)), (Some(0), false), "{said}");
    topic.produce(0, &["unread"]);
    let (_, said, stderr) = shell("evctl lag billing --max-lag 0 || echo page");
    assert!(said.ends_with("page\n"), "{said}");
    assert!(stderr.contains("is over --max-lag 0"), "{stderr}");
}

#[test]
fn whoever_may_describe_only_gets_the_age_by_bisecting() {
    let secured = secured();
    let topic = Topic::unused_name("bisected");
    secured.create_topic(&topic, 1);
    let home = Home::new();
    let hour_ago = jiff::Timestamp::now().as_millisecond() - 3_600_000;
    let lines: String = (0..50)
        .map(|n| {
            format!(
                "{{\"timestamp\":{},\"value\":\"v\"}}\n",
                hour_ago + n * 10_000
            )
        })
        .collect();
    home.evctl(&["produce", &topic, "-i", "json", "-q", "-b", secured.plain()])
        .stdin(lines)
        .run()
        .ok();
    let group = unused_group("bisected");
    commit(secured.plain(), &group, &[(&topic, 0, 20)]);
    let as_user = |user: &str| {
        let (name, password) = (
            format!("sasl.username={user}"),
            format!("sasl.password={user}-secret"),
        );
        let login = [
            "-X",
            "security.protocol=SASL_PLAINTEXT",
            "-X",
            "sasl.mechanism=PLAIN",
            "-X",
            &name,
            "-X",
            &password,
        ];
        evctl(
            &[
                &["lag", &group, "-o", "json", "-b", secured.sasl_plain()],
                &login[..],
            ]
            .concat(),
        )
    };
    let exact: Value = serde_json::from_str(&as_user("alice").ok()).unwrap();
    let bisected: Value = serde_json::from_str(&as_user("describer").ok()).unwrap();
    let names = ["next_ts", "method", "lag", "lag_is_upper_bound"];
    assert_eq!(
        some(row(&exact, &topic, 0), &names),
        json!([hour_ago + 200_000, "fetch", 30, false])
    );
    assert_eq!(
        some(row(&bisected, &topic, 0), &names),
        json!([hour_ago + 200_000, "bisect", 30, true])
    );

    let refused = as_user("nobody").exits(3);
    let error: Value = serde_json::from_str(&refused.stderr).unwrap();
    assert!(
        error["cause"].as_str().unwrap().contains("not authorized"),
        "{error}"
    );
    let hint = error["hint"].as_str().unwrap();
    assert!(
        hint.contains("--operation Describe") && hint.contains(&group),
        "{hint}"
    );
    assert_eq!(refused.text(), "");
}

#[test]
fn a_watch_draws_again_and_ends_with_ctrl_c() {
    let topic = filled("watched", 1, 10);
    let group = unused_group("watched");
    commit(broker().address(), &group, &[(&topic.name, 0, 1)]);
    let home = Home::new();
    let arguments = ["lag", &group, "--watch=50ms", "-b", broker().address()];
    let watch = home.evctl(&arguments).spawn();
    until("the first table is there", || {
        watch.stdout().contains("lag 9")
    });
    commit(broker().address(), &group, &[(&topic.name, 0, 4)]);
    until("the next table is there", || {
        watch.stdout().contains("lag 6")
    });
    let _ = watch.end_by(rustix::process::Signal::INT).exits(130);
}

#[test]
fn a_closed_pipe_ends_a_watch() {
    let topic = filled("piped", 1, 1);
    let group = unused_group("piped");
    commit(broker().address(), &group, &[(&topic.name, 0, 0)]);
    let home = Home::new();
    let arguments = ["lag", &group, "--watch=20ms", "-b", broker().address()];
    let mut watch = home.evctl(&arguments).spawn_unread();
    watch.wait_for_first_byte();
    watch.close_stdout();
    let _ = watch.finish().exits(0);
}

#[test]
fn every_format_has_the_row() {
    let topic = filled("formats", 1, 4);
    let group = unused_group("formats");
    commit(broker().address(), &group, &[(&topic.name, 0, 1)]);
    let csv = run(&[&group, "-o", "csv"]).ok();
    let (header, line) = csv.split_once('\n').unwrap();
    assert!(
        header.starts_with("group,topic,partition,status,committed,low,"),
        "{header}"
    );
    assert!(
        line.starts_with(&format!("{group},{},0,,1,0,4,4,3,no,", topic.name)),
        "{line}"
    );
    let ndjson = run(&[&group, "-o", "ndjson"]).ok();
    let row: Value = serde_json::from_str(ndjson.trim()).unwrap();
    assert_eq!(
        some(&row, &["kind", "group", "lag"]),
        json!(["evctl.lag/1", group, 3])
    );
    let markdown = run(&[&group, "-o", "markdown"]).ok();
    assert!(
        markdown.starts_with("| topic | part | status |"),
        "{markdown}"
    );
    for by in ["group", "topic", "partition", "member"] {
        let table = run(&[&group, "--by", by]).ok();
        assert!(table.contains(" 3 "), "{by}: {table}");
    }
    let by_default = lag(&[&group]);
    assert_eq!(by_default["kind"], "evctl.lag/1");
}

#[test]
fn metrics_are_printed_once_or_served() {
    let topic = filled("metrics", 1, 9);
    let group = unused_group("metrics");
    commit(broker().address(), &group, &[(&topic.name, 0, 2)]);
    let series = |name: &str| format!("{name}{{cluster_name=");
    let printed = run(&[&group, "-o", "prom"]).ok();
    let line = printed
        .lines()
        .find(|line| line.starts_with(&series("kafka_consumergroup_group_lag")))
        .unwrap();
    assert!(line.ends_with("} 7"), "{line}");
    assert!(
        !printed.contains("NaN") && !printed.contains("} -"),
        "{printed}"
    );
    let others = run(&[&group, "-o", "prom", "--names", "kafka_exporter"]).ok();
    assert!(others.contains("kafka_consumergroup_lag{"), "{others}");

    let home = Home::new();
    let arguments = [
        "lag",
        &group,
        "--serve",
        "127.0.0.1:0",
        "--interval",
        "100ms",
        "-b",
        broker().address(),
    ];
    let serving = home.evctl(&arguments).spawn();
    until("it serves", || serving.stderr().contains("/metrics"));
    let said = serving.stderr();
    let address = said
        .split("http://")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    let fetch = |path: &str| {
        let mut tcp = TcpStream::connect(address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        tcp.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).unwrap();
        answer
    };
    until("metrics are there", || fetch("/metrics").contains("} 7\n"));
    assert!(fetch("/healthz").starts_with("HTTP/1.1 200"));
    commit(broker().address(), &group, &[(&topic.name, 0, 4)]);
    until("it has looked again", || {
        fetch("/metrics").contains("} 5\n")
    });
    let _ = serving.end_by(rustix::process::Signal::INT).exits(130);
    let wrong = run(&[&group, "--serve", "nowhere"]).exits(2);
    assert!(wrong.stderr.contains(":9308"), "{}", wrong.stderr);
}

#[test]
fn groups_of_replays_are_shown_when_they_are_named_matched_or_all_are_asked_for() {
    let topic = filled("of-replays", 1, 3);
    let group = format!("evctl.replay.{}", topic.name);
    commit(broker().address(), &group, &[(&topic.name, 0, 1)]);
    let shown = |arguments: &[&str]| {
        let line = [arguments, &["--time", "off", "-o", "csv"]].concat();
        run(&line).text().contains(&group)
    };
    assert!(!shown(&[]));
    assert!(shown(&["--all"]));
    assert!(shown(&[&group]));
    assert!(shown(&["--match", "evctl.replay.*"]));
    let completed = |prefix: &str| {
        let line = ["complete", "groups", prefix, "-b", broker().address()];
        evctl(&line).text().contains(&group)
    };
    assert!(!completed("") && completed("evctl.r"));
}

#[test]
fn unread_records_of_a_simple_group_have_no_status_until_its_commits_are_looked_at() {
    let topic = filled("simple-status", 2, 3);
    let group = unused_group("simple-status");
    let commits = [(&*topic.name, 0, 1), (&topic.name, 1, 3)];
    commit(broker().address(), &group, &commits);
    let answer = lag(&[&group]);
    let statuses = [0, 1].map(|partition| row(&answer, &topic.name, partition)["status"].clone());
    assert_eq!(statuses, [Value::Null, "OK".into()]);
    assert_eq!(answer["groups"][0]["status"], Value::Null);
    let table = run(&[&group]).exits(0);
    assert!(table.text().contains("status unknown"), "{}", table.text());
    let judged = lag(&[&group, "--verdict"]);
    assert_ne!(judged["groups"][0]["status"], Value::Null);
}

#[test]
fn limits_say_that_they_do_not_cover_a_group_without_commits() {
    let topic = filled("uncovered", 2, 3);
    let empty = Topic::new("uncovered-empty");
    let group = unused_group("uncovered");
    let both = [&*topic.name, &empty.name];
    let member = ClassicMember::join(broker().address(), &group, &both, &[(&topic.name, 0)]);
    let output = run(&[&group, "--max-lag", "0", "-o", "json"]).exits(0);
    let answer: Value = serde_json::from_str(output.text()).unwrap();
    assert_eq!(answer["groups"][0]["status"], "NO_COMMIT");
    let nothing_there = row(&answer, &empty.name, 0);
    assert_eq!(some(nothing_there, &["status", "lag"]), json!(["OK", 0]));
    let warning = "limits do not count 2 partitions of unknown lag; --fail-on NO_COMMIT does";
    assert!(output.stderr.contains(warning), "{}", output.stderr);
    let _ = run(&[&group, "--max-lag", "0", "--fail-on", "no-commit"]).exits(1);
    member.commit(&[(&topic.name, 0, 3)]);
    let _ = run(&[&group, "--wait", "lag<0"]).exits(2);
}
