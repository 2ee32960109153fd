//! Which partition of the target a record goes to (`--partitions`).

use std::{collections::BTreeMap, sync::Arc};

use super::Route;
use crate::{event::Record, select::murmur2_partition};

/// How partitions of the source and of the target belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placing {
    /// The same number.
    Keep,
    /// By the key, as Java's clients do it (murmur2); records without a key go round.
    Key,
    /// As typed: source to target.
    Map(BTreeMap<i32, i32>),
}

/// Partitions that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlacingError {
    /// `--partitions` that is none of its forms.
    #[error("{0:?} is not a way to choose partitions: keep, key or map:0=1,2=0")]
    Unknown(String),
    /// A map in which a source partition stands twice.
    #[error("partition {1} is mapped twice in {0:?}")]
    Twice(String, i32),
    /// `keep`, and the target has fewer partitions.
    #[error(
        "partition {partition} cannot be kept: the target has only {count}; use \
         --partitions key or map:{partition}=N"
    )]
    NotKept {
        /// The partition of the source.
        partition: i32,
        /// How many the target has.
        count: i32,
    },
    /// A map that leads to where the target has no partition.
    #[error("partition {from} is mapped to {to}: the target has only {count}")]
    NoTarget {
        /// The partition of the source.
        from: i32,
        /// Where the map leads to.
        to: i32,
        /// How many the target has.
        count: i32,
    },
    /// A map without a partition that is read.
    #[error("partition {0} is read and not mapped; add {0}=N to --partitions map:…")]
    NotMapped(i32),
}

impl Placing {
    /// Parses `--partitions`: `keep`, `key` or `map:0=1,2=0`.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, PlacingError> {
        let unknown = || PlacingError::Unknown(text.to_owned());
        let pairs = match text {
            "keep" => return Ok(Self::Keep),
            "key" => return Ok(Self::Key),
            _ => text.strip_prefix("map:").ok_or_else(unknown)?,
        };
        let mut map = BTreeMap::new();
        for pair in pairs.split(',') {
            let (from, to) = pair.split_once('=').ok_or_else(unknown)?;
            let from = number(from).ok_or_else(unknown)?;
            let to = number(to).ok_or_else(unknown)?;
            if map.insert(from, to).is_some() {
                return Err(PlacingError::Twice(text.to_owned(), from));
            }
        }
        Ok(Self::Map(map))
    }

    /// The default for topics with so many partitions each: keep where all sources and targets have
    /// equally many, else by the key.
    #[must_use]
    pub fn default_of_topics(sources: &[i32], routes: &[Route]) -> Self {
        let target = routes.first().map_or(0, |route| route.partitions);
        let alike = routes.iter().all(|route| route.partitions == target);
        if alike && sources.iter().all(|count| *count == target) {
            Self::Keep
        } else {
            Self::Key
        }
    }

    /// The default for files, which hold `topics` with so many partitions each: keep where every
    /// topic's fit.
    #[must_use]
    pub fn default_of_files(topics: &[(Arc<str>, i32)], routes: &[Route]) -> Self {
        let room = routes.first().map_or(0, |route| route.partitions);
        let alike = routes.iter().all(|route| route.partitions == room);
        let fits = topics.iter().all(|(_, count)| (1..=room).contains(count));
        if alike && fits { Self::Keep } else { Self::Key }
    }

    /// Whether every one of the `sources`, the partitions that are read, has its place in a
    /// target of `count` partitions.
    ///
    /// # Errors
    /// The first that has none.
    pub fn check(
        &self,
        sources: impl IntoIterator<Item = i32>,
        count: i32,
    ) -> Result<(), PlacingError> {
        for partition in sources {
            self.fixed(partition, count)?;
        }
        Ok(())
    }

    /// The partition that `record` goes to in a target of `count` partitions. `without_key` is
    /// asked for the next of those that take records without a key. A record of a file that does
    /// not say its partition (-1) is placed by its key, whatever was asked for.
    ///
    /// # Errors
    /// A partition that [`Placing::check`] would have refused.
    pub fn place(
        &self,
        record: &Record<'_>,
        count: i32,
        without_key: impl FnOnce() -> i32,
    ) -> Result<i32, PlacingError> {
        if record.partition >= 0
            && let Some(fixed) = self.fixed(record.partition, count)?
        {
            return Ok(fixed);
        }
        let by_key = record.key.and_then(|key| murmur2_partition(key, count));
        Ok(by_key.unwrap_or_else(without_key))
    }

    /// Where everything of `partition` goes; `None` when that depends on the key.
    fn fixed(&self, partition: i32, count: i32) -> Result<Option<i32>, PlacingError> {
        match self {
            Self::Key => Ok(None),
            Self::Keep if partition < count => Ok(Some(partition)),
            Self::Keep => Err(PlacingError::NotKept { partition, count }),
            Self::Map(map) => match map.get(&partition) {
                None => Err(PlacingError::NotMapped(partition)),
                Some(&to) if to < count => Ok(Some(to)),
                Some(&to) => Err(PlacingError::NoTarget {
                    from: partition,
                    to,
                    count,
                }),
            },
        }
    }
}

