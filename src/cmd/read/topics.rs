//! Topics, resolved to ranges and read.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::hidden_offsets::note_hidden;
use crate::{
    cmd::groups,
    codec::shell::CommandLine,
    command::{Context, SelectArgs},
    event::TopicPartition,
    exit::Exit,
    failure::Failure,
    kafka::{
        Isolation,
        admin::{ClusterOffsets, LookupError, group_commits, known_commits},
        wire::{Client, ReadOptions, ReadOrder, ReadRange, Reader, TopicMetadata, last_starts},
    },
    pipeline::{Ended, Fault, Sink, Source, drive},
    select::{Assignment, OutOfRange, OutOfRangeReason, Position, ResolveError, Selection},
    ui::Bar,
};

/// Topics that are about to be read.
pub(in crate::cmd) struct TopicRead<'c> {
    pub(in crate::cmd) client: &'c mut Client,
    pub(in crate::cmd) topics: Vec<TopicMetadata>,
    pub(in crate::cmd) assignment: Assignment,
    pub(in crate::cmd) isolation: Isolation,
    stall_timeout: Duration,
    all_partitions: bool,
    /// Whether a progress bar may be drawn: not where records go to the same terminal.
    pub(in crate::cmd) bar: bool,
}

impl<'c> TopicRead<'c> {
    /// Looks up where the selection begins and ends, and says what is not as it was asked for.
    pub(in crate::cmd) fn resolve(
        context: &Context,
        client: &'c mut Client,
        topics: Vec<TopicMetadata>,
        selection: &Selection,
        select: &SelectArgs,
        stall_timeout: Duration,
    ) -> Result<Self, Failure> {
        let stored = stored_offsets(context, client, selection, select)?;
        let selection = &Selection {
            reset: client.settings().offset_reset,
            ..selection.clone()
        };
        let isolation = select
            .isolation
            .map_or(client.settings().isolation, Into::into);
        let partitioned: Vec<_> = topics
            .iter()
            .map(|topic| {
                let count = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
                (topic.name.clone(), count)
            })
            .collect();
        let mut lookup = ClusterOffsets::new(client, isolation).with_stored(stored);
        let mut assignment = match selection.resolve(&partitioned, &mut lookup) {
            Ok(assignment) => assignment,
            Err(ResolveError::OutOfRange(error)) => {
                let group = select.as_group.as_deref().unwrap_or_default();
                return Err(Failure::out_of_range(group, &error));
            }
            Err(error) => return Err(error.into()),
        };
        for doubt in selection.doubts() {
            context.ui.note(doubt);
        }
        for note in &assignment.notes {
            context.ui.warn(note);
        }
        note_hidden(context, client, &assignment.hidden);
        let options = ReadOptions {
            isolation,
            order: ReadOrder::Arrival,
            from_ms: None,
            to_ms: None,
            stall_timeout,
        };
        if let Some(count) = assignment.last {
            let bounds = bounds(&assignment);
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            let starts = last_starts(
                client,
                &bounds,
                count,
                &options,
                &mut |_| true,
                &context.cancel,
            )?;
            for range in &mut assignment.ranges {
                let partition = TopicPartition::new(range.topic.clone(), range.partition);
                range.start = starts.get(&partition).map_or(range.end, |last| last.start);
            }
        }
        let all_partitions = selection.partitions.is_none()
            && selection.offsets.is_none()
            && selection.key_partition.is_none();
        Ok(Self {
            client,
            topics,
            assignment,
            isolation,
            stall_timeout,
            all_partitions,
            bar: !context.ui.stdout_is_terminal(),
        })
    }

    /// First offset and end of every partition that is read.
    pub(in crate::cmd) fn bounds(&self) -> BTreeMap<TopicPartition, (i64, i64)> {
        bounds(&self.assignment)
    }

    /// How to read, in `order`.
    pub(in crate::cmd) fn options(&self, order: ReadOrder) -> ReadOptions {
        ReadOptions {
            isolation: self.isolation,
            order,
            from_ms: self.assignment.window.from_ms,
            to_ms: self.assignment.window.to_ms,
            stall_timeout: self.stall_timeout,
        }
    }

    /// Reads up to the ends that were looked up, and flushes `sink`.
    pub(in crate::cmd) fn drive(
        &mut self,
        context: &Context,
        order: ReadOrder,
        sink: &mut dyn Sink,
    ) -> Read {
        let ranges = self.assignment.ranges.iter().map(|range| ReadRange {
            partition: TopicPartition::new(range.topic.clone(), range.partition),
            start: range.start,
            end: Some(range.end),
        });
        let ranges = ranges.collect();
        self.read(context, ranges, order, sink, false)
    }

