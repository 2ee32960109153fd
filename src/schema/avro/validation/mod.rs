//! What Java refuses a schema for: `org.apache.avro.Schema.Parser`, which Confluent and Apicurio
//! call. Where 1.11.4 and 1.12.0 differ the message says which of them refuses it. Bad defaults of
//! fields are left out: registries refuse them in a new schema only (`default.rs`).

#[cfg(test)]
mod tests;

use std::{collections::HashSet, sync::Arc};

use super::{
    model::{PRIMITIVES, Schema, Token},
    parse::qualified,
};
use crate::schema::{
    Node, Position, SchemaLocation, ValidationError, Value, parse_with_comments,
    validation_error::{self, ValidationErrors, quoted},
};

/// What is wrong with a schema; the references are not looked at.
#[must_use]
pub fn validation_errors(schema: &Schema) -> Vec<ValidationError> {
    // It has been parsed before.
    let Ok(tree) = parse_with_comments(&schema.source) else {
        return Vec::new();
    };
    let own = schema.files.len().saturating_sub(1);
    let named = schema.types.iter().filter_map(|ty| ty.name());
    let mut search = Search {
        schema,
        seen: named
            .clone()
            .filter(|name| name.spot.file as usize != own)
            .map(|name| name.full.as_str().into())
            .collect(),
        defined: named.map(|name| name.full.as_str()).collect(),
        path: Vec::new(),
        errors: ValidationErrors::default(),
    };
    search.ty(&tree, "");
    validation_error::first([search.errors].into_iter())
}

/// What `Schema.validateName` accepts, which takes letters of any alphabet.
const NAME: &str = "letters, digits and _ only, no digit first";

struct Search<'s> {
    schema: &'s Schema,
    /// The full names of the types that were defined so far.
    seen: HashSet<String>,
    /// Those of all types.
    defined: HashSet<&'s str>,
    path: Vec<Token>,
    errors: ValidationErrors,
}

