//! Options of kcat and of Kafka's own tools, and what is typed here.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Options that name what is an argument here, the option that some commands have instead, and how
/// usage lines call the argument.
const NAMES: &[(&[&str], &str, &str, &[&str])] = &[
    (
        &["-t", "--topic", "--topics"],
        "topic",
        "TOPIC",
        &["TOPIC", "SOURCE"],
    ),
    (
        &["-g", "--group", "--groups"],
        "group",
        "GROUP",
        &["GROUP", "GLOB"],
    ),
];

const TABLE: &[(&[&str], &str)] = &[
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

/// What to type instead of an option that no command here has. It takes the place of the similar
/// option that clap found, and of the usage with that.
pub(super) fn hint(error: &mut clap::Error, root: &clap::Command) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let name = typed.split('=').next().unwrap_or(typed);
    let table = TABLE.iter();
    let hint = named(error, root, name).or_else(|| {
        let mut fitting = table.filter(|(names, _)| names.contains(&name));
        fitting.next().map(|(_, hint)| (*hint).to_owned())
    })?;
    for kind in [
        ContextKind::SuggestedArg,
        ContextKind::Suggested,
        ContextKind::Usage,
    ] {
        error.remove(kind);
    }
    Some(hint)
}

/// How the command that was typed names what `option` names in other tools.
fn named(error: &clap::Error, root: &clap::Command, option: &str) -> Option<String> {
    let mut names = NAMES.iter();
    let (_, own, thing, arguments) = names.find(|(names, ..)| names.contains(&option))?;
    let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) else {
        return None;
    };
    let usage = usage.to_string();
    let mut path = vec![root.get_name()];
    let mut command = root;
    for word in usage.split_whitespace().skip(2) {
        let Some(below) = command.find_subcommand(word) else {
            break;
        };
        path.push(word);
        command = below;
    }
    let path = path.join(" ");
    let takes = |name: &&str| {
        command.get_positionals().any(|argument| {
            let names = argument.get_value_names().unwrap_or_default();
            names.iter().any(|one| one == *name)
        })
    };
    if arguments.iter().any(takes) {
        return Some(format!(
            "a {own} is named without an option: {path} {thing}"
        ));
    }
    let has = |argument: &clap::Arg| argument.get_long() == Some(own);
    let takes_option = command.get_arguments().any(has);
    takes_option.then(|| format!("pass --{own} {thing}: {path} --{own} {thing}"))
}

/// Takes hidden commands out of what clap suggests for an unknown one.
pub(super) fn without_hidden(error: &mut clap::Error, root: &clap::Command) {
    let kind = ContextKind::SuggestedSubcommand;
    let is_shown = |name: &String| {
        let command = root.find_subcommand(name);
        command.is_none_or(|command| !command.is_hide_set())
    };
    match error.remove(kind) {
        Some(ContextValue::Strings(names)) => {
            let names: Vec<_> = names.into_iter().filter(is_shown).collect();
            if !names.is_empty() {
                error.insert(kind, ContextValue::Strings(names));
            }
        }
        Some(ContextValue::String(name)) if is_shown(&name) => {
            error.insert(kind, ContextValue::String(name));
        }
        _ => {}
    }
}
