//! `evctl schema list`: the registry's subjects.

use clap::Args;

use super::registry;
use crate::{
    cmd::show,
    command::Context,
    exit::Exit,
    failure::Failure,
    output::schema::{ListedSubject, subject_list, subject_names},
    registry::subject_summaries,
    select::NameGlobs,
};

/// Arguments of `schema list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Patterns of subjects: 'orders-*'
    #[arg(value_name = "PATTERN")]
    patterns: Vec<String>,
    /// Include soft-deleted subjects
    #[arg(long)]
    deleted: bool,
    /// List names only, which takes one request
    #[arg(long)]
    brief: bool,
}

/// Lists.
///
/// # Errors
/// No registry, no answer.
pub(super) fn run(context: &Context, args: &ListArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let globs = NameGlobs::new(&args.patterns, &[])?;
    let registry = registry::connect(context)?;
    let mut subjects = registry.subjects(args.deleted)?;
    subjects.retain(|subject| globs.matches(subject));
    if subjects.is_empty() {
        context.ui.note("no subject matches");
    }
    if args.brief {
        return show::print(context, &subject_names(&subjects), format);
    }
    let summaries = subject_summaries(&registry, &subjects, args.deleted);
    let mut exit = Exit::Ok;
    let mut rows = Vec::new();
    for (subject, summary) in subjects.iter().zip(&summaries) {
        rows.push(match summary {
            Ok(summary) => ListedSubject::new(subject, summary),
            Err(error) => {
                exit = Exit::Partial;
                context.ui.warn(format_args!("{subject}: {error}"));
                ListedSubject::unknown(subject)
            }
        });
    }
    show::print(context, &subject_list(rows), format)?;
    Ok(exit)
}
