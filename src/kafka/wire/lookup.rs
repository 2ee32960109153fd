//! The answers that a selection needs, from a cluster.

use std::collections::BTreeMap;

use super::{Cause, Client, OffsetSpec, WireError};
use crate::{
    event::TopicPartition,
    kafka::Isolation,
    select::{Ask, OffsetLookup},
};

/// Looks offsets up in a cluster.
#[derive(Debug)]
pub struct Lookup<'a> {
    client: &'a mut Client,
    isolation: Isolation,
    stored: BTreeMap<TopicPartition, i64>,
}

/// A look-up that failed.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The cluster could not be asked.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The cluster would not say, for this partition.
    #[error("{partition}: {cause}")]
    Refused {
        /// The partition.
        partition: TopicPartition,
        /// Why.
        cause: Cause,
    },
    /// Nobody leads the partition.
    #[error("{0} has no leader, so nobody can say where it begins and ends")]
    NoLeader(TopicPartition),
}

impl<'a> Lookup<'a> {
    /// Ends are those that `isolation` shows.
    pub fn new(client: &'a mut Client, isolation: Isolation) -> Self {
        Self {
            client,
            isolation,
            stored: BTreeMap::new(),
        }
    }

    /// Answers what a group has stored by `stored`.
    #[must_use]
    pub fn with_stored(mut self, stored: BTreeMap<TopicPartition, i64>) -> Self {
        self.stored = stored;
        self
    }
}

impl OffsetLookup for Lookup<'_> {
    type Error = LookupError;

    fn ask(
        &mut self,
        partitions: &[TopicPartition],
        questions: &[Ask],
    ) -> Result<Vec<Vec<Option<i64>>>, LookupError> {
        let leaders = match self.client.known_leaders(partitions.iter()) {
            Some(known) => known,
            None => self.client.find_leaders(partitions.iter())?,
        };
        if let Some(orphan) = partitions
            .iter()
            .find(|partition| !leaders.contains_key(partition))
        {
            return Err(LookupError::NoLeader(orphan.clone()));
        }
        let leaders: BTreeMap<_, _> = leaders
            .into_iter()
            .map(|(partition, (leader, _))| (partition, leader))
            .collect();
        let specs: Vec<_> = questions
            .iter()
            .filter_map(|question| spec(*question))
            .collect();
        let mut found = self
            .client
            .list_offsets(&leaders, &specs, self.isolation)?
            .into_iter();
        let mut high_watermarks = if questions.contains(&Ask::HighWatermark) {
            let specs = [OffsetSpec::Latest];
            self.client
                .list_offsets(&leaders, &specs, Isolation::Uncommitted)?
        } else {
            Vec::new()
        };
        let mut answers = Vec::with_capacity(questions.len());
        for question in questions {
            let known = match question {
                Ask::Stored => None,
                Ask::HighWatermark => high_watermarks.pop(),
                _ => found.next(),
            };
            let Some(mut known) = known else {
                let stored = |partition| self.stored.get(partition).copied();
                answers.push(partitions.iter().map(stored).collect());
                continue;
            };
            let row = partitions
                .iter()
                .map(|partition| match known.remove(partition) {
                    Some(Ok(offset)) => Ok(offset),
                    Some(Err(cause)) => Err(LookupError::Refused {
                        partition: partition.clone(),
                        cause,
                    }),
                    None => Err(LookupError::NoLeader(partition.clone())),
                });
            answers.push(row.collect::<Result<_, _>>()?);
        }
        Ok(answers)
    }
}

fn spec(question: Ask) -> Option<OffsetSpec> {
    match question {
        Ask::Earliest => Some(OffsetSpec::Earliest),
        Ask::Latest => Some(OffsetSpec::Latest),
        Ask::At(timestamp) => Some(OffsetSpec::AtOrAfter(timestamp)),
        Ask::HighWatermark | Ask::Stored => None,
    }
}