/// A partition's number: digits alone.
fn number(text: &str) -> Option<i32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RecordBuf;

    fn place(placing: &Placing, partition: i32, key: Option<&str>, count: i32) -> Option<i32> {
        let record = RecordBuf {
            partition,
            key: key.map(Into::into),
            ..RecordBuf::default()
        };
        placing.place(&record.as_record(), count, || 99).ok()
    }

    #[test]
    fn keep_keeps_the_number_where_there_is_one() {
        assert_eq!(place(&Placing::Keep, 2, Some("foobar"), 3), Some(2));
        assert_eq!(place(&Placing::Keep, 3, Some("foobar"), 3), None);
        assert_eq!(
            Placing::Keep.check(0..4, 3),
            Err(PlacingError::NotKept {
                partition: 3,
                count: 3
            })
        );
        assert_eq!(Placing::Keep.check([0, 2], 3), Ok(()));
    }

    #[test]
    fn keys_go_where_java_puts_them_and_null_keys_go_round() {
        // org.apache.kafka.common.utils.UtilsTest.testMurmur2: "foobar" is -790332482.
        let foobar = (-790_332_482 & i32::MAX) % 12;
        assert_eq!(place(&Placing::Key, 7, Some("foobar"), 12), Some(foobar));
        assert_eq!(place(&Placing::Key, 7, None, 12), Some(99));
        // An empty key is a key.
        assert_ne!(place(&Placing::Key, 7, Some(""), 12), Some(99));
        // A file that does not say its partitions.
        assert_eq!(place(&Placing::Keep, -1, Some("foobar"), 12), Some(foobar));
        assert_eq!(Placing::Key.check(0..100, 1), Ok(()));
    }

    #[test]
    fn a_map_leads_each_partition_that_is_read_to_one_there_is() {
        let map = Placing::parse("map:0=1,2=0").unwrap();
        assert_eq!(place(&map, 0, Some("foobar"), 2), Some(1));
        assert_eq!(place(&map, 2, None, 2), Some(0));
        assert_eq!(place(&map, 1, None, 2), None);
        assert_eq!(map.check([0, 2], 2), Ok(()));
        assert_eq!(map.check([0, 1], 2), Err(PlacingError::NotMapped(1)));
        assert_eq!(
            map.check([0, 2], 1).unwrap_err().to_string(),
            "partition 0 is mapped to 1: the target has only 1"
        );
    }

    #[test]
    fn the_usual_way_is_to_keep_where_that_is_possible() {
        let routes = |counts: &[i32]| -> Vec<Route> {
            let route = |partitions: &i32| Route {
                source: Arc::from("a"),
                target: Arc::from("b"),
                partitions: *partitions,
            };
            counts.iter().map(route).collect()
        };
        let topics = |sources: &[i32], targets: &[i32]| {
            Placing::default_of_topics(sources, &routes(targets))
        };
        assert_eq!(topics(&[3], &[3]), Placing::Keep);
        assert_eq!(topics(&[3], &[6]), Placing::Key);
        assert_eq!(topics(&[6], &[3]), Placing::Key);
        assert_eq!(topics(&[3, 3], &[3, 6]), Placing::Key);
        let files = |count, targets: &[i32]| {
            Placing::default_of_files(&[(Arc::from("a"), count)], &routes(targets))
        };
        assert_eq!(files(2, &[3]), Placing::Keep);
        assert_eq!(files(4, &[3]), Placing::Key);
        assert_eq!(files(2, &[3, 4]), Placing::Key);
    }

    #[test]
    fn what_is_no_way_to_place_is_named() {
        assert_eq!(Placing::parse("keep"), Ok(Placing::Keep));
        assert_eq!(Placing::parse("key"), Ok(Placing::Key));
        for bad in [
            "", "Keep", "map", "map:", "map:0", "map:0=", "map:0=-1", "map:+0=1", "0=1",
        ] {
            assert_eq!(
                Placing::parse(bad),
                Err(PlacingError::Unknown(bad.to_owned()))
            );
        }
        assert_eq!(
            Placing::parse("map:0=1,0=2").unwrap_err().to_string(),
            "partition 0 is mapped twice in \"map:0=1,0=2\""
        );
    }
}
