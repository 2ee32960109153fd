//! How the records of a source become events.

use std::sync::LazyLock;

use super::{Event, PlainPaths, cloud_events, debezium};
use crate::{
    codec::decoder::{Decoder, InferredFormat},
    event::Record,
};

/// The payload format of a source and the paths of its plain envelopes.
#[derive(Debug)]
pub struct EventDecoder {
    pub(super) payloads: Box<dyn Decoder>,
    pub(super) paths: PlainPaths,
    /// The members of a value that the kinds of envelopes look at.
    pub(super) names: Vec<String>,
}

static INFERRED: LazyLock<EventDecoder> =
    LazyLock::new(|| EventDecoder::new(Box::new(InferredFormat), PlainPaths::default()));

impl EventDecoder {
    /// Decodes keys and values by `payloads`, and reads plain envelopes at `paths`.
    #[must_use]
    pub fn new(payloads: Box<dyn Decoder>, paths: PlainPaths) -> Self {
        let mut names: Vec<String> = Vec::new();
        let fixed = cloud_events::NAMES.into_iter().chain(debezium::NAMES);
        for name in fixed.chain(paths.roots()) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        Self {
            payloads,
            paths,
            names,
        }
    }

    /// For sources without schemas: JSON, else text, else bytes.
    #[must_use]
    pub fn inferred() -> &'static Self {
        &INFERRED
    }

    /// The event of `record`. Nothing is decoded or allocated before it is asked for.
    #[must_use]
    #[inline]
    pub fn event<'r>(&'r self, record: &Record<'r>) -> Event<'r> {
        Event::new(*record, self)
    }
}
