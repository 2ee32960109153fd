//! What can be known of topics without reading them: where partitions begin and end, when their
//! first and last records were written, how much disk they take, and how they are configured.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    thread,
    time::Duration,
};

use super::counts::{self, Counted};
use crate::{
    cmd::cluster,
    command::Context,
    event::TopicPartition,
    exit::Exit,
    failure::Failure,
    kafka::{
        Isolation,
        wire::{
            Client, FoundAt, FoundPlaces, LogSizes, OffsetQuestion, OffsetSpec, Partial,
            PartitionMetadata, TopicConfig, TopicMetadata, Unanswered, WireError, cause::Cause,
        },
    },
    pipeline::Signal,
};

/// From this many topics on, sizes are asked for all there are: that question is short.
const MANY: usize = 100;

/// How often a partition is asked again whose leader has just moved, or does not know yet that it
/// is one: metadata name it a moment before it is ready.
const ATTEMPTS: usize = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// A topic and what is known of it.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) name: Arc<str>,
    /// Kafka's id of it; `None` when the broker is too old to tell.
    pub(super) id: Option<String>,
    pub(super) internal: bool,
    pub(super) partitions: Vec<Partition>,
    /// `None` when it may not be seen.
    pub(super) config: Option<TopicConfig>,
    /// Why the topic as a whole could not be asked.
    pub(super) error: Option<String>,
    /// Whether it was deleted since it was named.
    pub(super) gone: bool,
}

/// A partition and what is known of it.
#[derive(Debug)]
pub(super) struct Partition {
    pub(super) meta: PartitionMetadata,
    /// The first offset; `None` when nobody could say, see `error`. The same for the ends.
    pub(super) start: Option<i64>,
    /// The end for whoever reads everything.
    pub(super) end: Option<i64>,
    /// The end for whoever reads what is committed; `None` also when not asked.
    pub(super) stable_end: Option<i64>,
    /// When the first record was written; `None` when there is none, it has no timestamp, or not
    /// asked. The same for the last one.
    pub(super) first: Option<i64>,
    pub(super) last: Option<i64>,
    /// Bytes on the leader's disk; `None` when not known.
    pub(super) size: Option<i64>,
    /// Bytes on all brokers' disks; `None` when not known of all replicas.
    pub(super) size_of_all: Option<i64>,
    /// What was read of it; `None` when it was not read.
    pub(super) counted: Option<Counted>,
    /// Why it could not be asked.
    pub(super) error: Option<String>,
    /// Whether it may be asked again: the leader has just moved, or is not ready yet.
    pub(super) unsettled: bool,
}

/// Which questions are asked beside those for start and end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Depth<'k> {
    /// Also the end for whoever reads what is committed.
    pub(super) stable_ends: bool,
    /// Also when the first and the last record were written.
    pub(super) times: bool,
    /// Also how much disk is taken.
    pub(super) sizes: bool,
    /// Also the records of small partitions, counted by reading them; needs `stable_ends` and
    /// `sizes`.
    pub(super) counts: bool,
    /// Also these keys of the configuration, or all of it.
    pub(super) config: Option<Option<&'k [&'k str]>>,
}

/// What was found, and what was not for other reasons than missing rights.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) topics: Vec<Topic>,
    exit: Exit,
}

impl Topic {
    /// Records of all partitions, or offsets where they were not counted; `None` when one of them is
    /// not known.
    pub(super) fn records(&self) -> Option<i64> {
        self.sum(Partition::records)
    }

    pub(super) fn size(&self) -> Option<i64> {
        self.sum(|partition| partition.size)
    }

    pub(super) fn size_of_all(&self) -> Option<i64> {
        self.sum(|partition| partition.size_of_all)
    }

    fn sum(&self, of: impl Fn(&Partition) -> Option<i64>) -> Option<i64> {
        if self.error.is_some() {
            return None;
        }
        self.partitions.iter().map(of).sum()
    }

    /// When the first record was written; `None` also when a partition could not be asked.
    pub(super) fn first(&self) -> Option<i64> {
        self.of_all(|partition| partition.first).min()
    }

    /// When the last record was written; `None` also when a partition could not be asked.
    pub(super) fn last(&self) -> Option<i64> {
        self.of_all(|partition| partition.last).max()
    }

