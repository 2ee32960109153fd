//! The way to a terminal: whatever a command prints, nothing in it steers the terminal.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, Write},
};

use crate::codec::text::escape_output;

/// The longest SGR sequence that evctl writes: `ESC [ 1 ; 33 m`.
const LONGEST_SGR: usize = 8;

/// What a writer may send to a terminal besides text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passes {
    /// Nothing.
    Text,
    /// The colours that evctl paints with.
    Colors,
    /// Everything: the escape sequences were written by the user or by evctl, the text between them
    /// is escaped already.
    Everything,
}

/// Standard output. A file or a pipe gets every byte as it is; on a terminal control characters are
/// escaped, whatever they came from. Nothing is buffered, as every writer fills large buffers of its
/// own.
#[derive(Debug)]
pub struct Output {
    file: File,
    /// `None` where nothing is escaped.
    guard: Option<Guard>,
}

impl Output {
    pub(super) fn new(file: File, is_terminal: bool, passes: Passes) -> Self {
        let guard = is_terminal && passes != Passes::Everything;
        Self {
            file,
            guard: guard.then(|| Guard::new(passes)),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(guard) = &mut self.guard else {
            return self.file.write(bytes);
        };
        guard.push(bytes);
        self.file.write_all(&guard.escaped)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(guard) = &mut self.guard {
            guard.finish();
            self.file.write_all(&guard.escaped)?;
        }
        self.file.flush()
    }
}

/// `text` as it may be sent to a terminal.
pub(super) fn guarded(text: &str, passes: Passes) -> Cow<'_, str> {
    if passes == Passes::Everything || text.bytes().all(|byte| matches!(byte, b' '..0x7f)) {
        return Cow::Borrowed(text);
    }
    let mut escaped = Vec::new();
    escape(&mut escaped, text.as_bytes(), passes);
    Cow::Owned(String::from_utf8_lossy(&escaped).into_owned())
}

/// One message as it may be sent to a terminal. A name in it may hold line breaks, which are escaped:
/// nothing in a name begins a line. An excerpt, whose lines are indented, stays as it is.
pub(super) fn guarded_message(text: &str) -> String {
    let mut lines = text.split('\n');
    let mut message = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        let is_excerpt = line.starts_with("  ") && !line.starts_with("  caused by:");
        message += if is_excerpt { "\n" } else { "\\n" };
        message += line;
    }
    guarded(&message, Passes::Text).into_owned()
}

/// Escapes a stream that arrives in pieces.
#[derive(Debug)]
struct Guard {
    passes: Passes,
    /// What the last piece ended with: a part of a character or of a colour.
    held: Vec<u8>,
    /// What may be written now.
    escaped: Vec<u8>,
}

impl Guard {
    fn new(passes: Passes) -> Self {
        Self {
            passes,
            held: Vec::new(),
            escaped: Vec::new(),
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.escaped.clear();
        self.held.extend_from_slice(bytes);
        let whole = self.held.len() - unfinished(&self.held);
        escape(&mut self.escaped, &self.held[..whole], self.passes);
        self.held.drain(..whole);
    }

    /// Nothing follows for now: what is held was no part of anything.
    fn finish(&mut self) {
        self.escaped.clear();
        escape(&mut self.escaped, &self.held, self.passes);
        self.held.clear();
    }
}

fn escape(out: &mut Vec<u8>, bytes: &[u8], passes: Passes) {
    let mut rest = bytes;
    while passes == Passes::Colors
        && let Some((at, length)) = first_color(rest)
    {
        escape_output(out, &rest[..at]);
        out.extend_from_slice(&rest[at..at + length]);
        rest = &rest[at + length..];
    }
    escape_output(out, rest);
}

/// Where the first colour of `bytes` stands, and its length.
fn first_color(bytes: &[u8]) -> Option<(usize, usize)> {
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == 0x1b);
    starts
        .filter_map(|(at, _)| Some((at, color_length(&bytes[at..])?)))
        .next()
}

