//! `card.pan`, `items.email`, `headers.authorization`, `key.email`: what is to be redacted.

use std::fmt;

/// The parts of a record that one path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedactPath {
    /// `key`: the whole key.
    Key,
    /// `key.email`: a member of a JSON key.
    InKey(Vec<String>),
    /// `headers`: the value of every header.
    Headers,
    /// `headers.authorization`: the values of the headers of that name, in any case.
    Header(String),
    /// `value`: the whole value.
    Value,
    /// `card.pan` or `value.card.pan`: a member of a JSON value. Arrays are gone through.
    InValue(Vec<String>),
}

/// A path that names nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a path such as card.pan, items.email, headers.authorization or key")]
pub struct RedactPathError(String);

impl RedactPath {
    /// Parses one path. A dot in a member's name is written `\.`; `items[]` is `items`.
    ///
    /// # Errors
    /// A path with an empty name in it.
    pub fn parse(text: &str) -> Result<Self, RedactPathError> {
        let invalid = || RedactPathError(text.to_owned());
        // A header's name may have dots in it.
        if let Some(name) = text.strip_prefix("headers.") {
            return match name {
                "" => Err(invalid()),
                name => Ok(Self::Header(name.to_owned())),
            };
        }
        let mut names = names(text);
        if names.iter().any(String::is_empty) {
            return Err(invalid());
        }
        let rest = names.split_off(1);
        Ok(match (names[0].as_str(), rest.is_empty()) {
            ("key", true) => Self::Key,
            ("key", false) => Self::InKey(rest),
            ("headers", true) => Self::Headers,
            ("value", true) => Self::Value,
            _ => {
                names.extend(rest);
                Self::InValue(names)
            }
        })
    }
}

/// The names between the dots; at least one, which may be empty.
fn names(text: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut characters = text.strip_prefix('.').unwrap_or(text).chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '.' => names.push(String::new()),
            '\\' if characters.peek() == Some(&'.') => {
                characters.next();
                push(&mut names, '.');
            }
            _ => push(&mut names, character),
        }
    }
    for name in &mut names {
        while let Some(shorter) = name.strip_suffix("[]") {
            name.truncate(shorter.len());
        }
    }
    names
}

fn push(names: &mut [String], character: char) {
    if let Some(last) = names.last_mut() {
        last.push(character);
    }
}

impl fmt::Display for RedactPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |names: &[String]| {
            let escaped: Vec<_> = names.iter().map(|name| name.replace('.', "\\.")).collect();
            escaped.join(".")
        };
        match self {
            Self::Key => out.write_str("key"),
            Self::InKey(names) => write!(out, "key.{}", joined(names)),
            Self::Headers => out.write_str("headers"),
            Self::Header(name) => write!(out, "headers.{name}"),
            Self::Value => out.write_str("value"),
            Self::InValue(names) => out.write_str(&joined(names)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_part_of_a_record() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        for (text, path) in [
            ("key", RedactPath::Key),
            ("key.email", RedactPath::InKey(names(&["email"]))),
            ("headers", RedactPath::Headers),
            ("headers.x.y", RedactPath::Header("x.y".to_owned())),
            ("value", RedactPath::Value),
            ("email", RedactPath::InValue(names(&["email"]))),
            ("card.pan", RedactPath::InValue(names(&["card", "pan"]))),
            (r"a\.b.c", RedactPath::InValue(names(&["a.b", "c"]))),
        ] {
            assert_eq!(RedactPath::parse(text), Ok(path.clone()));
            assert_eq!(path.to_string(), text);
        }
        for (text, same) in [(".items[].email", "items.email"), ("a[][]", "a")] {
            assert_eq!(RedactPath::parse(text), RedactPath::parse(same));
        }
    }

    #[test]
    fn an_empty_name_is_no_path() {
        for text in ["", ".", "a..b", "a.", "headers.", "key.", "[]", "a.[]"] {
            assert_eq!(
                RedactPath::parse(text),
                Err(RedactPathError(text.to_owned()))
            );
        }
    }
}
