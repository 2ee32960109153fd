//! Where records come from: partitions of topics, or capture files. A source can be opened again at
//! any checkpoint.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::Intake;
use crate::{
    event::{Record, TopicPartition},
    files::capture::{CaptureError, CaptureReader, Truncated},
    kafka::wire::{Client, ReadOptions, ReadRange, Reader},
    pipeline::{Fault, Flow, Gap, Progress, Sink, Source, Step},
    replay::{Checkpoints, PartitionRange, Plan},
    select::{FileRange, Selection},
};

/// Records of files that are taken in one step.
const TURN: usize = 1_024;

/// A source that is open.
pub trait TransferSource {
    /// Hands over what is at hand, or waits up to `wait` for something.
    ///
    /// # Errors
    /// What broke the reading, or what `intake` failed with.
    fn step(&mut self, intake: &mut Intake<'_>, wait: Duration) -> Result<Step, Fault>;

    /// The next offset of each partition range that is read.
    fn positions(&self) -> Vec<(TopicPartition, i64)>;

    /// How far it has come.
    fn progress(&self) -> Progress;

    /// What was selected and cannot be read.
    fn gaps(&self) -> Vec<Gap>;

    /// The paths that are redacted in the records, which are not the original ones then.
    fn redacted(&self) -> &[String] {
        &[]
    }

    /// Also reads `range`, from `next` on. Only topics are divided among members of a group.
    fn add(&mut self, _range: &PartitionRange, _next: i64) {}

    /// Stops reading a partition.
    fn remove(&mut self, _partition: &TopicPartition) {}
}

/// Opens a source.
pub trait OpenSource {
    /// The records that are left after `checkpoints`; from the beginning with `looks_back`, when
    /// records that were written before have to be offered again.
    ///
    /// # Errors
    /// A file that cannot be opened.
    fn open(
        &mut self,
        plan: &Plan,
        checkpoints: &Checkpoints,
        looks_back: bool,
    ) -> Result<Box<dyn TransferSource + '_>, Fault>;
}

fn start_of(range: &PartitionRange, checkpoints: &Checkpoints, looks_back: bool) -> i64 {
    match checkpoints.get(&range.at()) {
        Some(checkpoint) if !looks_back => checkpoint.next,
        _ => range.start,
    }
}

/// Partitions of topics.
pub struct Topics<'c> {
    /// Asks the cluster that is read.
    pub client: &'c mut Client,
    /// How they are read.
    pub options: ReadOptions,
    /// Whether a group assigns the partitions: then none is read at first.
    pub is_shared: bool,
}

impl OpenSource for Topics<'_> {
    fn open(
        &mut self,
        plan: &Plan,
        checkpoints: &Checkpoints,
        looks_back: bool,
    ) -> Result<Box<dyn TransferSource + '_>, Fault> {
        let ranges = plan.ranges.iter().filter(|_| !self.is_shared);
        let ranges = ranges.map(|range| ReadRange {
            partition: range.at(),
            start: start_of(range, checkpoints, looks_back),
            end: Some(range.end),
        });
        let ranges = ranges.collect();
        let reader = Reader::new(self.client, ranges, self.options.clone());
        Ok(Box::new(TopicSource(reader)))
    }
}

struct TopicSource<'c>(Reader<'c>);

impl TransferSource for TopicSource<'_> {
    fn step(&mut self, intake: &mut Intake<'_>, wait: Duration) -> Result<Step, Fault> {
        self.0.step(intake, wait)
    }

    fn positions(&self) -> Vec<(TopicPartition, i64)> {
        let positions = self.0.positions();
        positions.map(|(at, next, _)| (at.clone(), next)).collect()
    }

    fn progress(&self) -> Progress {
        self.0.progress()
    }

    fn gaps(&self) -> Vec<Gap> {
        self.0.gaps().to_vec()
    }

    fn add(&mut self, range: &PartitionRange, next: i64) {
        self.0.add(ReadRange {
            partition: range.at(),
            start: next,
            end: Some(range.end),
        });
    }

    fn remove(&mut self, partition: &TopicPartition) {
        self.0.remove(partition);
    }
}

