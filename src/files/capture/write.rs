//! Writing a capture file: as `NAME.part`, renamed when it is whole.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use ring::rand::{SecureRandom, SystemRandom};

use super::{
    layout::{self, CaptureHeader, LastLine, SplitPart},
    part::{Part, PartFile, is_special, unfinished},
    parts::{existing_parts, numbered},
};
use crate::{
    codec::record_json,
    event::{Record, TopicPartition},
    pipeline::{Fault, Flow, Gap, Ledger, Sink},
};

/// What is kept free for the last line, which has no gaps in a part that is not the last.
const LAST_LINE: u64 = 256;

/// Names that capture files end in: what every command takes for a file and can read.
pub const SUFFIXES: [&str; 5] = [".ndjson", ".jsonl", ".json", ".gz", ".zst"];

/// Where a capture goes.
pub enum CaptureTarget {
    /// A file: compressed by its suffix, and there under its name only once it is whole.
    File(PathBuf, Existing),
    /// A stream such as stdout: neither compressed nor split.
    Stream(Box<dyn Write + Send>),
}

/// What to do about a file that has the name already, or that an interrupted capture left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and the capture does not begin.
    #[default]
    Refuse,
    /// It is replaced once the new file is whole (`--force`).
    Replace,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaptureSummary {
    /// The files, one unless they were split; none for a stream.
    pub files: Vec<PathBuf>,
    /// Records in all files.
    pub records: u64,
    /// Bytes of all lines, before compression.
    pub bytes: u64,
    /// The digest that the last line of the last file holds, in hex.
    pub sha256: String,
    /// How every record ended up: in the files, or not.
    pub saved: Saved,
}

/// Which of the records that a writer was given are in its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Saved {
    /// All of them.
    #[default]
    All,
    /// Those in the parts that were whole before a write failed: the offset after the last record
    /// of each partition that has any.
    Before(BTreeMap<TopicPartition, i64>),
    /// Unknown: the reader of the stream went away.
    Unknown,
}

/// A capture that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum CaptureWriteError {
    /// The file cannot be made, written or renamed.
    #[error("cannot write {name:?}")]
    Write {
        /// The file, or `stdout`.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// Only files can be split.
    #[error("a stream cannot be split")]
    SplitStream,
    /// The file's name does not say that it is one.
    #[error("{0:?} does not end in {list}", list = SUFFIXES.join(", "))]
    Suffix(String),
    /// The file exists already.
    #[error("{0:?} exists already")]
    Exists(String),
    /// A capture that did not come to its end left this.
    #[error("{0:?} is what an interrupted capture left")]
    Unfinished(String),
    /// Another process is writing this.
    #[error("{0:?} is being written by another evctl")]
    InProgress(String),
}

impl CaptureWriteError {
    /// What becomes of the bytes before the error: a stream or a device has them, a file goes.
    #[must_use]
    pub fn left_behind(&self) -> &'static str {
        let device = |name: &str| fs::metadata(name).is_ok_and(|target| !target.is_file());
        match self {
            Self::Write { name, .. } if name == "stdout" || device(name) => {
                "what was written there before is not a whole capture"
            }
            _ => "a file that is not whole is not kept",
        }
    }
}

/// Looks whether a capture to the file `path` may begin.
///
/// # Errors
/// A name without a suffix of [`SUFFIXES`], or a file or a part that `existing` does not let go.
pub fn check_target(path: &Path, existing: Existing, split: bool) -> Result<(), CaptureWriteError> {
    if is_special(path) {
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) {
        return Err(CaptureWriteError::Suffix(path.display().to_string()));
    }
    if existing == Existing::Replace {
        return Ok(());
    }
    let found = if split {
        // A folder that cannot be listed may be written to.
        let parts = existing_parts(path).unwrap_or_default();
        parts.into_iter().map(|(_, path)| path).min()
    } else {
        let names = [path.to_owned(), unfinished(path)];
        names.into_iter().find(|path| path.exists())
    };
    match found {
        None => Ok(()),
        Some(path) if path.extension().is_some_and(|suffix| suffix == "part") => {
            Err(CaptureWriteError::Unfinished(path.display().to_string()))
        }
        Some(path) => Err(CaptureWriteError::Exists(path.display().to_string())),
    }
}

