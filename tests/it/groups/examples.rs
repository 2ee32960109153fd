//! Every example in the help of `evctl groups` does what it says.

use std::{path::Path, process::Command};

use evctl::{
    cli,
    sandbox::{Lifetime, Server},
};

use crate::support::{Home, admin, kafka, members::commit};

/// The examples, in the order of the manual, without what is said beside them.
fn examples() -> Vec<String> {
    let mut root = cli::command();
    root.build();
    let groups = root.find_subcommand("groups").unwrap().clone();
    let mut found = Vec::new();
    for verb in groups.get_subcommands() {
        let help = verb.clone().render_long_help().to_string();
        let examples = help.lines().take_while(|line| !line.starts_with("Usage:"));
        let examples = examples.map(str::trim);
        let examples = examples.filter(|line| line.starts_with("evctl groups "));
        let typed = examples.map(|line| line.split("   ").next().unwrap().trim().to_owned());
        let before = found.len();
        found.extend(typed);
        assert!(found.len() > before, "{} has no example", verb.get_name());
    }
    found
}

#[test]
fn every_example_of_the_help_runs() {
    let server = Server::start(kafka(Lifetime::OfThisProcess)).unwrap();
    let at = server.address();
    let all: Vec<(&str, i32, i64)> = ["orders", "orders-old"]
        .into_iter()
        .flat_map(|topic| (0..6).map(move |partition| (topic, partition, 0)))
        .collect();
    for topic in ["orders", "orders-old"] {
        admin::create_topic(at, topic, 6, &[]);
    }
    let home = Home::new();
    let programs = Path::new(env!("CARGO_BIN_EXE_evctl")).parent().unwrap();
    for example in examples() {
        for group in ["billing", "shipping", "billing-test", "shipping-test"] {
            commit(at, group, &all);
        }
        home.write("billing.csv", "orders,0,0\n");
        let typed = example.replace("evctl groups", "evctl --yes groups");
        let output = Command::new("sh")
            .args(["-c", &typed])
            .current_dir(home.path())
            .env_clear()
            .env("HOME", home.path())
            .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
            .env("EVCTL_BROKERS", at)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{example}\n{said}");
    }
}