    /// What is known of each partition; nothing when one of them could not be asked.
    fn of_all(&self, of: impl Fn(&Partition) -> Option<i64>) -> impl Iterator<Item = i64> {
        let complete = self.partitions.iter().all(|part| part.error.is_none());
        let known = self.partitions.iter().filter_map(of);
        known.filter(move |_| complete)
    }

    /// The effective value of a key; `None` when it may not be seen.
    pub(super) fn configured(&self, key: &str) -> Option<&str> {
        self.config.as_ref()?.get(key)?.value.as_deref()
    }

    /// Whether there may be fewer records than [`Topic::records`] says.
    pub(super) fn is_upper_bound(&self) -> bool {
        self.partitions.iter().any(Partition::is_upper_bound)
    }

    /// The largest number of copies that a partition is to have.
    pub(super) fn replication(&self) -> Option<i64> {
        let replicas = self
            .partitions
            .iter()
            .map(|partition| partition.meta.replicas.len());
        replicas.max().and_then(|count| i64::try_from(count).ok())
    }

    /// Takes the times of what was read: a listing of offsets gives a marker's time for a record's.
    fn take_times(&mut self) {
        for partition in &mut self.partitions {
            if let Some(counted) = partition.counted {
                (partition.first, partition.last) = (counted.first, counted.last);
            }
        }
    }

    /// What is wrong with it, in a few words.
    pub(super) fn problem(&self) -> Option<String> {
        if let Some(error) = &self.error {
            return Some(error.clone());
        }
        let mut wrong = self.partitions.iter().filter_map(|partition| {
            let error = partition.error.as_deref()?;
            Some((partition.meta.partition, error))
        });
        let (first, error) = wrong.next()?;
        let others = wrong.count();
        Some(match others {
            0 => format!("partition {first}: {error}"),
            _ => format!("partition {first} and {others} more: {error}"),
        })
    }
}

impl Partition {
    /// Records, or the offsets between start and end where they were not counted.
    pub(super) fn records(&self) -> Option<i64> {
        match self.counted {
            Some(counted) => Some(counted.records),
            None => Some((self.end? - self.start?).max(0)),
        }
    }

    /// Whether there may be fewer records than [`Partition::records`] says.
    pub(super) fn is_upper_bound(&self) -> bool {
        self.counted.is_none() && self.records() != Some(0)
    }
}

/// Asks about `topics` as deeply as `depth` says. What may not be asked is noted once.
pub(super) fn survey(
    context: &Context,
    client: &mut Client,
    topics: Vec<TopicMetadata>,
    depth: Depth<'_>,
) -> Result<Survey, Failure> {
    let mut found = Survey {
        topics: topics.into_iter().map(known).collect(),
        exit: Exit::Ok,
    };
    ask_ends(client, &mut found.topics, depth, |_| true);
    in_time(context)?;
    for _ in 0..ATTEMPTS {
        if !settle(client, &mut found.topics)? {
            break;
        }
        ask_ends(client, &mut found.topics, depth, |partition| {
            partition.unsettled
        });
        in_time(context)?;
    }
    if depth.times {
        ask_times(client, &mut found.topics);
        // One that was deleted meanwhile is told from one whose leader moved.
        settle(client, &mut found.topics)?;
        in_time(context)?;
    }
    if let Some(keys) = depth.config {
        let missing = ask_config(client, &mut found.topics, keys);
        found.note(context, "configurations", &missing);
    }
    if depth.sizes {
        let missing = ask_sizes(client, &mut found.topics);
        found.note(context, "sizes on disk", &missing);
    }
    if depth.counts {
        counts::count(client, &mut found.topics, &context.cancel);
        found.topics.iter_mut().for_each(Topic::take_times);
    }
    in_time(context)?;
    Ok(found)
}

impl Survey {
    /// [`Exit::Partial`] when something is missing that should be there.
    pub(super) fn exit(&self) -> Exit {
        let wrong = self.topics.iter().any(|topic| topic.problem().is_some());
        if wrong { Exit::Partial } else { self.exit }
    }

