//! The kinds of envelopes, and how each is recognised.

use std::borrow::Cow;

use jaq_json::Val;

use super::{Attribute, Event, PlainPaths, cloud_events, debezium, plain};

/// A kind of envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvelopeKind {
    /// CloudEvents, in binary mode (headers) or structured mode (the value).
    CloudEvents,
    /// A change event of Debezium, with or without its schema.
    Debezium,
    /// An object that states attributes at configured paths.
    Plain,
}

/// How a value is recognised as an envelope, and read.
#[derive(Debug)]
pub(super) struct Dialect {
    pub(super) kind: EnvelopeKind,
    /// The object that holds the attributes, of an event and the top of its value; `None` when
    /// the value is not of this kind.
    pub(super) recognise: fn(&Event<'_>, &Val) -> Option<Val>,
    /// The attribute that such an object states.
    pub(super) attribute: for<'v> fn(&'v Val, Attribute, &PlainPaths) -> Option<Cow<'v, str>>,
}

/// Every kind, the strictest first.
const DIALECTS: [&Dialect; 3] = [&cloud_events::STRUCTURED, &debezium::CHANGE, &plain::PLAIN];

/// The envelope in a value.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    pub(super) dialect: &'static Dialect,
    object: Val,
}

impl Envelope {
    /// Reads the envelope of `event`, `top` being the members of its value that matter; `None`
    /// when the value is not an object.
    pub(super) fn read(event: &Event<'_>, top: &Val) -> Option<Self> {
        DIALECTS.into_iter().find_map(|dialect| {
            let object = (dialect.recognise)(event, top)?;
            Some(Self { dialect, object })
        })
    }

    pub(super) fn attribute(
        &self,
        attribute: Attribute,
        paths: &PlainPaths,
    ) -> Option<Cow<'_, str>> {
        (self.dialect.attribute)(&self.object, attribute, paths)
    }
}

/// Member `name` of an object; `None` when it is not there, or `value` is not an object.
pub(super) fn member<'v>(value: &'v Val, name: &str) -> Option<&'v Val> {
    let Val::Obj(members) = value else {
        return None;
    };
    members.get(&Val::utf8_str(bytes::Bytes::copy_from_slice(
        name.as_bytes(),
    )))
}

/// The text of member `name`; `None` when it is not text.
pub(super) fn text<'v>(value: &'v Val, name: &str) -> Option<&'v str> {
    as_text(member(value, name)?)
}

pub(super) fn as_text(value: &Val) -> Option<&str> {
    match value {
        Val::TStr(text) => std::str::from_utf8(text).ok(),
        _ => None,
    }
}
