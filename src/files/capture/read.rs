//! Capture files as a source of records.

use std::{
    collections::BTreeMap,
    io::BufRead,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{CaptureError, CaptureHeader, MissingPart, SplitSets, file::CaptureFile, layout};
use crate::{
    event::{Record, RecordBuf},
    files::{Limit, open_text},
    pipeline::{Fault, Flow, Gap, Merge, Progress, Sink, Source, Step},
};

/// The most records that one step pushes: signals are checked between steps.
const TURN: usize = 64;

/// What to do about a file whose last line is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Truncated {
    /// It is an error, after the records that are there.
    #[default]
    Refuse,
    /// It is an end (`--allow-truncated`).
    Allow,
}

/// How a file ended that does not hold all that was to be captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// The last line was missing, which was allowed; holds the file's name.
    NoLastLine(String),
    /// The capture was interrupted and says so; holds the file's name.
    Interrupted(String),
    /// A part of a split capture was missing, which was allowed.
    MissingPart(MissingPart),
}

/// Capture files as one source: one after the other, or merged by time. Files of plain NDJSON
/// without header and last line are taken, too.
pub struct CaptureReader {
    /// Never empty.
    streams: Vec<Stream>,
    /// The stream of the record at hand; the others have their next one in `merge`.
    at: usize,
    merge: Merge,
    begun: bool,
    record: RecordBuf,
    /// Whether the record at hand was not taken by the sink and has to be offered again.
    held: bool,
    truncated: Truncated,
    progress: Progress,
    gaps: Vec<Gap>,
    incomplete: Vec<Incomplete>,
    sets: SplitSets,
    /// The paths that are redacted in any file.
    redacted: Vec<String>,
}

/// Files that are read one after the other.
struct Stream {
    file: CaptureFile,
    path: PathBuf,
    /// Those that follow, the next one last.
    rest: Vec<PathBuf>,
    /// The next record, when it is in the merge.
    record: RecordBuf,
    /// The bytes of the file that count as read.
    counted: u64,
}

impl Stream {
    fn new(file: CaptureFile, path: PathBuf, rest: Vec<PathBuf>) -> Self {
        Self {
            file,
            path,
            rest,
            record: RecordBuf::default(),
            counted: 0,
        }
    }

    /// The bytes that were read since the last call.
    fn count(&mut self) -> u64 {
        let passed = self.file.lines.input().passed();
        passed - std::mem::replace(&mut self.counted, passed)
    }
}

/// Checks that the capture file at `path` is what its writer left, without a look into its records.
/// Returns the paths that are redacted in them. Plain NDJSON has nothing to check, and is not read.
///
/// # Errors
/// It cannot be read, has the header of another version, was cut or was changed.
pub fn check_whole(path: &Path) -> Result<Vec<String>, CaptureError> {
    let mut input = open_text(path)?;
    // Any other line may be as long as it likes.
    let capture = input
        .fill_buf()
        .is_ok_and(|start| start.starts_with(layout::START));
    if !capture {
        return Ok(Vec::new());
    }
    let mut file = CaptureFile::begin(input, Limit::default())?;
    if file.header().is_some() {
        file.skip_to_end()?;
    }
    Ok(redacted_in(&file))
}

fn redacted_in(file: &CaptureFile) -> Vec<String> {
    file.header()
        .map(|header| header.redacted.clone())
        .unwrap_or_default()
}

impl CaptureReader {
    /// Opens the files, the first of which has to be there; `-` is stdin.
    ///
    /// # Errors
    /// A file that cannot be opened, or the header of another version.
    pub fn open(
        first: &Path,
        others: &[PathBuf],
        truncated: Truncated,
    ) -> Result<Self, CaptureError> {
        let file = CaptureFile::open(first)?;
        let mut total = file.lines.input().size();
        let mut redacted = redacted_in(&file);
        // A mistake in the last name shows before the first record.
        for path in others.iter().filter(|path| path.as_os_str() != "-") {
            let other = CaptureFile::open(path)?;
            total += other.lines.input().size();
            redacted.extend(redacted_in(&other));
        }
        redacted.sort_unstable();
        redacted.dedup();
        let rest = others.iter().rev().cloned().collect();
        Ok(Self {
            streams: vec![Stream::new(file, first.to_owned(), rest)],
            at: 0,
            merge: Merge::default(),
            begun: false,
            record: RecordBuf::default(),
            held: false,
            truncated,
            progress: Progress {
                total,
                ..Progress::default()
            },
            gaps: Vec::new(),
            incomplete: Vec::new(),
            redacted,
            sets: SplitSets::default(),
        })
    }

