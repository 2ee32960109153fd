//! What will be moved, and what will be read again for it.

use std::collections::{BTreeMap, BTreeSet};

use super::{apply::Outcome, goals::Goals};
use crate::{
    cmd::groups::{commits::Known, places::Trouble, undo::Undo},
    event::{Timestamp, TopicPartition},
    exit::Exit,
    failure::Failure,
    offsets::Move,
    output::report::{Cell, Column, Report, ReportFormat, duration},
    ui::counted,
};

/// The first and the last timestamp (ms) of what lies between two places.
pub(super) type Times = (i64, i64);

/// All partitions with their moves.
pub(super) struct Plan {
    pub(super) group: String,
    rows: Vec<Row>,
}

struct Row {
    at: TopicPartition,
    leader: Option<i32>,
    moved: Result<Move, Trouble>,
    times: Option<Times>,
}

impl Plan {
    pub(super) fn new(group: &str, goals: Goals, stored: &Known) -> Self {
        let rows = goals.into_iter().map(|(at, goal)| {
            let leader = goal.as_ref().ok().map(|(_, place)| place.leader);
            let moved = goal.and_then(|(goal, place)| {
                goal.reach(at.clone(), stored.get(&at).cloned(), place.bounds)
                    .map_err(|unmoved| Trouble {
                        exit: Exit::NotFound,
                        text: unmoved.to_string(),
                    })
            });
            Row {
                at,
                leader,
                moved,
                times: None,
            }
        });
        Self {
            group: group.to_owned(),
            rows: rows.collect(),
        }
    }

    /// Refuses when nothing is known of any partition.
    ///
    /// # Errors
    /// The worst of what stands in the way.
    pub(super) fn refuse_nothing(&self) -> Result<(), Failure> {
        if self.moves().next().is_some() {
            return Ok(());
        }
        let troubles = self.rows.iter().filter_map(|row| {
            let trouble = row.moved.as_ref().err()?;
            Some((&row.at, trouble))
        });
        match troubles.min_by_key(|(_, trouble)| trouble.exit) {
            None => Err(Failure::new(Exit::NotFound, "there is nothing to move")),
            Some((at, trouble)) => {
                let message = format!("group {:?} cannot be moved", self.group);
                Err(Failure::new(trouble.exit, message).cause(format!("{at}: {}", trouble.text)))
            }
        }
    }

    fn moves(&self) -> impl Iterator<Item = &Move> {
        self.rows.iter().filter_map(|row| row.moved.as_ref().ok())
    }

    /// The partitions whose offset will be another one.
    pub(super) fn changes(&self) -> impl Iterator<Item = &Move> {
        self.moves().filter(|moved| moved.is_change())
    }

    /// Whether there are partitions that cannot be moved.
    pub(super) fn is_troubled(&self) -> bool {
        self.rows.iter().any(|row| row.moved.is_err())
    }

    /// The broker that leads a partition.
    pub(super) fn leader(&self, at: &TopicPartition) -> Option<i32> {
        let row = self.rows.iter().find(|row| row.at == *at);
        row.and_then(|row| row.leader)
    }

    /// Takes over what was found about timestamps.
    pub(super) fn learn(&mut self, times: &BTreeMap<TopicPartition, Times>) {
        for row in &mut self.rows {
            row.times = times.get(&row.at).copied();
        }
    }

    /// One line about all of it.
    pub(super) fn heading(&self) -> String {
        let topics: BTreeSet<&str> = self.changes().map(|moved| &*moved.at.topic).collect();
        let mut text = match self.changes().count() {
            0 => format!("group {:?}: nothing will be moved", self.group),
            count => format!(
                "group {:?}: {} of {} will be moved",
                self.group,
                counted(count as u64, "partition"),
                counted(topics.len() as u64, "topic"),
            ),
        };
        let total = Total::of(self);
        let upto = |count: i64| format!("up to {}", counted(count.unsigned_abs(), "record"));
        if total.again > 0 {
            text.push_str(&format!("; {} will be read again", upto(total.again)));
        }
        match total.again_times {
            None => {}
            Some((first, last)) if first == last => {
                text.push_str(&format!(", of {}", Timestamp(first)));
            }
            Some((first, last)) => text.push_str(&format!(
                ", of {} to {} ({})",
                Timestamp(first),
                Timestamp(last),
                duration(last - first)
            )),
        }
        if total.skipped > 0 {
            text.push_str(&format!("; {} will never be read", upto(total.skipped)));
        }
        if total.unknown > 0 {
            let partitions = counted(total.unknown, "partition");
            text.push_str(&format!("; {partitions} had no offset"));
        }
        match self.moves().filter(|moved| !moved.is_change()).count() {
            0 => {}
            1 => text.push_str("; 1 partition stays where it is"),
            count => text.push_str(&format!("; {count} partitions stay where they are")),
        }
        text
    }

