//! `evctl groups describe`

use std::{collections::BTreeSet, io, sync::Arc};

use serde::Serialize;

use crate::{
    event::{GroupType, Member, TopicPartition},
    offsets::{GroupPartition, GroupSurvey},
    output::report::{Cell, CommandResult, Count, Report, row},
};

const KIND: &str = "evctl.group-describe/1";

/// The result of `groups describe`.
#[derive(Serialize)]
pub struct GroupDescriptions {
    kind: &'static str,
    groups: Vec<DescribedGroup>,
}

/// A group; `None` is not known.
#[derive(Serialize)]
struct DescribedGroup {
    group: String,
    r#type: &'static str,
    state: String,
    coordinator: Coordinator,
    /// The epochs of the group and of its assignment; `None` for classic groups.
    epoch: Option<i32>,
    assignment_epoch: Option<i32>,
    assignor: Option<String>,
    members: Option<Vec<DescribedMember>>,
    offsets: Vec<DescribedOffset>,
    errors: Vec<String>,
    #[serde(skip)]
    is_share: bool,
}

#[derive(Serialize)]
struct Coordinator {
    id: i32,
    host: Option<String>,
}

#[derive(Serialize)]
struct DescribedMember {
    member: String,
    instance: Option<String>,
    client: String,
    host: String,
    epoch: Option<i32>,
    subscribed: Vec<String>,
    subscribed_regex: Option<String>,
    assigned: Vec<Assigned>,
    /// `orders:0-3,5 payments:1`
    #[serde(skip)]
    has: String,
}

#[derive(Serialize)]
struct Assigned {
    topic: String,
    partition: i32,
}

#[derive(Clone, Serialize)]
struct DescribedOffset {
    topic: String,
    partition: i32,
    /// The committed offset, the start offset of a share group.
    offset: Option<i64>,
    /// Of a share group, as the broker counts it.
    lag: Option<i64>,
    lag_is_upper_bound: Option<bool>,
    first: Option<i64>,
    end: Option<i64>,
    owner: Option<String>,
    leader_epoch: Option<i32>,
    metadata: Option<String>,
    error: Option<String>,
}

row! {
    /// A partition of a group, as CSV and ndjson have it.
    struct OffsetRow {
        group: String,
        r#type: &'static str,
        state: String,
        topic: String,
        partition: i32,
        offset: Option<i64>,
        lag: Option<Count>,
        first: Option<i64>,
        end: Option<i64>,
        owner: Option<String>,
        leader_epoch: Option<i32>,
        metadata: Option<String>,
        error: Option<String>,
    }
}

row! {
    /// A partition of a group, as tables have it.
    struct CommittedOffset {
        topic: String,
        partition: i32,
        committed: Option<i64>,
        first: Option<i64>,
        end: Option<i64>,
        owner: Option<String>,
        leader_epoch: Option<i32> => wide,
        metadata: Option<String> => wide,
        error: Option<String> => wide,
    }
}

row! {
    /// A partition of a share group, as tables have it.
    struct ShareStart {
        topic: String,
        partition: i32,
        start_offset: Option<i64>,
        lag: Option<Count>,
        first: Option<i64>,
        end: Option<i64>,
        owner: Option<String>,
        leader_epoch: Option<i32> => wide,
        metadata: Option<String> => wide,
        error: Option<String> => wide,
    }
}

row! {
    /// A group, as tables have it.
    struct GroupRow<'g> {
        group: &'g str,
        r#type: &'static str,
        state: &'g str,
        members: Option<usize>,
        assignor: Option<&'g str>,
        coordinator: i32,
        host: Option<&'g str>,
        epoch: Option<i32> => wide,
        assignment_epoch: Option<i32> => wide,
    }
}

row! {
    /// A member, as tables have it.
    struct MemberRow<'g> {
        client: &'g str,
        host: &'g str,
        has: Option<&'g str>,
        /// Its topics, or the pattern that it subscribes to.
        subscribed: Cell => wide,
        epoch: Option<i32> => wide,
        instance: Option<&'g str> => wide,
        member: &'g str => wide,
    }
}

