//! The surface that is printed on, and how wide text is there.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Terminal;

/// Lines are folded here on a terminal that is narrower than this.
const NARROWEST: usize = 40;

/// Where output goes and how it may look there.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Whether it is a terminal.
    pub terminal: Terminal,
    /// Its width in columns.
    pub width: usize,
    /// Whether colour is wanted.
    pub color: bool,
}

impl Screen {
    /// A screen.
    #[must_use]
    pub fn new(terminal: Terminal, width: usize, color: bool) -> Self {
        Self {
            terminal,
            width,
            color,
        }
    }

    /// A file or a pipe: no colour, 80 columns where something must be folded.
    #[must_use]
    pub fn file() -> Self {
        Self::new(Terminal::No, 80, false)
    }

    /// Whether a person looks at it.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.terminal == Terminal::Yes
    }

    /// Appends `text` in the colour that an SGR code names (`1`, `32`, `1;33`); plain when the code
    /// is empty or no colour is wanted. Colours of the text's own do not reach a terminal.
    pub fn paint(&self, out: &mut Vec<u8>, code: &str, text: &str) {
        if self.color && !code.is_empty() && !text.is_empty() {
            out.extend_from_slice(b"\x1b[");
            out.extend_from_slice(code.as_bytes());
            out.push(b'm');
            self.terminal.put(out, text.as_bytes());
            out.extend_from_slice(b"\x1b[0m");
        } else {
            self.terminal.put(out, text.as_bytes());
        }
    }

    /// Appends `text`, on a terminal folded between words where that ends, as lines that begin with
    /// `indent` and are painted as by [`Screen::paint`].
    pub fn fold(&self, out: &mut Vec<u8>, indent: &str, code: &str, text: &str) {
        let columns = if self.is_terminal() {
            self.width.max(NARROWEST) - indent.len()
        } else {
            usize::MAX
        };
        for line in fold(text, columns) {
            out.extend_from_slice(indent.as_bytes());
            self.paint(out, code, &line);
            out.push(b'\n');
        }
    }
}

/// The columns that `text` takes; wide characters take two.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// `text` in at most `columns` columns, ending in `…` where something was left out.
#[must_use]
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut used = 1;
    let mut kept = String::new();
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > columns {
            break;
        }
        kept.push(character);
    }
    kept.push('…');
    Cow::Owned(kept)
}

/// `text` in at most `columns` columns, with `…` in its middle where something was left out: names
/// differ at their ends.
#[must_use]
pub fn cut_middle(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let tail = columns.saturating_sub(1) / 2;
    let head = columns.saturating_sub(1) - tail;
    let start = fitting_of(head, text.chars());
    let end = text.len() - fitting_of(tail, text.chars().rev());
    Cow::Owned(format!("{}…{}", &text[..start], &text[end..]))
}

/// The bytes of `text` that fit into so many columns.
#[must_use]
pub fn fitting(text: &str, columns: usize) -> usize {
    fitting_of(columns, text.chars())
}

fn fitting_of(columns: usize, characters: impl Iterator<Item = char>) -> usize {
    let mut used = 0;
    let fitting = characters.take_while(|character| {
        used += character.width().unwrap_or(0);
        used <= columns
    });
    fitting.map(char::len_utf8).sum()
}

/// `text` in lines of at most `columns` columns, broken between words only: a longer word has a line
/// of its own.
#[must_use]
pub fn fold(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.width() + 1 + word.width() > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// `text` with spaces up to `columns`; before it when it stands to the `right`.
#[must_use]
pub fn pad(text: &str, columns: usize, right: bool) -> String {
    let spaces = " ".repeat(columns.saturating_sub(width(text)));
    if right {
        format!("{spaces}{text}")
    } else {
        format!("{text}{spaces}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(width("猫 ab"), 5);
        assert_eq!(cut("猫猫猫", 6), "猫猫猫");
        assert_eq!(cut("猫猫猫", 5), "猫猫…");
        assert_eq!(cut("猫猫猫", 4), "猫…");
        assert_eq!(cut_middle("orders.payments.refunds", 11), "order…funds");
        assert_eq!(cut_middle("猫猫猫猫", 6), "猫…猫");
        assert_eq!(cut_middle("orders", 6), "orders");
        assert_eq!(pad("猫", 4, true), "  猫");
        assert_eq!(pad("abcd", 2, false), "abcd");
    }
}
