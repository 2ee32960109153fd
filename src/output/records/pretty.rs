//! `-o pretty`: a record for the eye. Time, place and key, then the value: beside them where it
//! fits, below them where it does not, JSON laid out and coloured.

use std::str;

use indicatif::HumanBytes;

use super::pretty_json;
use crate::{
    codec::{json::is_json, text::escape_bytes},
    envelope::Event,
    event::{Headers, Record, Timestamp},
    output::{
        Form, Terminal,
        screen::{Screen, cut, width},
    },
};

/// JSON up to this size is laid out whole.
const WHOLE_JSON: usize = 16 * 1024;
/// Of anything else, and of larger JSON, this much is shown.
const SHOWN: usize = 2 * 1024;
/// What a value below its record is indented by.
const INDENT: usize = 2;

/// Looks good from 80 columns to 200. Control characters are escaped everywhere.
#[derive(Debug)]
pub struct Pretty(pub Screen);

impl Form for Pretty {
    fn write(&mut self, out: &mut Vec<u8>, event: &Event<'_>) {
        let record = event.record();
        let screen = &self.0;
        let used = head(out, screen, record);
        headers(out, screen, record.headers);
        // Beside its record a value may stand only where no line of headers lies between.
        let room = match record.headers.is_empty() {
            true => screen.width.saturating_sub(used + 2),
            false => 0,
        };
        match record.value {
            None => {
                out.extend_from_slice(b"  ");
                screen.paint(out, DIM, "null (tombstone)");
            }
            Some([]) => {
                out.extend_from_slice(b"  ");
                screen.paint(out, DIM, "empty");
            }
            Some(value) if value.len() <= WHOLE_JSON && is_json(value) => {
                json(out, screen, value, room);
            }
            Some(value) => text(out, screen, value, room),
        }
        out.push(b'\n');
    }
}

const DIM: &str = "2";
const PLACE: &str = "36";
const KEY: &str = "1;33";

/// Time, place and key; returns the columns they take.
fn head(out: &mut Vec<u8>, screen: &Screen, record: &Record<'_>) -> usize {
    let time = match record.timestamp {
        -1 => "-".to_owned(),
        ms => Timestamp(ms).to_string(),
    };
    let place = format!(
        "{}/{}@{}",
        escaped(record.topic.as_bytes()),
        record.partition,
        record.offset
    );
    let key = record.key.map(escaped);
    let key = key.as_deref().map_or(String::new(), |key| {
        cut(key, (screen.width / 3).max(16)).into_owned()
    });
    screen.paint(out, DIM, &time);
    out.extend_from_slice(b"  ");
    screen.paint(out, PLACE, &place);
    let mut used = width(&time) + 2 + width(&place);
    match record.key {
        None => {}
        Some([]) => {
            out.extend_from_slice(b"  ");
            screen.paint(out, DIM, "\"\"");
            used += 4;
        }
        Some(_) => {
            out.extend_from_slice(b"  ");
            screen.paint(out, KEY, &key);
            used += 2 + width(&key);
        }
    }
    used
}

/// All headers on a line of their own.
fn headers(out: &mut Vec<u8>, screen: &Screen, headers: Headers<'_>) {
    if headers.is_empty() {
        return;
    }
    let mut line = String::new();
    for (name, value) in headers.iter() {
        if !line.is_empty() {
            line.push_str("  ");
        }
        line.push_str(&escaped(name));
        line.push('=');
        line.push_str(&value.map_or_else(|| "null".to_owned(), escaped));
    }
    below(out);
    screen.paint(out, DIM, &cut(&line, screen.width.saturating_sub(INDENT)));
}

fn json(out: &mut Vec<u8>, screen: &Screen, value: &[u8], room: usize) {
    if pretty_json::inline_width(value, room).is_some() {
        out.extend_from_slice(b"  ");
    } else {
        below(out);
    }
    pretty_json::write(out, screen, value, INDENT);
}

