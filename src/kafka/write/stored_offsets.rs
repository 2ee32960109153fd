//! What a group has stored, asked for on a thread of its own.

use std::{
    collections::BTreeMap,
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use super::GroupError;
use crate::{
    event::{Commit, TopicPartition},
    kafka::{Settings, wire::Client},
    pipeline::Permit,
};

/// How long the offsets may take to come: longer than Kafka takes to abort the transaction of a
/// member that died (its timeout, and 10 s more until somebody looks). Each request has the
/// settings' own time.
const PATIENCE: Duration = Duration::from_secs(40);

/// Partitions, each with what the group has stored of it, `None` when that is nothing.
type Stored = Vec<(TopicPartition, Option<Commit>)>;

/// Offsets that are being asked for. Whoever waits for them looks at signals meanwhile; nobody has
/// to wait to the end.
#[derive(Debug)]
pub struct StoredOffsets(Receiver<Result<Stored, GroupError>>);

impl StoredOffsets {
    /// Asks for what `group` has stored of `partitions`, without what an open transaction may still
    /// change: that is waited for.
    pub(super) fn ask(
        settings: &Settings,
        group: &str,
        partitions: Vec<TopicPartition>,
        permit: Permit,
    ) -> Self {
        let (sender, receiver) = mpsc::channel();
        let (settings, group) = (settings.clone(), group.to_owned());
        thread::spawn(move || {
            // Nobody listens when the member has left.
            let _ = sender.send(look_up(settings, &group, partitions, permit));
        });
        Self(receiver)
    }

    /// The offsets; `None` when they have not come within `wait`.
    ///
    /// # Errors
    /// The coordinator refuses, or does not answer in time.
    pub fn answer(&self, wait: Duration) -> Result<Option<Stored>, GroupError> {
        self.0.recv_timeout(wait).ok().transpose()
    }
}

fn look_up(
    settings: Settings,
    group: &str,
    partitions: Vec<TopicPartition>,
    permit: Permit,
) -> Result<Stored, GroupError> {
    let mut commits = BTreeMap::new();
    if !partitions.is_empty() {
        let mut client = Client::connect(settings)?;
        commits = client.stable_commits_of(group, &partitions, PATIENCE, permit)?;
    }
    let stored = partitions.into_iter().map(|at| {
        let commit = commits.remove(&at);
        (at, commit)
    });
    Ok(stored.collect())
}
