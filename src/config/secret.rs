//! Secrets that a profile names without holding them. Knows how to fetch them; never shows one.

use std::{
    fmt, fs,
    io::{self, Read},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};

use super::env;
use crate::{
    bounded_file,
    pipeline::{self, Cancel},
};

/// How long a secret's command may take, and the writer of a FIFO.
const DEADLINE: Duration = Duration::from_secs(10);
/// More than any password or key.
const LIMIT: u64 = 64 << 10;

/// Where a secret is to be had.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// What `sh -c` prints, without the newline at its end.
    Command(String),
    /// What a file holds, without the newline at its end.
    File(PathBuf),
}

/// A secret that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Not set, empty or not UTF-8.
    #[error("the environment variable {0:?} is not set")]
    Unset(String),
    /// The file cannot be read.
    #[error("{path:?} cannot be read: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The command did not run.
    #[error("its command cannot be run: {0}")]
    NotRun(io::Error),
    /// The command said no. What it printed may be a secret and is not shown.
    #[error("its command failed with {0}")]
    Failed(ExitStatus),
    /// More than 64 KiB.
    #[error("it is longer than {}", bounded_file::size(LIMIT))]
    TooLong,
    /// A signal, or the end of `--timeout`, before it was there.
    #[error("interrupted")]
    Interrupted(pipeline::Signal),
    /// The command took too long.
    #[error("its command was still running after {} s", .0.as_secs())]
    TooSlow(Duration),
    /// Empty, or no text.
    #[error("it is {0}")]
    NoText(&'static str),
}

impl SecretSource {
    /// Reads `env:NAME`, `command:LINE` or `file:PATH`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            (_, "") => None,
            ("env", name) => Some(Self::Env(name.to_owned())),
            ("command", line) => Some(Self::Command(line.to_owned())),
            ("file", path) => Some(Self::File(path.into())),
            _ => None,
        }
    }

    /// Fetches the secret; `cancel` ends the wait for it, and the command.
    pub(super) fn fetch(&self, cancel: &Cancel) -> Result<String, SecretError> {
        match self {
            Self::Env(name) => env::variable(name).ok_or_else(|| SecretError::Unset(name.clone())),
            Self::Command(command) => text(run(command, DEADLINE, cancel)?),
            Self::File(path) => {
                let read = bounded_file::read(path, LIMIT, DEADLINE, cancel);
                text(read.map_err(|error| match cancel.raised() {
                    Some(signal) => SecretError::Interrupted(signal),
                    None => SecretError::File {
                        path: path.clone(),
                        error,
                    },
                })?)
            }
        }
    }
}

/// Names the source without its detail: a command line may hold a secret itself.
impl fmt::Display for SecretSource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(out, "environment variable {name}"),
            Self::Command(_) => out.write_str("command"),
            Self::File(path) => write!(out, "file {}", path.display()),
        }
    }
}

