//! The parser: RFC 8259, with the place of every value, and without recursion over what is read.

use super::{Member, Node, Value};
use crate::schema::{Position, SchemaError, Source};

/// Deeper nesting is refused: nobody writes such a schema, and what walks over it may recurse.
const DEEPEST: usize = 256;

/// Reads one JSON value that fills `source`; a byte order mark before it is passed over.
///
/// # Errors
/// What is no JSON, with its place and what was expected there; nesting deeper than 256.
pub fn parse(source: &Source) -> Result<Node, SchemaError> {
    read(source, false)
}

/// The same where comments are let in, as Java's parser of Avro does: `// …` and `/* … */`.
///
/// # Errors
/// As [`parse`].
pub fn parse_with_comments(source: &Source) -> Result<Node, SchemaError> {
    read(source, true)
}

fn read(source: &Source, comments: bool) -> Result<Node, SchemaError> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let mut parser = Parser {
        rest: text,
        at: Position { line: 1, column: 1 },
        comments,
    };
    parser.document().map_err(|message| SchemaError {
        file: source.name.clone(),
        at: parser.at,
        message,
        hint: None,
    })
}

/// What is open while its items are read.
enum Open {
    Array(Position, Vec<Node>),
    Object(Position, Vec<Member>, Option<(String, Position)>),
}

struct Parser<'t> {
    rest: &'t str,
    at: Position,
    /// Whether comments are blanks.
    comments: bool,
}

type Step<T> = Result<T, String>;

