//! CSV on the way in: a header row names the columns, each further row is a record. And how null is
//! written, in both directions.

use std::borrow::Cow;

use super::text::counted;
use crate::event::{RecordBuf, TimestampType};

/// What a field holds that is null (`--null-value`). By default `\N`, as in PostgreSQL and MySQL;
/// a text that is backslashes and an `N` then gets one more backslash, so that nothing is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NullMark(Option<Vec<u8>>);

impl NullMark {
    /// `mark`, or the default. A text that is the same as `mark` is taken for null.
    #[must_use]
    pub fn new(mark: Option<&str>) -> Self {
        Self(mark.map(|mark| mark.as_bytes().to_vec()))
    }

    /// The field that stands for `bytes`.
    #[must_use]
    pub fn field<'a>(&'a self, bytes: Option<&'a [u8]>) -> Cow<'a, [u8]> {
        match (bytes, &self.0) {
            (None, Some(mark)) => mark.into(),
            (None, None) => (&b"\\N"[..]).into(),
            (Some(bytes), None) if is_default_mark(bytes) => [b"\\", bytes].concat().into(),
            (Some(bytes), _) => bytes.into(),
        }
    }

    /// What `field` stands for.
    #[must_use]
    pub fn bytes<'a>(&self, field: &'a [u8]) -> Option<&'a [u8]> {
        match &self.0 {
            Some(mark) => (field != mark).then_some(field),
            None if field == b"\\N" => None,
            None if is_default_mark(field) => field.get(1..),
            None => Some(field),
        }
    }
}

/// Whether `bytes` are backslashes and an `N`.
fn is_default_mark(bytes: &[u8]) -> bool {
    matches!(bytes, [b'\\', rest @ .., b'N'] if rest.iter().all(|byte| *byte == b'\\'))
}

/// Which part of a record each column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvColumns(Vec<Column>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Topic,
    Partition,
    Offset,
    Timestamp,
    TimestampType,
    Key,
    Value,
    Header(Vec<u8>),
}

/// Why a header row or a row cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// A column we do not know.
    #[error(
        "column {number} is called {name:?}: columns are topic, partition, offset, timestamp, timestamp_type, key, value and header.NAME"
    )]
    UnknownColumn {
        /// Its place, from 1.
        number: usize,
        /// Its name.
        name: String,
    },
    /// The same column again; only headers may repeat.
    #[error("the column {0:?} is there twice")]
    Twice(String),
    /// There is nothing to produce.
    #[error("there is no column \"value\"")]
    NoValue,
    /// A row is shorter or longer than the header row.
    #[error("{} where the first line names {expected}", counted(*found as u64, "field"))]
    Fields {
        /// How many the row has.
        found: usize,
        /// How many columns there are.
        expected: usize,
    },
    /// A field that is not what its column holds.
    #[error("{text:?} is not {what}")]
    Field {
        /// The field.
        text: String,
        /// What it should be.
        what: &'static str,
    },
}

impl CsvColumns {
    /// Takes the header row.
    ///
    /// # Errors
    /// A column that is unknown or there twice, or no `value`.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, CsvError> {
        let mut columns = Vec::new();
        for (index, name) in names.into_iter().enumerate() {
            let column = Column::parse(name).ok_or_else(|| CsvError::UnknownColumn {
                number: index + 1,
                name: String::from_utf8_lossy(name).into_owned(),
            })?;
            if columns.contains(&column) && !matches!(column, Column::Header(_)) {
                return Err(CsvError::Twice(String::from_utf8_lossy(name).into_owned()));
            }
            columns.push(column);
        }
        if !columns.contains(&Column::Value) {
            return Err(CsvError::NoValue);
        }
        Ok(Self(columns))
    }

    /// Reads one row. `null` stands for null in `key`, `value` and `header.NAME`; an empty `key` or
    /// `value` is empty, an empty number is unknown (-1), and an empty `header.NAME` means that the
    /// record has no such header.
    ///
    /// # Errors
    /// Too few or too many fields, or one that is not what its column holds.
    pub fn read<'a>(
        &self,
        fields: impl ExactSizeIterator<Item = &'a [u8]>,
        null: &NullMark,
        record: &mut RecordBuf,
    ) -> Result<(), CsvError> {
        if fields.len() != self.0.len() {
            return Err(CsvError::Fields {
                found: fields.len(),
                expected: self.0.len(),
            });
        }
        *record = RecordBuf::default();
        for (column, field) in self.0.iter().zip(fields) {
            match column {
                Column::Topic => record.topic = text(field, "a topic's name")?.into(),
                Column::Partition => record.partition = known(field, "a partition")?,
                Column::Offset => record.offset = known(field, "an offset")?,
                Column::Timestamp => record.timestamp = timestamp(field)?,
                Column::TimestampType => record.timestamp_type = timestamp_type(field)?,
                Column::Key => record.key = null.bytes(field).map(<[u8]>::to_vec),
                Column::Value => record.value = null.bytes(field).map(<[u8]>::to_vec),
                Column::Header(_) if field.is_empty() => {}
                Column::Header(name) => record.headers.push(name, null.bytes(field)),
            }
        }
        Ok(())
    }
}

impl Column {
    fn parse(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"topic" => Self::Topic,
            b"partition" => Self::Partition,
            b"offset" => Self::Offset,
            b"timestamp" => Self::Timestamp,
            b"timestamp_type" => Self::TimestampType,
            b"key" => Self::Key,
            b"value" => Self::Value,
            _ => Self::Header(name.strip_prefix(b"header.")?.to_vec()),
        })
    }
}

