//! The work of validating a document, counted before it is done.
//!
//! A validator remembers nothing: where two parts of an `anyOf` refer to the same schema, it visits that
//! schema twice, and again below each, so that 1 KB of schemas may take hours and gigabytes of errors.

use std::{
    collections::{HashMap, hash_map::Entry},
    rc::Rc,
};

use serde_json::Value as Json;

use super::super::{
    super::{Node, Value},
    library::{Draft, Library, id_of},
    uri,
};

/// A document that takes more visits is not validated.
pub const MOST_VISITS: usize = 20_000;

/// Every schema of a library, and those that a validator visits after it.
#[derive(Debug, Default)]
pub struct Visits {
    schemas: Vec<Next>,
    /// Whether the schemas, each written out wherever it is referred to, are few: no document is
    /// costly then.
    few: bool,
}

/// The schemas that are visited after one.
#[derive(Debug, Default)]
struct Next {
    /// For the same value.
    same: Vec<usize>,
    /// For the members of an object by their name, and the items of an array by their index.
    properties: HashMap<String, usize>,
    tuple: Vec<usize>,
    /// For every member or item.
    each: Vec<usize>,
    /// What is evaluated already is asked for once more.
    twice: bool,
}

/// How often a schema was visited, or that it is being counted.
type Known<K> = HashMap<K, Option<usize>>;

impl Visits {
    /// The schemas of a library.
    pub fn of(library: &Library) -> Self {
        let mut reader = Reader {
            library,
            known: HashMap::new(),
            open: Vec::new(),
            schemas: Vec::new(),
        };
        let own = &library.documents[0];
        reader.schema(0, &own.base.as_str().into(), &own.tree);
        while let Some((index, document, base, node)) = reader.open.pop() {
            reader.schemas[index] = reader.next(document, &base, node);
        }
        let mut visits = Self {
            schemas: reader.schemas,
            few: false,
        };
        visits.few = visits.written_out(0, &mut HashMap::new()) < MOST_VISITS;
        visits
    }

    /// About how many visits a document takes, no more than [`MOST_VISITS`], and how many had to be
    /// counted to know that.
    pub fn count(&self, document: &Json) -> (usize, usize) {
        if self.few {
            return (0, 0);
        }
        let mut known = Known::new();
        let visits = self.visits(0, document, &mut known);
        (visits, known.len())
    }

    /// All schemas below one, each as often as it is referred to.
    fn written_out(&self, index: usize, known: &mut Known<usize>) -> usize {
        match known.entry(index) {
            Entry::Occupied(entry) => return entry.get().unwrap_or(MOST_VISITS),
            Entry::Vacant(entry) => entry.insert(None),
        };
        let next = &self.schemas[index];
        let below = next.same.iter().chain(&next.tuple).chain(&next.each);
        let mut sum = 1;
        for below in below.chain(next.properties.values()) {
            let below = self.written_out(*below, known);
            sum = MOST_VISITS.min(sum + if next.twice { 2 * below } else { below });
        }
        known.insert(index, Some(sum));
        sum
    }

    fn visits(&self, index: usize, value: &Json, known: &mut Known<(usize, *const Json)>) -> usize {
        let key = (index, std::ptr::from_ref(value));
        match known.entry(key) {
            // A schema that asks for itself without going further into the value never ends.
            Entry::Occupied(entry) => return entry.get().unwrap_or(MOST_VISITS),
            Entry::Vacant(entry) => entry.insert(None),
        };
        let next = &self.schemas[index];
        let mut sum = 1;
        let mut add = |schema: usize, value: &Json, known: &mut _| {
            let below = self.visits(schema, value, known);
            sum = MOST_VISITS.min(sum + if next.twice { 2 * below } else { below });
            sum < MOST_VISITS
        };
        let mut all = || {
            for schema in &next.same {
                if !add(*schema, value, known) {
                    return;
                }
            }
            let members = value.as_object().into_iter().flatten();
            for (name, member) in members {
                for schema in next.properties.get(name).into_iter().chain(&next.each) {
                    if !add(*schema, member, known) {
                        return;
                    }
                }
            }
            let items = value.as_array().into_iter().flatten().enumerate();
            for (at, item) in items {
                for schema in next.tuple.get(at).into_iter().chain(&next.each) {
                    if !add(*schema, item, known) {
                        return;
                    }
                }
            }
        };
        all();
        known.insert(key, Some(sum));
        sum
    }
}

/// A schema that is still to be read: its index, its document, what references in it are resolved
/// against, and itself.
type Open<'l> = (usize, usize, Rc<str>, &'l Node);

struct Reader<'l> {
    library: &'l Library,
    known: HashMap<*const Node, usize>,
    open: Vec<Open<'l>>,
    schemas: Vec<Next>,
}

