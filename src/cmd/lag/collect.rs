//! One look at all groups: asked in the order in which no answer can be older than what it is
//! compared with, each broker once for everything.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use super::{
    count::count_records,
    ends::Ends,
    history::Verdicts,
    next::NextRecords,
    select::{Selected, Wanted},
};
use crate::{
    cmd::show,
    event::{GroupDescription, GroupListing, GroupType, Member, TopicPartition},
    exit::Exit,
    failure::Failure,
    kafka::wire::{Cause, Client, Commits, ShareOffsets, Unanswered},
    lag::{
        CommitPoint, Facts, GroupFacts, GroupLag, Membership, NextRecord, Owner, PartitionLag,
        Presence, Rates, Status, View, group_lag, partition_lag, share_lag,
    },
    pipeline::Cancel,
};

/// What to look at, and how closely.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) view: View,
    pub(super) time: bool,
    pub(super) count: Option<u64>,
    pub(super) include_abandoned: bool,
    /// How far back commits are looked at, in milliseconds; `None` when they are not.
    pub(super) window_ms: Option<i64>,
}

/// One look.
#[derive(Debug)]
pub(super) struct Look {
    /// When, in milliseconds.
    pub(super) at: i64,
    pub(super) groups: Vec<GroupLag>,
    /// Why other groups that were named are not to be had.
    pub(super) missing: Vec<(String, Failure)>,
    /// What else was not answered.
    pub(super) failures: Vec<String>,
    /// The commits behind the verdicts, where they were read.
    pub(super) verdicts: Verdicts,
}

/// A group before it is judged.
struct Group {
    description: GroupDescription,
    commits: Commits,
    shares: ShareOffsets,
    /// Why nothing is known of what it has stored.
    error: Option<String>,
    /// Why nothing is known of its members.
    undescribed: Option<String>,
}

/// Looks at `wanted` at the instant `now`; with an `earlier` look, rates are told, too.
pub(super) fn look(
    client: &mut Client,
    wanted: &Wanted,
    options: &Options,
    now: i64,
    earlier: Option<&Look>,
    cancel: &Cancel,
) -> Result<Look, Failure> {
    let mut selected = wanted.select(client)?;
    let mut failures = std::mem::take(&mut selected.failures);
    let groups = ask_groups(client, &selected, &mut failures);
    let topics = topics(&groups, wanted);
    let mut ends = Ends::ask(client, &topics);
    recheck_ends(client, &groups, &mut ends);
    let positions = positions(&groups, wanted, &ends);
    let mut next = if options.time {
        NextRecords::look(client, &ends, &positions, options.view, now, cancel)
    } else {
        NextRecords::default()
    };
    let counted = match options.count {
        Some(most) => count_records(client, &ends, &positions, options.view, most, cancel),
        None => HashMap::new(),
    };
    let verdicts = match options.window_ms {
        Some(window) => Verdicts::read(client, &groups_of(&groups), &ends, now - window, cancel),
        None => Verdicts::default(),
    };
    failures.append(&mut ends.failures);
    failures.append(&mut next.failures);
    // One broker may have left several questions without an answer.
    let mut seen = HashSet::new();
    failures.retain(|failure| seen.insert(failure.clone()));
    let before = earlier.map(Before::of);
    let judge = Judge {
        wanted,
        options,
        ends: &ends,
        next: &next,
        counted: &counted,
        verdicts: &verdicts,
        before: before.as_ref(),
        now,
    };
    let mut rows: Vec<GroupLag> = groups.iter().map(|group| judge.group(group)).collect();
    if wanted.restricts_topics {
        rows.retain(|group| !group.partitions.is_empty() || group.status == Status::Error);
        if rows.is_empty() && !groups.is_empty() {
            return Err(Failure::new(
                Exit::NotFound,
                "none of these groups reads a topic that --topic names",
            )
            .hint("`evctl groups describe GROUP` shows what a group reads"));
        }
    }
    if !rows.is_empty() {
        let hidden = (selected.missing.iter()).filter(|(_, why)| why.exit != Exit::NotFound);
        rows.extend(hidden.map(|(group, why)| GroupLag::unseen(group, show::one_line(why))));
    }
    Ok(Look {
        at: now,
        groups: rows,
        missing: selected.missing,
        failures,
        verdicts,
    })
}

fn groups_of(groups: &[Group]) -> Vec<&str> {
    groups
        .iter()
        .map(|group| &*group.description.listing.name)
        .collect()
}

