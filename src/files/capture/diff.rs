//! Two capture files, record by record, in bounded memory. Headers and last lines are not
//! compared: two captures of the same records are the same.

use std::{collections::VecDeque, path::Path, sync::Arc};

use super::{CaptureError, file::CaptureFile};
use crate::event::RecordBuf;

/// How far ahead a record is looked for in the other file before it counts as changed.
const WINDOW: usize = 64;

/// Parts of a record that are not compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ignore {
    /// The topic: for a copy under another name.
    pub topic: bool,
    /// The offset: for a copy into another topic.
    pub offset: bool,
}

/// What [`diff`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiffReport {
    /// Records in the first and in the second file.
    pub records: (u64, u64),
    /// How many differences there are.
    pub count: u64,
    /// The first of them, as many as were asked for.
    pub differences: Vec<Difference>,
}

/// One difference. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Records that stand at the same place and differ.
    Changed {
        /// Line in the first file.
        left: u64,
        /// Line in the second file.
        right: u64,
        /// The members that differ, by their JSON names.
        members: Vec<&'static str>,
    },
    /// Only the first file has the record on this line.
    OnlyLeft(u64),
    /// Only the second file has the record on this line.
    OnlyRight(u64),
}

/// Compares the files `left` and `right` and keeps the first `limit` differences.
///
/// A record that is missing on one side is told from a changed one by looking 64 records ahead.
///
/// # Errors
/// One of them cannot be read to its end.
pub fn diff(
    left: &Path,
    right: &Path,
    ignore: Ignore,
    limit: usize,
) -> Result<DiffReport, CaptureError> {
    let mut left = Ahead::open(left, ignore)?;
    let mut right = Ahead::open(right, ignore)?;
    let mut report = DiffReport::default();
    while let (Some(first), Some(second)) = (left.get(0)?, right.get(0)?) {
        if first.record == second.record {
            left.pass();
            right.pass();
            continue;
        }
        match missing(&mut left, &mut right)? {
            Some(Side::Left(count)) => {
                for _ in 0..count {
                    report.note(left.pass().map(Difference::OnlyLeft), limit);
                }
            }
            Some(Side::Right(count)) => {
                for _ in 0..count {
                    report.note(right.pass().map(Difference::OnlyRight), limit);
                }
            }
            None => report.note(changed(&mut left, &mut right), limit),
        }
    }
    while left.get(0)?.is_some() {
        report.note(left.pass().map(Difference::OnlyLeft), limit);
    }
    while right.get(0)?.is_some() {
        report.note(right.pass().map(Difference::OnlyRight), limit);
    }
    report.records = (left.file.records(), right.file.records());
    Ok(report)
}

impl DiffReport {
    fn note(&mut self, difference: Option<Difference>, limit: usize) {
        let Some(difference) = difference else { return };
        self.count += 1;
        if self.differences.len() < limit {
            self.differences.push(difference);
        }
    }
}

/// How many records one side has that the other one lacks.
enum Side {
    Left(usize),
    Right(usize),
}

/// The shortest way, within the window, to a record that both have; `None` when the heads are
/// better taken for one changed record.
fn missing(left: &mut Ahead, right: &mut Ahead) -> Result<Option<Side>, CaptureError> {
    for count in 1..=WINDOW {
        if left.get(count)?.is_some() && left.matches(count, right, 0) {
            return Ok(Some(Side::Left(count)));
        }
        if right.get(count)?.is_some() && left.matches(0, right, count) {
            return Ok(Some(Side::Right(count)));
        }
        // Behind a changed record both go on alike.
        left.get(count)?;
        if left.matches(count, right, count) {
            return Ok(None);
        }
    }
    Ok(None)
}

fn changed(left: &mut Ahead, right: &mut Ahead) -> Option<Difference> {
    let (first, second) = (left.ahead.front()?, right.ahead.front()?);
    let difference = Difference::Changed {
        left: first.line,
        right: second.line,
        members: members(&first.record, &second.record),
    };
    left.pass();
    right.pass();
    Some(difference)
}

fn members(left: &RecordBuf, right: &RecordBuf) -> Vec<&'static str> {
    [
        ("topic", left.topic != right.topic),
        ("partition", left.partition != right.partition),
        ("offset", left.offset != right.offset),
        ("timestamp", left.timestamp != right.timestamp),
        (
            "timestamp_type",
            left.timestamp_type != right.timestamp_type,
        ),
        ("key", left.key != right.key),
        ("headers", left.headers != right.headers),
        ("value", left.value != right.value),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

struct Placed {
    line: u64,
    record: RecordBuf,
}

/// A file and the next few of its records.
struct Ahead {
    file: CaptureFile,
    ended: bool,
    ignore: Ignore,
    ahead: VecDeque<Placed>,
    /// Records whose memory is used again.
    spare: Vec<RecordBuf>,
}

impl Ahead {
    fn open(path: &Path, ignore: Ignore) -> Result<Self, CaptureError> {
        Ok(Self {
            file: CaptureFile::open(path)?,
            ended: false,
            ignore,
            ahead: VecDeque::new(),
            spare: Vec::new(),
        })
    }

    /// The record `index` places ahead, without what is ignored; `None` behind the last.
    fn get(&mut self, index: usize) -> Result<Option<&Placed>, CaptureError> {
        while self.ahead.len() <= index && !self.ended {
            let mut record = self.spare.pop().unwrap_or_default();
            let Some(line) = self.file.next(&mut record)? else {
                self.ended = true;
                break;
            };
            if self.ignore.topic {
                record.topic = Arc::from("");
            }
            if self.ignore.offset {
                record.offset = -1;
            }
            self.ahead.push_back(Placed { line, record });
        }
        Ok(self.ahead.get(index))
    }

    /// Whether both have the records at these places, and they are the same.
    fn matches(&self, index: usize, other: &Self, other_index: usize) -> bool {
        match (self.ahead.get(index), other.ahead.get(other_index)) {
            (Some(left), Some(right)) => left.record == right.record,
            _ => false,
        }
    }

    /// Passes the next record and says on which line it stood.
    fn pass(&mut self) -> Option<u64> {
        let Placed { line, record } = self.ahead.pop_front()?;
        self.spare.push(record);
        Some(line)
    }
}
