//! Git: its answers, and the files of a commit.

use std::{
    cell::RefCell,
    collections::HashMap,
    io::{self, BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use super::{
    error::SourceError,
    file_tree::{FileTree, LARGEST, plain, text},
};

/// What Git prints.
///
/// # Errors
/// There is no Git, or it refuses.
pub(super) fn git(arguments: &[&str]) -> Result<Vec<u8>, SourceError> {
    let answer = ask(arguments)?;
    answer.map_err(|message| {
        let mut words = arguments.iter();
        let command = words.find(|word| !word.starts_with('-') && !word.contains('='));
        SourceError::Git {
            command: (*command.unwrap_or(&"")).to_owned(),
            message,
        }
    })
}

/// What Git prints, or what it complains about.
fn ask(arguments: &[&str]) -> Result<Result<Vec<u8>, String>, SourceError> {
    let output = command(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(SourceError::GitNotRun)?;
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

/// The files of a commit.
#[derive(Debug)]
pub(super) struct Commit {
    /// As it was named.
    name: String,
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
    pub(super) fn find(name: &str) -> Result<Self, SourceError> {
        git(&["rev-parse", "--git-dir"])?;
        let tree = format!("{name}^{{tree}}");
        let found = ask(&["rev-parse", "--verify", &tree])?;
        let found = found.map_err(|message| SourceError::NoCommit {
            name: name.to_owned(),
            message,
        })?;
        Ok(Self {
            name: name.to_owned(),
            tree: String::from_utf8_lossy(&found).trim().to_owned(),
            known: HashMap::new(),
            batch: RefCell::new(Batch::start()?),
        })
    }

    /// Takes note of the object id of the file at `path`.
    pub(super) fn learn(&mut self, path: &str, id: &str) {
        self.known.insert(path.to_owned(), id.to_owned());
    }
}

impl FileTree for Commit {
    fn label(&self, path: &str) -> String {
        format!("git:{}:{path}", self.name)
    }

    /// Paths count from the root of the repository.
    fn read(&self, path: &str) -> Result<Option<String>, SourceError> {
        if path.contains('\n') {
            return Err(SourceError::LineBreak(path.to_owned()));
        }
        let by_path = || format!("{}:{path}", self.tree);
        let object = self.known.get(path).cloned().unwrap_or_else(by_path);
        let read = self.batch.borrow_mut().read(&object);
        let read = read.map_err(|source| SourceError::UnreadableInGit {
            commit: self.name.clone(),
            path: path.to_owned(),
            source,
        })?;
        read.map(|bytes| text(path, &bytes)).transpose()
    }

    fn files(&self, folder: &str) -> Result<Option<Vec<String>>, SourceError> {
        let folder = format!("{}/", folder.trim_end_matches('/'));
        let listed = ["ls-tree", "-r", "-z", "--name-only", "--full-tree"];
        let listed = git(&[&listed[..], &[&self.tree, "--", &folder]].concat())?;
        let listed = String::from_utf8_lossy(&listed);
        let mut found: Vec<String> = listed.split_terminator('\0').map(str::to_owned).collect();
        found.sort_unstable();
        Ok((!found.is_empty()).then_some(found))
    }
}

/// A path that is typed as relative to the working folder, such as `./a.avsc`, from the root of the
/// repository.
///
/// # Errors
/// There is no Git, or no repository.
pub(super) fn from_root(path: &str) -> Result<String, SourceError> {
    if !path.starts_with("./") && !path.starts_with("../") {
        return Ok(path.to_owned());
    }
    Ok(plain(&format!("{}{path}", prefix()?)))
}

/// The path of the working folder from the root of the repository: empty, or with a `/` at its end.
pub(super) fn prefix() -> Result<String, SourceError> {
    let prefix = git(&["rev-parse", "--show-prefix"])?;
    Ok(String::from_utf8_lossy(&prefix).trim_end().to_owned())
}

/// One process that reads every object: to start one for each takes longer than to compare them.
#[derive(Debug)]
struct Batch {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Batch {
    fn start() -> Result<Self, SourceError> {
        let started = command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut process = started.map_err(SourceError::GitNotRun)?;
        match (process.stdin.take(), process.stdout.take()) {
            (Some(questions), Some(answers)) => Ok(Self {
                process,
                questions,
                answers: BufReader::new(answers),
            }),
            _ => Err(SourceError::GitNotRun(io::Error::other(
                "git cat-file has no pipes",
            ))),
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
