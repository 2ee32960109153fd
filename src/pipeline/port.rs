//! The two ports of every command that moves records: a [`Source`] pushes, a [`Sink`] takes, and
//! [`drive`] moves records from one to the other.
//!
//! Records are pushed as borrowed views, so that nothing is allocated per record on the way.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::Cancel;
use crate::{
    envelope::Event,
    event::{Record, TopicPartition},
};

/// What went wrong in a source or a sink. Floor 4 knows the types behind it and turns it into a
/// message with a cause and a hint.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What a sink wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// More records.
    Continue,
    /// No more: a limit was reached or the reader of our output went away. Not an error.
    Stop,
    /// Not this one, not now: it was not taken, and does not count as pushed. A source that merges
    /// by time offers it again; any other is stopped by it.
    Later,
}

/// Outcome of one [`Source::step`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Records were pushed, or the source made progress otherwise.
    Moved,
    /// No records were at hand.
    Quiet,
    /// The sink answered [`Flow::Later`]; the same record is offered again in the next step.
    Held,
    /// The sink answered [`Flow::Stop`].
    Stopped,
    /// Everything that was selected has been pushed.
    Done,
}

/// Why [`drive`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything that was selected has been pushed.
    End,
    /// The sink said [`Flow::Stop`].
    Stopped,
    /// A signal arrived.
    Cancelled,
}

/// Offsets that were selected and could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// The first offset that is missing.
    pub from: i64,
    /// The offset after the last one that is missing.
    pub to: i64,
    /// Why, in a few words: `retention`, `no leader`, …
    pub reason: String,
}

/// Anything that yields records.
pub trait Source {
    /// Pushes the records at hand into `sink`, in offset order within a partition, and returns after
    /// a bounded number of them. [`Sink::idle`] is called before waiting for more.
    ///
    /// `wait` bounds the wait for records of a cluster. A file or a pipe waits as long as its
    /// operating system does.
    ///
    /// # Errors
    /// What broke the reading, or what the sink failed with, unchanged.
    fn step(&mut self, sink: &mut dyn Sink, wait: Duration) -> Result<Step, Fault>;

    /// How far the source has come.
    fn progress(&self) -> Progress;

    /// Offsets that were selected and could not be read; complete after [`Step::Done`].
    fn gaps(&self) -> &[Gap] {
        &[]
    }
}

/// How often [`drive`] checks for signals while nothing arrives.
const TICK: Duration = Duration::from_millis(50);

/// Pushes every record of `source` into `sink` until the end, until the sink stops it or until
/// `cancel` is raised. `watch` is told after each step that made progress.
///
/// # Errors
/// What broke the reading, or what the sink failed with, unchanged.
pub fn drive(
    source: &mut dyn Source,
    sink: &mut dyn Sink,
    watch: &mut dyn Watch,
    cancel: &Cancel,
) -> Result<Ended, Fault> {
    let mut watched = Progress::default();
    while !cancel.is_raised() {
        let step = source.step(sink, TICK)?;
        let progress = source.progress();
        if (progress.done, progress.bytes) != (watched.done, watched.bytes) {
            watch.progress(progress);
            watched = progress;
        }
        match step {
            Step::Moved | Step::Quiet => {}
            Step::Held => drop(cancel.sleep(TICK)),
            Step::Stopped => return Ok(Ended::Stopped),
            Step::Done => return Ok(Ended::End),
        }
    }
    Ok(Ended::Cancelled)
}

/// Anything that takes records.
pub trait Sink {
    /// Takes one record.
    ///
    /// # Errors
    /// What broke the writing. A reader that went away is [`Flow::Stop`], not an error.
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault>;

    /// As [`Sink::record`], of a record that may be decoded in part: what was decoded on the way is
    /// not decoded again.
    ///
    /// # Errors
    /// As [`Sink::record`].
    fn event(&mut self, event: &Event<'_>) -> Result<Flow, Fault> {
        self.record(event.record())
    }

