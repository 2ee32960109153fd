//! Going on after troubles that pass: a cluster that was away, a transaction that had to be aborted.
//!
//! With transactions a run can always begin again from what was committed. Without, a record that
//! was given up may have been written: so nothing is given up that may still be acknowledged, and
//! the run waits instead.

use std::time::{Duration, Instant};

use super::{
    hanging::{finish, take_over},
    keeper,
    run::Run,
};
use crate::{
    codec::shell::CommandLine,
    event::TopicPartition,
    exit::Exit,
    failure::Failure,
    kafka::{
        property,
        wire::TopicMetadata,
        write::{Code, Producer, TransactionError, Transactional},
    },
    pipeline::Fault,
    replay::{CheckpointLocation, Checkpoints},
};

/// How long is waited between two attempts that write nothing, and before the first that does.
const PAUSE: Duration = Duration::from_millis(200);
/// How long is waited at most between two attempts that write the same records again.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// How often it is looked whether the targets are still there.
const LOOK: Duration = Duration::from_millis(900);
/// `transaction.timeout.ms`, when nothing else was asked for.
const TRANSACTION: Duration = Duration::from_secs(10);

/// Troubles that pass.
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

/// Troubles since something was kept.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Troubles {
    count: u32,
    /// Since when nothing was kept.
    since: Option<Instant>,
}

impl Troubles {
    /// Counts one more; when the first of them began, which is `since` for the first, and how long
    /// to wait before the next attempt.
    fn add(&mut self, since: Instant) -> (Instant, Duration) {
        let pause = PAUSE.saturating_mul(1 << self.count.min(8));
        self.count += 1;
        (*self.since.get_or_insert(since), pause.min(LONGEST_PAUSE))
    }
}

