//! `evctl groups delete`

use super::UndoSteps;
use crate::output::report::{Column, Report, row};

row! {
    /// A group that is deleted.
    pub struct DeletedGroup<'g> {
        group: &'g str,
        r#type: &'static str,
        /// Topics and partitions that it has offsets on; `None` for a share group, whose offsets are
        /// not asked for.
        topics: Option<usize>,
        partitions: Option<usize>,
        deleted: bool,
        error: Option<&'g str>,
    }
}

/// The result of `groups delete`, or its plan, which has no outcome yet.
#[must_use]
pub fn deleted_groups(is_plan: bool, groups: Vec<DeletedGroup<'_>>, undo: &UndoSteps) -> Report {
    let mut report = Report::of("evctl.group-delete/1", "groups", groups);
    if is_plan {
        without_outcome(&mut report.columns);
    }
    undo.add_to(report.with("dry_run", is_plan))
}

/// Removes the columns that a plan does not have, `deleted` and `error`: the last ones, so that rows
/// need no change.
pub(super) fn without_outcome(columns: &mut Vec<Column>) {
    columns.retain(|column| !["deleted", "error"].contains(&column.name));
}
