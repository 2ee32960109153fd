//! Reading a record back from its line of JSON. By hand, as capture files are sources of every
//! command: nothing is copied twice, and an error knows its column.

use std::{borrow::Cow, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    codec::json::{skip_white, string_end, value_end},
    event::{RecordBuf, TimestampType},
};

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
#[expect(missing_docs, reason = "each message says what its variant means")]
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
    #[error("{0:?} beside \"json\" or \"base64\": an object that stands for bytes has one member")]
    Beside(String),
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
    let mut cursor = Cursor { line, at: 0 };
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
    if cursor.here() < line.len() {
        return Err(Problem::Expected("nothing behind the record").at(cursor.at));
    }
    if !seen.contains(Member::Value) {
        return Err(Problem::NoValue.at(cursor.at));
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
    fn at(self, position: usize) -> ReadError {
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

/// A place in a line.
struct Cursor<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Passes white space and says where that leads.
    fn here(&mut self) -> usize {
        self.at = skip_white(self.line.as_bytes(), self.at);
        self.at
    }

    fn peek(&mut self) -> Option<u8> {
        let at = self.here();
        self.line.as_bytes().get(at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8, otherwise: Problem) -> Result<(), ReadError> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(otherwise.at(self.at))
        }
    }

    /// Any JSON value, verbatim.
    fn any(&mut self) -> Result<&'a str, ReadError> {
        let start = self.here();
        self.at =
            value_end::<true>(self.line.as_bytes(), start).map_err(|at| Problem::NotJson.at(at))?;
        Ok(&self.line[start..self.at])
    }

    /// Whether a `null` is next; passes it.
    fn null(&mut self) -> Result<bool, ReadError> {
        let null = self.peek() == Some(b'n');
        if null {
            self.any()?;
        }
        Ok(null)
    }

    fn string(&mut self) -> Result<Cow<'a, str>, ReadError> {
        self.expect(b'"', Problem::NotAString)?;
        let start = self.at;
        self.at =
            string_end(self.line.as_bytes(), start).map_err(|at| Problem::NotAString.at(at))?;
        unescape(&self.line[start..self.at - 1]).map_err(|at| Problem::LoneSurrogate.at(start + at))
    }

    /// A member's name with its colon.
    fn name(&mut self) -> Result<Cow<'a, str>, ReadError> {
        let name = self.string()?;
        self.expect(b':', Problem::Expected("':'"))?;
        Ok(name)
    }

    fn optional_string(&mut self) -> Result<Option<Cow<'a, str>>, ReadError> {
        Ok(if self.null()? {
            None
        } else {
            Some(self.string()?)
        })
    }

    /// An integer; -1 for null.
    fn integer<T: std::str::FromStr + From<i8>>(&mut self) -> Result<T, ReadError> {
        if self.null()? {
            return Ok(T::from(-1));
        }
        let start = self.here();
        self.any()?
            .parse()
            .map_err(|_| Problem::NotAnInteger.at(start))
    }

    fn timestamp_type(&mut self) -> Result<TimestampType, ReadError> {
        let start = self.here();
        let word = self.string()?;
        TimestampType::parse(&word)
            .ok_or_else(|| Problem::TimestampType(word.into_owned()).at(start))
    }

    /// The JSON form of bytes; `None` for null.
    fn bytes(&mut self) -> Result<Option<Cow<'a, [u8]>>, ReadError> {
        match self.peek() {
            Some(b'"') => Ok(Some(into_bytes(self.string()?))),
            Some(b'{') => self.marked_bytes().map(Some),
            _ if self.null()? => Ok(None),
            other => Err(match other {
                Some(b'[') => Problem::Bare("array"),
                Some(b'-' | b'0'..=b'9') => Problem::Bare("number"),
                Some(b't' | b'f') => Problem::Bare("boolean"),
                _ => Problem::Expected("null, a string or an object"),
            }
            .at(self.at)),
        }
    }

    /// `{"json": …}` or `{"base64": "…"}`.
    fn marked_bytes(&mut self) -> Result<Cow<'a, [u8]>, ReadError> {
        let open = self.at;
        self.at += 1;
        if self.peek() == Some(b'}') {
            return Err(Problem::Bare("object").at(open));
        }
        let bytes = match &*self.name()? {
            "json" => Cow::Borrowed(self.any()?.as_bytes()),
            "base64" => {
                let start = self.here();
                let text = self.string()?;
                let bytes = STANDARD.decode(&*text);
                Cow::Owned(bytes.map_err(|_| Problem::NotBase64.at(start))?)
            }
            _ => return Err(Problem::Bare("object").at(open)),
        };
        if self.take(b',') {
            let start = self.here();
            return Err(Problem::Beside(self.name()?.into_owned()).at(start));
        }
        self.expect(b'}', Problem::Expected("'}'"))?;
        Ok(bytes)
    }

    /// `[[name, bytes], …]`.
    fn headers(&mut self, record: &mut RecordBuf) -> Result<(), ReadError> {
        const LIST: &str = "a list of [name, value] pairs";
        self.expect(b'[', Problem::Expected(LIST))?;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.expect(b'[', Problem::Expected(LIST))?;
            let start = self.here();
            let name = self
                .bytes()?
                .ok_or_else(|| Problem::Expected("a header's name").at(start))?;
            self.expect(b',', Problem::Expected("',' and the header's value"))?;
            let value = self.bytes()?;
            self.expect(b']', Problem::Expected("']' behind the header's value"))?;
            record.headers.push(&name, value.as_deref());
            if !self.take(b',') {
                return self.expect(b']', Problem::Expected("',' or ']'"));
            }
        }
    }
}

fn into_bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// What stands between the quotes of a JSON string of valid syntax.
///
/// # Errors
/// The position of an escape that is half a surrogate pair.
fn unescape(escaped: &str) -> Result<Cow<'_, str>, usize> {
    let Some(mut at) = escaped.find('\\') else {
        return Ok(Cow::Borrowed(escaped));
    };
    let mut text = String::with_capacity(escaped.len());
    text.push_str(&escaped[..at]);
    while let Some(&letter) = escaped.as_bytes().get(at + 1) {
        let start = at;
        at += 2;
        match letter {
            b'b' => text.push('\u{8}'),
            b'f' => text.push('\u{c}'),
            b'n' => text.push('\n'),
            b'r' => text.push('\r'),
            b't' => text.push('\t'),
            b'u' => {
                let (character, end) = unicode_escape(escaped, start).ok_or(start)?;
                text.push(character);
                at = end;
            }
            _ => text.push(char::from(letter)),
        }
        let rest = &escaped[at..];
        let plain = rest.find('\\').unwrap_or(rest.len());
        text.push_str(&rest[..plain]);
        at += plain;
    }
    Ok(Cow::Owned(text))
}

/// The character that the `\uXXXX` at `at` stands for, alone or with the `\uXXXX` behind it, and
/// where that ends; `None` for half a pair.
fn unicode_escape(escaped: &str, at: usize) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = escaped.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(at)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, at + 6));
    }
    let second = unit(at + 6)?
        .checked_sub(0xdc00)
        .filter(|low| *low < 0x400)?;
    let high = first.checked_sub(0xd800).filter(|high| *high < 0x400)?;
    Some((char::from_u32(0x1_0000 + (high << 10) + second)?, at + 12))
}
