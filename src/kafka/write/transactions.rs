//! Transactions of a producer: records and offsets that count together, or not at all.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use super::{
    Code, Producer, Reports,
    raw::{Client, Membership, TransactionFault},
};
use crate::{
    codec::text::counted,
    event::{Commit, TopicPartition},
};

/// How long an answer that asks for patience is taken at its word.
const PAUSE: Duration = Duration::from_millis(20);
/// How long [`Producer::abort`] waits for news between two looks at the clock.
const STEP: Duration = Duration::from_millis(10);

/// Why a transaction did not come about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionError {
    /// This one cannot be committed: abort it, and begin the next.
    #[error("the transaction has to be aborted: {reason}")]
    Abortable {
        /// Why.
        code: Code,
        /// In librdkafka's words.
        reason: String,
    },
    /// Another producer took the transactional id over, or the coordinator aborted the transaction
    /// because it had lasted for `transaction.timeout.ms`: Kafka says the same of both. The
    /// producer can go on no more.
    #[error("fenced: another producer has taken over, or the transaction took too long ({reason})")]
    Fenced {
        /// In librdkafka's words.
        reason: String,
    },
    /// The producer can go on no more.
    #[error("the producer cannot go on: {reason}")]
    Fatal {
        /// Why.
        code: Code,
        /// In librdkafka's words.
        reason: String,
    },
    /// The call was not answered. What it came to is not known; the same call may be made again,
    /// and no other one.
    #[error("{what}: no answer within {after:?} ({reason})")]
    Silent {
        /// What was to be done.
        what: &'static str,
        /// How long it had.
        after: Duration,
        /// What stood in the way last.
        reason: String,
    },
    /// Not authorised for the transactional id, the group, a topic or the cluster.
    #[error("{code}: {reason}")]
    Refused {
        /// For what.
        code: Code,
        /// In librdkafka's words.
        reason: String,
    },
}

impl TransactionError {
    fn of(fault: TransactionFault) -> Self {
        let TransactionFault { code, reason, .. } = fault;
        let code = Code(code);
        match code {
            _ if code.is_fenced() => Self::Fenced { reason },
            _ if code.is_forbidden() => Self::Refused { code, reason },
            _ if fault.requires_abort && !fault.fatal => Self::Abortable { code, reason },
            _ => Self::Fatal { code, reason },
        }
    }
}

/// Whose offsets a transaction commits, and until when it may.
#[derive(Debug)]
pub struct GroupFence(Option<Membership>);

impl GroupFence {
    /// Those of a group without members, which is used for its offsets alone. Nothing keeps
    /// another producer from doing the same; Kafka does not even ask whether it has members.
    #[must_use]
    pub fn outside(group: &str) -> Self {
        Self(Membership::outside(group))
    }

    pub(super) fn of_member(membership: Option<Membership>) -> Self {
        Self(membership)
    }
}

impl Producer {
    /// Takes the transactional id over: whoever had it is fenced, and what it left open is aborted
    /// before this returns. To be called once, before [`Producer::begin`]; offsets are read after.
    ///
    /// # Errors
    /// See [`TransactionError`].
    pub fn init_transactions(&mut self, deadline: Duration) -> Result<(), TransactionError> {
        self.insist(
            "taking over the transactional id",
            deadline,
            Client::init_transactions,
        )
    }

    /// Begins a transaction; nothing is sent for it yet.
    ///
    /// # Errors
    /// The producer can go on no more, be it that an abort gave up what was under way.
    pub fn begin(&mut self) -> Result<(), TransactionError> {
        if self.spent {
            return Err(TransactionError::Fatal {
                code: Code::INCONSISTENT,
                reason: "records of the last transaction may still arrive".to_owned(),
            });
        }
        self.client()
            .begin_transaction()
            .map_err(TransactionError::of)?;
        self.lost_before = self.undelivered;
        Ok(())
    }

    /// Adds offsets of `group` to the open transaction: of each partition the next record to read.
    ///
    /// # Errors
    /// [`TransactionError::Abortable`] with code 22 or 25, among others, when the member that the
    /// fence is of has had its partitions taken away.
    pub fn send_offsets(
        &mut self,
        group: &GroupFence,
        offsets: &BTreeMap<TopicPartition, Commit>,
        deadline: Duration,
    ) -> Result<(), TransactionError> {
        let Some(membership) = &group.0 else {
            return Err(TransactionError::Abortable {
                code: Code::UNKNOWN_MEMBER,
                reason: "we are no member of the group at the moment".to_owned(),
            });
        };
        self.insist(
            "adding offsets to the transaction",
            deadline,
            |client, left| client.send_offsets(membership, offsets, left),
        )
    }