    /// Says what is not known. A missing right is no failure of the command.
    fn note(&mut self, context: &Context, what: &str, missing: &[Cause]) {
        let Some(first) = missing.first() else { return };
        let refused = |cause: &Cause| matches!(cause, Cause::NotAuthorized { .. });
        if missing.iter().all(refused) {
            context
                .ui
                .note(format_args!("{what} are not shown: {first}"));
            return;
        }
        let cause = missing
            .iter()
            .find(|cause| !refused(cause))
            .unwrap_or(first);
        context
            .ui
            .warn(format_args!("{what} are incomplete: {cause}"));
        self.exit = Exit::Partial;
    }
}

/// Ends a command whose time is over, or that was interrupted.
fn in_time(context: &Context) -> Result<(), Failure> {
    let patience = cluster::patience(context);
    match context.cancel.raised() {
        None if context.started.elapsed() < patience => Ok(()),
        None | Some(Signal::Deadline) => Err(Failure::new(
            Exit::Unreachable,
            format!(
                "the cluster did not answer within {} s",
                patience.as_secs_f64()
            ),
        )
        .hint("--timeout waits longer")),
        Some(Signal::Terminate) => Err(Failure::new(Exit::Terminated, "terminated")),
        Some(_) => Err(Failure::new(Exit::Interrupted, "interrupted")),
    }
}

fn known(topic: TopicMetadata) -> Topic {
    let partitions = topic.partitions.into_iter().map(|meta| Partition {
        error: meta.leader.is_none().then(|| "no leader".to_owned()),
        unsettled: meta.leader.is_none(),
        meta,
        start: None,
        end: None,
        stable_end: None,
        first: None,
        last: None,
        size: None,
        size_of_all: None,
        counted: None,
    });
    Topic {
        name: topic.name,
        id: topic.id,
        internal: topic.internal,
        partitions: partitions.collect(),
        config: None,
        gone: false,
        error: topic.error.map(|cause| cause.to_string()),
    }
}

/// Looks up anew who leads the partitions that may be asked again; whether there are any.
fn settle(client: &mut Client, topics: &mut [Topic]) -> Result<bool, Failure> {
    let unsettled: Vec<Arc<str>> = topics
        .iter()
        .filter(|topic| topic.partitions.iter().any(|partition| partition.unsettled))
        .map(|topic| topic.name.clone())
        .collect();
    if unsettled.is_empty() {
        return Ok(false);
    }
    thread::sleep(PAUSE);
    let names: Vec<&str> = unsettled.iter().map(|name| &**name).collect();
    let mut now: HashMap<Arc<str>, TopicMetadata> = client
        .metadata_now(&names)?
        .into_iter()
        .map(|topic| (topic.name.clone(), topic))
        .collect();
    for topic in topics {
        let Some(now) = now.remove(&topic.name) else {
            continue;
        };
        topic.gone = now.error.as_ref().is_some_and(Cause::is_not_found);
        topic.error = now.error.map(|cause| cause.to_string());
        for partition in &mut topic.partitions {
            let same = |meta: &PartitionMetadata| meta.partition == partition.meta.partition;
            match now.partitions.iter().find(|meta| same(meta)) {
                Some(meta) => partition.meta = meta.clone(),
                None => partition.unsettled = false,
            }
        }
    }
    Ok(true)
}

/// The partitions that have a leader, with it.
fn led(
    topics: &[Topic],
    wanted: impl Fn(&Partition) -> bool,
) -> (Vec<TopicPartition>, HashMap<TopicPartition, i32>) {
    let mut partitions = Vec::new();
    let mut leaders = HashMap::new();
    for topic in topics {
        for partition in &topic.partitions {
            if let Some(leader) = partition.meta.leader.filter(|_| wanted(partition)) {
                let at = TopicPartition::new(topic.name.clone(), partition.meta.partition);
                leaders.insert(at.clone(), leader);
                partitions.push(at);
            }
        }
    }
    (partitions, leaders)
}

fn question(partitions: &[TopicPartition], spec: OffsetSpec) -> OffsetQuestion<'_> {
    OffsetQuestion {
        isolation: Isolation::Uncommitted,
        partitions: partitions
            .iter()
            .map(|partition| (partition, spec))
            .collect(),
    }
}

