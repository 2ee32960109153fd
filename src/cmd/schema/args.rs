//! Options that `diff` and `check` share.

use std::{collections::BTreeMap, time::Duration};

use clap::Args;

use crate::{
    command::Context,
    failure::Failure,
    registry::Registry,
    schema::{Format, Rules},
    schema_source::{LoadWarning, Loader, SchemaName},
    select::parse_duration,
};

/// How schemas are read.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ReadArgs {
    /// Read schemas of this kind where their names do not tell: avro, json or protobuf
    #[arg(long, value_name = "FORMAT")]
    pub(super) schema_type: Option<Format>,
    /// Read a reference from this file, can be repeated: --reference shop.Address=address.avsc
    ///
    /// NAME is the full name of an Avro type, the URI of a JSON Schema, or the path of an import. Other
    /// references are looked for beside the file that refers to them, and in the folders above.
    #[arg(long, value_name = "NAME=FILE")]
    pub(super) reference: Vec<String>,
}

/// How schemas are compared.
#[derive(Clone, Debug, Args)]
pub(super) struct CompareArgs {
    /// Judge by the rules of this registry or tool
    ///
    /// confluent, confluent-lenient (its LENIENT policy), karapace, apicurio; buf-wire and
    /// buf-wire-json for Protobuf; semantic: what happens to the data.
    #[arg(long, value_name = "RULES", default_value = "confluent")]
    pub(super) rules: Rules,
    /// Skip the search for witnesses: values that prove a break
    #[arg(long)]
    pub(super) no_witness: bool,
    /// Spend at most this time on the search for witnesses: --witness-budget 10s
    #[arg(
        long,
        value_name = "DURATION",
        value_parser = budget,
        default_value = "500ms",
        conflicts_with = "no_witness"
    )]
    pub(super) witness_budget: Duration,
    #[command(flatten)]
    pub(super) read: ReadArgs,
}

impl ReadArgs {
    /// A loader for these options.
    ///
    /// # Errors
    /// A `--reference` without a file.
    pub(super) fn loader<'r>(&self, registry: Option<&'r Registry>) -> Result<Loader<'r>, Failure> {
        let mut given = BTreeMap::new();
        for pair in &self.reference {
            let (name, file) = pair
                .split_once('=')
                .ok_or_else(|| Failure::usage(format!("--reference {pair:?} is not NAME=FILE")))?;
            given.insert(name.to_owned(), file.to_owned());
        }
        Ok(Loader::new(self.schema_type, given, registry))
    }

    /// Warns of each `--reference` that was not used, or replaced a file.
    pub(super) fn warn(context: &Context, loader: &Loader<'_>) {
        for warning in loader.warnings() {
            match warning {
                LoadWarning::Unused { name, file } => context
                    .ui
                    .warn(format_args!("nothing refers to --reference {name}={file}")),
                LoadWarning::Replaced {
                    name,
                    file,
                    other,
                    schema,
                } => context.ui.warn(format_args!(
                    "--reference {name}={file} takes the place of {other}, which {schema} refers to"
                )),
            }
        }
    }
}

/// Parses names of schemas.
///
/// # Errors
/// Half a name.
pub(super) fn names(texts: &[String]) -> Result<Vec<SchemaName>, Failure> {
    let names = texts.iter().map(|text| SchemaName::parse(text));
    Ok(names.collect::<Result<_, _>>()?)
}

fn budget(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "a duration such as 500ms or 10s".to_owned())
}