/// Members and offsets of the groups: commits come first, ends are asked for later.
fn ask_groups(
    client: &mut Client,
    selected: &Selected,
    unanswered: &mut Vec<String>,
) -> Vec<Group> {
    let (shares, others): (Vec<_>, Vec<_>) =
        (selected.groups.iter()).partition(|group| group.kind == GroupType::Share);
    let commits = client.commits(&others);
    let offsets = client.share_offsets(&shares);
    let all: Vec<&GroupListing> = selected.groups.iter().collect();
    let descriptions = client.describe_groups(&all);
    let mut note = |question: &str, failures: Vec<Unanswered>| -> HashMap<String, String> {
        unanswered.extend(failures.iter().filter_map(|why| sentence(question, why)));
        let by_name = failures.iter().flat_map(|Unanswered { what, cause }| {
            (what.split(", ")).map(|name| (name.to_owned(), cause.to_string()))
        });
        by_name.collect()
    };
    let mut why = note("the offsets", commits.failures);
    why.extend(note("the offsets", offsets.failures));
    let mut undescribed = note("the members", descriptions.failures);
    let mut commits: HashMap<Arc<str>, Commits> = commits.items.into_iter().collect();
    let mut shares: HashMap<Arc<str>, ShareOffsets> = offsets.items.into_iter().collect();
    let mut described: HashMap<Arc<str>, GroupDescription> = (descriptions.items.into_iter())
        .map(|group| (group.listing.name.clone(), group))
        .collect();
    selected
        .groups
        .iter()
        .map(|listing| {
            let name = &listing.name;
            let (own, share) = (commits.remove(name), shares.remove(name));
            let answered = own.is_some() || share.is_some();
            Group {
                description: described
                    .remove(name)
                    .unwrap_or_else(|| listed_only(listing)),
                undescribed: undescribed.remove(&**name),
                commits: own.unwrap_or_default(),
                shares: share.unwrap_or_default(),
                error: (!answered).then(|| {
                    why.remove(&**name)
                        .unwrap_or_else(|| "its coordinator did not answer".to_owned())
                }),
            }
        })
        .collect()
}

/// What was not answered about groups, in one line however many they are. `None` when there is
/// nothing to be answered: a group that is gone meanwhile, and one whose type the broker does not
/// describe, which is UNSUPPORTED.
fn sentence(question: &str, failure: &Unanswered) -> Option<String> {
    const NAMED: usize = 3;
    let Unanswered { what, cause } = failure;
    if cause.is_not_found() || matches!(cause, Cause::TooOld { .. }) {
        return None;
    }
    let names: Vec<&str> = what.split(", ").collect();
    let mut text = names
        .iter()
        .take(NAMED)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    if let Some(more @ 1..) = names.len().checked_sub(NAMED) {
        text.push_str(&format!(" and {more} more"));
    }
    Some(format!("{question} of {text}: {cause}"))
}

/// A group of which only the listing is known.
fn listed_only(listing: &GroupListing) -> GroupDescription {
    GroupDescription {
        listing: listing.clone(),
        epochs: None,
        assignor: String::new(),
        members: None,
    }
}

impl Group {
    /// The topics it has stored something for, or wants.
    fn topics(&self) -> BTreeSet<&Arc<str>> {
        let members = || self.description.members.iter().flatten();
        let stored = self
            .commits
            .keys()
            .chain(self.shares.keys())
            .map(|at| &at.topic);
        let assigned = members().flat_map(|member| member.assigned.iter().map(|at| &at.topic));
        let subscribed = members().flat_map(|member| &member.subscribed);
        stored.chain(assigned).chain(subscribed).collect()
    }

    /// Whether the group lives and nobody in it wants `topic`. Members that say nothing we
    /// understand (Kafka Connect's) may want anything.
    fn abandons(&self, topic: &str) -> bool {
        let members = || self.description.members.iter().flatten();
        let speaks = |member: &Member| !member.subscribed.is_empty() || !member.assigned.is_empty();
        let wants = |member: &Member| {
            member.subscribed.iter().any(|name| **name == *topic)
                || member.assigned.iter().any(|at| *at.topic == *topic)
        };
        members().any(speaks) && !members().any(wants)
    }
}

fn topics(groups: &[Group], wanted: &Wanted) -> BTreeSet<Arc<str>> {
    groups
        .iter()
        .flat_map(Group::topics)
        .filter(|topic| wanted.wants_topic(topic))
        .cloned()
        .collect()
}

/// A commit behind the end may only be younger than the end that was asked for: once more.
fn recheck_ends(client: &mut Client, groups: &[Group], ends: &mut Ends) {
    let beyond: BTreeSet<TopicPartition> = groups
        .iter()
        .flat_map(|group| &group.commits)
        .filter(|(at, commit)| {
            let end = ends.bounds(at).map(|bounds| bounds.end);
            matches!((commit, end), (Ok(commit), Some(end)) if commit.offset > end)
        })
        .map(|(at, _)| at.clone())
        .collect();
    if !beyond.is_empty() {
        ends.ask_bounds(client, &beyond.into_iter().collect::<Vec<_>>());
    }
}

