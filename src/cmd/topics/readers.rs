//! Which groups have stored offsets on topics.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    command::Context,
    event::{GroupListing, GroupType, TopicPartition},
    kafka::wire::{Client, Partial, Unanswered},
    ui::counted,
};

/// Where groups stand, group by group; `None` where something is stored, and nobody says what.
#[derive(Debug, Default)]
pub(super) struct Readers(BTreeMap<Arc<str>, BTreeMap<TopicPartition, Option<i64>>>);

/// Where each group stands that may be seen. Best effort: what cannot be asked is noted.
pub(super) fn readers(context: &Context, client: &mut Client) -> Readers {
    let mut readers = Readers::default();
    let listed = match client.list_groups() {
        Ok(listed) => listed,
        Err(error) => {
            context
                .ui
                .note(format_args!("groups are not shown: {error}"));
            return readers;
        }
    };
    let (share, others): (Vec<&GroupListing>, Vec<&GroupListing>) = listed
        .items
        .iter()
        .partition(|group| group.kind == GroupType::Share);
    let commits = client.commits(&others);
    for (group, commits) in &commits.items {
        for (at, commit) in commits {
            let offset = commit.as_ref().ok().map(|commit| commit.offset);
            readers.add(group, at, offset);
        }
    }
    let offsets = client.share_offsets(&share);
    for (group, offsets) in &offsets.items {
        for (at, share) in offsets {
            let start = share.as_ref().ok().and_then(|share| share.start);
            readers.add(group, at, start);
        }
    }
    note(context, &listed, &commits.failures, &offsets.failures);
    readers
}

fn note(
    context: &Context,
    listed: &Partial<Vec<GroupListing>>,
    commits: &[Unanswered],
    offsets: &[Unanswered],
) {
    if let Some(silent) = listed.failures.first() {
        context
            .ui
            .note(format_args!("groups may be missing: broker {silent}"));
    }
    let hidden = commits.len() + offsets.len();
    if let Some(first) = commits.first().or(offsets.first()) {
        context.ui.note(format_args!(
            "the offsets of {} are not known: {first}",
            counted(hidden, "group")
        ));
    }
}

impl Readers {
    fn add(&mut self, group: &Arc<str>, at: &TopicPartition, offset: Option<i64>) {
        let offsets = self.0.entry(group.clone()).or_default();
        offsets.insert(at.clone(), offset);
    }

    /// The groups that have something stored on `topic`, by name.
    pub(super) fn of_topic(&self, topic: &str) -> impl Iterator<Item = &str> {
        let reads = move |offsets: &BTreeMap<TopicPartition, Option<i64>>| {
            offsets.keys().any(|at| *at.topic == *topic)
        };
        let groups = self.0.iter().filter(move |(_, offsets)| reads(offsets));
        groups.map(|(group, _)| &**group)
    }

    /// The groups that have not read all that lies between the two offsets of each partition, with
    /// how many offsets are unread in which partitions.
    pub(super) fn losing(&self, removed: &BTreeMap<TopicPartition, (i64, i64)>) -> Vec<Loss> {
        let losses = self.0.iter().map(|(group, offsets)| {
            let mut loss = Loss {
                group: group.to_string(),
                partitions: Vec::new(),
                unread: 0,
            };
            for (at, &(start, end)) in removed {
                let Some(Some(stands)) = offsets.get(at) else {
                    continue;
                };
                let unread = end.saturating_sub(*stands.max(&start));
                if unread > 0 {
                    loss.partitions.push(at.partition);
                    loss.unread = loss.unread.saturating_add(unread);
                }
            }
            loss
        });
        losses.filter(|loss| loss.unread > 0).collect()
    }
}

/// A group that will miss records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Loss {
    /// Its name.
    pub(super) group: String,
    /// Where.
    pub(super) partitions: Vec<i32>,
    /// Offsets that it has not come to, in all of them: as many records or fewer.
    pub(super) unread: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_loses_what_lies_between_its_offset_and_the_new_start() {
        let at = |partition| TopicPartition::new("orders", partition);
        let mut readers = Readers::default();
        for (group, partition, offset) in [
            ("behind", 0, Some(3)),
            ("behind", 1, Some(40)),
            // Retention has overtaken it already: what is gone is not lost once more.
            ("behind", 2, Some(5)),
            ("done", 0, Some(10)),
            ("secret", 0, None),
        ] {
            readers.add(&Arc::from(group), &at(partition), offset);
        }
        let removed = BTreeMap::from([
            (at(0), (0, 10)),
            (at(1), (30, 40)),
            (at(2), (20, 26)),
            (at(3), (0, 9)),
        ]);
        let loss = Loss {
            group: "behind".to_owned(),
            partitions: vec![0, 2],
            unread: 13,
        };
        assert_eq!(readers.losing(&removed), [loss]);
        let groups: Vec<&str> = readers.of_topic("orders").collect();
        assert_eq!(groups, ["behind", "done", "secret"]);
        assert_eq!(readers.of_topic("other").count(), 0);
    }
}
