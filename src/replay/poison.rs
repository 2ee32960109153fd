//! Timestamps that cannot be true, and make a topic's time index useless from there on.
//!
//! One record stamped in the year 5138 makes every later time of the topic answer with its
//! offset, or with none. Usually somebody wrote microseconds where milliseconds are wanted.

use std::fmt;

use crate::{event::Timestamp, select::Window};

/// How far ahead of now a clock may be: Kafka 4.0's own limit (KIP-937).
pub const AHEAD_MS: i64 = 3_600_000;
/// 2000-01-01T00:00:00Z: Kafka was not there yet.
pub const YEAR_2000_MS: i64 = 946_684_800_000;

/// How many records on each side are a record's neighbours.
const NEIGHBOURS: usize = 4;

/// Why a timestamp cannot be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoisonKind {
    /// More than an hour ahead of now.
    Future,
    /// Before the year 2000, unlike the records around it.
    Ancient,
}

/// A record whose timestamp cannot be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Poison {
    /// Its offset.
    pub offset: i64,
    /// Its timestamp in milliseconds.
    pub timestamp: i64,
    /// What is wrong with it.
    pub kind: PoisonKind,
}

/// Timestamps that can be true at `now`: from the year 2000 to an hour ahead.
#[must_use]
pub fn believable(now: i64) -> Window {
    Window {
        from_ms: Some(YEAR_2000_MS),
        to_ms: Some(now.saturating_add(AHEAD_MS).saturating_add(1)),
    }
}

/// The poison among `sample`, pairs of offset and timestamp of one partition in the order of
/// their offsets. A record without a timestamp (-1) is none, and nobody's neighbour. An ancient
/// timestamp among ancient ones is history, not poison.
#[must_use]
pub fn find_poison(sample: &[(i64, i64)], now: i64) -> Vec<Poison> {
    let stamped: Vec<_> = sample.iter().filter(|(_, time)| *time != -1).collect();
    let mut found = Vec::new();
    for (index, &&(offset, timestamp)) in stamped.iter().enumerate() {
        let kind = if timestamp > now.saturating_add(AHEAD_MS) {
            PoisonKind::Future
        } else if timestamp < YEAR_2000_MS && stands_out(&stamped, index) {
            PoisonKind::Ancient
        } else {
            continue;
        };
        found.push(Poison {
            offset,
            timestamp,
            kind,
        });
    }
    found
}

/// Whether most neighbours of an ancient record are not.
fn stands_out(stamped: &[&(i64, i64)], index: usize) -> bool {
    let before = &stamped[index.saturating_sub(NEIGHBOURS)..index];
    let after = &stamped[index + 1..stamped.len().min(index + 1 + NEIGHBOURS)];
    let modern = before
        .iter()
        .chain(after)
        .filter(|(_, time)| *time >= YEAR_2000_MS)
        .count();
    modern * 2 > before.len() + after.len()
}

/// `offset 10 is stamped 5138-11-16T09:46:40.000Z, …`
impl fmt::Display for Poison {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "offset {} is stamped {}",
            self.offset,
            Timestamp(self.timestamp)
        )?;
        let read_as = match self.kind {
            PoisonKind::Future => [
                (self.timestamp / 1_000, "microseconds"),
                (self.timestamp / 1_000_000, "nanoseconds"),
            ],
            PoisonKind::Ancient => [
                (self.timestamp.saturating_mul(1_000), "seconds"),
                (self.timestamp.saturating_mul(60_000), "minutes"),
            ],
        };
        // Any time between 2000 and 2100 will do.
        let likely = read_as
            .iter()
            .find(|(ms, _)| (YEAR_2000_MS..4_102_444_800_000).contains(ms));
        match likely {
            Some((ms, unit)) => write!(out, " ({} if those are {unit})", Timestamp(*ms)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_767_261_600_000;

    fn found(timestamps: &[i64]) -> Vec<(i64, PoisonKind)> {
        let sample: Vec<_> = (10..).zip(timestamps.iter().copied()).collect();
        find_poison(&sample, NOW)
            .iter()
            .map(|poison| (poison.offset, poison.kind))
            .collect()
    }

    #[test]
    fn a_timestamp_more_than_an_hour_ahead_is_poison() {
        assert_eq!(
            found(&[NOW, NOW + AHEAD_MS, NOW + AHEAD_MS + 1, NOW]),
            [(12, PoisonKind::Future)]
        );
        assert_eq!(found(&[i64::MAX]), [(10, PoisonKind::Future)]);
    }

    #[test]
    fn an_ancient_timestamp_is_poison_only_among_others() {
        assert_eq!(
            found(&[NOW, NOW, 1_767_261_600, NOW, NOW]),
            [(12, PoisonKind::Ancient)]
        );
        assert_eq!(found(&[0, NOW, NOW]), [(10, PoisonKind::Ancient)]);
        assert_eq!(
            found(&[NOW, NOW, NOW, 0, 1, 2, NOW, NOW, NOW]),
            [13, 14, 15].map(|offset| (offset, PoisonKind::Ancient))
        );
        // History that was imported, up to the present.
        let history: Vec<_> = (0..20).chain((0..20).map(|index| NOW + index)).collect();
        assert_eq!(found(&history), []);
        assert_eq!(found(&[5]), []);
    }

    #[test]
    fn no_timestamp_is_none_and_nobodys_neighbour() {
        assert_eq!(found(&[-1, NOW, -1, -1, -1, -1, -1, NOW]), []);
        assert_eq!(
            found(&[NOW, -1, -1, -1, -1, -1, 3, -1, -1, -1, -1, NOW]),
            [(16, PoisonKind::Ancient)]
        );
    }

    #[test]
    fn what_can_be_believed_reaches_from_2000_to_an_hour_ahead() {
        let window = believable(NOW);
        for (timestamp, believed) in [
            (YEAR_2000_MS - 1, false),
            (YEAR_2000_MS, true),
            (NOW + AHEAD_MS, true),
            (NOW + AHEAD_MS + 1, false),
            (-1, false),
        ] {
            assert_eq!(window.contains(timestamp), believed, "{timestamp}");
        }
    }

    #[test]
    fn a_wrong_unit_is_recognised() {
        let shown = |timestamp, kind| {
            Poison {
                offset: 10,
                timestamp,
                kind,
            }
            .to_string()
        };
        assert_eq!(
            shown(100_000_000_000_000, PoisonKind::Future),
            "offset 10 is stamped 5138-11-16T09:46:40.000Z"
        );
        assert_eq!(
            shown(NOW * 1_000, PoisonKind::Future),
            "offset 10 is stamped 1767261600000000 (2026-01-01T10:00:00.000Z if those are \
             microseconds)"
        );
        assert_eq!(
            shown(NOW / 1_000, PoisonKind::Ancient),
            "offset 10 is stamped 1970-01-21T10:54:21.600Z (2026-01-01T10:00:00.000Z if those \
             are seconds)"
        );
    }
}
