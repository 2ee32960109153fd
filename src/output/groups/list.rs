//! `evctl groups list`

use crate::output::report::{Report, row};

row! {
    /// A group of a listing; `None` is not known.
    pub struct ListedGroup<'g> {
        group: &'g str,
        r#type: &'static str,
        state: Option<&'g str>,
        /// The number of members.
        members: Option<usize>,
        /// The broker's id.
        coordinator: i32,
        /// Its address.
        host: Option<&'g str> => wide,
        assignor: Option<&'g str> => wide,
        /// Why the group could not be described.
        error: Option<&'g str> => wide,
    }
}

/// The result of `groups list`.
#[must_use]
pub fn group_list<'g>(groups: impl IntoIterator<Item = ListedGroup<'g>>) -> Report {
    let report = Report::of("evctl.group-list/1", "groups", groups);
    let failed = report.has("error");
    report.show_if("error", failed)
}
