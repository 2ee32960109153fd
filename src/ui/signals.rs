//! Ctrl-C and `kill`: the first raises [`Cancel`], the second ends the process at once.

use std::{io, time::Duration};

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    iterator::Signals,
};

use crate::{
    exit::Exit,
    pipeline::{Cancel, Signal},
};

/// Ends the process at once, and leaves everything as it is.
pub fn end(exit: Exit) -> ! {
    signal_hook::low_level::exit(exit.code().into())
}

/// From now on the first signal ends the process, too: for work that waits where nobody looks at
/// `cancel`, and has nothing to put in order.
pub fn end_with_first_signal(cancel: &Cancel) {
    let cancel = cancel.clone();
    std::thread::spawn(move || {
        while cancel.sleep(Duration::from_secs(60)) {}
        match cancel.raised() {
            Some(Signal::Interrupt) => end(Exit::Interrupted),
            Some(Signal::Terminate) => end(Exit::Terminated),
            // Whoever waits has the same deadline, and says what it waited for.
            Some(Signal::Deadline) | None => {}
        }
    });
}

/// Starts the thread that turns signals into a raised `cancel`.
///
/// # Errors
/// The operating system refused the handler or the thread.
pub fn watch_signals(cancel: &Cancel) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let cancel = cancel.clone();
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for number in signals.forever() {
                if cancel.is_raised() {
                    // Asked twice: whoever is stuck is left where it is.
                    let _ = signal_hook::low_level::emulate_default_handler(number);
                }
                cancel.raise(if number == SIGINT {
                    Signal::Interrupt
                } else {
                    Signal::Terminate
                });
            }
        })?;
    Ok(())
}
