//! Stored offsets that no open transaction is about to change.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use kafka_protocol::messages::{OffsetFetchRequest, offset_fetch_request::OffsetFetchRequestGroup};

use super::{
    cause::{Cause, WireError},
    client::Client,
    groups::{Commits, group_id, stored},
};
use crate::event::{Commit, TopicPartition};

/// `UNSTABLE_OFFSET_COMMIT` of Kafka's `Errors.java`.
const UNSTABLE_OFFSET_COMMIT: i16 = 88;

impl Client {
    /// What `group` has stored, once no transaction is under way that would change it (KIP-447):
    /// waits for that up to `patience`. Empty also when the group does not exist.
    ///
    /// # Errors
    /// The coordinator does not answer, refuses, or a transaction stays open.
    pub fn stable_commits(
        &mut self,
        group: &str,
        coordinator: i32,
        patience: Duration,
    ) -> Result<BTreeMap<TopicPartition, Commit>, WireError> {
        let asked = OffsetFetchRequestGroup::default()
            .with_group_id(group_id(group))
            .with_member_epoch(-1)
            .with_topics(None);
        let request = OffsetFetchRequest::default()
            .with_groups(vec![asked])
            .with_require_stable(true);
        let deadline = Instant::now() + patience;
        loop {
            let answer = self.on_broker(coordinator, |connection| connection.call(&request))?;
            let (commits, trouble) = match answer.groups.into_iter().next() {
                None => (Commits::new(), None),
                Some(found) => {
                    let what = format!("group {group:?}");
                    let trouble = Cause::of_code(found.error_code, &what);
                    (stored(found), trouble)
                }
            };
            let mut settled = BTreeMap::new();
            let mut unsettled = trouble;
            for (at, commit) in commits {
                match commit {
                    Ok(commit) => drop(settled.insert(at, commit)),
                    Err(cause) => unsettled = Some(cause),
                }
            }
            let Some(cause) = unsettled else {
                return Ok(settled);
            };
            let passing = cause.is_retriable()
                || matches!(cause, Cause::Broker { code, .. } if code == UNSTABLE_OFFSET_COMMIT);
            if !passing || Instant::now() >= deadline {
                let broker = format!("the coordinator of {group:?}");
                return Err(WireError { broker, cause });
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}
