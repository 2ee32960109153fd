//! The sink that prints records: a form fills one reused buffer, written in large pieces.

use std::io::{self, ErrorKind, Write};

use crate::{
    event::Record,
    pipeline::{Fault, Flow, Sink},
};

/// How much is gathered before it is written.
const PIECE: usize = 256 * 1024;

/// One way to show a record.
pub trait Form {
    /// Appends what `record` looks like.
    fn write(&mut self, out: &mut Vec<u8>, record: &Record<'_>);

    /// Appends what was held back until more records were seen. Nothing by default.
    fn settle(&mut self, _out: &mut Vec<u8>) {}

    /// How many jq errors there were on the way, and the first one. None by default.
    fn errors(&self) -> (u64, Option<&str>) {
        (0, None)
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
    /// Whether the reader went away: what was printed since is lost.
    closed: bool,
}

impl<F: Form, W: Write> Printer<F, W> {
    /// Prints to `out`, which needs no buffer of its own.
    pub fn new(form: F, out: W) -> Self {
        Self {
            form,
            out,
            buffer: Vec::with_capacity(PIECE + PIECE / 4),
            closed: false,
        }
    }

    /// A reader that went away wants no more: that is a stop, not an error.
    fn flush(&mut self) -> Result<Flow, Fault> {
        let written = self
            .out
            .write_all(&self.buffer)
            .and_then(|()| self.out.flush());
        self.buffer.clear();
        // One huge record must not keep its memory for ever.
        self.buffer.shrink_to(4 * PIECE);
        match written {
            Ok(()) => Ok(Flow::Continue),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(Flow::Stop)
            }
            Err(error) => Err(OutputError(error).into()),
        }
    }
}

impl<F: Form, W: Write> Sink for Printer<F, W> {
    #[inline]
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        self.form.write(&mut self.buffer, record);
        if self.buffer.len() >= PIECE {
            return self.flush();
        }
        Ok(Flow::Continue)
    }

    fn idle(&mut self) -> Result<Flow, Fault> {
        if self.closed {
            return Ok(Flow::Stop);
        }
        self.form.settle(&mut self.buffer);
        if self.buffer.is_empty() {
            return Ok(Flow::Continue);
        }
        self.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RecordBuf;

    struct Hundred;

    impl Form for Hundred {
        fn write(&mut self, out: &mut Vec<u8>, _: &Record<'_>) {
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
            assert_eq!(matches!(printer.idle(), Ok(Flow::Stop)), stops);
            // Whoever asks again, to commit, is told the same.
            assert_eq!(matches!(printer.idle(), Ok(Flow::Stop)), stops);
        }
    }
}
