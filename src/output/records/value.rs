//! `-o value` and `-o raw`: the value's bytes and nothing else.

use crate::{
    envelope::Event,
    output::{Form, Terminal},
};

/// The value and a newline; a tombstone is an empty line, as in kcat.
#[derive(Debug)]
pub struct Value(pub Terminal);

impl Form for Value {
    #[inline]
    fn write(&mut self, out: &mut Vec<u8>, event: &Event<'_>) {
        let record = event.record();
        self.0.put(out, record.value.unwrap_or_default());
        out.push(b'\n');
    }
}

/// The value alone: byte for byte what was produced, with nothing between two records. On a
/// terminal control characters are escaped here as well.
#[derive(Debug)]
pub struct Raw(pub Terminal);

impl Form for Raw {
    #[inline]
    fn write(&mut self, out: &mut Vec<u8>, event: &Event<'_>) {
        let record = event.record();
        self.0.put(out, record.value.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::records::testing::{printed, record};

    #[test]
    fn values_are_lines_and_raw_is_nothing_but_bytes() {
        let tombstone = crate::event::RecordBuf {
            value: None,
            ..record("")
        };
        let records = [record("a\nb"), tombstone, record("\x1b")];
        assert_eq!(printed(Value(Terminal::No), &records), "a\nb\n\n\x1b\n");
        assert_eq!(printed(Value(Terminal::Yes), &records), "a\nb\n\n\\x1b\n");
        assert_eq!(printed(Raw(Terminal::No), &records), "a\nb\x1b");
        assert_eq!(printed(Raw(Terminal::Yes), &records), "a\nb\\x1b");
    }
}
