//! What `--wait` waits for.

use std::time::Duration;

use super::{GroupLag, PartitionLag};

/// A condition on a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing readable is left anywhere.
    Drained,
    /// The group's lag is below this.
    LagBelow(i64),
    /// The group's time lag is below this.
    TimeBelow(Duration),
}

/// Why a condition does not hold yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting(pub String);

impl Condition {
    /// Parses `drained`, `lag<100`, `lag<=100`, `time<10s`, `time<=10s`; `duration` reads the time.
    #[must_use]
    pub fn parse(text: &str, duration: impl Fn(&str) -> Option<Duration>) -> Option<Self> {
        let text: String = text.split_whitespace().collect();
        if text.eq_ignore_ascii_case("drained") {
            return Some(Self::Drained);
        }
        let (what, limit) = text.split_once('<')?;
        let (limit, inclusive) = match limit.strip_prefix('=') {
            Some(limit) => (limit, true),
            None => (limit, false),
        };
        match what {
            "lag" => {
                let limit: i64 = limit.parse().ok().filter(|limit| *limit >= 0)?;
                let below = limit.saturating_add(i64::from(inclusive));
                // No lag is below 0: such a wait could never end.
                (below > 0).then_some(Self::LagBelow(below))
            }
            "time" => {
                let more = Duration::from_millis(u64::from(inclusive));
                let below = duration(limit)? + more;
                (!below.is_zero()).then_some(Self::TimeBelow(below))
            }
            _ => None,
        }
    }

    /// Whether it is about the age of records.
    #[must_use]
    pub fn is_of_time(&self) -> bool {
        matches!(self, Self::TimeBelow(_))
    }

    /// Whether time lag has to be looked at.
    #[must_use]
    pub fn needs_time(&self) -> bool {
        // Drained, too: only a look tells records from transaction markers.
        !matches!(self, Self::LagBelow(_))
    }

    /// Whether it holds for `group`.
    ///
    /// # Errors
    /// What stands in its way.
    pub fn holds(&self, group: &GroupLag) -> Result<(), Waiting> {
        let rows = || group.partitions.iter().filter(|row| row.counts());
        let unknown = |row: &PartitionLag| {
            let partition = format!("{}/{}", row.topic, row.partition);
            Waiting(format!(
                "{partition} is {}, so its lag is not known",
                row.status.name()
            ))
        };
        if group.partitions.is_empty() {
            return Err(Waiting("nothing is known of what it reads".to_owned()));
        }
        match self {
            Self::Drained => match rows().find(|row| !row.is_drained()) {
                None => Ok(()),
                Some(row) if row.lag.is_none() => Err(unknown(row)),
                Some(_) => Err(Waiting(format!("{} left", group.lag.unwrap_or_default()))),
            },
            Self::LagBelow(limit) => {
                match rows().find(|row| row.lag.is_none() && !row.is_drained()) {
                    Some(row) => Err(unknown(row)),
                    None if group.lag.unwrap_or(0) < *limit => Ok(()),
                    None => Err(Waiting(format!("lag {}", group.lag.unwrap_or_default()))),
                }
            }
            Self::TimeBelow(limit) => {
                let late = |row: &&PartitionLag| {
                    row.time_lag_ms.is_none_or(|ms| {
                        u128::try_from(ms).map_or(true, |ms| ms >= limit.as_millis())
                    }) && !row.is_drained()
                };
                match rows().filter(late).max_by_key(|row| row.time_lag_ms) {
                    None => Ok(()),
                    Some(row) => match row.time_lag_ms {
                        Some(ms) => {
                            let (seconds, tenths) = (ms / 1_000, ms % 1_000 / 100);
                            Err(Waiting(format!("{seconds}.{tenths}s behind")))
                        }
                        None => Err(unknown(row)),
                    },
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        event::GroupType,
        lag::{GroupFacts, Status, group_lag},
    };

    fn parse(text: &str) -> Option<Condition> {
        Condition::parse(text, crate::select::parse_duration)
    }

    fn group(rows: Vec<PartitionLag>) -> GroupLag {
        let facts = GroupFacts {
            name: Arc::from("billing"),
            kind: GroupType::Classic,
            state: "Stable".to_owned(),
            coordinator: 1,
            members: Some(1),
        };
        group_lag(facts, rows, false)
    }

    fn row(lag: Option<i64>, time: Option<i64>) -> PartitionLag {
        PartitionLag {
            lag,
            time_lag_ms: time,
            ..PartitionLag::new(Arc::from("orders"), 0, Status::Ok)
        }
    }

    #[test]
    fn conditions_are_read() {
        assert_eq!(parse("drained"), Some(Condition::Drained));
        assert_eq!(parse("lag<100"), Some(Condition::LagBelow(100)));
        assert_eq!(parse("lag <= 100"), Some(Condition::LagBelow(101)));
        assert_eq!(parse("lag<=0"), Some(Condition::LagBelow(1)));
        assert_eq!(
            parse("time<10s"),
            Some(Condition::TimeBelow(Duration::from_secs(10)))
        );
        for bad in [
            "", "lag", "lag>5", "lag<x", "lag<-1", "lag<0", "time<0s", "time<5", "age<5s",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn drained_means_that_nothing_readable_is_left_anywhere() {
        let drained = |rows| Condition::Drained.holds(&group(rows)).is_ok();
        assert!(drained(vec![row(Some(0), None)]));
        assert!(!drained(vec![row(Some(0), None), row(Some(1), None)]));
        let markers = PartitionLag {
            records_left: Some(0),
            ..row(Some(0), None)
        };
        assert!(drained(vec![markers]));
        let never_read = PartitionLag {
            if_earliest: Some(3),
            ..row(None, None)
        };
        assert!(!drained(vec![row(Some(0), None), never_read.clone()]));
        let waiting = Condition::Drained
            .holds(&group(vec![never_read]))
            .unwrap_err();
        assert!(waiting.0.contains("orders/0"), "{waiting:?}");
    }

    #[test]
    fn lag_and_time_are_compared_and_unknown_is_not_below() {
        let rows = vec![row(Some(60), Some(4_000)), row(Some(39), Some(9_999))];
        let holds = |text| parse(text).unwrap().holds(&group(rows.clone())).is_ok();
        assert!(holds("lag<100") && !holds("lag<99") && holds("lag<=99"));
        assert!(holds("time<10s") && !holds("time<9s"));
        let unknown = group(vec![row(None, None)]);
        assert!(parse("lag<100").unwrap().holds(&unknown).is_err());
        assert!(parse("time<10s").unwrap().holds(&unknown).is_err());
    }
}
