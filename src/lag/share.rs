//! Share groups: the broker counts what is not done with (KIP-1226).

use std::sync::Arc;

use super::{Bounds, PartitionLag, Presence, Status};

/// The row of a partition that a share group reads.
///
/// `start` is the first offset that is not done with, `lag` what the broker counts. Without the
/// broker's count the lag is at most from there to the end.
#[must_use]
pub fn share_lag(
    topic: Arc<str>,
    partition: i32,
    presence: &Presence,
    (start, lag): (Option<i64>, Option<i64>),
    bounds: Option<Bounds>,
) -> PartitionLag {
    let mut row = PartitionLag::new(topic, partition, Status::Ok);
    row.committed = start;
    row.status = match presence {
        Presence::Gone => Status::TopicGone,
        Presence::Leaderless => Status::NoLeader,
        Presence::Failed(why) => {
            row.notes.push(why.clone());
            Status::Error
        }
        Presence::Led => Status::Ok,
    };
    if let Some(bounds) = bounds {
        row.low = Some(bounds.low);
        row.stable_end = Some(bounds.stable_end);
        row.end = Some(bounds.end);
    }
    if row.status != Status::Ok {
        return row;
    }
    match (lag, start, bounds) {
        (Some(lag), ..) => {
            row.lag = Some(lag);
            row.method = Some("broker");
        }
        (None, Some(start), Some(bounds)) => {
            row.lag = Some((bounds.end - start.max(bounds.low)).max(0));
            // Some of these may have been acknowledged out of order.
            row.lag_is_upper_bound = row.lag != Some(0);
        }
        (None, None, Some(bounds)) => {
            row.status = Status::NoCommit;
            row.if_earliest = Some(bounds.end - bounds.low);
            row.if_latest = Some(0);
        }
        (None, _, None) => row.status = Status::Error,
    }
    if row.lag == Some(0) {
        row.records_left = Some(0);
        row.time_lag_ms = Some(0);
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(start: Option<i64>, lag: Option<i64>) -> PartitionLag {
        let bounds = Bounds {
            low: 10,
            stable_end: 50,
            end: 50,
        };
        share_lag(
            Arc::from("orders"),
            0,
            &Presence::Led,
            (start, lag),
            Some(bounds),
        )
    }

    #[test]
    fn the_brokers_count_is_taken_where_it_counts() {
        let counted = row(Some(20), Some(7));
        assert_eq!((counted.lag, counted.lag_is_upper_bound), (Some(7), false));
        let bounded = row(Some(20), None);
        assert_eq!((bounded.lag, bounded.lag_is_upper_bound), (Some(30), true));
        let removed = row(Some(2), None);
        assert_eq!(removed.lag, Some(40));
        let unread = row(None, None);
        assert_eq!(
            (unread.status, unread.if_earliest),
            (Status::NoCommit, Some(40))
        );
        assert!(row(Some(50), None).is_drained());
    }
}
