//! Limits that a check may ask for.

use std::{sync::Arc, time::Duration};

use serde::Serialize;

use super::{GroupLag, Status};

/// The limits of `--max-lag --max-time --max-lost --min-members --fail-on`.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// The most unread records of a group.
    pub max_lag: Option<i64>,
    /// The oldest that a group's next unread record may be, and how that was typed.
    pub max_time: Option<(Duration, String)>,
    /// The most offsets that may be lost.
    pub max_lost: Option<i64>,
    /// The fewest members.
    pub min_members: Option<usize>,
    /// Statuses that no partition may have.
    pub fail_on: Vec<Status>,
}

/// A limit and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// The group.
    #[serde(serialize_with = "super::model::name")]
    pub group: Arc<str>,
    /// The option without its dashes: `max-lag`.
    pub name: &'static str,
    /// What was typed.
    pub limit: serde_json::Value,
    /// What it is; null when that is not known, which is no hit.
    pub actual: serde_json::Value,
    /// Whether it holds.
    pub ok: bool,
}

impl Limits {
    /// Every limit that was asked for, judged for `group`.
    #[must_use]
    pub fn judge(&self, group: &GroupLag) -> Vec<Limit> {
        let mut found = Vec::new();
        let mut add = |name, limit: serde_json::Value, actual: serde_json::Value, ok| {
            found.push(Limit {
                group: group.group.clone(),
                name,
                limit,
                actual,
                ok,
            });
        };
        if let Some(limit) = self.max_lag {
            let ok = group.lag.is_none_or(|lag| lag <= limit);
            add("max-lag", limit.into(), group.lag.into(), ok);
        }
        if let Some((limit, typed)) = &self.max_time {
            let ok = group
                .time_lag_ms
                .is_none_or(|ms| u128::try_from(ms).is_ok_and(|ms| ms <= limit.as_millis()));
            add(
                "max-time",
                typed.as_str().into(),
                group.time_lag_ms.into(),
                ok,
            );
        }
        if let Some(limit) = self.max_lost {
            let ok = group.lost.is_none_or(|lost| lost <= limit);
            add("max-lost", limit.into(), group.lost.into(), ok);
        }
        if let Some(limit) = self.min_members {
            let ok = group.members.is_none_or(|members| members >= limit);
            add("min-members", limit.into(), group.members.into(), ok);
        }
        if !self.fail_on.is_empty() {
            let hit = self.fail_on.iter().find(|status| {
                group.status == **status
                    || group.partitions.iter().any(|row| row.status == **status)
            });
            let names: Vec<_> = self.fail_on.iter().map(|status| status.name()).collect();
            let actual = hit.map_or(group.status, |status| *status).name();
            add(
                "fail-on",
                names.join(",").into(),
                actual.into(),
                hit.is_none(),
            );
        }
        found
    }
}

impl Limit {
    /// The limit as a sentence: `group "billing": lag 120 is over --max-lag 100`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Null => "-".to_owned(),
            other => other.to_string(),
        };
        let (what, relation) = match self.name {
            "max-lag" => ("lag", "over"),
            "max-time" => ("time lag", "over"),
            "max-lost" => ("offsets lost", "over"),
            "min-members" => ("members", "under"),
            _ => ("status", "one of"),
        };
        format!(
            "group {:?}: {what} {} is {relation} --{} {}",
            self.group,
            match self.actual.as_i64() {
                Some(ms) if self.name == "max-time" =>
                    format!("{}.{}s", ms / 1_000, ms % 1_000 / 100),
                _ => text(&self.actual),
            },
            self.name,
            text(&self.limit)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::GroupType,
        lag::{GroupFacts, PartitionLag, group_lag},
    };

    fn group() -> GroupLag {
        let facts = GroupFacts {
            name: Arc::from("billing"),
            kind: GroupType::Classic,
            state: "Stable".to_owned(),
            coordinator: 1,
            members: Some(1),
        };
        let row = |partition, status, lag, time| PartitionLag {
            lag: Some(lag),
            time_lag_ms: Some(time),
            lost: Some(0),
            ..PartitionLag::new(Arc::from("orders"), partition, status)
        };
        let rows = vec![
            row(0, Status::Ok, 60, 1_000),
            row(1, Status::Stalled, 60, 9_000),
        ];
        group_lag(facts, rows, false)
    }

    fn hits(limits: &Limits) -> Vec<String> {
        let judged = limits.judge(&group());
        assert!(!judged.is_empty());
        let hit = judged.iter().filter(|limit| !limit.ok);
        hit.map(Limit::sentence).collect()
    }

    #[test]
    fn the_sum_is_judged_for_records_and_the_worst_partition_for_time() {
        let limits = Limits {
            max_lag: Some(119),
            max_time: Some((Duration::from_secs(5), "5s".to_owned())),
            ..Limits::default()
        };
        assert_eq!(
            hits(&limits),
            [
                "group \"billing\": lag 120 is over --max-lag 119",
                "group \"billing\": time lag 9.0s is over --max-time 5s",
            ]
        );
        let limits = Limits {
            max_lag: Some(120),
            max_time: Some((Duration::from_secs(9), "9s".to_owned())),
            max_lost: Some(0),
            min_members: Some(1),
            fail_on: vec![Status::DataLost],
        };
        assert_eq!(hits(&limits), [""; 0]);
    }

    #[test]
    fn members_and_statuses_are_judged() {
        let limits = Limits {
            min_members: Some(2),
            fail_on: vec![Status::DataLost, Status::Stalled],
            ..Limits::default()
        };
        assert_eq!(
            hits(&limits),
            [
                "group \"billing\": members 1 is under --min-members 2",
                "group \"billing\": status STALLED is one of --fail-on DATA_LOST,STALLED",
            ]
        );
    }

    #[test]
    fn what_is_not_known_is_no_hit() {
        let mut unknown = group();
        unknown.lag = None;
        let limits = Limits {
            max_lag: Some(0),
            ..Limits::default()
        };
        let judged = limits.judge(&unknown);
        assert!(judged[0].ok && judged[0].actual.is_null());
    }
}
