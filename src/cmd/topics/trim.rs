//! `evctl topics trim`: removes the oldest records of a topic.

use std::collections::BTreeMap;

use clap::Args;

use super::group_positions;
use crate::{
    cmd::{cluster, show},
    codec::shell::CommandLine,
    command::{Context, calendar},
    event::TopicPartition,
    exit::Exit,
    failure::Failure,
    kafka::{
        Isolation,
        admin::ClusterOffsets,
        wire::{Cause, Client, POLICY_VIOLATION, TopicMetadata, Unanswered},
    },
    output::{
        report::{Count, Report},
        topics::{TrimmedPartition, trimmed_topic},
    },
    select::{Ask, OffsetLookup, PartitionSet, Position, SelectError},
    topics::UnreadRecords,
    ui::counted,
};

const COMPACTED: &str = "the topic is only compacted: it keeps the last record of each key for ever, and Kafka trims \
     only where cleanup.policy has delete";

/// Arguments of `topics trim`.
#[derive(Debug, Args)]
pub struct TrimArgs {
    /// The topic
    #[arg(value_name = "TOPIC")]
    topic: String,
    /// Trim only these partitions, e.g. 0,3-5
    #[arg(short, long, value_name = "LIST")]
    partitions: Option<String>,
    /// Remove the records before this position: an offset, @MS, a date, -2h, +100 (the first 100
    /// offsets), latest
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true)]
    before: String,
    /// Time zone of dates and times without one, local or a name [default: UTC], e.g. --tz local
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
}

/// A partition with its old and new log start offset.
struct Cut {
    at: TopicPartition,
    leader: i32,
    start: i64,
    new_start: i64,
}

/// Trims.
///
/// # Errors
/// The cluster cannot be asked or refuses, the topic does not exist, or cannot be trimmed.
pub(super) fn run(context: &Context, args: &TrimArgs) -> Result<Exit, Failure> {
    show::format(context)?;
    let position = position(context, args)?;
    let wanted = args
        .partitions
        .as_deref()
        .map(PartitionSet::parse)
        .transpose()?;
    let (cluster, mut client) = cluster::connect(context)?;
    let topics = cluster::topics(&mut client, "topics trim", vec![args.topic.clone()])?;
    let Some(topic) = topics.into_iter().next() else {
        return Err(Failure::new(
            Exit::NotFound,
            "the cluster did not name the topic",
        ));
    };
    let name = topic.name.clone();
    refuse_compacted(&mut client, &name)?;
    let cuts = cuts(context, &mut client, &topic, wanted.as_ref(), position)?;
    let records = cuts.iter().map(Cut::offsets).sum::<i64>();
    if records == 0 {
        return nothing(context, &name, &cuts);
    }
    let losses = group_positions(context, &mut client).unread(&removed(&cuts));
    let records = format!("up to {}", counted(records.unsigned_abs(), "record"));
    let heading = format!("topic {name:?}: {records} will be removed for ever");
    let plan = report(&name, &cuts, &losses, &BTreeMap::new(), None);
    if context.global.dry_run {
        context.ui.note(heading);
        let printed = show::print(context, &plan, show::format(context)?)?;
        warn(context, &losses);
        context.ui.note(show::DRY_RUN);
        return Ok(printed);
    }
    show::plan(context, &heading, &plan);
    warn(context, &losses);
    let action = format!("remove {records} from topic {name:?}");
    let permit = cluster::permit_always(context, &cluster, &action)?;
    cluster::refuse_recreated(&mut client, &[&*name])?;
    let moving = || cuts.iter().filter(|cut| cut.new_start > cut.start);
    let before = moving()
        .map(|cut| (cut.at.clone(), cut.new_start))
        .collect();
    let leaders = moving().map(|cut| (cut.at.clone(), cut.leader)).collect();
    let done = client.delete_records(&before, &leaders, permit);
    if let Some(first) = done.failures.first().filter(|_| done.items.is_empty()) {
        let failure = Failure::topic_refusal(
            format!("topic {name:?} was not trimmed"),
            &first.cause,
            "Delete",
        );
        let compacted = matches!(
            first.cause,
            Cause::Broker {
                code: POLICY_VIOLATION,
                ..
            }
        );
        return Err(if compacted {
            failure.cause(COMPACTED)
        } else {
            failure
        });
    }
    for failure in &done.failures {
        context.ui.warn(failure);
    }
    let report = report(&name, &cuts, &losses, &done.items, Some(&done.failures));
    let printed = show::change(context, &report, &format!("trimmed topic {name:?}"))?;
    Ok(if done.failures.is_empty() {
        printed
    } else {
        Exit::Partial
    })
}

