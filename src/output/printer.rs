//! The sink that prints records: a form fills one reused buffer, written in large pieces.

use std::io::{self, ErrorKind, Write};

use super::pending::Pending;
use crate::{
    envelope::{Event, EventDecoder},
    event::Record,
    pipeline::{Fault, Flow, Sink, Unwritten},
};

/// How much is gathered before it is written.
const PIECE: usize = 256 * 1024;

/// One way to show a record.
pub trait Form {
    /// Appends what `event` looks like.
    fn write(&mut self, out: &mut Vec<u8>, event: &Event<'_>);

    /// Appends what was held back until more records were seen. Nothing by default.
    fn settle(&mut self, _out: &mut Vec<u8>) {}

    /// Whether records are held back for [`Form::settle`]. Never by default.
    fn holds_back(&self) -> bool {
        false
    }

    /// How many jq errors there were on the way, and the first one. None by default.
    fn errors(&self) -> (u64, Option<&str>) {
        (0, None)
    }

    /// See [`Sink::fails_on_all`].
    fn fails_on_all(&self) -> bool {
        false
    }
}

/// A sink that prints records, whatever their form.
pub trait Print: Sink {
    /// See [`Form::errors`].
    fn errors(&self) -> (u64, Option<&str>);
}

impl<F: Form, W: Write> Print for Printer<F, W> {
    fn errors(&self) -> (u64, Option<&str>) {
        self.form.errors()
    }
}

/// Standard output, or the file that stands for it, cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the output cannot be written")]
pub struct OutputError(#[source] io::Error);

/// Prints records in one form. Nothing is flushed on drop: call [`Sink::idle`] at the end.
#[derive(Debug)]
pub struct Printer<F, W> {
    form: F,
    out: W,
    buffer: Vec<u8>,
    pending: Pending,
    /// The error of the write that failed: nothing is written after it.
    failed: Option<io::Error>,
}

impl<F: Form, W: Write> Printer<F, W> {
    /// Prints to `out`, which needs no buffer of its own.
    pub fn new(form: F, out: W) -> Self {
        Self {
            form,
            out,
            buffer: Vec::with_capacity(PIECE + PIECE / 4),
            pending: Pending::default(),
            failed: None,
        }
    }

    fn flush(&mut self) -> Result<Flow, Fault> {
        match self.write_buffer() {
            Ok(()) => self.pending.clear(),
            Err((written, error)) => {
                self.pending.written(written);
                self.failed = Some(error);
            }
        }
        self.buffer.clear();
        // One huge record must not keep its memory for ever.
        self.buffer.shrink_to(4 * PIECE);
        self.flow()
    }

    /// Writes the buffer; an error comes with how many bytes were written before it.
    fn write_buffer(&mut self) -> Result<(), (usize, io::Error)> {
        let mut written = 0;
        while let Some(rest @ [_, ..]) = self.buffer.get(written..) {
            match self.out.write(rest) {
                Ok(0) => return Err((written, ErrorKind::WriteZero.into())),
                Ok(count) => written += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err((written, error)),
            }
        }
        self.out.flush().map_err(|error| (0, error))
    }

    /// The same answer after a failed write, however often it is asked for: who commits positions
    /// asks again. A reader that went away wants no more, which is a stop and not an error.
    fn flow(&self) -> Result<Flow, Fault> {
        let Some(error) = &self.failed else {
            return Ok(Flow::Continue);
        };
        if error.kind() == ErrorKind::BrokenPipe {
            return Ok(Flow::Stop);
        }
        let error = match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => error.kind().into(),
        };
        Err(OutputError(error).into())
    }
}

impl<F: Form, W: Write> Sink for Printer<F, W> {
    #[inline]
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        self.event(&EventDecoder::inferred().event(record))
    }

    #[inline]
    fn event(&mut self, event: &Event<'_>) -> Result<Flow, Fault> {
        let before = self.buffer.len();
        self.form.write(&mut self.buffer, event);
        if self.buffer.len() > before || self.form.holds_back() {
            self.pending.add(event.record(), self.buffer.len());
        }
        if self.buffer.len() >= PIECE {
            return self.flush();
        }
        Ok(Flow::Continue)
    }

    fn idle(&mut self) -> Result<Flow, Fault> {
        if self.failed.is_some() {
            return self.flow();
        }
        self.form.settle(&mut self.buffer);
        if self.buffer.is_empty() {
            return Ok(Flow::Continue);
        }
        self.flush()
    }