/// Capture files, one partition range altogether: their records are counted.
#[derive(Debug)]
pub struct Files<'f> {
    /// The first file.
    pub first: &'f Path,
    /// The others.
    pub others: &'f [PathBuf],
    /// What becomes of a file that is not whole.
    pub truncated: Truncated,
    /// Which of the records are taken, by partition and offset.
    pub selection: Selection,
}

impl Files<'_> {
    fn reader(&self) -> Result<FileSource, Fault> {
        Ok(FileSource {
            reader: CaptureReader::open(self.first, self.others, self.truncated)?.by_time()?,
            selected: FileRange::new(&self.selection)?,
            taken: 0,
            is_pending: false,
            at: None,
        })
    }

    /// Hands the first `end` records to `sink`, without those that are not selected.
    ///
    /// # Errors
    /// A file that cannot be read, or what `sink` failed with.
    pub fn each(&self, end: i64, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut source = self.reader()?;
        while source.taken < end && source.reader.advance()? {
            let mut record = source.reader.record();
            let is_selected = source.selected.holds(&record);
            number(&mut record, source.taken);
            source.taken += 1;
            if is_selected && sink.record(&record)? != Flow::Continue {
                break;
            }
        }
        Ok(())
    }
}

impl OpenSource for Files<'_> {
    fn open(
        &mut self,
        plan: &Plan,
        checkpoints: &Checkpoints,
        looks_back: bool,
    ) -> Result<Box<dyn TransferSource + '_>, Fault> {
        let mut source = self.reader()?;
        if let Some(range) = plan.ranges.first() {
            source.at = Some(range.at());
            source.skip(start_of(range, checkpoints, looks_back))?;
        }
        Ok(Box::new(source))
    }
}

/// A record that does not tell its offset gets its number: its mark tells it from others.
fn number(record: &mut Record<'_>, number: i64) {
    if record.offset < 0 {
        record.offset = number;
    }
}

struct FileSource {
    reader: CaptureReader,
    selected: FileRange,
    /// Records that were taken, selected or not.
    taken: i64,
    /// Whether the record at hand was put off.
    is_pending: bool,
    /// The partition range of all files.
    at: Option<TopicPartition>,
}

impl FileSource {
    /// Passes over records until `taken` have been taken.
    fn skip(&mut self, taken: i64) -> Result<(), CaptureError> {
        while self.taken < taken && self.reader.advance()? {
            // Which offset is a partition's first is known from all of its records.
            let record = self.reader.record();
            let _ = self.selected.holds(&record);
            self.taken += 1;
        }
        Ok(())
    }
}

impl TransferSource for FileSource {
    fn step(&mut self, intake: &mut Intake<'_>, _: Duration) -> Result<Step, Fault> {
        for _ in 0..TURN {
            if !self.is_pending && !self.reader.advance()? {
                return Ok(Step::Done);
            }
            let mut record = self.reader.record();
            if self.is_pending || self.selected.holds(&record) {
                number(&mut record, self.taken);
                self.is_pending = false;
                match intake.take(&record, Some(self.taken))? {
                    Flow::Continue => {}
                    Flow::Stop => return Ok(Step::Stopped),
                    Flow::Later => {
                        self.is_pending = true;
                        return Ok(Step::Held);
                    }
                }
            }
            self.taken += 1;
        }
        Ok(Step::Moved)
    }

    fn positions(&self) -> Vec<(TopicPartition, i64)> {
        self.at.iter().map(|at| (at.clone(), self.taken)).collect()
    }

    fn progress(&self) -> Progress {
        self.reader.progress()
    }

    fn gaps(&self) -> Vec<Gap> {
        self.reader.gaps().to_vec()
    }

    fn redacted(&self) -> &[String] {
        self.reader.redacted()
    }
}
