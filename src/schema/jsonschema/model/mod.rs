//! A schema as the registries see it: the classes of the library everit-json-schema, which
//! Confluent, and Apicurio too, compare. `type: [a, b]` is an `anyOf` there, and a schema that
//! constrains two kinds of values, or has `enum` beside `type`, is an `allOf` of its parts.

mod hash;
mod legacy;
mod modern;

use std::{collections::BTreeMap, rc::Rc};

use super::{
    super::Node,
    library::{Draft, Library, escape},
};

/// References that lead to references are followed so far.
const MOST_HOPS: usize = 100_000;

/// A schema of a [`Model`].
pub type Id = usize;

/// Everything that is reachable from a schema.
pub struct Model<'s> {
    pub library: &'s Library,
    pub root: Id,
    shapes: Vec<Shape<'s>>,
    trails: Vec<Trail<'s>>,
    hashes: Vec<Option<i32>>,
    dialect: Dialect,
    unknown_type: Option<Problem>,
    /// Whether references that lead to references are followed to their end. The registries do
    /// not, validators do.
    pub deep: bool,
}

/// What the libraries are asked for besides the schema.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// The draft of a schema that does not say.
    pub unnamed: Draft,
    /// Whether schemas since 2019-09 are read by the newer library, json-sKema.
    pub modern: bool,
    /// Whether `default` is read.
    pub defaults: bool,
}

/// How the way to a value goes on.
struct Trail<'s> {
    up: Option<usize>,
    step: Step<'s>,
}

enum Step<'s> {
    /// A JSON pointer from the document's beginning.
    Start(Rc<str>),
    Name(&'s str),
    Index(usize),
}

/// A place in one of the documents.
#[derive(Clone, Copy, Debug)]
pub struct Spot<'s> {
    pub document: usize,
    pub node: &'s Node,
    trail: usize,
}

/// A schema.
#[derive(Clone, Debug)]
pub struct Shape<'s> {
    pub kind: Kind<'s>,
    pub spot: Spot<'s>,
    pub id: Option<&'s str>,
    pub title: Option<&'s str>,
    pub description: Option<&'s str>,
    pub default: Option<&'s Node>,
    pub unprocessed: Unprocessed<'s>,
}

/// What the libraries hand on without understanding it, as far as anybody looks at it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unprocessed<'s> {
    pub connect_type: Option<&'s str>,
    pub min_contains: Option<i64>,
    pub max_contains: Option<i64>,
    pub unevaluated_properties: Option<Id>,
    pub unevaluated_items: Option<Id>,
    pub content_encoding: Option<&'s Node>,
    pub content_media_type: Option<&'s Node>,
    /// The hash of all that is left over, which orders the parts of a combination.
    hash: i32,
}