/// Where groups go on in partitions that have something left.
fn positions(groups: &[Group], wanted: &Wanted, ends: &Ends) -> HashSet<(TopicPartition, i64)> {
    let committed = groups.iter().flat_map(|group| &group.commits);
    let committed = committed.filter_map(|(at, commit)| Some((at, commit.as_ref().ok()?.offset)));
    let shared = groups.iter().flat_map(|group| &group.shares);
    let shared = shared.filter_map(|(at, offset)| Some((at, offset.as_ref().ok()?.start?)));
    committed
        .chain(shared)
        .filter(|(at, _)| wanted.wants_topic(&at.topic))
        .filter_map(|(at, offset)| {
            let bounds = ends.bounds(at)?;
            let position = bounds.position(offset)?;
            (position < bounds.end).then(|| (at.clone(), position))
        })
        .collect()
}

/// Rows of an earlier look, to be found by group and partition.
struct Before<'l> {
    at: i64,
    rows: HashMap<(&'l str, &'l str, i32), &'l PartitionLag>,
}

impl<'l> Before<'l> {
    fn of(look: &'l Look) -> Self {
        let rows = look.groups.iter().flat_map(|group| {
            let name = &*group.group;
            (group.partitions.iter()).map(move |row| ((name, &*row.topic, row.partition), row))
        });
        Self {
            at: look.at,
            rows: rows.collect(),
        }
    }
}

/// Everything that rows are made of.
struct Judge<'j> {
    wanted: &'j Wanted,
    options: &'j Options,
    ends: &'j Ends,
    next: &'j NextRecords,
    counted: &'j HashMap<(TopicPartition, i64), i64>,
    verdicts: &'j Verdicts,
    before: Option<&'j Before<'j>>,
    now: i64,
}