    /// Commits the open transaction. What is not settled yet is settled first, within the same
    /// deadline; but a transaction is closed soonest when everything is.
    ///
    /// # Errors
    /// [`TransactionError::Abortable`] when a record was not delivered since [`Producer::begin`],
    /// be it that it was refused when it was offered. After
    /// [`TransactionError::Silent`] it is not known whether it was committed: the offsets tell,
    /// once another producer has taken the transactional id over.
    pub fn commit(
        &mut self,
        deadline: Duration,
        reports: &mut dyn Reports,
    ) -> Result<(), TransactionError> {
        let began = Instant::now();
        self.settle(deadline, &|| began.elapsed() >= deadline, reports);
        if self.in_flight() > 0 {
            return Err(TransactionError::Silent {
                what: "committing",
                after: deadline,
                reason: format!("not acknowledged: {}", counted(self.in_flight(), "record")),
            });
        }
        // librdkafka does not count those that it refused at once.
        let lost = self.undelivered - self.lost_before;
        if lost > 0 {
            let fault = self.client().fatal().unwrap_or(TransactionFault {
                code: Code::INCONSISTENT.0,
                reason: format!("{lost} of its records were not delivered"),
                fatal: false,
                requires_abort: true,
                retriable: false,
            });
            return Err(TransactionError::of(fault));
        }
        let left = deadline.saturating_sub(began.elapsed());
        let result = self.insist("committing", left, Client::commit_transaction);
        self.take_all(reports);
        result
    }

    /// Aborts the open transaction. What was not sent is dropped; what is under way has half of the
    /// time to be answered. What is not is given up, and so is this producer: a broker may take such
    /// a record in the midst of the next transaction, and who wants to go on takes the
    /// transactional id over with another producer.
    ///
    /// # Errors
    /// See [`TransactionError`]. After [`TransactionError::Silent`] the coordinator aborts the
    /// transaction when it has lasted for `transaction.timeout.ms`.
    pub fn abort(
        &mut self,
        deadline: Duration,
        reports: &mut dyn Reports,
    ) -> Result<(), TransactionError> {
        let began = Instant::now();
        let mut aborted = false;
        // The call itself drops what was not sent: by other means a gap would be left. It then
        // waits for reports, which nobody but us takes.
        while !aborted && self.in_flight() > 0 && began.elapsed() < deadline {
            if began.elapsed() >= deadline / 2 {
                self.client().purge_in_flight();
                self.spent = true;
            }
            match self.client().abort_transaction(STEP) {
                Err(fault) if fault.passes() => self.poll(STEP, reports),
                Ok(()) => aborted = true,
                Err(_) => break,
            }
        }
        let left = deadline.saturating_sub(began.elapsed());
        let outcome = match aborted {
            true => Ok(()),
            false => self.insist("aborting", left, Client::abort_transaction),
        };
        self.take_all(reports);
        outcome?;
        if self.spent {
            return Err(TransactionError::Silent {
                what: "aborting",
                after: began.elapsed(),
                reason: "records were under way".to_owned(),
            });
        }
        Ok(())
    }

    /// Why another producer has the transactional id, as far as librdkafka knows: it tells those
    /// whose records it drops for that reason sooner than it says so. `None` while we have it.
    #[must_use]
    pub fn fenced(&self) -> Option<Code> {
        let code = Code(self.client().fatal()?.code);
        code.is_fenced().then_some(code)
    }

    /// Makes a call, and makes it again while librdkafka says that this may help.
    fn insist(
        &self,
        what: &'static str,
        deadline: Duration,
        call: impl Fn(&Client, Duration) -> Result<(), TransactionFault>,
    ) -> Result<(), TransactionError> {
        let began = Instant::now();
        loop {
            let left = deadline.saturating_sub(began.elapsed());
            let fault = match call(self.client(), left) {
                Ok(()) => return Ok(()),
                Err(fault) => fault,
            };
            let timely = began.elapsed() + PAUSE < deadline;
            if fault.passes() && timely {
                thread::sleep(PAUSE);
                continue;
            }
            if fault.passes() || fault.is_conflict() {
                return Err(TransactionError::Silent {
                    what,
                    after: began.elapsed(),
                    reason: fault.reason,
                });
            }
            return Err(TransactionError::of(fault));
        }
    }

    /// A transactional producer has one client.
    fn client(&self) -> &Client {
        &self.lanes[0].client
    }
}
