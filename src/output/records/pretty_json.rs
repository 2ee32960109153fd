//! JSON laid out for the eye: on one line where it fits, else a member per line. Its tokens stay
//! as they are: numbers, escapes, order and duplicates.
//!
//! Everything here takes JSON that is known to be valid and at most 128 deep.

use crate::output::screen::{Screen, width};

const NAME: &str = "34";
const STRING: &str = "32";
const NUMBER: &str = "36";
const WORD: &str = "35";

/// The columns that the JSON value at the start of `json` takes on one line; `None` when more
/// than `room`.
pub fn inline_width(json: &[u8], room: usize) -> Option<usize> {
    let (mut columns, mut depth) = (0, 0_usize);
    let mut rest = json.trim_ascii_start();
    while let Some((token, after)) = token(rest) {
        match token {
            Token::Open => depth += 1,
            Token::Close => depth = depth.checked_sub(1)?,
            Token::Comma if depth == 0 => break,
            _ => {}
        }
        // A comma and a colon are followed by a space.
        columns += match token {
            Token::Comma | Token::Colon => 2,
            Token::Open | Token::Close => 1,
            Token::String | Token::Other => width(text(rest, after)),
        };
        if columns > room {
            return None;
        }
        rest = after.trim_ascii_start();
        if depth == 0 {
            break;
        }
    }
    Some(columns)
}

/// Appends `json`, on one line where the screen is wide enough for it at `indent`.
pub fn write(out: &mut Vec<u8>, screen: &Screen, json: &[u8], indent: usize) {
    let mut layout = Layout {
        out,
        screen,
        rest: json.trim_ascii_start(),
    };
    let room = screen.width.saturating_sub(indent);
    let folded = inline_width(json, room).is_none();
    layout.value(folded.then_some(indent));
}

struct Layout<'o, 'j> {
    out: &'o mut Vec<u8>,
    screen: &'o Screen,
    rest: &'j [u8],
}

impl Layout<'_, '_> {
    /// Writes one value, on one line when there is no `indent`.
    fn value(&mut self, indent: Option<usize>) {
        match self.rest.first() {
            Some(b'{' | b'[') => self.container(indent),
            Some(b'"') => self.paint(STRING),
            Some(b't' | b'f' | b'n') => self.paint(WORD),
            _ => self.paint(NUMBER),
        }
    }

    fn container(&mut self, indent: Option<usize>) {
        self.copy();
        if let Some(b'}' | b']') = self.rest.first() {
            return self.copy();
        }
        let inner = indent.map(|indent| indent + 2);
        loop {
            self.new_line(inner);
            self.member(inner);
            let more = self.rest.first() == Some(&b',');
            if !more {
                break;
            }
            self.copy();
            if inner.is_none() {
                self.out.push(b' ');
            }
        }
        self.new_line(indent);
        self.copy();
    }

    /// Writes an element, or a name and its value.
    fn member(&mut self, indent: Option<usize>) {
        let mut column = indent.unwrap_or(0);
        if let Some((Token::String, after)) = token(self.rest)
            && after.trim_ascii_start().first() == Some(&b':')
        {
            column += width(text(self.rest, after)) + 2;
            self.paint(NAME);
            self.copy();
            self.out.push(b' ');
        }
        // One column is kept for the comma.
        let room = self.screen.width.saturating_sub(column + 1);
        let folded = indent.filter(|_| inline_width(self.rest, room).is_none());
        self.value(folded);
    }

    fn new_line(&mut self, indent: Option<usize>) {
        if let Some(indent) = indent {
            self.out.push(b'\n');
            self.out.resize(self.out.len() + indent, b' ');
        }
    }

    /// Passes one token on, as it is.
    fn copy(&mut self) {
        self.take(|_, out, text| out.extend_from_slice(text.as_bytes()));
    }

    /// Passes one token on in a colour.
    fn paint(&mut self, code: &str) {
        self.take(|screen, out, text| {
            let start = out.len();
            out.extend_from_slice(text.as_bytes());
            crate::output::Terminal::Yes.settle_json(out, start);
            let text = String::from_utf8_lossy(&out.split_off(start)).into_owned();
            screen.paint(out, code, &text);
        });
    }

    fn take(&mut self, put: impl FnOnce(&Screen, &mut Vec<u8>, &str)) {
        if let Some((_, after)) = token(self.rest) {
            put(self.screen, self.out, text(self.rest, after));
            self.rest = after.trim_ascii_start();
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Comma,
    Colon,
    String,
    Other,
}

/// The token at the start of `json`, and what follows it; `None` at the end.
fn token(json: &[u8]) -> Option<(Token, &[u8])> {
    let (&first, after) = json.split_first()?;
    Some(match first {
        b'{' | b'[' => (Token::Open, after),
        b'}' | b']' => (Token::Close, after),
        b',' => (Token::Comma, after),
        b':' => (Token::Colon, after),
        b'"' => {
            let mut escaped = false;
            let end = after.iter().position(|byte| {
                let ends = *byte == b'"' && !escaped;
                escaped = *byte == b'\\' && !escaped;
                ends
            });
            (Token::String, after.get(end? + 1..)?)
        }
        _ => {
            let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}') || byte.is_ascii_whitespace();
            let end = after.iter().position(ends).unwrap_or(after.len());
            (Token::Other, &after[end..])
        }
    })
}

/// The text of a token that ends where `after` begins. Tokens of valid JSON are UTF-8.
fn text<'j>(json: &'j [u8], after: &[u8]) -> &'j str {
    std::str::from_utf8(&json[..json.len() - after.len()]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::output::Terminal;

    fn laid_out(json: &str, width: usize) -> String {
        let mut out = Vec::new();
        write(
            &mut out,
            &Screen::new(Terminal::Yes, width, false),
            json.as_bytes(),
            0,
        );
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_does_not_fit_has_a_member_per_line() {
        let json = r#"{"a":[],"b":{},"c":[1, 2.50,"]\\"],"c":{"d":"eeeeeeeeeeeeeeeeeeee"}}"#;
        assert_eq!(
            laid_out(json, 24),
            r#"{
  "a": [],
  "b": {},
  "c": [1, 2.50, "]\\"],
  "c": {
    "d": "eeeeeeeeeeeeeeeeeeee"
  }
}"#
        );
        assert_eq!(
            laid_out(json, 80),
            r#"{"a": [], "b": {}, "c": [1, 2.50, "]\\"], "c": {"d": "eeeeeeeeeeeeeeeeeeee"}}"#
        );
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn laying_out_changes_nothing_but_white_space(value in json(), width in 1..100_usize) {
            let text = laid_out(&value.to_string(), width);
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        }
    }
}
