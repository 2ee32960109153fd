//! A Ctrl-C is answered in time, whatever is being waited for.

use std::{
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use super::{show, suspension::Suspension};
use crate::{command::Context, ui};

/// How long after a signal what is in flight may still be acknowledged.
pub(super) const SETTLE: Duration = Duration::from_millis(1_000);
/// How long after it an open transaction may still be aborted.
pub(super) const LAST: Duration = Duration::from_millis(1_500);
/// When the process ends at the latest.
const END: Duration = Duration::from_millis(1_800);
/// How often it is looked whether a signal came.
const LOOK: Duration = Duration::from_millis(50);

/// While it is held, a signal ends the process after [`END`]: a broker that does not answer, a name
/// that does not resolve keep nobody. What is kept is right at any moment, as after a kill.
#[derive(Debug)]
pub(super) struct Farewell {
    held: Sender<Word>,
    suspension: Suspension,
}

/// What there is to say when nothing else can be.
#[derive(Debug)]
enum Word {
    /// Something may have been written: the command that goes on.
    Resume(String),
    /// Nothing, the report has said it all.
    Nothing,
}

impl Farewell {
    /// Watches.
    pub(super) fn watch(context: &Context) -> Self {
        let (held, watched) = mpsc::channel();
        let (ui, cancel) = (context.ui.clone(), context.cancel.clone());
        let suspension = Suspension::default();
        let clock = suspension.clone();
        thread::spawn(move || {
            let mut word = None;
            loop {
                clock.tick();
                match watched.recv_timeout(LOOK) {
                    Ok(new) => word = Some(new),
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {}
                }
                if cancel.since().is_some_and(|since| since >= END) {
                    let (what, exit) = show::interruption(&cancel);
                    match word {
                        None => ui.note(format_args!("{what}, nothing was written")),
                        Some(Word::Resume(command)) => ui.note(format_args!(
                            "{what} while the cluster does not answer; go on with {command}"
                        )),
                        Some(Word::Nothing) => {}
                    }
                    ui::end(exit);
                }
            }
        });
        Self { held, suspension }
    }

    /// When the process was suspended last.
    pub(super) fn suspension(&self) -> Suspension {
        self.suspension.clone()
    }

    /// From now on something may be written, and `command` goes on with it.
    pub(super) fn resumes_by(&self, command: String) {
        let _ = self.held.send(Word::Resume(command));
    }

    /// The report has said it all.
    pub(super) fn is_said(&self) {
        let _ = self.held.send(Word::Nothing);
    }
}
