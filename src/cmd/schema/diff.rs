//! `evctl schema diff`: what changed, whatever one thinks of it.

use clap::Args;

use super::{
    args::CompareArgs,
    load::{Loader, Text},
    report,
};
use crate::{
    cli::Context,
    exit::Exit,
    failure::Failure,
    output::schema::{JSON_SCHEMA, SchemaReport},
    schema::{Diff, Format, Rules, Version},
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
    report::print(context, &[report], false)
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
/// One of them cannot be understood; rules that are for another kind of schema.
pub(super) fn compare(
    olds: &[Text],
    new: &Text,
    args: &CompareArgs,
) -> Result<SchemaReport, Failure> {
    let buf = matches!(args.rules, Rules::BufWire | Rules::BufWireJson);
    if buf && new.format != Format::Protobuf {
        return Err(Failure::usage(format!(
            "--rules {} is for Protobuf, {:?} is {}",
            args.rules.name(),
            new.label,
            new.format
        )));
    }
    let versions = olds.iter().map(|old| {
        Ok(Version {
            label: old.label.clone(),
            schema: old.parse()?,
        })
    });
    let versions = versions.collect::<Result<Vec<_>, Failure>>()?;
    let schema = new.parse()?;
    Ok(SchemaReport {
        format: new.format,
        rules: args.rules,
        new: new.label.clone(),
        diff: Diff::new(&versions, &schema, args.rules, !args.no_witness),
        judgement: None,
    })
}
