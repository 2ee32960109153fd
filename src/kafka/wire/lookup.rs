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
        Self { client, isolation }
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
        let mut answers = Vec::with_capacity(questions.len());
        for question in questions {
            let Some(mut known) = spec(*question).and_then(|_| found.next()) else {
                // Only members of a group have stored offsets, and they do not ask here.
                answers.push(vec![None; partitions.len()]);
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
        Ask::Stored => None,
    }
}