impl Judge<'_> {
    fn group(&self, group: &Group) -> GroupLag {
        let facts = GroupFacts::from(&group.description);
        if let Some(why) = &group.error {
            let mut row = group_lag(facts, Vec::new(), false);
            row.status = Status::Error;
            if group.description.listing.kind == GroupType::Share && why.contains("too old") {
                row.status = Status::Unsupported;
            }
            row.reasons = vec![why.clone()];
            return row;
        }
        let mut rows = Vec::new();
        for topic in group.topics() {
            if !self.wanted.wants_topic(topic) {
                continue;
            }
            let known = self.ends.partitions(topic).iter().copied();
            let stored = group.commits.keys().chain(group.shares.keys());
            let stored = stored
                .filter(|at| at.topic == *topic)
                .map(|at| at.partition);
            let numbers: BTreeSet<i32> = known.chain(stored).collect();
            let abandoned = group.abandons(topic);
            for number in numbers {
                let at = TopicPartition::new(topic.clone(), number);
                rows.push(if group.description.listing.kind == GroupType::Share {
                    self.share(group, &at)
                } else {
                    self.partition(group, &at, abandoned)
                });
            }
        }
        let mut row = group_lag(facts, rows, self.options.include_abandoned);
        if let Some(why) = &group.undescribed {
            row.reasons
                .push(format!("its members are not known: {why}"));
        }
        row
    }

    fn partition(&self, group: &Group, at: &TopicPartition, abandoned: bool) -> PartitionLag {
        let name = &*group.description.listing.name;
        let members = group.description.members.as_ref();
        let (commit, mut presence) = match group.commits.get(at) {
            Some(Ok(commit)) => (Some(commit), self.ends.presence(at)),
            Some(Err(cause)) => (None, Presence::Failed(cause.to_string())),
            None => (None, self.ends.presence(at)),
        };
        let bounds = self.ends.bounds(at);
        if presence == Presence::Led && bounds.is_none() {
            presence = Presence::Failed("its ends are not known".to_owned());
        }
        let position = commit
            .zip(bounds)
            .and_then(|(commit, bounds)| bounds.position(commit.offset));
        let next = position.map_or(NextRecord::NotAsked, |position| {
            self.next.next(at, position)
        });
        let rates = self.rates(name, at, commit.map(|commit| commit.offset));
        let listing = &group.description.listing;
        let membership = match members {
            _ if listing.kind == GroupType::Simple => Membership::Unknown,
            // A group is stable only with members, whoever they are.
            None if listing.state.eq_ignore_ascii_case("stable") => Membership::Present,
            None => Membership::Unknown,
            Some(members) if members.is_empty() => Membership::Absent,
            Some(_) => Membership::Present,
        };
        let memberless = membership == Membership::Absent;
        let lag = commit.zip(bounds).map_or(0, |(commit, bounds)| {
            bounds.visible_end(self.options.view) - commit.offset
        });
        let two_looks = || self.two_looks(name, at, memberless, commit.map(|commit| commit.offset));
        let verdict = match self.options.window_ms {
            Some(_) if lag > 0 => self
                .verdicts
                .judge(name, at, lag, self.now)
                .or_else(two_looks),
            _ => None,
        };
        let facts = Facts {
            topic: at.topic.clone(),
            partition: at.partition,
            presence,
            commit,
            bounds,
            abandoned,
            membership,
            next,
            blocked_since: self.next.blocked_since(at),
            newest_ts: self.next.newest(at),
            owner: group.description.owner(at).map(owner),
            verdict,
            rates,
            counted: position.and_then(|position| {
                let counted = self.counted.get(&(at.clone(), position)).copied();
                counted.or_else(|| self.next.left(at, position))
            }),
        };
        partition_lag(&facts, self.options.view, self.now)
    }

    fn share(&self, group: &Group, at: &TopicPartition) -> PartitionLag {
        let (offset, presence) = match group.shares.get(at) {
            Some(Ok(offset)) => ((offset.start, offset.lag), self.ends.presence(at)),
            Some(Err(cause)) => ((None, None), Presence::Failed(cause.to_string())),
            None => ((None, None), self.ends.presence(at)),
        };
        let bounds = self.ends.bounds(at);
        let mut row = share_lag(at.topic.clone(), at.partition, &presence, offset, bounds);
        row.owner = group.description.owner(at).map(owner);
        let position = offset
            .0
            .zip(bounds)
            .and_then(|(start, bounds)| bounds.position(start));
        // The broker counts offsets: its number is exact where every one of them is a record.
        let gapless = position.zip(bounds).is_some_and(|(position, bounds)| {
            self.next.left(at, position) == Some(bounds.end - position)
        });
        row.lag_is_upper_bound |= row.lag.is_some_and(|lag| lag > 0) && !gapless;
        if let Some(position) = position
            && row.lag.is_some_and(|lag| lag > 0)
            && let NextRecord::Found { timestamp, .. } = self.next.next(at, position)
            && timestamp >= 0
        {
            row.next_ts = Some(timestamp);
            row.time_lag_ms = Some((self.now - timestamp).max(0));
            row.clock_skew_ms = (timestamp > self.now).then(|| timestamp - self.now);
        }
        row
    }

    fn rates(&self, group: &str, at: &TopicPartition, committed: Option<i64>) -> Option<Rates> {
        let before = self.before?;
        let row = before.rows.get(&(group, &*at.topic, at.partition))?;
        let ends = (row.end?, self.ends.bounds(at)?.end);
        #[expect(clippy::cast_precision_loss, reason = "the time between two looks")]
        let seconds = (self.now - before.at) as f64 / 1_000.0;
        Rates::between(ends, (row.committed?, committed?), seconds)
    }

    fn two_looks(
        &self,
        group: &str,
        at: &TopicPartition,
        memberless: bool,
        committed: Option<i64>,
    ) -> Option<crate::lag::Verdict> {
        let before = self.before?;
        let row = before.rows.get(&(group, &*at.topic, at.partition))?;
        let earlier = CommitPoint {
            at: before.at,
            offset: row.committed?,
            end: row.end,
        };
        let later = CommitPoint {
            at: self.now,
            offset: committed?,
            end: self.ends.bounds(at).map(|bounds| bounds.end),
        };
        Some(crate::lag::verdict_of_two(earlier, later, memberless))
    }
}

fn owner(member: &Member) -> Owner {
    Owner {
        member_id: member.id.clone(),
        instance_id: member.instance_id.clone(),
        client_id: member.client_id.clone(),
        host: member.host.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coordinator_without_an_answer_is_one_line_whatever_it_coordinates() {
        let said = |what: &str, cause| {
            let what = what.to_owned();
            sentence("the members", &Unanswered { what, cause })
        };
        let few = said("a, b, c", Cause::Closed);
        let closed = Cause::Closed.to_string();
        assert_eq!(few, Some(format!("the members of a, b, c: {closed}")));
        let many = said("a, b, c, d, e", Cause::Closed);
        assert_eq!(
            many,
            Some(format!("the members of a, b, c and 2 more: {closed}"))
        );
        let gone = Cause::of_code(69, "group \"a\"").unwrap();
        assert_eq!(said("a", gone), None);
    }
}
