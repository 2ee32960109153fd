//! Runs evctl with an environment of its own: nothing of the machine's configuration is seen, and
//! no cluster that it names is touched.

use std::{
    ffi::OsStr,
    io::{Read, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use evctl::config::env;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::until;

/// Runs evctl in an empty home and waits for it.
#[track_caller]
pub fn evctl(arguments: &[&str]) -> Output {
    Home::new().evctl(arguments).run()
}

/// A home directory, which is also the working directory, for several runs that share files.
#[derive(Debug)]
pub struct Home(TempDir);

impl Home {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file into it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    /// Reads a file from it.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// An evctl that lives in it.
    pub fn evctl(&self, arguments: &[&str]) -> Evctl {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evctl"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", env::variable("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Evctl {
            command,
            input: Vec::new(),
        }
    }
}

/// An evctl that is about to run.
#[must_use]
#[derive(Debug)]
pub struct Evctl {
    command: Command,
    input: Vec<u8>,
}

impl Evctl {
    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// What it reads from its standard input, which then ends.
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self.command.stdin(Stdio::piped());
        self
    }

    /// Its standard input stays open; [`Running::type_in`] writes to it.
    pub fn open_stdin(mut self) -> Self {
        self.command.stdin(Stdio::piped());
        self
    }

    /// There is no terminal to ask on, even if whoever runs the tests has one.
    pub fn without_terminal(self) -> Self {
        self.run_by(Command::new("setsid"))
    }

    /// Runs within a shell that `script` prepares, and that ends with `exec "$0" "$@"`.
    pub fn within(self, script: &str) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        self.run_by(shell)
    }

    /// Its standard output and error are one terminal of `columns` columns; what it prints there is
    /// the standard output of the run.
    pub fn on_a_terminal(self, columns: u16) -> Self {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        let quoted =
            words.map(|word| format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''")));
        let line = quoted.collect::<Vec<_>>().join(" ");
        let mut script = Command::new("script");
        let prepared = format!("stty -onlcr cols {columns} rows 50; exec {line}");
        script.args(["-qefc", &prepared, "/dev/null"]);
        self.replaced_by(script)
    }

    fn run_by(self, mut command: Command) -> Self {
        command
            .arg(self.command.get_program())
            .args(self.command.get_args());
        self.replaced_by(command)
    }

    /// Runs `command` in the same surroundings instead.
    fn replaced_by(mut self, mut command: Command) -> Self {
        command.env_clear().envs(
            self.command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        if let Some(directory) = self.command.get_current_dir() {
            command.current_dir(directory);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        self.command = command;
        self
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn run(mut self) -> Output {
        let input = std::mem::take(&mut self.input);
        let mut running = self.spawn();
        let writer = running.stdin.take().map(|mut stdin| {
            // In a thread: it may not read all of it before it writes. And not at all, if it fails.
            thread::spawn(move || drop(stdin.write_all(&input)))
        });
        let output = running.finish();
        writer.map(JoinHandle::join);
        output
    }

    /// Starts it and does not wait.
    pub fn spawn(self) -> Running {
        let mut running = self.spawn_unread();
        running.read_stdout();
        running
    }

    /// Starts it and reads nothing of what it prints, so that it waits for us as soon as the pipe
    /// is full, until [`Running::read_stdout`] or [`Running::close_stdout`].
    pub fn spawn_unread(mut self) -> Running {
        let mut child = self.command.spawn().unwrap();
        let (stderr, reader) = collect(child.stderr.take().unwrap(), Collected::default());
        Running {
            stdin: child.stdin.take(),
            unread: child.stdout.take(),
            child,
            stdout: Collected::default(),
            stderr,
            readers: vec![reader],
        }
    }
}

type Collected = Arc<Mutex<Vec<u8>>>;

fn collect(
    mut from: impl Read + Send + 'static,
    collected: Collected,
) -> (Collected, JoinHandle<()>) {
    let into = Arc::clone(&collected);
    let reader = thread::spawn(move || {
        let mut buffer = [0; 1 << 16];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            into.lock().unwrap().extend_from_slice(&buffer[..count]);
        }
    });
    (collected, reader)
}

/// An evctl that runs. Dropped it is killed.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    unread: Option<ChildStdout>,
    stdout: Collected,
    stderr: Collected,
    readers: Vec<JoinHandle<()>>,
}

impl Running {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to its standard output so far.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout.lock().unwrap()).into_owned()
    }

    /// What it wrote to its standard error so far.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr.lock().unwrap()).into_owned()
    }

    /// Waits until its standard output contains `text`.
    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        until(&format!("evctl prints {text:?}"), || {
            self.stdout().contains(text)
        });
    }

    /// Writes to the standard input that [`Evctl::open_stdin`] left open.
    pub fn type_in(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
    }

    /// Closes the standard input that [`Evctl::open_stdin`] left open.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Reads one byte of what [`Evctl::spawn_unread`] left: now it has begun to print.
    pub fn wait_for_first_byte(&mut self) {
        let mut byte = [0];
        self.unread.as_mut().unwrap().read_exact(&mut byte).unwrap();
        self.stdout.lock().unwrap().extend_from_slice(&byte);
    }

    /// From now on reads what [`Evctl::spawn_unread`] left.
    pub fn read_stdout(&mut self) {
        let unread = self.unread.take().unwrap();
        let (_, reader) = collect(unread, Arc::clone(&self.stdout));
        self.readers.push(reader);
    }

    /// Closes what [`Evctl::spawn_unread`] left, as `head` does when it has seen enough.
    pub fn close_stdout(&mut self) {
        self.unread = None;
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Does `work` while it is suspended: it sees the result only, and nothing in between.
    pub fn while_suspended<T>(&self, work: impl FnOnce() -> T) -> T {
        self.signal(Signal::STOP);
        let result = work();
        self.signal(Signal::CONT);
        result
    }

    /// Sends it a signal and waits for its end.
    #[track_caller]
    pub fn end_by(self, signal: Signal) -> Output {
        self.signal(signal);
        self.finish()
    }

    /// Waits for its end.
    #[track_caller]
    pub fn finish(mut self) -> Output {
        use std::os::unix::process::ExitStatusExt;

        let started = Instant::now();
        until("evctl ends", || self.child.try_wait().unwrap().is_some());
        let took = started.elapsed();
        let status = self.child.wait().unwrap();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        Output {
            stdout: self.stdout.lock().unwrap().clone(),
            stderr: self.stderr(),
            code: status
                .code()
                .unwrap_or_else(|| 128 + status.signal().unwrap()),
            took,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a run left.
#[must_use]
#[derive(Debug)]
pub struct Output {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: String,
    /// The exit code; 128 and the signal if one ended it.
    pub code: i32,
    /// How long was waited for it.
    pub took: Duration,
}

impl Output {
    /// Standard output as text.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    /// The lines of standard output.
    #[track_caller]
    pub fn lines(&self) -> Vec<&str> {
        self.text().lines().collect()
    }

    /// Asserts that it ended with `code`.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            code,
            "the exit code\n-- stdout ({} bytes) --\n{}\n-- stderr --\n{}",
            self.stdout.len(),
            String::from_utf8_lossy(&self.stdout[..self.stdout.len().min(4_096)]),
            self.stderr
        );
        self
    }

    /// Asserts that it went well, and gives what it wrote to standard output.
    #[track_caller]
    pub fn ok(self) -> String {
        self.exits(0).text().to_owned()
    }
}
