//! Who may not, is told what to ask for.

use crate::support::{
    Home, Output,
    members::{commit, committed},
    secured,
};

const TOPIC: &str = "groups-rights";

fn run(user: &str, arguments: &[&str]) -> Output {
    let home = Home::new();
    let password = format!("sasl.password={user}-secret");
    let name = format!("sasl.username={user}");
    let connect = [
        "-b",
        secured().sasl_plain(),
        "-X",
        "security.protocol=SASL_PLAINTEXT",
        "-X",
        "sasl.mechanism=PLAIN",
        "-X",
        &name,
        "-X",
        &password,
    ];
    home.evctl(&[&["groups"], arguments, &connect].concat())
        .without_terminal()
        .run()
}

#[test]
fn a_user_without_rights_is_told_the_acl() {
    let group = "groups-rights-nobody";
    secured().create_topic(TOPIC, 1);
    commit(secured().plain(), group, &[(TOPIC, 0, 0)]);

    assert_eq!(
        run("nobody", &["list"]).ok().lines().count(),
        1,
        "nothing but the heading"
    );
    for verb in [
        ["describe", group].as_slice(),
        &["export", group],
        &["list", group],
        &["seek", group, "--shift", "1", "--yes"],
        &["delete", group, "--yes"],
        &["delete-offsets", group, "--topic", TOPIC, "--yes"],
    ] {
        let output = run("nobody", verb).exits(3);
        let line = format!(
            "kafka-acls --add --allow-principal User:nobody --operation Describe --group {group}"
        );
        assert!(output.stderr.contains(&line), "{verb:?}: {}", output.stderr);
        assert!(!output.stderr.contains("nobody-secret"));
    }

    // Who may describe sees everything, and is told what changing it needs.
    let seen = run("describer", &["describe", group, "-o", "json"]).ok();
    assert!(seen.contains("\"offset\":0"), "{seen}");
    let _plan = run(
        "describer",
        &["seek", group, "--from", "latest", "--dry-run"],
    )
    .ok();
    for (verb, right) in [
        (
            ["seek", group, "--from", "+0", "--topic", TOPIC, "--yes"].as_slice(),
            None,
        ),
        (&["delete", group, "--yes"], Some("Delete")),
        (
            &["delete-offsets", group, "--topic", TOPIC, "--yes"],
            Some("Delete"),
        ),
    ] {
        let Some(right) = right else {
            let _same = run("describer", verb).ok();
            continue;
        };
        let output = run("describer", verb).exits(3);
        let line = format!("User:describer --operation {right} --group {group}");
        assert!(output.stderr.contains(&line), "{verb:?}: {}", output.stderr);
    }
    assert_eq!(
        committed(secured().plain(), group),
        [(TOPIC.to_owned(), 0, 0)]
    );
}

#[test]
fn moving_a_group_needs_the_right_to_read() {
    let (topic, group) = ("groups-rights-seek", "groups-rights-seek");
    secured().create_topic(topic, 1);
    commit(secured().plain(), group, &[(topic, 0, 7)]);
    let seek = ["seek", group, "--from", "earliest", "--yes"];
    let output = run("describer", &seek).exits(3);
    let said = &output.stderr;
    assert!(
        said.contains(&format!("User:describer --operation Read --group {group}")),
        "{said}"
    );
    assert!(
        said.contains(&format!("User:describer --operation Read --topic {topic}")),
        "{said}"
    );
    assert_eq!(
        committed(secured().plain(), group),
        [(topic.to_owned(), 0, 7)]
    );
    let _moved = run("reader", &seek).ok();
    assert_eq!(
        committed(secured().plain(), group),
        [(topic.to_owned(), 0, 0)]
    );
}
