//! A delivery in memory.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::memory::{Failing, Memory, Written};
use crate::{
    event::{Commit, Headers, Record, TimestampType, TopicPartition},
    kafka::write::{Code, GroupFence, Reports, TransactionError, Undelivered, WriteError},
    transfer::{Delivery, losses::Origin},
};

/// Writes to a [`Memory`].
pub struct MemoryDelivery {
    memory: Memory,
    epoch: u64,
    queue: usize,
    timeout: Duration,
    in_flight: RefCell<Vec<Written>>,
    acknowledged: u64,
    undelivered: u64,
    fenced: Option<Code>,
    /// Whether the open transaction has to be aborted.
    spoilt: bool,
    /// Whether the end of a transaction was not answered: only another delivery can go on.
    in_doubt: bool,
}

impl MemoryDelivery {
    pub fn new(memory: &Memory, queue: usize, timeout: Duration) -> Self {
        Self {
            memory: memory.clone(),
            epoch: 0,
            queue,
            timeout,
            in_flight: RefCell::default(),
            acknowledged: 0,
            undelivered: 0,
            fenced: None,
            spoilt: false,
            in_doubt: false,
        }
    }

    fn is_transactional(&self) -> bool {
        self.memory.0.borrow().is_transactional
    }

    /// Whether no record of a source is acknowledged.
    fn is_silent(&self) -> bool {
        let in_flight = self.in_flight.borrow();
        let is_checkpoint = |one: &Written| one.tag == Origin::CHECKPOINT;
        self.memory.0.borrow().is_silent && !in_flight.first().is_some_and(is_checkpoint)
    }

    fn is_stale(&self) -> bool {
        self.is_transactional() && self.epoch != self.memory.0.borrow().epoch
    }

    fn write(&self, one: Written) {
        let is_checkpoint = one.tag == Origin::CHECKPOINT;
        let mut state = self.memory.0.borrow_mut();
        match &mut state.transaction {
            Some((records, _)) => return records.push(one),
            None => state.log.push(one),
        }
        drop(state);
        if is_checkpoint {
            self.memory.check();
        }
    }

    fn report(&mut self, one: &Written, code: i32, is_open: bool, reports: &mut dyn Reports) {
        self.undelivered += 1;
        self.spoilt = true;
        reports.undelivered(&Undelivered {
            tag: one.tag,
            code: Code(code),
            may_be_written: is_open,
            record: Record {
                topic: "target",
                partition: 0,
                offset: -1,
                timestamp: 0,
                timestamp_type: TimestampType::Create,
                key: Some(&one.key),
                value: one.value.as_deref(),
                headers: Headers::default(),
            },
        });
    }

    /// Settles the oldest record in flight.
    fn settle_one(&mut self, reports: &mut dyn Reports) {
        if self.is_silent() {
            return std::thread::sleep(Duration::from_millis(1));
        }
        let one = self.in_flight.borrow_mut().remove(0);
        let possible = [
            Failing::RecordRefused,
            Failing::LostBefore,
            Failing::LostAfter,
            Failing::Fenced,
        ];
        if one.tag != Origin::CHECKPOINT {
            let mut state = self.memory.0.borrow_mut();
            state.first_delivery = state.first_delivery.min(state.steps);
        }
        let failing = self.memory.step(&possible);
        if failing == Some(Failing::Fenced) && self.is_transactional() {
            let mut state = self.memory.0.borrow_mut();
            state.epoch += 1;
            state.transaction = None;
        }
        if self.is_stale() {
            self.fenced = Some(Code(-144));
            return self.report(&one, -144, false, reports);
        }
        match failing {
            Some(Failing::RecordRefused) => self.report(&one, 10, false, reports),
            Some(Failing::LostBefore) => self.report(&one, -192, true, reports),
            Some(Failing::LostAfter) => {
                self.write(one.clone());
                self.report(&one, -192, true, reports);
            }
            _ => {
                self.write(one);
                self.acknowledged += 1;
            }
        }
    }

    /// An error that fences this producer, when another has its id.
    fn fence(&mut self) -> Result<(), TransactionError> {
        if !self.is_stale() {
            return Ok(());
        }
        self.fenced = Some(Code(-144));
        let reason = "test".to_owned();
        Err(TransactionError::Fenced { reason })
    }
}

impl Delivery for MemoryDelivery {
    fn send(&mut self, topic: usize, record: &Record<'_>, tag: u64, _: &mut dyn Reports) -> bool {
        let mut in_flight = self.in_flight.borrow_mut();
        if in_flight.len() >= self.queue {
            return false;
        }
        in_flight.push(Written {
            topic,
            key: record.key.unwrap_or_default().to_vec(),
            value: record.value.map(<[u8]>::to_vec),
            tag,
        });
        true
    }

