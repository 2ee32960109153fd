//! Warnings about a change of configuration: records that it deletes, producers that it stops.

use super::{ConfigChange, TopicConfig};
use crate::codec::quantity::{bytes, duration};

/// A shorter retention is probably a mistake: seconds or minutes taken for milliseconds.
const SHORT_MS: i64 = 60_000;

/// The values of a key before and after a change; `None` where they are not known.
struct Values<'c> {
    key: &'c str,
    old: Option<&'c str>,
    new: Option<&'c str>,
}

impl Values<'_> {
    fn numbers(&self) -> (Option<i64>, Option<i64>) {
        let number = |text: Option<&str>| text?.trim().parse().ok();
        (number(self.old), number(self.new))
    }
}

/// A warning for each change that deletes records or stops producers; `replication` is the fewest
/// replicas that a partition of the topic has.
#[must_use]
pub fn config_risks(
    changes: &[ConfigChange],
    config: Option<&TopicConfig>,
    replication: Option<i64>,
) -> Vec<String> {
    let values = changes.iter().map(|change| values(change, config));
    values
        .filter_map(|values| match values.key {
            "retention.ms" => retention_ms(&values),
            "retention.bytes" => retention_bytes(&values),
            "min.insync.replicas" => min_insync(&values, replication),
            "cleanup.policy" => cleanup(&values, changes, config),
            "max.message.bytes" => max_message(&values),
            _ => None,
        })
        .collect()
}

fn values<'c>(change: &'c ConfigChange, config: Option<&'c TopicConfig>) -> Values<'c> {
    let entry = config.and_then(|config| config.get(change.key()));
    let beneath = entry.and_then(|entry| entry.beneath.as_ref());
    Values {
        key: change.key(),
        old: entry.and_then(|entry| entry.value.as_deref()),
        new: match change {
            ConfigChange::Set(_, value) => Some(value),
            ConfigChange::Unset(_) => beneath.and_then(|(value, _)| value.as_deref()),
        },
    }
}

/// -1 keeps records for ever.
fn retention_ms(values: &Values<'_>) -> Option<String> {
    let (old, new) = values.numbers();
    let new = new.filter(|new| *new >= 0)?;
    if new < SHORT_MS {
        return Some(format!(
            "retention.ms={new} keeps records for {} only: what is older goes for ever, read or not",
            duration(new)
        ));
    }
    let was = match old? {
        ..0 => "they are kept for ever now".to_owned(),
        old if old > new => format!("they are kept for {} now", duration(old)),
        _ => return None,
    };
    Some(format!(
        "records that are older than {} go for ever, read or not; {was}",
        duration(new)
    ))
}

fn retention_bytes(values: &Values<'_>) -> Option<String> {
    let (old, new) = values.numbers();
    let new = new.filter(|new| *new >= 0)?;
    let was = match old? {
        ..0 => "there is no limit now".to_owned(),
        old if old > new => format!("the limit is {} now", bytes(old)),
        _ => return None,
    };
    Some(format!(
        "the oldest records of partitions larger than {} go for ever, read or not; {was}",
        bytes(new)
    ))
}

fn min_insync(values: &Values<'_>, replication: Option<i64>) -> Option<String> {
    let (_, new) = values.numbers();
    let (new, replication) = (new?, replication?);
    (new > replication).then(|| {
        format!(
            "min.insync.replicas={new} with {replication} of each partition: nobody can write with \
             acks=all any more",
            replication = match replication {
                1 => "1 copy".to_owned(),
                copies => format!("{copies} copies"),
            }
        )
    })
}

/// Each of `compact` and `delete` removes records where it is new.
fn cleanup(
    values: &Values<'_>,
    changes: &[ConfigChange],
    config: Option<&TopicConfig>,
) -> Option<String> {
    let new = values.new?;
    let begins =
        |what: &str| new.contains(what) && values.old.is_none_or(|old| !old.contains(what));
    if begins("compact") {
        return Some(
            "compaction keeps the last record of each key only, and records without a key are \
             refused from now on"
                .to_owned(),
        );
    }
    if !begins("delete") {
        return None;
    }
    let retention = changes.iter().find(|change| change.key() == "retention.ms");
    let retention = match retention {
        Some(change) => self::values(change, config).new,
        None => config.and_then(|config| config.get("retention.ms")?.value.as_deref()),
    };
    let limit = match retention.and_then(|ms| ms.parse::<i64>().ok()) {
        Some(..0) => return None,
        Some(ms) => format!("older than {}", duration(ms)),
        None => "older than retention.ms".to_owned(),
    };
    Some(format!(
        "records {limit} go for ever, also the last one of a key"
    ))
}

