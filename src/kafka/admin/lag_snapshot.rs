//! The lag of groups at one moment. Requests are sent in the order in which no answer can be older than
//! what it is compared with: groups, commits and members, then ends, then next unread records.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use super::{
    TopicEnds, commit_history::commit_history, next_unread::NextUnread, unread_counts::count_unread,
};
use crate::{
    event::{GroupDescription, GroupListing, GroupType, Member, TopicPartition},
    kafka::wire::{Cause, Client, Commits, ShareOffsets, Unanswered},
    lag::{
        CommitHistory, CommitPoint, Facts, GroupFacts, GroupLag, Membership, NextRecord, Owner,
        PartitionLag, Presence, Rates, Status, View, group_lag, partition_lag, share_lag,
    },
    pipeline::Cancel,
    select::NameGlobs,
};

/// Which numbers a snapshot has.
#[derive(Debug)]
pub struct LagDetail {
    /// Which end lag is counted to.
    pub view: View,
    /// Whether next unread records are found, for time lag.
    pub time: bool,
    /// The most records that are read for a count; `None` for no count beyond what comes with `time`.
    pub count: Option<u64>,
    /// Whether topics that a group no longer wants count in its sums.
    pub include_abandoned: bool,
    /// The window of commits for a verdict, in milliseconds; `None` for no verdict.
    pub window_ms: Option<i64>,
}

/// The lag of some groups at one moment.
#[derive(Clone, Debug)]
pub struct LagSnapshot {
    /// When, in milliseconds.
    pub at: i64,
    /// The groups, in the order asked for.
    pub groups: Vec<GroupLag>,
    /// What was not answered.
    pub failures: Vec<String>,
    /// The commits behind the verdicts, where they were read.
    pub history: Arc<CommitHistory>,
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

/// The lag of `listed` groups at the instant `now`, of `topics` alone where that is given. With an
/// `earlier` snapshot, rates are known, too.
pub fn lag_snapshot(
    client: &mut Client,
    listed: &[GroupListing],
    topics: Option<&NameGlobs>,
    detail: &LagDetail,
    now: i64,
    earlier: Option<&LagSnapshot>,
    cancel: &Cancel,
) -> LagSnapshot {
    let mut failures = Vec::new();
    let groups = ask_groups(client, listed, &mut failures);
    let mut ends = TopicEnds::ask(client, &topics_of(&groups, topics));
    recheck_ends(client, &groups, &mut ends);
    let positions = positions(&groups, &ends);
    let mut next = if detail.time {
        NextUnread::find(client, &ends, &positions, detail.view, now, cancel)
    } else {
        NextUnread::default()
    };
    let counted = match detail.count {
        Some(most) => count_unread(client, &ends, &positions, detail.view, most, cancel),
        None => HashMap::new(),
    };
    let history = match detail.window_ms {
        Some(window) => commit_history(client, &names_of(&groups), &ends, now - window, cancel),
        None => CommitHistory::default(),
    };
    failures.append(&mut ends.failures);
    failures.append(&mut next.failures);
    let before = earlier.map(Before::of);
    let judge = Judge {
        topics,
        detail,
        ends: &ends,
        next: &next,
        counted: &counted,
        history: &history,
        before: before.as_ref(),
        now,
    };
    let mut rows: Vec<GroupLag> = groups.iter().map(|group| judge.group(group)).collect();
    if topics.is_some() {
        rows.retain(|group| !group.partitions.is_empty() || group.status == Status::Error);
    }
    LagSnapshot {
        at: now,
        groups: rows,
        failures,
        history: Arc::new(history),
    }
}

fn is_wanted(topics: Option<&NameGlobs>, topic: &str) -> bool {
    topics.is_none_or(|topics| topics.matches(topic))
}

fn names_of(groups: &[Group]) -> Vec<&str> {
    groups
        .iter()
        .map(|group| &*group.description.listing.name)
        .collect()
}

/// Members and offsets of the groups: commits come first, ends are asked for later.
fn ask_groups(
    client: &mut Client,
    listed: &[GroupListing],
    unanswered: &mut Vec<String>,
) -> Vec<Group> {
    let (shares, others): (Vec<_>, Vec<_>) = listed
        .iter()
        .partition(|group| group.kind == GroupType::Share);
    let commits = client.commits(&others);
    let offsets = client.share_offsets(&shares);
    let all: Vec<&GroupListing> = listed.iter().collect();
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
    listed
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
    /// The topics it has stored offsets for, or wants.
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

fn topics_of(groups: &[Group], topics: Option<&NameGlobs>) -> BTreeSet<Arc<str>> {
    groups
        .iter()
        .flat_map(Group::topics)
        .filter(|topic| is_wanted(topics, topic))
        .cloned()
        .collect()
}

/// A commit behind the end may only be younger than the end that was asked for: once more.
fn recheck_ends(client: &mut Client, groups: &[Group], ends: &mut TopicEnds) {
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

/// The positions of groups in partitions that have something left. Other topics than the wanted ones
/// have no ends.
fn positions(groups: &[Group], ends: &TopicEnds) -> HashSet<(TopicPartition, i64)> {
    let committed = groups.iter().flat_map(|group| &group.commits);
    let committed = committed.filter_map(|(at, commit)| Some((at, commit.as_ref().ok()?.offset)));
    let shared = groups.iter().flat_map(|group| &group.shares);
    let shared = shared.filter_map(|(at, offset)| Some((at, offset.as_ref().ok()?.start?)));
    committed
        .chain(shared)
        .filter_map(|(at, offset)| {
            let bounds = ends.bounds(at)?;
            let position = bounds.position(offset)?;
            (position < bounds.end).then(|| (at.clone(), position))
        })
        .collect()
}

/// Rows of an earlier snapshot, by group and partition.
struct Before<'l> {
    at: i64,
    rows: HashMap<(&'l str, &'l str, i32), &'l PartitionLag>,
}

impl<'l> Before<'l> {
    fn of(snapshot: &'l LagSnapshot) -> Self {
        let rows = snapshot.groups.iter().flat_map(|group| {
            let name = &*group.group;
            (group.partitions.iter()).map(move |row| ((name, &*row.topic, row.partition), row))
        });
        Self {
            at: snapshot.at,
            rows: rows.collect(),
        }
    }
}

/// What rows are made of.
struct Judge<'j> {
    topics: Option<&'j NameGlobs>,
    detail: &'j LagDetail,
    ends: &'j TopicEnds,
    next: &'j NextUnread,
    counted: &'j HashMap<(TopicPartition, i64), i64>,
    history: &'j CommitHistory,
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
            if !is_wanted(self.topics, topic) {
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
        let mut row = group_lag(facts, rows, self.detail.include_abandoned);
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
            bounds.visible_end(self.detail.view) - commit.offset
        });
        let of_two = || self.of_two(name, at, memberless, commit.map(|commit| commit.offset));
        let verdict = match self.detail.window_ms {
            Some(_) if lag > 0 => self.history.judge(name, at, lag, self.now).or_else(of_two),
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
        partition_lag(&facts, self.detail.view, self.now)
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
        #[expect(clippy::cast_precision_loss, reason = "the time between two snapshots")]
        let seconds = (self.now - before.at) as f64 / 1_000.0;
        Rates::between(ends, (row.committed?, committed?), seconds)
    }

    fn of_two(
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