/// The class of a schema, and what it says.
#[derive(Clone, Debug)]
pub enum Kind<'s> {
    /// `{}`
    Empty,
    /// `true`, which is a kind of [`Kind::Empty`].
    True,
    /// `false`
    False,
    Boolean,
    Null,
    String(StringShape<'s>),
    Number(NumberShape<'s>),
    Object(Box<ObjectShape<'s>>),
    Array(Box<ArrayShape>),
    Enum(Vec<&'s Node>),
    Const(&'s Node),
    Not(Id),
    Conditional([Option<Id>; 3]),
    Combined(Combined),
    Reference {
        text: &'s str,
        target: Id,
    },
}

/// A string's schema.
#[derive(Clone, Debug, Default)]
pub struct StringShape<'s> {
    /// Whether it must be a string.
    pub strict: bool,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub pattern: Option<&'s str>,
    pub format: Option<&'s str>,
}

/// A number's schema.
#[derive(Clone, Debug, Default)]
pub struct NumberShape<'s> {
    /// Whether it must be a number.
    pub strict: bool,
    pub integer: bool,
    pub minimum: Option<&'s Node>,
    pub maximum: Option<&'s Node>,
    pub exclusive_minimum: Option<&'s Node>,
    pub exclusive_maximum: Option<&'s Node>,
    /// `exclusiveMinimum: true` of draft 4.
    pub minimum_is_exclusive: bool,
    pub maximum_is_exclusive: bool,
    pub multiple_of: Option<&'s Node>,
}

/// An object's schema.
#[derive(Clone, Debug)]
pub struct ObjectShape<'s> {
    /// Whether it must be an object.
    pub strict: bool,
    pub properties: BTreeMap<&'s str, Id>,
    pub required: Vec<&'s str>,
    /// Whether other properties may be there at all.
    pub additional: bool,
    /// What they must be then.
    pub additional_schema: Option<Id>,
    pub patterns: Vec<(&'s str, Id)>,
    pub names: Option<Id>,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub property_dependencies: BTreeMap<&'s str, Vec<&'s str>>,
    pub schema_dependencies: BTreeMap<&'s str, Id>,
}

/// An array's schema.
#[derive(Clone, Debug)]
pub struct ArrayShape {
    /// Whether it must be an array.
    pub strict: bool,
    pub all: Option<Id>,
    /// The items of a tuple.
    pub items: Option<Vec<Id>>,
    pub additional: bool,
    pub additional_schema: Option<Id>,
    pub contains: Option<Id>,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub unique: bool,
}

/// Schemas that are taken together.
#[derive(Clone, Debug)]
pub struct Combined {
    pub criterion: Criterion,
    /// Nobody wrote it: it stands for several keywords, or for several types.
    pub generated: bool,
    pub parts: Vec<Id>,
}

/// How many of them have to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Criterion {
    All,
    Any,
    One,
}

impl Criterion {
    /// The keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::All => "allOf",
            Self::Any => "anyOf",
            Self::One => "oneOf",
        }
    }
}

impl Default for ObjectShape<'_> {
    fn default() -> Self {
        Self {
            strict: false,
            properties: BTreeMap::new(),
            required: Vec::new(),
            additional: true,
            additional_schema: None,
            patterns: Vec::new(),
            names: None,
            min: None,
            max: None,
            property_dependencies: BTreeMap::new(),
            schema_dependencies: BTreeMap::new(),
        }
    }
}

impl Default for ArrayShape {
    fn default() -> Self {
        Self {
            strict: false,
            all: None,
            items: None,
            additional: true,
            additional_schema: None,
            contains: None,
            min: None,
            max: None,
            unique: false,
        }
    }
}

/// What keeps a schema from being understood.
#[derive(Debug)]
pub struct Problem {
    pub document: usize,
    pub at: crate::schema::Position,
    pub kind: Wrong,
}

/// What is wrong with it.
#[derive(Debug)]
pub enum Wrong {
    /// A reference that leads nowhere.
    Reference(String),
    /// A type that there is not.
    Type(String),
}

impl<'s> Model<'s> {
    /// The model of a library's first document.
    ///
    /// # Errors
    /// The first reference that leads nowhere.
    pub fn new(library: &'s Library, dialect: Dialect) -> Result<Self, Problem> {
        let mut model = Self {
            library,
            root: 0,
            shapes: Vec::new(),
            trails: Vec::new(),
            hashes: Vec::new(),
            dialect,
            unknown_type: None,
            deep: false,
        };
        let modern = dialect.modern && library.draft().is_some_and(Draft::is_modern);
        model.root = if modern {
            model.load_modern()?
        } else {
            model.load_legacy()?
        };
        Ok(model)
    }

    /// The first type that there is not.
    pub fn unknown_type(self) -> Option<Problem> {
        self.unknown_type
    }

    fn note_type(&mut self, spot: &Spot<'s>, types: &Node, name: &str) {
        const TYPES: [&str; 7] = [
            "string", "number", "integer", "boolean", "null", "array", "object",
        ];
        if self.unknown_type.is_none() && !TYPES.contains(&name) {
            let kind = Wrong::Type(name.to_owned());
            self.unknown_type = Some(Problem {
                document: spot.document,
                at: types.at,
                kind,
            });
        }
    }

