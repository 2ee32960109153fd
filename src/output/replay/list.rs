//! Replays as far as they are known.

use std::collections::BTreeSet;

use crate::{
    codec::text::counted,
    event::Timestamp,
    output::report::{Cell, Report, row},
    replay::{Checkpoints, Plan, records_written},
};

/// A replay as far as it is known from here.
pub struct KnownReplay {
    /// Its name.
    pub id: String,
    /// Its plan, on the machine that began it.
    pub plan: Option<Plan>,
    /// The arguments of the command, on the machine that began it.
    pub typed: Option<String>,
    /// How far it has come; empty when that is not known.
    pub checkpoints: Checkpoints,
    /// Whether the group has members, or a process of this machine runs it.
    pub runs: bool,
}

impl KnownReplay {
    /// Records that could not be written.
    fn failed(&self) -> u64 {
        self.checkpoints
            .values()
            .map(|one| one.metadata.failed)
            .sum()
    }

    /// In words: `stopped`, `done, 3 failed`.
    #[must_use]
    pub fn state(&self) -> String {
        match self.failed() {
            0 => self.stage().to_owned(),
            failed => format!("{}, {failed} failed", self.stage()),
        }
    }

    fn stage(&self) -> &'static str {
        let ends = self
            .checkpoints
            .values()
            .all(|one| one.next >= one.metadata.end);
        match &self.plan {
            _ if self.runs => "running",
            Some(plan) if !self.checkpoints.is_empty() && plan.is_done(&self.checkpoints) => "done",
            None if !self.checkpoints.is_empty() && ends => "done",
            _ if self.checkpoints.is_empty() => "unknown",
            _ => "stopped",
        }
    }
}

/// Offsets that were passed, and all there are; `None` without checkpoints.
#[must_use]
pub fn passed(checkpoints: &Checkpoints) -> Option<(i64, i64)> {
    if checkpoints.is_empty() {
        return None;
    }
    let each = checkpoints.values();
    Some(each.fold((0, 0), |(done, all), one| {
        (
            done + one.next.min(one.metadata.end) - one.metadata.start,
            all + one.metadata.end - one.metadata.start,
        )
    }))
}

row! {
    /// A replay of a listing.
    pub struct ListedReplay {
        id: String => whole,
        state: String,
        sources: Vec<String> => if_room,
        /// `None` when the plan is not known.
        targets: Option<Vec<String>> => if_room,
        begun: Option<Timestamp> => if_room,
        passed: Cell,
        produced: Option<u64> => if_room,
    }
}

/// The result of `replay list`.
#[must_use]
pub fn replay_list(replays: &[KnownReplay]) -> Report {
    Report::of("evctl.replay-list/1", "replays", replays.iter().map(listed))
}

fn listed(known: &KnownReplay) -> ListedReplay {
    let ranges = known.checkpoints.keys().map(|at| at.topic.to_string());
    let planned = known.plan.iter().flat_map(|plan| &plan.ranges);
    let sources: BTreeSet<String> = planned
        .map(|range| range.topic.to_string())
        .chain(ranges)
        .collect();
    let targets = known.plan.iter().flat_map(Plan::targets);
    let targets: Vec<String> = targets.map(|(name, _)| name.to_string()).collect();
    let begun = known.plan.as_ref().map(|plan| plan.begun);
    let begun = begun.or_else(|| Some(known.checkpoints.values().next()?.metadata.begun));
    let is_known = !known.checkpoints.is_empty();
    ListedReplay {
        id: known.id.clone(),
        state: known.state(),
        sources: sources.into_iter().collect(),
        targets: (!targets.is_empty()).then_some(targets),
        begun: begun.map(Timestamp),
        passed: percent(passed(&known.checkpoints)),
        produced: is_known.then(|| records_written(&known.checkpoints)),
    }
}

row! {
    /// How far a partition has come.
    pub struct ReplayedPartition {
        topic: String,
        partition: i32,
        start: i64,
        next: i64,
        end: i64,
        passed: Cell,
        produced: u64,
    }
}

/// The result of `replay status`.
#[must_use]
pub fn replay_status(known: &KnownReplay) -> Report {
    let partitions = known.checkpoints.iter().map(|(at, checkpoint)| {
        let metadata = &checkpoint.metadata;
        ReplayedPartition {
            topic: at.topic.to_string(),
            partition: at.partition,
            start: metadata.start,
            next: checkpoint.next,
            end: metadata.end,
            passed: percent(Some((
                checkpoint.next.min(metadata.end) - metadata.start,
                metadata.end - metadata.start,
            ))),
            produced: metadata.sent,
        }
    });
    let plan = known.plan.as_ref();
    let time = |ms: Option<i64>| ms.map(Timestamp);
    Report::of("evctl.replay-status/1", "partitions", partitions)
        .with("routes", plan.map(routes))
        .with("from", time(plan.and_then(|plan| plan.from_ms)))
        .with("to", time(plan.and_then(|plan| plan.to_ms)))
        .with("typed", known.typed.clone())
        .with("id", known.id.as_str())
        .with("state", known.state())
        .with("plan_sha", plan.map(|plan| plan.hash.clone()))
        .with("produced", records_written(&known.checkpoints))
        .with("begun", time(plan.map(|plan| plan.begun)))
}

/// What is said of a replay before its partitions are shown.
#[must_use]
pub fn status_notes(known: &KnownReplay) -> Vec<String> {
    let mut notes = vec![format!(
        "replay {} is {}: {} written",
        known.id,
        known.state(),
        counted(records_written(&known.checkpoints), "record")
    )];
    if let Some(plan) = &known.plan {
        notes.push(routes(plan).join(", "));
        notes.push(super::window(plan.from_ms, plan.to_ms));
    }
    notes.extend(known.typed.clone());
    notes
}

fn routes(plan: &Plan) -> Vec<String> {
    let each = plan.routes.iter();
    each.map(|route| format!("{} -> {}", route.source, route.target))
        .collect()
}

/// An estimate until the end: not every offset is a record.
fn percent(passed: Option<(i64, i64)>) -> Cell {
    match passed {
        None => Cell::Unknown,
        Some((done, all)) if done >= all => Cell::Text("100%".to_owned()),
        Some((done, all)) => {
            let percent = Cell::Text(format!("{}%", done.saturating_mul(100) / all));
            Cell::About(Box::new(percent))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_offsets_is_an_estimate_and_all_of_them_are_not() {
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_eq!(percent(None), Cell::Unknown);
        for (done, all, estimate) in [(0, 3, "0%"), (1, 3, "33%"), (299, 300, "99%")] {
            let estimate = Cell::About(Box::new(text(estimate)));
            assert_eq!(percent(Some((done, all))), estimate);
        }
        assert_eq!(percent(Some((3, 3))), text("100%"));
        assert_eq!(percent(Some((0, 0))), text("100%"));
    }
}