    /// Merges the files by the timestamps of their records; each keeps its own order, and the parts
    /// of a split capture follow each other. Before the first record is read.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn by_time(mut self) -> Result<Self, CaptureError> {
        let Some(first) = self.streams.pop() else {
            return Ok(self);
        };
        let mut sets: BTreeMap<String, Vec<(u32, CaptureFile, PathBuf)>> = BTreeMap::new();
        let mut alone = Vec::new();
        let mut sort = |file: CaptureFile, path: PathBuf| {
            let part = file.header().and_then(|header| header.part.as_ref());
            match part.map(|part| (part.set.clone(), part.number)) {
                Some((set, number)) => sets.entry(set).or_default().push((number, file, path)),
                None => alone.push(Stream::new(file, path, Vec::new())),
            }
        };
        sort(first.file, first.path);
        for path in first.rest.into_iter().rev() {
            sort(CaptureFile::open(&path)?, path);
        }
        for mut parts in sets.into_values() {
            parts.sort_by_key(|(number, ..)| *number);
            let mut parts = parts.into_iter();
            if let Some((_, file, path)) = parts.next() {
                let rest = parts.map(|(.., path)| path).rev().collect();
                alone.push(Stream::new(file, path, rest));
            }
        }
        self.streams = alone;
        Ok(self)
    }

    /// The paths that are redacted in any of the files that were opened so far.
    #[must_use]
    pub fn redacted(&self) -> &[String] {
        &self.redacted
    }

    /// The header of the file that is being read; `None` for plain NDJSON.
    #[must_use]
    pub fn header(&self) -> Option<&CaptureHeader> {
        self.streams.get(self.at)?.file.header()
    }

    /// The files that did not hold all that was to be captured, once they have been read.
    #[must_use]
    pub fn incomplete(&self) -> &[Incomplete] {
        &self.incomplete
    }

    /// Goes to the next record of any file and says whether there is one.
    fn next(&mut self) -> Result<bool, CaptureError> {
        if self.begun {
            self.fill(self.at)?;
        } else {
            self.begun = true;
            for index in 0..self.streams.len() {
                self.fill(index)?;
            }
        }
        let Some(index) = self.merge.pop() else {
            return self.end_of_sets().map(|()| false);
        };
        self.at = index;
        if let Some(stream) = self.streams.get_mut(index) {
            std::mem::swap(&mut self.record, &mut stream.record);
        }
        Ok(true)
    }

    /// Reads the next record of a stream into it, and puts it into the merge when there is one.
    fn fill(&mut self, index: usize) -> Result<(), CaptureError> {
        let Some(stream) = self.streams.get_mut(index) else {
            return Ok(());
        };
        loop {
            match stream.file.next(&mut stream.record) {
                Ok(Some(_)) => {
                    self.merge.push(stream.record.timestamp, index);
                    return Ok(());
                }
                Ok(None) => {}
                Err(CaptureError::Truncated { name, .. }) if self.truncated == Truncated::Allow => {
                    self.incomplete.push(Incomplete::NoLastLine(name));
                }
                Err(error) => return Err(error),
            }
            if let Some(last) = stream.file.last() {
                self.gaps.extend(last.gaps());
                if last.truncated {
                    self.incomplete
                        .push(Incomplete::Interrupted(stream.file.name()));
                }
            }
            self.sets.note(
                &stream.path,
                stream.file.header().and_then(|header| header.part.as_ref()),
                stream.file.last().is_some_and(|last| last.more),
            );
            let Some(path) = stream.rest.pop() else {
                return Ok(());
            };
            self.progress.done += stream.count();
            stream.file = CaptureFile::open(&path)?;
            stream.path = path;
            stream.counted = 0;
        }
    }

    /// All files were read: are the parts of split captures together?
    fn end_of_sets(&mut self) -> Result<(), CaptureError> {
        let Some(missing) = std::mem::take(&mut self.sets).missing() else {
            return Ok(());
        };
        match self.truncated {
            Truncated::Refuse => Err(missing.into()),
            Truncated::Allow => {
                self.incomplete.push(Incomplete::MissingPart(missing));
                Ok(())
            }
        }
    }

    /// Goes to the next record of any file and says whether there is one, for whoever takes
    /// records one at a time.
    ///
    /// # Errors
    /// A file that cannot be read on, or is not what its writer left.
    pub fn advance(&mut self) -> Result<bool, CaptureError> {
        let there = self.next()?;
        if there {
            self.count();
        }
        Ok(there)
    }

    /// The record at hand: the one that [`CaptureReader::advance`] went to last.
    #[must_use]
    pub fn record(&self) -> Record<'_> {
        self.record.as_record()
    }

    /// Whether the next record is buffered already.
    fn is_at_hand(&self) -> bool {
        let stream = self.streams.get(self.at);
        stream.is_some_and(|stream| stream.file.lines.at_hand())
    }

    fn count(&mut self) {
        self.progress.records += 1;
        if let Some(stream) = self.streams.get_mut(self.at) {
            self.progress.done += stream.count();
        }
        self.progress.bytes = self.progress.done;
    }
}

impl Source for CaptureReader {
    fn step(&mut self, sink: &mut dyn Sink, _: Duration) -> Result<Step, Fault> {
        if !self.held && !self.is_at_hand() && sink.idle()? == Flow::Stop {
            return Ok(Step::Stopped);
        }
        for _ in 0..TURN {
            if !std::mem::take(&mut self.held) && !self.advance()? {
                return Ok(Step::Done);
            }
            match sink.record(&self.record.as_record())? {
                Flow::Continue => {}
                Flow::Stop => return Ok(Step::Stopped),
                Flow::Later => {
                    self.held = true;
                    return Ok(Step::Held);
                }
            }
            if !self.is_at_hand() {
                break;
            }
        }
        Ok(Step::Moved)
    }

    fn progress(&self) -> Progress {
        self.progress
    }

    fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}
