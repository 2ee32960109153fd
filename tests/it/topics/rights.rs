//! What a user may not ask is not known, and what they may not change is refused by name.

use serde_json::{Value, json};

use crate::support::{Output, Topic, evctl, secured};

/// Runs `evctl topics` as `user` on the broker with locks.
#[track_caller]
fn topics_as(user: &str, arguments: &[&str]) -> Output {
    let name = format!("sasl.username={user}");
    let password = format!("sasl.password={user}-secret");
    let login = [
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
    evctl(&[&["topics"], arguments, &login].concat())
}

fn topic(label: &str) -> String {
    let name = Topic::unused_name(label);
    secured().create_topic(&name, 1);
    let produce = ["produce", &name, "-b", secured().plain()];
    let sent = crate::support::Home::new()
        .evctl(&produce)
        .stdin("a\nb\n")
        .run();
    let _ = sent.ok();
    name
}

#[test]
fn what_may_not_be_asked_is_unknown_with_one_note() {
    let name = topic("rights-list");
    let row = |user: &str| {
        let output = topics_as(user, &["list", &name, "-o", "json"]).exits(0);
        let list: Value = serde_json::from_str(output.text()).unwrap();
        (list["topics"][0].clone(), output.stderr)
    };
    let (all, said) = row("admin");
    assert!(said.is_empty(), "{said}");
    assert_eq!(all["cleanup_policy"], "delete");

    let (seen, said) = row("describer");
    assert_eq!(seen["records"], 2);
    assert_eq!(seen["records_at_most"], true, "it may not be read");
    assert_eq!(seen["cleanup_policy"], Value::Null);
    assert!(
        seen["size"].as_i64().unwrap() > 0,
        "DESCRIBE on the cluster shows sizes: {seen}"
    );
    assert!(
        said.starts_with("configurations are not shown: not authorized"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");

    let (seen, said) = row("onlooker");
    assert_eq!(seen["records"], 2);
    assert_eq!(
        (&seen["size"], &seen["cleanup_policy"]),
        (&Value::Null, &Value::Null)
    );
    assert!(
        said.contains("sizes on disk are not shown: not authorized"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 2, "{said}");

    let described = topics_as("onlooker", &["describe", &name, "-o", "json"]).exits(0);
    let described: Value = serde_json::from_str(described.text()).unwrap();
    let described = &described["topics"][0];
    assert_eq!(described["configs"], Value::Null);
    assert_eq!(described["min_insync_replicas"], Value::Null);
    assert_eq!(described["partitions"][0]["status"], "ok");

    let producers = topics_as("onlooker", &["describe", &name, "--producers"]).exits(5);
    assert!(
        producers.stderr.contains("the right to read the topic"),
        "{}",
        producers.stderr
    );
    assert!(producers.text().contains(&name));
}

#[test]
fn what_may_not_be_changed_is_refused_with_the_right_that_is_missing() {
    let name = topic("rights-change");
    for (arguments, right) in [
        (
            ["alter", &name, "--set", "retention.ms=5", "--yes"].as_slice(),
            "AlterConfigs",
        ),
        (&["alter", &name, "--partitions", "5", "--yes"], "Alter"),
        (&["trim", &name, "--before", "latest", "--yes"], "Delete"),
        (&["delete", &name, "--yes"], "Delete"),
        (&["create", "rights-create", "--yes"], "Create"),
    ] {
        let refused = topics_as("describer", arguments).exits(3);
        assert!(
            refused.stderr.contains("not authorized"),
            "{}",
            refused.stderr
        );
        let hint = format!("--operation {right} ");
        assert!(refused.stderr.contains(&hint), "{hint}: {}", refused.stderr);
    }
    let hidden = topics_as("nobody", &["describe", &name]).exits(3);
    assert!(
        hidden.stderr.contains("cannot be used"),
        "{}",
        hidden.stderr
    );
    let untouched = topics_as("admin", &["describe", &name, "-o", "json"]).ok();
    let untouched: Value = serde_json::from_str(&untouched).unwrap();
    let untouched = &untouched["topics"][0];
    assert_eq!(untouched["records"], 2);
    assert_eq!(untouched["partitions"].as_array().unwrap().len(), 1);
    assert_eq!(untouched["partitions"][0]["start"], json!(0));
}
