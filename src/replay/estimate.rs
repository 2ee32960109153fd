//! What a replay will amount to, from samples of each partition.

use std::time::Duration;

use super::Pace;
use crate::select::Window;

/// A record that was looked at for the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its offset.
    pub offset: i64,
    /// Its timestamp; -1 when it has none.
    pub timestamp: i64,
    /// Bytes of key, value and headers.
    pub bytes: u32,
    /// Whether its key is null.
    pub null_key: bool,
    /// Whether it would be written: it lies in the window and passes the filter.
    pub kept: bool,
}

/// What a partition, or several together, will amount to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Offsets that are read: records at most, as compaction and transactions leave gaps.
    pub offsets: u64,
    /// Records in the window, about.
    pub records: u64,
    /// Bytes of those, about.
    pub bytes: u64,
    /// Records in the window without a key, about.
    pub null_keys: u64,
    /// Offsets that were looked at.
    pub looked_at: u64,
    /// Sampled records.
    pub sampled: u64,
    /// Sampled records that are older than one before them.
    pub out_of_order: u64,
    /// The earliest timestamp that was seen in the window; `None` when none was.
    pub earliest: Option<i64>,
    /// The latest timestamp that was seen in the window; `None` when none was.
    pub latest: Option<i64>,
}

impl Estimate {
    /// What the offsets from `start` to `end` (exclusive) amount to. `looked_at` are the ranges of
    /// offsets that were read, in ascending order and within these, and `samples` all records there:
    /// what compaction and transactions leave out are no records. `believable` are timestamps that
    /// count for the order, so that one in the future does not make all after it late.
    #[must_use]
    pub fn of(
        samples: &[Sample],
        looked_at: &[(i64, i64)],
        (start, end): (i64, i64),
        believable: &Window,
    ) -> Self {
        let mut bytes = 0.0;
        let mut estimate = Self {
            offsets: u64::try_from(end - start).unwrap_or(0),
            looked_at: (looked_at.iter())
                .map(|(from, to)| to.abs_diff(*from))
                .sum(),
            ..Self::default()
        };
        let mut latest = i64::MIN;
        let mut records = 0.0;
        let mut null_keys = 0.0;
        each_weight(samples, looked_at, (start, end), |sample, weight| {
            estimate.sampled += 1;
            if sample.timestamp >= 0 && believable.contains(sample.timestamp) {
                estimate.out_of_order += u64::from(sample.timestamp < latest);
                latest = latest.max(sample.timestamp);
            }
            if !sample.kept {
                return;
            }
            records += weight;
            bytes += weight * f64::from(sample.bytes);
            null_keys += if sample.null_key { weight } else { 0.0 };
            if sample.timestamp >= 0 {
                let time = sample.timestamp;
                estimate.earliest = Some(estimate.earliest.map_or(time, |known| known.min(time)));
                estimate.latest = Some(estimate.latest.map_or(time, |known| known.max(time)));
            }
        });
        estimate.records = whole(records);
        estimate.bytes = whole(bytes);
        estimate.null_keys = whole(null_keys);
        estimate
    }

    /// Counts one record more, when all are looked at in the order of their offsets. `latest` is the
    /// latest believable timestamp so far.
    pub fn count(&mut self, sample: &Sample, latest: &mut i64, believable: &Window) {
        self.sampled += 1;
        if sample.timestamp >= 0 && believable.contains(sample.timestamp) {
            self.out_of_order += u64::from(sample.timestamp < *latest);
            *latest = (*latest).max(sample.timestamp);
        }
        if !sample.kept {
            return;
        }
        self.records += 1;
        self.bytes += u64::from(sample.bytes);
        self.null_keys += u64::from(sample.null_key);
        if sample.timestamp >= 0 {
            let time = sample.timestamp;
            self.earliest = Some(self.earliest.map_or(time, |known| known.min(time)));
            self.latest = Some(self.latest.map_or(time, |known| known.max(time)));
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let either =
            |pick: fn(i64, i64) -> i64, one: Option<i64>, two: Option<i64>| match (one, two) {
                (Some(one), Some(two)) => Some(pick(one, two)),
                (one, two) => one.or(two),
            };
        Self {
            offsets: self.offsets + other.offsets,
            records: self.records + other.records,
            bytes: self.bytes + other.bytes,
            null_keys: self.null_keys + other.null_keys,
            looked_at: self.looked_at + other.looked_at,
            sampled: self.sampled + other.sampled,
            out_of_order: self.out_of_order + other.out_of_order,
            earliest: either(i64::min, self.earliest, other.earliest),
            latest: either(i64::max, self.latest, other.latest),
        }
    }

    /// The share of sampled records that are older than one before them, from 0 to 1; `None` when
    /// nothing was sampled.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share of a sample")]
    pub fn out_of_order_share(&self) -> Option<f64> {
        (self.sampled > 0).then(|| self.out_of_order as f64 / self.sampled as f64)
    }

    /// Whether every offset was looked at, so that the numbers are no estimate.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.looked_at == self.offsets
    }

