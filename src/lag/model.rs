//! The answer of `evctl lag` as plain data, in the shape and order of its JSON (`evctl.lag/1`).
//! What is not known is `None`, never 0 or -1.

use std::sync::Arc;

use serde::Serialize;

use super::{Limit, Status};
use crate::event::{GroupType, TimestampType};

/// The whole answer.
#[derive(Clone, Debug, Serialize)]
pub struct LagReport {
    /// `evctl.lag/1`
    pub kind: &'static str,
    /// When it was looked, RFC 3339.
    pub at: String,
    /// The cluster's id.
    pub cluster_id: Option<String>,
    /// Groups by name.
    pub groups: Vec<GroupLag>,
    /// Limits that were asked for, one each per group.
    pub limits: Vec<Limit>,
    /// What could not be asked: brokers and groups.
    pub failures: Vec<String>,
}

/// A group.
#[derive(Clone, Debug, Serialize)]
pub struct GroupLag {
    /// Its name.
    #[serde(serialize_with = "name")]
    pub group: Arc<str>,
    /// Its protocol; `None` when the group may not be seen.
    #[serde(rename = "type", serialize_with = "kind")]
    pub kind: Option<GroupType>,
    /// Its state as Kafka names it.
    pub state: Option<String>,
    /// The broker that coordinates it.
    pub coordinator: Option<i32>,
    /// How many members it has.
    pub members: Option<usize>,
    /// The worst status of its partitions.
    pub status: Status,
    /// Unread records, or offsets, of the partitions that are known; `None` when none is.
    pub lag: Option<i64>,
    /// Whether it may be fewer: compaction and transactions leave offsets without records, and
    /// those of some partition were not counted.
    pub lag_is_upper_bound: bool,
    /// The lag if partitions without a commit are read from their beginning.
    pub if_earliest: Option<i64>,
    /// The lag if partitions without a commit are read from their end.
    pub if_latest: Option<i64>,
    /// The age of the oldest unread record.
    pub time_lag_ms: Option<i64>,
    /// The largest span between next unread and newest record of a partition.
    pub span_ms: Option<i64>,
    /// Offsets that were removed before the group read them.
    pub lost: Option<i64>,
    /// Seconds until nothing is left; `None` when unknown, or when a partition is not draining.
    pub eta_s: Option<f64>,
    /// How many partitions there are, without abandoned ones and deleted topics.
    pub partition_count: usize,
    /// How many of them have a lag that is not known.
    pub unknown_partitions: usize,
    /// What is to be said about the group, most important first.
    pub reasons: Vec<String>,
    /// Its partitions by topic and number.
    pub partitions: Vec<PartitionLag>,
}

/// A partition as a group sees it.
#[derive(Clone, Debug, Serialize)]
pub struct PartitionLag {
    /// The topic.
    #[serde(serialize_with = "name")]
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// How it stands.
    pub status: Status,
    /// The offset that is stored: of the next record to read.
    pub committed: Option<i64>,
    /// The leader's epoch that was stored with it.
    pub leader_epoch: Option<i32>,
    /// The first offset that can be read.
    pub low: Option<i64>,
    /// The last stable offset: where the first open transaction begins, or the end.
    pub stable_end: Option<i64>,
    /// The high watermark.
    pub end: Option<i64>,
    /// Unread records, or offsets where `lag_is_upper_bound`.
    pub lag: Option<i64>,
    /// Whether it may be fewer, as they were not counted.
    pub lag_is_upper_bound: bool,
    /// Without a commit: the lag if it is read from the beginning.
    pub if_earliest: Option<i64>,
    /// Without a commit: the lag if it is read from the end.
    pub if_latest: Option<i64>,
    /// Records that are really there, where they were counted, or known to be none.
    pub records_left: Option<i64>,
    /// The age of the next unread record; 0 when there is none.
    pub time_lag_ms: Option<i64>,
    /// From the next unread record's timestamp to the newest one's.
    pub span_ms: Option<i64>,
    /// The next unread record's timestamp.
    pub next_ts: Option<i64>,
    /// Who set it: `create` (the producer) or `log-append` (the broker).
    #[serde(serialize_with = "timestamp_type")]
    pub next_ts_type: Option<TimestampType>,
    /// How it was found: `fetch` is exact, `bisect` a bound where timestamps are out of order.
    pub method: Option<&'static str>,
    /// How far the next record's timestamp lies in the future.
    pub clock_skew_ms: Option<i64>,
    /// Offsets that were removed before they were read.
    pub lost: Option<i64>,
    /// Offsets that may still be removed before any unread one is.
    pub retention_margin: Option<i64>,
    /// Offsets from the last stable one to the end, behind an open transaction.
    pub txn_records: Option<i64>,
    /// The age of the record at the last stable offset.
    pub txn_age_ms: Option<i64>,
    /// Offsets written in a second.
    pub rate_in: Option<f64>,
    /// Offsets read in a second.
    pub rate_out: Option<f64>,
    /// Seconds until nothing is left at these rates; `None` when it is not draining.
    pub eta_s: Option<f64>,
    /// Who has it.
    pub owner: Option<Owner>,
    /// When the group last committed here, where its history was read.
    pub last_commit_ts: Option<i64>,
    /// What else there is to say.
    pub notes: Vec<String>,
}