/// The tree is no deeper than the parser of JSON lets it be.
impl Search<'_> {
    fn ty(&mut self, node: &Node, namespace: &str) {
        if self.errors.are_enough() {
            return;
        }
        match &node.value {
            Value::Array(branches) => self.union(branches, namespace),
            Value::Object(_) => self.object(node, namespace),
            _ => {}
        }
    }

    /// `UnionSchema`: no union in it, no two types that have the same name, or none and the same
    /// kind.
    fn union(&mut self, branches: &[Node], namespace: &str) {
        let mut there = HashSet::with_capacity(branches.len());
        for (index, branch) in branches.iter().enumerate() {
            self.below(Token::at(index), |search| {
                search.ty(branch, namespace);
                if matches!(branch.value, Value::Array(_)) {
                    search.add(branch.at, "a union cannot be in a union".to_owned());
                }
                let Some(name) = search.branch(branch, namespace) else {
                    return;
                };
                if !there.insert(name.clone()) {
                    search.add(branch.at, format!("the union has {} twice", quoted(&name)));
                }
            });
        }
    }

    /// What a union knows a branch by.
    fn branch(&self, node: &Node, namespace: &str) -> Option<String> {
        let name = match &node.value {
            Value::String(name) => name,
            _ => node.get("type")?.text()?,
        };
        match name {
            "record" | "error" | "enum" | "fixed" if node.text().is_none() => {
                let full = full_name(node, namespace);
                (!full.is_empty()).then_some(full)
            }
            "array" | "map" if node.text().is_none() => Some(name.to_owned()),
            name if is_primitive(name) => Some(name.to_owned()),
            name => Some(self.meant(name, namespace)),
        }
    }

    /// The full name of the type that a name means, which the parser found as well.
    fn meant(&self, name: &str, namespace: &str) -> String {
        let full = qualified(name, namespace);
        if self.seen.contains(&full)
            || !self.seen.contains(name) && self.defined.contains(full.as_str())
        {
            return full;
        }
        name.to_owned()
    }

    fn object(&mut self, node: &Node, namespace: &str) {
        let Some(ty) = node.get("type") else { return };
        let Some(name) = ty.text() else {
            self.below(Token::Name("type"), |search| {
                let message =
                    "here \"type\" must be the name of a type, not a type that is written out";
                search.add(ty.at, message.to_owned());
                search.ty(ty, namespace);
            });
            return;
        };
        match name {
            "record" | "error" => self.record(node, namespace),
            "enum" => self.symbols(node, namespace),
            "fixed" => self.fixed(node, namespace),
            "array" => self.member(node, "items", |search, items| search.ty(items, namespace)),
            "map" => self.member(node, "values", |search, values| {
                search.ty(values, namespace);
            }),
            _ => {}
        }
    }

    fn record(&mut self, node: &Node, namespace: &str) {
        let full = self.name(node, "record", namespace);
        let inner = match full.rsplit_once('.') {
            Some((space, _)) => space,
            None if full.is_empty() => namespace,
            None => "",
        };
        self.member(node, "fields", |search, fields| {
            for (index, field) in fields.items().iter().enumerate() {
                search.below(Token::at(index), |search| search.field(field, inner));
            }
        });
    }

    fn field(&mut self, node: &Node, namespace: &str) {
        self.member(node, "name", |search, name| {
            if let Some(text) = name.text() {
                search.valid_name(text, "field name", name.at);
            }
        });
        self.member(node, "type", |search, ty| search.ty(ty, namespace));
        self.aliases(node);
        // `Field.Order.valueOf`, in upper case.
        self.member(node, "order", |search, order| {
            let known = ["ascending", "descending", "ignore"];
            let text = order.text().unwrap_or_default();
            if !known.iter().any(|one| text.eq_ignore_ascii_case(one)) {
                let found = order.to_json();
                let found = quoted(order.text().unwrap_or(&found));
                search.add(
                    order.at,
                    format!(
                        "order {found} is none of \"ascending\", \"descending\" and \"ignore\""
                    ),
                );
            }
        });
    }

    /// `EnumSchema`
    fn symbols(&mut self, node: &Node, namespace: &str) {
        self.name(node, "enum", namespace);
        let mut symbols = HashSet::new();
        self.member(node, "symbols", |search, list| {
            for (index, symbol) in list.items().iter().enumerate() {
                let Some(text) = symbol.text() else { continue };
                search.below(Token::at(index), |search| {
                    search.valid_name(text, "enum symbol", symbol.at);
                    if !symbols.insert(text) {
                        let message = format!("enum symbol {} is there twice", quoted(text));
                        search.add(symbol.at, message);
                    }
                });
            }
        });
        self.member(node, "default", |search, default| {
            // What is no string is passed over.
            if let Some(text) = default.text()
                && !symbols.contains(text)
            {
                let message = format!("enum default {} is none of the symbols", quoted(text));
                search.add(default.at, message);
            }
        });
    }

    /// The size is an `IntNode` of Jackson: `16`, not `16.0`.
    fn fixed(&mut self, node: &Node, namespace: &str) {
        self.name(node, "fixed", namespace);
        self.member(node, "size", |search, size| {
            let Some(number) = size.number() else { return };
            if number.parse::<i32>().is_err() {
                let message = format!("size \"{number}\" is no whole number of 32 bits");
                search.add(size.at, message);
            }
        });
    }

    /// The full name of a type that has one.
    fn name(&mut self, node: &Node, kind: &str, namespace: &str) -> String {
        let full = full_name(node, namespace);
        match node.get("name").and_then(|name| Some((name, name.text()?))) {
            None => self.add(node.at, format!("the {kind} has no name")),
            Some((name, text)) => self.below(Token::Name("name"), |search| {
                let simple = text.rsplit('.').next().unwrap_or_default();
                search.valid_name(simple, &format!("{kind} name"), name.at);
                search.namespace(&full, name.at);
                if is_primitive(&full) {
                    let message = format!(
                        "{} is a primitive type, no {kind} can be named so",
                        quoted(&full)
                    );
                    search.add(name.at, message);
                }
            }),
        }
        for (index, alias) in self.aliases(node).iter().enumerate() {
            if let Some(text) = alias.text() {
                let simple = text.rsplit('.').next().unwrap_or_default();
                self.below(Token::Name("aliases"), |search| {
                    search.below(Token::at(index), |search| {
                        search.valid_name(simple, "alias", alias.at);
                    });
                });
            }
        }
        self.defined_once(node, kind, &full);
        full
    }

    /// `Names.put`: Avro 1.11 refuses every second definition, 1.12 one that differs.
    fn defined_once(&mut self, node: &Node, kind: &str, full: &str) {
        if full.is_empty() || self.seen.insert(full.to_owned()) {
            return;
        }
        let at = node.get("name").map_or(node.at, |name| name.at);
        let message = format!(
            "{kind} {} is defined already; Avro Java 1.11 refuses that, 1.12 takes it where both \
             definitions are equal",
            quoted(full)
        );
        self.below(Token::Name("name"), |search| search.add(at, message));
    }

    /// Each part of a namespace is a name to Avro 1.12 (`NameValidator`); 1.11 does not look at it.
    fn namespace(&mut self, full: &str, at: Position) {
        let Some((space, _)) = full.rsplit_once('.').filter(|(space, _)| !space.is_empty()) else {
            return;
        };
        if let Some(part) = space.split('.').find(|part| !is_name(part)) {
            let message = format!(
                "namespace {} has a part {} that is not a name: {NAME}; Avro Java 1.12 refuses that, \
                 1.11 takes it",
                quoted(space),
                quoted(part)
            );
            self.add(at, message);
        }
    }

    /// The aliases of a type or a field, which must be strings. Those of fields may be any.
    fn aliases<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        let Some(list) = node.get("aliases") else {
            return &[];
        };
        self.below(Token::Name("aliases"), |search| {
            if !matches!(list.value, Value::Array(_)) {
                let message = format!("\"aliases\" must be an array, not {}", list.kind());
                search.add(list.at, message);
            }
            for (index, alias) in list.items().iter().enumerate() {
                if alias.text().is_none() {
                    search.below(Token::at(index), |search| {
                        let message = format!("an alias must be a string, not {}", alias.kind());
                        search.add(alias.at, message);
                    });
                }
            }
        });
        list.items()
    }

    fn valid_name(&mut self, name: &str, what: &str, at: Position) {
        if !is_name(name) {
            self.add(at, format!("{what} {} is not a name: {NAME}", quoted(name)));
        }
    }

    fn member<'n>(
        &mut self,
        node: &'n Node,
        name: &'static str,
        look: impl FnOnce(&mut Self, &'n Node),
    ) {
        if let Some(member) = node.get(name) {
            self.below(Token::Name(name), |search| look(search, member));
        }
    }

    fn below<T>(&mut self, token: Token, look: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(token);
        let result = look(self);
        self.path.pop();
        result
    }

    fn add(&mut self, at: Position, message: String) {
        let mut pointer = String::new();
        for token in &self.path {
            pointer.push('/');
            match token {
                Token::Name(name) => pointer.push_str(name),
                Token::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        let file = Arc::clone(&self.schema.source.name);
        self.errors
            .add(SchemaLocation { pointer, file, at }, message);
    }
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    let begins = letters
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic());
    begins && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
}

fn is_primitive(name: &str) -> bool {
    PRIMITIVES.iter().any(|(primitive, _)| *primitive == name)
}

fn full_name(node: &Node, namespace: &str) -> String {
    let name = node.get("name").and_then(Node::text).unwrap_or_default();
    let own = node.get("namespace").and_then(Node::text);
    qualified(name, own.unwrap_or(namespace))
}