/// Whether somebody else than its owner may read or change the file; `false` when it is not there.
pub(super) fn is_open_to_others(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

fn text(bytes: Vec<u8>) -> Result<String, SecretError> {
    let mut text = String::from_utf8(bytes).map_err(|_| SecretError::NoText("not UTF-8"))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    if text.is_empty() {
        return Err(SecretError::NoText("empty"));
    }
    Ok(text)
}

/// Runs `command` on the terminal it finds (a password store may ask there), but without stdin,
/// which may carry records.
fn run(command: &str, deadline: Duration, cancel: &Cancel) -> Result<Vec<u8>, SecretError> {
    let until = Instant::now() + deadline;
    let mut shell = Shell::start(command).map_err(SecretError::NotRun)?;
    let output = shell.child.stdout.take();
    let (sender, receiver) = mpsc::channel();
    // Reading needs a thread of its own: what the shell started may keep the pipe open after the
    // shell was killed. Then the thread stays behind, and ends with the process.
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.map(|output| output.take(LIMIT + 1).read_to_end(&mut bytes));
        let _ = sender.send(read.transpose().map(|_| bytes));
    });
    let mut output = None;
    loop {
        output = output.or_else(|| receiver.try_recv().ok());
        // One that prints without an end is not waited for.
        let ended = match &output {
            Some(Ok(bytes)) if bytes.len() as u64 > LIMIT => return Err(SecretError::TooLong),
            _ => shell.child.try_wait().map_err(SecretError::NotRun)?,
        };
        match (ended, output.take()) {
            (Some(status), _) if !status.success() => return Err(SecretError::Failed(status)),
            (Some(_), Some(bytes)) => return bytes.map_err(SecretError::NotRun),
            (_, unfinished) => output = unfinished,
        }
        if let Some(signal) = cancel.raised() {
            return Err(SecretError::Interrupted(signal));
        }
        if Instant::now() >= until {
            return Err(SecretError::TooSlow(deadline));
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// A shell that ends when it is dropped, with what it started.
struct Shell {
    child: Child,
    /// Whether it has a process group of its own. On a terminal it shares ours: only the group in
    /// the foreground may ask there.
    own_group: bool,
}

impl Shell {
    fn start(line: &str) -> io::Result<Self> {
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let own_group = fs::File::open("/dev/tty").is_err();
        if own_group {
            command.process_group(0);
        }
        let child = command.spawn()?;
        Ok(Self { child, own_group })
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // Once it has ended its number may be another process's.
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        if self.own_group {
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(text: &str) -> Result<String, String> {
        SecretSource::Command(text.to_owned())
            .fetch(&Cancel::default())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_command_gives_its_output_without_the_last_newline() {
        assert_eq!(command("echo hunter2").as_deref(), Ok("hunter2"));
        assert_eq!(command("printf 'a\\n\\n'").as_deref(), Ok("a\n"));
        assert_eq!(command("printf 'a b\\r\\n'").as_deref(), Ok("a b"));
    }

    #[test]
    fn a_command_that_gives_nothing_is_an_error_that_shows_nothing() {
        assert_eq!(command("true"), Err("it is empty".to_owned()));
        assert_eq!(command("printf '\\377'"), Err("it is not UTF-8".to_owned()));
        let error = command("echo hunter2; exit 3").unwrap_err();
        assert_eq!(error, "its command failed with exit status: 3");
    }

    #[test]
    fn a_command_that_hangs_is_ended_at_the_deadline() {
        let started = Instant::now();
        let deadline = Duration::from_millis(50);
        for hangs in ["sleep 20", "exec >&-; sleep 20", "sleep 20 & echo x; wait"] {
            let error = run(hangs, deadline, &Cancel::default()).unwrap_err();
            assert!(matches!(error, SecretError::TooSlow(_)), "{hangs}: {error}");
        }
        assert!(started.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn a_file_gives_its_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "hunter2\n").unwrap();
        let fetch = |path: &Path| SecretSource::File(path.into()).fetch(&Cancel::default());
        assert_eq!(fetch(&path).unwrap(), "hunter2");
        let error = fetch(Path::new("/no/such")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("\"/no/such\" cannot be read: ")
        );
        let error = fetch(Path::new("/dev/zero")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"/dev/zero\" cannot be read: it is longer than 64 KiB"
        );
    }

    #[test]
    fn a_command_that_prints_without_an_end_is_ended() {
        let started = Instant::now();
        for endless in ["yes", "cat /dev/zero", "head -c 65537 /dev/zero"] {
            assert_eq!(command(endless), Err("it is longer than 64 KiB".to_owned()));
        }
        assert!(started.elapsed() < DEADLINE, "nothing was waited for");
    }

    #[test]
    fn a_signal_ends_a_command_and_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        // On a terminal what the shell started is ended by the terminal's own Ctrl-C.
        let on_terminal = !Shell::start("true").unwrap().own_group;
        for hangs in ["exec sleep 60", "sleep 60; echo x", "exec >&-; sleep 60"] {
            if on_terminal && !hangs.starts_with("exec sleep") {
                continue;
            }
            let alive = folder.path().join("fifo");
            let made = Command::new("mkfifo").arg(&alive).status().unwrap();
            assert!(made.success());
            // The FIFO has a writer for as long as anything of the command lives.
            let line = format!("exec 3>{}; {hangs}", alive.display());
            let cancel = Cancel::default();
            let raise = cancel.clone();
            let ended = thread::spawn(move || {
                let mut fifo = fs::File::open(&alive).unwrap();
                raise.raise(pipeline::Signal::Terminate);
                fifo.read_to_end(&mut Vec::new()).unwrap();
                fs::remove_file(alive).unwrap();
            });
            let error = run(&line, Duration::from_secs(60), &cancel).unwrap_err();
            assert!(matches!(error, SecretError::Interrupted(_)), "{error}");
            ended.join().unwrap();
        }
    }
}
