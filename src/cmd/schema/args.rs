//! Options of diff and check.

use std::time::Duration;

use clap::Args;

use crate::{
    schema::{Format, Rules},
    select::parse_duration,
};

/// How schemas are read.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ReadArgs {
    /// Kind of the schemas, when their names do not tell: avro, json or protobuf
    #[arg(long, value_name = "FORMAT")]
    pub(super) schema_type: Option<Format>,
    /// File of a schema that is referred to, can be repeated: --reference shop.Address=address.avsc
    ///
    /// The name is an Avro type's full name, a JSON Schema's URI, or the path of an import. What is
    /// not given is looked for beside the file that refers to it, and in the folders above.
    #[arg(long, value_name = "NAME=FILE")]
    pub(super) reference: Vec<String>,
}

/// How schemas are compared.
#[derive(Clone, Debug, Args)]
pub(super) struct CompareArgs {
    /// Whose rules decide
    ///
    /// confluent, confluent-lenient (its LENIENT policy), karapace, apicurio; buf-wire and
    /// buf-wire-json for Protobuf; semantic: what really happens to data.
    #[arg(long, value_name = "RULES", default_value = "confluent")]
    pub(super) rules: Rules,
    /// Do not look for values that prove a break
    #[arg(long)]
    pub(super) no_witness: bool,
    /// Time for all searches for such values together: --witness-budget 10s
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

fn budget(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "a duration such as 500ms or 10s".to_owned())
}
