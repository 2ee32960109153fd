//! Topics, resolved to ranges of offsets and read.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    codec::shell::CommandLine,
    event::{Record, TopicPartition},
    kafka::{
        Isolation,
        admin::{ClusterOffsets, LookupError, hidden_offsets},
        wire::{Client, ReadOptions, ReadOrder, ReadRange, Reader, TopicMetadata, last_starts},
    },
    pipeline::{Cancel, Ended, Fault, Gap, Sink, Source, Watch, drive},
    select::{Assignment, HiddenOffsets, ResolveError, Selection},
};

/// How a selection is resolved and read.
#[derive(Clone, Debug)]
pub struct TopicReadOptions {
    /// Which records are shown.
    pub isolation: Isolation,
    /// The committed offsets of a group, for a selection that refers to them.
    pub stored: BTreeMap<TopicPartition, i64>,
    /// How long nothing at all may arrive.
    pub stall_timeout: Duration,
}

/// Topics whose selected ranges are known.
pub struct TopicRead<'c> {
    /// The client that reads.
    pub client: &'c mut Client,
    /// The topics.
    pub topics: Vec<TopicMetadata>,
    /// The ranges.
    pub assignment: Assignment,
    /// Which records are shown.
    pub isolation: Isolation,
    stall_timeout: Duration,
    /// Whether following includes partitions that are added later.
    all_partitions: bool,
}

impl<'c> TopicRead<'c> {
    /// Looks up where `selection` begins and ends in each partition of `topics`. A selection of the
    /// last N records needs [`TopicRead::start_at_last`], too.
    ///
    /// # Errors
    /// A selection that does not fit the topics; a cluster that does not answer.
    pub fn new(
        client: &'c mut Client,
        topics: Vec<TopicMetadata>,
        selection: &Selection,
        options: TopicReadOptions,
    ) -> Result<Self, ResolveError<LookupError>> {
        let selection = &Selection {
            reset: client.settings().offset_reset,
            ..selection.clone()
        };
        let isolation = options.isolation;
        let partitioned: Vec<_> = topics
            .iter()
            .map(|topic| {
                let count = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
                (topic.name.clone(), count)
            })
            .collect();
        let mut lookup = ClusterOffsets::new(client, isolation).with_stored(options.stored);
        let assignment = selection.resolve(&partitioned, &mut lookup)?;
        let all_partitions = selection.partitions.is_none()
            && selection.offsets.is_none()
            && selection.key_partition.is_none();
        Ok(Self {
            client,
            topics,
            assignment,
            isolation,
            stall_timeout: options.stall_timeout,
            all_partitions,
        })
    }

    /// The offsets in the ranges that open transactions hide; `None` when they hide none.
    pub fn hidden_offsets(&mut self) -> Option<HiddenOffsets> {
        hidden_offsets(self.client, &self.assignment.hidden)
    }

    /// Moves the start of each range to the last `count` of its records that `keep` accepts; returns
    /// the number of records that were found.
    ///
    /// # Errors
    /// What broke the reading.
    pub fn start_at_last(
        &mut self,
        count: usize,
        keep: &mut dyn FnMut(&Record<'_>) -> bool,
        cancel: &Cancel,
    ) -> Result<usize, Fault> {
        let bounds = (self.assignment.ranges.iter())
            .map(|range| {
                let partition = TopicPartition::new(range.topic.clone(), range.partition);
                (partition, (range.start, range.end))
            })
            .collect();
        let options = self.options(ReadOrder::Arrival);
        let starts = last_starts(self.client, &bounds, count, &options, keep, cancel)?;
        for range in &mut self.assignment.ranges {
            let partition = TopicPartition::new(range.topic.clone(), range.partition);
            range.start = starts.get(&partition).map_or(range.end, |last| last.start);
        }
        Ok(starts.values().map(|last| last.found).sum())
    }

    /// How to read, in `order`.
    fn options(&self, order: ReadOrder) -> ReadOptions {
        ReadOptions {
            isolation: self.isolation,
            order,
            from_ms: self.assignment.window.from_ms,
            to_ms: self.assignment.window.to_ms,
            stall_timeout: self.stall_timeout,
        }
    }

    /// Reads up to the ends that were looked up, and flushes `sink`.
    pub fn drive(
        &mut self,
        order: ReadOrder,
        sink: &mut dyn Sink,
        watch: &mut dyn Watch,
        cancel: &Cancel,
    ) -> TopicReadEnd {
        let ranges = self.assignment.ranges.iter().map(|range| ReadRange {
            partition: TopicPartition::new(range.topic.clone(), range.partition),
            start: range.start,
            end: Some(range.end),
        });
        let ranges = ranges.collect();
        self.read(ranges, order, sink, watch, cancel)
    }

    /// Reads from `begin` on, and new partitions as they appear, until `sink` or a signal stops it;
    /// flushes `sink`.
    pub fn follow(
        &mut self,
        begin: Begin,
        order: ReadOrder,
        sink: &mut dyn Sink,
        cancel: &Cancel,
    ) -> TopicReadEnd {
        let ranges = self.assignment.ranges.iter().map(|range| ReadRange {
            partition: TopicPartition::new(range.topic.clone(), range.partition),
            start: match begin {
                Begin::Start => range.start,
                Begin::End => range.end,
            },
            end: None,
        });
        let ranges = ranges.collect();
        self.read(ranges, order, sink, &mut (), cancel)
    }

    fn read(
        &mut self,
        ranges: Vec<ReadRange>,
        order: ReadOrder,
        sink: &mut dyn Sink,
        watch: &mut dyn Watch,
        cancel: &Cancel,
    ) -> TopicReadEnd {
        let options = self.options(order);
        let follows = ranges.iter().any(|range| range.end.is_none());
        let mut reader = Reader::new(self.client, ranges, options);
        if follows && self.all_partitions {
            let names: Vec<Arc<str>> = self.topics.iter().map(|topic| topic.name.clone()).collect();
            reader.follow_new_partitions(names);
        }
        let ended = drive(&mut reader, sink, watch, cancel);
        let flushed = sink.idle();
        let unwritten = sink.unwritten();
        let positions = reader
            .positions()
            .map(|(partition, position, end)| {
                let first = unwritten.first.get(partition).copied();
                let position = first.map_or(position, |first| position.min(first));
                (partition.clone(), position, end)
            })
            .filter(|(_, position, end)| end.is_none_or(|end| *position < end))
            .collect();
        TopicReadEnd {
            ended: ended.and_then(|ended| flushed.map(|_| ended)),
            gaps: reader.gaps().to_vec(),
            positions,
            notes: reader.take_notes(),
            several: self.topics.len() > 1,
        }
    }
}

/// The start of following.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// The start of the selection.
    Start,
    /// The end that was looked up.
    End,
}

