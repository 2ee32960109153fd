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
    /// What the offsets from `start` to `end` (exclusive) amount to. `samples` stand in the order
    /// of their offsets, close together or far apart; `believable` are timestamps that count for
    /// the order, so that one in the future does not make all after it late.
    #[must_use]
    pub fn of(samples: &[Sample], start: i64, end: i64, believable: &Window) -> Self {
        let mut bytes = 0.0;
        let mut estimate = Self {
            offsets: u64::try_from(end - start).unwrap_or(0),
            ..Self::default()
        };
        let mut latest = i64::MIN;
        let mut records = 0.0;
        let mut null_keys = 0.0;
        each_weight(samples, start, end, |sample, weight| {
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
        self.sampled == self.offsets
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

/// How many of the records from `start` to `end` (exclusive) are `wanted`, about: such as those
/// that the target's retention would delete.
#[must_use]
pub fn weigh(
    samples: &[Sample],
    start: i64,
    end: i64,
    mut wanted: impl FnMut(&Sample) -> bool,
) -> u64 {
    let mut records = 0.0;
    each_weight(samples, start, end, |sample, weight| {
        records += if wanted(sample) { weight } else { 0.0 };
    });
    whole(records)
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

/// Hands each sample between `start` and `end` on with the number of offsets that it stands for:
/// up to halfway to its neighbours. So records that were fetched together do not count for more
/// than one that was fetched alone.
fn each_weight(samples: &[Sample], start: i64, end: i64, mut take: impl FnMut(&Sample, f64)) {
    let from = samples.partition_point(|sample| sample.offset < start);
    let to = samples.partition_point(|sample| sample.offset < end);
    let samples = samples.get(from..to).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let halfway = |left: &Sample, right: &Sample| (left.offset + right.offset + 1) as f64 / 2.0;
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let (mut left, last) = (start as f64, end as f64);
    for (index, sample) in samples.iter().enumerate() {
        let right = samples
            .get(index + 1)
            .map_or(last, |next| halfway(sample, next));
        take(sample, right - left);
        left = right;
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

    fn estimate(samples: &[Sample], start: i64, end: i64, within: &Window) -> Estimate {
        let judged = samples.iter().map(|sample| Sample {
            kept: within.contains(sample.timestamp),
            ..*sample
        });
        let judged: Vec<Sample> = judged.collect();
        Estimate::of(&judged, start, end, &window(0, 1_000_000))
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
            ..Estimate::default()
        };
        let mut latest = i64::MIN;
        for sample in &samples {
            counted.count(sample, &mut latest, &believable);
        }
        assert_eq!(counted, Estimate::of(&samples, 0, 5, &believable));
    }

    #[test]
    fn records_fetched_together_do_not_count_for_more() {
        // A hundred at the beginning, one far away: half of the offsets each, about.
        let mut samples: Vec<_> = (0..100).map(|offset| sample(offset, 5)).collect();
        samples.push(sample(10_000, 500));
        let estimate = estimate(&samples, 0, 10_001, &window(0, 100));
        assert!((5_000..5_100).contains(&estimate.records), "{estimate:?}");
        assert!(!estimate.is_exact());
        assert_eq!(
            weigh(&samples, 0, 10_001, |sample| sample.timestamp > 100),
            4_951
        );
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
            let all = weigh(&samples, start, end, |_| true);
            prop_assert_eq!(all, if inside { u64::try_from(length).unwrap() } else { 0 });
        }
    }
}
