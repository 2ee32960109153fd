//! JSON with the place of every value: a schema's errors and changes are shown where they stand.

mod node_set;
mod parse;

use std::collections::HashMap;

pub use self::{
    node_set::NodeSet,
    parse::{parse, parse_with_comments},
};
use super::Position;
use crate::codec::json::write_string;

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub at: Position,
    /// What it is.
    pub value: Value,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A string, unescaped; a lone surrogate became U+FFFD.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object, in the order of the text. Names may be there twice: the last one counts.
    Object(Vec<Member>),
}

/// A name and a value of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The name.
    pub name: String,
    /// Where the name begins.
    pub at: Position,
    /// The value.
    pub node: Node,
}

impl Node {
    /// The value of this name, when this is an object that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let member = self.members().iter().rev().find(|one| one.name == name);
        member.map(|member| &member.node)
    }

    /// The members, none when this is no object.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The items, none when this is no array.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    /// The text, when this is a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, when this is one: `3`, and `3.0` and `3e0` as well.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        let number = self.number()?;
        let whole = |number: f64| number.fract() == 0.0 && number.abs() < 9e15;
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
        number.parse().ok().or_else(|| {
            (number.parse().ok().filter(|number| whole(*number))).map(|number: f64| number as i64)
        })
    }

    /// The number as it was written, when this is one.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        match &self.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The boolean, when this is one.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// What kind of value it is, for messages: `an object`, `a string`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }

    /// The members that count, by their names: of those with one name the last.
    fn by_name(&self) -> HashMap<&str, &Self> {
        let members = self.members().iter();
        members.map(|one| (one.name.as_str(), &one.node)).collect()
    }

    /// Whether both are the same value, wherever they stand. Members may come in any order, and the
    /// last one of a name counts.
    #[must_use]
    pub fn equals(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Array(one), Value::Array(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.equals(two))
            }
            (Value::Object(_), Value::Object(_)) => {
                let (one, two) = (self.by_name(), other.by_name());
                let same = |(name, node): (&&str, &&Self)| {
                    two.get(name).is_some_and(|other| node.equals(other))
                };
                one.len() == two.len() && one.iter().all(same)
            }
            (Value::Number(one), Value::Number(two)) => {
                one == two
                    || matches!((one.parse::<f64>(), two.parse::<f64>()), (Ok(one), Ok(two)) if one.to_bits() == two.to_bits())
            }
            (one, two) => one == two,
        }
    }

    /// The value as JSON on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = Vec::new();
        self.write_json(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    fn write_json(&self, text: &mut Vec<u8>) {
        match &self.value {
            Value::Null => text.extend_from_slice(b"null"),
            Value::Bool(true) => text.extend_from_slice(b"true"),
            Value::Bool(false) => text.extend_from_slice(b"false"),
            Value::Number(number) => text.extend_from_slice(number.as_bytes()),
            Value::String(string) => write_string(text, string),
            Value::Array(items) => {
                text.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        text.push(b',');
                    }
                    item.write_json(text);
                }
                text.push(b']');
            }
            Value::Object(members) => {
                text.push(b'{');
                for (index, member) in members.iter().enumerate() {
                    if index > 0 {
                        text.push(b',');
                    }
                    write_string(text, &member.name);
                    text.push(b':');
                    member.node.write_json(text);
                }
                text.push(b'}');
            }
        }
    }
}
