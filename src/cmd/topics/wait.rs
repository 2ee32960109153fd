//! Waiting until the cluster knows what it has just done: a change is answered by the controller,
//! and brokers hear of it a moment later.

use std::time::{Duration, Instant};

use crate::{
    command::Context,
    kafka::wire::{Cause, Client, TopicMetadata},
};

/// How long that moment may be before it is only warned of.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);

/// A topic that is to be known, and with how many partitions; `None` is any number of them.
pub(super) type Awaited<'n> = (&'n str, Option<i32>);

/// Waits until `topics` have all their partitions, and each a leader.
pub(super) fn until_led(context: &Context, client: &mut Client, topics: &[Awaited<'_>]) {
    let late = until(context, client, topics, is_led);
    if !late.is_empty() {
        context.ui.warn(format_args!(
            "{} not known to all brokers yet: what is written there now may fail",
            named(&late)
        ));
    }
}

/// Waits until `topics` are gone.
pub(super) fn until_gone(context: &Context, client: &mut Client, topics: &[&str]) {
    let topics: Vec<Awaited<'_>> = topics.iter().map(|name| (*name, None)).collect();
    let late = until(context, client, &topics, |topic, _| is_gone(topic));
    if !late.is_empty() {
        context.ui.warn(format_args!(
            "{} still known to a broker: it may take a while until the name is free",
            named(&late)
        ));
    }
}

/// Those of `topics` that are not `done` in time. Who may not ask, and whom nobody answers, does not
/// wait: the change itself went well.
fn until<'n>(
    context: &Context,
    client: &mut Client,
    topics: &[Awaited<'n>],
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
        if !open.is_empty() && (Instant::now() >= deadline || !context.cancel.sleep(PAUSE)) {
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

/// Whether we may not see it, now or later.
fn is_hidden(topic: &TopicMetadata) -> bool {
    matches!(topic.error, Some(Cause::NotAuthorized { .. }))
}

/// `topic "a" is`, `topics "a", "b" are`
fn named(topics: &[&str]) -> String {
    let quoted: Vec<String> = topics.iter().map(|name| format!("{name:?}")).collect();
    match quoted.as_slice() {
        [one] => format!("topic {one} is"),
        several => format!("topics {} are", several.join(", ")),
    }
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
