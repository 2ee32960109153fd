//! One capture file in the reading: its lines, and whether they are what its writer left.

use std::{io, path::Path};

use ring::digest::{Context, SHA256};

use super::{
    MissingPart,
    layout::{self, CaptureHeader, FirstLineError, LastLine, hex},
};
use crate::{
    codec::{
        record_json::{self, ReadError},
        text::counted,
    },
    event::RecordBuf,
    files::{FileError, Input, Limit, Lines, open_text},
};

/// A capture file that cannot be read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The file itself.
    #[error(transparent)]
    File(#[from] FileError),
    /// The first line says that it is a capture's header, and is none.
    #[error("{name}:1: not the header of a capture file: {source}")]
    Header {
        /// The file.
        name: String,
        /// Why.
        source: serde_json::Error,
    },
    /// Written by another evctl.
    #[error("{name}:1: a capture of version {version:?}, and this evctl reads \"capture/1\"")]
    Version {
        /// The file.
        name: String,
        /// What it says.
        version: String,
    },
    /// A line that is not a record.
    #[error("{name}:{line}:{}: {}", source.column, source.problem)]
    Record {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong, and where in the line.
        source: ReadError,
    },
    /// The file ends before its last line.
    #[error("{name:?} is truncated: it ends after {}, without a last line", counted(*records, "record"))]
    Truncated {
        /// The file.
        name: String,
        /// Records that were whole.
        records: u64,
    },
    /// There is nothing in the file.
    #[error("{0:?} is empty: a capture has a first and a last line")]
    Empty(String),
    /// A part of a split capture is missing.
    #[error(transparent)]
    MissingPart(#[from] MissingPart),
    /// The last line does not fit what stands before it, or is not the last.
    #[error("{name}:{line}: {problem}")]
    LastLine {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// What does not fit.
        problem: LastLineProblem,
    },
}

/// What is wrong with a capture's last line.
#[derive(Debug, thiserror::Error)]
pub enum LastLineProblem {
    #[error("not the last line of a capture file: {0}")]
    Json(serde_json::Error),
    #[error("the last line counts {}, and there are {found}", counted(*says, "record"))]
    Records { says: u64, found: u64 },
    #[error("the checksum is wrong: a line before this one was changed")]
    Checksum,
    #[error("something follows the last line")]
    Trailing,
}

/// One open file of records.
pub struct CaptureFile {
    pub(super) lines: Lines,
    header: Option<CaptureHeader>,
    /// The first line, when it is a record.
    first: Option<Vec<u8>>,
    digest: Context,
    records: u64,
    /// Known once it has been read and found right.
    last: Option<LastLine>,
}

impl CaptureFile {
    /// Opens a file and reads its first line.
    pub(super) fn open(path: &Path) -> Result<Self, CaptureError> {
        Self::begin(open_text(path)?, Limit::default())
    }

    /// Reads the first line of `input`, no line of which may be longer than `limit`.
    ///
    /// # Errors
    /// It cannot be read, or is the header of another version.
    pub fn begin(input: Input, limit: Limit) -> Result<Self, CaptureError> {
        let mut file = Self {
            lines: Lines::new(input, limit),
            header: None,
            first: None,
            digest: Context::new(&SHA256),
            records: 0,
            last: None,
        };
        let Some(line) = file.lines.next_line()? else {
            return Ok(file);
        };
        match layout::parse_first_line(line.bytes) {
            Ok(None) => file.first = Some(line.bytes.to_vec()),
            Ok(Some(header)) => {
                file.digest.update(line.bytes);
                file.digest.update(b"\n");
                file.header = Some(header);
            }
            Err(FirstLineError::Version(version)) => {
                return Err(CaptureError::Version {
                    name: file.name(),
                    version,
                });
            }
            Err(FirstLineError::Header(source)) => {
                return Err(CaptureError::Header {
                    name: file.name(),
                    source,
                });
            }
        }
        Ok(file)
    }

    pub(super) fn name(&self) -> String {
        self.lines.input().name().to_owned()
    }

    /// The header; `None` for plain NDJSON.
    #[must_use]
    pub fn header(&self) -> Option<&CaptureHeader> {
        self.header.as_ref()
    }

    /// The last line, once [`CaptureFile::next`] has come to it and it fits.
    pub(super) fn last(&self) -> Option<&LastLine> {
        self.last.as_ref()
    }

    /// Records read so far.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// Reads the next record and says on which line it stands; `None` after the last.
    ///
    /// # Errors
    /// Nothing is to be read after one.
    pub fn next(&mut self, record: &mut RecordBuf) -> Result<Option<u64>, CaptureError> {
        self.step(|line| record_json::read(line, record))
    }

    /// Reads to the end without a look into the records.
    pub(super) fn skip_to_end(&mut self) -> Result<(), CaptureError> {
        while self.step(|_| Ok(()))?.is_some() {}
        Ok(())
    }

    /// The input, and whether a whole line of it can be read without asking for more.
    #[must_use]
    pub fn input(&self) -> (&Input, bool) {
        (self.lines.input(), self.lines.at_hand())
    }

    /// Goes to the next record, which `read` takes.
    fn step(
        &mut self,
        read: impl FnOnce(&[u8]) -> Result<(), ReadError>,
    ) -> Result<Option<u64>, CaptureError> {
        if let Some(line) = self.first.take()
            && !is_blank(&line)
        {
            return self.take(read(&line), 1);
        }
        if self.last.is_some() {
            return Ok(None);
        }
        loop {
            let line = match self.lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) if self.header.is_none() => return Ok(None),
                Ok(None) => return Err(self.truncated()),
                Err(error) => return Err(self.broken_off(error)),
            };
            let number = line.number;
            if self.header.is_none() {
                if is_blank(line.bytes) {
                    continue;
                }
            } else if line.bytes.starts_with(layout::END) {
                let last = serde_json::from_slice(line.bytes);
                let ended = line.ended;
                return self.end(last, number, ended);
            } else if line.ended {
                self.digest.update(line.bytes);
                self.digest.update(b"\n");
            } else {
                return Err(self.truncated());
            }
            let read = read(line.bytes);
            return self.take(read, number);
        }
    }

    fn take(
        &mut self,
        read: Result<(), ReadError>,
        line: u64,
    ) -> Result<Option<u64>, CaptureError> {
        match read {
            Ok(()) => {
                self.records += 1;
                Ok(Some(line))
            }
            Err(source) => Err(CaptureError::Record {
                name: self.name(),
                line,
                source,
            }),
        }
    }

    /// The last line at `number` has been read: does it fit the lines before it?
    fn end(
        &mut self,
        last: serde_json::Result<LastLine>,
        number: u64,
        ended: bool,
    ) -> Result<Option<u64>, CaptureError> {
        let sha256 = hex(&self.digest.clone().finish());
        let problem = match last {
            Err(_) if !ended => return Err(self.truncated()),
            Err(source) => LastLineProblem::Json(source),
            Ok(last) if last.records != self.records => LastLineProblem::Records {
                says: last.records,
                found: self.records,
            },
            Ok(last) if last.sha256 != sha256 => LastLineProblem::Checksum,
            Ok(last) => match self.lines.next_line() {
                Ok(None) => {
                    self.last = Some(last);
                    return Ok(None);
                }
                Ok(Some(_)) => LastLineProblem::Trailing,
                // Every record is there, and the end of the compression is not.
                Err(error) => return Err(self.broken_off(error)),
            },
        };
        Err(CaptureError::LastLine {
            name: self.name(),
            line: number,
            problem,
        })
    }

    fn truncated(&self) -> CaptureError {
        CaptureError::Truncated {
            name: self.name(),
            records: self.records,
        }
    }

    /// A compressed capture that was cut breaks off in the middle of a block.
    fn broken_off(&self, error: FileError) -> CaptureError {
        match error {
            FileError::Read { source, .. }
                if self.header.is_some() && source.kind() == io::ErrorKind::UnexpectedEof =>
            {
                self.truncated()
            }
            error => error.into(),
        }
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}
