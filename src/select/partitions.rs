//! Which partitions, and which offsets in each: `-p 0,3-5` and `--offsets 0:100..200,3:7..`.

use std::ops::RangeInclusive;

use super::SelectError;

/// A set of partition numbers, kept as the ranges that were typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionSet(Vec<RangeInclusive<i32>>);

impl PartitionSet {
    /// Parses `0,3-5`.
    ///
    /// # Errors
    /// Anything else, also a range that ends before it starts.
    pub fn parse(text: &str) -> Result<Self, SelectError> {
        let range = |item: &str| {
            let (first, last) = item.split_once('-').unwrap_or((item, item));
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(first..=last)
        };
        text.split(',')
            .map(|item| range(item.trim()))
            .collect::<Option<_>>()
            .map(Self)
            .ok_or_else(|| SelectError::Partitions(text.to_owned()))
    }

    /// Whether `partition` is in the set.
    #[must_use]
    pub fn contains(&self, partition: i32) -> bool {
        self.0.iter().any(|range| range.contains(&partition))
    }

    /// The smallest partition of the set that a topic with `count` partitions does not have.
    #[must_use]
    pub fn missing(&self, count: i32) -> Option<i32> {
        self.0
            .iter()
            .filter(|range| *range.end() >= count)
            .map(|range| *range.start().max(&count))
            .min()
    }
}

/// Offsets of one partition, start inclusive, end exclusive; `None` is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionOffsets {
    /// The partition's number.
    pub partition: i32,
    /// The first offset; `None` is the earliest.
    pub start: Option<i64>,
    /// The offset after the last one; `None` is the end.
    pub end: Option<i64>,
}

impl PartitionOffsets {
    /// Parses `0:100..200,3:7..`: for each partition `START..END`, either of them open, or a single
    /// offset, which is that record alone.
    ///
    /// # Errors
    /// Anything else, an end before its start, a partition named twice.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, SelectError> {
        let list: Vec<Self> = text
            .split(',')
            .map(|item| Self::parse(item.trim()))
            .collect::<Option<_>>()
            .ok_or_else(|| SelectError::Offsets(text.to_owned()))?;
        for (index, item) in list.iter().enumerate() {
            if list[..index]
                .iter()
                .any(|other| other.partition == item.partition)
            {
                return Err(SelectError::PartitionTwice(item.partition));
            }
        }
        Ok(list)
    }

    fn parse(item: &str) -> Option<Self> {
        let (partition, offsets) = item.split_once(':')?;
        let (start, end) = match offsets.split_once("..") {
            Some((start, end)) => (bound(start)?, bound(end)?),
            None => {
                let only: i64 = number(offsets)?;
                (Some(only), Some(only.checked_add(1)?))
            }
        };
        let ordered = start.zip(end).is_none_or(|(start, end)| start <= end);
        ordered.then_some(Self {
            partition: number(partition)?,
            start,
            end,
        })
    }
}

/// An open bound is `Some(None)`, what is no number is `None`.
fn bound(text: &str) -> Option<Option<i64>> {
    if text.is_empty() {
        return Some(None);
    }
    number(text).map(Some)
}

/// Digits alone: no sign.
fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offsets(partition: i32, start: Option<i64>, end: Option<i64>) -> PartitionOffsets {
        PartitionOffsets {
            partition,
            start,
            end,
        }
    }

    #[test]
    fn partitions_are_numbers_and_ranges() {
        let set = PartitionSet::parse("0, 3-5").unwrap();
        let inside: Vec<i32> = (0..8)
            .filter(|partition| set.contains(*partition))
            .collect();
        assert_eq!(inside, [0, 3, 4, 5]);
        for text in [
            "",
            "a",
            "-1",
            "3-",
            "5-3",
            "0,,1",
            "0;1",
            "2147483648",
            "+1",
        ] {
            assert!(PartitionSet::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_first_partition_that_a_topic_does_not_have_is_named() {
        let set = PartitionSet::parse("9,0-2147483647").unwrap();
        assert_eq!(set.missing(4), Some(4));
        assert_eq!(PartitionSet::parse("0,3").unwrap().missing(4), None);
    }

    #[test]
    fn offsets_may_be_open_at_either_end_or_single() {
        assert_eq!(
            PartitionOffsets::parse_list("0:100..200,3:7..,4:..9,5:..,6:42"),
            Ok(vec![
                offsets(0, Some(100), Some(200)),
                offsets(3, Some(7), None),
                offsets(4, None, Some(9)),
                offsets(5, None, None),
                offsets(6, Some(42), Some(43)),
            ])
        );
        for text in [
            "",
            "0",
            "0:",
            "0:200..100",
            ":1..2",
            "0:1-2",
            "0:-1..",
            "0:9223372036854775807",
        ] {
            assert!(PartitionOffsets::parse_list(text).is_err(), "{text}");
        }
        assert_eq!(
            PartitionOffsets::parse_list("1:0..5,1:7.."),
            Err(SelectError::PartitionTwice(1))
        );
    }
}
