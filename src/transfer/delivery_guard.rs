//! Keeps a delivery within bounds: waits for room in its queue, notices when acknowledgements stay
//! away, and holds the open transaction.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{
    CheckpointStore, Delivery, Losses, StallWatch, Suspension, TransferError,
    losses::{Loss, Origin},
};
use crate::{
    event::{Commit, Record, TopicPartition},
    kafka::write::{Code, GroupFence, Sticky, TransactionError, WriteError},
    pipeline::Cancel,
    replay::Checkpoints,
};

/// How long room in the queue, or the next record, is waited for at a time.
pub(super) const LOOK: Duration = Duration::from_millis(20);
/// How long acknowledgements are waited for that may be there already.
const PROMPT: Duration = Duration::from_millis(1);

/// A transaction that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenTransaction {
    pub(super) since: Instant,
    pub(super) bytes: u64,
}

/// How patient a guard is.
#[derive(Clone, Debug)]
pub(super) struct Patience {
    /// How long acknowledgements may stay away.
    pub(super) stall: Duration,
    pub(super) suspension: Suspension,
    pub(super) cancel: Cancel,
}

impl Patience {
    fn stall_watch(&self) -> StallWatch {
        StallWatch::new(self.stall).with_suspension(self.suspension.clone())
    }
}

/// A delivery, the losses it reported, and its open transaction.
pub(super) struct DeliveryGuard {
    delivery: Box<dyn Delivery>,
    pub(super) losses: Losses,
    open: Option<OpenTransaction>,
    /// Where records without a partition go, of each target.
    spread: Vec<Sticky>,
    patience: Patience,
    stall_watch: StallWatch,
    stalled: bool,
}

impl DeliveryGuard {
    /// Guards `delivery`, whose topics have `partitions` each. `now` is in milliseconds since 1970.
    pub(super) fn new(
        delivery: Box<dyn Delivery>,
        partitions: &[i32],
        patience: Patience,
        now: i64,
    ) -> Self {
        let seed = now.unsigned_abs();
        let spread = |count: &i32| Sticky::new((0..*count).collect(), seed);
        Self {
            delivery,
            losses: Losses::at(now),
            open: None,
            spread: partitions.iter().map(spread).collect(),
            stall_watch: patience.stall_watch(),
            patience,
            stalled: false,
        }
    }

    /// Another delivery takes the place of this one.
    pub(super) fn replace(&mut self, delivery: Box<dyn Delivery>) {
        self.delivery = delivery;
        self.stall_watch = self.patience.stall_watch();
        self.stalled = false;
        self.open = None;
    }

    /// As [`Delivery::renewed`].
    pub(super) fn renewed(&self) -> Result<Box<dyn Delivery>, WriteError> {
        self.delivery.renewed()
    }

    /// Whether records are written in transactions.
    pub(super) fn is_transactional(&self) -> bool {
        self.delivery.transactional_id().is_some()
    }

    /// The transactional id; `None` without transactions.
    pub(super) fn transactional_id(&self) -> Option<&str> {
        self.delivery.transactional_id()
    }

    /// How long a broker leaves a transaction open.
    pub(super) fn transaction_timeout(&self) -> Duration {
        self.delivery.transaction_timeout()
    }

    /// The open transaction; `None` when there is none.
    pub(super) fn open(&self) -> Option<OpenTransaction> {
        self.open
    }

    /// Begins a transaction, where records are written in transactions and none is open.
    ///
    /// # Errors
    /// The delivery cannot go on.
    pub(super) fn begin(&mut self) -> Result<(), TransactionError> {
        if self.is_transactional() && self.open.is_none() {
            self.delivery.begin()?;
            self.open = Some(OpenTransaction {
                since: Instant::now(),
                bytes: 0,
            });
        }
        Ok(())
    }

    /// Sends a record to the topic with index `topic`, waiting for room. `false` when it was not
    /// taken: nothing more can be sent, or a signal came.
    ///
    /// # Errors
    /// No transaction can be begun.
    pub(super) fn send(
        &mut self,
        topic: usize,
        record: &Record<'_>,
        origin: Origin,
    ) -> Result<bool, TransactionError> {
        self.begin()?;
        let bytes = record.size() as u64;
        let mut record = *record;
        if record.partition < 0
            && let Some(spread) = self.spread.get_mut(topic)
        {
            record.partition = spread.next(1, bytes);
        }
        while !(self.delivery).send(topic, &record, origin.tag(), &mut self.losses) {
            self.wait_for_room();
            if self.is_broken() || self.patience.cancel.is_raised() {
                return Ok(false);
            }
        }
        if let Some(open) = &mut self.open {
            open.bytes += bytes;
        }
        Ok(true)
    }

    /// The queue is full: acknowledgements make room. When none come at once, what waits for its
    /// batch to fill may be all there is: it is sent.
    fn wait_for_room(&mut self) {
        let settled = self.delivery.settled();
        self.delivery.poll(PROMPT, &mut self.losses);
        if self.delivery.settled() == settled {
            self.delivery.hurry();
            self.delivery.poll(LOOK, &mut self.losses);
        }
        self.watch_for_stall(false);
    }

