//! Taking a line of JSON apart from left to right: strings, integers, and the JSON form of bytes.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Problem, ReadError};
use crate::{
    codec::json::{is_container_syntax, skip_white, string_end, value_end, write_compact},
    event::{RecordBuf, TimestampType},
};

/// A place in a line.
pub(super) struct Cursor<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        Self { line, at: 0 }
    }

    /// Passes white space and says where that leads.
    pub(super) fn here(&mut self) -> usize {
        self.at = skip_white(self.line.as_bytes(), self.at);
        self.at
    }

    fn peek(&mut self) -> Option<u8> {
        let at = self.here();
        self.line.as_bytes().get(at).copied()
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, byte: u8, otherwise: Problem) -> Result<(), ReadError> {
        if self.take(byte) {
            Ok(())
        } else {
            Err(otherwise.at(self.at))
        }
    }

    /// Any JSON value, verbatim.
    pub(super) fn any(&mut self) -> Result<&'a str, ReadError> {
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
    pub(super) fn name(&mut self) -> Result<Cow<'a, str>, ReadError> {
        let name = self.string()?;
        self.expect(b':', Problem::Expected("':'"))?;
        Ok(name)
    }

    pub(super) fn optional_string(&mut self) -> Result<Option<Cow<'a, str>>, ReadError> {
        Ok(if self.null()? {
            None
        } else {
            Some(self.string()?)
        })
    }

    /// An integer; -1 for null.
    pub(super) fn integer<T: std::str::FromStr + From<i8>>(&mut self) -> Result<T, ReadError> {
        if self.null()? {
            return Ok(T::from(-1));
        }
        let start = self.here();
        self.any()?
            .parse()
            .map_err(|_| Problem::NotAnInteger.at(start))
    }

    pub(super) fn timestamp_type(&mut self) -> Result<TimestampType, ReadError> {
        let start = self.here();
        let word = self.string()?;
        TimestampType::parse(&word)
            .ok_or_else(|| Problem::TimestampType(word.into_owned()).at(start))
    }

    /// The JSON form of bytes; `None` for null.
    pub(super) fn bytes(&mut self) -> Result<Option<Cow<'a, [u8]>>, ReadError> {
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

    /// `{"json": …}`, which may have a `"text"` beside it, or `{"base64": "…"}`.
    fn marked_bytes(&mut self) -> Result<Cow<'a, [u8]>, ReadError> {
        let open = self.at;
        self.at += 1;
        if self.peek() == Some(b'}') {
            return Err(Problem::Bare("object").at(open));
        }
        let (mut json, mut text) = (None, None);
        loop {
            let start = self.here();
            let name = self.name()?;
            match &*name {
                "json" if json.is_none() => json = Some(self.any()?),
                // Told from a bare object by the "json" that must stand beside it.
                "text" if text.is_none() && (json.is_some() || self.peek() == Some(b'"')) => {
                    text = Some(self.string()?);
                }
                "base64" if json.is_none() && text.is_none() => return self.base64(),
                _ if json.is_none() => return Err(Problem::Bare("object").at(open)),
                _ => return Err(Problem::Beside(name.into_owned()).at(start)),
            }
            if !self.take(b',') {
                break;
            }
        }
        self.expect(b'}', Problem::Expected("'}'"))?;
        match (json, text) {
            (None, _) => Err(Problem::Bare("object").at(open)),
            (Some(json), Some(text)) if says(&text, json) => Ok(into_bytes(text)),
            (Some(_), Some(_)) => Err(Problem::Differ.at(open)),
            (Some(json), None) => Ok(Cow::Borrowed(json.as_bytes())),
        }
    }

    /// What follows `{"base64":`.
    fn base64(&mut self) -> Result<Cow<'a, [u8]>, ReadError> {
        let start = self.here();
        let text = self.string()?;
        let bytes = STANDARD.decode(&*text);
        let bytes = bytes.map_err(|_| Problem::NotBase64.at(start))?;
        if self.take(b',') {
            let start = self.here();
            return Err(Problem::Beside(self.name()?.into_owned()).at(start));
        }
        self.expect(b'}', Problem::Expected("'}'"))?;
        Ok(Cow::Owned(bytes))
    }

    /// `[[name, bytes], …]`.
    pub(super) fn headers(&mut self, record: &mut RecordBuf) -> Result<(), ReadError> {
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

/// Whether `text` is a document that says what `json` says. Both are compared without white space;
/// where another tool wrote escapes or numbers in another way, by their values.
fn says(text: &str, json: &str) -> bool {
    if !is_container_syntax(text.as_bytes()) {
        return false;
    }
    let compact = |json: &str| {
        let mut out = Vec::with_capacity(json.len());
        write_compact(&mut out, json.as_bytes());
        out
    };
    let value = |json| serde_json::from_str::<serde_json::Value>(json).ok();
    compact(text) == compact(json)
        || value(text).is_some_and(|text| value(json).is_some_and(|json| text == json))
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