    /// A row for each partition; `outcome` is `None` while nothing was done. Tables leave out those
    /// that stay where they are and have nothing to be noted: the heading counts them.
    pub(super) fn report(&self, outcome: Option<&Outcome>, format: ReportFormat) -> Report {
        let troubled = self.is_troubled() || outcome.is_some_and(Outcome::is_troubled);
        let noted = self.moves().any(|moved| moved.note.is_some());
        let shown = |name, shown| {
            if shown {
                Column::new(name)
            } else {
                Column::wide(name)
            }
        };
        let columns = [
            Column::new("topic"),
            Column::new("partition"),
            Column::new("old"),
            Column::new("new"),
            Column::new("again"),
            Column::new("skipped"),
            Column::if_room("from_time"),
            Column::if_room("to_time"),
            shown("note", noted),
            Column::wide("first"),
            Column::wide("end"),
            shown("error", troubled),
        ];
        let mut report = Report::new("evctl.group-seek/1", "partitions", &columns);
        let total = Total::of(self);
        report.summary = vec![
            ("group", self.group.as_str().into()),
            ("dry_run", outcome.is_none().into()),
            ("again", at_most(total.again)),
            ("skipped", at_most(total.skipped)),
            (
                "from_time",
                total
                    .again_times
                    .map_or(Cell::Unknown, |(first, _)| Cell::Time(first)),
            ),
            (
                "to_time",
                total
                    .again_times
                    .map_or(Cell::Unknown, |(_, last)| Cell::Time(last)),
            ),
        ];
        let undo = outcome.and_then(|outcome| outcome.undo.as_ref());
        report.summary.extend(Undo::members(undo));
        let for_the_eye = matches!(format, ReportFormat::Table | ReportFormat::Wide);
        let rows = self.rows.iter();
        let rows = rows.filter(|row| !(for_the_eye && row.is_idle()));
        report.rows = rows.map(|row| row.cells(outcome)).collect();
        report
    }
}

impl Row {
    /// Whether it stays where it is, for no reason that is worth a line.
    fn is_idle(&self) -> bool {
        let moved = self.moved.as_ref();
        moved.is_ok_and(|moved| !moved.is_change() && moved.note.is_none())
    }

    fn cells(&self, outcome: Option<&Outcome>) -> Vec<Cell> {
        let failed = outcome.and_then(|outcome| outcome.trouble(&self.at));
        let trouble = failed.or(self.moved.as_ref().err());
        let moved = self.moved.as_ref().ok();
        // Once it has failed, what would have been is of no interest.
        let hoped = moved.filter(|_| failed.is_none());
        let time = |time: Option<i64>| time.map_or(Cell::Unknown, Cell::Time);
        vec![
            (*self.at.topic).into(),
            i64::from(self.at.partition).into(),
            moved
                .and_then(|moved| Some(moved.old.as_ref()?.offset))
                .into(),
            hoped.map(|moved| moved.new.offset).into(),
            hoped.and_then(Move::again).map_or(Cell::Unknown, at_most),
            hoped.and_then(Move::skipped).map_or(Cell::Unknown, at_most),
            time(self.times.map(|(first, _)| first)),
            time(self.times.map(|(_, last)| last)),
            hoped.and_then(|moved| Some(moved.note?.to_string())).into(),
            moved.map(|moved| moved.bounds.earliest).into(),
            moved.map(|moved| moved.bounds.end).into(),
            trouble.map(|trouble| trouble.text.as_str()).into(),
        ]
    }
}

/// A number of records that was counted by offsets: markers of transactions and what compaction took
/// are among them.
fn at_most(count: i64) -> Cell {
    match count {
        0 => Cell::Integer(0),
        _ => Cell::AtMost(count),
    }
}

/// Over all partitions.
#[derive(Default)]
struct Total {
    again: i64,
    skipped: i64,
    /// Partitions of which neither is known.
    unknown: u64,
    /// Of what is read again.
    again_times: Option<Times>,
}

impl Total {
    fn of(plan: &Plan) -> Self {
        let mut total = Self::default();
        for row in &plan.rows {
            let Ok(moved) = &row.moved else { continue };
            let (Some(again), Some(skipped)) = (moved.again(), moved.skipped()) else {
                total.unknown += 1;
                continue;
            };
            total.again = total.again.saturating_add(again);
            total.skipped = total.skipped.saturating_add(skipped);
            if let Some((first, last)) = row.times.filter(|_| again > 0) {
                let (from, to) = total.again_times.unwrap_or((first, last));
                total.again_times = Some((from.min(first), to.max(last)));
            }
        }
        total
    }
}