/// The end of a read of topics.
#[derive(Debug)]
pub struct TopicReadEnd {
    /// Why it ended.
    pub ended: Result<Ended, Fault>,
    /// Offsets that could not be read.
    pub gaps: Vec<Gap>,
    /// Partitions that were not read, or not written out, to their end: the next offset, and the end;
    /// `None` follows.
    pub positions: Vec<(TopicPartition, i64, Option<i64>)>,
    /// Facts about the read for `--verbose`.
    pub notes: Vec<String>,
    /// Whether several topics were read.
    several: bool,
}

impl TopicReadEnd {
    /// The end of a read of which no record was wanted.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            ended: Ok(Ended::Stopped),
            gaps: Vec::new(),
            notes: Vec::new(),
            positions: Vec::new(),
            several: false,
        }
    }

    /// The options that resume the read, in place of its topics and positions; `limit` is the number
    /// of records of one topic that are still wanted. `None` when nothing is left.
    #[must_use]
    pub fn resume(&self, limit: Option<u64>) -> Option<String> {
        let mut topics: Vec<(&str, Vec<String>)> = Vec::new();
        for (partition, position, end) in &self.positions {
            let end = end.map(|end| end.to_string()).unwrap_or_default();
            let offsets = format!("{}:{position}..{end}", partition.partition);
            match topics
                .iter_mut()
                .find(|(topic, _)| *topic == &*partition.topic)
            {
                Some((_, list)) => list.push(offsets),
                None => topics.push((&partition.topic, vec![offsets])),
            }
        }
        let lines = topics.iter().map(|(topic, list)| {
            let line = CommandLine::arguments().option("--offsets", list.join(","));
            let line = match limit {
                // A limit counts the records of all lines together.
                Some(limit) if !self.several => line.and(&format!("-n {limit}")),
                _ => line,
            };
            match self.several {
                true => line.operand(*topic).to_string(),
                false => line.to_string(),
            }
        });
        (!topics.is_empty()).then(|| lines.collect::<Vec<_>>().join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_can_be_typed_whatever_the_topic_is_called() {
        let left = |topics: &[&str], limit| {
            let positions = topics.iter().map(|topic| {
                let at = |number| TopicPartition::new(*topic, number);
                [(at(0), 3, Some(9)), (at(1), 4, None)]
            });
            let read = TopicReadEnd {
                positions: positions.flatten().collect(),
                several: topics.len() > 1,
                ..TopicReadEnd::nothing()
            };
            read.resume(limit)
        };
        assert_eq!(left(&[], Some(2)), None);
        let line = |topics: &[&str], limit| left(topics, limit).unwrap();
        assert_eq!(line(&["-x"], None), "--offsets 0:3..9,1:4..");
        assert_eq!(line(&["a"], Some(2)), "--offsets 0:3..9,1:4.. -n 2");
        assert_eq!(
            line(&["a", "-x"], Some(2)),
            "a --offsets 0:3..9,1:4.. and --offsets 0:3..9,1:4.. -- -x"
        );
    }
}
