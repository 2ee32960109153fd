//! The name of a replay, and the names that are made from it.

use crate::event::{REPLAY_GROUP_PREFIX, Timestamp};

/// A name that no other replay has, for one that begins at `now` (milliseconds since 1970) and reads
/// `source`: the source's name, day and time.
#[must_use]
pub fn new_id(now: i64, source: &str) -> String {
    let letters = source
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c));
    let name: String = letters.skip_while(|c| *c == '.').take(60).collect();
    let time = Timestamp(now).to_string();
    let digits: String = time.chars().filter(char::is_ascii_digit).collect();
    let name = if name.is_empty() { "replay" } else { &name };
    // 20260102100000123: the milliseconds tell runs of one second apart.
    let (day, rest) = digits.split_at(digits.len().min(8));
    format!("{name}-{day}-{rest}")
}

/// Whether `id` can be part of the names of a group, a transaction and a file.
#[must_use]
pub fn is_valid_id(id: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=100).contains(&id.len()) && id.bytes().all(letters) && !id.starts_with('.')
}

/// The group that holds the checkpoints of the replay called `id`.
#[must_use]
pub fn checkpoint_group(id: &str) -> String {
    format!("{REPLAY_GROUP_PREFIX}{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_name_for_files_and_groups() {
        assert!(is_valid_id("copy-1") && is_valid_id("a.b_c"));
        for bad in ["", "a/b", "..", ".x", "a b", "ä", &"x".repeat(101)] {
            assert!(!is_valid_id(bad), "{bad}");
        }
    }

    #[test]
    fn a_new_id_begins_with_the_source_and_is_valid() {
        assert_eq!(
            new_id(1_767_348_000_123, "orders"),
            "orders-20260102-100000123"
        );
        for source in ["", "..", "a b/ä", &"x".repeat(200)] {
            let id = new_id(0, source);
            assert!(is_valid_id(&id), "{id}");
        }
    }
}