fn nothing(context: &Context, topic: &str, cuts: &[Cut]) -> Result<Exit, Failure> {
    let done = (!context.global.dry_run).then_some([].as_slice());
    let report = report(topic, cuts, &[], &BTreeMap::new(), done);
    show::change(
        context,
        &report,
        "nothing to remove: no record lies before it",
    )
}

impl Cut {
    /// Removed offsets: an upper bound of the records.
    fn offsets(&self) -> i64 {
        self.new_start - self.start
    }
}

/// The removed range of offsets of each partition.
fn removed(cuts: &[Cut]) -> BTreeMap<TopicPartition, (i64, i64)> {
    let moving = cuts.iter().filter(|cut| cut.offsets() > 0);
    moving
        .map(|cut| (cut.at.clone(), (cut.start, cut.new_start)))
        .collect()
}

/// Warns of the groups that lose records.
fn warn(context: &Context, losses: &[UnreadRecords]) {
    for loss in losses {
        let partitions: Vec<String> = loss.partitions.iter().map(ToString::to_string).collect();
        context.ui.warn(format_args!(
            "group {:?} has not read up to {} of them (partition {})",
            loss.group,
            counted(loss.unread.unsigned_abs(), "record"),
            partitions.join(",")
        ));
    }
    if losses.is_empty() {
        context
            .ui
            .note("no group that you may see stands before the new starts");
    }
}

/// Where `--before` is.
fn position(context: &Context, args: &TrimArgs) -> Result<Position, Failure> {
    let text = &args.before;
    let position = Position::parse(text, calendar(context.now, args.tz.as_deref())?)?;
    if let Some(doubt) = position.doubt() {
        context.ui.note(doubt);
    }
    match position {
        Position::Stored => Err(
            Failure::usage("a trim knows no group whose offsets were stored")
                .hint("--before takes an offset, @MS, a date, -2h, +100 or latest"),
        ),
        Position::Last(_) => Err(Failure::usage(format!(
            "--before {text} would count records from the end, which a trim does not"
        ))
        .hint("--before takes an offset, @MS, a date, -2h, +100 or latest")),
        _ => Ok(position),
    }
}

/// Kafka refuses it as a violation of policy; evctl does before it asks. A user who may not see the
/// configuration gets Kafka's refusal.
fn refuse_compacted(client: &mut Client, name: &str) -> Result<(), Failure> {
    const KEY: &str = "cleanup.policy";
    let policy = client.topic_config(name, &[KEY])?.unwrap_or_default();
    match policy.get(KEY) {
        Some(policy) if !policy.contains("delete") => {
            let message = format!("topic {name:?} cannot be trimmed");
            Err(Failure::new(Exit::Refused, message).cause(COMPACTED).hint(
                CommandLine::evctl("topics alter")
                    .operand(name)
                    .and("--set cleanup.policy=compact,delete")
                    .to_string(),
            ))
        }
        _ => Ok(()),
    }
}