/// Text, or bytes with what is not text escaped; its lines are kept.
fn text(out: &mut Vec<u8>, screen: &Screen, value: &[u8], room: usize) {
    let mut shown = Vec::new();
    Terminal::Yes.put(&mut shown, start(value, SHOWN));
    let shown = String::from_utf8_lossy(&shown);
    let whole = value.len() <= SHOWN;
    if whole && !shown.contains('\n') && width(&shown) <= room {
        out.extend_from_slice(b"  ");
        out.extend_from_slice(shown.as_bytes());
        return;
    }
    for line in shown.lines() {
        below(out);
        out.extend_from_slice(line.as_bytes());
    }
    if !whole {
        below(out);
        let size = HumanBytes(value.len() as u64);
        screen.paint(
            out,
            DIM,
            &format!("… {size} in all; -o value prints it whole"),
        );
    }
}

/// A new line, indented.
fn below(out: &mut Vec<u8>) {
    out.push(b'\n');
    out.extend_from_slice(&[b' '; INDENT]);
}

fn escaped(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    escape_bytes(&mut out, start(bytes, SHOWN));
    String::from_utf8_lossy(&out).into_owned()
}

/// At most `length` bytes, not ending within a character.
fn start(bytes: &[u8], length: usize) -> &[u8] {
    let Some(start) = bytes.get(..length) else {
        return bytes;
    };
    match str::from_utf8(start) {
        Err(error) if error.error_len().is_none() => &start[..error.valid_up_to()],
        _ => start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::{HeaderBuf, RecordBuf},
        output::records::testing::{printed, record},
    };

    fn shown(width: usize, record: RecordBuf) -> String {
        printed(Pretty(Screen::new(Terminal::Yes, width, false)), &[record])
    }

    fn bare(value: &str) -> RecordBuf {
        RecordBuf {
            headers: HeaderBuf::default(),
            ..record(value)
        }
    }

    #[test]
    fn a_value_that_fits_stands_beside_its_record_and_else_below() {
        let value = r#"{"id":"a","items":[{"sku":"A-1","n":2},{"sku":"B-7","n":1}],"total":12.50,"note":"猫"}"#;
        assert_eq!(
            shown(200, bare(value)),
            "2026-01-01T10:00:00.123Z  orders/3@1042  order-17  {\"id\": \"a\", \"items\": \
             [{\"sku\": \"A-1\", \"n\": 2}, {\"sku\": \"B-7\", \"n\": 1}], \"total\": 12.50, \
             \"note\": \"猫\"}\n"
        );
        assert_eq!(
            shown(80, bare(value)),
            r#"2026-01-01T10:00:00.123Z  orders/3@1042  order-17
  {
    "id": "a",
    "items": [{"sku": "A-1", "n": 2}, {"sku": "B-7", "n": 1}],
    "total": 12.50,
    "note": "猫"
  }
"#
        );
    }

    #[test]
    fn headers_have_a_line_and_nothing_steers_the_terminal() {
        let mut headers = HeaderBuf::default();
        headers.push(b"trace", Some(b"a\x1b[2J"));
        headers.push(b"none", None);
        let record = RecordBuf {
            headers,
            ..record("one\n\x1btwo\u{9b}")
        };
        assert_eq!(
            shown(80, record),
            "2026-01-01T10:00:00.123Z  orders/3@1042  order-17\n  \
             trace=a\\x1b[2J  none=null\n  one\n  \\x1btwo\\u{9b}\n"
        );
    }

    #[test]
    fn null_and_empty_are_told_apart() {
        let tombstone = RecordBuf {
            value: None,
            key: None,
            timestamp: -1,
            ..bare("")
        };
        assert_eq!(shown(80, tombstone), "-  orders/3@1042  null (tombstone)\n");
        let empty = RecordBuf {
            key: Some(Vec::new()),
            ..bare("")
        };
        assert_eq!(
            shown(80, empty),
            "2026-01-01T10:00:00.123Z  orders/3@1042  \"\"  empty\n"
        );
    }

    #[test]
    fn a_long_value_is_cut_and_its_size_is_said() {
        let text = shown(80, bare(&"é".repeat(3_000)));
        assert!(
            text.ends_with("é\n  … 5.86 KiB in all; -o value prints it whole\n"),
            "{text}"
        );
        assert!(!text.contains('\u{fffd}'));
    }

    #[test]
    fn colours_are_there_when_wanted() {
        let screen = Screen::new(Terminal::Yes, 80, true);
        let text = printed(Pretty(screen), &[bare("{\"a\":1}")]);
        assert!(
            text.contains("\x1b[34m\"a\"\x1b[0m: \x1b[36m1\x1b[0m"),
            "{text:?}"
        );
    }
}