    /// How long writing takes at `pace`; see [`duration_at`].
    #[must_use]
    pub fn duration(&self, pace: &Pace) -> Option<Duration> {
        let span = self.latest.zip(self.earliest);
        duration_at(
            pace,
            span.map_or(0, |(latest, earliest)| latest - earliest),
            self.records,
        )
    }
}

/// How long records that span `span_ms` of time take at `pace`, which is at most this long when
/// `--max-gap` cuts pauses; `None` when nothing bounds it but the cluster.
#[must_use]
pub fn duration_at(pace: &Pace, span_ms: i64, records: u64) -> Option<Duration> {
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let by_speed = pace
        .speed
        .map(|speed| span_ms.max(0) as f64 / 1_000.0 / speed);
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let by_rate = pace.rate.map(|rate| records as f64 / rate);
    let seconds = match (by_speed, by_rate) {
        (Some(speed), Some(rate)) => speed.max(rate),
        (one, two) => one.or(two)?,
    };
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// Hands each sample on with the number of records that it stands for: a range that was looked at
/// stands for the offsets up to halfway to its neighbours, which hold as many records each as its
/// own.
fn each_weight(
    samples: &[Sample],
    looked_at: &[(i64, i64)],
    (start, end): (i64, i64),
    mut take: impl FnMut(&Sample, f64),
) {
    let mut left = start;
    for (index, &(from, to)) in looked_at.iter().enumerate() {
        let next = looked_at.get(index + 1);
        let right = next.map_or(end, |(next, _)| i64::midpoint(to, *next));
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let weight = (right - left) as f64 / (to - from).max(1) as f64;
        left = right;
        let first = samples.partition_point(|sample| sample.offset < from);
        let last = samples.partition_point(|sample| sample.offset < to);
        for sample in samples.get(first..last).unwrap_or_default() {
            take(sample, weight);
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "weights are no less than 0"
)]
fn whole(number: f64) -> u64 {
    number.round() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(offset: i64, timestamp: i64) -> Sample {
        Sample {
            offset,
            timestamp,
            bytes: 100,
            null_key: offset % 2 == 1,
            kept: true,
        }
    }

    fn window(from: i64, to: i64) -> Window {
        Window {
            from_ms: Some(from),
            to_ms: Some(to),
        }
    }

    /// Runs of offsets without a gap.
    fn runs(samples: &[Sample]) -> Vec<(i64, i64)> {
        let mut runs: Vec<(i64, i64)> = Vec::new();
        for sample in samples {
            match runs.last_mut() {
                Some((_, end)) if *end == sample.offset => *end += 1,
                _ => runs.push((sample.offset, sample.offset + 1)),
            }
        }
        runs
    }

    fn estimate(samples: &[Sample], start: i64, end: i64, within: &Window) -> Estimate {
        let judged = samples.iter().map(|sample| Sample {
            kept: within.contains(sample.timestamp),
            ..*sample
        });
        let judged: Vec<Sample> = judged.collect();
        let runs = runs(samples);
        Estimate::of(&judged, &runs, (start, end), &window(0, 1_000_000))
    }

    #[test]
    fn when_every_record_is_sampled_the_numbers_are_exact() {
        let samples: Vec<_> = (0..10).map(|index| sample(index, index * 10)).collect();
        let estimate = estimate(&samples, 0, 10, &window(20, 60));
        assert_eq!(
            estimate,
            Estimate {
                offsets: 10,
                records: 4,
                bytes: 400,
                null_keys: 2,
                looked_at: 10,
                sampled: 10,
                out_of_order: 0,
                earliest: Some(20),
                latest: Some(50),
            }
        );
        assert!(estimate.is_exact());
    }

    #[test]
    fn counting_each_record_comes_to_the_same_as_sampling_all() {
        let samples: Vec<_> = [10, 30, 20, 5_000_000, 40]
            .into_iter()
            .zip(0..)
            .map(|(time, at)| sample(at, time))
            .collect();
        let believable = window(0, 1_000_000);
        let mut counted = Estimate {
            offsets: 5,
            looked_at: 5,
            ..Estimate::default()
        };
        let mut latest = i64::MIN;
        for sample in &samples {
            counted.count(sample, &mut latest, &believable);
        }
        let sampled = Estimate::of(&samples, &[(0, 5)], (0, 5), &believable);
        assert_eq!(counted, sampled);
    }

    #[test]
    fn records_fetched_together_do_not_count_for_more() {
        // A hundred at the beginning, one far away: half of the offsets each, about.
        let mut samples: Vec<_> = (0..100).map(|offset| sample(offset, 5)).collect();
        samples.push(sample(10_000, 500));
        let estimate = estimate(&samples, 0, 10_001, &window(0, 100));
        assert!((5_000..5_100).contains(&estimate.records), "{estimate:?}");
        assert!(!estimate.is_exact());
    }

    #[test]
    fn offsets_without_a_record_are_no_records() {
        let believable = window(0, 1_000_000);
        // Compaction has left three of 107 offsets.
        let left = [sample(0, 1), sample(52, 2), sample(106, 3)];
        let all = Estimate::of(&left, &[(0, 50), (50, 107)], (0, 107), &believable);
        assert_eq!((all.records, all.bytes), (3, 300));
        assert!(all.is_exact());
        // Half of all offsets hold markers of transactions.
        let half = |from: i64| (from..from + 50).step_by(2).map(|at| sample(at, 1));
        let samples: Vec<_> = half(0).chain(half(950)).collect();
        let some = Estimate::of(&samples, &[(0, 50), (950, 1_000)], (0, 1_000), &believable);
        assert_eq!((some.records, some.bytes), (500, 50_000));
        assert!(!some.is_exact());
        // Nothing is left where it was looked.
        let none = Estimate::of(&[], &[(0, 50), (950, 1_000)], (0, 1_000), &believable);
        assert_eq!((none.records, none.is_exact()), (0, false));
    }

    #[test]
    fn records_behind_a_later_one_are_out_of_order_and_poison_does_not_count() {
        let times = [10, 30, 20, 9_999_999_999, 40, 35, -1];
        let samples: Vec<_> = (0..)
            .zip(times)
            .map(|(at, time)| sample(at, time))
            .collect();
        let estimate = estimate(&samples, 0, 7, &Window::default());
        assert_eq!(estimate.out_of_order, 2);
        assert_eq!(estimate.out_of_order_share(), Some(2.0 / 7.0));
        assert_eq!(Estimate::default().out_of_order_share(), None);
    }

    #[test]
    fn what_was_not_sampled_is_not_known() {
        let estimate = estimate(&[], 5, 25, &Window::default());
        assert_eq!((estimate.offsets, estimate.records), (20, 0));
        assert_eq!((estimate.earliest, estimate.latest), (None, None));
        assert!(!estimate.is_exact());
        assert!(Estimate::default().is_exact());
    }

    #[test]
    fn partitions_are_added_up() {
        let one = estimate(&[sample(0, 50)], 0, 1, &Window::default());
        let two = estimate(&[sample(4, 20), sample(5, 30)], 4, 6, &Window::default());
        let both = one.and(two).and(Estimate::default());
        assert_eq!((both.offsets, both.records, both.bytes), (3, 3, 300));
        assert_eq!((both.earliest, both.latest), (Some(20), Some(50)));
    }

    #[test]
    fn the_slower_of_speed_and_rate_says_how_long_it_takes() {
        let pace = |speed, rate| Pace {
            speed,
            rate,
            ..Pace::default()
        };
        let seconds = |pace| duration_at(&pace, 600_000, 3_000).map(|time| time.as_secs());
        assert_eq!(seconds(pace(Some(60.0), None)), Some(10));
        assert_eq!(seconds(pace(None, Some(100.0))), Some(30));
        assert_eq!(seconds(pace(Some(60.0), Some(100.0))), Some(30));
        assert_eq!(seconds(pace(None, None)), None);
        let sum = Estimate {
            records: 3_000,
            earliest: Some(1_000),
            latest: Some(601_000),
            ..Estimate::default()
        };
        assert_eq!(
            sum.duration(&pace(Some(1.0), None)),
            Some(Duration::from_secs(600))
        );
        assert_eq!(
            Estimate::default().duration(&pace(Some(1.0), None)),
            Some(Duration::ZERO)
        );
    }

    proptest! {
        #[test]
        fn every_offset_is_counted_once(
            offsets in prop::collection::btree_set(0..10_000_i64, 1..50),
            start in 0..5_000_i64,
            length in 0..6_000_i64,
        ) {
            let samples: Vec<_> = offsets.iter().map(|offset| sample(*offset, 1)).collect();
            let end = start + length;
            let inside = offsets.range(start..end).next().is_some();
            let samples: Vec<_> = samples
                .into_iter()
                .filter(|sample| (start..end).contains(&sample.offset))
                .collect();
            let all = Estimate::of(&samples, &runs(&samples), (start, end), &Window::default());
            let expected = if inside { u64::try_from(length).unwrap() } else { 0 };
            prop_assert_eq!(all.records, expected);
        }
    }
}