/// Takes records in the order in which they shall stand in the file. Dropped before
/// [`CaptureWriter::finish`], or after a failed write, it leaves nothing behind but the parts of a
/// split capture that were whole already.
pub struct CaptureWriter {
    target: Target,
    header: CaptureHeader,
    /// `None` once a write has failed: what it held is lost.
    part: Option<Part>,
    line: Vec<u8>,
    /// Records of this part.
    records: u64,
    /// Of the parts that are whole.
    summary: CaptureSummary,
}

enum Target {
    File,
    Parts(Parts),
    Stream,
}

/// A split capture.
struct Parts {
    path: PathBuf,
    existing: Existing,
    limit: u64,
    /// The part that is being written.
    number: u32,
    /// What the parts hold of each partition.
    ledger: Ledger,
    /// Whether there are parts of an older capture, which are replaced all at once.
    replaces: bool,
    /// The parts that are whole and wait for the last one.
    waiting: Vec<PartFile>,
}

impl CaptureWriter {
    /// Begins a capture. `split` is the number of bytes before compression that a file may hold;
    /// a record that is larger has a file of its own. The files are then called
    /// `NAME.0001.ndjson.zst` and so on, each whole in itself.
    ///
    /// # Errors
    /// The file cannot be made, or a stream is to be split.
    pub fn create(
        target: CaptureTarget,
        header: &CaptureHeader,
        split: Option<u64>,
    ) -> Result<Self, CaptureWriteError> {
        let mut header = header.clone();
        let (target, part) = match (target, split) {
            (CaptureTarget::Stream(stream), None) => (Target::Stream, Part::stream(stream)?),
            (CaptureTarget::Stream(_), Some(_)) => return Err(CaptureWriteError::SplitStream),
            (CaptureTarget::File(path, existing), None) => {
                (Target::File, Part::file(path, existing)?)
            }
            (CaptureTarget::File(path, existing), Some(limit)) => {
                check_target(&path, existing, true)?;
                header.part = Some(SplitPart {
                    set: random_set(),
                    number: 1,
                });
                let part = Part::file(numbered(&path, 1), existing)?;
                let parts = Parts {
                    replaces: existing_parts(&path).is_ok_and(|parts| parts.len() > 1),
                    path,
                    existing,
                    limit,
                    number: 1,
                    ledger: Ledger::default(),
                    waiting: Vec::new(),
                };
                (Target::Parts(parts), part)
            }
        };
        let mut writer = Self {
            target,
            header,
            part: Some(part),
            line: Vec::new(),
            records: 0,
            summary: CaptureSummary::default(),
        };
        writer.begin_part()?;
        Ok(writer)
    }

