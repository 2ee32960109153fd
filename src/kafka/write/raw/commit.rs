//! Committing offsets with a deadline: the safe interface waits for ever when it waits, and never
//! tells the result when it does not.

use std::{collections::BTreeMap, ptr, time::Duration};

use rdkafka::{
    bindings as sys,
    consumer::{BaseConsumer, Consumer, ConsumerContext},
};

use super::{client::millis, event::event_code, offsets, owned::Owned};
use crate::event::{Commit, TopicPartition};

/// How often it is asked how much time is left.
const LOOK: Duration = Duration::from_millis(50);

/// Why offsets are not known to be committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitError {
    /// Refused, with this code.
    Code(i32),
    /// No answer within the deadline.
    Silent,
}

/// Commits `offsets` as a member of `consumer`'s group; waits as long as `left` has time.
///
/// # Errors
/// See [`CommitError`].
pub fn commit<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    offsets: &BTreeMap<TopicPartition, Commit>,
    left: &dyn Fn() -> Option<Duration>,
) -> Result<(), CommitError> {
    let list = offsets::list(offsets);
    if list.count() == 0 {
        return Ok(());
    }
    let client = consumer.client().native_ptr();
    // SAFETY: the consumer is alive, and so is its client.
    let queue = unsafe { sys::rd_kafka_queue_new(client) };
    // SAFETY: the queue is ours alone; null is handled.
    let queue = unsafe { Owned::new(queue, sys::rd_kafka_queue_destroy) };
    let queue = queue.ok_or(CommitError::Silent)?;
    // SAFETY: client, list and queue are alive; the list is copied. Without a callback the answer
    // is an event on the queue.
    let code = unsafe {
        sys::rd_kafka_commit_queue(client, list.ptr(), queue.as_ptr(), None, ptr::null_mut())
    };
    if code != sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
        return Err(CommitError::Code(code as i32));
    }
    let event = loop {
        let wait = left().ok_or(CommitError::Silent)?.min(LOOK);
        // SAFETY: the queue is alive, and polled by nobody else.
        let event = unsafe { sys::rd_kafka_queue_poll(queue.as_ptr(), millis(wait)) };
        // SAFETY: the event is ours; null, which means that time ran out, is handled.
        if let Some(event) = unsafe { Owned::new(event, sys::rd_kafka_event_destroy) } {
            break event;
        }
    };
    // SAFETY: the event is alive.
    match unsafe { event_code(event.as_ptr()) } {
        0 => Ok(()),
        code => Err(CommitError::Code(code)),
    }
}