fn max_message(values: &Values<'_>) -> Option<String> {
    let (old, new) = values.numbers();
    let (old, new) = (old?, new?);
    (new < old).then(|| {
        format!(
            "batches larger than {} are refused from now on; up to {} are taken now",
            bytes(new),
            bytes(old)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topics::{ConfigEntry, ConfigSource};

    const CONFIG: [(&str, &str, &str); 5] = [
        ("retention.ms", "604800000", "3600000"),
        ("retention.bytes", "-1", "-1"),
        ("min.insync.replicas", "1", "1"),
        ("cleanup.policy", "delete", "delete"),
        ("max.message.bytes", "2097152", "1048576"),
    ];

    fn config() -> TopicConfig {
        let entry = |(key, value, beneath): (&str, &str, &str)| {
            let entry = ConfigEntry {
                value: Some(value.to_owned()),
                source: ConfigSource::Topic,
                sensitive: false,
                beneath: Some((Some(beneath.to_owned()), ConfigSource::Default)),
            };
            (key.to_owned(), entry)
        };
        CONFIG.map(entry).into()
    }

    #[track_caller]
    fn said(changes: &[(&str, Option<&str>)], wanted: &[&str]) {
        let changes: Vec<ConfigChange> = changes
            .iter()
            .map(|(key, value)| match value {
                Some(value) => ConfigChange::Set((*key).to_owned(), (*value).to_owned()),
                None => ConfigChange::Unset((*key).to_owned()),
            })
            .collect();
        let risks = config_risks(&changes, Some(&config()), Some(2));
        assert_eq!(risks.len(), wanted.len(), "{risks:?}");
        for (risk, wanted) in risks.iter().zip(wanted) {
            assert!(risk.contains(wanted), "{wanted:?} is not in {risk:?}");
        }
    }

    #[test]
    fn a_shorter_retention_says_which_records_go() {
        let week = "they are kept for 7d 0h now";
        said(
            &[("retention.ms", Some("86400000"))],
            &["older than 1d 0h go"],
        );
        said(&[("retention.ms", Some("86400000"))], &[week]);
        said(&[("retention.ms", None)], &["older than 1h 0m go"]);
        said(&[("retention.ms", Some("604800"))], &["older than 10m 4s"]);
        said(&[("retention.ms", Some("5000"))], &["for 5.0s only"]);
        said(&[("retention.ms", Some("-1"))], &[]);
        said(&[("retention.ms", Some("700000000"))], &[]);
        said(
            &[("retention.bytes", Some("1048576"))],
            &["larger than 1.0 MiB"],
        );
        said(&[("retention.bytes", Some("-1"))], &[]);
    }

    #[test]
    fn what_producers_will_meet_is_said() {
        said(&[("min.insync.replicas", Some("3"))], &["with 2 copies"]);
        said(&[("min.insync.replicas", Some("2"))], &[]);
        said(
            &[("max.message.bytes", Some("1000"))],
            &["larger than 1000 B"],
        );
        said(&[("max.message.bytes", None)], &["larger than 1.0 MiB"]);
        said(&[("max.message.bytes", Some("3000000"))], &[]);
    }

    #[test]
    fn each_way_to_clean_up_takes_records_where_it_is_new() {
        let compact = [("cleanup.policy", Some("compact"))];
        said(&compact, &["without a key"]);
        said(
            &[("cleanup.policy", Some("compact,delete"))],
            &["without a key"],
        );
        said(&[("cleanup.policy", Some("delete"))], &[]);
        let mut compacted = config();
        let policy = compacted.get_mut("cleanup.policy").unwrap();
        policy.value = Some("compact".to_owned());
        let delete = ConfigChange::Set("cleanup.policy".to_owned(), "delete".to_owned());
        let said = config_risks(&[delete], Some(&compacted), None);
        assert_eq!(
            said,
            ["records older than 7d 0h go for ever, also the last one of a key"]
        );
    }

    #[test]
    fn what_is_typed_is_enough_where_nothing_else_is_known() {
        let set = |key: &str, value: &str| ConfigChange::Set(key.to_owned(), value.to_owned());
        let changes = [set("retention.ms", "7"), set("min.insync.replicas", "2")];
        assert_eq!(config_risks(&changes, None, Some(1)).len(), 2);
        assert_eq!(config_risks(&changes, None, None).len(), 1);
    }
}