/// The old and new log start offset of each partition.
fn cuts(
    context: &Context,
    client: &mut Client,
    topic: &TopicMetadata,
    wanted: Option<&PartitionSet>,
    position: Position,
) -> Result<Vec<Cut>, Failure> {
    let count = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
    if let Some(partition) = wanted.and_then(|wanted| wanted.missing(count)) {
        return Err(SelectError::NoSuchPartition {
            topic: topic.name.to_string(),
            partition,
            count,
        }
        .into());
    }
    let partitions: Vec<(TopicPartition, Option<i32>)> = topic
        .partitions
        .iter()
        .filter(|meta| wanted.is_none_or(|wanted| wanted.contains(meta.partition)))
        .map(|meta| {
            (
                TopicPartition::new(topic.name.clone(), meta.partition),
                meta.leader,
            )
        })
        .collect();
    let asked: Vec<TopicPartition> = partitions.iter().map(|(at, _)| at.clone()).collect();
    let mut questions = vec![Ask::Earliest, Ask::Latest];
    if let Position::Time { ms, .. } = position {
        questions.push(Ask::At(ms));
    }
    // The high watermark: what an open transaction hides may be removed as well.
    let answers = ClusterOffsets::new(client, Isolation::Uncommitted).ask(&asked, &questions);
    let answers = answers.map_err(crate::select::ResolveError::Lookup)?;
    let mut cuts = Vec::new();
    for (index, (at, leader)) in partitions.into_iter().enumerate() {
        let answer = |question: usize| *answers.get(question)?.get(index)?;
        let start = answer(0).unwrap_or(0);
        let end = answer(1).unwrap_or(start).max(start);
        let Some(leader) = leader else { continue };
        let offset = place(position, start, end, answer(2));
        if offset > end && end > start {
            context.ui.warn(format_args!(
                "{at}: offset {offset} lies beyond the end {end}: everything there goes"
            ));
        }
        cuts.push(Cut {
            new_start: offset.clamp(start, end),
            at,
            leader,
            start,
        });
    }
    Ok(cuts)
}

/// The offset that `position` means in a partition; `late` is the first record that is not older
/// than its time, `None` when all are.
fn place(position: Position, start: i64, end: i64, late: Option<i64>) -> i64 {
    match position {
        Position::Earliest | Position::Stored | Position::Last(_) => start,
        Position::Latest => end,
        Position::Offset(offset) => offset,
        Position::AfterEarliest(count) => start.saturating_add_unsigned(count),
        Position::Time { .. } => late.unwrap_or(end),
    }
}

/// `failed` is `None` while nothing was done yet.
fn report(
    topic: &str,
    cuts: &[Cut],
    losses: &[UnreadRecords],
    now: &BTreeMap<TopicPartition, i64>,
    failed: Option<&[Unanswered]>,
) -> Report {
    let partition = |cut: &Cut| {
        let mut failures = failed.into_iter().flatten();
        let error = failures
            .find(|failure| failure.what == cut.at.to_string() || !now.contains_key(&cut.at))
            .filter(|_| cut.new_start > cut.start);
        TrimmedPartition {
            partition: cut.at.partition,
            old_start: cut.start,
            new_start: match error {
                Some(_) => None,
                None => Some(*now.get(&cut.at).unwrap_or(&cut.new_start)),
            },
            records: Count::new(cut.offsets(), cut.offsets() != 0),
            error: error.map(|failure| failure.cause.to_string()),
        }
    };
    let partitions = cuts.iter().map(partition).collect();
    let has_failures = failed.is_some_and(|failed| !failed.is_empty());
    trimmed_topic(topic, failed.is_none(), losses, partitions).show_if("error", has_failures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::select::Zone;

    #[test]
    fn a_time_after_the_last_record_removes_everything() {
        let time = Position::Time {
            ms: 5,
            zone: Zone::Stated,
        };
        assert_eq!(place(time, 10, 20, Some(15)), 15);
        assert_eq!(place(time, 10, 20, None), 20);
        assert_eq!(place(Position::AfterEarliest(3), 10, 20, None), 13);
        assert_eq!(place(Position::Offset(99), 10, 20, None), 99);
        assert_eq!(place(Position::Earliest, 10, 20, None), 10);
        assert_eq!(place(Position::Latest, 10, 20, None), 20);
    }
}
