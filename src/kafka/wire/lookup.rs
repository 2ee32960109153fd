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
            .filter_map(|question| self.spec(*question))
            .collect();
        let mut found = self.client.list_offsets_as(&leaders, &specs)?.into_iter();
        let mut answers = Vec::with_capacity(questions.len());
        for question in questions {
            let Some(mut known) = self.spec(*question).and_then(|_| found.next()) else {
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

impl Lookup<'_> {
    /// What to ask the cluster; `None` when it is not the one to ask.
    fn spec(&self, question: Ask) -> Option<(OffsetSpec, Isolation)> {
        let spec = match question {
            Ask::Earliest => OffsetSpec::Earliest,
            Ask::Latest => OffsetSpec::Latest,
            Ask::HighWatermark => return Some((OffsetSpec::Latest, Isolation::Uncommitted)),
            Ask::At(timestamp) => OffsetSpec::AtOrAfter(timestamp),
            Ask::Stored => return None,
        };
        Some((spec, self.isolation))
    }
}
