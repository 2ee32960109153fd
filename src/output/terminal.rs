//! What may be sent to whoever reads our output: a terminal is never sent a control character that
//! comes from a topic, anything else gets the bytes as they are.

use crate::codec::text::{escape_bytes, escape_output};

/// Whether output goes to a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminal {
    /// A person looks at it.
    Yes,
    /// A file, a pipe, another program.
    No,
}

impl Terminal {
    /// Appends bytes of a record. On a terminal new lines and tabs stay, everything else that
    /// could steer it is escaped, and so are bytes that are not UTF-8.
    #[inline]
    pub fn put(self, out: &mut Vec<u8>, bytes: &[u8]) {
        match self {
            Self::No => out.extend_from_slice(bytes),
            Self::Yes => escape_lines(out, bytes),
        }
    }

    /// Makes the JSON text from `start` on harmless. JSON has C0 controls escaped already, but for
    /// tabs between its tokens; DEL, C1 and the characters that turn text around stand in strings
    /// only and become `\uNNNN`.
    pub fn settle_json(self, out: &mut Vec<u8>, start: usize) {
        if self == Self::No || out[start..].iter().all(|byte| (b' '..0x7f).contains(byte)) {
            return;
        }
        let json = out.split_off(start);
        escape_output(out, &json);
    }
}

fn escape_lines(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\t')) {
        escape_bytes(out, &rest[..at]);
        out.push(rest[at]);
        rest = &rest[at + 1..];
    }
    escape_bytes(out, rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(terminal: Terminal, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        terminal.put(&mut out, bytes);
        out
    }

    #[test]
    fn only_a_terminal_is_spared_control_characters() {
        let bytes = b"a\n\tb\x1b[2J\r\xff";
        assert_eq!(put(Terminal::No, bytes), bytes);
        assert_eq!(put(Terminal::Yes, bytes), b"a\n\tb\\x1b[2J\\r\\xff");
    }

    #[test]
    fn json_stays_json_on_a_terminal() {
        let json = "[\"zażółć\",\"\u{9b}2J\u{7f}\u{202e}\"]\n";
        let mut out = b"x".to_vec();
        out.extend_from_slice(json.as_bytes());
        Terminal::Yes.settle_json(&mut out, 1);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "x[\"zażółć\",\"\\u009b2J\\u007f\\u202e\"]\n"
        );
        let mut out = json.as_bytes().to_vec();
        Terminal::No.settle_json(&mut out, 0);
        assert_eq!(out, json.as_bytes());
    }
}