    /// Reads on from the ends that were looked up (from the starts, with [`Begin::Start`]), and new
    /// partitions as they appear, until something stops it; flushes `sink`.
    pub(in crate::cmd) fn follow(
        &mut self,
        context: &Context,
        begin: Begin,
        order: ReadOrder,
        sink: &mut dyn Sink,
    ) -> Read {
        let ranges = self.assignment.ranges.iter().map(|range| ReadRange {
            partition: TopicPartition::new(range.topic.clone(), range.partition),
            start: match begin {
                Begin::Start => range.start,
                Begin::End => range.end,
            },
            end: None,
        });
        let ranges = ranges.collect();
        self.read(context, ranges, order, sink, self.all_partitions)
    }

    fn read(
        &mut self,
        context: &Context,
        ranges: Vec<ReadRange>,
        order: ReadOrder,
        sink: &mut dyn Sink,
        new_partitions: bool,
    ) -> Read {
        let options = self.options(order);
        let follows = ranges.iter().any(|range| range.end.is_none());
        let mut reader = Reader::new(self.client, ranges, options);
        if new_partitions {
            let names: Vec<Arc<str>> = self.topics.iter().map(|topic| topic.name.clone()).collect();
            reader.follow_new_partitions(names);
        }
        let mut bar = (!follows && self.bar).then(|| Bar::new(&context.ui, "reading"));
        let ended = match &mut bar {
            Some(bar) => drive(&mut reader, sink, bar, &context.cancel),
            None => drive(&mut reader, sink, &mut (), &context.cancel),
        };
        drop(bar);
        for note in reader.take_notes() {
            context.ui.detail(note);
        }
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
        let ended = ended.and_then(|ended| flushed.map(|_| ended));
        Read {
            ended,
            gaps: reader.gaps().to_vec(),
            positions,
            several: self.topics.len() > 1,
        }
    }
}

/// Where following begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cmd) enum Begin {
    /// At the start of the selection.
    Start,
    /// At the end that was looked up.
    End,
}

/// What a read came to.
pub(in crate::cmd) struct Read {
    pub(in crate::cmd) ended: Result<Ended, Fault>,
    pub(in crate::cmd) gaps: Vec<crate::pipeline::Gap>,
    /// What was not read, or not written out: where it would go on, and its end.
    pub(in crate::cmd) positions: Vec<(TopicPartition, i64, Option<i64>)>,
    /// Whether several topics were read.
    several: bool,
}

impl Read {
    /// A read that nothing was wanted of.
    pub(in crate::cmd) fn nothing() -> Self {
        Self {
            ended: Ok(Ended::Stopped),
            gaps: Vec::new(),
            positions: Vec::new(),
            several: false,
        }
    }

    /// What to type instead of the topics and positions that were read, to read what was not;
    /// `limit` is how many records of one topic are still wanted. `None` when nothing is left.
    pub(in crate::cmd) fn resume(&self, limit: Option<u64>) -> Option<String> {
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
                // The records of one line are not counted in another one.
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

/// What the group of `--as-group` has stored; empty when the selection does not ask for it.
fn stored_offsets(
    context: &Context,
    client: &mut Client,
    selection: &Selection,
    select: &SelectArgs,
) -> Result<BTreeMap<TopicPartition, i64>, Failure> {
    if ![Some(selection.from), selection.to].contains(&Some(Position::Stored)) {
        return Ok(BTreeMap::new());
    }
    let Some(group) = &select.as_group else {
        return Err(
            Failure::usage("\"stored\" is the offset of a group: name it")
                .hint("--as-group NAME reads from where the group stands, and does not join it"),
        );
    };
    let group = groups::find::one(context, client, group)?;
    let commits = known_commits(&group_commits(client, &group)?);
    let recreated = commits.iter().find_map(|(at, commit)| {
        let [old, new] = client.recreated_since(&at.topic, commit)?;
        Some(OutOfRange {
            partition: at.clone(),
            stored: commit.offset,
            reason: OutOfRangeReason::Recreated { old, new },
        })
    });
    if let Some(error) = recreated {
        let mut failure = Failure::out_of_range(&group.name, &error);
        // A group that is only looked at is not reset.
        failure.hints.retain(|hint| !hint.starts_with("-X "));
        return Err(failure.hint("--from earliest reads the topic that is there now"));
    }
    let offsets = commits.into_iter().map(|(at, commit)| (at, commit.offset));
    Ok(offsets.collect())
}

fn bounds(assignment: &Assignment) -> BTreeMap<TopicPartition, (i64, i64)> {
    assignment
        .ranges
        .iter()
        .map(|range| {
            let partition = TopicPartition::new(range.topic.clone(), range.partition);
            (partition, (range.start, range.end))
        })
        .collect()
}

/// Exit codes of a read that could not even begin.
impl From<ResolveError<LookupError>> for Failure {
    fn from(error: ResolveError<LookupError>) -> Self {
        match error {
            ResolveError::Select(error) => error.into(),
            ResolveError::OutOfRange(error) => Self::new(Exit::Partial, error.to_string()),
            ResolveError::Lookup(LookupError::Wire(error)) => error.into(),
            ResolveError::Lookup(error) => Self::new(Exit::Unreachable, error.to_string()),
        }
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
            let read = Read {
                positions: positions.flatten().collect(),
                several: topics.len() > 1,
                ..Read::nothing()
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
