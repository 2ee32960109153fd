//! What a schema says of a value, with its `allOf` and one of its alternatives taken in.

use std::collections::{BTreeMap, HashSet};

use super::super::{super::Node, karapace::View};

/// What is known of a value.
#[derive(Clone, Debug, Default)]
pub struct Constraints<'s> {
    pub types: Vec<&'s str>,
    /// The values that it may have, by `enum` and `const`.
    pub values: Vec<&'s Node>,
    pub properties: BTreeMap<&'s str, Vec<View<'s>>>,
    pub required: Vec<&'s str>,
    pub additional: Option<View<'s>>,
    pub patterns: Vec<(&'s str, View<'s>)>,
    pub dependencies: Vec<(&'s str, Vec<&'s str>)>,
    pub items: Option<View<'s>>,
    pub tuple: Vec<View<'s>>,
    pub contains: Option<View<'s>>,
    pub unique: bool,
    pub texts: Vec<&'s str>,
    pub format: Option<&'s str>,
    /// The limits by their keyword, as far as they are numbers.
    pub limits: BTreeMap<&'static str, f64>,
    /// Whether another number of the alternatives says something else.
    pub varied: bool,
}

/// How deep combinations are taken in.
const DEEPEST: usize = 8;

const LIMITS: [&str; 13] = [
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
];

/// Keywords that tell of what type the values are.
const TELLING: [(&str, &[&str]); 4] = [
    (
        "object",
        &[
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "propertyNames",
            "minProperties",
            "maxProperties",
            "dependencies",
            "dependentRequired",
            "dependentSchemas",
        ],
    ),
    (
        "array",
        &[
            "items",
            "minItems",
            "maxItems",
            "uniqueItems",
            "contains",
            "additionalItems",
        ],
    ),
    ("string", &["minLength", "maxLength", "pattern", "format"]),
    (
        "number",
        &[
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ],
    ),
];

impl<'s> Constraints<'s> {
    /// What a schema says when its alternatives are taken by this number.
    pub fn of(view: &View<'s>, choice: usize) -> Self {
        let mut constraints = Self::default();
        constraints.take_in(view, choice, 0, &mut HashSet::new());
        constraints.varied |= constraints.values.len() > 1
            || constraints.types.len() > 1
            || !constraints.texts.is_empty();
        constraints
    }

    /// `taken` are the schemas that are taken in already: another time they say nothing new.
    fn take_in(
        &mut self,
        view: &View<'s>,
        choice: usize,
        depth: usize,
        taken: &mut HashSet<(usize, usize)>,
    ) {
        let is_new = depth < DEEPEST && taken.insert(view.key());
        let Some(node) = view.node().filter(|_| is_new) else {
            return;
        };
        if let Some(types) = node.get("type") {
            let named: Vec<&str> = types
                .items()
                .iter()
                .filter_map(Node::text)
                .chain(types.text())
                .collect();
            self.types = if self.types.is_empty() {
                rotated(named, choice)
            } else {
                common(&self.types, &named)
            };
        } else if self.types.is_empty() {
            let telling = TELLING
                .iter()
                .filter(|(_, words)| words.iter().any(|word| node.get(word).is_some()));
            let telling = telling.map(|(name, _)| *name).collect();
            self.types = rotated(telling, choice);
        }
        let listed = node.get("enum").map(Node::items).unwrap_or_default();
        self.values.extend(listed.iter().chain(node.get("const")));
        for (name, property) in view.get("properties").members() {
            self.properties.entry(name).or_default().push(property);
        }
        self.required.extend(names(node.get("required")));
        self.patterns
            .extend(view.get("patternProperties").members());
        for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
            for (name, needed) in view.get(keyword).members() {
                self.dependencies.push((name, names(needed.node())));
            }
        }
        let some = |name: &str| Some(view.get(name)).filter(|view| !view.is_missing());
        self.additional = some("additionalProperties").or_else(|| self.additional.take());
        self.contains = some("contains").or_else(|| self.contains.take());
        match some("items") {
            Some(items) if items.is_list() => {
                self.tuple = items.items();
                self.items = some("additionalItems");
            }
            Some(items) => self.items = Some(items),
            None => {}
        }
        self.unique |= node.get("uniqueItems").and_then(Node::boolean) == Some(true);
        self.texts.extend(node.get("pattern").and_then(Node::text));
        self.format = node.get("format").and_then(Node::text).or(self.format);
        self.limits(node);
        for part in view.get("allOf").items() {
            self.take_in(&part, choice, depth + 1, taken);
        }
        for keyword in ["anyOf", "oneOf"] {
            let parts = view.get(keyword).items();
            if !parts.is_empty() {
                self.varied |= parts.len() > 1;
                self.take_in(
                    &parts[choice % parts.len()],
                    choice / parts.len(),
                    depth + 1,
                    taken,
                );
            }
        }
        let then = view.get("then");
        self.varied |= !then.is_missing();
        if !then.is_missing() && choice.is_multiple_of(2) {
            self.take_in(&view.get("if"), choice, depth + 1, taken);
            self.take_in(&then, choice, depth + 1, taken);
        }
    }

    fn limits(&mut self, node: &Node) {
        for keyword in LIMITS {
            let Some(limit) = node
                .get(keyword)
                .and_then(Node::number)
                .and_then(|number| number.parse().ok())
            else {
                continue;
            };
            let lower = keyword.starts_with("min") || keyword == "exclusiveMinimum";
            let slot = self.limits.entry(keyword).or_insert(limit);
            *slot = if lower {
                slot.max(limit)
            } else {
                slot.min(limit)
            };
        }
    }

    /// A limit.
    pub fn limit(&self, keyword: &str) -> Option<f64> {
        self.limits.get(keyword).copied()
    }

    /// A limit that counts something.
    pub fn count(&self, keyword: &str) -> Option<usize> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is small and not negative"
        )]
        let count = |limit: f64| limit as usize;
        self.limit(keyword)
            .filter(|limit| (0.0..1e6).contains(limit))
            .map(count)
    }
}

/// A list that begins with another one of its items.
fn rotated(mut list: Vec<&str>, by: usize) -> Vec<&str> {
    if !list.is_empty() {
        let by = by % list.len();
        list.rotate_left(by);
    }
    list
}

fn common<'s>(one: &[&'s str], two: &[&'s str]) -> Vec<&'s str> {
    let mut both: Vec<&str> = one
        .iter()
        .filter(|name| two.contains(name))
        .copied()
        .collect();
    if both.is_empty() && one.contains(&"number") && two.contains(&"integer") {
        both.push("integer");
    }
    if both.is_empty() { one.to_vec() } else { both }
}

/// The strings of an array.
pub fn names(node: Option<&Node>) -> Vec<&str> {
    node.map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(Node::text)
        .collect()
}
