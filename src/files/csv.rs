//! Records of a CSV file whose first line names the columns.

use std::io::{self, Read};

use super::{FileError, Input, Limit, limit};
use crate::{
    codec::csv::{CsvColumns, CsvError, NullMark},
    event::RecordBuf,
};

/// Reads records out of CSV.
pub struct CsvRecords {
    name: String,
    limit: Limit,
    reader: csv::Reader<Numbered>,
    columns: CsvColumns,
    null: NullMark,
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
    /// Reads the header row. No row may be longer than `limit`; `null` stands for null.
    ///
    /// # Errors
    /// The file cannot be read, or names other columns than a record has.
    pub fn new(input: Input, limit: Limit, null: NullMark) -> Result<Self, CsvFileError> {
        let name = input.name().to_owned();
        // Rows of any length come through, so that a wrong one is named as ours.
        let numbered = Numbered {
            input,
            limit: limit.clone(),
            passed: 0,
            row: 0,
            lines: LineCount::default(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(numbered);
        let header = reader
            .byte_headers()
            .map_err(|error| unreadable(&name, 1, &limit, error))?;
        let columns = CsvColumns::parse(header).map_err(|source| CsvFileError::Row {
            name: name.clone(),
            line: 1,
            source,
        })?;
        Ok(Self {
            name,
            limit,
            reader,
            columns,
            null,
            row: csv::ByteRecord::new(),
        })
    }

    /// Reads the next row into `record` and says on which line it starts; `None` at the end.
    ///
    /// # Errors
    /// The file broke off, or the row is wrong; the next call goes on with the row behind it.
    pub fn next_record(&mut self, record: &mut RecordBuf) -> Result<Option<u64>, CsvFileError> {
        self.reader.get_mut().row = self.reader.position().byte();
        let more = self.reader.read_byte_record(&mut self.row);
        let start = self.reader.position().byte();
        let start = self.row.position().map_or(start, csv::Position::byte);
        let line = self.reader.get_mut().lines.line_at(start);
        if !more.map_err(|error| unreadable(&self.name, line, &self.limit, error))? {
            return Ok(None);
        }
        self.columns
            .read(self.row.iter(), &self.null, record)
            .map_err(|source| CsvFileError::Row {
                name: self.name.clone(),
                line,
                source,
            })?;
        Ok(Some(line))
    }
}

fn unreadable(name: &str, line: u64, limit: &Limit, error: csv::Error) -> CsvFileError {
    let name = name.to_owned();
    if matches!(error.kind(), csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge)
    {
        let limit = limit.clone();
        return FileError::TooLong { name, line, limit }.into();
    }
    // The last line that was read whole.
    let line = line - 1;
    let source = error.into();
    FileError::Read { name, line, source }.into()
}

/// Counts lines by itself: to the csv crate the newline behind a carriage return, and lines that
/// are empty, belong to the row that follows.
struct Numbered {
    input: Input,
    limit: Limit,
    /// Bytes that were read.
    passed: u64,
    /// Where the row starts that is being read.
    row: u64,
    lines: LineCount,
}

/// Counts newlines up to a place that only moves forward.
#[derive(Default)]
struct LineCount {
    /// Newlines before `at`.
    newlines: u64,
    at: u64,
    /// The bytes from `at` on, behind the first `used` ones. Not the places of the newlines: a row
    /// of nothing else would take many times its size.
    ahead: Vec<u8>,
    used: usize,
}

impl Read for Numbered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let row = self.passed.saturating_sub(self.row);
        if self
            .limit
            .is_exceeded(usize::try_from(row).unwrap_or(usize::MAX))
        {
            return Err(limit::exceeded());
        }
        let count = self.input.read(buffer)?;
        self.lines.push(&buffer[..count]);
        self.passed += count as u64;
        Ok(count)
    }
}

impl LineCount {
    fn push(&mut self, bytes: &[u8]) {
        self.ahead.drain(..self.used);
        self.used = 0;
        self.ahead.extend_from_slice(bytes);
    }

    /// The number of the line that holds the first byte at or after `start` that ends no line.
    fn line_at(&mut self, start: u64) -> u64 {
        let ahead = &self.ahead[self.used..];
        let start = usize::try_from(start.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let start = start.min(ahead.len());
        let ends = ahead[start..]
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let passed = &ahead[..start + ends];
        self.newlines += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.at += passed.len() as u64;
        self.used += passed.len();
        self.newlines + 1
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
        let mut rows = CsvRecords::new(
            super::super::open(&path).unwrap(),
            Limit::default(),
            NullMark::default(),
        )
        .unwrap();
        let mut record = RecordBuf::default();
        assert_eq!(rows.next_record(&mut record).unwrap(), Some(2));
        assert_eq!(record.value.as_deref(), Some(&b"x\ny"[..]));
        let error = rows.next_record(&mut record).unwrap_err().to_string();
        assert!(
            error.ends_with("a.csv:4: 1 field where the first line names 2"),
            "{error}"
        );
        assert_eq!(rows.next_record(&mut record).unwrap(), Some(6));
        assert_eq!(record.value.as_deref(), Some(&b"\""[..]));
        assert_eq!(rows.next_record(&mut record).unwrap(), None);
    }

    #[test]
    fn a_row_without_an_end_is_refused_by_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let limit = Limit::of_topic();
        limit.set(Some(100));
        // A cell without an end, a row of empty cells, and a cell of nothing but line breaks.
        for row in [&b"\"xxxxxxx"[..], b",,,,,,,,", b"\"\n\n\n\n\n\n\n"] {
            let endless = [&row[..1], &row[1..].repeat(2 << 20)].concat();
            fs::write(&path, [b"value\na\n", &endless[..]].concat()).unwrap();
            let input = super::super::open(&path).unwrap();
            let mut rows = CsvRecords::new(input, limit.clone(), NullMark::default()).unwrap();
            let mut record = RecordBuf::default();
            assert_eq!(rows.next_record(&mut record).unwrap(), Some(2));
            let error = rows.next_record(&mut record).unwrap_err().to_string();
            assert!(error.contains("a.csv:3: longer than 8 MiB"), "{error}");
        }
    }
}
