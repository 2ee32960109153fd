//! Options of kcat and of Kafka's own tools, and what is typed here.

use clap::error::{ContextKind, ContextValue, ErrorKind};

const TABLE: &[(&[&str], &str)] = &[
    (
        &["-t", "--topic"],
        "a topic is named without an option: evctl consume TOPIC",
    ),
    (
        &["-e"],
        "reading ends at the end of the topic by itself: leave it out (--follow goes on)",
    ),
    (&["--from-beginning"], "pass --from earliest"),
    (
        &["--max-messages", "-c"],
        "pass -n N to stop after N records",
    ),
    (&["--offset"], "pass --from OFFSET, -N or @TIMESTAMP"),
    (&["--timeout-ms"], "pass --timeout DURATION, such as 10s"),
    (
        &["--broker-list", "--bootstrap-servers"],
        "pass -b HOST:PORT",
    ),
    (
        &[
            "-F",
            "--command-config",
            "--consumer.config",
            "--consumer-property",
            "--producer.config",
            "--producer-property",
        ],
        "pass properties by -X KEY=VALUE, or keep them in a profile: evctl profile add",
    ),
    (
        &["--isolation-level"],
        "pass --isolation committed or uncommitted",
    ),
    (
        &["--list"],
        "type the subcommand: evctl topics list, evctl groups list",
    ),
    (
        &["--describe"],
        "type the subcommand: evctl topics describe TOPIC, evctl groups describe GROUP",
    ),
    (
        &["--reset-offsets"],
        "type evctl groups seek GROUP --from POSITION",
    ),
    (
        &["--all-groups"],
        "leave it out: evctl lag shows every group",
    ),
    (&["-C"], "type the subcommand: evctl consume TOPIC"),
    (&["-L"], "type the subcommand: evctl topics list"),
];

/// What to type instead of an option that no command here has.
pub(super) fn hint(error: &clap::Error) -> Option<&'static str> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let name = typed.split('=').next().unwrap_or(typed);
    TABLE
        .iter()
        .find_map(|(names, hint)| names.contains(&name).then_some(*hint))
}
