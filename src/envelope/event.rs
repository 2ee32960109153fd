//! A record that is decoded on demand.

use std::{
    borrow::Cow,
    cell::{OnceCell, RefCell},
    fmt,
    sync::Arc,
};

use jaq_json::Val;

use super::{Attribute, EnvelopeKind, EventDecoder, cloud_events, kind::Envelope};
use crate::{
    codec::{decoder::Decoded, projection::Projection},
    event::Record,
};

/// A record, whose key, value and envelope are each decoded at most once, and only where they are
/// asked for.
pub struct Event<'r> {
    record: Record<'r>,
    decoder: &'r EventDecoder,
    key: OnceCell<Decoded>,
    value: OnceCell<Decoded>,
    /// The envelope in the value; `None` when the value is not an object.
    envelope: OnceCell<Option<Envelope>>,
    /// The last jq input that was built, and the members that it has.
    input: RefCell<Option<(Arc<Projection>, Val)>>,
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut event = out.debug_struct("Event");
        event.field("record", &self.record).finish_non_exhaustive()
    }
}

impl<'r> Event<'r> {
    #[inline]
    pub(super) fn new(record: Record<'r>, decoder: &'r EventDecoder) -> Self {
        Self {
            record,
            decoder,
            key: OnceCell::new(),
            value: OnceCell::new(),
            envelope: OnceCell::new(),
            input: RefCell::new(None),
        }
    }

    /// The record as the broker holds it.
    #[must_use]
    #[inline]
    pub fn record(&self) -> &Record<'r> {
        &self.record
    }

    /// Another record of the same source, such as this one after a change.
    #[must_use]
    pub fn with_record<'s>(&self, record: &Record<'s>) -> Event<'s>
    where
        'r: 's,
    {
        Event::new(*record, self.decoder)
    }

    /// The decoded key; null when there is none.
    #[must_use]
    pub fn key(&self) -> Val {
        self.record.key.map_or(Val::Null, |bytes| {
            let key = self.key.get_or_init(|| self.decoder.payloads.key(bytes));
            key.to_val(bytes)
        })
    }

    /// The decoded value; null for a tombstone.
    #[must_use]
    pub fn value(&self) -> Val {
        self.record.value.map_or(Val::Null, |bytes| {
            let value = self
                .value
                .get_or_init(|| self.decoder.payloads.value(bytes));
            value.to_val(bytes)
        })
    }

    /// The value with at least the members `names`, where it is an object; else the whole value.
    #[must_use]
    pub fn value_members(&self, names: &[String]) -> Val {
        let (Some(bytes), None) = (self.record.value, self.value.get()) else {
            return self.value();
        };
        let members = self.decoder.payloads.members(bytes, names);
        members.unwrap_or_else(|| self.value())
    }

    /// What the event states of itself: a header, else the envelope in the value.
    #[must_use]
    pub fn attribute(&self, attribute: Attribute) -> Option<Cow<'_, str>> {
        let header = attribute.in_headers(&self.record).map(Cow::Borrowed);
        header.or_else(|| self.envelope()?.attribute(attribute, &self.decoder.paths))
    }

    /// What a CloudEvent states of itself; `None` when the event is none.
    #[must_use]
    pub fn cloud_event_attribute(&self, attribute: Attribute) -> Option<Cow<'_, str>> {
        let header = attribute.in_headers(&self.record).map(Cow::Borrowed);
        header.or_else(|| {
            let envelope = self.envelope()?;
            (envelope.dialect.kind == EnvelopeKind::CloudEvents)
                .then(|| envelope.attribute(attribute, &self.decoder.paths))?
        })
    }

    /// The kind of its envelope; `None` when there is none.
    #[must_use]
    pub fn kind(&self) -> Option<EnvelopeKind> {
        if cloud_events::is_binary(&self.record) {
            return Some(EnvelopeKind::CloudEvents);
        }
        self.envelope().map(|envelope| envelope.dialect.kind)
    }

    fn envelope(&self) -> Option<&Envelope> {
        let read = || {
            self.record.value?;
            Envelope::read(self, &self.value_members(&self.decoder.names))
        };
        self.envelope.get_or_init(read).as_ref()
    }

    /// The jq input that has the members in `projection`: the one that was built last where it
    /// covers them, else what `build` makes.
    pub fn projected(&self, projection: &Arc<Projection>, build: impl FnOnce() -> Val) -> Val {
        if let Some((built, input)) = &*self.input.borrow()
            && (Arc::ptr_eq(built, projection) || built.covers(projection))
        {
            return input.clone();
        }
        let input = build();
        *self.input.borrow_mut() = Some((Arc::clone(projection), input.clone()));
        input
    }
}
