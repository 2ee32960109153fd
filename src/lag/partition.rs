//! One partition of one group: from what the cluster said to a status and numbers.

use std::sync::Arc;

use super::{Owner, PartitionLag, Rates, Status, Verdict};
use crate::{
    codec::shell::CommandLine,
    event::{Commit, TimestampType},
};

/// Which end counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The high watermark, as nobody knows how the group reads; open transactions are shown.
    #[default]
    Both,
    /// The last stable offset: what a reader of committed records can have.
    Committed,
    /// The high watermark, and transactions do not matter.
    Uncommitted,
}

/// Whether a group has members that read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// It has members.
    Present,
    /// It has none, though its type has them.
    Absent,
    /// Its members are not known: a simple group never has any, and others may not be described.
    Unknown,
}

/// Whether there is a partition to speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It has a leader.
    Led,
    /// Nobody leads it.
    Leaderless,
    /// The topic does not exist.
    Gone,
    /// It could not be asked, because …
    Failed(String),
}

/// The first record that is still to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NextRecord {
    /// Nobody looked.
    #[default]
    NotAsked,
    /// It is this one.
    Found {
        /// Its timestamp; negative when it has none.
        timestamp: i64,
        /// Who set it; `None` when the record itself was not seen.
        timestamp_type: Option<TimestampType>,
        /// `fetch` or `bisect`
        method: &'static str,
    },
    /// There is none before the end: what is left are transaction markers and compacted offsets.
    None,
    /// It could not be found, because …
    Failed(String),
}

/// What is known of a partition.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// Whether it is there.
    pub presence: Presence,
    /// What the group has stored; `None` when nothing.
    pub commit: Option<&'a Commit>,
    /// The first readable offset, the last stable offset and the high watermark; `None` when one
    /// could not be had, and `presence` says why.
    pub bounds: Option<Bounds>,
    /// Whether the group lives and wants nothing of this topic.
    pub abandoned: bool,
    /// Whether anybody is there to read.
    pub membership: Membership,
    /// The next unread record.
    pub next: NextRecord,
    /// The next record behind an open transaction's beginning: its timestamp.
    pub blocked_since: Option<i64>,
    /// The largest timestamp of the partition.
    pub newest_ts: Option<i64>,
    /// Who has it.
    pub owner: Option<Owner>,
    /// What its commits say, where they were looked at.
    pub verdict: Option<Verdict>,
    /// Offsets per second, where two looks were taken.
    pub rates: Option<Rates>,
    /// Unread records up to [`Bounds::readable_end`], where they were counted.
    pub counted: Option<i64>,
}

/// Where a partition begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The first readable offset.
    pub low: i64,
    /// The last stable offset.
    pub stable_end: i64,
    /// The high watermark.
    pub end: i64,
}

impl Bounds {
    /// The end that counts for `view`.
    #[must_use]
    pub fn visible_end(self, view: View) -> i64 {
        match view {
            View::Committed => self.stable_end,
            View::Both | View::Uncommitted => self.end,
        }
    }

    /// Up to where records can be had now: behind an open transaction only by those who ask for
    /// uncommitted ones.
    #[must_use]
    pub fn readable_end(self, view: View) -> i64 {
        match view {
            View::Both | View::Committed => self.stable_end,
            View::Uncommitted => self.end,
        }
    }

    /// Where a group that has stored `offset` really goes on: `None` behind the end.
    #[must_use]
    pub fn position(self, offset: i64) -> Option<i64> {
        (offset <= self.end).then(|| offset.max(self.low))
    }
}