    /// Whether a write has failed: no more records are taken.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.part.is_none()
    }

    /// Writes the last line and gives the file its name. `truncated` says that the capture was
    /// stopped before its end. A truncated file takes the place of no other: it stays `NAME.part`.
    ///
    /// The summary counts what the files hold, also after an error, here or before.
    pub fn finish(
        mut self,
        truncated: bool,
        gaps: &[Gap],
    ) -> (CaptureSummary, Result<(), CaptureWriteError>) {
        let failed = self.has_failed();
        let records = self.records;
        let last = |sha256: &str| LastLine::new(records, sha256.to_owned(), gaps, truncated);
        let closed = self.close(last, truncated);
        let whole = closed.is_ok() && !failed && !truncated;
        let finished = closed.and(self.name_parts(whole));
        if failed || finished.is_err() {
            self.summary.saved = Saved::Before(match &mut self.target {
                Target::Parts(parts) => parts.ledger.commit(),
                _ => BTreeMap::new(),
            });
        }
        (self.summary, finished)
    }

    /// Gives the parts their names that waited for the last one to replace an older capture, and
    /// removes what else is left of that; parts of a capture that is not `whole` stay `NAME.part`.
    fn name_parts(&mut self, whole: bool) -> Result<(), CaptureWriteError> {
        let Target::Parts(parts) = &mut self.target else {
            return Ok(());
        };
        for place in std::mem::take(&mut parts.waiting) {
            let path = if whole { place.rename() } else { place.keep() }?;
            self.summary.files.push(path);
        }
        if !(whole && parts.replaces) {
            return Ok(());
        }
        let old = existing_parts(&parts.path).unwrap_or_default();
        for (_, path) in old.into_iter().filter(|(number, _)| *number > parts.number) {
            fs::remove_file(&path).map_err(|source| CaptureWriteError::Write {
                name: path.display().to_string(),
                source,
            })?;
        }
        Ok(())
    }

    /// Begins the next part when `line` does not fit into this one.
    fn make_room(&mut self) -> Result<(), CaptureWriteError> {
        let (Target::Parts(parts), Some(part)) = (&self.target, &self.part) else {
            return Ok(());
        };
        let bytes = part.bytes() + self.line.len() as u64 + LAST_LINE;
        if self.records == 0 || bytes <= parts.limit {
            return Ok(());
        }
        let records = self.records;
        let last = |sha256: &str| LastLine::of_part(records, sha256.to_owned());
        self.close(last, false)?;
        let Target::Parts(parts) = &mut self.target else {
            return Ok(());
        };
        parts.number += 1;
        let path = numbered(&parts.path, parts.number);
        if let Some(part) = &mut self.header.part {
            part.number = parts.number;
        }
        self.part = Some(Part::file(path, parts.existing)?);
        self.begin_part()
    }

    fn begin_part(&mut self) -> Result<(), CaptureWriteError> {
        match &mut self.part {
            Some(part) => part.write(&layout::first_line(&self.header)),
            None => Ok(()),
        }
    }

    /// Ends this part: writes its last line and gives it its name, if that can be now.
    fn close(
        &mut self,
        last: impl FnOnce(&str) -> LastLine,
        truncated: bool,
    ) -> Result<(), CaptureWriteError> {
        let Some(part) = self.part.take() else {
            return Ok(());
        };
        let finished = part.finish(|sha256| last(sha256).to_line())?;
        let waiting = match &mut self.target {
            Target::Parts(parts) if parts.replaces => Some(&mut parts.waiting),
            _ => None,
        };
        match (finished.place, waiting) {
            (Some(place), Some(waiting)) => waiting.push(place),
            (Some(place), None) if truncated => {
                self.summary.files.push(place.rename_unless_taken()?);
            }
            (Some(place), None) => self.summary.files.push(place.rename()?),
            (None, _) => {}
        }
        if finished.closed {
            self.summary.saved = Saved::Unknown;
        }
        self.summary.records += std::mem::take(&mut self.records);
        self.summary.bytes += finished.bytes;
        self.summary.sha256 = finished.sha256;
        if let Target::Parts(parts) = &mut self.target {
            parts.ledger.flushed();
        }
        Ok(())
    }

    fn put(&mut self, record: &Record<'_>) -> Result<Flow, CaptureWriteError> {
        self.line.clear();
        record_json::write(&mut self.line, record);
        self.line.push(b'\n');
        self.make_room()?;
        let Some(part) = &mut self.part else {
            return Ok(Flow::Stop);
        };
        self.records += 1;
        if let Target::Parts(parts) = &mut self.target {
            parts
                .ledger
                .take(record.topic, record.partition, record.offset + 1);
        }
        part.write(&self.line)?;
        Ok(part.flow())
    }
}

impl Sink for CaptureWriter {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        let done = self.put(record);
        if done.is_err() {
            self.part = None;
        }
        Ok(done?)
    }

    /// A stream is kept live, and so is a file: should the process be killed, it holds what came.
    fn idle(&mut self) -> Result<Flow, Fault> {
        let Some(part) = &mut self.part else {
            return Ok(Flow::Stop);
        };
        if let Err(error) = part.hand_over() {
            self.part = None;
            return Err(error.into());
        }
        Ok(part.flow())
    }
}

/// A name that no other capture has.
fn random_set() -> String {
    let mut bytes = [0; 8];
    // A system without random numbers gives sets that cannot be told apart, and files that are
    // whole all the same.
    let _ = SystemRandom::new().fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}
