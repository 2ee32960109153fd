//! The attributes of an event, and the headers that state them in every kind of envelope.

use crate::event::Record;

/// What an envelope may state about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// Its identity. For CloudEvents it is unique within the source only.
    Id,
    /// Its type, such as `order.placed`.
    Type,
    /// Where it comes from.
    Source,
    /// What it is about, within the source.
    Subject,
    /// When it happened, as RFC 3339 for CloudEvents and Debezium.
    Time,
    /// The conversation it belongs to.
    CorrelationId,
    /// The event or command that caused it.
    CausationId,
    /// The W3C trace context.
    Traceparent,
}

impl Attribute {
    /// The headers that state it, the first one that is there wins. `ce_` is the prefix of
    /// CloudEvents' Kafka binding, binary mode.
    fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Id => &["ce_id"],
            Self::Type => &["ce_type"],
            Self::Source => &["ce_source"],
            Self::Subject => &["ce_subject"],
            Self::Time => &["ce_time"],
            Self::CorrelationId => &["ce_correlationid", "correlationId", "correlation_id"],
            Self::CausationId => &["ce_causationid", "causationId", "causation_id"],
            Self::Traceparent => &["ce_traceparent", "traceparent"],
        }
    }

    /// What the headers of `record` state; `None` when they do not, or not as UTF-8.
    pub(super) fn in_headers<'r>(self, record: &Record<'r>) -> Option<&'r str> {
        if record.headers.is_empty() {
            return None;
        }
        let mut values = (self.headers().iter()).filter_map(|name| record.headers.last(name)?);
        values.find_map(|value| std::str::from_utf8(value).ok())
    }
}