impl<'l> Reader<'l> {
    fn schema(&mut self, document: usize, base: &Rc<str>, node: &'l Node) -> usize {
        let index = self.schemas.len();
        match self.known.entry(node) {
            Entry::Occupied(entry) => return *entry.get(),
            Entry::Vacant(entry) => entry.insert(index),
        };
        self.schemas.push(Next::default());
        self.open.push((index, document, Rc::clone(base), node));
        index
    }

    fn next(&mut self, document: usize, base: &Rc<str>, node: &'l Node) -> Next {
        let mut next = Next::default();
        let draft = self.library.documents[document]
            .draft
            .unwrap_or(Draft::Seven);
        let base = match id_of(node, Some(draft)) {
            Some(id) => uri::resolve(base, id).into(),
            None => Rc::clone(base),
        };
        for member in node.members() {
            let value = &member.node;
            let is_schema = matches!(value.value, Value::Object(_));
            match member.name.as_str() {
                "$ref" | "$dynamicRef" | "$recursiveRef" => {
                    let target = value
                        .text()
                        .and_then(|text| self.library.find(document, &base, text));
                    next.same.extend(target.map(|target| {
                        self.schema(target.document, &target.base.into(), target.node)
                    }));
                }
                "allOf" | "anyOf" | "oneOf" => {
                    let parts = value.items().iter();
                    next.same
                        .extend(parts.map(|part| self.schema(document, &base, part)));
                }
                "not" | "if" | "then" | "else" => {
                    next.same.push(self.schema(document, &base, value));
                }
                "dependencies" | "dependentSchemas" => {
                    let schemas = value.members().iter();
                    next.same
                        .extend(schemas.map(|member| self.schema(document, &base, &member.node)));
                }
                "properties" => {
                    for member in value.members() {
                        let schema = self.schema(document, &base, &member.node);
                        next.properties.insert(member.name.clone(), schema);
                    }
                }
                "patternProperties" => {
                    let schemas = value.members().iter();
                    next.each
                        .extend(schemas.map(|member| self.schema(document, &base, &member.node)));
                }
                "items" | "prefixItems" if !is_schema => {
                    let items = value.items().iter();
                    next.tuple
                        .extend(items.map(|item| self.schema(document, &base, item)));
                }
                "items"
                | "additionalItems"
                | "contains"
                | "additionalProperties"
                | "propertyNames"
                    if is_schema =>
                {
                    next.each.push(self.schema(document, &base, value));
                }
                "unevaluatedItems" | "unevaluatedProperties" => {
                    next.twice = true;
                    next.each.push(self.schema(document, &base, value));
                }
                _ => {}
            }
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{Source, parse_json};

    fn visits(schema: &str) -> Visits {
        let tree = parse_json(&Source::new("a.json", schema)).unwrap();
        Visits::of(&Library::new(("a.json".into(), tree), Vec::new()))
    }

    fn levels(count: usize, level: impl Fn(&str) -> String) -> String {
        let each = (0..count).map(|n| {
            let next = format!(r##"{{"$ref":"#/definitions/d{}"}}"##, n + 1);
            format!(r#""d{n}":{}"#, level(&next))
        });
        let each: Vec<String> = each.collect();
        format!(
            r##"{{"definitions":{{{},"d{count}":{{}}}},"$ref":"#/definitions/d0"}}"##,
            each.join(",")
        )
    }

    #[test]
    fn schemas_that_are_shared_count_as_often_as_they_are_visited() {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let doubled = |next: &str| format!(r#"{{"{keyword}":[{next},{next}]}}"#);
            assert_eq!(visits(&levels(40, doubled)).count(&json!(1)).0, MOST_VISITS);
        }
        let below = |next: &str| {
            format!(
                r#"{{"anyOf":[{{"properties":{{"a":{next}}}}},{{"properties":{{"a":{next}}}}}]}}"#
            )
        };
        let mut document = json!({});
        assert!(visits(&levels(40, below)).count(&document).0 < 10);
        for _ in 0..30 {
            document = json!({ "a": document });
        }
        assert_eq!(visits(&levels(40, below)).count(&document).0, MOST_VISITS);
    }

    #[test]
    fn a_schema_that_contains_itself_takes_as_long_as_the_document() {
        let recursive = r##"{"properties":{"n":{"$ref":"#"},"m":{"$ref":"#"}}}"##;
        let mut document = json!({});
        for _ in 0..30 {
            document = json!({ "n": document, "m": 1 });
        }
        let (count, _) = visits(recursive).count(&document);
        assert!((60..200).contains(&count), "{count}");
        assert_eq!(
            visits(r##"{"allOf":[{"$ref":"#"}]}"##).count(&document).0,
            MOST_VISITS
        );
        assert_eq!(
            visits(r#"{"properties":{"n":{}}}"#).count(&document),
            (0, 0)
        );
    }
}