fn wrong(field: &[u8], what: &'static str) -> CsvError {
    CsvError::Field {
        text: String::from_utf8_lossy(field).into_owned(),
        what,
    }
}

fn text<'a>(field: &'a [u8], what: &'static str) -> Result<&'a str, CsvError> {
    std::str::from_utf8(field).map_err(|_| wrong(field, what))
}

fn number<T: std::str::FromStr + From<i8>>(
    field: &[u8],
    what: &'static str,
) -> Result<T, CsvError> {
    if field.is_empty() {
        return Ok(T::from(-1));
    }
    text(field, what)?.parse().map_err(|_| wrong(field, what))
}

/// A number that is 0 or more; empty and -1 say that it is not known.
fn known<T: std::str::FromStr + From<i8> + PartialOrd>(
    field: &[u8],
    what: &'static str,
) -> Result<T, CsvError> {
    let number = number(field, what)?;
    if number < T::from(-1) {
        return Err(wrong(field, what));
    }
    Ok(number)
}

/// Milliseconds, or RFC 3339 as our own CSV may show it.
fn timestamp(field: &[u8]) -> Result<i64, CsvError> {
    const WHAT: &str = "milliseconds since the epoch or an RFC 3339 time";
    match text(field, WHAT)?.parse::<jiff::Timestamp>() {
        Ok(time) => Ok(time.as_millisecond()),
        Err(_) => number(field, WHAT),
    }
}

fn timestamp_type(field: &[u8]) -> Result<TimestampType, CsvError> {
    const WHAT: &str = "a timestamp type: create, log-append or none";
    if field.is_empty() {
        return Ok(TimestampType::Create);
    }
    TimestampType::parse(text(field, WHAT)?).ok_or_else(|| wrong(field, WHAT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::record_json;

    fn columns(names: &[&str]) -> Result<CsvColumns, CsvError> {
        CsvColumns::parse(names.iter().map(|name| name.as_bytes()))
    }

    fn row(names: &[&str], fields: &[&[u8]]) -> Result<String, CsvError> {
        let mut record = RecordBuf::default();
        columns(names)?.read(fields.iter().copied(), &NullMark::default(), &mut record)?;
        let mut out = Vec::new();
        record_json::write(&mut out, &record.as_record());
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_row_becomes_a_record() {
        let names = [
            "key",
            "value",
            "timestamp",
            "partition",
            "header.a",
            "header.b",
            "header.a",
        ];
        let fields: [&[u8]; 7] = [
            b"k",
            b"\xff",
            b"2026-01-01T10:00:00.123Z",
            b"",
            b"1",
            b"",
            b"2",
        ];
        assert_eq!(
            row(&names, &fields).unwrap(),
            r#"{"topic":null,"partition":null,"offset":null,"timestamp":1767261600123,"timestamp_type":"create","key":"k","headers":[["a","1"],["a","2"]],"value":{"base64":"/w=="}}"#
        );
        let record = row(&["value", "timestamp", "topic"], &[b"", b"12", b"t"]).unwrap();
        assert!(
            record.starts_with(r#"{"topic":"t","partition":null,"offset":null,"timestamp":12,"#)
        );
        assert!(record.ends_with(r#""value":""}"#));
    }

    #[test]
    fn null_and_every_text_come_back() {
        let mark = NullMark::default();
        let texts = [
            &b""[..],
            b"N",
            b"\\",
            b"\\N",
            b"\\\\N",
            b"\\NN",
            b"a\\N",
            b"\\n",
        ];
        for bytes in texts.map(Some).into_iter().chain([None]) {
            assert_eq!(mark.bytes(&mark.field(bytes)), bytes);
        }
        assert_eq!(&*mark.field(None), b"\\N");
        assert_eq!(&*mark.field(Some(b"\\N")), b"\\\\N");
        for text in ["NULL", ""] {
            let mark = NullMark::new(Some(text));
            assert_eq!(&*mark.field(None), text.as_bytes());
            assert_eq!(mark.bytes(text.as_bytes()), None);
            assert_eq!(mark.bytes(b"\\N"), Some(&b"\\N"[..]));
        }
        let names = ["key", "value", "header.a", "timestamp"];
        let record = row(&names, &[b"\\N", b"\\N", b"\\N", b"-5"]).unwrap();
        assert!(record.contains(r#""timestamp":-5,"#), "{record}");
        assert!(
            record.ends_with(r#""key":null,"headers":[["a",null]],"value":null}"#),
            "{record}"
        );
    }

    #[test]
    fn what_cannot_be_taken_is_named() {
        let message = |result: Result<String, CsvError>| result.unwrap_err().to_string();
        assert!(message(row(&["value", "id"], &[])).starts_with("column 2 is called \"id\""));
        assert_eq!(
            message(row(&["value", "value"], &[])),
            "the column \"value\" is there twice"
        );
        assert_eq!(message(row(&["key"], &[])), "there is no column \"value\"");
        let short = message(row(&["value", "key"], &[b"a"]));
        assert_eq!(short, "1 field where the first line names 2");
        let partition = message(row(&["value", "partition"], &[b"a", b"x"]));
        assert_eq!(partition, "\"x\" is not a partition");
        for column in ["partition", "offset"] {
            let negative = message(row(&["value", column], &[b"a", b"-2"]));
            assert!(negative.starts_with("\"-2\" is not a"), "{negative}");
        }
        assert!(message(row(&["value", "timestamp"], &[b"a", b"soon"])).contains("RFC 3339"));
    }
}
