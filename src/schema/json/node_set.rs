//! Sets of JSON values.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

use super::{Node, Value};

/// JSON values, each once, to look others up in: a schema may list tens of thousands.
#[derive(Clone, Debug, Default)]
pub struct NodeSet<'n>(HashMap<u64, Vec<&'n Node>>);

impl<'n> NodeSet<'n> {
    /// The set of these values.
    pub fn of(nodes: impl IntoIterator<Item = &'n Node>) -> Self {
        let mut set = Self::default();
        for node in nodes {
            let alike = set.0.entry(node.digest()).or_default();
            if !alike.iter().any(|other| other.equals(node)) {
                alike.push(node);
            }
        }
        set
    }

    /// The value of the set that equals this one.
    #[must_use]
    pub fn get(&self, node: &Node) -> Option<&'n Node> {
        let mut alike = self.0.get(&node.digest())?.iter().copied();
        alike.find(|other| other.equals(node))
    }

    /// Whether a value equals this one.
    #[must_use]
    pub fn has(&self, node: &Node) -> bool {
        self.get(node).is_some()
    }
}

impl Node {
    /// A number that equal values have in common (see [`Node::equals`]).
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        std::mem::discriminant(&self.value).hash(&mut hasher);
        match &self.value {
            Value::Null => {}
            Value::Bool(value) => value.hash(&mut hasher),
            // `1` and `1.0` are equal.
            Value::Number(number) => match number.parse::<f64>() {
                Ok(number) => number.to_bits().hash(&mut hasher),
                Err(_) => number.hash(&mut hasher),
            },
            Value::String(text) => text.hash(&mut hasher),
            Value::Array(items) => {
                for item in items {
                    item.digest().hash(&mut hasher);
                }
            }
            Value::Object(_) => {
                let sum = self.by_name().iter().fold(0_u64, |sum, (name, node)| {
                    let mut hasher = DefaultHasher::new();
                    (name, node.digest()).hash(&mut hasher);
                    sum.wrapping_add(hasher.finish())
                });
                sum.hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Source, parse_json};

    fn node(text: &str) -> Node {
        parse_json(&Source::new("a.json", text)).unwrap()
    }

    #[test]
    fn equal_values_have_one_digest() {
        for (one, two, equal) in [
            ("1", "1.0", true),
            ("100", "1e2", true),
            ("0", "-0", false),
            ("1", "\"1\"", false),
            ("[1,2]", "[2,1]", false),
            ("[[1],2]", "[1,[2]]", false),
            (r#"{"a":1,"b":[null]}"#, r#"{"b":[null],"a":1.0}"#, true),
            (r#"{"a":1,"b":2}"#, r#"{"a":2,"b":1}"#, false),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#, true),
            (r#"{"a":1,"a":2}"#, r#"{"a":2,"a":1}"#, false),
            (r#"[{"a":1,"b":3,"a":2}]"#, r#"[{"b":0,"a":2,"b":3}]"#, true),
            ("{}", "[]", false),
        ] {
            let (one, two) = (node(one), node(two));
            assert_eq!(one.equals(&two), equal, "{one:?} {two:?}");
            assert_eq!(one.digest() == two.digest(), equal, "{one:?} {two:?}");
            assert_eq!(NodeSet::of([&one]).has(&two), equal, "{one:?} {two:?}");
        }
    }

    #[test]
    fn a_value_is_compared_with_few_others() {
        let numbers = (0..10_000).map(|number| number.to_string());
        let texts = (0..10_000).map(|number| format!("\"{number}\""));
        let objects = (0..10_000).map(|number| format!("{{\"a\":{number}}}"));
        let values: Vec<String> = numbers.chain(texts).chain(objects).collect();
        let values = node(&format!("[{}]", values.join(",")));
        let set = NodeSet::of(values.items());
        assert_eq!(set.0.len(), 30_000);
        assert!(set.0.values().all(|alike| alike.len() == 1));
        assert!(values.items().iter().all(|value| set.has(value)));
        assert!(!set.has(&node("10000")));
    }
}
