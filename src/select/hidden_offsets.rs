//! Offsets that open transactions hide from a read_committed reader.

use std::fmt;

use super::Hidden;
use crate::{codec::text::counted, event::Timestamp};

/// All offsets that open transactions hide in a selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HiddenOffsets {
    /// The partition with most of them.
    pub most: Hidden,
    /// Offsets hidden in all partitions.
    pub offsets: u64,
    /// Partitions with hidden offsets.
    pub partitions: usize,
    /// When the transaction in `most` began (ms); `None` when it is not known.
    pub since: Option<i64>,
}

impl HiddenOffsets {
    /// The sum of `hidden`; `None` when nothing is hidden.
    #[must_use]
    pub fn of(hidden: &[Hidden]) -> Option<Self> {
        let most = hidden.iter().max_by_key(|hidden| hidden.to - hidden.from)?;
        let offsets = hidden.iter().map(|hidden| hidden.from.abs_diff(hidden.to));
        Some(Self {
            most: most.clone(),
            offsets: offsets.sum(),
            partitions: hidden.len(),
            since: None,
        })
    }
}

impl fmt::Display for HiddenOffsets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.most.partition)?;
        if self.partitions > 1 {
            let others = counted(self.partitions as u64 - 1, "partition");
            write!(out, " and {others} more")?;
        }
        let offsets = counted(self.offsets, "offset");
        let from = self.most.from;
        write!(
            out,
            ": {offsets} from {from} on hidden by an open transaction"
        )?;
        if let Some(since) = self.since {
            write!(out, ", open since {}", Timestamp(since))?;
        }
        out.write_str("; --isolation uncommitted shows them")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::TopicPartition;

    #[test]
    fn the_partition_with_most_hidden_offsets_stands_for_all() {
        let hidden = |number, from, to| Hidden {
            partition: TopicPartition::new("orders", number),
            from,
            to,
        };
        assert_eq!(HiddenOffsets::of(&[]), None);
        let text = |hidden: &[Hidden], since| {
            let all = HiddenOffsets::of(hidden).unwrap();
            HiddenOffsets { since, ..all }.to_string()
        };
        assert_eq!(
            text(&[hidden(0, 5, 6), hidden(3, 7, 10)], None),
            "orders/3 and 1 partition more: 4 offsets from 7 on hidden by an open transaction; \
             --isolation uncommitted shows them"
        );
        assert_eq!(
            text(&[hidden(0, 5, 6)], Some(0)),
            format!(
                "orders/0: 1 offset from 5 on hidden by an open transaction, open since {}; \
                 --isolation uncommitted shows them",
                Timestamp(0)
            )
        );
    }
}
