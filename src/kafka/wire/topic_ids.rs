//! The ids of topics (KIP-516): a topic that is deleted and created again keeps its name and gets
//! another id, and offsets of the first mean nothing in the second.
//!
//! A client remembers the id that each topic had when it was first asked about, so nothing that
//! asks for metadata, or fetches, can take the second topic for the first.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::{
    cause::{Cause, WireError},
    client::{Client, TopicMetadata},
};
use crate::event::{Commit, CommitTopic};

/// Topic ids by name: those that a client has seen first.
#[derive(Debug, Default)]
pub(super) struct TopicIds(HashMap<Arc<str>, Uuid>);

impl TopicIds {
    /// The id of `topic`; `None` when it is not known, or the broker is too old to tell.
    pub(super) fn get(&self, topic: &str) -> Option<Uuid> {
        self.0.get(topic).copied()
    }

    /// Compares `id` with the one that `topic` had first; the nil id, which brokers before Kafka
    /// 2.8 answer, is no other topic.
    pub(super) fn recreated(&mut self, topic: &Arc<str>, id: Uuid) -> Option<Cause> {
        if id.is_nil() {
            return None;
        }
        let first = *self.0.entry(topic.clone()).or_insert(id);
        (first != id).then(|| Cause::Recreated {
            topic: topic.to_string(),
            old: id_text(first).unwrap_or_default(),
            new: id_text(id).unwrap_or_default(),
        })
    }
}

impl Client {
    /// The ids of `topics` by name, as Kafka's tools write them; unknown ones are left out.
    pub fn topic_ids<'t>(
        &self,
        topics: impl IntoIterator<Item = &'t Arc<str>>,
    ) -> BTreeMap<Arc<str>, String> {
        let known = topics
            .into_iter()
            .filter_map(|topic| Some((topic.clone(), id_text(self.topic_ids.get(topic)?)?)));
        known.collect()
    }

    /// What the metadata of a commit for `topic` name; `None` when the cluster has no ids.
    pub fn commit_topic(&self, topic: &str) -> Option<CommitTopic> {
        Some(CommitTopic {
            id: id_text(self.topic_ids.get(topic)?)?,
            cluster: self.cluster_id()?.to_owned(),
        })
    }

    /// The id of the topic that `commit` was stored for, and the id of `topic`: `None` unless they
    /// are two topics of this cluster.
    pub fn recreated_since(&self, topic: &str, commit: &Commit) -> Option<[String; 2]> {
        let old = CommitTopic::parse(&commit.metadata)?;
        let now = self.commit_topic(topic)?;
        (old.cluster == now.cluster && old.id != now.id).then_some([old.id, now.id])
    }

    /// Takes `ids` for those that the topics had first, as an earlier run saw them. Text that is
    /// no id is left out.
    pub fn expect_topic_ids(&mut self, ids: &BTreeMap<Arc<str>, String>) {
        for (topic, text) in ids {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok();
            if let Some(id) = bytes.and_then(|bytes| Uuid::from_slice(&bytes).ok()) {
                self.topic_ids.0.insert(topic.clone(), id);
            }
        }
    }

    /// Forgets the ids: for a command that looks again and again and keeps no offset from one
    /// look to the next.
    pub fn forget_topic_ids(&mut self) {
        self.topic_ids.0.clear();
    }

    /// Asks whether `topics` are still the topics that they were.
    ///
    /// # Errors
    /// No broker answered, or one of them was deleted and created again ([`Cause::Recreated`]).
    pub fn check_topic_ids(&mut self, topics: &[&str]) -> Result<(), WireError> {
        let mut found = self.metadata_now(topics)?;
        refuse_recreated(&mut found)
    }

    /// As [`Self::check_topic_ids`]; a topic that is not there is an error, too.
    ///
    /// # Errors
    /// One of `topics` is missing or was created again, or no broker answers.
    pub fn check_topics(&mut self, topics: &[&str]) -> Result<(), WireError> {
        let mut found = self.metadata_now(topics)?;
        refuse_recreated(&mut found)?;
        let missing = |error: &Cause| error.is_not_found();
        match found
            .into_iter()
            .find_map(|topic| topic.error.filter(missing))
        {
            None => Ok(()),
            Some(cause) => Err(WireError {
                broker: "any".to_owned(),
                cause,
            }),
        }
    }
}

/// Takes the error of the first topic that was deleted and created again.
pub(super) fn refuse_recreated(topics: &mut [TopicMetadata]) -> Result<(), WireError> {
    let errors = topics.iter_mut().map(|topic| &mut topic.error);
    let recreated = errors.filter(|error| error.as_ref().is_some_and(Cause::is_recreated));
    match recreated.filter_map(Option::take).next() {
        None => Ok(()),
        Some(cause) => Err(WireError {
            broker: "any".to_owned(),
            cause,
        }),
    }
}

/// An id as Kafka's tools write it; `None` for the nil id.
pub(super) fn id_text(id: Uuid) -> Option<String> {
    (!id.is_nil()).then(|| URL_SAFE_NO_PAD.encode(id.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_the_same_as_long_as_its_id_is() {
        let mut ids = TopicIds::default();
        let topic: Arc<str> = Arc::from("orders");
        let [first, second] = [1, 2].map(Uuid::from_u128);
        // A broker that knows no ids neither sets nor changes one.
        assert!(ids.recreated(&topic, Uuid::nil()).is_none());
        assert_eq!(ids.get("orders"), None);
        assert!(ids.recreated(&topic, first).is_none());
        assert!(ids.recreated(&topic, first).is_none());
        assert!(ids.recreated(&topic, Uuid::nil()).is_none());
        assert!(ids.recreated(&Arc::from("payments"), second).is_none());
        let cause = ids.recreated(&topic, second).unwrap();
        assert_eq!(
            cause.to_string(),
            "topic \"orders\" was deleted and created again: its topic id was \
             AAAAAAAAAAAAAAAAAAAAAQ, now it is AAAAAAAAAAAAAAAAAAAAAg"
        );
        // It does not become the right one by being seen.
        assert!(ids.recreated(&topic, second).is_some());
        assert_eq!(ids.get("orders"), Some(first));
    }
}
