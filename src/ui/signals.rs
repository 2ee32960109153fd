//! Ctrl-C and `kill`: the first raises [`Cancel`], the second ends the process at once.

use std::io::{self, Write};

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
                let (signal, exit) = match number {
                    SIGINT => (Signal::Interrupt, Exit::Interrupted),
                    _ => (Signal::Terminate, Exit::Terminated),
                };
                cancel.raise(signal);
                if cancel.is_unwatched() {
                    // Behind what is being typed, or waited for.
                    let _ = writeln!(io::stderr(), "\ninterrupted");
                    end(exit);
                }
            }
        })?;
    Ok(())
}
