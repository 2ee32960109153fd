//! Recovery from faults that pass: a cluster that was away, a transaction that had to be aborted.
//!
//! With transactions a run can always resume from what was committed. Without, a record that was
//! given up may have been written: so nothing is given up that may still be acknowledged, and the
//! run waits instead.

use std::time::{Duration, Instant};

use super::{
    TargetCluster, Transfer, TransferError,
    hanging_transactions::{finish, take_over},
};
use crate::{
    kafka::write::{Code, TransactionError},
    pipeline::Fault,
    replay::Checkpoints,
};

/// The longest pause between two attempts that write the same records again.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// How often the targets are looked for.
const LOOK: Duration = Duration::from_millis(900);

/// A fault that passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The transaction was aborted, and the producer is as good as before.
    Aborted,
    /// Nobody answered for a while.
    Silence,
    /// The producer cannot go on: its transaction took too long, or was ended by the coordinator.
    /// Another process may have the transactional id.
    Unusable,
}

/// Troubles since the last commit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Troubles {
    count: u32,
    /// When the first of them began.
    since: Option<Instant>,
}

impl Troubles {
    /// Counts one more; when the first of them began, which is `since` for the first, and how long
    /// to wait before the next attempt, which is `pause` for the first.
    fn add(&mut self, since: Instant, pause: Duration) -> (Instant, Duration) {
        let pause = pause.saturating_mul(1 << self.count.min(8));
        self.count += 1;
        (*self.since.get_or_insert(since), pause.min(LONGEST_PAUSE))
    }
}

