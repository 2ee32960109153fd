//! What Git knows: its answers, and the files of a commit.

use std::{
    cell::RefCell,
    collections::HashMap,
    io::{self, BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use super::tree::LARGEST;
use crate::{exit::Exit, failure::Failure};

/// What Git prints.
///
/// # Errors
/// There is no Git, or it refuses.
pub(super) fn git(arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let answer = ask(arguments)?;
    answer.map_err(|said| {
        let command = arguments
            .iter()
            .find(|word| !word.starts_with('-') && !word.contains('='));
        Failure::usage(format!("git {} failed", command.unwrap_or(&""))).cause(said)
    })
}

/// What Git prints, or what it complains about.
fn ask(arguments: &[&str]) -> Result<Result<Vec<u8>, String>, Failure> {
    let output = command(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_run(&error))?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Ok(Err(said.lines().next().unwrap_or("it failed").to_owned()))
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(arguments).env("LC_ALL", "C");
    command
}

fn not_run(error: &io::Error) -> Failure {
    let failure = Failure::usage("git cannot be run").cause(error);
    match error.kind() {
        io::ErrorKind::NotFound => failure.hint("install it: apt-get install git"),
        _ => failure,
    }
}

/// The files of a commit.
#[derive(Debug)]
pub(super) struct Commit {
    /// As it was typed.
    pub(super) name: String,
    /// The object id of its tree.
    tree: String,
    /// Object ids of files by their paths, as far as they are known: they are found faster.
    known: HashMap<String, String>,
    batch: RefCell<Batch>,
}

impl Commit {
    /// The commit of this name.
    ///
    /// # Errors
    /// There is no Git, no repository, or no such commit.
    pub(super) fn find(name: &str) -> Result<Self, Failure> {
        git(&["rev-parse", "--git-dir"])?;
        let tree = format!("{name}^{{tree}}");
        let found = ask(&["rev-parse", "--verify", &tree])?;
        let found = found.map_err(|said| {
            Failure::new(Exit::NotFound, format!("Git knows no commit {name:?}"))
                .cause(said)
                .hint("in CI fetch it first: git fetch origin main")
        })?;
        Ok(Self {
            name: name.to_owned(),
            tree: String::from_utf8_lossy(&found).trim().to_owned(),
            known: HashMap::new(),
            batch: RefCell::new(Batch::start()?),
        })
    }

    /// What is in the file at `path`, counted from the root; `None` when there is no such file.
    ///
    /// # Errors
    /// Git fails.
    pub(super) fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        if path.contains('\n') {
            let failure = Failure::usage(format!("{path:?} cannot be read from Git"));
            return Err(failure.cause("its name has a line break"));
        }
        let by_path = || format!("{}:{path}", self.tree);
        let object = self.known.get(path).cloned().unwrap_or_else(by_path);
        let read = self.batch.borrow_mut().read(&object);
        read.map_err(|error| {
            let name = &self.name;
            Failure::usage(format!("git:{name}:{path} cannot be read")).cause(error)
        })
    }

    /// Takes note of the object id of the file at `path`.
    pub(super) fn learn(&mut self, path: &str, id: &str) {
        self.known.insert(path.to_owned(), id.to_owned());
    }

    /// The paths of all files below a folder.
    ///
    /// # Errors
    /// Git fails.
    pub(super) fn below(&self, folder: &str) -> Result<Vec<String>, Failure> {
        let folder = format!("{}/", folder.trim_end_matches('/'));
        let listed = ["ls-tree", "-r", "-z", "--name-only", "--full-tree"];
        let listed = git(&[&listed[..], &[&self.tree, "--", &folder]].concat())?;
        let listed = String::from_utf8_lossy(&listed);
        Ok(listed.split_terminator('\0').map(str::to_owned).collect())
    }
}

/// One process that reads every object: to start one for each takes longer than to compare them.
#[derive(Debug)]
struct Batch {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Batch {
    fn start() -> Result<Self, Failure> {
        let started = command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut process = started.map_err(|error| not_run(&error))?;
        match (process.stdin.take(), process.stdout.take()) {
            (Some(questions), Some(answers)) => Ok(Self {
                process,
                questions,
                answers: BufReader::new(answers),
            }),
            _ => Err(Failure::usage("git cat-file has no pipes")),
        }
    }

    /// The bytes of a file, cut behind [`LARGEST`]; `None` when there is none, as for a folder.
    fn read(&mut self, object: &str) -> io::Result<Option<Vec<u8>>> {
        self.questions.write_all(format!("{object}\n").as_bytes())?;
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        if head.is_empty() {
            return Err(io::Error::other("git cat-file ended"));
        }
        // "ID KIND SIZE", and after the bytes a line break; else "OBJECT missing".
        let mut words = head.trim_end().rsplitn(3, ' ');
        let (size, kind) = (words.next(), words.next());
        let Some(size) = size.and_then(|size| size.parse::<u64>().ok()) else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        let mut answer = (&mut self.answers).take(size + 1);
        (&mut answer)
            .take(size.min(LARGEST + 1))
            .read_to_end(&mut bytes)?;
        io::copy(&mut answer, &mut io::sink())?;
        Ok((kind == Some("blob")).then_some(bytes))
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
