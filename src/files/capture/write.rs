//! Writing a capture file: under a temporary name, renamed when it is whole.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{
    layout::{self, CaptureHeader, LastLine},
    part::Part,
};
use crate::{
    codec::record_json,
    event::Record,
    pipeline::{Fault, Flow, Gap, Sink},
};

/// What is kept free for the last line, which has no gaps in a part that is not the last.
const LAST_LINE: u64 = 256;

/// Where a capture goes.
pub enum CaptureTarget {
    /// A file: compressed by its suffix, and there under its name only once it is whole.
    File(PathBuf),
    /// A stream such as stdout: neither compressed nor split.
    Stream(Box<dyn Write + Send>),
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
}

/// Takes records in the order in which they shall stand in the file. Dropped before
/// [`CaptureWriter::finish`], it leaves nothing behind but the parts of a split capture that were
/// whole already.
pub struct CaptureWriter {
    target: Target,
    first_line: Vec<u8>,
    part: Part,
    line: Vec<u8>,
    /// Records of this part.
    records: u64,
    /// Of the parts that are whole.
    summary: CaptureSummary,
}

enum Target {
    File,
    Parts { path: PathBuf, limit: u64 },
    Stream,
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
        let (target, part) = match (target, split) {
            (CaptureTarget::Stream(stream), None) => (Target::Stream, Part::stream(stream)?),
            (CaptureTarget::Stream(_), Some(_)) => return Err(CaptureWriteError::SplitStream),
            (CaptureTarget::File(path), None) => (Target::File, Part::file(path)?),
            (CaptureTarget::File(path), Some(limit)) => {
                let part = Part::file(numbered(&path, 1))?;
                (Target::Parts { path, limit }, part)
            }
        };
        let mut writer = Self {
            target,
            first_line: layout::first_line(header),
            part,
            line: Vec::new(),
            records: 0,
            summary: CaptureSummary::default(),
        };
        writer.part.write(&writer.first_line)?;
        Ok(writer)
    }

    /// Writes the last line and gives the file its name. `truncated` says that the capture was
    /// stopped before its end.
    ///
    /// # Errors
    /// The file cannot be written or renamed; it leaves nothing behind then.
    pub fn finish(
        self,
        truncated: bool,
        gaps: &[Gap],
    ) -> Result<CaptureSummary, CaptureWriteError> {
        let Self {
            part,
            records,
            mut summary,
            ..
        } = self;
        close(part, records, truncated, gaps, &mut summary)?;
        Ok(summary)
    }

    /// Begins the next part when `line` does not fit into this one.
    fn make_room(&mut self) -> Result<(), CaptureWriteError> {
        let Target::Parts { path, limit } = &self.target else {
            return Ok(());
        };
        let bytes = self.part.bytes() + self.line.len() as u64 + LAST_LINE;
        if self.records == 0 || bytes <= *limit {
            return Ok(());
        }
        let next = Part::file(numbered(path, self.summary.files.len() + 2))?;
        let part = std::mem::replace(&mut self.part, next);
        close(part, self.records, false, &[], &mut self.summary)?;
        self.records = 0;
        self.part.write(&self.first_line)
    }
}

impl Sink for CaptureWriter {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        self.line.clear();
        record_json::write(&mut self.line, record);
        self.line.push(b'\n');
        self.make_room()?;
        self.records += 1;
        self.part.write(&self.line)?;
        Ok(self.part.flow())
    }

    /// A stream is kept live; a file is nobody's business before it is whole.
    fn idle(&mut self) -> Result<Flow, Fault> {
        if matches!(self.target, Target::Stream) {
            self.part.hand_over()?;
        }
        Ok(self.part.flow())
    }
}

fn close(
    part: Part,
    records: u64,
    truncated: bool,
    gaps: &[Gap],
    summary: &mut CaptureSummary,
) -> Result<(), CaptureWriteError> {
    summary.records += records;
    let finished =
        part.finish(|sha256| LastLine::new(records, sha256.to_owned(), gaps, truncated).to_line())?;
    summary.bytes += finished.bytes;
    summary.sha256 = finished.sha256;
    summary.files.extend(finished.path);
    Ok(())
}

/// `a.ndjson.zst` as `a.0001.ndjson.zst`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let mut stem = path.to_owned();
    let mut suffixes = Vec::new();
    while let Some(suffix) = stem.extension().map(ToOwned::to_owned)
        && matches!(
            suffix.to_str(),
            Some("gz" | "zst" | "json" | "jsonl" | "ndjson")
        )
    {
        stem.set_extension("");
        suffixes.push(suffix);
    }
    let mut name = stem.into_os_string();
    name.push(format!(".{number:04}"));
    for suffix in suffixes.iter().rev() {
        name.push(".");
        name.push(suffix);
    }
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbered_before_the_suffixes() {
        for (name, part) in [
            ("x/a.ndjson.zst", "x/a.0001.ndjson.zst"),
            ("a.jsonl", "a.0001.jsonl"),
            ("a.v1.gz", "a.v1.0001.gz"),
            ("a", "a.0001"),
            ("x.gz/a", "x.gz/a.0001"),
        ] {
            assert_eq!(numbered(Path::new(name), 1), Path::new(part));
        }
    }
}
