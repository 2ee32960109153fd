//! The flag that a signal raises and every loop looks at.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// The signal that asked us to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// `kill`.
    Terminate,
    /// No signal: the time that `--timeout` gave is over.
    Deadline,
}

impl fmt::Display for Signal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Interrupt => "interrupted",
            Self::Terminate => "terminated",
            Self::Deadline => "--timeout is over",
        })
    }
}

/// Shared by the signal thread, which raises it, and the loops, which poll it.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<State>);

#[derive(Debug, Default)]
struct State {
    code: AtomicU8,
    /// Whether nobody looks at `code`.
    unwatched: AtomicBool,
    /// When the first signal came.
    since: OnceLock<Instant>,
}

impl Cancel {
    /// Asks every loop to finish what is in flight and stop.
    pub fn raise(&self, signal: Signal) {
        let code = match signal {
            Signal::Interrupt => 1,
            Signal::Terminate => 2,
            Signal::Deadline => 3,
        };
        self.0.since.get_or_init(Instant::now);
        self.0.code.store(code, Ordering::Relaxed);
    }

    /// From now on a signal ends the process at once: for work that waits where nobody looks, and
    /// has nothing to put in order.
    pub fn leave_unwatched(&self) {
        self.0.unwatched.store(true, Ordering::Relaxed);
    }

    /// From now on somebody looks.
    pub fn watch(&self) {
        self.0.unwatched.store(false, Ordering::Relaxed);
    }

    /// Whether a signal ends the process at once.
    #[must_use]
    pub fn is_unwatched(&self) -> bool {
        self.0.unwatched.load(Ordering::Relaxed)
    }

    /// The signal that was raised, if any.
    #[must_use]
    pub fn raised(&self) -> Option<Signal> {
        match self.0.code.load(Ordering::Relaxed) {
            1 => Some(Signal::Interrupt),
            2 => Some(Signal::Terminate),
            3 => Some(Signal::Deadline),
            _ => None,
        }
    }

    /// How long ago the first signal came; `None` when none has.
    #[must_use]
    pub fn since(&self) -> Option<Duration> {
        self.0.since.get().map(Instant::elapsed)
    }

    /// Sleeps; false when a signal came before the time was over.
    #[must_use]
    pub fn sleep(&self, time: Duration) -> bool {
        const LOOK: Duration = Duration::from_millis(20);
        let until = Instant::now() + time;
        while !self.is_raised() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            thread::sleep(left.min(LOOK));
        }
        false
    }

    /// Whether a signal was raised.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.raised().is_some()
    }
}