    /// Called whenever nothing more is at hand: flush, so that a tail stays live.
    ///
    /// # Errors
    /// As [`Sink::record`].
    fn idle(&mut self) -> Result<Flow, Fault> {
        Ok(Flow::Continue)
    }

    /// Whether an expression of this sink failed on every record that it took, so that nothing came
    /// of any. Never by default.
    fn fails_on_all(&self) -> bool {
        false
    }

    /// The records that this sink took and has not written out. After [`Sink::idle`] these are the
    /// ones that a failed write lost: a position counts none of them. Empty by default.
    fn unwritten(&self) -> Unwritten {
        Unwritten::default()
    }
}

/// Records that were taken and not written out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unwritten {
    /// How many there are.
    pub records: u64,
    /// The offset of the first one of each partition.
    pub first: BTreeMap<TopicPartition, i64>,
}

/// How far a bounded read has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Offsets passed (files: bytes).
    pub done: u64,
    /// Offsets to pass in all; 0 when the end is not known (following).
    pub total: u64,
    /// Records pushed.
    pub records: u64,
    /// Bytes read from the source.
    pub bytes: u64,
}

/// Looks on while a source runs: a progress bar, or nothing.
pub trait Watch {
    /// Called once per step of a source, never per record.
    fn progress(&mut self, progress: Progress);
}

/// Nobody looks on.
impl Watch for () {
    fn progress(&mut self, _: Progress) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{event::RecordBuf, pipeline::Signal};

    /// Yields so many records, one per step.
    struct Numbers {
        next: u64,
        end: u64,
    }

    impl Source for Numbers {
        fn step(&mut self, sink: &mut dyn Sink, _: Duration) -> Result<Step, Fault> {
            if self.next == self.end {
                return Ok(Step::Done);
            }
            Ok(match sink.record(&RecordBuf::default().as_record())? {
                Flow::Later => Step::Held,
                flow => {
                    self.next += 1;
                    if flow == Flow::Stop {
                        Step::Stopped
                    } else {
                        Step::Moved
                    }
                }
            })
        }

        fn progress(&self) -> Progress {
            Progress {
                done: self.next,
                ..Progress::default()
            }
        }
    }

    /// Answers each record as it is told to.
    struct Answers(Vec<Flow>, Cancel);

    impl Sink for Answers {
        fn record(&mut self, _: &Record<'_>) -> Result<Flow, Fault> {
            if let Some(flow) = self.0.pop() {
                return Ok(flow);
            }
            self.1.raise(Signal::Interrupt);
            Ok(Flow::Continue)
        }
    }

    struct Seen(Vec<u64>);

    impl Watch for Seen {
        fn progress(&mut self, progress: Progress) {
            self.0.push(progress.done);
        }
    }

    fn run(end: u64, answers: &[Flow]) -> (Ended, Vec<u64>) {
        let mut source = Numbers { next: 0, end };
        let cancel = Cancel::default();
        let mut sink = Answers(answers.iter().rev().copied().collect(), cancel.clone());
        let mut seen = Seen(Vec::new());
        let ended = drive(&mut source, &mut sink, &mut seen, &cancel).unwrap();
        (ended, seen.0)
    }

    #[test]
    fn driving_ends_with_the_source_the_sink_or_a_signal() {
        assert_eq!(run(2, &[Flow::Continue; 2]), (Ended::End, vec![1, 2]));
        assert_eq!(
            run(3, &[Flow::Continue, Flow::Stop]),
            (Ended::Stopped, vec![1, 2])
        );
        assert_eq!(run(3, &[]), (Ended::Cancelled, vec![1]));
    }

    #[test]
    fn a_record_that_is_put_off_is_offered_again() {
        let answers = [Flow::Later, Flow::Continue, Flow::Stop];
        assert_eq!(run(2, &answers), (Ended::Stopped, vec![1, 2]));
    }
}