    fn poll(&mut self, _: Duration, reports: &mut dyn Reports) {
        if self.in_flight() > 0 {
            self.settle_one(reports);
        }
    }

    fn settle(
        &mut self,
        stall: Duration,
        stop: &dyn Fn() -> bool,
        reports: &mut dyn Reports,
    ) -> bool {
        let began = Instant::now();
        while self.in_flight() > 0 && !stop() {
            if self.is_silent() && began.elapsed() >= stall {
                return false;
            }
            self.settle_one(reports);
        }
        self.in_flight() == 0
    }

    fn hurry(&self) {}

    fn give_up(&mut self, reports: &mut dyn Reports) {
        let given_up = std::mem::take(&mut *self.in_flight.borrow_mut());
        for one in given_up {
            self.report(&one, -152, false, reports);
        }
    }

    fn in_flight(&self) -> u64 {
        self.in_flight.borrow().len() as u64
    }

    fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    fn settled(&self) -> u64 {
        self.acknowledged + self.undelivered
    }

    fn check(&self) -> Result<(), WriteError> {
        Ok(())
    }

    fn fenced(&self) -> Option<Code> {
        self.fenced
    }

    fn complaint(&self) -> Option<String> {
        None
    }

    fn transactional_id(&self) -> Option<&str> {
        self.is_transactional().then_some("test")
    }

    fn transaction_timeout(&self) -> Duration {
        self.timeout
    }

    fn init_transactions(&mut self, _: Duration) -> Result<(), TransactionError> {
        let mut state = self.memory.0.borrow_mut();
        state.epoch += 1;
        state.transaction = None;
        self.epoch = state.epoch;
        Ok(())
    }

    fn begin(&mut self) -> Result<(), TransactionError> {
        self.fence()?;
        if self.in_doubt {
            return Err(TransactionError::Fatal {
                code: Code::INCONSISTENT,
                reason: "test".to_owned(),
            });
        }
        self.spoilt = false;
        self.memory.0.borrow_mut().transaction = Some(Default::default());
        Ok(())
    }

    fn send_offsets(
        &mut self,
        _: &GroupFence,
        offsets: &BTreeMap<TopicPartition, Commit>,
        _: Duration,
    ) -> Result<(), TransactionError> {
        let failing = self.memory.step(&[Failing::Silence, Failing::Aborted]);
        self.fence()?;
        fail_transaction(failing)?;
        let mut state = self.memory.0.borrow_mut();
        if let Some((_, staged)) = &mut state.transaction {
            staged.extend(offsets.clone());
        }
        Ok(())
    }

    fn commit(
        &mut self,
        deadline: Duration,
        reports: &mut dyn Reports,
    ) -> Result<(), TransactionError> {
        self.settle(deadline, &|| false, reports);
        let failing = self.memory.step(&[
            Failing::LostBefore,
            Failing::LostAfter,
            Failing::Aborted,
            Failing::Fenced,
        ]);
        if failing == Some(Failing::Fenced) {
            self.memory.0.borrow_mut().epoch += 1;
        }
        self.in_doubt |= matches!(failing, Some(Failing::LostBefore | Failing::LostAfter));
        self.fence()?;
        if self.spoilt {
            return fail_transaction(Some(Failing::Aborted));
        }
        if failing != Some(Failing::LostAfter) {
            fail_transaction(failing)?;
        }
        {
            let mut state = self.memory.0.borrow_mut();
            let (records, offsets) = state.transaction.take().unwrap();
            state.log.extend(records);
            state.commits.extend(offsets);
        }
        self.memory.check();
        fail_transaction(failing)
    }

    fn abort(&mut self, _: Duration, reports: &mut dyn Reports) -> Result<(), TransactionError> {
        self.give_up(reports);
        let failing = self.memory.step(&[Failing::LostBefore, Failing::LostAfter]);
        self.fence()?;
        if failing != Some(Failing::LostBefore) {
            self.memory.0.borrow_mut().transaction = None;
        }
        fail_transaction(failing)
    }

    fn renewed(&self) -> Result<Box<dyn Delivery>, WriteError> {
        let other = Self::new(&self.memory, self.queue, self.timeout);
        Ok(Box::new(other))
    }
}

fn fail_transaction(failing: Option<Failing>) -> Result<(), TransactionError> {
    let reason = "test".to_owned();
    match failing {
        None => Ok(()),
        Some(Failing::Aborted) => Err(TransactionError::Abortable {
            code: Code(48),
            reason,
        }),
        Some(_) => Err(TransactionError::Silent {
            what: "committing",
            after: Duration::ZERO,
            reason,
        }),
    }
}
