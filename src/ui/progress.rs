//! A progress bar for work whose end is known: records/s, MB/s and the time left, on stderr.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use indicatif::{
    HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle,
};

use super::{
    Ui,
    stdout::{Passes, guarded},
};
use crate::{
    output::report::duration,
    pipeline::{Progress, Watch},
};

/// Whether a bar is on the screen.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// Takes the bar off the screen when the process ends without dropping it.
pub(super) fn clear() {
    if SHOWN.swap(false, Ordering::Relaxed) {
        // Not by the bar's own means: whoever holds its lock may be what the process is ended for.
        let _ = io::stderr().write_all(b"\r\x1b[2K");
    }
}

/// The bar; invisible when nobody looks.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    wanted: bool,
    total: u64,
}

impl Bar {
    /// A bar called `what`, drawn only where [`Ui::shows_progress`].
    #[must_use]
    pub fn new(ui: &Ui, what: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_style(style());
        bar.set_message(guarded(what, Passes::Text).into_owned());
        Self {
            bar,
            wanted: ui.shows_progress(),
            total: 0,
        }
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
        SHOWN.store(false, Ordering::Relaxed);
    }
}

impl Watch for Bar {
    fn progress(&mut self, progress: Progress) {
        // Without an end there is nothing to draw, and before the first news nothing to show.
        if !self.wanted || progress.total == 0 {
            return;
        }
        if self.total != progress.total {
            self.bar.set_length(progress.total);
            if self.total == 0 {
                // What was done before says nothing about the time left.
                self.bar.set_position(progress.done);
                self.bar.reset_eta();
                self.bar
                    .set_draw_target(ProgressDrawTarget::stderr_with_hz(8));
            }
            self.total = progress.total;
        }
        let elapsed = self.bar.elapsed().as_secs_f64().max(0.001);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate for the eye"
        )]
        let rate = |count: u64| (count as f64 / elapsed) as u64;
        self.bar.set_prefix(format!(
            "{} records, {}/s, {}/s",
            HumanCount(progress.records),
            HumanCount(rate(progress.records)),
            HumanBytes(rate(progress.bytes)),
        ));
        self.bar.set_position(progress.done);
        SHOWN.store(true, Ordering::Relaxed);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.finish();
    }
}

/// The line of the bar. The cursor goes back to its start: behind a line that fills the terminal, the
/// `^C` that is echoed begins another line, and the bar stays above it.
fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg} {wide_bar} {percent:>3}%  {prefix}  {left}\r")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key(
            "left",
            |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = out.write_str(&left(state.eta()));
            },
        )
        .progress_chars("━╸ ")
}

/// The time left; nothing while it is not known, or less than a second.
fn left(time: Duration) -> String {
    match time.as_secs() {
        0 => String::new(),
        seconds @ 1..60 => format!("{seconds}s left"),
        seconds => {
            let ms = i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX);
            format!("{} left", duration(ms))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_told_in_whole_seconds() {
        let told = [0, 999, 1_500, 61_000, 3_700_000].map(|ms| left(Duration::from_millis(ms)));
        assert_eq!(told, ["", "", "1s left", "1m 1s left", "1h 1m left"]);
    }
}