    fn fails_on_all(&self) -> bool {
        self.form.fails_on_all()
    }

    fn unwritten(&self) -> Unwritten {
        self.pending.unwritten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RecordBuf;

    struct Hundred;

    impl Form for Hundred {
        fn write(&mut self, out: &mut Vec<u8>, _: &Event<'_>) {
            out.extend_from_slice(&[b'x'; 100]);
        }
    }

    /// Remembers the size of each write, fails with `kind` when there is one.
    struct Writes(Vec<usize>, Option<ErrorKind>);

    impl Write for &mut Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.len());
            self.1.map_or(Ok(bytes.len()), |kind| Err(kind.into()))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A disk with room for so many bytes.
    struct Disk(usize);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = bytes.len().min(self.0);
            self.0 -= count;
            if count == 0 {
                return Err(ErrorKind::StorageFull.into());
            }
            Ok(count)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Prints three records at a time, of 100 bytes each.
    #[derive(Default)]
    struct Threes(usize);

    impl Form for Threes {
        fn write(&mut self, out: &mut Vec<u8>, _: &Event<'_>) {
            self.0 += 1;
            if self.0 == 3 {
                self.settle(out);
            }
        }
        fn settle(&mut self, out: &mut Vec<u8>) {
            out.resize(out.len() + self.0 * 100, b'x');
            self.0 = 0;
        }
        fn holds_back(&self) -> bool {
            self.0 > 0
        }
    }

    /// The record with `offset` of partition 0 or 1, in turn.
    fn record(offset: i64) -> RecordBuf {
        RecordBuf {
            topic: "orders".into(),
            partition: i32::try_from(offset % 2).unwrap(),
            offset,
            ..RecordBuf::default()
        }
    }

    /// What is not written of ten records on a disk with room for `bytes`, and whether that is an
    /// error, now and when asked again.
    fn unwritten(form: impl Form, bytes: usize) -> (u64, Vec<i64>) {
        let mut printer = Printer::new(form, Disk(bytes));
        for offset in 0..10 {
            printer.record(&record(offset).as_record()).unwrap();
        }
        let full = bytes < 1_000;
        assert_eq!(printer.idle().is_err(), full);
        assert_eq!(printer.idle().is_err(), full);
        let Unwritten { records, first } = printer.unwritten();
        (records, first.into_values().collect())
    }

    #[test]
    fn records_are_written_in_large_pieces_and_when_nothing_is_at_hand() {
        let mut writes = Writes(Vec::new(), None);
        let mut printer = Printer::new(Hundred, &mut writes);
        let record = RecordBuf::default();
        for _ in 0..3_000 {
            assert_eq!(printer.record(&record.as_record()).unwrap(), Flow::Continue);
        }
        printer.idle().unwrap();
        printer.idle().unwrap();
        assert_eq!(writes.0, [262_200, 37_800]);
    }

    #[test]
    fn a_closed_pipe_stops_and_anything_else_fails() {
        for (kind, stops) in [
            (ErrorKind::BrokenPipe, true),
            (ErrorKind::StorageFull, false),
        ] {
            let mut writes = Writes(Vec::new(), Some(kind));
            let mut printer = Printer::new(Hundred, &mut writes);
            printer.record(&RecordBuf::default().as_record()).unwrap();
            for _ in 0..2 {
                let flow = printer.idle();
                assert_eq!(flow.is_err(), !stops);
                assert_eq!(matches!(flow, Ok(Flow::Stop)), stops);
            }
            drop(printer);
            assert_eq!(writes.0, [100], "nothing is written after a failed write");
        }
    }

    #[test]
    fn records_of_a_failed_write_are_unwritten_but_for_those_that_are_whole() {
        assert_eq!(unwritten(Hundred, 0), (10, vec![0, 1]));
        assert_eq!(unwritten(Hundred, 350), (7, vec![4, 3]));
        assert_eq!(unwritten(Hundred, 900), (1, vec![9]));
        assert_eq!(unwritten(Hundred, 1_000), (0, vec![]));
    }

    #[test]
    fn records_held_back_by_their_form_are_written_with_the_one_that_prints_them() {
        assert_eq!(unwritten(Threes::default(), 0), (10, vec![0, 1]));
        assert_eq!(unwritten(Threes::default(), 590), (7, vec![4, 3]));
        assert_eq!(unwritten(Threes::default(), 950), (1, vec![9]));
        assert_eq!(unwritten(Threes::default(), 1_000), (0, vec![]));
    }
}