/// The row of a partition, at the instant `now`.
#[must_use]
pub fn partition_lag(facts: &Facts<'_>, view: View, now: i64) -> PartitionLag {
    let mut row = PartitionLag::new(facts.topic.clone(), facts.partition, Status::Ok);
    row.owner = facts.owner.clone();
    if let Some(commit) = facts.commit {
        row.committed = Some(commit.offset);
        row.leader_epoch = commit.leader_epoch;
    }
    let bounds = match (&facts.presence, facts.bounds) {
        (Presence::Gone, _) => {
            row.status = Status::TopicGone;
            return row;
        }
        (Presence::Leaderless, _) => {
            row.status = Status::NoLeader;
            return row;
        }
        (Presence::Failed(why), _) => {
            row.status = Status::Error;
            row.notes.push(why.clone());
            return row;
        }
        (Presence::Led, None) => {
            row.status = Status::Error;
            row.notes.push("its ends are not known".to_owned());
            return row;
        }
        (Presence::Led, Some(bounds)) => bounds,
    };
    row.low = Some(bounds.low);
    row.stable_end = Some(bounds.stable_end);
    row.end = Some(bounds.end);
    if view != View::Uncommitted && bounds.stable_end < bounds.end {
        row.txn_records = Some(bounds.end - bounds.stable_end);
        row.txn_age_ms = facts.blocked_since.map(|since| (now - since).max(0));
    }
    let visible_end = bounds.visible_end(view);
    let Some(commit) = facts.commit else {
        if bounds.low == bounds.end {
            // Wherever consumers begin, nothing is there to read.
            row.lag = Some(0);
            row.records_left = Some(0);
            row.time_lag_ms = Some(0);
            return row;
        }
        row.status = Status::NoCommit;
        row.if_earliest = Some((visible_end - bounds.low).max(0));
        row.if_latest = Some(0);
        return row;
    };
    let Some(position) = bounds.position(commit.offset) else {
        row.status = Status::BeyondEnd;
        row.notes.push(
            "the topic was made anew or its log was cut; consumers will go by auto.offset.reset"
                .to_owned(),
        );
        return row;
    };
    let lag = (visible_end - position).max(0);
    row.lag = Some(lag);
    row.lost = Some((bounds.low - commit.offset).max(0));
    row.retention_margin = (commit.offset >= bounds.low).then(|| commit.offset - bounds.low);
    measure_time(&mut row, facts, lag, now);
    let counted = if lag == 0 || facts.next == NextRecord::None {
        Some(0)
    } else {
        facts.counted
    };
    // What an open transaction hides is told by its offsets.
    let hidden = (visible_end - bounds.readable_end(view).max(position)).max(0);
    // Offsets without records are nobody's work.
    row.lag = Some(counted.map_or(lag, |counted| lag.min(counted + hidden)));
    row.records_left = counted.filter(|_| hidden == 0);
    row.lag_is_upper_bound = row.records_left.is_none();
    if let Some(rates) = facts.rates {
        row.set_rates(rates, if row.lag == Some(0) { 0 } else { lag });
    }
    if let Some(verdict) = &facts.verdict {
        row.last_commit_ts = verdict.last_commit;
        row.notes.extend(verdict.note.clone());
    }
    row.status = status(&row, facts, bounds, position, view);
    if row.status == Status::Unknown {
        row.notes.push(
            "nothing tells whether anybody reads on; --verdict looks at its commits".to_owned(),
        );
    }
    if row.status == Status::TxnBlocked {
        let line = CommandLine::evctl("topics describe").operand(&*row.topic);
        let line = line.and("--producers");
        row.notes.push(format!("`{line}` names who holds it open"));
    }
    row
}

fn status(
    row: &PartitionLag,
    facts: &Facts<'_>,
    bounds: Bounds,
    position: i64,
    view: View,
) -> Status {
    let blocked = view != View::Uncommitted
        && bounds.stable_end < bounds.end
        && (position >= bounds.stable_end || facts.next == NextRecord::None);
    match &facts.verdict {
        _ if row.lost.is_some_and(|lost| lost > 0) => Status::DataLost,
        _ if blocked => Status::TxnBlocked,
        _ if facts.abandoned => Status::Abandoned,
        _ if row.is_drained() => Status::Ok,
        Some(verdict) if verdict.status == Status::Rewound => verdict.status,
        // Nobody is there to read on, however well it went.
        _ if facts.membership == Membership::Absent => Status::Stopped,
        Some(verdict) => verdict.status,
        None if facts.membership == Membership::Unknown => Status::Unknown,
        None => Status::Ok,
    }
}

