//! `evctl groups export`: stored offsets as a file.

use clap::Args;

use super::find;
use crate::{
    cmd::{self, cluster, show},
    codec::shell::CommandLine,
    command::Context,
    event::{GroupListing, GroupType},
    exit::Exit,
    failure::Failure,
    kafka::{
        admin::{group_commits, known_commits},
        wire::Client,
    },
    offsets::{StoredOffset, write_csv, write_kafka_csv},
    output::{groups::exported_offsets, report::ReportFormat},
};

/// Arguments of `groups export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The groups
    #[arg(required = true, value_name = "GROUP")]
    groups: Vec<String>,
}

/// How the offsets are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Csv,
    Kafka,
    Report(ReportFormat),
}

/// Exports.
///
/// # Errors
/// No broker answers, none of the groups is to be had.
pub(super) fn run(context: &Context, args: &ExportArgs) -> Result<Exit, Failure> {
    let form = form(context)?;
    let (_, mut client) = cluster::connect_to_ask(context)?;
    let mut found = find::named(context, &mut client, &args.groups)?;
    let mut offsets = Vec::new();
    let mut exported = 0;
    for group in &found.groups {
        match of_group(context, &mut client, group) {
            Ok(mut lines) => {
                exported += 1;
                offsets.append(&mut lines);
            }
            Err(failure) => found.failures.push(failure),
        }
    }
    if exported == 0
        && let Some(failure) = found.failures.pop()
    {
        return Err(failure);
    }
    for failure in &found.failures {
        show::warn_of(context, failure);
    }
    let printed = match form {
        Form::Csv => cmd::print(context, |out| out.write_all(write_csv(&offsets).as_bytes())),
        Form::Kafka => {
            let text = write_kafka_csv(&offsets);
            cmd::print(context, |out| out.write_all(text.as_bytes()))
        }
        Form::Report(format) => show::print(context, &exported_offsets(&offsets), format),
    }?;
    Ok(if found.failures.is_empty() {
        printed
    } else {
        Exit::Partial
    })
}

fn form(context: &Context) -> Result<Form, Failure> {
    match context.global.output.as_deref() {
        None | Some("csv") => Ok(Form::Csv),
        Some("kafka") => Ok(Form::Kafka),
        Some(_) => show::format(context)
            .map(Form::Report)
            .map_err(|failure| failure.hint("-o kafka is what kafka-consumer-groups reads")),
    }
}

fn of_group(
    context: &Context,
    client: &mut Client,
    group: &GroupListing,
) -> Result<Vec<StoredOffset>, Failure> {
    if group.kind == GroupType::Share {
        let message = format!(
            "group {:?} is a share group, which stores no offsets",
            group.name
        );
        return Err(Failure::new(Exit::Unreachable, message).hint(format!(
            "`{}` shows where it stands",
            CommandLine::evctl("groups describe").operand(&*group.name)
        )));
    }
    let stored = group_commits(client, group)?;
    for (at, refused) in &stored {
        if let Err(cause) = refused {
            context.ui.warn(format_args!("{at} is left out: {cause}"));
        }
    }
    let known = known_commits(&stored);
    if known.is_empty() {
        context
            .ui
            .note(format_args!("group {:?} has stored no offsets", group.name));
    }
    let each = known.iter().map(|(at, commit)| (at, Some(commit)));
    Ok(StoredOffset::of_group(&group.name, each))
}
