//! Reading a record back from its line of JSON. By hand, as capture files are sources of every
//! command: nothing is copied twice, and an error knows its column.

use std::{borrow::Cow, sync::Arc};

use super::cursor::Cursor;
use crate::event::{RecordBuf, TimestampType};

/// Why a line is not a record, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {problem}")]
pub struct ReadError {
    /// The byte of the line where it shows, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("not valid UTF-8")]
    NotUtf8,
    #[error("expected {0}")]
    Expected(&'static str),
    #[error("not valid JSON, or nested more than 128 deep")]
    NotJson,
    #[error("not a JSON string")]
    NotAString,
    #[error("not an integer that fits")]
    NotAnInteger,
    #[error("a record has no member {0:?}")]
    Unknown(String),
    #[error("the member {0:?} is there twice")]
    Twice(&'static str),
    #[error("the member \"value\" is missing")]
    NoValue,
    #[error(
        "a bare JSON {0} is not bytes: they are null, \"text\", {{\"json\": …}} or {{\"base64\": \"…\"}}"
    )]
    Bare(&'static str),
    #[error(
        "{0:?} beside \"json\" or \"base64\": an object that stands for bytes has one member, and may have \"text\" beside \"json\""
    )]
    Beside(String),
    #[error("\"json\" and \"text\" differ; remove \"text\" to send the JSON")]
    Differ,
    #[error("not base64 (the standard alphabet with padding)")]
    NotBase64,
    #[error(
        "half a surrogate pair: text is valid Unicode, other bytes are written {{\"base64\": \"…\"}}"
    )]
    LoneSurrogate,
    #[error("{0:?} is not a timestamp type: create, log-append or none")]
    TimestampType(String),
}

/// Reads one record from `line` into `record`, whose memory is used again and which is unspecified
/// after an error. White space around and between is fine. Only `value` has to be there; what is
/// missing or null otherwise is unknown (-1, "") or a null key. `decoded` is ignored.
///
/// # Errors
/// What does not belong there, with its column.
pub fn read(line: &[u8], record: &mut RecordBuf) -> Result<(), ReadError> {
    let line = simdutf8::compat::from_utf8(line)
        .map_err(|error| Problem::NotUtf8.at(error.valid_up_to()))?;
    let mut cursor = Cursor::new(line);
    let mut seen = Seen::default();
    record.headers.clear();
    record.partition = -1;
    record.offset = -1;
    record.timestamp = -1;
    record.timestamp_type = TimestampType::Create;
    let (mut topic, mut key, mut value) = (None, None, None);

    cursor.expect(b'{', Problem::Expected("a record, which is a JSON object"))?;
    let mut more = !cursor.take(b'}');
    while more {
        let (start, name) = (cursor.here(), cursor.name()?);
        let member =
            Member::parse(&name).ok_or_else(|| Problem::Unknown(name.into_owned()).at(start))?;
        if !seen.insert(member) {
            return Err(Problem::Twice(member.name()).at(start));
        }
        match member {
            Member::Topic => topic = cursor.optional_string()?,
            Member::Partition => record.partition = cursor.integer()?,
            Member::Offset => record.offset = cursor.integer()?,
            Member::Timestamp => record.timestamp = cursor.integer()?,
            Member::TimestampType => record.timestamp_type = cursor.timestamp_type()?,
            Member::Key => key = cursor.bytes()?,
            Member::Headers => cursor.headers(record)?,
            Member::Value => value = cursor.bytes()?,
            Member::Decoded => drop(cursor.any()?),
        }
        more = cursor.take(b',');
        if !more {
            cursor.expect(b'}', Problem::Expected("',' or '}'"))?;
        }
    }
    let end = cursor.here();
    if end < line.len() {
        return Err(Problem::Expected("nothing behind the record").at(end));
    }
    if !seen.contains(Member::Value) {
        return Err(Problem::NoValue.at(end));
    }
    let topic = topic.as_deref().unwrap_or_default();
    if *record.topic != *topic {
        record.topic = Arc::from(topic);
    }
    store(&mut record.key, key);
    store(&mut record.value, value);
    Ok(())
}

fn store(place: &mut Option<Vec<u8>>, bytes: Option<Cow<'_, [u8]>>) {
    match (place.as_mut(), bytes) {
        (Some(buffer), Some(Cow::Borrowed(bytes))) => {
            buffer.clear();
            buffer.extend_from_slice(bytes);
        }
        (_, bytes) => *place = bytes.map(Cow::into_owned),
    }
}

impl Problem {
    /// This problem at `position`, counted from 0.
    pub(super) fn at(self, position: usize) -> ReadError {
        ReadError {
            column: position + 1,
            problem: self,
        }
    }
}

#[derive(Clone, Copy)]
enum Member {
    Topic,
    Partition,
    Offset,
    Timestamp,
    TimestampType,
    Key,
    Headers,
    Value,
    Decoded,
}

impl Member {
    const NAMES: [(&'static str, Self); 9] = [
        ("topic", Self::Topic),
        ("partition", Self::Partition),
        ("offset", Self::Offset),
        ("timestamp", Self::Timestamp),
        ("timestamp_type", Self::TimestampType),
        ("key", Self::Key),
        ("headers", Self::Headers),
        ("value", Self::Value),
        ("decoded", Self::Decoded),
    ];

    fn parse(name: &str) -> Option<Self> {
        let (_, member) = Self::NAMES.iter().find(|(known, _)| *known == name)?;
        Some(*member)
    }

    fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }
}

/// The members that a line has named so far, one bit each.
#[derive(Default)]
struct Seen(u16);

impl Seen {
    /// Whether `member` is new.
    fn insert(&mut self, member: Member) -> bool {
        let new = !self.contains(member);
        self.0 |= 1 << member as u16;
        new
    }

    fn contains(&self, member: Member) -> bool {
        self.0 & (1 << member as u16) != 0
    }
}
