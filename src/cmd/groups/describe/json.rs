//! Groups as one JSON object.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Group, Partition};
use crate::{event::Member, kafka::wire::Client};

/// All that is known of `groups`.
pub(super) fn groups(client: &Client, groups: &[Group]) -> Value {
    let groups: Vec<Value> = groups.iter().map(|group| of(client, group)).collect();
    json!({ "kind": super::KIND, "groups": groups })
}

fn of(client: &Client, group: &Group) -> Value {
    let id = group.listing.coordinator;
    let members = group
        .description
        .as_ref()
        .and_then(|group| group.members.as_ref());
    json!({
        "group": &*group.listing.name,
        "type": group.listing.kind.name(),
        "state": group.state(),
        "coordinator": { "id": id, "host": client.brokers().get(&id).map(|host| &**host) },
        "epoch": group.epochs().map(|(epoch, _)| epoch),
        "assignment_epoch": group.epochs().map(|(_, epoch)| epoch),
        "assignor": group.assignor(),
        "members": members.map(|members| members.iter().map(member).collect::<Vec<_>>()),
        "offsets": group.partitions.iter().map(partition).collect::<Vec<_>>(),
        "errors": group.troubles,
    })
}

fn member(member: &Member) -> Value {
    let topics = |topics: &[Arc<str>]| topics.iter().map(ToString::to_string).collect();
    let subscribed: Vec<String> = topics(&member.subscribed);
    let assigned = member.assigned.iter();
    json!({
        "member": member.id,
        "instance": member.instance_id,
        "client": member.client_id,
        "host": member.host.trim_start_matches('/'),
        "epoch": member.epoch,
        "subscribed": subscribed,
        "subscribed_regex": member.subscribed_regex,
        "assigned": assigned
            .map(|at| json!({ "topic": &*at.topic, "partition": at.partition }))
            .collect::<Vec<_>>(),
    })
}

fn partition(partition: &Partition) -> Value {
    let commit = partition.stored.commit();
    json!({
        "topic": &*partition.at.topic,
        "partition": partition.at.partition,
        "offset": partition.stored.offset(),
        "lag": partition.stored.lag(),
        "lag_is_upper_bound": partition.stored.lag().map(|lag| lag > 0),
        "first": partition.bounds.map(|(first, _)| first),
        "end": partition.bounds.map(|(_, end)| end),
        "owner": partition.owner,
        "leader_epoch": commit.and_then(|commit| commit.leader_epoch),
        "metadata": commit.map(|commit| &commit.metadata),
        "error": partition.trouble,
    })
}
