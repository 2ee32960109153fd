//! Ctrl-C, `kill` and a terminal that goes away: the first raises [`Cancel`], the second Ctrl-C or
//! `kill` ends the process at once.

use std::{
    fs,
    io::{self, Write},
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ},
    flag,
    iterator::Signals,
};

use crate::{
    exit::Exit,
    files,
    pipeline::{Cancel, Signal},
};

use super::progress;

/// Ends the process at once, and leaves everything as it is.
pub fn end(exit: Exit) -> ! {
    progress::clear();
    signal_hook::low_level::exit(exit.code().into())
}

/// Starts the thread that turns signals into a raised `cancel`.
///
/// # Errors
/// The operating system refused the handler or the thread.
pub fn watch_signals(cancel: &Cancel) -> io::Result<()> {
    // With a handler, a write beyond `ulimit -f` fails with EFBIG instead of ending the process.
    // Nobody looks at the flag.
    flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    if !ignores_hangup() {
        signals.add_signal(SIGHUP)?;
    }
    let cancel = cancel.clone();
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            // A hangup often comes twice, from the kernel and from the shell, and systemd sends one
            // with SIGTERM, in any order: it is no sign of impatience.
            let mut hung_up = false;
            for number in signals.forever() {
                if number == SIGHUP {
                    hung_up = true;
                    if cancel.is_raised() {
                        continue;
                    }
                } else if cancel.is_raised() && !std::mem::take(&mut hung_up) {
                    // Asked twice: whoever is stuck is left where it is.
                    let _ = signal_hook::low_level::emulate_default_handler(number);
                }
                let signal = match number {
                    SIGINT => Signal::Interrupt,
                    _ => Signal::Terminate,
                };
                let exit = Exit::from(signal);
                cancel.raise(signal);
                if cancel.is_unwatched() {
                    // Behind what is being typed, or waited for.
                    let _ = writeln!(io::stderr(), "\ninterrupted");
                    end(exit);
                }
                std::thread::spawn(move || end_a_wait(exit));
            }
        })?;
    Ok(())
}

/// Ends the process when the main thread waits for a pipe and goes on waiting: it has nothing to put
/// in order, and does not look at the flag.
fn end_a_wait(exit: Exit) -> ! {
    const LOOKS: u32 = 10;
    let mut waiting = 0;
    while waiting < LOOKS {
        std::thread::sleep(Duration::from_millis(20));
        waiting = if files::is_waiting() { waiting + 1 } else { 0 };
    }
    end(exit)
}

/// Whether the process was started to outlive its terminal, as `nohup` does. Where there is no
/// `/proc` this is not known, and a hangup ends the command.
fn ignores_hangup() -> bool {
    fs::read_to_string("/proc/self/status").is_ok_and(|status| ignored_in(&status, SIGHUP))
}

/// Whether `signal` is in the mask of ignored signals of `/proc/PID/status`.
fn ignored_in(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 << (signal - 1) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read_from_the_status_of_the_process() {
        let status = |mask| format!("Name:\tevctl\nSigBlk:\t{0:016x}\nSigIgn:\t{mask:016x}\n", 1);
        assert!(ignored_in(&status(1), SIGHUP));
        assert!(!ignored_in(&status(0x1000), SIGHUP));
        assert!(ignored_in(&status(0x4001), SIGTERM));
        assert!(!ignored_in("SigIgn:\tnothing", SIGHUP));
    }
}