    /// Sends a record that holds a checkpoint to the topic with index `topic`.
    pub(super) fn send_checkpoint(&mut self, topic: usize, record: &Record<'_>) {
        while !(self.delivery).send(topic, record, Origin::CHECKPOINT, &mut self.losses) {
            self.poll(LOOK);
        }
    }

    /// Takes the reports that there are, waiting for some up to `wait`.
    pub(super) fn poll(&mut self, wait: Duration) {
        self.delivery.poll(wait, &mut self.losses);
        self.watch_for_stall(self.delivery.in_flight() == 0);
    }

    fn watch_for_stall(&mut self, is_idle: bool) {
        self.stall_watch.note(self.delivery.settled(), is_idle);
        self.stalled |= self.stall_watch.is_stalled();
    }

    /// Waits for up to `wait`, taking reports; `None` waits for as long as reports may take that are
    /// there already.
    pub(super) fn wait(&mut self, wait: Option<Duration>) {
        let Some(wait) = wait else {
            return self.poll(PROMPT);
        };
        if wait > PROMPT {
            self.delivery.hurry();
        }
        if self.delivery.in_flight() > 0 {
            self.poll(wait.min(LOOK));
        } else {
            std::thread::sleep(wait.min(LOOK));
        }
    }

    /// Sends what waits for its batch to fill, and takes the reports that there are.
    pub(super) fn flush(&mut self) {
        self.delivery.hurry();
        self.poll(Duration::ZERO);
    }

    /// As [`Delivery::settle`].
    pub(super) fn settle(&mut self, stall: Duration, stop: &dyn Fn() -> bool) -> bool {
        self.delivery.settle(stall, stop, &mut self.losses)
    }

    /// Records whose fate is known.
    pub(super) fn settled(&self) -> u64 {
        self.delivery.settled()
    }

    /// Records that were acknowledged by the present delivery.
    pub(super) fn acknowledged(&self) -> u64 {
        self.delivery.acknowledged()
    }

    /// Whether nothing more can be sent.
    pub(super) fn is_broken(&self) -> bool {
        self.losses.count > 0 || self.stalled || self.delivery.check().is_err()
    }

    /// Whether acknowledgements stayed away for too long.
    pub(super) fn is_stalled(&self) -> bool {
        self.stalled
    }

    /// Acknowledgements stayed away for too long.
    pub(super) fn set_stalled(&mut self) {
        self.stalled = true;
    }

    /// The loss that says most about the reason; `None` when every record was acknowledged.
    pub(super) fn first_loss(&self) -> Option<&Loss> {
        self.losses.first.as_ref()
    }

    /// As [`Delivery::check`].
    pub(super) fn check(&self) -> Result<(), WriteError> {
        self.delivery.check()
    }

    /// As [`Delivery::fenced`].
    pub(super) fn fenced(&self) -> Option<Code> {
        self.delivery.fenced()
    }

    /// As [`Delivery::complaint`].
    pub(super) fn complaint(&self) -> Option<String> {
        self.delivery.complaint()
    }

    /// Adds committed offsets to the open transaction.
    ///
    /// # Errors
    /// See [`TransactionError`].
    pub(super) fn send_offsets(
        &mut self,
        group: &GroupFence,
        offsets: &BTreeMap<TopicPartition, Commit>,
        deadline: Duration,
    ) -> Result<(), TransactionError> {
        self.delivery.send_offsets(group, offsets, deadline)
    }

    /// Commits the open transaction.
    ///
    /// # Errors
    /// It stays open. After [`TransactionError::Silent`] it is not known whether it was committed.
    pub(super) fn commit(&mut self, deadline: Duration) -> Result<(), TransactionError> {
        self.delivery.commit(deadline, &mut self.losses)?;
        self.open = None;
        Ok(())
    }

    /// Gives up what was not acknowledged, and aborts the transaction that is open, within `left`.
    /// Whether it is known that nothing of it remains. A broker that does not answer aborts it by
    /// itself, after `transaction.timeout.ms`.
    pub(super) fn give_up(&mut self, left: Duration) -> bool {
        if self.open.take().is_some() {
            self.delivery.abort(left, &mut self.losses).is_ok()
        } else {
            self.delivery.give_up(&mut self.losses);
            true
        }
    }

    /// Forgets what was lost.
    pub(super) fn forget_losses(&mut self) {
        self.losses.forget();
    }

    /// The losses up to now; there are none any more.
    pub(super) fn take_losses(&mut self) -> Losses {
        let none = self.losses.none();
        std::mem::replace(&mut self.losses, none)
    }

    /// Stores checkpoints outside of transactions and groups.
    ///
    /// # Errors
    /// As [`CheckpointStore::write`].
    pub(super) fn write_checkpoints<C>(
        &mut self,
        store: &mut dyn CheckpointStore<C>,
        cluster: &mut C,
        news: &Checkpoints,
    ) -> Result<(), TransferError> {
        store.write(cluster, &mut *self.delivery, news)
    }
}