impl GroupDescriptions {
    /// The groups; `host` is the address of a broker.
    #[must_use]
    pub fn new(groups: &[GroupSurvey], host: impl Fn(i32) -> Option<String>) -> Self {
        let groups = groups.iter();
        Self {
            kind: KIND,
            groups: groups
                .map(|group| DescribedGroup::new(group, &host))
                .collect(),
        }
    }
}

impl CommandResult for GroupDescriptions {
    fn rows(&self) -> Report {
        let rows = self.groups.iter().flat_map(|group| {
            group.offsets.iter().map(|offset| OffsetRow {
                group: group.group.clone(),
                r#type: group.r#type,
                state: group.state.clone(),
                topic: offset.topic.clone(),
                partition: offset.partition,
                offset: offset.offset,
                lag: offset.lag.map(Count::AtMost),
                first: offset.first,
                end: offset.end,
                owner: offset.owner.clone(),
                leader_epoch: offset.leader_epoch,
                metadata: offset.shown_metadata(),
                error: offset.error.clone(),
            })
        });
        Report::of(KIND, "offsets", rows)
    }

    /// The group, its members, its partitions: a table each, where there are some.
    fn tables(&self) -> Vec<Report> {
        let tables = self.groups.iter().flat_map(|group| {
            let others = [group.members(), group.offsets()];
            let others = others.into_iter().filter(|table| !table.rows.is_empty());
            std::iter::once(group.summary()).chain(others)
        });
        tables.collect()
    }

    /// Members are sorted by name.
    fn write_json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "{}", serde_json::to_value(self)?)
    }
}

impl DescribedGroup {
    fn new(group: &GroupSurvey, host: impl Fn(i32) -> Option<String>) -> Self {
        let description = group.description.as_ref();
        let epochs = description.and_then(|description| description.epochs);
        let assignor = description.map(|description| description.assignor.clone());
        let members = description.and_then(|description| description.members.as_ref());
        let id = group.listing.coordinator;
        Self {
            group: group.listing.name.to_string(),
            r#type: group.listing.kind.name(),
            state: group.state().to_owned(),
            coordinator: Coordinator { id, host: host(id) },
            epoch: epochs.map(|(epoch, _)| epoch),
            assignment_epoch: epochs.map(|(_, epoch)| epoch),
            assignor: assignor.filter(|assignor| !assignor.is_empty()),
            members: members.map(|members| members.iter().map(DescribedMember::new).collect()),
            offsets: group.partitions.iter().map(DescribedOffset::new).collect(),
            errors: group.errors.clone(),
            is_share: group.listing.kind == GroupType::Share,
        }
    }

    fn summary(&self) -> Report {
        let row = GroupRow {
            group: &self.group,
            r#type: self.r#type,
            state: &self.state,
            members: self.members.as_ref().map(Vec::len),
            assignor: self.assignor.as_deref(),
            coordinator: self.coordinator.id,
            host: self.coordinator.host.as_deref(),
            epoch: self.epoch,
            assignment_epoch: self.assignment_epoch,
        };
        Report::of(KIND, "groups", [row])
    }

    fn members(&self) -> Report {
        let members = self.members.iter().flatten();
        let rows = members.map(|member| MemberRow {
            client: &member.client,
            host: &member.host,
            has: Some(member.has.as_str()).filter(|has| !has.is_empty()),
            subscribed: match &member.subscribed_regex {
                Some(regex) => regex.as_str().into(),
                None => Cell::texts(member.subscribed.iter().cloned()),
            },
            epoch: member.epoch,
            instance: member.instance.as_deref(),
            member: &member.member,
        });
        Report::of(KIND, "members", rows)
    }

