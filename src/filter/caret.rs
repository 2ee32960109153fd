//! The place of a mistake in what was typed.

/// `text` on a line of its own with a caret under `column` (in
/// characters, from 1); of a text with several lines, the line
/// that has the column.
#[must_use]
pub fn caret(text: &str, column: usize) -> String {
    let mut before = column.saturating_sub(1);
    for line in text.split('\n') {
        let length = line.chars().count();
        if before <= length {
            return format!("  {line}\n  {}^", " ".repeat(before));
        }
        before -= length + 1;
    }
    format!("  {text}")
}