/// The member that has a partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// What the coordinator calls it.
    pub member_id: String,
    /// What it calls itself over restarts.
    pub instance_id: Option<String>,
    /// `client.id`
    pub client_id: String,
    /// Where it connects from.
    pub host: String,
}

/// What two looks at a partition tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Offsets written in a second.
    pub rate_in: f64,
    /// Offsets read in a second.
    pub rate_out: f64,
}

impl Rates {
    /// From the ends and commits of two looks that lie `seconds` apart; `None` when no time passed.
    #[must_use]
    pub fn between(ends: (i64, i64), commits: (i64, i64), seconds: f64) -> Option<Self> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a rate of records needs no more than 52 bits"
        )]
        let rate = |(before, after): (i64, i64)| (after - before).max(0) as f64 / seconds;
        (seconds > 0.0).then(|| Self {
            rate_in: rate(ends),
            rate_out: rate(commits),
        })
    }

    /// Seconds until `lag` is gone; 0 when it is, `None` when it does not fall.
    #[must_use]
    pub fn eta(self, lag: i64) -> Option<f64> {
        if lag <= 0 {
            return Some(0.0);
        }
        let closing = self.rate_out - self.rate_in;
        #[expect(clippy::cast_precision_loss, reason = "an estimate in seconds")]
        let lag = lag as f64;
        (closing > 0.0).then(|| lag / closing)
    }
}

impl GroupLag {
    /// A group that may not be seen, and why.
    #[must_use]
    pub fn unseen(group: &str, why: String) -> Self {
        Self {
            group: Arc::from(group),
            kind: None,
            state: None,
            coordinator: None,
            members: None,
            status: Status::Error,
            lag: None,
            lag_is_upper_bound: false,
            if_earliest: None,
            if_latest: None,
            time_lag_ms: None,
            span_ms: None,
            lost: None,
            eta_s: None,
            partition_count: 0,
            unknown_partitions: 0,
            reasons: vec![why],
            partitions: Vec::new(),
        }
    }
}

impl PartitionLag {
    /// A row of which nothing is known yet.
    #[must_use]
    pub fn new(topic: Arc<str>, partition: i32, status: Status) -> Self {
        Self {
            topic,
            partition,
            status,
            committed: None,
            leader_epoch: None,
            low: None,
            stable_end: None,
            end: None,
            lag: None,
            lag_is_upper_bound: false,
            if_earliest: None,
            if_latest: None,
            records_left: None,
            time_lag_ms: None,
            span_ms: None,
            next_ts: None,
            next_ts_type: None,
            method: None,
            clock_skew_ms: None,
            lost: None,
            retention_margin: None,
            txn_records: None,
            txn_age_ms: None,
            rate_in: None,
            rate_out: None,
            eta_s: None,
            owner: None,
            last_commit_ts: None,
            notes: Vec::new(),
        }
    }

    /// Whether it counts in the sums: abandoned partitions and deleted topics do not.
    #[must_use]
    pub fn counts(&self) -> bool {
        !matches!(self.status, Status::Abandoned | Status::TopicGone)
    }

    /// Whether nothing readable is left; a partition of which that is not known has some.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        match (self.records_left, self.lag, self.if_earliest) {
            (Some(left), ..) => left == 0,
            (None, Some(lag), _) => lag == 0,
            (None, None, Some(all)) => all == 0,
            (None, None, None) => false,
        }
    }

    /// Puts rates on the row, which has so many unread offsets: rates are of offsets, too.
    pub fn set_rates(&mut self, rates: Rates, offsets: i64) {
        self.rate_in = Some(rates.rate_in);
        self.rate_out = Some(rates.rate_out);
        self.eta_s = rates.eta(offsets);
    }
}

#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn kind<S: serde::Serializer>(kind: &Option<GroupType>, serializer: S) -> Result<S::Ok, S::Error> {
    match kind {
        Some(kind) => serializer.serialize_str(kind.name()),
        None => serializer.serialize_none(),
    }
}

pub(super) fn name<S: serde::Serializer>(
    name: &Arc<str>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name)
}

#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn timestamp_type<S: serde::Serializer>(
    kind: &Option<TimestampType>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match kind {
        Some(kind) => serializer.serialize_str(kind.as_str()),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_tell_when_a_partition_is_drained_and_when_it_never_will_be() {
        let rates = Rates::between((100, 400), (0, 600), 30.0).unwrap();
        assert_eq!((rates.rate_in, rates.rate_out), (10.0, 20.0));
        assert_eq!(rates.eta(500), Some(50.0));
        assert_eq!(rates.eta(0), Some(0.0));
        let stuck = Rates::between((100, 400), (5, 5), 30.0).unwrap();
        assert_eq!(stuck.eta(500), None);
        assert_eq!(Rates::between((0, 1), (0, 1), 0.0), None);
        // A group that was set back reads nothing, and less than nothing it never reads.
        let back = Rates::between((0, 0), (9, 3), 1.0).unwrap();
        assert_eq!(back.rate_out, 0.0);
    }
}
