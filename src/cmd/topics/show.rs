//! What the verbs of topics show in the same way.

pub(super) use crate::cmd::show::{DRY_RUN, dry_run, format, plan, print, print_all, warn_of};
use crate::{
    command::Context,
    exit::Exit,
    failure::Failure,
    output::report::{Cell, Report, ReportFormat},
};

/// What a change has done: where a person reads, the plan has said it already.
pub(super) fn outcome(context: &Context, report: &Report, done: &str) -> Result<Exit, Failure> {
    match format(context)? {
        ReportFormat::Table => {
            if !done.is_empty() {
                context.ui.note_lines(done);
            }
            Ok(Exit::Ok)
        }
        format => print(context, report, format),
    }
}

/// A number of records, marked when it was not counted.
pub(super) fn records(count: Option<i64>, is_upper_bound: bool) -> Cell {
    match count {
        Some(count) if is_upper_bound => Cell::AtMost(count),
        count => count.into(),
    }
}
