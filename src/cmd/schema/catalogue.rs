//! `evctl schema rules`: every change that can be found.

use clap::Args;

use crate::{
    cmd::show,
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::property::nearest,
    output::report::{Cell, Column, Report, ReportFormat},
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
        return explain(context, rule);
    }
    let is_wanted = |rule: &&Rule| {
        rule.id.contains(wanted) || rule.registry_type.is_some_and(|name| name == wanted)
    };
    let found: Vec<&Rule> = rules().filter(is_wanted).collect();
    if found.is_empty() {
        let failure = Failure::new(Exit::NotFound, format!("there is no rule {wanted:?}"));
        let near = nearest(wanted, rules().map(|rule| rule.id));
        return Err(match near {
            Some(near) => failure.hint(format!("did you mean {near:?}?")),
            None => failure.hint("evctl schema rules lists all of them"),
        });
    }
    let columns = [
        Column::new("id"),
        Column::new("title"),
        Column::wide("registry_type"),
        Column::wide("why"),
        Column::wide("fix"),
        Column::wide("source"),
    ];
    let mut report = Report::new("evctl.schema-rules/1", "rules", &columns);
    report.rows = found.into_iter().map(row).collect();
    show::print(context, &report, format)
}

fn row(rule: &Rule) -> Vec<Cell> {
    let text = |text: &str| Cell::Text(text.to_owned());
    vec![
        text(rule.id),
        text(rule.title),
        rule.registry_type.map_or(Cell::Unknown, text),
        text(rule.why),
        text(rule.fix),
        text(rule.source),
    ]
}

fn explain(context: &Context, rule: &Rule) -> Result<Exit, Failure> {
    let screen = show::screen(context);
    let mut text = Vec::new();
    let mut put = |line: &str| screen.fold(&mut text, "", "", line);
    put(rule.id);
    put(&format!("  {}", rule.title));
    put("");
    put(rule.why);
    put("");
    put(&format!("fix: {}", rule.fix));
    if let Some(name) = rule.registry_type {
        put(&format!("registry: {name}"));
    }
    put(&format!("source: {}", rule.source));
    super::super::print(context, |out| out.write_all(&text))
}
