//! Records of a CSV file whose first line names the columns.

use std::{
    collections::VecDeque,
    io::{self, Read},
};

use super::{FileError, Input};
use crate::{
    codec::csv::{CsvColumns, CsvError},
    event::RecordBuf,
};

/// Reads records out of CSV.
pub struct CsvRecords {
    name: String,
    reader: csv::Reader<Numbered>,
    columns: CsvColumns,
    row: csv::ByteRecord,
}

/// A CSV file that cannot be taken, or a row of it.
#[derive(Debug, thiserror::Error)]
pub enum CsvFileError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A row, or the header row, does not hold what it should.
    #[error("{name}:{line}: {source}")]
    Row {
        /// The file.
        name: String,
        /// The first line of the row.
        line: u64,
        /// What is wrong.
        source: CsvError,
    },
}

impl CsvRecords {
    /// Reads the header row.
    ///
    /// # Errors
    /// The file cannot be read, or names other columns than a record has.
    pub fn new(input: Input) -> Result<Self, CsvFileError> {
        let name = input.name().to_owned();
        // Rows of any length come through, so that a wrong one is named as ours.
        let numbered = Numbered {
            input,
            passed: 0,
            lines: LineEnds::default(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(numbered);
        let header = reader
            .byte_headers()
            .map_err(|error| unreadable(&name, 0, error))?;
        let columns = CsvColumns::parse(header).map_err(|source| CsvFileError::Row {
            name: name.clone(),
            line: 1,
            source,
        })?;
        Ok(Self {
            name,
            reader,
            columns,
            row: csv::ByteRecord::new(),
        })
    }

    /// Reads the next row into `record` and says on which line it starts; `None` at the end.
    ///
    /// # Errors
    /// The file broke off, or the row is wrong; the next call goes on with the row behind it.
    pub fn next_record(&mut self, record: &mut RecordBuf) -> Result<Option<u64>, CsvFileError> {
        let more = self.reader.read_byte_record(&mut self.row);
        let start = self.reader.position().byte();
        let start = self.row.position().map_or(start, csv::Position::byte);
        let line = self.reader.get_mut().lines.line_at(start);
        if !more.map_err(|error| unreadable(&self.name, line, error))? {
            return Ok(None);
        }
        self.columns
            .read(self.row.iter(), record)
            .map_err(|source| CsvFileError::Row {
                name: self.name.clone(),
                line,
                source,
            })?;
        Ok(Some(line))
    }
}

fn unreadable(name: &str, line: u64, error: csv::Error) -> CsvFileError {
    let source = error.into();
    FileError::Read {
        name: name.to_owned(),
        line,
        source,
    }
    .into()
}

/// Counts lines by itself: to the csv crate the newline behind a carriage return, and lines that
/// are empty, belong to the row that follows.
struct Numbered {
    input: Input,
    passed: u64,
    lines: LineEnds,
}

#[derive(Default)]
struct LineEnds {
    /// Newlines before the place that was asked for last.
    passed: u64,
    /// Where carriage returns and newlines (`true`) stand, from that place on.
    ahead: VecDeque<(u64, bool)>,
}

impl Read for Numbered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        for at in memchr::memchr2_iter(b'\r', b'\n', &buffer[..count]) {
            self.lines
                .ahead
                .push_back((self.passed + at as u64, buffer[at] == b'\n'));
        }
        self.passed += count as u64;
        Ok(count)
    }
}

impl LineEnds {
    /// The number of the line that holds the first byte at or after `start` that ends no line.
    /// `start` never goes back.
    fn line_at(&mut self, mut start: u64) -> u64 {
        while let Some((at, newline)) = self.ahead.pop_front_if(|(at, _)| *at <= start) {
            self.passed += u64::from(newline);
            start = start.max(at + 1);
        }
        self.passed + 1
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn rows_come_with_their_first_line_and_wrong_ones_are_passed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(
            &path,
            "\u{feff}key,value\r\na,\"x\ny\"\r\nb\n\r\nc,\"\"\"\"",
        )
        .unwrap();
        let mut rows = CsvRecords::new(super::super::open(&path).unwrap()).unwrap();
        let mut record = RecordBuf::default();
        assert_eq!(rows.next_record(&mut record).unwrap(), Some(2));
        assert_eq!(record.value.as_deref(), Some(&b"x\ny"[..]));
        let error = rows.next_record(&mut record).unwrap_err().to_string();
        assert!(
            error.ends_with("a.csv:4: 1 fields where the first line names 2"),
            "{error}"
        );
        assert_eq!(rows.next_record(&mut record).unwrap(), Some(6));
        assert_eq!(record.value.as_deref(), Some(&b"\""[..]));
        assert_eq!(rows.next_record(&mut record).unwrap(), None);
    }
}
