//! Waiting for a change of topics to reach the brokers: the controller answers it, and brokers learn
//! of it a moment later.

use std::time::{Duration, Instant};

use crate::{
    kafka::wire::{Cause, Client, TopicMetadata},
    pipeline::Cancel,
};

/// The longest wait.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);

/// A topic and the number of its partitions; `None` is any number.
pub type Awaited<'n> = (&'n str, Option<i32>);

/// Waits until `topics` have all their partitions, and each a leader. Returns those that are late.
pub fn until_led<'n>(client: &mut Client, topics: &[Awaited<'n>], cancel: &Cancel) -> Vec<&'n str> {
    until(client, topics, cancel, is_led)
}

/// Waits until `topics` are gone. Returns those that are late.
pub fn until_gone<'n>(client: &mut Client, topics: &[&'n str], cancel: &Cancel) -> Vec<&'n str> {
    let topics: Vec<Awaited<'_>> = topics.iter().map(|name| (*name, None)).collect();
    until(client, &topics, cancel, |topic, _| is_gone(topic))
}

/// Those of `topics` that are not `done` in time. A user who may not describe a topic does not wait
/// for it, nor does anyone when no broker answers: the change itself succeeded.
fn until<'n>(
    client: &mut Client,
    topics: &[Awaited<'n>],
    cancel: &Cancel,
    done: impl Fn(&TopicMetadata, Option<i32>) -> bool,
) -> Vec<&'n str> {
    let deadline = Instant::now() + PATIENCE;
    let mut open: Vec<Awaited<'n>> = topics.to_vec();
    while !open.is_empty() {
        let names: Vec<&str> = open.iter().map(|(name, _)| *name).collect();
        let Ok(found) = client.metadata_now(&names) else {
            return Vec::new();
        };
        open.retain(|(name, partitions)| {
            let topic = found.iter().find(|topic| *topic.name == **name);
            topic.is_some_and(|topic| !done(topic, *partitions) && !is_hidden(topic))
        });
        if !open.is_empty() && (Instant::now() >= deadline || !cancel.sleep(PAUSE)) {
            break;
        }
    }
    open.into_iter().map(|(name, _)| name).collect()
}

fn is_led(topic: &TopicMetadata, partitions: Option<i32>) -> bool {
    let wanted = partitions.map_or(1, |count| usize::try_from(count).unwrap_or(0));
    topic.error.is_none()
        && topic.partitions.len() >= wanted
        && topic.partitions.iter().all(|known| known.leader.is_some())
}

fn is_gone(topic: &TopicMetadata) -> bool {
    let is_gone = |cause: &Cause| cause.is_not_found() || cause.is_recreated();
    topic.error.as_ref().is_some_and(is_gone)
}

/// Whether the user may not see it.
fn is_hidden(topic: &TopicMetadata) -> bool {
    matches!(topic.error, Some(Cause::NotAuthorized { .. }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::kafka::wire::PartitionMetadata;

    fn topic(leaders: &[Option<i32>], error: Option<i16>) -> TopicMetadata {
        let partition = |(partition, leader): (i32, &Option<i32>)| PartitionMetadata {
            partition,
            leader: *leader,
            leader_epoch: 0,
            replicas: vec![1],
            in_sync: vec![1],
            offline: Vec::new(),
        };
        TopicMetadata {
            name: Arc::from("orders"),
            id: None,
            internal: false,
            partitions: (0..).zip(leaders).map(partition).collect(),
            error: error.and_then(|code| Cause::of_code(code, "topic \"orders\"")),
        }
    }

    #[test]
    fn a_topic_is_there_when_each_of_its_partitions_has_a_leader() {
        const UNKNOWN_TOPIC: i16 = 3;
        assert!(is_led(&topic(&[Some(1), Some(2)], None), Some(2)));
        assert!(is_led(&topic(&[Some(1)], None), None));
        assert!(!is_led(&topic(&[Some(1), None], None), Some(2)));
        assert!(!is_led(&topic(&[Some(1)], None), Some(2)));
        assert!(!is_led(&topic(&[], None), None));
        let unknown = topic(&[], Some(UNKNOWN_TOPIC));
        assert!(!is_led(&unknown, None) && is_gone(&unknown) && !is_hidden(&unknown));
        assert!(!is_gone(&topic(&[Some(1)], None)));
    }

    #[test]
    fn who_may_not_see_a_topic_does_not_wait_for_it() {
        const TOPIC_AUTHORIZATION_FAILED: i16 = 29;
        assert!(is_hidden(&topic(&[], Some(TOPIC_AUTHORIZATION_FAILED))));
    }
}