fn ask_ends(
    client: &mut Client,
    topics: &mut [Topic],
    depth: Depth<'_>,
    wanted: impl Fn(&Partition) -> bool,
) {
    let (partitions, leaders) = led(topics, &wanted);
    let mut questions = vec![
        question(&partitions, OffsetSpec::Earliest),
        question(&partitions, OffsetSpec::Latest),
    ];
    if depth.stable_ends {
        questions.push(OffsetQuestion {
            isolation: Isolation::Committed,
            ..question(&partitions, OffsetSpec::Latest)
        });
    }
    let found = client.find_places(|at| leaders.get(at).copied(), &questions);
    let silent = found.failures.first().map(ToString::to_string);
    each(topics, |at, partition| {
        if !wanted(partition) {
            return;
        }
        (partition.error, partition.unsettled) = (None, false);
        let mut taken = |index: usize| take(&found, index, &at, partition, silent.as_deref());
        let start = taken(0);
        let end = taken(1);
        let stable_end = depth.stable_ends.then(|| taken(2)).flatten();
        (partition.start, partition.end) = (offset(start), offset(end));
        partition.stable_end = offset(stable_end);
    });
}

fn offset(place: Option<FoundAt>) -> Option<i64> {
    place.map(|place| place.offset)
}

/// When the first and the last record of each partition was written that has any.
fn ask_times(client: &mut Client, topics: &mut [Topic]) {
    let (mut partitions, leaders) = led(topics, |_| true);
    let filled: HashSet<TopicPartition> = topics
        .iter()
        .flat_map(|topic| {
            topic
                .partitions
                .iter()
                .map(move |partition| (topic, partition))
        })
        .filter(|(_, partition)| partition.records().is_some_and(|records| records > 0))
        .map(|(topic, partition)| TopicPartition::new(topic.name.clone(), partition.meta.partition))
        .collect();
    partitions.retain(|partition| filled.contains(partition));
    if partitions.is_empty() {
        return;
    }
    let questions = [
        question(&partitions, OffsetSpec::AtOrAfter(0)),
        question(&partitions, OffsetSpec::MaxTimestamp),
    ];
    let found = client.find_places(|at| leaders.get(at).copied(), &questions);
    let silent = found.failures.first().map(ToString::to_string);
    each(topics, |at, partition| {
        if !filled.contains(&at) {
            return;
        }
        let mut taken = |index: usize| take(&found, index, &at, partition, silent.as_deref());
        let (first, last) = (taken(0), taken(1));
        partition.first = first.and_then(|place| place.timestamp);
        partition.last = last.and_then(|place| place.timestamp);
    });
}

/// Runs `look` on each partition that could be asked.
fn each(topics: &mut [Topic], mut look: impl FnMut(TopicPartition, &mut Partition)) {
    for topic in topics {
        for partition in &mut topic.partitions {
            if partition.meta.leader.is_some() {
                let at = TopicPartition::new(topic.name.clone(), partition.meta.partition);
                look(at, partition);
            }
        }
    }
}

/// One answer; what is wrong instead stands on the partition.
fn take(
    found: &Partial<Vec<FoundPlaces>>,
    index: usize,
    at: &TopicPartition,
    partition: &mut Partition,
    silent: Option<&str>,
) -> Option<FoundAt> {
    match found.items.get(index).and_then(|places| places.get(at)) {
        Some(Ok(place)) => *place,
        Some(Err(cause)) => {
            partition.unsettled = cause.is_retriable();
            partition.error = Some(cause.to_string());
            None
        }
        None => {
            partition.error = Some(silent.unwrap_or("the leader did not answer").to_owned());
            None
        }
    }
}

fn ask_config(client: &mut Client, topics: &mut [Topic], keys: Option<&[&str]>) -> Vec<Cause> {
    let names: Vec<Arc<str>> = topics
        .iter()
        .filter(|topic| topic.error.is_none())
        .map(|topic| topic.name.clone())
        .collect();
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    match client.topic_configs(&names, keys) {
        Err(WireError { cause, .. }) => vec![cause],
        Ok(mut found) => {
            for topic in topics {
                topic.config = found.items.remove(&topic.name);
            }
            let mut missing = causes(found.failures);
            // That of a topic which was deleted meanwhile: nothing is missing.
            missing.retain(|cause| !cause.is_not_found());
            missing
        }
    }
}

