//! Capture files as a source of records.

use std::path::{Path, PathBuf};

use super::{CaptureError, CaptureHeader, MissingPart, SplitSets, file::CaptureFile};
use crate::{
    event::{Record, RecordBuf},
    pipeline::{Cancel, Ended, Fault, Flow, Gap, Progress, Sink, Source, Watch},
};

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

/// Capture files, one after the other, as one source. Files of plain NDJSON without header and
/// last line are taken, too.
pub struct CaptureReader {
    file: CaptureFile,
    path: PathBuf,
    /// Those that follow, the next one last.
    rest: Vec<PathBuf>,
    truncated: Truncated,
    record: RecordBuf,
    progress: Progress,
    /// Bytes of the files that were read whole.
    passed: u64,
    gaps: Vec<Gap>,
    incomplete: Vec<Incomplete>,
    sets: SplitSets,
    /// The paths that are redacted in any file.
    redacted: Vec<String>,
}

/// The paths that are redacted in the records of the file at `path`; none for plain NDJSON.
///
/// # Errors
/// It cannot be opened, or has the header of another version.
pub fn redacted_paths(path: &Path) -> Result<Vec<String>, CaptureError> {
    Ok(redacted_in(&CaptureFile::open(path)?))
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
        Ok(Self {
            file,
            path: first.to_owned(),
            rest: others.iter().rev().cloned().collect(),
            truncated,
            record: RecordBuf::default(),
            progress: Progress {
                total,
                ..Progress::default()
            },
            passed: 0,
            gaps: Vec::new(),
            incomplete: Vec::new(),
            redacted,
            sets: SplitSets::default(),
        })
    }

    /// The paths that are redacted in any of the files that were opened so far.
    #[must_use]
    pub fn redacted(&self) -> &[String] {
        &self.redacted
    }

    /// The header of the file that is being read; `None` for plain NDJSON.
    #[must_use]
    pub fn header(&self) -> Option<&CaptureHeader> {
        self.file.header()
    }

    /// The files that did not hold all that was to be captured, once they have been read.
    #[must_use]
    pub fn incomplete(&self) -> &[Incomplete] {
        &self.incomplete
    }

    /// Reads the next record of any file and says whether there was one.
    fn next(&mut self) -> Result<bool, CaptureError> {
        loop {
            match self.file.next(&mut self.record) {
                Ok(Some(_)) => return Ok(true),
                Ok(None) => {}
                Err(CaptureError::Truncated { name, .. }) if self.truncated == Truncated::Allow => {
                    self.incomplete.push(Incomplete::NoLastLine(name));
                }
                Err(error) => return Err(error),
            }
            if let Some(last) = self.file.last() {
                self.gaps.extend(last.gaps());
                if last.truncated {
                    self.incomplete
                        .push(Incomplete::Interrupted(self.file.name()));
                }
            }
            self.sets.note(
                &self.path,
                self.file.header().and_then(|header| header.part.as_ref()),
                self.file.last().is_some_and(|last| last.more),
            );
            let Some(path) = self.rest.pop() else {
                return self.end_of_sets().map(|()| false);
            };
            self.passed += self.file.lines.input().passed();
            self.file = CaptureFile::open(&path)?;
            self.path = path;
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

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress
    }

    fn count(&mut self) {
        self.progress.records += 1;
        self.progress.done = self.passed + self.file.lines.input().passed();
        self.progress.bytes = self.progress.done;
    }
}

impl Source for CaptureReader {
    fn drive(
        &mut self,
        sink: &mut dyn Sink,
        watch: &mut dyn Watch,
        cancel: &Cancel,
    ) -> Result<Ended, Fault> {
        loop {
            if cancel.is_raised() {
                return Ok(Ended::Cancelled);
            }
            if !self.file.lines.at_hand() && sink.idle()? == Flow::Stop {
                return Ok(Ended::Stopped);
            }
            if !self.next()? {
                return Ok(Ended::End);
            }
            let before = self.progress.done;
            self.count();
            // Told when the file was asked for more since the last time.
            if self.progress.done != before {
                watch.progress(self.progress);
            }
            if sink.record(&self.record.as_record())? == Flow::Stop {
                return Ok(Ended::Stopped);
            }
        }
    }

    fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}