/// How old the next unread record is.
fn measure_time(row: &mut PartitionLag, facts: &Facts<'_>, lag: i64, now: i64) {
    if lag == 0 {
        row.time_lag_ms = Some(0);
        return;
    }
    match &facts.next {
        NextRecord::NotAsked => {}
        NextRecord::Failed(why) => row.notes.push(format!("no time lag: {why}")),
        NextRecord::None if row.txn_records.is_some() => {
            row.time_lag_ms = row.txn_age_ms;
        }
        NextRecord::None => {
            row.time_lag_ms = Some(0);
            row.notes
                .push("what is left up to the end are transaction markers or compacted".to_owned());
        }
        NextRecord::Found {
            timestamp,
            timestamp_type,
            method,
        } => {
            row.method = Some(method);
            row.next_ts_type = *timestamp_type;
            if *timestamp < 0 {
                row.notes.push("no timestamps".to_owned());
                return;
            }
            row.next_ts = Some(*timestamp);
            row.time_lag_ms = Some((now - timestamp).max(0));
            row.clock_skew_ms = (*timestamp > now).then(|| timestamp - now);
            row.span_ms = facts.newest_ts.map(|newest| (newest - timestamp).max(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;

    fn bounds(low: i64, stable_end: i64, end: i64) -> Option<Bounds> {
        Some(Bounds {
            low,
            stable_end,
            end,
        })
    }

    fn commit(offset: i64) -> Commit {
        Commit {
            offset,
            leader_epoch: None,
            metadata: String::new(),
        }
    }

    fn facts(commit: Option<&Commit>, bounds: Option<Bounds>) -> Facts<'_> {
        Facts {
            topic: Arc::from("orders"),
            partition: 3,
            presence: Presence::Led,
            commit,
            bounds,
            abandoned: false,
            membership: Membership::Present,
            next: NextRecord::NotAsked,
            blocked_since: None,
            newest_ts: None,
            owner: None,
            verdict: None,
            rates: None,
            counted: None,
        }
    }

    fn found(timestamp: i64) -> NextRecord {
        NextRecord::Found {
            timestamp,
            timestamp_type: Some(TimestampType::Create),
            method: "fetch",
        }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "what is known is written where it is judged"
    )]
    fn judged(facts: Facts<'_>) -> PartitionLag {
        partition_lag(&facts, View::Both, NOW)
    }

    #[test]
    fn without_a_commit_both_bounds_are_told_and_the_lag_is_not_known() {
        let row = judged(facts(None, bounds(10, 25, 25)));
        assert_eq!(row.status, Status::NoCommit);
        assert_eq!(
            (row.lag, row.if_earliest, row.if_latest),
            (None, Some(15), Some(0))
        );
        assert!(!row.is_drained());
    }

    #[test]
    fn an_empty_partition_without_a_commit_is_drained() {
        for (low, stable_end, end, drained) in
            [(0, 0, 0, true), (25, 25, 25, true), (5, 5, 9, false)]
        {
            let row = judged(facts(None, bounds(low, stable_end, end)));
            assert_eq!(row.is_drained(), drained, "{low} {stable_end} {end}");
            let expected = if drained {
                (Status::Ok, Some(0))
            } else {
                (Status::NoCommit, None)
            };
            assert_eq!((row.status, row.lag), expected);
        }
    }

    #[test]
    fn unread_records_without_known_members_have_no_status() {
        let commit = commit(5);
        let of = |end, membership| {
            let facts = Facts {
                membership,
                ..facts(Some(&commit), bounds(0, end, end))
            };
            judged(facts).status
        };
        assert_eq!(of(9, Membership::Unknown), Status::Unknown);
        assert_eq!(of(5, Membership::Unknown), Status::Ok, "nothing is left");
        assert_eq!(of(9, Membership::Present), Status::Ok);
        assert_eq!(of(9, Membership::Absent), Status::Stopped);
    }

    #[test]
    fn what_retention_removed_is_lost_and_not_lag() {
        let row = judged(facts(Some(&commit(40)), bounds(100, 500, 500)));
        assert_eq!(row.status, Status::DataLost);
        assert_eq!((row.lag, row.lost), (Some(400), Some(60)));
        assert_eq!(row.retention_margin, None);
        let safe = judged(facts(Some(&commit(140)), bounds(100, 500, 500)));
        assert_eq!((safe.lost, safe.retention_margin), (Some(0), Some(40)));
    }

    #[test]
    fn behind_the_end_nothing_is_known() {
        let row = judged(facts(Some(&commit(501)), bounds(0, 500, 500)));
        assert_eq!((row.status, row.lag), (Status::BeyondEnd, None));
        assert!(row.notes[0].contains("auto.offset.reset"));
    }

    #[test]
    fn what_cannot_be_asked_says_why() {
        for (presence, status) in [
            (Presence::Gone, Status::TopicGone),
            (Presence::Leaderless, Status::NoLeader),
            (Presence::Failed("not authorized".to_owned()), Status::Error),
        ] {
            let commit = commit(5);
            let row = judged(Facts {
                presence,
                ..facts(Some(&commit), None)
            });
            assert_eq!((row.status, row.lag), (status, None));
            assert_eq!(row.committed, Some(5));
        }
    }

    #[test]
    fn an_open_transaction_is_shown_from_both_sides() {
        let commit = commit(5);
        let blocked = || Facts {
            blocked_since: Some(NOW - 7_000),
            next: NextRecord::None,
            ..facts(Some(&commit), bounds(0, 5, 9))
        };
        let row = judged(blocked());
        assert_eq!(row.status, Status::TxnBlocked);
        assert_eq!((row.lag, row.txn_records), (Some(4), Some(4)));
        assert_eq!(
            (row.txn_age_ms, row.time_lag_ms),
            (Some(7_000), Some(7_000))
        );
        assert!(!row.is_drained());

        let row = partition_lag(&blocked(), View::Committed, NOW);
        assert_eq!(row.status, Status::TxnBlocked);
        assert_eq!((row.lag, row.time_lag_ms), (Some(0), Some(0)));
        assert!(
            row.is_drained(),
            "a reader of committed records has read all there is"
        );

        let row = partition_lag(&blocked(), View::Uncommitted, NOW);
        assert_eq!((row.txn_records, row.lag), (None, Some(0)));
    }

    #[test]
    fn transaction_markers_are_no_records() {
        let commit = commit(5);
        let row = judged(Facts {
            next: NextRecord::None,
            ..facts(Some(&commit), bounds(0, 6, 6))
        });
        assert_eq!(row.status, Status::Ok);
        assert_eq!(
            (row.lag, row.records_left, row.time_lag_ms),
            (Some(0), Some(0), Some(0))
        );
        assert!(row.notes[0].contains("transaction markers"));
        assert!(row.is_drained());
    }

    #[test]
    fn the_age_is_that_of_the_next_record_and_never_negative() {
        let commit = commit(5);
        let at = |timestamp| {
            judged(Facts {
                next: found(timestamp),
                newest_ts: Some(NOW - 1_000),
                ..facts(Some(&commit), bounds(0, 9, 9))
            })
        };
        let row = at(NOW - 60_000);
        assert_eq!((row.time_lag_ms, row.span_ms), (Some(60_000), Some(59_000)));
        assert_eq!((row.method, row.clock_skew_ms), (Some("fetch"), None));
        let future = at(NOW + 5_000);
        assert_eq!(
            (future.time_lag_ms, future.clock_skew_ms),
            (Some(0), Some(5_000))
        );
        let none = at(-1);
        assert_eq!((none.time_lag_ms, none.next_ts), (None, None));
        assert_eq!(none.notes, ["no timestamps"]);
    }

    #[test]
    fn lag_is_an_upper_bound_unless_records_were_counted() {
        let commit = commit(5);
        let of = |next, counted, stable_end, end| {
            let row = judged(Facts {
                next,
                counted,
                ..facts(Some(&commit), bounds(0, stable_end, end))
            });
            (row.lag, row.lag_is_upper_bound, row.records_left)
        };
        let (next, left) = (|| found(NOW), Some(2));
        assert_eq!(of(next(), None, 25, 25), (Some(20), true, None));
        assert_eq!(of(next(), left, 25, 25), (Some(2), false, left));
        assert_eq!(
            of(NextRecord::NotAsked, None, 5, 5),
            (Some(0), false, Some(0))
        );
        // What an open transaction hides is not counted.
        assert_eq!(of(next(), left, 20, 25), (Some(7), true, None));
        assert_eq!(of(next(), None, 20, 25), (Some(20), true, None));
        assert_eq!(of(NextRecord::None, None, 20, 25), (Some(5), true, None));
    }

    #[test]
    fn the_rest_is_done_in_the_time_that_its_offsets_take() {
        let commit = commit(5);
        let eta = |next, counted| {
            judged(Facts {
                next,
                counted,
                rates: Some(Rates {
                    rate_in: 0.0,
                    rate_out: 10.0,
                }),
                ..facts(Some(&commit), bounds(0, 25, 25))
            })
            .eta_s
        };
        assert_eq!(eta(found(NOW), None), Some(2.0));
        assert_eq!(eta(found(NOW), Some(10)), Some(2.0));
        assert_eq!(eta(NextRecord::None, None), Some(0.0));
    }

    #[test]
    fn the_first_status_that_applies_wins() {
        let behind = commit(5);
        let abandoned = judged(Facts {
            abandoned: true,
            ..facts(Some(&behind), bounds(0, 9, 9))
        });
        assert_eq!(abandoned.status, Status::Abandoned);
        assert!(!abandoned.counts());
        let stopped = judged(Facts {
            membership: Membership::Absent,
            ..facts(Some(&behind), bounds(0, 9, 9))
        });
        assert_eq!((stopped.status, stopped.lag), (Status::Stopped, Some(4)));
        let done = commit(9);
        let drained = judged(Facts {
            membership: Membership::Absent,
            ..facts(Some(&done), bounds(0, 9, 9))
        });
        assert_eq!((drained.status, drained.time_lag_ms), (Status::Ok, Some(0)));
        let unjudged = judged(facts(Some(&behind), bounds(0, 9, 9)));
        assert_eq!(unjudged.status, Status::Ok);
    }
}
