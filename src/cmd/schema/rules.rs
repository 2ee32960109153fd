//! `evctl schema rules`: the catalogue of changes.

use clap::Args;

use crate::{
    cmd::show,
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::property::nearest,
    output::{
        report::ReportFormat,
        schema::{explanation, rule_list},
    },
    schema::{Rule, rule, rules},
};

/// Arguments of `schema rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// Id, or a part of ids: avro/, missing-default
    #[arg(value_name = "ID")]
    id: Option<String>,
}

/// Lists, or explains.
///
/// # Errors
/// There is no such id.
pub(super) fn run(context: &Context, args: &RulesArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let wanted = args.id.as_deref().unwrap_or_default();
    if let Some(rule) = rule(wanted)
        && matches!(format, ReportFormat::Table | ReportFormat::Wide)
    {
        let text = explanation(rule, &show::screen(context));
        return super::super::print(context, |out| out.write_all(&text));
    }
    let is_wanted = |rule: &&Rule| {
        rule.id.contains(wanted) || rule.registry_type.is_some_and(|name| name == wanted)
    };
    let found: Vec<&Rule> = rules().filter(is_wanted).collect();
    if found.is_empty() {
        let failure = Failure::new(Exit::NotFound, format!("no rule {wanted:?}"));
        let near = nearest(wanted, rules().map(|rule| rule.id));
        return Err(failure.nearest(near, "evctl schema rules lists all of them"));
    }
    show::print(context, &rule_list(found), format)
}
