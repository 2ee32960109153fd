//! The loop: records go from a source to a delivery, and at each checkpoint it is stored how far they
//! have come.
//!
//! A checkpoint is a barrier: nothing more is taken until everything is acknowledged. So no record
//! needs a book of its own, and what is stored is never ahead of what was written.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{
    CheckpointStore, Decide, Delivery, Intake, Membership, OpenSource, Tally, TargetCluster,
    TransferSource,
    delivery_guard::{DeliveryGuard, Patience},
    hanging_transactions::TAKE_OVER,
    ownership::{Claimed, Ownership},
    recovery::{Trouble, Troubles},
    shutdown_deadline,
    suspension::Suspension,
    timing::Timing,
};
use crate::{
    kafka::write::{Log, TransactionError},
    pipeline::{Cancel, Ended, Fault, Gap, Permit, Step, Watch},
    replay::{CheckpointLocation, Checkpoints, DuplicateBound, Plan},
};

/// How long an abort may take.
const ABORT: Duration = Duration::from_millis(1_500);
const TICK: Duration = Duration::from_millis(20);

/// Looks on while records move.
pub trait TransferWatch: Watch {
    /// A fault passes: the transfer resumes from the last commit.
    fn recovering(&mut self, _fault: &Fault) {}

    /// The paths that are redacted in the records of a source that nobody could look at before.
    fn redacted(&mut self, _paths: &[String]) {}
}

/// Nobody looks on.
impl TransferWatch for () {}

/// What a transfer is made of.
pub struct TransferParts<'t, C> {
    /// What is replayed.
    pub plan: &'t Plan,
    /// What becomes of each record.
    pub decide: &'t mut dyn Decide,
    /// Writes the records. Its topics are the plan's targets, in their order; then the topic of
    /// checkpoints, where there is one.
    pub delivery: Box<dyn Delivery>,
    /// The cluster that is written to.
    pub cluster: &'t mut C,
    /// Stores the checkpoints.
    pub store: &'t mut dyn CheckpointStore<C>,
    /// What the run resumes from.
    pub claimed: Claimed,
    /// The membership of the group that divides the work; `None` for a run alone.
    pub membership: Option<Membership>,
    /// Looks on.
    pub watch: &'t mut dyn TransferWatch,
    /// Asks the run to stop.
    pub cancel: Cancel,
    /// Allows writing.
    pub permit: Permit,
    /// How long nothing may be acknowledged.
    pub stall: Duration,
    /// When the process was suspended last.
    pub suspension: Suspension,
    /// How often checkpoints are stored, and how long is waited.
    pub timing: Timing,
    /// The time, in milliseconds since 1970.
    pub now: i64,
}

/// A transfer under way.
pub struct Transfer<'t, C> {
    pub(super) plan: &'t Plan,
    pub(super) intake: Intake<'t>,
    pub(super) cluster: &'t mut C,
    pub(super) store: &'t mut dyn CheckpointStore<C>,
    pub(super) watch: &'t mut dyn TransferWatch,
    pub(super) patience: Patience,
    pub(super) timing: Timing,
    pub(super) permit: Permit,
    pub(super) membership: Option<Membership>,
    pub(super) ownership: Ownership,
    /// The checkpoints that are stored.
    pub(super) stored: Checkpoints,
    /// What was true when they were.
    pub(super) safe: Tally,
    pub(super) stored_at: Instant,
    /// The checkpoints in a commit that was not answered yet.
    pub(super) committing: Option<Checkpoints>,
    pub(super) troubles: Troubles,
    /// When the targets were looked for last.
    pub(super) looked_at: Option<Instant>,
    /// Whether a checkpoint failed half-way: what is at hand cannot be stored any more.
    pub(super) is_torn: bool,
    /// Whether nothing more is written: the signature of the last checkpoint says so.
    pub(super) is_last_checkpoint: bool,
    /// Where the ranges were stopped by records that were not acknowledged.
    pub(super) lowest: BTreeMap<usize, i64>,
    /// Records at most that were written beyond the checkpoints, and are written again by the run
    /// that resumes.
    pub(super) behind: u64,
    /// Whether anything was acknowledged when the run broke.
    pub(super) any_acknowledged: bool,
    gaps: Vec<Gap>,
}

/// What a transfer has come to.
#[derive(Debug)]
pub struct Outcome {
    /// What became of the records up to the last checkpoint.
    pub tally: Tally,
    /// Records that were handed to the delivery, also beyond the last checkpoint.
    pub sent: u64,
    /// The checkpoints that are stored.
    pub checkpoints: Checkpoints,
    /// What was selected and could not be read.
    pub gaps: Vec<Gap>,
    /// Records at most that this run wrote beyond the checkpoints, and the run that resumes writes
    /// again; without those since the last checkpoint.
    pub behind: u64,
    /// Whether another run owns the checkpoints now.
    pub is_replaced: bool,
    /// Records that an earlier run may have written, too.
    pub duplicates: DuplicateBound,
    /// Whether any record was acknowledged.
    pub any_acknowledged: bool,
    /// librdkafka's log.
    pub log: Vec<Log>,
}