    fn offsets(&self) -> Report {
        let offsets = self.offsets.iter().cloned();
        let report = if self.is_share {
            Report::of(KIND, "offsets", offsets.map(ShareStart::from))
        } else {
            Report::of(KIND, "offsets", offsets.map(CommittedOffset::from))
        };
        let has_errors = report.has("error");
        report.show_if("error", has_errors)
    }
}

impl DescribedMember {
    fn new(member: &Member) -> Self {
        let assigned = member.assigned.iter();
        let names = |topics: &[Arc<str>]| topics.iter().map(ToString::to_string).collect();
        Self {
            member: member.id.clone(),
            instance: member.instance_id.clone(),
            client: member.client_id.clone(),
            host: member.host.trim_start_matches('/').to_owned(),
            epoch: member.epoch,
            subscribed: names(&member.subscribed),
            subscribed_regex: member.subscribed_regex.clone(),
            assigned: assigned
                .map(|at| Assigned {
                    topic: at.topic.to_string(),
                    partition: at.partition,
                })
                .collect(),
            has: compact(&member.assigned),
        }
    }
}

impl DescribedOffset {
    fn new(partition: &GroupPartition) -> Self {
        Self {
            topic: partition.at.topic.to_string(),
            partition: partition.at.partition,
            offset: partition.offset,
            lag: partition.lag,
            lag_is_upper_bound: partition.lag.map(|lag| lag > 0),
            first: partition.bounds.map(|(first, _)| first),
            end: partition.bounds.map(|(_, end)| end),
            owner: partition.owner.clone(),
            leader_epoch: partition.leader_epoch,
            metadata: partition.metadata.clone(),
            error: partition.error.clone(),
        }
    }

    /// Empty metadata is none where people read.
    fn shown_metadata(&self) -> Option<String> {
        self.metadata
            .clone()
            .filter(|metadata| !metadata.is_empty())
    }
}

impl From<DescribedOffset> for CommittedOffset {
    fn from(offset: DescribedOffset) -> Self {
        Self {
            metadata: offset.shown_metadata(),
            topic: offset.topic,
            partition: offset.partition,
            committed: offset.offset,
            first: offset.first,
            end: offset.end,
            owner: offset.owner,
            leader_epoch: offset.leader_epoch,
            error: offset.error,
        }
    }
}

impl From<DescribedOffset> for ShareStart {
    fn from(offset: DescribedOffset) -> Self {
        Self {
            metadata: offset.shown_metadata(),
            topic: offset.topic,
            partition: offset.partition,
            start_offset: offset.offset,
            lag: offset.lag.map(Count::AtMost),
            first: offset.first,
            end: offset.end,
            owner: offset.owner,
            leader_epoch: offset.leader_epoch,
            error: offset.error,
        }
    }
}

/// `orders:0-3,5 payments:1`
fn compact(partitions: &[TopicPartition]) -> String {
    let sorted: BTreeSet<&TopicPartition> = partitions.iter().collect();
    let mut ranges: Vec<(&str, Vec<(i32, i32)>)> = Vec::new();
    for at in sorted {
        let number = at.partition;
        match ranges.last_mut() {
            Some((topic, list)) if **topic == *at.topic => match list.last_mut() {
                Some((_, last)) if *last + 1 == number => *last = number,
                _ => list.push((number, number)),
            },
            _ => ranges.push((&at.topic, vec![(number, number)])),
        }
    }
    let range = |(first, last): &(i32, i32)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    let topic = |(topic, list): &(&str, Vec<(i32, i32)>)| {
        let list: Vec<String> = list.iter().map(range).collect();
        format!("{topic}:{}", list.join(","))
    };
    ranges.iter().map(topic).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_written_as_ranges_by_topic() {
        let at = |topic: &str, partition| TopicPartition::new(topic, partition);
        let has = [
            at("orders", 5),
            at("orders", 1),
            at("orders", 0),
            at("pay", 2),
            at("orders", 2),
        ];
        assert_eq!(compact(&has), "orders:0-2,5 pay:2");
        assert_eq!(compact(&[]), "");
    }
}
