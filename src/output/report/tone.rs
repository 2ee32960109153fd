//! Words that say how something stands, and their colours on a terminal.

/// How good a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Doubtful,
    Bad,
}

/// The columns whose words are coloured.
const COLUMNS: [&str; 3] = ["status", "state", "outcome"];

const GOOD: [&str; 5] = ["ok", "catching_up", "stable", "created", "exists"];
const DOUBTFUL: [&str; 13] = [
    // Of lag.
    "unknown",
    "no_commit",
    "abandoned",
    "slow",
    "rewound",
    "unsupported",
    // Of a topic's partitions.
    "under-replicated",
    "offline replicas",
    // Of groups.
    "preparingrebalance",
    "completingrebalance",
    "assigning",
    "reconciling",
    "notready",
];
const BAD: [&str; 12] = [
    "topic_gone",
    "no_leader",
    "error",
    "beyond_end",
    "data_lost",
    "txn_blocked",
    "stalled",
    "stopped",
    "no leader",
    "under min isr",
    "dead",
    "failed",
];

/// The tone of `word` in a column of that name; `None` when it has none, such as `Empty`.
pub fn of(column: &str, word: &str) -> Option<Tone> {
    if !COLUMNS.contains(&column) {
        return None;
    }
    let among = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    if among(&GOOD) {
        Some(Tone::Good)
    } else if among(&DOUBTFUL) {
        Some(Tone::Doubtful)
    } else if among(&BAD) {
        Some(Tone::Bad)
    } else {
        None
    }
}

/// What stands before and after a coloured word while a table is laid out: invisible operators,
/// which take no room. A terminal's own escapes would be counted as text.
const MARKS: [(char, Tone); 3] = [
    ('\u{2061}', Tone::Good),
    ('\u{2062}', Tone::Doubtful),
    ('\u{2063}', Tone::Bad),
];
const END: char = '\u{2060}';

impl Tone {
    /// `text` with marks around each word, so that it may be folded between them.
    pub fn mark(self, text: &str) -> String {
        let mark = MARKS.iter().find(|(_, tone)| *tone == self);
        let Some((mark, _)) = mark else {
            return text.to_owned();
        };
        let words = text.split(' ').map(|word| format!("{mark}{word}{END}"));
        words.collect::<Vec<_>>().join(" ")
    }

    fn code(self) -> &'static [u8] {
        match self {
            Self::Good => b"\x1b[32m",
            Self::Doubtful => b"\x1b[33m",
            Self::Bad => b"\x1b[31m",
        }
    }
}

/// `text` without marks: those that come from a cluster are none.
pub fn unmarked(text: &str) -> String {
    let is_mark = |character| character == END || MARKS.iter().any(|(mark, _)| *mark == character);
    text.chars()
        .filter(|&character| !is_mark(character))
        .collect()
}

/// Appends `line` with colours for marks.
pub fn paint(out: &mut Vec<u8>, line: &str) {
    for character in line.chars() {
        match MARKS.iter().find(|(mark, _)| *mark == character) {
            Some((_, tone)) => out.extend_from_slice(tone.code()),
            None if character == END => out.extend_from_slice(b"\x1b[0m"),
            None => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lag::Status;

    #[test]
    fn every_status_of_lag_has_a_colour_and_fits_what_is_a_problem() {
        for status in Status::ALL {
            let tone = of("status", status.name()).unwrap();
            assert_eq!(tone != Tone::Good, status.is_problem(), "{}", status.name());
        }
        assert_eq!(of("state", "Empty"), None);
        assert_eq!(of("topic", "ok"), None, "a name is no status");
    }
}
