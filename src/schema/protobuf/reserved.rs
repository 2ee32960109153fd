//! Numbers and names that must not be used.

use std::collections::HashSet;

use super::model::Range;

/// What a message or an enum reserves: as it is written, and in a form to look things up in.
#[derive(Clone, Debug, Default)]
pub(super) struct Reserved {
    pub ranges: Vec<Range>,
    pub names: Vec<String>,
    /// The ranges in order, those that touch joined.
    merged: Vec<Range>,
    set: HashSet<String>,
}

impl Reserved {
    pub fn new(ranges: Vec<Range>, names: Vec<String>) -> Self {
        let mut sorted: Vec<Range> = ranges.clone();
        sorted.retain(|range| range.from <= range.to);
        sorted.sort_unstable_by_key(|range| (range.from, range.to));
        let mut merged: Vec<Range> = Vec::new();
        for range in sorted {
            match merged.last_mut() {
                Some(last) if range.from <= last.to.saturating_add(1) => {
                    last.to = last.to.max(range.to);
                }
                _ => merged.push(range),
            }
        }
        Self {
            set: names.iter().cloned().collect(),
            ranges,
            names,
            merged,
        }
    }

    /// Whether the number is reserved.
    pub fn holds(&self, number: i32) -> bool {
        let next = self.merged.partition_point(|range| range.to < number);
        self.merged
            .get(next)
            .is_some_and(|range| range.from <= number)
    }

    /// Whether the name is reserved.
    pub fn names(&self, name: &str) -> bool {
        self.set.contains(name)
    }

    /// The parts of a range that are not reserved.
    pub fn missing(&self, range: Range) -> Vec<Range> {
        let mut missing = Vec::new();
        let mut next = Some(range.from);
        let first = self.merged.partition_point(|one| one.to < range.from);
        for one in self.merged[first..]
            .iter()
            .take_while(|one| one.from <= range.to)
        {
            let Some(from) = next else { break };
            if one.from > from {
                let to = one.from - 1;
                missing.push(Range { from, to });
            }
            next = one.to.checked_add(1);
        }
        if let Some(from) = next.filter(|from| *from <= range.to) {
            missing.push(Range { from, to: range.to });
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_missing_is_what_is_not_held(
            ranges in prop::collection::vec((0..30i32, 0..6i32), 0..6),
            from in 0..30i32,
            length in 0..12i32,
        ) {
            let ranges = ranges.iter().map(|(from, more)| Range { from: *from, to: from + more });
            let reserved = Reserved::new(ranges.collect(), Vec::new());
            let range = Range { from, to: from + length };
            let missing = reserved.missing(range);
            for number in from..=range.to {
                let is_missing =
                    missing.iter().any(|range| (range.from..=range.to).contains(&number));
                prop_assert_eq!(is_missing, !reserved.holds(number));
            }
        }
    }

    #[test]
    fn the_greatest_numbers_are_no_trouble() {
        let most = Range {
            from: 5,
            to: i32::MAX,
        };
        let reserved = Reserved::new(vec![most, most], Vec::new());
        assert!(reserved.holds(i32::MAX));
        assert!(reserved.missing(most).is_empty());
        assert_eq!(
            reserved.missing(Range {
                from: 0,
                to: i32::MAX
            }),
            [Range { from: 0, to: 4 }]
        );
    }
}
