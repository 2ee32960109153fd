//! Reads an Avro schema and the schemas it refers to.
//!
//! Accepts whatever a registry has ever accepted. What is refused no implementation could use: a
//! type without `type`, a name that nobody defines, one that two definitions claim.

use std::{collections::HashMap, sync::Arc};

use super::model::{
    Enum, Extra, Field, Fixed, Kind, Logical, Name, PRIMITIVES, Property, Record, Schema, Shape,
    Spot, Step, Token, Type, TypeId, Union, Use, same_json,
};
use crate::schema::{Node, Position, Reference, SchemaError, Source, Value, parse_with_comments};

/// Reads the schema of `source`; `references` define the names that it does not.
///
/// # Errors
/// What is no JSON or no schema, with its place; a name that is nowhere defined, with the way to
/// give its definition.
pub fn parse(source: &Source, references: &[Reference]) -> Result<Schema, SchemaError> {
    let sources = references.iter().map(|reference| &reference.source);
    let texts = sources
        .chain([source])
        .map(|source| Ok((source, parse_with_comments(source)?)))
        .collect::<Parsed<Vec<_>>>()?;
    let mut parser = Parser::default();
    let file = Token::Name("");
    parser.steps.push(Step {
        from: 0,
        token: file,
    });
    let mut root = None;
    for (source, node) in &texts {
        parser.files.push(Arc::clone(&source.name));
        root = Some(parser.ty(node, "")?);
    }
    match root {
        Some(root) => parser.finish(root, source),
        None => Err(parser.error(Position::default(), "no schema".to_owned())),
    }
}

/// A schema with more types, fields, symbols and aliases is refused: a registry takes a megabyte.
const MOST_PARTS: usize = 300_000;

type Parsed<T> = Result<T, SchemaError>;

#[derive(Default)]
struct Parser<'n> {
    types: Vec<Type>,
    files: Vec<Arc<str>>,
    steps: Vec<Step>,
    /// Index of the last step to what is being read.
    step: u32,
    /// Types, fields, symbols and aliases so far.
    parts: usize,
    /// Named types by their full names, with their definitions.
    defined: HashMap<String, (TypeId, &'n Node)>,
    /// Uses of names that were not defined yet.
    pending: Vec<Pending>,
}

/// A name that was used before its definition was seen.
struct Pending {
    id: TypeId,
    name: String,
    namespace: String,
    spot: Spot,
}

/// Members that Avro gives a meaning, in a type and in a field.
const OF_TYPES: [&str; 14] = [
    "type",
    "name",
    "namespace",
    "aliases",
    "doc",
    "fields",
    "symbols",
    "default",
    "size",
    "items",
    "values",
    "logicalType",
    "precision",
    "scale",
];
const OF_FIELDS: [&str; 6] = ["name", "type", "aliases", "doc", "default", "order"];

