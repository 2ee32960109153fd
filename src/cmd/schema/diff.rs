//! `evctl schema diff`: what changed, whatever one thinks of it.

use std::{
    cell::OnceCell,
    time::{Duration, Instant},
};

use clap::Args;

use super::{
    args::CompareArgs,
    load::{Loader, Text, Unreadable},
    report,
};
use crate::{
    command::Context,
    exit::Exit,
    failure::Failure,
    output::schema::JSON_SCHEMA,
    schema::{Diff, Format, Rules, Schema, SchemaReport, SchemaResults, TooComplex, Version},
};

/// Arguments of `schema diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The old schema, or several, oldest first, and then the new one
    #[arg(value_name = "SCHEMA", required_unless_present = "print_schema")]
    schemas: Vec<String>,
    #[command(flatten)]
    compare: CompareArgs,
    /// Print the JSON Schema of what -o json prints
    #[arg(long, exclusive = true)]
    print_schema: bool,
}

/// Compares.
///
/// # Errors
/// A schema that is not there or cannot be understood.
pub(super) fn run(context: &Context, args: &DiffArgs) -> Result<Exit, Failure> {
    if args.print_schema {
        return super::super::print(context, |out| out.write_all(JSON_SCHEMA.as_bytes()));
    }
    report::format(context)?;
    let Some((new, olds)) = args
        .schemas
        .split_last()
        .filter(|(_, olds)| !olds.is_empty())
    else {
        return Err(Failure::usage("there is nothing to compare with")
            .hint("name the old schema and then the new one: evctl schema diff OLD NEW"));
    };
    let mut loader = Loader::new(context, &args.compare.read)?;
    let mut texts = Vec::new();
    for old in olds {
        texts.extend(loader.load(old, false)?);
    }
    let new = the_one(loader.load(new, false)?)?;
    loader.tell_unused();
    let report = compare(&texts, &new, &args.compare)?;
    let results = SchemaResults {
        reports: &[report],
        unjudged: &[],
    };
    report::print(context, results, false)
}

/// The new schema is one.
///
/// # Errors
/// It is none, or several.
pub(super) fn the_one(mut texts: Vec<Text>) -> Result<Text, Failure> {
    match (texts.pop(), texts.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => Err(Failure::usage(
            "the new schema has to be one version, not all of them",
        )),
    }
}

/// Compares `new` with each of `olds`.
///
/// # Errors
/// One of them cannot be understood; rules that are for another kind of schema; a comparison that
/// takes too much work.
pub(super) fn compare(
    olds: &[Text],
    new: &Text,
    args: &CompareArgs,
) -> Result<SchemaReport, Unreadable> {
    let buf = matches!(args.rules, Rules::BufWire | Rules::BufWireJson);
    if buf && new.format != Format::Protobuf {
        return Err(Failure::usage(format!(
            "--rules {} is for Protobuf, {:?} is {}",
            args.rules.name(),
            new.label,
            new.format
        ))
        .into());
    }
    let versions = olds.iter().map(|old| {
        Ok(Version {
            label: old.label.clone(),
            schema: old.parse()?,
        })
    });
    let versions = versions.collect::<Result<Vec<_>, Unreadable>>()?;
    let schema = new.parse()?;
    let budget = (!args.no_witness).then_some(args.witness_budget);
    Ok(SchemaReport {
        format: new.format,
        rules: args.rules,
        new: new.label.clone(),
        diff: within(&versions, &schema, args.rules, budget)
            .map_err(|error| too_complex(&new.label, &error))?,
        judgement: None,
    })
}

/// Compares with witnesses as long as `budget` lasts, with none for `None`.
///
/// # Errors
/// It takes too much work.
pub(super) fn within(
    versions: &[Version],
    new: &Schema,
    rules: Rules,
    budget: Option<Duration>,
) -> Result<Diff, TooComplex> {
    let begun = OnceCell::new();
    // The first question is asked after the comparison, which does not count.
    let has_time = |budget| begun.get_or_init(Instant::now).elapsed() < budget;
    match budget {
        Some(budget) => Diff::new(versions, new, rules, Some(&|| has_time(budget))),
        None => Diff::new(versions, new, rules, None),
    }
}

/// A comparison that takes too much work.
pub(super) fn too_complex(new: &str, error: &TooComplex) -> Failure {
    Failure::usage(format!("{new} cannot be compared: {error}"))
        .hint("compare its parts one by one, or fewer alternatives in each anyOf, oneOf and allOf")
}