fn ask_sizes(client: &mut Client, topics: &mut [Topic]) -> Vec<Cause> {
    let named: Vec<(Arc<str>, Vec<i32>)> = topics
        .iter()
        .map(|topic| {
            let partitions = topic.partitions.iter();
            let numbers = partitions.map(|partition| partition.meta.partition);
            (topic.name.clone(), numbers.collect())
        })
        .collect();
    let asked: Vec<(&str, Vec<i32>)> = named
        .iter()
        .map(|(name, partitions)| (&**name, partitions.clone()))
        .collect();
    let found = client.log_sizes((asked.len() < MANY).then_some(&asked));
    each(topics, |at, partition| {
        (partition.size, partition.size_of_all) = sizes(&found.items, &at, &partition.meta);
    });
    causes(found.failures)
}

/// Bytes on the leader's disk, and on those of all replicas together.
fn sizes(
    found: &LogSizes,
    at: &TopicPartition,
    meta: &PartitionMetadata,
) -> (Option<i64>, Option<i64>) {
    let Some(copies) = found.get(at) else {
        return (None, None);
    };
    let on = |broker: i32| {
        let copy = copies.iter().find(|copy| copy.broker == broker)?;
        Some(copy.bytes)
    };
    let all = meta.replicas.iter().map(|&broker| on(broker)).sum();
    (meta.leader.and_then(on), all)
}

fn causes(failures: Vec<Unanswered>) -> Vec<Cause> {
    failures.into_iter().map(|failure| failure.cause).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::wire::ReplicaSize;

    fn meta(partition: i32, leader: Option<i32>) -> PartitionMetadata {
        PartitionMetadata {
            partition,
            leader,
            leader_epoch: 0,
            replicas: vec![1, 2],
            in_sync: vec![1],
            offline: Vec::new(),
        }
    }

    fn topic(leaders: &[Option<i32>]) -> Topic {
        let partitions = (0..).zip(leaders);
        known(TopicMetadata {
            name: Arc::from("orders"),
            id: None,
            internal: false,
            partitions: partitions
                .map(|(number, leader)| meta(number, *leader))
                .collect(),
            error: None,
        })
    }

    #[test]
    fn a_sum_with_an_unknown_part_is_not_known() {
        let mut whole = topic(&[Some(1), Some(1)]);
        for (partition, end) in whole.partitions.iter_mut().zip([7, 5]) {
            (partition.start, partition.end) = (Some(2), Some(end));
        }
        assert_eq!((whole.records(), whole.problem()), (Some(8), None));
        assert!(whole.is_upper_bound(), "nobody counted");
        let counted = |records| {
            Some(Counted {
                records,
                ..Counted::default()
            })
        };
        whole.partitions[0].counted = counted(2);
        assert_eq!((whole.records(), whole.is_upper_bound()), (Some(5), true));
        whole.partitions[1].counted = counted(0);
        assert_eq!((whole.records(), whole.is_upper_bound()), (Some(2), false));

        let mut torn = topic(&[Some(1), None, None]);
        (torn.partitions[0].start, torn.partitions[0].end) = (Some(0), Some(9));
        assert_eq!(torn.records(), None);
        let problem = "partition 1 and 1 more: no leader";
        assert_eq!(torn.problem().as_deref(), Some(problem));
    }

    #[test]
    fn the_leaders_copy_counts_and_all_of_them_only_when_all_are_known() {
        let at = TopicPartition::new(Arc::from("orders"), 0);
        let copy = |broker, bytes| ReplicaSize { broker, bytes };
        let of = |copies: Vec<ReplicaSize>| {
            let found = LogSizes::from([(at.clone(), copies)]);
            sizes(&found, &at, &meta(0, Some(2)))
        };
        assert_eq!(of(vec![copy(1, 10), copy(2, 20)]), (Some(20), Some(30)));
        assert_eq!(of(vec![copy(2, 20)]), (Some(20), None));
        assert_eq!(of(vec![copy(1, 10)]), (None, None));
        assert_eq!(
            sizes(&LogSizes::new(), &at, &meta(0, Some(2))),
            (None, None)
        );
    }
}
