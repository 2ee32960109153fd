//! The words of a `.proto` file, each with its place.

use crate::schema::Position;

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// A name or a keyword, without dots.
    Word(&'t str),
    /// A whole number or a fraction, as written.
    Number(&'t str),
    /// A string, its escapes resolved; bytes that are no UTF-8 became U+FFFD.
    Text(String),
    /// Anything else.
    Sign(char),
    /// Nothing is left.
    End,
}

impl Token<'_> {
    /// How it is called in messages.
    pub fn describe(&self) -> String {
        match self {
            Self::Word(word) | Self::Number(word) => format!("'{word}'"),
            Self::Text(text) => format!("\"{text}\""),
            Self::Sign(sign) => format!("'{sign}'"),
            Self::End => "the end".to_owned(),
        }
    }
}

/// A word and where it begins.
#[derive(Clone, Debug)]
pub(super) struct Spot<'t> {
    pub token: Token<'t>,
    pub at: Position,
}

/// What is wrong, and where.
pub(super) type Fault = (Position, String);

#[derive(Clone)]
pub(super) struct Lexer<'t> {
    rest: &'t str,
    at: Position,
}

impl<'t> Lexer<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            rest: text.strip_prefix('\u{feff}').unwrap_or(text),
            at: Position { line: 1, column: 1 },
        }
    }

    pub fn next(&mut self) -> Result<Spot<'t>, Fault> {
        self.blank()?;
        let at = self.at;
        let Some(first) = self.rest.chars().next() else {
            return Ok(Spot {
                token: Token::End,
                at,
            });
        };
        let token = match first {
            'a'..='z' | 'A'..='Z' | '_' => Token::Word(self.take(word_length(self.rest))),
            '0'..='9' => Token::Number(self.take(number_length(self.rest))),
            '.' if self.rest[1..].starts_with(|next: char| next.is_ascii_digit()) => {
                Token::Number(self.take(number_length(self.rest)))
            }
            '"' | '\'' => Token::Text(self.text(first)?),
            sign => {
                self.take(sign.len_utf8());
                Token::Sign(sign)
            }
        };
        Ok(Spot { token, at })
    }

    /// Passes over so many bytes without a newline.
    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        let characters = taken.chars().count();
        let characters = u32::try_from(characters).unwrap_or(u32::MAX);
        self.at.column = self.at.column.saturating_add(characters);
        taken
    }

    /// Passes over so many bytes that may have newlines.
    fn skip(&mut self, bytes: usize) {
        let (passed, _) = self.rest.split_at(bytes);
        let Some(last) = passed.rfind('\n') else {
            self.take(bytes);
            return;
        };
        let lines = passed.bytes().filter(|byte| *byte == b'\n').count();
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        self.rest = &self.rest[last + 1..];
        self.at = Position {
            line: self.at.line.saturating_add(lines),
            column: 1,
        };
        self.take(bytes - last - 1);
    }

    /// Passes over blanks and comments.
    fn blank(&mut self) -> Result<(), Fault> {
        loop {
            let blank = self.rest.len() - self.rest.trim_start().len();
            if blank > 0 {
                self.skip(blank);
            }
            if self.rest.starts_with("//") {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.take(end);
            } else if self.rest.starts_with("/*") {
                let end = self.rest[2..].find("*/");
                let end = end.ok_or_else(|| (self.at, "a comment that does not end".to_owned()))?;
                self.skip(end + 4);
            } else {
                return Ok(());
            }
        }
    }

    fn text(&mut self, quote: char) -> Result<String, Fault> {
        let begin = self.at;
        self.take(1);
        let mut bytes = Vec::new();
        loop {
            let stop = (self.rest.bytes())
                .position(|byte| matches!(byte, b'\\' | b'\n') || char::from(byte) == quote);
            let stop = stop.ok_or_else(|| (begin, "a string that does not end".to_owned()))?;
            bytes.extend_from_slice(self.take(stop).as_bytes());
            match self.rest.as_bytes()[0] {
                b'\n' => return Err((begin, "a string that does not end".to_owned())),
                b'\\' => self.escape(&mut bytes)?,
                _ => {
                    self.take(1);
                    return Ok(String::from_utf8_lossy(&bytes).into_owned());
                }
            }
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), Fault> {
        let at = self.at;
        self.take(1);
        let kind = self.rest.chars().next().unwrap_or('\n');
        let plain = match kind {
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 11,
            '\\' | '\'' | '"' | '?' => kind as u8,
            'x' | 'X' => return self.coded(bytes, 1, 2, 16),
            'u' => return self.unicode(bytes, 4),
            'U' => return self.unicode(bytes, 8),
            '0'..='7' => return self.coded(bytes, 0, 3, 8),
            _ => return Err((at, format!("unknown escape \\{kind}"))),
        };
        self.take(1);
        bytes.push(plain);
        Ok(())
    }

    /// A byte as up to `most` digits after `lead` characters.
    fn coded(
        &mut self,
        bytes: &mut Vec<u8>,
        lead: usize,
        most: usize,
        radix: u32,
    ) -> Result<(), Fault> {
        let at = self.at;
        self.take(lead);
        let digits = (self.rest.bytes().take(most))
            .take_while(|byte| char::from(*byte).is_digit(radix))
            .count();
        let code = u32::from_str_radix(self.take(digits), radix);
        let code = code.map_err(|_| (at, "expected digits in the escape".to_owned()))?;
        bytes.push((code & 0xff) as u8);
        Ok(())
    }

    fn unicode(&mut self, bytes: &mut Vec<u8>, digits: usize) -> Result<(), Fault> {
        let at = self.at;
        self.take(1);
        let code = self.rest.get(..digits).filter(|code| code.is_ascii());
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
        let code = code.ok_or_else(|| (at, format!("expected {digits} digits after the \\u")))?;
        self.take(digits);
        let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }
}

fn word_length(text: &str) -> usize {
    (text
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'))
    .count()
}

/// Digits, letters and points, and a sign right after an exponent.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    let exponent = |before: u8| !hexadecimal && matches!(before, b'e' | b'E');
    let mut length = 1;
    while let Some(byte) = bytes.get(length) {
        let signed = matches!(byte, b'+' | b'-') && exponent(bytes[length - 1]);
        if !signed && !byte.is_ascii_alphanumeric() && *byte != b'.' {
            break;
        }
        length += 1;
    }
    length
}
