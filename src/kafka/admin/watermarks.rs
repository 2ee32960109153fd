//! Where partitions begin and end: the one place that asks.

use std::collections::BTreeMap;

use crate::{
    event::TopicPartition,
    kafka::{
        Isolation,
        wire::{
            Cause, Client, ListedOffsets, OffsetAndTimestamp, OffsetQuestion, OffsetSpec, Partial,
            Unanswered, WireError,
        },
    },
};

/// A detail of partitions that may be asked for; each costs one request to each leader, all of them
/// in one round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The log start offset.
    Start,
    /// The last stable offset.
    StableEnd,
    /// The high watermark.
    End,
    /// The first record with a timestamp that a reader with this isolation sees.
    FirstRecord(Isolation),
    /// The first record with the largest timestamp (KIP-734: Kafka 3.0).
    LastRecord(Isolation),
    /// The first record with this timestamp (ms) or a later one.
    AtOrAfter(i64, Isolation),
}

/// Where a partition begins and ends; `None` is what was not asked for.
#[derive(Debug)]
pub struct Watermarks {
    /// The broker that leads it.
    pub leader: i32,
    /// The log start offset.
    pub start: Option<i64>,
    /// The last stable offset.
    pub stable_end: Option<i64>,
    /// The high watermark.
    pub end: Option<i64>,
    /// Records by time; an error when the leader knows the ends but not these.
    pub records: Result<RecordTimes, Cause>,
}

/// Records of a partition by time; `None` is also what was not asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordTimes {
    /// The first record; `None` when there is none, or none has a timestamp.
    pub first: Option<OffsetAndTimestamp>,
    /// The first record with the largest timestamp; `None` as above.
    pub last: Option<OffsetAndTimestamp>,
    /// The first record that is late enough; `None` when none is.
    pub at_or_after: Option<OffsetAndTimestamp>,
}

/// Why nothing is known of a partition.
#[derive(Debug, thiserror::Error)]
pub enum NoWatermarks {
    /// No broker leads it.
    #[error("no leader")]
    NoLeader,
    /// Its leader did not answer; the text names the broker.
    #[error("{0}")]
    Silent(String),
    /// Its leader answered and left it out.
    #[error("its leader left it out of the answer")]
    LeftOut,
    /// Its leader refused.
    #[error(transparent)]
    Refused(#[from] Cause),
}

impl Watermarks {
    /// The end that a reader with this isolation sees.
    #[must_use]
    pub fn end_for(&self, isolation: Isolation) -> Option<i64> {
        match isolation {
            Isolation::Committed => self.stable_end,
            Isolation::Uncommitted => self.end,
        }
    }

    fn take_record(&mut self, detail: Detail, answer: Result<Option<OffsetAndTimestamp>, Cause>) {
        let record = match answer {
            Ok(record) => record,
            Err(cause) => {
                self.records = Err(cause);
                return;
            }
        };
        if let Ok(records) = &mut self.records {
            match detail {
                Detail::FirstRecord(_) => records.first = record,
                Detail::LastRecord(_) => records.last = record,
                _ => records.at_or_after = record,
            }
        }
    }
}

impl Detail {
    /// The end that a reader with this isolation sees.
    #[must_use]
    pub fn end_for(isolation: Isolation) -> Self {
        match isolation {
            Isolation::Committed => Self::StableEnd,
            Isolation::Uncommitted => Self::End,
        }
    }

    fn question(self) -> (OffsetSpec, Isolation) {
        match self {
            Self::Start => (OffsetSpec::Earliest, Isolation::Uncommitted),
            Self::StableEnd => (OffsetSpec::Latest, Isolation::Committed),
            Self::End => (OffsetSpec::Latest, Isolation::Uncommitted),
            Self::FirstRecord(isolation) => (OffsetSpec::AtOrAfter(0), isolation),
            Self::LastRecord(isolation) => (OffsetSpec::MaxTimestamp, isolation),
            Self::AtOrAfter(ms, isolation) => (OffsetSpec::AtOrAfter(ms), isolation),
        }
    }
}

impl Client {
    /// Asks where `partitions` begin and end, as far as `details` say; what is asked for twice is
    /// asked once. Leaders are those of the last metadata; when one of them is not known, metadata
    /// are asked for first.
    ///
    /// Each partition has an answer of its own; brokers that did not answer are among the failures.
    pub fn watermarks(
        &mut self,
        partitions: &[TopicPartition],
        details: &[Detail],
    ) -> Partial<BTreeMap<TopicPartition, Result<Watermarks, NoWatermarks>>> {
        if let Err(WireError { broker, cause }) = self.know_leaders(partitions) {
            let failure = Unanswered {
                what: broker,
                cause,
            };
            let silent = |at: &TopicPartition| {
                let why = NoWatermarks::Silent(failure.to_string());
                (at.clone(), Err(why))
            };
            return Partial {
                items: partitions.iter().map(silent).collect(),
                failures: vec![failure],
            };
        }
        let mut asked: Vec<Detail> = Vec::new();
        for detail in details {
            if !asked.contains(detail) {
                asked.push(*detail);
            }
        }
        let questions = asked.iter().map(|detail| {
            let (spec, isolation) = detail.question();
            OffsetQuestion {
                isolation,
                partitions: partitions.iter().map(|at| (at, spec)).collect(),
            }
        });
        let Partial { items, failures } = self.list_offsets(&questions.collect::<Vec<_>>());
        let mut listed: Vec<_> = asked.into_iter().zip(items).collect();
        let items = partitions.iter().map(|at| {
            let silent = || self.silence(at, &failures);
            (at.clone(), self.watermarks_of(at, &mut listed, silent))
        });
        Partial {
            items: items.collect(),
            failures,
        }
    }

    /// Asks for metadata when the leader of one of `partitions` is not known.
    fn know_leaders(&mut self, partitions: &[TopicPartition]) -> Result<(), WireError> {
        if partitions.iter().all(|at| self.leader(at).is_some()) {
            return Ok(());
        }
        self.find_leaders(partitions.iter()).map(|_| ())
    }

    fn watermarks_of(
        &self,
        at: &TopicPartition,
        listed: &mut [(Detail, ListedOffsets)],
        silent: impl Fn() -> NoWatermarks,
    ) -> Result<Watermarks, NoWatermarks> {
        let mut watermarks = Watermarks {
            leader: self.leader(at).ok_or(NoWatermarks::NoLeader)?,
            start: None,
            stable_end: None,
            end: None,
            records: Ok(RecordTimes::default()),
        };
        for (detail, offsets) in listed {
            let answer = offsets.remove(at).ok_or_else(&silent)?;
            match detail {
                Detail::Start => watermarks.start = offset(answer)?,
                Detail::StableEnd => watermarks.stable_end = offset(answer)?,
                Detail::End => watermarks.end = offset(answer)?,
                detail => watermarks.take_record(*detail, answer),
            }
        }
        Ok(watermarks)
    }

    /// Why the leader of a partition has not answered.
    fn silence(&self, at: &TopicPartition, failures: &[Unanswered]) -> NoWatermarks {
        let address = self
            .leader(at)
            .and_then(|leader| self.brokers().get(&leader));
        let own = |failure: &&Unanswered| address.is_some_and(|own| **own == *failure.what);
        match failures.iter().find(own).or(failures.first()) {
            Some(failure) => NoWatermarks::Silent(failure.to_string()),
            None => NoWatermarks::LeftOut,
        }
    }
}

fn offset(answer: Result<Option<OffsetAndTimestamp>, Cause>) -> Result<Option<i64>, Cause> {
    Ok(answer?.map(|place| place.offset))
}
