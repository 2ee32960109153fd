//! Results of `evctl groups`.

mod delete;
mod delete_offsets;
mod describe;
mod export;
mod list;
mod seek;

pub use delete::{DeletedGroup, deleted_groups};
pub use delete_offsets::deleted_offsets;
pub use describe::GroupDescriptions;
pub use export::exported_offsets;
pub use list::{ListedGroup, group_list};
pub use seek::group_seek;

use super::report::Report;

/// How a change of offsets is undone: members of its result, so that scripts (`-q`) have it, too.
#[derive(Clone, Debug, Default)]
pub struct UndoSteps {
    /// Files that hold the old offsets.
    pub files: Vec<String>,
    /// Commands that restore them.
    pub commands: Vec<String>,
}

impl UndoSteps {
    fn add_to(&self, report: Report) -> Report {
        report
            .with("undo_files", self.files.clone())
            .with("undo", self.commands.clone())
    }
}