/// The length of the SGR sequence that `bytes` begins with, when evctl paints with it: bold, dim,
/// underlined and the text colours. None that hides text or paints the background.
fn color_length(bytes: &[u8]) -> Option<usize> {
    let sequence = bytes.strip_prefix(b"\x1b[")?;
    let end = sequence
        .iter()
        .take(LONGEST_SGR - 2)
        .position(|byte| *byte == b'm')?;
    let painted = sequence[..end].split(|byte| *byte == b';').all(|code| {
        matches!(
            code,
            b"0" | b"1" | b"2" | b"4" | [b'3' | b'9', b'0'..=b'7'] | b"39"
        )
    });
    painted.then_some(end + 3)
}

/// How many bytes at the end of `bytes` are the beginning of a character or of a colour.
fn unfinished(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(LONGEST_SGR - 1)..];
    if let Some(at) = tail.iter().rposition(|byte| *byte == 0x1b) {
        let parts = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'[' | b';');
        if tail[at + 1..].iter().all(parts) {
            return tail.len() - at;
        }
    }
    for (length, byte) in (1..=3).zip(tail.iter().rev()) {
        if *byte >= 0xc0 {
            let needed = byte.leading_ones() as usize;
            return if needed > length { length } else { 0 };
        }
        if *byte < 0x80 {
            break;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek};

    use proptest::prelude::*;

    use super::*;

    /// What is in a file after `pieces` were written to it as if it were a terminal.
    fn written(is_terminal: bool, passes: Passes, pieces: &[&[u8]]) -> Vec<u8> {
        let mut file = tempfile::tempfile().unwrap();
        let mut output = Output::new(file.try_clone().unwrap(), is_terminal, passes);
        for piece in pieces {
            output.write_all(piece).unwrap();
        }
        output.flush().unwrap();
        let mut content = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut content).unwrap();
        content
    }

    const HOSTILE: &str = "a\x1b]0;title\x07\r\u{9b}2J\u{202e}\u{200b}\x1b[8m\x7f\n\tb";

    #[test]
    fn a_terminal_gets_no_control_character_and_a_pipe_every_byte() {
        assert_eq!(
            String::from_utf8(written(true, Passes::Text, &[HOSTILE.as_bytes()])).unwrap(),
            "a\\x1b]0;title\\x07\\r\\u009b2J\\u202e\\u200b\\x1b[8m\\u007f\n\tb"
        );
        let bytes = [HOSTILE.as_bytes(), b"\xff\xc3"].concat();
        assert_eq!(written(false, Passes::Text, &[&bytes]), bytes);
        assert_eq!(written(true, Passes::Everything, &[&bytes]), bytes);
    }

    #[test]
    fn a_line_break_in_a_name_begins_no_line_of_a_message() {
        for (message, shown) in [
            ("\nerror: x: not found", "\\nerror: x: not found"),
            ("a\r\n  caused by: b", "a\\r\\n  caused by: b"),
            ("a\n b\n", "a\\n b\\n"),
            (
                "there is no variable $x at column 5\n  .a + $x\n      ^",
                "there is no variable $x at column 5\n  .a + $x\n      ^",
            ),
        ] {
            assert_eq!(guarded_message(message), shown);
        }
    }

    #[test]
    fn colours_pass_where_evctl_paints_and_nothing_else_does() {
        let painted = b"\x1b[1;33mwarning\x1b[0m \x1b[8mhidden\x1b[0m \x1b[41mred\x1b[2J";
        assert_eq!(
            String::from_utf8(written(true, Passes::Colors, &[painted])).unwrap(),
            "\x1b[1;33mwarning\x1b[0m \\x1b[8mhidden\x1b[0m \\x1b[41mred\\x1b[2J"
        );
        assert_eq!(
            String::from_utf8(written(true, Passes::Text, &[b"\x1b[31mred"])).unwrap(),
            "\\x1b[31mred"
        );
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_a_stream_is_cut(
            text in "[a\\x1b\\[31m;ż猫🦀\u{9b}\u{202e}\n]{0,24}",
            cuts in prop::collection::vec(0_usize..80, 0..4),
        ) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
            let whole = guarded(&text, Passes::Colors);
            let pieces = written(true, Passes::Colors, &pieces);
            prop_assert_eq!(whole.as_bytes(), pieces.as_slice());
        }
    }
}