impl Run<'_> {
    /// Makes everything ready to go on from what was committed; `opened` tells since when the
    /// transaction was open.
    ///
    /// # Errors
    /// The fault, when the cluster stays away, or when another process has gone on meanwhile; or
    /// what else stands in the way.
    pub(super) fn recover(
        &mut self,
        fault: Fault,
        trouble: Trouble,
        opened: Option<Instant>,
    ) -> Result<(), Fault> {
        let since = match trouble {
            Trouble::Silence => self.kept_at,
            Trouble::Aborted => opened.unwrap_or_else(Instant::now),
            // The transaction may have been open for long because nobody could go on with it.
            Trouble::Unusable => Instant::now(),
        };
        let (since, pause) = self.troubles.add(since);
        let waits = |run: &Self, pause: Duration| {
            let left = run.stall.saturating_sub(run.suspension.silence(since));
            !left.is_zero() && run.context.cancel.sleep(pause.min(left))
        };
        if !waits(self, pause) {
            return Err(fault);
        }
        self.context
            .ui
            .note(format_args!("{fault}; going on from what was committed"));
        loop {
            match self.begin_again(trouble) {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(fault),
                Err(failure) if failure.exit != Exit::Unreachable => return Err(failure.into()),
                Err(_) if waits(self, PAUSE) => {}
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    /// Whether a fault is one that passes; `open` tells how long the last transaction was open.
    pub(super) fn trouble(&self, fault: &Fault, open: Option<Duration>) -> Option<Trouble> {
        let over = self.forward.stalled || self.context.cancel.is_raised();
        if !self.transactional || over || self.forward.looks_back() {
            return None;
        }
        let late = open.is_some_and(|open| open >= self.longest_transaction());
        let fenced = late.then_some(Trouble::Unusable);
        if self.forward.producer.fenced().is_some() {
            return fenced;
        }
        if let Some((_, _, code, _)) = &self.forward.losses.first {
            return of_code(*code, fenced);
        }
        if let Err(error) = self.forward.producer.check() {
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

    fn longest_transaction(&self) -> Duration {
        let settings = self.asking.settings();
        let name = property::canonical("transaction.timeout.ms");
        let given = (settings.properties.iter())
            .find(|(given, _)| property::canonical(given) == name)
            .and_then(|(_, ms)| ms.parse().ok());
        given.map_or(TRANSACTION, Duration::from_millis)
    }

    /// Counts and reads from what was committed again; false when another process has gone on with
    /// it meanwhile.
    fn begin_again(&mut self, trouble: Trouble) -> Result<bool, Failure> {
        self.asking.refresh_brokers()?;
        if let Some(missing) = self.lost_target() {
            return Err(missing);
        }
        self.find_coordinator()?;
        if let Some(Transactional { id, .. }) = &self.options.transactional {
            // Else what is kept cannot be read, or not all of it.
            finish(self.asking, self.plan, id, self.permit)?;
        }
        let kept = self.read()?;
        let committed = self.committing.as_ref().is_some_and(|news| {
            !news.is_empty()
                && news
                    .iter()
                    .all(|(at, checkpoint)| kept.get(at) == Some(checkpoint))
        });
        if committed {
            // Only the answer was lost.
            self.progress
                .extend(self.committing.take().into_iter().flatten());
            self.safe = self.forward.tally.clone();
            self.troubles = Troubles::default();
        }
        if trouble == Trouble::Unusable && self.member.is_none() && kept != self.progress {
            return Ok(false);
        }
        if trouble != Trouble::Aborted {
            let settings = self.asking.settings();
            let mut producer = Producer::new(settings, &self.options, self.permit)?;
            if let Some(Transactional { id, .. }) = &self.options.transactional {
                take_over(&mut producer, id, self.asking, self.plan, self.permit)?;
            }
            self.forward.go_on_with(producer);
        }
        // What came after the last commit is read and counted again.
        self.forward.rewind(self.safe.clone());
        self.committing = None;
        self.progress = self.read()?;
        Ok(true)
    }

    fn read(&mut self) -> Result<Checkpoints, Failure> {
        let (location, cancel) = (self.plan.checkpoint_location, &self.context.cancel);
        keeper::read(
            self.asking,
            location,
            &self.plan.id,
            self.coordinator,
            cancel,
        )
    }

    /// Reads what is kept, again for as long as a stall may last when nobody answers.
    pub(super) fn read_patiently(&mut self) -> Result<Checkpoints, Failure> {
        let began = Instant::now();
        loop {
            match self.read() {
                Err(failure)
                    if failure.exit == Exit::Unreachable
                        && began.elapsed() < self.stall
                        && self.context.cancel.sleep(PAUSE) =>
                {
                    // Another broker may coordinate by now.
                    let _ = self.find_coordinator();
                }
                outcome => return outcome,
            }
        }
    }

    /// Looks who coordinates the group that keeps the progress.
    pub(super) fn find_coordinator(&mut self) -> Result<(), Failure> {
        if self.plan.checkpoint_location == CheckpointLocation::Group {
            self.asking.refresh_brokers()?;
            let group = self.plan.group();
            self.coordinator = Some(self.asking.find_coordinator(&group, self.permit)?);
        }
        Ok(())
    }

    /// A target that is not there any more, or is another topic of the same name: what was written
    /// is gone with the first. `None` also when nobody can tell, or has just been asked.
    pub(super) fn lost_target(&mut self) -> Option<Failure> {
        if (self.looked_at).is_some_and(|looked| looked.elapsed() < LOOK) {
            return None;
        }
        self.look_for_targets()
    }

    /// [`Run::lost_target`], asked now.
    pub(super) fn look_for_targets(&mut self) -> Option<Failure> {
        let targets = self.plan.targets();
        let names: Vec<&str> = targets.iter().map(|(name, _)| &**name).collect();
        let found = self.asking.metadata_now(&names);
        self.looked_at = Some(Instant::now());
        let found = found.ok()?;
        let (topic, lost) = found
            .iter()
            .find_map(|topic| Some((topic, lost_topic(topic)?)))?;
        if lost.exit != Exit::NotFound {
            return Some(lost);
        }
        let count = targets.iter().find(|(target, _)| *target == topic.name);
        let count = count.map_or(1, |(_, count)| *count);
        let line = CommandLine::evctl("topics create").operand(&*topic.name);
        let line = line.and(&format!("-p {count}"));
        Some(lost.hint(format!("{line} makes it again")))
    }

    /// Whether `at` is read by us now.
    pub(super) fn is_ours(&self, at: &TopicPartition) -> bool {
        self.member.is_none() || self.ours.contains(at)
    }
}

/// A topic that is not there any more, or is another topic of the same name.
pub(super) fn lost_topic(topic: &TopicMetadata) -> Option<Failure> {
    let cause = topic.error.as_ref()?;
    if cause.is_recreated() {
        return Some(Failure::recreated(cause));
    }
    let message = format!("topic {:?} does not exist any more", topic.name);
    cause.is_not_found().then(|| Failure {
        stale: true,
        ..Failure::new(Exit::NotFound, message)
    })
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
            assert_eq!(troubles.add(later), (began, pause), "{count}");
        }
        troubles.count = u32::MAX - 1;
        assert_eq!(troubles.add(began), (began, LONGEST_PAUSE));
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
