//! Transactions: librdkafka's calls as they are, each with its own timeout, and what they answer.

use std::{
    collections::BTreeMap,
    ffi::{CStr, CString, c_char, c_int},
    time::Duration,
};

use rdkafka::{
    bindings as sys,
    consumer::{BaseConsumer, Consumer, ConsumerContext},
};

use super::{
    client::{Client, Reason, millis},
    offsets,
    owned::Owned,
};
use crate::event::{Commit, TopicPartition};

/// What a transactional call failed with, and what librdkafka says can be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionFault {
    /// Kafka's code, or librdkafka's below 0.
    pub code: i32,
    /// In librdkafka's words.
    pub reason: String,
    /// The producer can go on no more.
    pub fatal: bool,
    /// The transaction has to be aborted.
    pub requires_abort: bool,
    /// The same call may be repeated.
    pub retriable: bool,
}

impl TransactionFault {
    /// Whether the same call may succeed when it is repeated. Not while another call has not come
    /// to its end, although librdkafka says so.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.retriable && !self.fatal && !self.requires_abort && !self.is_conflict()
    }

    /// Whether another call has not come to its end.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.code == sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR__CONFLICT as i32
    }
}

unsafe extern "C" {
    /// The bindings' own returns an enum, which must not hold a code that is newer than they are.
    #[link_name = "rd_kafka_error_code"]
    fn error_code(error: *const sys::rd_kafka_error_t) -> c_int;

    /// As above.
    #[link_name = "rd_kafka_fatal_error"]
    fn fatal_code(client: *mut sys::rd_kafka_t, reason: *mut c_char, length: usize) -> c_int;
}

impl Client {
    /// Fences whoever had the same `transactional.id`, and ends what it left open.
    ///
    /// # Errors
    /// See [`TransactionFault`].
    pub fn init_transactions(&self, timeout: Duration) -> Result<(), TransactionFault> {
        // SAFETY: the client is alive.
        check(unsafe { sys::rd_kafka_init_transactions(self.as_ptr(), millis(timeout)) })
    }

    /// Begins a transaction; nothing is sent for it.
    ///
    /// # Errors
    /// See [`TransactionFault`].
    pub fn begin_transaction(&self) -> Result<(), TransactionFault> {
        // SAFETY: the client is alive.
        check(unsafe { sys::rd_kafka_begin_transaction(self.as_ptr()) })
    }

    /// Adds offsets to the transaction.
    ///
    /// # Errors
    /// See [`TransactionFault`].
    pub fn send_offsets(
        &self,
        membership: &Membership,
        offsets: &BTreeMap<TopicPartition, Commit>,
        timeout: Duration,
    ) -> Result<(), TransactionFault> {
        let list = offsets::list(offsets);
        // SAFETY: client, list and membership are alive; the latter two are copied.
        check(unsafe {
            sys::rd_kafka_send_offsets_to_transaction(
                self.as_ptr(),
                list.ptr(),
                membership.0.as_ptr(),
                millis(timeout),
            )
        })
    }

    /// Commits the transaction. Called with deliveries that were not polled for it waits in vain.
    ///
    /// # Errors
    /// See [`TransactionFault`].
    pub fn commit_transaction(&self, timeout: Duration) -> Result<(), TransactionFault> {
        // SAFETY: the client is alive.
        check(unsafe { sys::rd_kafka_commit_transaction(self.as_ptr(), millis(timeout)) })
    }

    /// Aborts the transaction. Called with deliveries that were not polled for it waits in vain.
    ///
    /// # Errors
    /// See [`TransactionFault`].
    pub fn abort_transaction(&self, timeout: Duration) -> Result<(), TransactionFault> {
        // SAFETY: the client is alive.
        check(unsafe { sys::rd_kafka_abort_transaction(self.as_ptr(), millis(timeout)) })
    }

    /// Why the producer can go on no more; `None` while it can.
    #[must_use]
    pub fn fatal(&self) -> Option<TransactionFault> {
        let mut reason = Reason::default();
        // SAFETY: the client is alive, and the buffer is as long as is said.
        let code = unsafe { fatal_code(self.as_ptr(), reason.as_mut_ptr(), reason.len()) };
        (code != 0).then(|| TransactionFault {
            code,
            reason: reason.text(),
            fatal: true,
            requires_abort: false,
            retriable: false,
        })
    }
}

/// Takes over what a transactional call returned: null is success.
fn check(error: *mut sys::rd_kafka_error_t) -> Result<(), TransactionFault> {
    // SAFETY: the error was returned to us alone; null, which means none, is handled.
    let Some(error) = (unsafe { Owned::new(error, sys::rd_kafka_error_destroy) }) else {
        return Ok(());
    };
    // SAFETY: the error is alive, here and below.
    let code = unsafe { error_code(error.as_ptr()) };
    // SAFETY: see above; the text lives as long as the error.
    let reason = unsafe { sys::rd_kafka_error_string(error.as_ptr()) };
    // SAFETY: see above.
    let reason = unsafe { CStr::from_ptr(reason) };
    // SAFETY: see above.
    let fatal = unsafe { sys::rd_kafka_error_is_fatal(error.as_ptr()) };
    // SAFETY: see above.
    let requires_abort = unsafe { sys::rd_kafka_error_txn_requires_abort(error.as_ptr()) };
    // SAFETY: see above.
    let retriable = unsafe { sys::rd_kafka_error_is_retriable(error.as_ptr()) };
    Err(TransactionFault {
        code,
        reason: reason.to_string_lossy().into_owned(),
        fatal: fatal != 0,
        requires_abort: requires_abort != 0,
        retriable: retriable != 0,
    })
}

/// On whose behalf offsets are committed in a transaction.
#[derive(Debug)]
pub struct Membership(Owned<sys::rd_kafka_consumer_group_metadata_t>);

impl Membership {
    /// Nobody's: a group that is used for its offsets alone. `None` when it is no group's name.
    #[must_use]
    pub fn outside(group: &str) -> Option<Self> {
        let group = CString::new(group).ok()?;
        // SAFETY: the name ends with NUL, and is copied.
        let membership = unsafe { sys::rd_kafka_consumer_group_metadata_new(group.as_ptr()) };
        // SAFETY: it is ours alone; null is handled.
        unsafe { Owned::new(membership, sys::rd_kafka_consumer_group_metadata_destroy) }.map(Self)
    }

    /// The consumer's own, with its generation. `None` when it has none now: its offsets would then
    /// be taken for those of nobody, and pass.
    #[must_use]
    pub fn of<C: ConsumerContext>(consumer: &BaseConsumer<C>) -> Option<Self> {
        let client = consumer.client().native_ptr();
        // SAFETY: the consumer is alive, and so is its client.
        let membership = unsafe { sys::rd_kafka_consumer_group_metadata(client) };
        // SAFETY: it is ours alone; null is handled.
        let membership =
            unsafe { Owned::new(membership, sys::rd_kafka_consumer_group_metadata_destroy) }?;
        // SAFETY: it is alive.
        let generation =
            unsafe { sys::rd_kafka_consumer_group_metadata_generation_id(membership.as_ptr()) };
        (generation >= 0).then_some(Self(membership))
    }
}
