//! A Java server as a process: in a directory of its own, ended with us or detached from us.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::Read,
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{SandboxError, log};

/// How long a server may take to answer, and to end when asked.
pub(super) const DEADLINE: Duration = Duration::from_secs(180);
pub(super) const POLL: Duration = Duration::from_millis(20);

/// How long a server lives, and where it keeps its data.
#[derive(Debug)]
pub enum Lifetime {
    /// Ends with this process, whatever happens to it, and leaves nothing behind.
    OfThisProcess,
    /// Ends with this process; its data stay in the directory.
    Held(PathBuf),
    /// Outlives this process once it is [released](super::Server::release); its data stay in the
    /// directory. The file is given to the server as its standard input, and so is open (and
    /// locked, if it is) for as long as the server lives.
    Detached(PathBuf, File),
}

/// Where a server is to keep everything: ready, but nobody's yet. A temporary directory goes away
/// with it.
pub(super) struct Place {
    lifetime: Lifetime,
    pub(super) directory: PathBuf,
    temporary: Option<TempDir>,
}

impl Place {
    /// Makes the directory that `lifetime` names, or a temporary one.
    pub(super) fn make(lifetime: Lifetime) -> Result<Self, SandboxError> {
        let (directory, temporary) = match &lifetime {
            Lifetime::OfThisProcess => {
                let made = TempDir::with_prefix("evctl-sandbox-")
                    .map_err(SandboxError::io("cannot make", "a temporary directory"))?;
                (made.path().to_owned(), Some(made))
            }
            Lifetime::Held(directory) | Lifetime::Detached(directory, _) => {
                (directory.clone(), None)
            }
        };
        // Where native code is unpacked; a killed server would leave it in /tmp.
        let scratch = directory.join("tmp");
        fs::create_dir_all(&scratch).map_err(SandboxError::io("cannot make", &scratch))?;
        Ok(Self {
            lifetime,
            directory,
            temporary,
        })
    }

    /// Whether what is kept here outlives the server.
    pub(super) fn stays(&self) -> bool {
        self.temporary.is_none()
    }

    /// Whether the server is to live on without us.
    pub(super) fn is_detached(&self) -> bool {
        matches!(self.lifetime, Lifetime::Detached(..))
    }
}

/// A server that was started.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Read from where this server began to write.
    log: File,
    /// Closed by the operating system when this process ends: see `supervisor.sh`. `None` when the
    /// server is detached.
    hold: Option<ChildStdin>,
    released: bool,
}

impl Process {
    /// Runs `java` in its place.
    pub(super) fn start(
        java: &Path,
        arguments: &[OsString],
        place: Place,
    ) -> Result<Self, SandboxError> {
        let (written, log) = log::open(&place.directory)?;
        let (mut command, input) = match place.lifetime {
            Lifetime::OfThisProcess => (supervised(java, &place.directory), Stdio::piped()),
            Lifetime::Held(_) => (supervised(java, Path::new("")), Stdio::piped()),
            Lifetime::Detached(_, file) => (Command::new(java), file.into()),
        };
        let cannot_write = SandboxError::io("cannot write into", &place.directory);
        let mut child = command
            .args(arguments)
            .stdin(input)
            .stdout(written.try_clone().map_err(cannot_write)?)
            .stderr(written)
            // Ctrl-C on our terminal is for us: whoever uses the server may need it to finish.
            .process_group(0)
            .spawn()
            .map_err(SandboxError::io("cannot run", command.get_program()))?;
        // From here on the supervisor removes it.
        place.temporary.map(TempDir::keep);
        Ok(Self {
            hold: child.stdin.take(),
            child,
            log,
            released: false,
        })
    }

    /// Waits until the server `what` answers at `address`.
    pub(super) fn wait_until(
        &mut self,
        answers: impl Fn(&str) -> bool,
        address: &str,
        what: String,
    ) -> Result<(), SandboxError> {
        let started = Instant::now();
        while !answers(address) {
            self.check_alive(&what)?;
            if started.elapsed() > DEADLINE {
                return Err(SandboxError::Silent {
                    what,
                    address: address.to_owned(),
                    seconds: DEADLINE.as_secs(),
                    log: log::telling_lines(&self.rest_of_log()),
                });
            }
            thread::sleep(POLL);
        }
        // What answers may be another server, which took the port first.
        self.check_alive(&what)
    }

    /// Fails with what the log says when the server `what` has ended.
    fn check_alive(&mut self, what: &str) -> Result<(), SandboxError> {
        let Ok(Some(status)) = self.child.try_wait() else {
            return Ok(());
        };
        let all = self.rest_of_log();
        let (what, status) = (what.to_owned(), status.to_string());
        let log = log::telling_lines(&all);
        Err(match log::names_a_taken_port(&all) {
            true => SandboxError::PortLost { what, log },
            false => SandboxError::Ended { what, status, log },
        })
    }

    /// The process id of the server itself.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and waits until it has.
    pub(super) fn stop(&mut self) -> Result<(), SandboxError> {
        terminate(self.id());
        let started = Instant::now();
        while !matches!(self.child.try_wait(), Ok(Some(_))) {
            if started.elapsed() > DEADLINE {
                return Err(SandboxError::Undying(self.id()));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Lets a detached server live on; any other still ends with this process.
    pub(super) fn release(mut self) {
        self.released = self.hold.is_none();
    }

    fn rest_of_log(&mut self) -> String {
        let mut bytes = Vec::new();
        // What cannot be read cannot tell.
        let _ = self.log.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.released {
            return;
        }
        let _ = self.child.kill();
        // Now the supervisor removes the directory.
        drop(self.hold.take());
        let _ = self.child.wait();
    }
}

/// Asks a process to end; one that is gone already is fine.
pub(super) fn terminate(pid: u32) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
}

/// A port on loopback, any free one for 0: nobody else's for as long as the listener is kept.
pub(super) fn port(wanted: u16) -> Result<(TcpListener, u16), SandboxError> {
    let listener = TcpListener::bind(("127.0.0.1", wanted));
    let listener = listener.map_err(|_| SandboxError::PortTaken(wanted))?;
    let address = listener.local_addr();
    let address = address.map_err(SandboxError::io("cannot listen on", "127.0.0.1"))?;
    Ok((listener, address.port()))
}

/// A `java` that ends with this process, which holds its standard input; `remove` is removed then,
/// unless it is empty.
fn supervised(java: &Path, remove: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", include_str!("supervisor.sh"), "evctl-sandbox"])
        .arg(remove)
        .arg(java);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named() {
        let (_holder, taken) = port(0).unwrap();
        let error = port(taken).unwrap_err();
        assert!(matches!(error, SandboxError::PortTaken(port) if port == taken));
    }
}
