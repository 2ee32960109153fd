//! A command that runs beside a sandbox.

use std::{
    io,
    os::unix::process::ExitStatusExt,
    process::{Child, Command, ExitStatus},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal as UnixSignal, kill_process};

use crate::pipeline::{Cancel, Signal};

/// Runs `command` to its end and returns its exit code as a shell does: 128 and the signal for a
/// command that a signal ended.
///
/// # Errors
/// It could not be started, or not be waited for.
pub fn run_child(command: &mut Command, cancel: &Cancel) -> Result<u8, ChildError> {
    let mut child = command.spawn().map_err(ChildError::Start)?;
    let status = wait(&mut child, cancel).map_err(ChildError::Wait)?;
    let code = status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    Ok(u8::try_from(code).unwrap_or(u8::MAX))
}

/// A command that has no exit code.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// It could not be started.
    #[error("cannot be started")]
    Start(#[source] io::Error),
    /// It could not be waited for.
    #[error("cannot be waited for")]
    Wait(#[source] io::Error),
}

/// Waits for the command, also after a signal: it may still need its Kafka. Ctrl-C reaches it by
/// itself, over the terminal; SIGTERM is passed on.
fn wait(child: &mut Child, cancel: &Cancel) -> io::Result<ExitStatus> {
    let mut is_told = false;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if !is_told && cancel.raised() == Some(Signal::Terminate) {
            is_told = true;
            if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                kill_process(pid, UnixSignal::TERM)?;
            }
        }
        thread::sleep(Duration::from_millis(10));
    }
}
