//! `evctl schema diff`: what changed, without a verdict.

use clap::Args;

use super::{
    args::{CompareArgs, ReadArgs, names},
    comparison::{compare, load_new},
    registry, report,
};
use crate::{
    command::Context, exit::Exit, failure::Failure, output::schema::JSON_SCHEMA, registry::Version,
    schema::SchemaResults, schema_source::Versions,
};

/// Arguments of `schema diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Old schemas, oldest first, and then the new one
    #[arg(value_name = "SCHEMA", required_unless_present = "print_schema")]
    schemas: Vec<String>,
    #[command(flatten)]
    compare: CompareArgs,
    /// Print the JSON Schema of -o json
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
    let names = names(&args.schemas)?;
    let (new, olds) = match names.split_last() {
        Some((new, olds)) if !olds.is_empty() => (new, olds),
        _ => {
            return Err(Failure::usage("there is nothing to compare with")
                .hint("name the old schema and then the new one: evctl schema diff OLD NEW"));
        }
    };
    let registry = registry::for_names(context, &names)?;
    let loader = args.compare.read.loader(registry.as_ref())?;
    let mut texts = Vec::new();
    for old in olds {
        texts.extend(loader.load(old, Versions::One(Version::Latest))?);
    }
    let new = load_new(&loader, new)?;
    ReadArgs::warn(context, &loader);
    let report = compare(&texts, &new, &args.compare)?;
    let results = SchemaResults {
        reports: &[report],
        unjudged: &[],
    };
    report::print(context, results, false)
}
