//! Committing offsets with a deadline, and asking for what is committed: the safe interface waits
//! for ever when it waits, never tells the result when it does not, and keeps partitions' codes.

use std::{collections::BTreeMap, ffi::c_int, ptr, time::Duration};

use rdkafka::{
    TopicPartitionList, bindings as sys,
    consumer::{BaseConsumer, Consumer, ConsumerContext},
};

use super::{client::millis, event::event_code, offsets, owned::Owned};
use crate::event::{Commit, TopicPartition};

/// Why offsets are not known to be committed, or what was committed is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitError {
    /// Refused, with this code.
    Code(i32),
    /// No answer within the deadline.
    Silent,
}

unsafe extern "C" {
    /// The bindings' own returns an enum, which must not hold a code that is newer than they are.
    #[link_name = "rd_kafka_committed"]
    fn committed_code(
        client: *mut sys::rd_kafka_t,
        partitions: *mut sys::rd_kafka_topic_partition_list_t,
        timeout_ms: c_int,
    ) -> c_int;
}

/// Commits `offsets` as a member of `consumer`'s group.
///
/// # Errors
/// See [`CommitError`].
pub fn commit<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    offsets: &BTreeMap<TopicPartition, Commit>,
    deadline: Duration,
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
    // SAFETY: the queue is alive, and polled by nobody else.
    let event = unsafe { sys::rd_kafka_queue_poll(queue.as_ptr(), millis(deadline)) };
    // SAFETY: the event is ours; null, which means that time ran out, is handled.
    let event = unsafe { Owned::new(event, sys::rd_kafka_event_destroy) };
    let event = event.ok_or(CommitError::Silent)?;
    // SAFETY: the event is alive.
    match unsafe { event_code(event.as_ptr()) } {
        0 => Ok(()),
        code => Err(CommitError::Code(code)),
    }
}

/// librdkafka's code for "no answer in time".
const TIMED_OUT: i32 = sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR__TIMED_OUT as i32;
/// Kafka's code for "an open transaction has offsets of this partition": they may still change.
const UNSTABLE: i32 = 88;

/// What `consumer`'s group has committed of the partitions in `list`, without offsets that a
/// transaction may still change: such an answer is none.
///
/// # Errors
/// See [`CommitError`].
pub fn committed<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    list: &TopicPartitionList,
    deadline: Duration,
) -> Result<Vec<(TopicPartition, Option<Commit>)>, CommitError> {
    let list = list.clone();
    // SAFETY: consumer and list are alive, and nobody else refers to the list, which is a copy.
    let code =
        unsafe { committed_code(consumer.client().native_ptr(), list.ptr(), millis(deadline)) };
    match code {
        0 => {}
        TIMED_OUT => return Err(CommitError::Silent),
        code => return Err(CommitError::Code(code)),
    }
    offsets::commits(&list).map_err(|code| match code {
        UNSTABLE => CommitError::Silent,
        code => CommitError::Code(code),
    })
}
