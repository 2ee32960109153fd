//! Bytes of a topic made harmless for a terminal.

use std::fmt::Write;

/// Appends `text` with everything that could steer a terminal shown as an escape: C0 and C1
/// control characters, DEL, and the characters that override or isolate text direction
/// (<https://trojansource.codes>). A backslash stays as it is: this is for eyes, not for parsing.
pub fn escape_controls(out: &mut Vec<u8>, text: &str) {
    let mut plain = 0;
    for (at, character) in text.char_indices() {
        if !steers(character) {
            continue;
        }
        out.extend_from_slice(&text.as_bytes()[plain..at]);
        plain = at + character.len_utf8();
        write_escape(out, character);
    }
    out.extend_from_slice(&text.as_bytes()[plain..]);
}

/// [`escape_controls`] for bytes that may not be UTF-8: each byte that is not reads `\xNN`.
pub fn escape_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        escape_controls(out, chunk.valid());
        for byte in chunk.invalid() {
            write_formatted(out, format_args!("\\x{byte:02x}"));
        }
    }
}

/// Whether a terminal could be steered by `character`; see [`escape_controls`].
#[must_use]
pub fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn write_escape(out: &mut Vec<u8>, character: char) {
    match character {
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        '\0'..='\u{7f}' => write_formatted(out, format_args!("\\x{:02x}", u32::from(character))),
        _ => write_formatted(out, format_args!("\\u{{{:x}}}", u32::from(character))),
    }
}

fn write_formatted(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let mut escape = String::new();
    // Writing to a String cannot fail.
    let _ = escape.write_fmt(text);
    out.extend_from_slice(escape.as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(bytes: &[u8]) -> String {
        let mut out = Vec::new();
        escape_bytes(&mut out, bytes);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        assert_eq!(
            escaped(b"a\x1b[31m\x07\r\n\t\0\x7f"),
            "a\\x1b[31m\\x07\\r\\n\\t\\x00\\x7f"
        );
        assert_eq!(
            escaped("\u{9b}2J\u{202e}x\u{2066}".as_bytes()),
            "\\u{9b}2J\\u{202e}x\\u{2066}"
        );
        assert_eq!(escaped(b"ab\xff\xc3("), "ab\\xff\\xc3(");
        assert_eq!(escaped("zażółć 🦀 \\n".as_bytes()), "zażółć 🦀 \\n");
    }

    proptest! {
        #[test]
        fn escaped_text_has_no_control_character(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let text = escaped(&bytes);
            prop_assert!(!text.chars().any(steers), "{:?}", text);
        }
    }
}
