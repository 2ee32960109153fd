//! The offsets that a selection asks for, from a cluster.

use std::collections::BTreeMap;

use super::{Detail, NoWatermarks, Watermarks};
use crate::{
    event::TopicPartition,
    kafka::{
        Isolation,
        wire::{Cause, Client, WireError},
    },
    select::{Ask, OffsetLookup},
};

/// Looks offsets up in a cluster.
#[derive(Debug)]
pub struct ClusterOffsets<'a> {
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
    /// The leader refused, for this partition.
    #[error("{partition}: {cause}")]
    Refused {
        /// The partition.
        partition: TopicPartition,
        /// Why.
        cause: Cause,
    },
    /// No broker leads the partition.
    #[error("{0} has no leader, so nobody can say where it begins and ends")]
    NoLeader(TopicPartition),
}

impl<'a> ClusterOffsets<'a> {
    /// Ends are those that `isolation` shows.
    pub fn new(client: &'a mut Client, isolation: Isolation) -> Self {
        Self {
            client,
            isolation,
            stored: BTreeMap::new(),
        }
    }

    /// Answers [`Ask::Stored`] from `stored`, the offsets that a group has committed.
    #[must_use]
    pub fn with_stored(mut self, stored: BTreeMap<TopicPartition, i64>) -> Self {
        self.stored = stored;
        self
    }

    fn detail(&self, question: Ask) -> Option<Detail> {
        match question {
            Ask::Earliest => Some(Detail::Start),
            Ask::Latest => Some(Detail::end_for(self.isolation)),
            Ask::HighWatermark => Some(Detail::End),
            Ask::At(timestamp) => Some(Detail::AtOrAfter(timestamp, self.isolation)),
            Ask::Stored => None,
        }
    }

    fn answer(&self, at: &TopicPartition, watermarks: &Watermarks, question: Ask) -> Option<i64> {
        match question {
            Ask::Earliest => watermarks.start,
            Ask::Latest => watermarks.end_for(self.isolation),
            Ask::HighWatermark => watermarks.end,
            Ask::At(_) => (watermarks.records.as_ref().ok()?.at_or_after).map(|place| place.offset),
            Ask::Stored => self.stored.get(at).copied(),
        }
    }
}

impl OffsetLookup for ClusterOffsets<'_> {
    type Error = LookupError;

    fn ask(
        &mut self,
        partitions: &[TopicPartition],
        questions: &[Ask],
    ) -> Result<Vec<Vec<Option<i64>>>, LookupError> {
        let details: Vec<Detail> = (questions.iter())
            .filter_map(|question| self.detail(*question))
            .collect();
        let found = self.client.watermarks(partitions, &details).complete()?;
        let mut known: BTreeMap<TopicPartition, Watermarks> = BTreeMap::new();
        for (at, watermarks) in found {
            let refused = |cause| LookupError::Refused {
                partition: at.clone(),
                cause,
            };
            let watermarks = match watermarks {
                Ok(watermarks) => watermarks,
                Err(NoWatermarks::Refused(cause)) => return Err(refused(cause)),
                Err(_) => return Err(LookupError::NoLeader(at)),
            };
            match watermarks.records {
                Err(cause) => return Err(refused(cause)),
                Ok(_) => known.insert(at, watermarks),
            };
        }
        let answers = questions.iter().map(|question| {
            let of = |at| self.answer(at, known.get(at)?, *question);
            partitions.iter().map(of).collect()
        });
        Ok(answers.collect())
    }
}
