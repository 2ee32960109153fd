//! A new schema compared with old versions, for `diff`, `check` and `register`.

use std::{
    cell::OnceCell,
    time::{Duration, Instant},
};

use super::args::CompareArgs;
use crate::{
    command::Context,
    failure::Failure,
    schema::{
        Diff, Format, Position, Rules, Schema, SchemaReport, TooComplex, ValidationError, Version,
    },
    schema_source::{Loader, SchemaName, SchemaText, SourceError},
};

/// A schema that cannot be compared.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) failure: Failure,
    /// The file and the position in it, when that is known.
    pub(super) place: Option<(std::sync::Arc<str>, Position)>,
}

impl From<Failure> for Unreadable {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            place: None,
        }
    }
}

impl From<SourceError> for Unreadable {
    fn from(error: SourceError) -> Self {
        Self {
            place: error.location(),
            failure: error.into(),
        }
    }
}

impl From<Unreadable> for Failure {
    fn from(unreadable: Unreadable) -> Self {
        unreadable.failure
    }
}

/// Loads the new schema.
///
/// # Errors
/// It cannot be loaded, or is several versions.
pub(super) fn load_new(loader: &Loader<'_>, name: &SchemaName) -> Result<SchemaText, Failure> {
    let text = loader.load_one(name)?;
    text.ok_or_else(|| Failure::usage("the new schema must be one version, not all of them"))
}

/// Compares `new` with each of `olds`.
///
/// # Errors
/// One of them is no schema; rules that are for another kind of schema; a comparison that takes too much
/// work.
pub(super) fn compare(
    olds: &[SchemaText],
    new: &SchemaText,
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
    let versions = olds.iter().map(version);
    let versions = versions.collect::<Result<Vec<_>, _>>()?;
    let schema = new.parse()?;
    let budget = (!args.no_witness).then_some(args.witness_budget);
    let diff = within(&versions, &schema, args.rules, budget);
    Ok(SchemaReport {
        format: new.format,
        rules: args.rules,
        new: new.label.clone(),
        diff: diff.map_err(|error| Failure::too_complex(&new.label, &error))?,
        judgement: None,
    })
}

/// An old version.
///
/// # Errors
/// It is no schema.
pub(super) fn version(text: &SchemaText) -> Result<Version, SourceError> {
    Ok(Version {
        label: text.label.clone(),
        schema: text.parse()?,
    })
}

/// Compares, and looks for witnesses while `budget` lasts; `None` looks for none.
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
    // The first question comes after the comparison, whose time does not count.
    let has_time = |budget| begun.get_or_init(Instant::now).elapsed() < budget;
    match budget {
        Some(budget) => Diff::new(versions, new, rules, Some(&|| has_time(budget))),
        None => Diff::new(versions, new, rules, None),
    }
}

/// Notes that there is nothing to compare a schema with, and warns of what registries refuse it for.
///
/// # Errors
/// It is no schema.
pub(super) fn note_new(
    context: &Context,
    text: &SchemaText,
) -> Result<Vec<ValidationError>, SourceError> {
    let schema = text.parse()?;
    context.ui.note(format_args!(
        "{} is new: nothing to compare it with",
        text.label
    ));
    let mut errors = schema.validation_errors();
    errors.extend(schema.invalid_defaults());
    for error in &errors {
        let at = &error.location;
        context
            .ui
            .warn(format_args!("{}:{}: {}", at.file, at.at, error.message));
    }
    Ok(errors)
}
