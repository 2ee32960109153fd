//! Keys and values as jq values: the port of every payload format, and the decoder of topics
//! without schemas.

use std::{borrow::Cow, fmt};

use base64::{Engine, prelude::BASE64_STANDARD};
use jaq_json::{Map, Val};

use super::json::{each_member, is_json};

/// Decodes the keys and values of one source.
pub trait Decoder: fmt::Debug + Send + Sync {
    /// Decodes a key that is not null.
    fn key(&self, bytes: &[u8]) -> Decoded;

    /// Decodes a value that is not null.
    fn value(&self, bytes: &[u8]) -> Decoded;

    /// The members `names` of a value, without decoding the others; `None` when only
    /// [`Decoder::value`] can tell, which includes every value that is not an object.
    fn members(&self, bytes: &[u8], names: &[String]) -> Option<Val>;
}

/// A decoded key or value.
#[derive(Clone, Debug)]
pub enum Decoded {
    /// What the bytes say.
    Value(Val),
    /// The bytes cannot be decoded, which is an answer and not an error.
    Undecodable(Undecodable),
}

/// Why bytes cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Undecodable {
    /// In a few words: `not UTF-8`.
    pub reason: Cow<'static, str>,
}

impl Decoded {
    /// What jq sees: `{"base64": "…"}` of `bytes` that cannot be decoded.
    #[must_use]
    pub fn to_val(&self, bytes: &[u8]) -> Val {
        match self {
            Self::Value(value) => value.clone(),
            Self::Undecodable(_) => base64(bytes),
        }
    }
}

/// Infers the format of each key and value: JSON, else text, else bytes.
///
/// A key becomes JSON only where it is an object or an array, so that the keys `17` and `a17` of
/// one topic are both text.
#[derive(Clone, Copy, Debug, Default)]
pub struct InferredFormat;

impl Decoder for InferredFormat {
    fn key(&self, bytes: &[u8]) -> Decoded {
        let json = is_container(bytes).then(|| json(bytes)).flatten();
        json.map_or_else(|| text_or_bytes(bytes), Decoded::Value)
    }

    fn value(&self, bytes: &[u8]) -> Decoded {
        json(bytes).map_or_else(|| text_or_bytes(bytes), Decoded::Value)
    }

    fn members(&self, bytes: &[u8], names: &[String]) -> Option<Val> {
        let mut members = Map::default();
        let mut plain = true;
        let object = each_member(bytes, |name, value| {
            // A name with escapes would have to be read to be compared.
            plain &= !name.contains(&b'\\');
            if let Some(name) = names.iter().find(|wanted| wanted.as_bytes() == name)
                && let Ok(value) = jaq_json::read::parse_single(value)
            {
                members.insert(text(name.as_bytes()), value);
            }
        });
        (object && plain).then(|| Val::obj(members))
    }
}

fn text_or_bytes(bytes: &[u8]) -> Decoded {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(_) => Decoded::Value(text(bytes)),
        Err(_) => Decoded::Undecodable(Undecodable {
            reason: Cow::Borrowed("not UTF-8"),
        }),
    }
}

/// Text, or `{"base64": "…"}` where the bytes are not UTF-8.
#[must_use]
pub fn plain(bytes: &[u8]) -> Val {
    text_or_bytes(bytes).to_val(bytes)
}

/// A jq string of bytes that are UTF-8.
#[must_use]
pub fn text(bytes: &[u8]) -> Val {
    Val::utf8_str(bytes::Bytes::copy_from_slice(bytes))
}

fn base64(bytes: &[u8]) -> Val {
    let encoded = Val::from(BASE64_STANDARD.encode(bytes));
    let name = Val::utf8_str(b"base64".as_slice());
    Val::obj([(name, encoded)].into_iter().collect())
}

/// The value that JSON bytes say; `None` when they are not strictly JSON. jaq's own reader takes
/// more (`NaN`, `007`, comments) and is recursive without a bound.
fn json(bytes: &[u8]) -> Option<Val> {
    is_json(bytes).then(|| jaq_json::read::parse_single(bytes).ok())?
}

fn is_container(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(bytes: &[u8]) -> Val {
        InferredFormat.value(bytes).to_val(bytes)
    }

    #[test]
    fn values_are_json_text_or_base64() {
        for (bytes, shown) in [
            (&b"[1, 2]"[..], "[1,2]"),
            (b"{\"a\":1}", "{\"a\":1}"),
            (b"500", "500"),
            (b"\"x\"", "\"x\""),
            (b"true", "true"),
            (b"[NaN]", "\"[NaN]\""),
            (b"007", "\"007\""),
            (b"NaN", "\"NaN\""),
            (b"12 Main Street", "\"12 Main Street\""),
            (b"{oops", "\"{oops\""),
            (b"", "\"\""),
            (b"\xff", "{\"base64\":\"/w==\"}"),
            (b"[\"\xff\"]", "{\"base64\":\"WyL/Il0=\"}"),
        ] {
            assert_eq!(value(bytes).to_string(), shown);
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_undecodable_with_a_reason() {
        match InferredFormat.value(b"\xff") {
            Decoded::Undecodable(undecodable) => assert_eq!(undecodable.to_string(), "not UTF-8"),
            Decoded::Value(value) => panic!("{value}"),
        }
    }

    #[test]
    fn nesting_that_would_exhaust_the_stack_stays_text() {
        for hostile in [
            "[".repeat(1 << 20),
            format!("{}{}", "[".repeat(129), "]".repeat(129)),
            "[\"}\",".repeat(1 << 18),
            format!("[#\"\n{}", "[".repeat(1 << 20)),
            "{\"a\":".repeat(1 << 18),
        ] {
            assert!(matches!(value(hostile.as_bytes()), Val::TStr(_)));
        }
        let wide = format!("[{}[]]", "[],".repeat(1_000));
        assert!(matches!(value(wide.as_bytes()), Val::Arr(_)));
    }
}