impl Parser<'_> {
    fn document(&mut self) -> Step<Node> {
        let node = self.value()?;
        self.blank();
        match self.peek() {
            None => Ok(node),
            Some(more) => Err(format!("expected the end, found {more:?}")),
        }
    }

    /// One value and all that is in it.
    fn value(&mut self) -> Step<Node> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            self.blank();
            let at = self.at;
            let mut done = match self.peek() {
                Some('[') => {
                    self.open(&open)?;
                    open.push(Open::Array(at, Vec::new()));
                    None
                }
                Some('{') => {
                    self.open(&open)?;
                    open.push(Open::Object(at, Vec::new(), None));
                    None
                }
                _ => Some(Node {
                    at,
                    value: self.scalar()?,
                }),
            };
            // Puts what is done where it belongs, and closes what ends here.
            loop {
                let first = done.is_none();
                let Some(top) = open.last_mut() else {
                    return done.ok_or_else(|| "expected a value".to_owned());
                };
                if let Some(node) = done.take() {
                    match top {
                        Open::Array(_, items) => items.push(node),
                        Open::Object(_, members, name) => {
                            if let Some((name, at)) = name.take() {
                                members.push(Member { name, at, node });
                            }
                        }
                    }
                }
                self.blank();
                let closer = if matches!(top, Open::Array(..)) {
                    ']'
                } else {
                    '}'
                };
                let found = self.peek();
                if found == Some(closer) {
                    self.take();
                    done = open.pop().map(|open| match open {
                        Open::Array(at, items) => Node {
                            at,
                            value: Value::Array(items),
                        },
                        Open::Object(at, members, _) => Node {
                            at,
                            value: Value::Object(members),
                        },
                    });
                    continue;
                }
                if !first {
                    if found != Some(',') {
                        return Err(format!("expected ',' or {closer:?}, found {}", name(found)));
                    }
                    self.take();
                    self.blank();
                }
                if let Open::Object(_, _, key) = top {
                    *key = Some(self.key()?);
                }
                break;
            }
        }
    }

    fn open(&mut self, open: &[Open]) -> Step<()> {
        if open.len() >= DEEPEST {
            return Err(format!("nested deeper than {DEEPEST} levels"));
        }
        self.take();
        Ok(())
    }

    /// A member's name and the colon behind it.
    fn key(&mut self) -> Step<(String, Position)> {
        let at = self.at;
        if self.peek() != Some('"') {
            return Err(format!(
                "expected a name in double quotes, found {}",
                name(self.peek())
            ));
        }
        let key = self.string()?;
        self.blank();
        if self.peek() != Some(':') {
            return Err(format!(
                "expected ':' after {key:?}, found {}",
                name(self.peek())
            ));
        }
        self.take();
        Ok((key, at))
    }

    fn scalar(&mut self) -> Step<Value> {
        match self.peek() {
            Some('"') => self.string().map(Value::String),
            Some('-' | '0'..='9') => self.number(),
            _ => {
                for (word, value) in [
                    ("null", Value::Null),
                    ("true", Value::Bool(true)),
                    ("false", Value::Bool(false)),
                ] {
                    if self.rest.starts_with(word) {
                        self.pass(word.len());
                        return Ok(value);
                    }
                }
                Err(format!("expected a value, found {}", name(self.peek())))
            }
        }
    }

    fn number(&mut self) -> Step<Value> {
        let bytes = self.rest.as_bytes();
        let digits = |from: usize| {
            bytes[from..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count()
        };
        let mut end = usize::from(bytes[0] == b'-');
        let whole = digits(end);
        if whole == 0 || (whole > 1 && bytes[end] == b'0') {
            return Err("expected a number: no leading zero, a digit after the sign".to_owned());
        }
        end += whole;
        if bytes.get(end) == Some(&b'.') {
            let fraction = digits(end + 1);
            if fraction == 0 {
                return Err("expected a digit after the point".to_owned());
            }
            end += 1 + fraction;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent == 0 {
                return Err("expected a digit in the exponent".to_owned());
            }
            end += 1 + sign + exponent;
        }
        let number = self.rest[..end].to_owned();
        self.pass(end);
        Ok(Value::Number(number))
    }

    fn string(&mut self) -> Step<String> {
        self.take();
        let mut string = String::new();
        loop {
            let plain = self
                .rest
                .find(|character: char| character == '"' || character == '\\' || character < ' ');
            let Some(plain) = plain else {
                return Err("a string that does not end".to_owned());
            };
            string.push_str(&self.rest[..plain]);
            self.pass(plain);
            match self.peek() {
                Some('"') => {
                    self.take();
                    return Ok(string);
                }
                Some('\\') => {
                    self.take();
                    string.push(self.escape()?);
                }
                _ => return Err("a control character in a string: write it as \\u….".to_owned()),
            }
        }
    }

    fn escape(&mut self) -> Step<char> {
        let kind = self.peek().unwrap_or(' ');
        let plain = match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(),
            _ => return Err(format!("unknown escape \\{kind}")),
        };
        self.take();
        Ok(plain)
    }

    /// `uXXXX`, two of them for a pair of surrogates.
    fn unicode(&mut self) -> Step<char> {
        let first = self.hex()?;
        if (0xd800..0xdc00).contains(&first) && self.rest.starts_with("\\u") {
            let (rest, at) = (self.rest, self.at);
            self.take();
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            (self.rest, self.at) = (rest, at);
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Step<u32> {
        let digits = self
            .rest
            .get(1..5)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = code.ok_or("expected four hexadecimal digits after \\u")?;
        self.pass(5);
        Ok(code)
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Passes over one character that is no newline.
    fn take(&mut self) {
        if let Some(character) = self.peek() {
            self.rest = &self.rest[character.len_utf8()..];
            self.at.column += 1;
        }
    }

    /// Passes over so many bytes, none of which is a newline.
    fn pass(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes);
        let characters = passed.chars().count();
        self.at.column = self
            .at
            .column
            .saturating_add(u32::try_from(characters).unwrap_or(u32::MAX));
        self.rest = rest;
    }

    fn blank(&mut self) {
        while let Some(next) = self.peek() {
            match next {
                ' ' | '\t' | '\r' | '\n' => self.skip(1),
                '/' if self.comments && self.rest.starts_with("//") => {
                    self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
                }
                '/' if self.comments && self.rest.starts_with("/*") => {
                    let end = self.rest.find("*/").map(|end| end + 2);
                    self.skip(end.unwrap_or(self.rest.len()));
                }
                _ => break,
            }
        }
    }

    /// Passes over what may have ends of lines in it.
    fn skip(&mut self, bytes: usize) {
        let until = self.rest.len() - bytes;
        while self.rest.len() > until {
            if self.peek() == Some('\n') {
                self.rest = &self.rest[1..];
                self.at = Position {
                    line: self.at.line + 1,
                    column: 1,
                };
            } else {
                self.take();
            }
        }
    }
}

/// A character for a message.
fn name(character: Option<char>) -> String {
    character.map_or_else(
        || "the end".to_owned(),
        |character| format!("{character:?}"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Node, String> {
        parse(&Source::new("x.json", text)).map_err(|error| error.to_string())
    }

    #[test]
    fn values_stand_where_they_begin() {
        let node = read("{\n  \"a\": [1, {\"ü\": null}],\n  \"b\":true }").unwrap();
        let at = |node: &Node| (node.at.line, node.at.column);
        assert_eq!(at(&node), (1, 1));
        let list = node.get("a").unwrap();
        assert_eq!(at(list), (2, 8));
        assert_eq!(at(list.items()[1].get("ü").unwrap()), (2, 18));
        assert_eq!(at(node.get("b").unwrap()), (3, 7));
    }

    #[test]
    fn comments_are_blanks_where_they_are_let_in() {
        let text = "// ü\n/* a\n b */ [1, // two\n2 /* end";
        let source = Source::new("x.avsc", text);
        let error = parse_with_comments(&source).unwrap_err();
        assert_eq!((error.at.line, error.at.column), (4, 9));
        let closed = Source::new("x.avsc", &format!("{text} */]"));
        let node = parse_with_comments(&closed).unwrap();
        assert_eq!((node.at.line, node.items().len()), (3, 2));
        assert!(parse(&closed).is_err());
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        for (text, error) in [
            ("", "x.json:1:1: expected a value, found the end"),
            (
                "{\"a\" 1}",
                "x.json:1:6: expected ':' after \"a\", found '1'",
            ),
            ("[1\n 2]", "x.json:2:2: expected ',' or ']', found '2'"),
            (
                "{'a':1}",
                "x.json:1:2: expected a name in double quotes, found '\\''",
            ),
            ("[1,]", "x.json:1:4: expected a value, found ']'"),
            (
                "{\"a\":1,}",
                "x.json:1:8: expected a name in double quotes, found '}'",
            ),
            ("\"ab", "x.json:1:2: a string that does not end"),
            (
                "01",
                "x.json:1:1: expected a number: no leading zero, a digit after the sign",
            ),
            ("1 2", "x.json:1:3: expected the end, found '2'"),
            ("nul", "x.json:1:1: expected a value, found 'n'"),
        ] {
            assert_eq!(read(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&deep(256)).is_ok());
        let error = read(&deep(100_000)).unwrap_err();
        assert_eq!(error, "x.json:1:257: nested deeper than 256 levels");
    }

    #[test]
    fn surrogates_are_joined_or_replaced() {
        let text = |json: &str| read(json).unwrap().text().unwrap().to_owned();
        assert_eq!(text("\"\\ud83d\\ude00\\n\""), "😀\n");
        assert_eq!(text("\"\\ud83d\\u0041\""), "\u{fffd}A");
    }

    proptest! {
        #[test]
        fn it_reads_what_serde_json_reads(text in "[\\[\\]{}:,\"a1 .e\\\\u0-]{0,24}") {
            let ours = read(&text).ok().map(|node| node.to_json());
            let theirs = serde_json::from_str::<serde_json::Value>(&text).ok();
            prop_assert_eq!(ours.is_some(), theirs.is_some() || ours.as_deref().is_some_and(huge));
        }
    }

    /// Numbers that only we keep, lone surrogates that only we replace.
    fn huge(json: &str) -> bool {
        json.contains(['e', '\u{fffd}']) || json.contains("\\ufffd")
    }
}
