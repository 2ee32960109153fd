//! Regular expressions that are none, in Java as in Python. Only what is wrong for sure: the two
//! differ in much, and so do their versions.

/// What is wrong with it, when something certainly is.
pub(super) fn wrong(pattern: &str) -> Option<&'static str> {
    if pattern.starts_with(['*', '+', '?']) {
        return Some("there is nothing before it to repeat");
    }
    // Quotations and comments, where everything may stand.
    if pattern.contains("\\Q") || has_comments(pattern) {
        return None;
    }
    let mut open = 0_usize;
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                None => return Some("it ends with a backslash"),
                // A control character takes one more.
                Some('c') => _ = letters.next(),
                Some(_) => {}
            },
            // What a class holds is different everywhere, but it ends.
            '[' => {
                let closed = letters.as_str().contains(']');
                return (!closed).then_some("a \"[\" is not closed");
            }
            '(' => open += 1,
            ')' if open == 0 => return Some("a \")\" was not opened"),
            ')' => open -= 1,
            _ => {}
        }
    }
    (open > 0).then_some("a \"(\" is not closed")
}

/// Whether blanks and comments may be in it: `(?x)`.
fn has_comments(pattern: &str) -> bool {
    pattern.split("(?").skip(1).any(|rest| {
        let flags = rest.split(|one: char| !one.is_ascii_alphabetic() && one != '-');
        flags.take(1).any(|flags| flags.contains('x'))
    }) || pattern.contains("(?#")
}
