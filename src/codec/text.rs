//! Bytes of a topic made harmless for a terminal.

use std::fmt::{self, Write};

/// `1 record`, `2 records`.
#[must_use]
pub fn counted<N: Copy + fmt::Display + PartialEq + From<u8>>(count: N, thing: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// Appends `text` with everything that could steer a terminal shown as an escape; see [`steers`]. A
/// backslash stays as it is: this is for eyes, not for parsing.
pub fn escape_controls(out: &mut Vec<u8>, text: &str) {
    let mut plain = 0;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        let joined = joins(before, character);
        before = character;
        if joined || !steers(character) {
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

/// Appends the text of several lines: line breaks and tabs stay, everything else that could steer a
/// terminal is escaped as [`escape_bytes`] does, from DEL on as JSON does, so that JSON stays JSON.
pub fn escape_output(out: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.iter().all(|&byte| is_plain(byte)) {
        out.extend_from_slice(bytes);
        return;
    }
    let mut before = ' ';
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            let kept =
                matches!(character, '\n' | '\t') || joins(before, character) || !steers(character);
            match character {
                _ if kept => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
                '\0'..'\u{7f}' => write_escape(out, character),
                _ => {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        write_formatted(out, format_args!("\\u{unit:04x}"));
                    }
                }
            }
            before = character;
        }
        for byte in chunk.invalid() {
            write_formatted(out, format_args!("\\x{byte:02x}"));
        }
    }
}

/// Whether `byte` is ASCII that steers nothing, or a line break or tab.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..0x7f | b'\n' | b'\t')
}

/// Whether `character` could steer a terminal or hide from the reader: C0 and C1 control characters,
/// DEL, the characters that override or isolate text direction (<https://trojansource.codes>), and
/// those that take no room.
#[must_use]
pub fn steers(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Whether `character` is a joiner where a script or an emoji needs one: Persian, Hindi and families
/// of emoji are written with U+200C and U+200D, words of ASCII are not.
fn joins(before: char, character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}') && !before.is_ascii() && !steers(before)
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

fn write_formatted(out: &mut Vec<u8>, text: fmt::Arguments<'_>) {
    let mut escape = String::new();
    // Writing to a String cannot fail.
    let _ = escape.write_fmt(text);
    out.extend_from_slice(escape.as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joiner(character: char) -> bool {
        matches!(character, '\u{200c}' | '\u{200d}')
    }

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
        assert_eq!(
            escaped("a\u{200b}b\u{200d}c\u{feff}\u{e0041}".as_bytes()),
            "a\\u{200b}b\\u{200d}c\\u{feff}\\u{e0041}"
        );
        assert_eq!(
            escaped("👩\u{200d}🚀 می\u{200c}شود".as_bytes()),
            "👩\u{200d}🚀 می\u{200c}شود"
        );
        assert_eq!(escaped(b"ab\xff\xc3("), "ab\\xff\\xc3(");
        assert_eq!(escaped("zażółć 🦀 \\n".as_bytes()), "zażółć 🦀 \\n");
    }

    #[test]
    fn lines_stay_lines_and_json_stays_json() {
        let shown = |text: &[u8]| {
            let mut out = Vec::new();
            escape_output(&mut out, text);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(shown(b"a\n\tb\x1b[2J\r\xff"), "a\n\tb\\x1b[2J\\r\\xff");
        let json = shown("[\"zażółć\u{9b}\u{7f}\u{202e}\u{e0041}\"]\n".as_bytes());
        assert_eq!(json, "[\"zażółć\\u009b\\u007f\\u202e\\udb40\\udc41\"]\n");
        let parsed: String = serde_json::from_str::<Vec<String>>(&json)
            .unwrap()
            .remove(0);
        assert_eq!(parsed, "zażółć\u{9b}\u{7f}\u{202e}\u{e0041}");
    }

    proptest! {
        #[test]
        fn escaped_text_has_no_control_character(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let text = escaped(&bytes);
            prop_assert!(!text.chars().any(|c| steers(c) && !joiner(c)), "{:?}", text);
        }
    }
}
