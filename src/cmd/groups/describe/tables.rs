//! Groups as tables.

use std::collections::BTreeSet;

use super::{Group, KIND, Partition};
use crate::{
    event::{GroupType, TopicPartition},
    kafka::wire::Client,
    output::report::{Cell, Column, Report},
};

/// The group, its members, its partitions: a table each. Members and partitions only where there
/// are some.
pub(super) fn reports(client: &Client, group: &Group) -> Vec<Report> {
    let mut reports = vec![summary(client, group)];
    if !group.members().is_empty() {
        reports.push(members(group));
    }
    if !group.partitions.is_empty() {
        reports.push(offsets(group));
    }
    reports
}

fn summary(client: &Client, group: &Group) -> Report {
    let columns = [
        Column::new("group"),
        Column::new("type"),
        Column::new("state"),
        Column::new("members"),
        Column::new("assignor"),
        Column::new("coordinator"),
        Column::new("host"),
        Column::wide("epoch"),
        Column::wide("assignment_epoch"),
    ];
    let mut report = Report::new(KIND, "groups", &columns);
    let id = group.listing.coordinator;
    report.rows.push(vec![
        (*group.listing.name).into(),
        group.listing.kind.name().into(),
        group.state().into(),
        group.size().into(),
        group.assignor().into(),
        i64::from(id).into(),
        client.brokers().get(&id).map(|host| &**host).into(),
        group.epochs().map(|(epoch, _)| i64::from(epoch)).into(),
        group.epochs().map(|(_, epoch)| i64::from(epoch)).into(),
    ]);
    report
}

fn members(group: &Group) -> Report {
    let columns = [
        Column::new("client"),
        Column::new("host"),
        Column::new("has"),
        Column::wide("subscribed"),
        Column::wide("epoch"),
        Column::wide("instance"),
        Column::wide("member"),
    ];
    let mut report = Report::new(KIND, "members", &columns);
    report.rows = group
        .members()
        .iter()
        .map(|member| {
            let subscribed = member.subscribed.iter().map(ToString::to_string);
            vec![
                member.client_id.as_str().into(),
                member.host.trim_start_matches('/').into(),
                Some(compact(&member.assigned))
                    .filter(|has| !has.is_empty())
                    .into(),
                match &member.subscribed_regex {
                    Some(regex) => regex.as_str().into(),
                    None => Cell::texts(subscribed),
                },
                member.epoch.map(i64::from).into(),
                member.instance_id.as_deref().into(),
                member.id.as_str().into(),
            ]
        })
        .collect();
    report
}

fn offsets(group: &Group) -> Report {
    let share = group.listing.kind == GroupType::Share;
    let mut columns = vec![
        Column::new("topic"),
        Column::new("partition"),
        Column::new(if share { "start_offset" } else { "committed" }),
    ];
    if share {
        columns.push(Column::new("lag"));
    }
    let troubled = group.partitions.iter().any(|at| at.trouble.is_some());
    columns.extend([
        Column::new("first"),
        Column::new("end"),
        Column::new("owner"),
        Column::wide("leader_epoch"),
        Column::wide("metadata"),
        if troubled {
            Column::new("error")
        } else {
            Column::wide("error")
        },
    ]);
    let mut report = Report::new(KIND, "offsets", &columns);
    report.rows = group
        .partitions
        .iter()
        .map(|partition| {
            let mut row = partition.cells();
            if !share {
                row.remove(LAG);
            }
            row
        })
        .collect();
    report
}

/// Where the lag stands among [`Partition::cells`].
const LAG: usize = 3;

impl Partition {
    fn cells(&self) -> Vec<Cell> {
        let commit = self.stored.commit();
        vec![
            (*self.at.topic).into(),
            i64::from(self.at.partition).into(),
            self.stored.offset().into(),
            self.stored.lag().map_or(Cell::Unknown, Cell::AtMost),
            self.bounds.map(|(first, _)| first).into(),
            self.bounds.map(|(_, end)| end).into(),
            self.owner.as_deref().into(),
            commit
                .and_then(|commit| commit.leader_epoch.map(i64::from))
                .into(),
            commit
                .map(|commit| commit.metadata.as_str())
                .filter(|metadata| !metadata.is_empty())
                .into(),
            self.trouble.as_deref().into(),
        ]
    }
}

/// The partitions of all groups as rows.
pub(super) fn every_partition(groups: &[Group]) -> Report {
    let columns = [
        "group",
        "type",
        "state",
        "topic",
        "partition",
        "offset",
        "lag",
        "first",
        "end",
        "owner",
        "leader_epoch",
        "metadata",
        "error",
    ];
    let mut report = Report::new(KIND, "offsets", &columns.map(Column::new));
    for group in groups {
        report.rows.extend(group.partitions.iter().map(|partition| {
            let mut row: Vec<Cell> = vec![
                (*group.listing.name).into(),
                group.listing.kind.name().into(),
                group.state().into(),
            ];
            row.append(&mut partition.cells());
            row
        }));
    }
    report
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