impl<'t, C: TargetCluster> Transfer<'t, C> {
    /// A transfer that resumes from what was claimed.
    pub fn new(parts: TransferParts<'t, C>) -> Self {
        let plan = parts.plan;
        let partitions: Vec<i32> = plan.targets().iter().map(|(_, count)| *count).collect();
        let patience = Patience {
            stall: parts.stall,
            suspension: parts.suspension,
            cancel: parts.cancel,
        };
        let guard = DeliveryGuard::new(parts.delivery, &partitions, patience.clone(), parts.now);
        let cancel = patience.cancel.clone();
        Self {
            plan,
            intake: Intake::new(parts.decide, guard, &plan.ranges, cancel),
            cluster: parts.cluster,
            store: parts.store,
            watch: parts.watch,
            patience,
            timing: parts.timing,
            permit: parts.permit,
            membership: parts.membership,
            ownership: Ownership {
                owner: parts.claimed.owner,
                is_replaced: false,
                duplicates: parts.claimed.duplicates,
            },
            stored: parts.claimed.checkpoints,
            safe: Tally::default(),
            stored_at: Instant::now(),
            committing: None,
            troubles: Troubles::default(),
            looked_at: None,
            is_torn: false,
            is_last_checkpoint: false,
            lowest: BTreeMap::new(),
            behind: 0,
            any_acknowledged: false,
            gaps: Vec::new(),
        }
    }

    /// Moves the records of `source` until the end, a limit, a signal, or a fault that does not pass.
    /// The checkpoints in the outcome are right in any case, and the next run resumes from them.
    pub fn run(mut self, source: &mut dyn OpenSource) -> (Result<Ended, Fault>, Outcome) {
        let ended = self.drive(source);
        if let Some(membership) = self.membership.take() {
            membership.leave(TAKE_OVER);
        }
        let guard = &mut self.intake.guard;
        let outcome = Outcome {
            any_acknowledged: self.any_acknowledged || guard.acknowledged() > 0,
            log: std::mem::take(&mut guard.losses.log),
            sent: self.intake.tally.sent,
            tally: self.safe,
            checkpoints: self.stored,
            gaps: self.gaps,
            behind: self.behind,
            is_replaced: self.ownership.is_replaced,
            duplicates: self.ownership.duplicates,
        };
        (ended, outcome)
    }

    /// Opens the source, again after each fault that passes.
    fn drive(&mut self, opener: &mut dyn OpenSource) -> Result<Ended, Fault> {
        loop {
            self.is_torn = false;
            let looks_back = self.intake.looks_back();
            let mut source = opener.open(self.plan, &self.stored, looks_back)?;
            if self.plan.checkpoint_location == CheckpointLocation::Nowhere {
                // The plan could not look at what comes over standard input.
                self.watch.redacted(source.redacted());
            }
            self.add_own_partitions(&mut *source);
            let ended = self.pump(&mut *source);
            let opened = self.intake.guard.open().map(|open| open.since);
            let open = opened.map(|since| since.elapsed());
            let ended = self.conclude(&mut *source, ended);
            let mut trouble = match &ended {
                Err(fault) => self.trouble(fault, open),
                Ok(_) => None,
            };
            if (ended.is_err() || self.intake.guard.open().is_some())
                && !self.give_up()
                && trouble == Some(Trouble::Aborted)
            {
                // It is not known what became of the transaction: another producer makes it sure.
                trouble = Some(Trouble::Silence);
            }
            self.gaps.extend(source.gaps());
            drop(source);
            match (ended, trouble) {
                (Err(fault), Some(trouble)) => self.recover(fault, trouble, opened)?,
                (Ok(ended @ (Ended::End | Ended::Stopped)), _) => {
                    return self.confirm().map(|()| ended);
                }
                (ended, _) => return ended,
            }
        }
    }

    /// Moves records from an open source.
    fn pump(&mut self, source: &mut dyn TransferSource) -> Result<Ended, Fault> {
        loop {
            if self.patience.cancel.is_raised() {
                return Ok(Ended::Cancelled);
            }
            self.take_turn_as_member(source)?;
            let step = source.step(&mut self.intake, TICK)?;
            self.intake.guard.poll(Duration::ZERO);
            self.watch.progress(self.intake.progress(source.progress()));
            if self.intake.guard.is_broken() {
                return Err(self.broken().into());
            }
            match step {
                Step::Done if self.membership.is_none() => return Ok(Ended::End),
                Step::Done => {
                    self.checkpoint(source)?;
                    if self.all_members_are_done()? {
                        return Ok(Ended::End);
                    }
                }
                Step::Stopped if self.intake.is_full() => return Ok(Ended::Stopped),
                Step::Held => self.intake.wait_for_turn(),
                Step::Stopped | Step::Moved | Step::Quiet => {}
            }
            if self.is_checkpoint_due() {
                self.checkpoint(source)?;
            }
        }
    }

    /// Stores what can be stored at the end.
    fn conclude(
        &mut self,
        source: &mut dyn TransferSource,
        ended: Result<Ended, Fault>,
    ) -> Result<Ended, Fault> {
        let is_plain = !self.is_transactional();
        let guard = &self.intake.guard;
        let is_refused = guard.losses.count > 0 && !guard.is_stalled();
        self.is_last_checkpoint = true;
        match ended {
            Err(_) if is_refused && is_plain => Err(self.salvage(source)),
            Err(fault) if self.is_torn || guard.is_broken() || fault.is::<TransactionError>() => {
                Err(fault)
            }
            ended => match self.checkpoint(source) {
                Ok(()) => ended,
                Err(_) if self.intake.guard.losses.count > 0 && is_plain => {
                    Err(self.salvage(source))
                }
                Err(fault) => ended.and(Err(fault)),
            },
        }
    }

    /// Gives up what was not acknowledged, and aborts the transaction that is open; whether it is
    /// known to be aborted.
    pub(super) fn give_up(&mut self) -> bool {
        let since = self.patience.cancel.since();
        let left = since.map_or(ABORT, |since| {
            shutdown_deadline::ABORT.saturating_sub(since)
        });
        self.intake.guard.give_up(left.max(TICK))
    }

    pub(super) fn is_transactional(&self) -> bool {
        self.intake.guard.is_transactional()
    }
}
