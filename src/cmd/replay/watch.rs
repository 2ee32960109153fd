//! A replay under way, as the user sees it.

use crate::{
    cmd,
    pipeline::{Fault, Progress, Watch},
    transfer::TransferWatch,
    ui::{Bar, Ui},
};

/// Shows how far a replay has come.
pub(super) struct ReplayWatch<'u> {
    ui: &'u Ui,
    bar: Bar,
}

impl<'u> ReplayWatch<'u> {
    pub(super) fn new(ui: &'u Ui) -> Self {
        let bar = Bar::new(ui, "replaying");
        Self { ui, bar }
    }

    /// Takes the bar off the screen.
    pub(super) fn finish(&self) {
        self.bar.finish();
    }
}

impl Watch for ReplayWatch<'_> {
    fn progress(&mut self, progress: Progress) {
        self.bar.progress(progress);
    }
}

impl TransferWatch for ReplayWatch<'_> {
    fn recovering(&mut self, fault: &Fault) {
        let note = format_args!("{fault}; going on from what was committed");
        self.ui.note(note);
    }

    fn redacted(&mut self, paths: &[String]) {
        let warning = cmd::read::redacted("stdin", paths);
        warning.iter().for_each(|text| self.ui.warn(text));
    }
}