impl<C: TargetCluster> Transfer<'_, C> {
    /// Makes everything ready to resume from what was committed; `opened` is when the transaction
    /// was opened.
    ///
    /// # Errors
    /// `fault`, when the cluster stays away or another process has resumed meanwhile; or what else
    /// stands in the way.
    pub(super) fn recover(
        &mut self,
        fault: Fault,
        trouble: Trouble,
        opened: Option<Instant>,
    ) -> Result<(), Fault> {
        let since = match trouble {
            Trouble::Silence => self.stored_at,
            Trouble::Aborted => opened.unwrap_or_else(Instant::now),
            // The transaction may have been open for long because nobody could go on with it.
            Trouble::Unusable => Instant::now(),
        };
        let (since, pause) = self.troubles.add(since, self.timing.pause);
        let waits = |run: &Self, pause: Duration| {
            let silence = run.patience.suspension.silence(since);
            let left = run.patience.stall.saturating_sub(silence);
            !left.is_zero() && run.patience.cancel.sleep(pause.min(left))
        };
        if !waits(self, pause) {
            return Err(fault);
        }
        self.watch.recovering(&fault);
        loop {
            match self.resume(trouble) {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(fault),
                Err(error) if !error.is_unreachable() => return Err(error.into()),
                Err(_) if waits(self, self.timing.pause) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether a fault is one that passes; `open` is how long the last transaction was open.
    pub(super) fn trouble(&self, fault: &Fault, open: Option<Duration>) -> Option<Trouble> {
        let guard = &self.intake.guard;
        let is_over = guard.is_stalled() || self.patience.cancel.is_raised();
        if !self.is_transactional() || is_over || self.intake.looks_back() {
            return None;
        }
        let is_late = open.is_some_and(|open| open >= guard.transaction_timeout());
        let fenced = is_late.then_some(Trouble::Unusable);
        if guard.fenced().is_some() {
            return fenced;
        }
        if let Some(loss) = guard.first_loss() {
            return of_code(loss.code, fenced);
        }
        if let Err(error) = guard.check() {
            return of_code(error.code()?, fenced);
        }
        match fault.downcast_ref::<TransactionError>()? {
            TransactionError::Abortable { .. } => Some(Trouble::Aborted),
            TransactionError::Silent { .. } => Some(Trouble::Silence),
            TransactionError::Fenced { .. } => fenced,
            TransactionError::Fatal { code, .. } => of_code(*code, fenced),
            TransactionError::Refused { .. } => None,
        }
    }

    /// Counts and reads from what was committed again; false when another process has resumed
    /// meanwhile.
    fn resume(&mut self, trouble: Trouble) -> Result<bool, TransferError> {
        self.cluster.refresh()?;
        if let Some(lost) = self.lost_target() {
            return Err(lost);
        }
        self.store.locate(self.cluster)?;
        if let Some(id) = self.intake.guard.transactional_id() {
            // Else the checkpoints cannot be read, or not all of them.
            finish(self.cluster, self.plan, id, self.permit)?;
        }
        let stored = self.read()?;
        let is_committed = self.committing.as_ref().is_some_and(|news| {
            !news.is_empty()
                && news
                    .iter()
                    .all(|(at, checkpoint)| stored.get(at) == Some(checkpoint))
        });
        if is_committed {
            // Only the answer was lost.
            self.stored
                .extend(self.committing.take().into_iter().flatten());
            self.safe = self.intake.tally.clone();
            self.troubles = Troubles::default();
        }
        if trouble == Trouble::Unusable && self.membership.is_none() && stored != self.stored {
            return Ok(false);
        }
        if trouble != Trouble::Aborted {
            let mut delivery = self.intake.guard.renewed()?;
            take_over(&mut *delivery, self.cluster, self.plan, self.permit)?;
            self.intake.guard.replace(delivery);
        }
        // What came after the last commit is read and counted again.
        self.intake.rewind(self.safe.clone());
        self.committing = None;
        self.stored = self.read()?;
        Ok(true)
    }

    fn read(&mut self) -> Result<Checkpoints, TransferError> {
        self.store.read(self.cluster, &self.patience.cancel)
    }

    /// Reads the checkpoints, again for as long as a stall may last when nobody answers.
    pub(super) fn read_patiently(&mut self) -> Result<Checkpoints, TransferError> {
        let began = Instant::now();
        loop {
            match self.read() {
                Err(error)
                    if error.is_unreachable()
                        && began.elapsed() < self.patience.stall
                        && self.patience.cancel.sleep(self.timing.pause) =>
                {
                    // Another broker may coordinate by now.
                    let _ = self.store.locate(self.cluster);
                }
                outcome => return outcome,
            }
        }
    }

    /// A target that is gone, or is another topic of the same name. `None` also when nobody can tell,
    /// or was asked less than a second ago.
    pub(super) fn lost_target(&mut self) -> Option<TransferError> {
        if (self.looked_at).is_some_and(|looked| looked.elapsed() < LOOK) {
            return None;
        }
        self.look_for_targets()
    }

    /// [`Self::lost_target`], asked now.
    pub(super) fn look_for_targets(&mut self) -> Option<TransferError> {
        let lost = self.cluster.lost_target(&self.plan.targets());
        self.looked_at = Some(Instant::now());
        lost
    }
}

/// The trouble that a code tells of; `fenced` is what a fence comes to.
fn of_code(code: Code, fenced: Option<Trouble>) -> Option<Trouble> {
    if code.is_fenced() {
        fenced
    } else if code.is_silence() {
        Some(Trouble::Silence)
    } else {
        code.is_producer_state().then_some(Trouble::Unusable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_trouble_again_is_waited_for_longer_and_dated_back_to_the_first() {
        let began = Instant::now();
        let first = Duration::from_millis(200);
        let mut troubles = Troubles::default();
        for (count, expected) in [
            (0, 200),
            (1, 400),
            (2, 800),
            (3, 1_600),
            (4, 3_000),
            (5, 3_000),
        ] {
            let later = began + Duration::from_secs(count);
            let pause = Duration::from_millis(expected);
            assert_eq!(troubles.add(later, first), (began, pause), "{count}");
        }
        troubles.count = u32::MAX - 1;
        assert_eq!(troubles.add(began, first), (began, LONGEST_PAUSE));
    }

    #[test]
    fn what_is_not_the_record_s_fault_passes_with_another_producer() {
        let late = Some(Trouble::Unusable);
        for (code, in_time, too_late) in [
            (-172, late, late),
            (48, late, late),
            (45, late, late),
            (47, None, late),
            (-144, None, late),
            (-192, Some(Trouble::Silence), Some(Trouble::Silence)),
            (10, None, None),
            (87, None, None),
        ] {
            assert_eq!(of_code(Code(code), None), in_time, "{code}");
            assert_eq!(of_code(Code(code), late), too_late, "{code}");
        }
    }
}
