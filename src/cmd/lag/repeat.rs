//! Looking again and again: `--watch`, `--wait` and `--serve`.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use super::{Format, Lag, Look};
use crate::{
    cmd::show,
    exit::Exit,
    failure::Failure,
    lag::{Condition, Waiting},
    metrics::{Address, AddressError, Server, Snapshot},
    output::{
        lag::LagResult,
        prom,
        report::{CommandResult, ReportFormat, duration},
    },
    pipeline::Signal,
    ui::Passes,
};

/// How often `--wait` looks when `--interval` does not say.
const WAIT_EVERY: Duration = Duration::from_secs(1);
/// How often `--serve` looks when `--interval` does not say.
const SERVE_EVERY: Duration = Duration::from_secs(30);
/// How long `--wait` waits when `--timeout` does not say.
const WAIT_FOR: Duration = Duration::from_secs(30 * 60);

impl Lag<'_> {
    /// Redraws the table in place until a signal comes.
    pub(super) fn watch(&mut self, every: Duration) -> Result<Exit, Failure> {
        let mut earlier = None;
        loop {
            let mut look = match self.look_once(earlier.as_ref()) {
                Ok(look) => look,
                // What is drawn stays, until the cluster is back.
                Err(failure) if failure.exit == Exit::Unreachable && earlier.is_some() => {
                    self.context.ui.warn(&failure);
                    if !self.pause(every) {
                        return Ok(self.signalled());
                    }
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            if look.snapshot.groups.is_empty() && earlier.is_none() {
                return self.nothing(look);
            }
            let limits = self.judge(&look);
            let shown = Look {
                snapshot: look.snapshot.clone(),
                missing: std::mem::take(&mut look.missing),
            };
            let (report, row) = self.report(shown, limits);
            let mut text = Vec::new();
            if let Format::Report(format) = self.format {
                let result = LagResult {
                    report: &report,
                    row,
                };
                let written = result.write(&mut text, format, &show::screen(self.context));
                written.map_err(|error| Failure::new(Exit::Partial, "no table").cause(error))?;
            }
            if !self.draw(&report.at, &text) {
                return Ok(Exit::Ok);
            }
            earlier = Some(look);
            if !self.pause(every) {
                return Ok(self.signalled());
            }
        }
    }

    /// Draws over what was drawn before; where nobody looks, one after the other. False when the
    /// reader has gone.
    fn draw(&self, at: &str, text: &[u8]) -> bool {
        let ui = &self.context.ui;
        let mut out = Vec::new();
        if ui.stdout_is_terminal() {
            // Home, then each line with its rest cleared, then all below. One line is the cursor's.
            let room = ui.height().saturating_sub(2);
            out.extend_from_slice(b"\x1b[H");
            let heading = format!("{at}, Ctrl-C ends it");
            let count = text.iter().filter(|byte| **byte == b'\n').count();
            let more = format!("… {} more", count.saturating_sub(room.saturating_sub(1)));
            let (shown, more) = if count > room {
                (room.saturating_sub(1), Some(more.as_bytes()))
            } else {
                (room, None)
            };
            let lines = text.split(|byte| *byte == b'\n').take(shown).chain(more);
            for line in std::iter::once(heading.as_bytes()).chain(lines) {
                let line = String::from_utf8_lossy(line);
                out.extend_from_slice(ui.guarded(&line).as_bytes());
                out.extend_from_slice(b"\x1b[K\n");
            }
            out.extend_from_slice(b"\x1b[J");
        } else {
            if matches!(
                self.format,
                Format::Report(ReportFormat::Table | ReportFormat::Wide)
            ) {
                out.extend_from_slice(at.as_bytes());
                out.push(b'\n');
            }
            out.extend_from_slice(text);
        }
        // Each line is guarded already; what is between them moves the cursor.
        let written = ui
            .stdout(Passes::Everything)
            .and_then(|mut stdout| stdout.write_all(&out));
        written.is_ok()
    }

    /// Waits until `condition` holds for every group.
    pub(super) fn wait(&mut self, condition: &Condition) -> Result<Exit, Failure> {
        if condition.is_of_time() && !self.args.wants_time() {
            return Err(
                Failure::usage("this condition needs the time that --time off leaves out")
                    .hint("leave out --time off"),
            );
        }
        let every = self.args.interval.unwrap_or(WAIT_EVERY);
        let limit = self.context.global.timeout.unwrap_or(WAIT_FOR);
        let began = Instant::now();
        let mut said = String::new();
        self.detail.time = condition.needs_time();
        loop {
            match self.look_once(None) {
                Ok(look) if look.snapshot.groups.is_empty() => return self.nothing(look),
                Ok(look) => {
                    let waiting = self.unmet(condition, &look);
                    let Some(Waiting(why)) = waiting else {
                        self.detail.time = self.args.wants_time();
                        return self.finish(look);
                    };
                    if why != said {
                        self.context.ui.note(format_args!("waiting: {why}"));
                        said = why;
                    }
                    let over = began.elapsed() >= limit || self.context.cancel.is_raised();
                    if over || !self.pause(every.min(limit.saturating_sub(began.elapsed()))) {
                        return self.gave_up(look, &said, limit);
                    }
                }
                // A broker that restarts is waited for, too.
                Err(failure) if failure.exit == Exit::Unreachable => {
                    let text = failure.to_string();
                    if text != said {
                        self.context.ui.warn(&text);
                        said = text;
                    }
                    if began.elapsed() >= limit || !self.pause(every) {
                        return Err(failure);
                    }
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// What stands in the way of `condition`; `None` when it holds for every group.
    fn unmet(&self, condition: &Condition, look: &Look) -> Option<Waiting> {
        if let Some((_, failure)) = look.missing.first() {
            return Some(Waiting(failure.message.clone()));
        }
        look.snapshot.groups.iter().find_map(|group| {
            let Waiting(why) = condition.holds(group).err()?;
            Some(Waiting(format!("group {:?}: {why}", group.group)))
        })
    }

    /// The time is over, or a signal came: what was seen last is printed.
    fn gave_up(&mut self, look: Look, said: &str, limit: Duration) -> Result<Exit, Failure> {
        let signal = self.context.cancel.raised();
        self.finish(look)?;
        match signal {
            Some(Signal::Interrupt | Signal::Terminate) => Ok(self.signalled()),
            Some(Signal::Deadline) | None => {
                let after = duration(i64::try_from(limit.as_millis()).unwrap_or(i64::MAX));
                let ui = &self.context.ui;
                ui.warn(format_args!("not reached within {after}: {said}"));
                Ok(Exit::No)
            }
        }
    }

    /// The exit code for the signal that ended a loop; a watch that ends by `--timeout` is done.
    fn signalled(&self) -> Exit {
        match self.context.cancel.raised() {
            Some(signal @ (Signal::Interrupt | Signal::Terminate)) => signal.into(),
            Some(Signal::Deadline) | None => Exit::Ok,
        }
    }
}

impl Lag<'_> {
    /// Serves metrics until a signal comes; collects by itself, and never because it was asked.
    pub(super) fn serve(&mut self, address: &str) -> Result<Exit, Failure> {
        let address: Address = address
            .parse()
            .map_err(|error: AddressError| Failure::usage(error.to_string()))?;
        let every = self.args.interval.unwrap_or(SERVE_EVERY);
        let snapshot = Snapshot::new(every);
        let server = Server::bind(&address, snapshot.clone()).map_err(|error| {
            Failure::usage(format!("{address} cannot be served on")).cause(error)
        })?;
        let at = server.local_addr();
        self.context
            .ui
            .note(format_args!("serving http://{at}/metrics and /healthz"));
        loop {
            let began = Instant::now();
            match self.look() {
                Ok(look) => {
                    let at = look.snapshot.at;
                    let report = self.whole(look);
                    let mut text = Vec::new();
                    let written = prom::write(&mut text, &report, self.names, at);
                    written
                        .map_err(|error| Failure::new(Exit::Partial, "no metrics").cause(error))?;
                    snapshot.publish(text);
                }
                Err(failure) if failure.exit == Exit::Unreachable => {
                    let why = failure.causes.join(": ");
                    self.context.ui.warn(format_args!("{failure} {why}"));
                    snapshot.fail(failure.to_string());
                }
                Err(failure) => return Err(failure),
            }
            if !self.pause(every.saturating_sub(began.elapsed())) {
                return Ok(self.signalled());
            }
        }
    }
}
