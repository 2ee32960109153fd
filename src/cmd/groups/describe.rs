//! `evctl groups describe`: members of groups, and their offsets.

use clap::Args;

use super::find;
use crate::{
    cmd::{cluster, show},
    codec::shell::CommandLine,
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::admin::survey_groups,
    offsets::GroupSurvey,
    output::{groups::GroupDescriptions, report::ReportFormat},
};

/// Arguments of `groups describe`.
#[derive(Debug, Args)]
pub struct DescribeArgs {
    /// The groups
    #[arg(required = true, value_name = "GROUP")]
    groups: Vec<String>,
}

/// Describes.
///
/// # Errors
/// No broker answers, none of the groups is to be had.
pub(super) fn run(context: &Context, args: &DescribeArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let (_, mut client) = cluster::connect_to_ask(context)?;
    let found = find::named(context, &mut client, &args.groups)?;
    let groups = survey_groups(&mut client, &found.groups)?;
    for failure in &found.failures {
        show::warn_of(context, failure);
    }
    for group in &groups {
        for error in &group.errors {
            context
                .ui
                .warn(format_args!("group {:?}: {error}", group.listing.name));
        }
    }
    let is_complete = found.failures.is_empty() && groups.iter().all(GroupSurvey::is_complete);
    let host = |id| client.brokers().get(&id).map(ToString::to_string);
    let printed = show::print(context, &GroupDescriptions::new(&groups, host), format)?;
    // Advice is for a person: whoever pipes the table into `head` did not ask for more.
    if format == ReportFormat::Table && context.ui.stdout_is_terminal() {
        let groups = found.groups.iter();
        let line = groups.fold(CommandLine::evctl("lag"), |line, group| {
            line.operand(&*group.name)
        });
        context.ui.note(format_args!("how far behind: {line}"));
    }
    Ok(if is_complete { printed } else { Exit::Partial })
}
