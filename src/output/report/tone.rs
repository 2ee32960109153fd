//! Words that say how something stands, and their colours on a terminal.

use crate::output::Screen;

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

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Self::Good => "32",
            Self::Doubtful => "33",
            Self::Bad => "31",
        }
    }
}

/// Appends `text`, each of its words in the colour of `tone`.
pub fn paint(out: &mut Vec<u8>, screen: &Screen, tone: Option<Tone>, text: &str) {
    let code = tone.map_or("", Tone::code);
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        screen.paint(out, code, word);
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