    /// All schemas that were read.
    pub fn shapes(&self) -> impl Iterator<Item = &Shape<'s>> {
        self.shapes.iter()
    }

    /// A schema.
    pub fn shape(&self, id: Id) -> &Shape<'s> {
        &self.shapes[id]
    }

    /// What a reference leads to, one step and no further, as the registries do it, unless the
    /// model is deep; any other schema itself.
    pub fn referred(&self, mut id: Id) -> Id {
        // One that leads to itself ends somewhere on its way.
        for _ in 0..if self.deep { MOST_HOPS } else { 1 } {
            let Kind::Reference { target, .. } = self.shapes[id].kind else {
                break;
            };
            id = target;
        }
        id
    }

    /// Whether some reference leads to a reference.
    pub fn has_chains(&self) -> bool {
        self.shapes.iter().any(|shape| match shape.kind {
            Kind::Reference { target, .. } => {
                matches!(self.shapes[target].kind, Kind::Reference { .. })
            }
            _ => false,
        })
    }

    /// The JSON pointer of a place in its document.
    pub fn pointer(&self, spot: &Spot<'s>) -> String {
        let mut steps = Vec::new();
        let mut trail = Some(spot.trail);
        while let Some(index) = trail {
            steps.push(&self.trails[index].step);
            trail = self.trails[index].up;
        }
        let mut pointer = String::new();
        for step in steps.iter().rev() {
            match step {
                Step::Start(start) => pointer.push_str(start),
                Step::Name(name) => {
                    pointer.push('/');
                    pointer.push_str(&escape(name));
                }
                Step::Index(index) => pointer.push_str(&format!("/{index}")),
            }
        }
        pointer
    }

    /// Whether two parts of a combination are the same schema, written twice.
    pub fn same(&self, one: Id, two: Id) -> bool {
        let (one, two) = (&self.shapes[one], &self.shapes[two]);
        let alike = match (&one.kind, &two.kind) {
            (Kind::Number(one), Kind::Number(two)) => one.integer == two.integer,
            (Kind::Combined(one), Kind::Combined(two)) => one.criterion == two.criterion,
            (one, two) => std::mem::discriminant(one) == std::mem::discriminant(two),
        };
        alike && (std::ptr::eq(one.spot.node, two.spot.node) || one.spot.node.equals(two.spot.node))
    }

    /// A number that parts of combinations have in common when they are the same schema.
    pub fn digest(&self, id: Id) -> u64 {
        self.shapes[id].spot.node.digest()
    }

    fn add(&mut self, shape: Shape<'s>) -> Id {
        self.shapes.push(shape);
        self.hashes.push(None);
        self.shapes.len() - 1
    }

    fn start(&mut self, document: usize, node: &'s Node, pointer: &str) -> Spot<'s> {
        self.trails.push(Trail {
            up: None,
            step: Step::Start(pointer.into()),
        });
        Spot {
            document,
            node,
            trail: self.trails.len() - 1,
        }
    }

    /// The value of a keyword.
    fn below(&mut self, spot: &Spot<'s>, name: &'s str) -> Option<Spot<'s>> {
        let node = spot.node.get(name)?;
        Some(self.named(spot, name, node))
    }

    fn named(&mut self, spot: &Spot<'s>, name: &'s str, node: &'s Node) -> Spot<'s> {
        self.trails.push(Trail {
            up: Some(spot.trail),
            step: Step::Name(name),
        });
        Spot {
            document: spot.document,
            node,
            trail: self.trails.len() - 1,
        }
    }

    fn item(&mut self, spot: &Spot<'s>, index: usize, node: &'s Node) -> Spot<'s> {
        self.trails.push(Trail {
            up: Some(spot.trail),
            step: Step::Index(index),
        });
        Spot {
            document: spot.document,
            node,
            trail: self.trails.len() - 1,
        }
    }
}

impl<'s> Shape<'s> {
    fn new(kind: Kind<'s>, spot: Spot<'s>) -> Self {
        Self {
            kind,
            spot,
            id: None,
            title: None,
            description: None,
            default: None,
            unprocessed: Unprocessed::default(),
        }
    }

    /// Whether there is little to compare in it, and nothing below.
    pub fn is_simple(&self) -> bool {
        matches!(
            self.kind,
            Kind::Boolean | Kind::Null | Kind::String(_) | Kind::Number(_)
        )
    }

    /// Whether it accepts everything: `{}` or `true`.
    pub fn is_empty(&self) -> bool {
        matches!(self.kind, Kind::Empty | Kind::True)
    }

    /// Whether it is the schema `false`.
    pub fn is_false(&self) -> bool {
        matches!(self.kind, Kind::False)
    }
}
