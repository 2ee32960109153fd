//! What the fields of several tools have in common.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, de};

use crate::event::HeaderBuf;

/// A JSON string as bytes. Some tools print bytes that are not UTF-8 as they are, which is not
/// JSON but can be taken back whole.
pub(super) struct Text(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl de::Visitor<'_> for Bytes {
            type Value = Text;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a string")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text, E> {
                Ok(Text(bytes.to_vec()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.as_bytes().to_vec()))
            }
        }

        input.deserialize_byte_buf(Bytes)
    }
}

/// Bytes as standard base64.
pub(super) struct Base64(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        STANDARD
            .decode(&text)
            .map(Self)
            .map_err(|_| de::Error::invalid_value(de::Unexpected::Str(&text), &"base64"))
    }
}

/// Milliseconds since the epoch out of RFC 3339. Go writes its zero time, the year 1, for "none".
pub(super) struct Time(pub(super) i64);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        if text == "0001-01-01T00:00:00Z" {
            return Ok(Self(-1));
        }
        text.parse()
            .map(|time: jiff::Timestamp| Self(time.as_millisecond()))
            .map_err(|_| de::Error::invalid_value(de::Unexpected::Str(&text), &"an RFC 3339 time"))
    }
}

/// A header as `{"key": …, "value": …}`.
#[derive(Deserialize)]
pub(super) struct Header {
    key: Text,
    value: Option<Text>,
}

pub(super) fn headers(list: Option<Vec<Header>>) -> HeaderBuf {
    let mut headers = HeaderBuf::default();
    for Header { key, value } in list.unwrap_or_default() {
        headers.push(&key.0, value.as_ref().map(|value| &*value.0));
    }
    headers
}
