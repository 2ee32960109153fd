//! Secrets that a profile names without holding them. Knows how to fetch them; never shows one.

use std::{
    fmt, fs,
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use super::env;

/// How long a secret's command may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// More than any password or key; what a command prints beyond it is not read.
const LARGEST: u64 = 1 << 20;

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

    /// Fetches the secret.
    pub(super) fn fetch(&self) -> Result<String, SecretError> {
        match self {
            Self::Env(name) => env::variable(name).ok_or_else(|| SecretError::Unset(name.clone())),
            Self::Command(command) => text(run(command, DEADLINE)?),
            Self::File(path) => text(fs::read(path).map_err(|error| SecretError::File {
                path: path.clone(),
                error,
            })?),
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
fn run(command: &str, deadline: Duration) -> Result<Vec<u8>, SecretError> {
    let end = Instant::now() + deadline;
    let mut child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(SecretError::NotRun)?;
    let output = child.stdout.take();
    let (sender, receiver) = mpsc::channel();
    // Reading needs a thread of its own: what the shell started may keep the pipe open after the
    // shell was killed. Then the thread stays behind, and ends with the process.
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.map(|output| output.take(LARGEST).read_to_end(&mut bytes));
        let _ = sender.send(read.transpose().map(|_| bytes));
    });
    let read = receiver.recv_timeout(deadline);
    match (read, wait(&mut child, end).map_err(SecretError::NotRun)?) {
        (_, Some(status)) if !status.success() => Err(SecretError::Failed(status)),
        (Ok(bytes), Some(_)) => bytes.map_err(SecretError::NotRun),
        (_, None) | (Err(_), Some(_)) => Err(SecretError::TooSlow(deadline)),
    }
}

/// Waits for the child's end; kills it at `end` and gives `None`.
fn wait(child: &mut Child, end: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(text: &str) -> Result<String, String> {
        SecretSource::Command(text.to_owned())
            .fetch()
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
            let error = run(hangs, deadline).unwrap_err();
            assert!(matches!(error, SecretError::TooSlow(_)), "{hangs}: {error}");
        }
        assert!(started.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn a_file_gives_its_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "hunter2\n").unwrap();
        assert_eq!(SecretSource::File(path).fetch().unwrap(), "hunter2");
        let error = SecretSource::File("/no/such".into()).fetch().unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("\"/no/such\" cannot be read: ")
        );
    }
}
