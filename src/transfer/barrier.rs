//! The barrier: checkpoints are stored once everything is acknowledged, in the transaction where there
//! is one.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{
    TargetCluster, Transfer, TransferError, TransferSource, Undelivered,
    compacted_topic::record as checkpoint_record,
    delivery_guard::Patience,
    hanging_transactions::{Ending, finish},
    recovery::Troubles,
    shutdown_deadline,
};
use crate::{
    kafka::write::GroupFence,
    pipeline::Fault,
    replay::{Checkpoint, CheckpointLocation, Checkpoints, commits_of, records_of, sign},
};

/// How long an answer about a transaction may take: as long as the broker leaves one open.
const ANSWER: Duration = Duration::from_secs(10);
/// How long nothing is acknowledged before the targets are looked for.
const DOUBT: Duration = Duration::from_secs(2);

impl<C: TargetCluster> Transfer<'_, C> {
    pub(super) fn is_checkpoint_due(&self) -> bool {
        match self.intake.guard.open() {
            Some(open) => {
                open.since.elapsed() >= self.timing.transaction_age
                    || open.bytes >= self.timing.transaction_bytes
            }
            None => self.stored_at.elapsed() >= self.timing.checkpoint_interval,
        }
    }

    /// Waits until everything is acknowledged, and stores how far it has come.
    pub(super) fn checkpoint(&mut self, source: &dyn TransferSource) -> Result<(), Fault> {
        self.is_torn = true;
        self.settle()?;
        // What was acknowledged just now is in the topics that are there now.
        if let Some(lost) = self.look_for_targets() {
            return Err(lost.into());
        }
        self.store(source)?;
        self.is_torn = false;
        self.safe = self.intake.tally.clone();
        self.intake.since_checkpoint.clear();
        self.stored_at = Instant::now();
        Ok(())
    }

    pub(super) fn settle(&mut self) -> Result<(), Fault> {
        let leave = self.patience.leave();
        let mut known = self.intake.guard.settled();
        let mut since = Instant::now();
        loop {
            let silence = self.patience.suspension.silence(since);
            let stall = DOUBT.min(self.patience.stall.saturating_sub(silence));
            let is_settled = self.intake.guard.settle(stall, &leave);
            if self.intake.guard.is_broken() || (!is_settled && leave()) {
                return Err(self.broken().into());
            }
            if is_settled {
                return Ok(());
            }
            if self.intake.guard.settled() != known {
                known = self.intake.guard.settled();
                since = Instant::now();
            }
            if self.patience.suspension.silence(since) >= self.patience.stall {
                self.intake.guard.set_stalled();
                return Err(self.broken().into());
            }
            if let Some(lost) = self.lost_target() {
                return Err(lost.into());
            }
        }
    }

    /// Asks, again for as long as a stall may last when the error is one that passes. Nothing is in
    /// flight meanwhile.
    pub(super) fn insist<T>(
        &mut self,
        mut ask: impl FnMut(&mut Self) -> Result<T, TransferError>,
    ) -> Result<T, Fault> {
        let began = Instant::now();
        loop {
            let error = match ask(self) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if let Some(lost) = self.lost_target() {
                return Err(lost.into());
            }
            let is_over = !error.is_retriable() || began.elapsed() >= self.patience.stall;
            if is_over || !self.patience.cancel.sleep(self.timing.pause) {
                return Err(error.into());
            }
            // Another broker may coordinate by now; one that does not answer is asked again.
            let _ = self.store.locate(self.cluster);
        }
    }

    /// The sum of the targets' end offsets.
    pub(super) fn ends(&mut self) -> Result<i64, Fault> {
        let targets = self.plan.targets();
        self.insist(|run| run.cluster.ends(&targets))
    }

    /// The checkpoints that are not stored yet.
    fn news(&self, source: &dyn TransferSource, ends: Option<i64>) -> Checkpoints {
        let mut news = Checkpoints::new();
        for (at, next) in source.positions() {
            if !self.is_ours(&at) {
                continue;
            }
            let ranges = self.plan.ranges.iter().enumerate();
            let found = ranges.into_iter().find(|(_, range)| range.at() == at);
            let Some((index, range)) = found else {
                continue;
            };
            let next = match self.lowest.get(&index) {
                Some(low) => next.min(*low),
                // Behind a limit there is nothing more to do.
                None if self.intake.is_full() => range.end,
                None => next,
            };
            let stored = self.stored.get(&at);
            let held = self.holds(index, &at);
            if stored.is_some_and(|stored| stored.next >= next && stored.metadata.held == held) {
                continue;
            }
            let next = stored.map_or(next, |stored| stored.next.max(next));
            let since = &self.intake.since_checkpoint;
            let before = stored.map_or((0, 0), |stored| {
                (stored.metadata.sent, stored.metadata.failed)
            });
            let sent = before.0 + since.sent_before(index, next);
            let mut metadata = self.plan.checkpoint_metadata(range, sent, ends);
            metadata.held = held;
            metadata.failed = before.1 + since.failed_before(index, next);
            news.insert(at, Checkpoint { next, metadata });
        }
        news
    }

    /// Stores how far everything has come, which is acknowledged.
    fn store(&mut self, source: &dyn TransferSource) -> Result<(), Fault> {
        let location = self.plan.checkpoint_location;
        if location == CheckpointLocation::Nowhere {
            return self.commit(None);
        }
        let ends = if self.is_transactional() {
            None
        } else {
            let ends = self.ends()?;
            let duplicates = &mut self.ownership.duplicates;
            duplicates.observe(ends, self.intake.tally.sent);
            // What is written again by the run that resumes may be there twice.
            Some(ends.saturating_sub_unsigned(self.behind))
        };
        self.insist(Self::check_owner)?;
        let mut news = self.news(source, ends);
        let answer = ANSWER.min(self.patience.stall);
        let owner = match &self.ownership.owner {
            Some(owner) if self.is_last_checkpoint => Some(owner.ended(self.behind)),
            owner => owner.clone(),
        };
        if !news.is_empty() || self.is_last_checkpoint {
            sign(&mut news, &self.stored, owner.as_ref());
        }
        if news.is_empty() {
            return self.commit(None);
        }
        if location == CheckpointLocation::Topic {
            self.store_as_records(&news)?;
        } else if self.is_transactional() {
            let guard = &mut self.intake.guard;
            guard.begin()?;
            let fence = match &self.membership {
                Some(membership) => membership.fence(),
                None => GroupFence::outside(&self.plan.group()),
            };
            guard.send_offsets(&fence, &commits_of(&news), answer)?;
        } else if self.membership.is_some() {
            self.insist(|run| match &mut run.membership {
                Some(membership) => Ok(membership.commit(&news, answer)?),
                None => Ok(()),
            })?;
        } else {
            self.insist(|run| {
                let guard = &mut run.intake.guard;
                guard.write_checkpoints(run.store, run.cluster, &news)
            })?;
        }
        self.commit(Some(news))
    }

    /// Writes checkpoints as records, of the same transaction where there is one.
    pub(super) fn store_as_records(&mut self, news: &Checkpoints) -> Result<(), Fault> {
        self.intake.guard.begin()?;
        let index = self.plan.targets().len();
        for (key, value) in records_of(&self.plan.id, news) {
            let record = checkpoint_record(&key, Some(&value));
            self.intake.guard.send_checkpoint(index, &record);
        }
        self.settle()
    }

    /// Commits the open transaction; then the news are stored.
    fn commit(&mut self, news: Option<Checkpoints>) -> Result<(), Fault> {
        if self.intake.guard.open().is_some() {
            self.committing.clone_from(&news);
            self.intake.guard.commit(ANSWER.min(self.patience.stall))?;
            self.committing = None;
            // Not so a checkpoint with nothing to store.
            self.troubles = Troubles::default();
        }
        self.stored.extend(news.into_iter().flatten());
        Ok(())
    }

    /// Some records were not acknowledged: stores how far each range has come before its first of
    /// them. The fault says why it was not.
    pub(super) fn salvage(&mut self, source: &dyn TransferSource) -> Fault {
        let patience = DOUBT.min(self.patience.stall);
        let leave = self.patience.leave();
        let is_settled = self.intake.guard.settle(patience, &leave);
        let error = self.broken();
        if !is_settled || self.lost_target().is_some() {
            return error.into();
        }
        let losses = &self.intake.guard.losses;
        let (records, bytes) = (losses.records, losses.bytes);
        let (lowest, may_be_written) = (losses.lowest(), losses.may_be_written);
        let handed = self.intake.tally.sent - self.safe.sent;
        let grown = self.grown().map_or(handed, |grown| grown.min(handed));
        let tally = &mut self.intake.tally;
        tally.sent = tally.sent.saturating_sub(records);
        tally.bytes = tally.bytes.saturating_sub(bytes);
        let written = tally.sent - self.safe.sent;
        let stored = self.covered(&lowest, source);
        // A record that was refused may be there all the same, when the answer was not the broker's.
        self.behind = (written + may_be_written).max(grown) - stored.min(written);
        self.lowest = lowest;
        // The checkpoint has losses of its own: those of the records stay out of it.
        let losses = self.intake.guard.take_losses();
        let outcome = match self.renew() {
            Ok(()) => self.store(source),
            Err(error) => Err(error.into()),
        };
        if outcome.is_ok() {
            self.safe = self.intake.tally.clone();
        } else {
            // Then these count as what was written since the last checkpoint.
            self.behind = self.behind.saturating_sub(written.saturating_sub(stored));
        }
        self.intake.guard.losses = losses;
        error.into()
    }

    /// Records written since the last checkpoint that a checkpoint at `lowest` covers.
    fn covered(&self, lowest: &BTreeMap<usize, i64>, source: &dyn TransferSource) -> u64 {
        let positions = source.positions();
        let each = positions.iter().filter_map(|(at, next)| {
            let range = self
                .plan
                .ranges
                .iter()
                .position(|range| range.at() == *at)?;
            let next = lowest.get(&range).map_or(*next, |lowest| *lowest.min(next));
            Some(self.intake.since_checkpoint.sent_before(range, next))
        });
        each.sum()
    }

    /// A producer that was refused a record writes no checkpoint any more.
    fn renew(&mut self) -> Result<(), TransferError> {
        if self.plan.checkpoint_location == CheckpointLocation::Topic {
            self.any_acknowledged |= self.intake.guard.acknowledged() > 0;
            let delivery = self.intake.guard.renewed()?;
            self.intake.guard.replace(delivery);
        }
        Ok(())
    }

    /// Why nothing more can be sent.
    pub(super) fn broken(&mut self) -> TransferError {
        let guard = &self.intake.guard;
        let is_cancelled = self.patience.cancel.is_raised();
        let in_doubt = guard.is_stalled()
            || guard
                .first_loss()
                .is_some_and(|loss| loss.code.is_missing());
        if in_doubt
            && !is_cancelled
            && let Some(lost) = self.lost_target()
        {
            return lost;
        }
        let guard = &self.intake.guard;
        self.any_acknowledged |= guard.acknowledged() > 0;
        let fenced = guard.first_loss().map(|loss| loss.code);
        let fenced = fenced.filter(|code| code.is_fenced());
        if let Some(code) = fenced.or_else(|| guard.fenced()) {
            return TransferError::Fenced(code);
        }
        if let Some(loss) = guard.first_loss()
            && !is_cancelled
        {
            return TransferError::Undelivered(Box::new(Undelivered {
                range: self.plan.ranges.get(loss.origin.range).cloned(),
                offset: loss.origin.offset,
                is_from_files: self.plan.files,
                code: loss.code,
                target: loss.target.clone(),
            }));
        }
        if let Err(error) = guard.check() {
            return TransferError::Producer(error);
        }
        let complaint = guard.complaint();
        if is_cancelled {
            TransferError::NotSettled { complaint }
        } else {
            let after = self.patience.stall;
            TransferError::Stalled { after, complaint }
        }
    }

    /// Makes sure that the last commit has reached every partition.
    ///
    /// # Errors
    /// It has not, or nobody tells.
    pub(super) fn confirm(&mut self) -> Result<(), Fault> {
        let Some(id) = self.intake.guard.transactional_id().map(str::to_owned) else {
            return Ok(());
        };
        self.insist(|run| {
            let ending = finish(run.cluster, run.plan, &id, run.permit);
            match ending {
                Ok(Ending::UnderWay) => Err(TransferError::NotCommitted),
                Ok(_) => Ok(()),
                Err(error) => Err(error),
            }
            .map_err(|error| TransferError::Unconfirmed(Box::new(error)))
        })
    }
}

impl Patience {
    /// Whether a signal came so long ago that nothing is waited for any more.
    fn leave(&self) -> impl Fn() -> bool + use<> {
        let cancel = self.cancel.clone();
        move || {
            cancel
                .since()
                .is_some_and(|since| since > shutdown_deadline::SETTLE)
        }
    }
}