impl<'n> Parser<'n> {
    /// A type, in the namespace of what encloses it.
    fn ty(&mut self, node: &'n Node, namespace: &str) -> Parsed<Use> {
        self.count(node, 1)?;
        match &node.value {
            Value::String(name) => self.named(node, name, node, namespace),
            Value::Array(items) => {
                let mut branches = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    branches
                        .push(self.below(Token::at(index), |parser| parser.ty(item, namespace))?);
                }
                Ok(self.add(
                    node,
                    Shape::Union(Union {
                        branches,
                        index: None,
                    }),
                ))
            }
            Value::Object(_) => self.object(node, namespace),
            _ => Err(self.expected(node, "a type: a name, an array or an object")),
        }
    }

    /// A type that is written as an object.
    fn object(&mut self, node: &'n Node, namespace: &str) -> Parsed<Use> {
        let ty = self.member(node, "type")?;
        let Some(name) = ty.text() else {
            // `{"type": {"type": "int"}}` is what its inner type is.
            return self.below(Token::Name("type"), |parser| parser.ty(ty, namespace));
        };
        match name {
            "record" | "error" => self.record(node, namespace),
            "enum" => self.symbols(node, namespace),
            "fixed" => self.fixed(node, namespace),
            "array" => {
                let items = self.member(node, "items")?;
                let items =
                    self.below(Token::Name("items"), |parser| parser.ty(items, namespace))?;
                Ok(self.add(node, Shape::Array(items)))
            }
            "map" => {
                let values = self.member(node, "values")?;
                let values =
                    self.below(Token::Name("values"), |parser| parser.ty(values, namespace))?;
                Ok(self.add(node, Shape::Map(values)))
            }
            _ => self.named(node, name, ty, namespace),
        }
    }

    /// A primitive type, or one that is defined elsewhere. `node` is where it is used, `written`
    /// where its name stands.
    fn named(
        &mut self,
        node: &'n Node,
        name: &str,
        written: &'n Node,
        namespace: &str,
    ) -> Parsed<Use> {
        if let Some((_, kind)) = PRIMITIVES.iter().find(|(primitive, _)| *primitive == name) {
            return Ok(self.add(node, Shape::Primitive(*kind)));
        }
        if name.is_empty() {
            return Err(self.expected(written, "the name of a type"));
        }
        if let Some(id) = self.find(name, namespace) {
            let spot = self.spot(node);
            return Ok(Use { id, spot });
        }
        // A stand-in, until everything is read.
        let used = self.add(node, Shape::Primitive(Kind::Null));
        self.pending.push(Pending {
            id: used.id,
            name: name.to_owned(),
            namespace: namespace.to_owned(),
            spot: used.spot,
        });
        Ok(used)
    }

    /// What `name` means in `namespace`: a type there, or one without a namespace.
    fn find(&self, name: &str, namespace: &str) -> Option<TypeId> {
        let there = self.defined.get(&qualified(name, namespace));
        let found = there.or_else(|| self.defined.get(name));
        found.map(|(id, _)| *id)
    }

    fn record(&mut self, node: &'n Node, namespace: &str) -> Parsed<Use> {
        let name = self.name(node, namespace)?;
        if let Some(used) = self.again(node, &name)? {
            return Ok(used);
        }
        let list = self.member(node, "fields")?;
        let Value::Array(items) = &list.value else {
            return Err(self.expected(list, "an array of fields"));
        };
        let full = name.full.clone();
        let record = Record {
            name,
            fields: Vec::new(),
            fields_at: list.at,
            by_name: HashMap::new(),
        };
        // Known before its fields are read, which may refer to it.
        let used = self.define(node, &full, Shape::Record(Box::new(record)));
        let inner = full.rsplit_once('.').map_or("", |(space, _)| space);
        let inner = if full.is_empty() { namespace } else { inner };
        let mut fields = Vec::with_capacity(items.len());
        let mut by_name = HashMap::with_capacity(items.len());
        self.below(Token::Name("fields"), |parser| {
            for (index, item) in items.iter().enumerate() {
                let field = parser.below(Token::at(index), |parser| parser.field(item, inner))?;
                if by_name.insert(field.name.clone(), index).is_some() {
                    let message = format!("field \"{}\" is there twice", field.name);
                    return Err(parser.error(item.at, message));
                }
                fields.push(field);
            }
            Ok(())
        })?;
        if let Shape::Record(record) = &mut self.types[used.id.0 as usize].shape {
            (record.fields, record.by_name) = (fields, by_name);
        }
        Ok(used)
    }

    fn field(&mut self, node: &'n Node, namespace: &str) -> Parsed<Field> {
        self.count(
            node,
            1 + node.get("aliases").map_or(0, |list| list.items().len()),
        )?;
        let name = self.text(node, "name")?;
        let ty = self.member(node, "type")?;
        let ty = self.below(Token::Name("type"), |parser| parser.ty(ty, namespace))?;
        Ok(Field {
            name: name.to_owned(),
            aliases: texts(node, "aliases"),
            ty,
            default: node.get("default").cloned(),
            doc: node.get("doc").and_then(Node::text).map(str::to_owned),
            order: node.get("order").and_then(Node::text).map(str::to_owned),
            properties: others(node, &OF_FIELDS),
            spot: self.spot(node),
        })
    }

    fn symbols(&mut self, node: &'n Node, namespace: &str) -> Parsed<Use> {
        let name = self.name(node, namespace)?;
        if let Some(used) = self.again(node, &name)? {
            return Ok(used);
        }
        let list = self.member(node, "symbols")?;
        let symbols: Option<Vec<_>> = match &list.value {
            Value::Array(items) => items
                .iter()
                .map(|item| item.text().map(str::to_owned))
                .collect(),
            _ => None,
        };
        let Some(symbols) = symbols else {
            return Err(self.expected(list, "an array of symbols, which are strings"));
        };
        self.count(list, symbols.len())?;
        let full = name.full.clone();
        let shape = Shape::Enum(Box::new(Enum {
            name,
            symbols,
            symbols_at: list.at,
            default: node.get("default").and_then(Node::text).map(str::to_owned),
        }));
        Ok(self.define(node, &full, shape))
    }

    fn fixed(&mut self, node: &'n Node, namespace: &str) -> Parsed<Use> {
        let name = self.name(node, namespace)?;
        if let Some(used) = self.again(node, &name)? {
            return Ok(used);
        }
        let size = self.member(node, "size")?;
        let Some(bytes) = size.integer().filter(|bytes| *bytes >= 0) else {
            return Err(self.expected(size, "a size in bytes"));
        };
        let full = name.full.clone();
        let shape = Shape::Fixed(Box::new(Fixed {
            name,
            size: bytes,
            size_at: size.at,
        }));
        Ok(self.define(node, &full, shape))
    }

    /// The name of a type; none at all is accepted, as of records that Java made.
    fn name(&mut self, node: &'n Node, namespace: &str) -> Parsed<Name> {
        let written = match node.get("name") {
            None => "",
            Some(name) => (name.text()).ok_or_else(|| self.expected(name, "a name"))?,
        };
        let own = node.get("namespace").and_then(Node::text);
        let full = qualified(written, own.unwrap_or(namespace));
        let space = full.rsplit_once('.').map_or("", |(space, _)| space);
        let written_aliases = texts(node, "aliases");
        self.count(node, written_aliases.len())?;
        let aliases = written_aliases
            .iter()
            .map(|alias| qualified(alias, space))
            .collect();
        Ok(Name {
            aliases,
            full,
            written_aliases,
            doc: node.get("doc").and_then(Node::text).map(str::to_owned),
            spot: self.spot(node),
            at: node.get("name").map_or(node.at, |name| name.at),
        })
    }

    /// The earlier definition of the same name: references may bring the same type twice.
    fn again(&self, node: &Node, name: &Name) -> Parsed<Option<Use>> {
        match self.defined.get(&name.full) {
            Some((id, earlier)) if same_json(earlier, node) => Ok(Some(Use {
                id: *id,
                spot: name.spot,
            })),
            Some(_) => {
                let message = format!("type \"{}\" is defined twice, differently", name.full);
                Err(self.error(node.at, message))
            }
            None => Ok(None),
        }
    }

    fn define(&mut self, node: &'n Node, full: &str, shape: Shape) -> Use {
        let used = self.add(node, shape);
        if !full.is_empty() {
            self.defined.insert(full.to_owned(), (used.id, node));
        }
        used
    }

    fn add(&mut self, node: &Node, shape: Shape) -> Use {
        let id = TypeId(u32::try_from(self.types.len()).unwrap_or(u32::MAX));
        let extra = extra(node).map(Box::new);
        self.types.push(Type { shape, extra });
        let spot = self.spot(node);
        Use { id, spot }
    }

    /// Puts the types in place of the names that were used before their definitions.
    fn finish(mut self, mut root: Use, source: &Source) -> Parsed<Schema> {
        let mut meant = HashMap::with_capacity(self.pending.len());
        for pending in std::mem::take(&mut self.pending) {
            let Some(id) = self.find(&pending.name, &pending.namespace) else {
                return Err(self.undefined(&pending));
            };
            meant.insert(pending.id, id);
        }
        let settle = |used: &mut Use| {
            if let Some(id) = meant.get(&used.id) {
                used.id = *id;
            }
        };
        settle(&mut root);
        for ty in &mut self.types {
            match &mut ty.shape {
                Shape::Array(inner) | Shape::Map(inner) => settle(inner),
                Shape::Union(union) => union.branches.iter_mut().for_each(settle),
                Shape::Record(record) => {
                    record
                        .fields
                        .iter_mut()
                        .for_each(|field| settle(&mut field.ty));
                }
                Shape::Primitive(_) | Shape::Fixed(_) | Shape::Enum(_) => {}
            }
        }
        let mut schema = Schema {
            types: self.types,
            root,
            files: self.files,
            steps: self.steps,
            source: source.clone(),
        };
        for at in 0..schema.types.len() {
            if let Shape::Union(union) = &schema.types[at].shape
                && let Some(found) = schema.index_of(&union.branches)
                && let Shape::Union(union) = &mut schema.types[at].shape
            {
                union.index = Some(found);
            }
        }
        Ok(schema)
    }

    fn undefined(&self, pending: &Pending) -> SchemaError {
        let full = qualified(&pending.name, &pending.namespace);
        SchemaError {
            file: Arc::clone(&self.files[pending.spot.file as usize]),
            at: pending.spot.at,
            message: format!("type \"{full}\" is not defined here, nor by a reference"),
            hint: Some(format!(
                "give the file that defines it: --reference {full}=FILE"
            )),
        }
    }

    fn member(&self, node: &'n Node, name: &str) -> Parsed<&'n Node> {
        match &node.value {
            Value::Object(_) => node.get(name).ok_or_else(|| {
                let message = format!("\"{name}\" is missing");
                self.error(node.at, message)
            }),
            _ => Err(self.expected(node, "an object")),
        }
    }

    fn text(&self, node: &'n Node, name: &str) -> Parsed<&'n str> {
        let member = self.member(node, name)?;
        let text = member.text();
        text.ok_or_else(|| self.expected(member, "a string"))
    }

    /// Reads what is one step further down.
    fn below<T>(&mut self, token: Token, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let from = self.step;
        self.step = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        self.steps.push(Step { from, token });
        let result = read(self);
        self.step = from;
        result
    }

    fn spot(&self, node: &Node) -> Spot {
        Spot {
            file: u32::try_from(self.files.len().saturating_sub(1)).unwrap_or(u32::MAX),
            step: self.step,
            member: None,
            at: node.at,
        }
    }

    /// Counts what is read, so that a schema made to hurt ends soon.
    fn count(&mut self, node: &Node, parts: usize) -> Parsed<()> {
        self.parts += parts;
        match self.parts > MOST_PARTS {
            true => Err(self.error(
                node.at,
                format!("more than {MOST_PARTS} types, fields, symbols and aliases"),
            )),
            false => Ok(()),
        }
    }

    fn expected(&self, node: &Node, what: &str) -> SchemaError {
        self.error(node.at, format!("expected {what}, found {}", node.kind()))
    }

    fn error(&self, at: Position, message: String) -> SchemaError {
        SchemaError {
            file: self.files.last().map_or_else(|| "".into(), Arc::clone),
            at,
            message,
            hint: None,
        }
    }
}

/// A name with its namespace: its own if it has dots in it.
pub(super) fn qualified(name: &str, namespace: &str) -> String {
    if name.is_empty() || namespace.is_empty() || name.contains('.') {
        // ".Order" is an order without a namespace.
        return name.strip_prefix('.').unwrap_or(name).to_owned();
    }
    format!("{namespace}.{name}")
}

fn texts(node: &Node, name: &str) -> Vec<String> {
    let items = node.get(name).map_or(&[][..], Node::items);
    items
        .iter()
        .filter_map(|item| item.text().map(str::to_owned))
        .collect()
}

/// The logical type and the members without a meaning of a type.
fn extra(node: &Node) -> Option<Extra> {
    let logical = node.get("logicalType").and_then(Node::text);
    let number = |name: &str| node.get(name).and_then(Node::integer);
    let logical = logical.map(|name| Logical {
        name: name.to_owned(),
        precision: number("precision"),
        scale: number("scale").unwrap_or(0),
    });
    let properties = others(node, &OF_TYPES);
    (logical.is_some() || !properties.is_empty()).then_some(Extra {
        logical,
        properties,
    })
}

/// The members that are none of `known`.
fn others(node: &Node, known: &[&str]) -> Vec<Property> {
    node.members()
        .iter()
        .filter(|member| !known.contains(&member.name.as_str()))
        .map(|member| (member.name.clone(), member.node.clone()))
        .collect()
}
