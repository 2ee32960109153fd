//! An Avro schema as it was written: types in an arena, so that names may refer to each other in
//! circles, and every use of a type with its place.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::schema::{Node, Position, SchemaLocation, Source};

/// An Avro schema, read leniently: bad defaults, forward references and records without a name
/// are part of the model, because registries have accepted them.
#[derive(Clone, Debug)]
pub struct Schema {
    pub(super) types: Vec<Type>,
    pub(super) root: Use,
    pub(super) files: Vec<Arc<str>>,
    pub(super) steps: Vec<Step>,
    /// What it was read from, without the references. It is the last one of the files.
    pub(super) source: Source,
}

impl Schema {
    /// How many bytes of text it has, without the references.
    #[must_use]
    pub fn size(&self) -> usize {
        self.source.text.len()
    }

    /// The full name of its type; empty when that has none.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self.get(&self.root).name();
        name.map_or("", |name| &name.full)
    }
}

/// A type of one schema. Each occurrence has its own, but a named type has one for all its uses:
/// this is what Java compares when it asks whether it has seen a pair of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TypeId(pub(super) u32);

/// A place in one of the schema's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    /// Index of the file.
    pub(super) file: u32,
    /// Index of the last step to it in the schema's `steps`.
    pub(super) step: u32,
    /// A member of what stands there.
    pub(super) member: Option<&'static str>,
    /// Line and column.
    pub(super) at: Position,
}

impl Spot {
    /// The place of a member of what stands here.
    pub(super) fn member(self, name: &'static str, at: Position) -> Self {
        Self {
            member: Some(name),
            at,
            ..self
        }
    }
}

/// A step down into a file, from the step with that index; the first is the file itself. A schema
/// of many fields has fewer steps than it would have pointers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) from: u32,
    pub(super) token: Token,
}

/// One token of a JSON pointer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token {
    Name(&'static str),
    Index(u32),
}

impl Token {
    pub(super) fn at(index: usize) -> Self {
        Self::Index(u32::try_from(index).unwrap_or(u32::MAX))
    }
}

/// A type where it is used.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) id: TypeId,
    pub(super) spot: Spot,
}

/// A type.
#[derive(Clone, Debug)]
pub(super) struct Type {
    pub(super) shape: Shape,
    /// What most types have nothing of.
    pub(super) extra: Option<Box<Extra>>,
}

/// What a type may have besides its shape.
#[derive(Clone, Debug)]
pub(super) struct Extra {
    pub(super) logical: Option<Logical>,
    pub(super) properties: Vec<Property>,
}

/// A member that Avro gives no meaning.
pub(super) type Property = (String, Node);

/// A `logicalType` and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Logical {
    pub(super) name: String,
    pub(super) precision: Option<i64>,
    /// 0 when it is not written.
    pub(super) scale: i64,
}

/// What a type is.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Primitive(Kind),
    Array(Use),
    Map(Use),
    Union(Union),
    Fixed(Box<Fixed>),
    Enum(Box<Enum>),
    Record(Box<Record>),
}

/// A union. Nothing keeps it from holding another union, or a type twice.
#[derive(Clone, Debug)]
pub(super) struct Union {
    pub(super) branches: Vec<Use>,
    /// Where there are many: the indices of branches by all their names, or by their kinds.
    pub(super) index: Option<HashMap<String, Vec<usize>>>,
}

/// A union with more branches than this has an index.
pub(super) const WIDE: usize = 32;
/// So many branches of the same name or kind are looked at; legal unions have few.
const ALIKE: usize = 64;

/// A `fixed`.
#[derive(Clone, Debug)]
pub(super) struct Fixed {
    pub(super) name: Name,
    pub(super) size: i64,
    pub(super) size_at: Position,
}

/// An `enum`.
#[derive(Clone, Debug)]
pub(super) struct Enum {
    pub(super) name: Name,
    pub(super) symbols: Vec<String>,
    pub(super) symbols_at: Position,
    pub(super) default: Option<String>,
}

/// A `record` or an `error`, which are the same to whoever reads them.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) name: Name,
    pub(super) fields: Vec<Field>,
    pub(super) fields_at: Position,
    /// Index of a field by its name.
    pub(super) by_name: HashMap<String, usize>,
}

/// A field of a record.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) ty: Use,
    pub(super) default: Option<Node>,
    pub(super) doc: Option<String>,
    pub(super) order: Option<String>,
    pub(super) properties: Vec<Property>,
    pub(super) spot: Spot,
}

impl Field {
    /// Where its default stands, or itself when it has none.
    pub(super) fn default_spot(&self) -> Spot {
        match &self.default {
            Some(default) => self.spot.member("default", default.at),
            None => self.spot,
        }
    }
}

/// What a named type is called.
#[derive(Clone, Debug)]
pub(super) struct Name {
    /// With its namespace; empty for a record without a name.
    pub(super) full: String,
    /// With their namespaces.
    pub(super) aliases: Vec<String>,
    /// As they were written.
    pub(super) written_aliases: Vec<String>,
    pub(super) doc: Option<String>,
    /// Where the type is defined.
    pub(super) spot: Spot,
    /// Where its name stands there.
    pub(super) at: Position,
}

impl Name {
    /// Without its namespace.
    pub(super) fn simple(&self) -> &str {
        simple(&self.full)
    }

    /// The namespace, when there is one.
    pub(super) fn namespace(&self) -> Option<&str> {
        self.full.rsplit_once('.').map(|(namespace, _)| namespace)
    }

    /// As Java prints it, which says "null" for a record without a name.
    pub(super) fn shown(&self) -> &str {
        if self.full.is_empty() {
            return "null";
        }
        &self.full
    }
}

/// A full name without its namespace.
pub(super) fn simple(full: &str) -> &str {
    full.rsplit_once('.').map_or(full, |(_, simple)| simple)
}

/// The kinds of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Array,
    Map,
    Union,
    Fixed,
    Enum,
    Record,
}

/// The primitive ones by their names.
pub(super) const PRIMITIVES: [(&str, Kind); 8] = [
    ("null", Kind::Null),
    ("boolean", Kind::Boolean),
    ("int", Kind::Int),
    ("long", Kind::Long),
    ("float", Kind::Float),
    ("double", Kind::Double),
    ("bytes", Kind::Bytes),
    ("string", Kind::String),
];

impl Kind {
    /// As a schema says it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Int => "int",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Bytes => "bytes",
            Self::String => "string",
            Self::Array => "array",
            Self::Map => "map",
            Self::Union => "union",
            Self::Fixed => "fixed",
            Self::Enum => "enum",
            Self::Record => "record",
        }
    }

    /// Whether it is a primitive one.
    pub(super) fn is_primitive(self) -> bool {
        PRIMITIVES.iter().any(|(_, kind)| *kind == self)
    }

    /// Whether a reader of this kind reads what was written as `writer` (specification, "Schema
    /// Resolution": the promotions). A kind reads itself, too.
    pub(super) fn reads(self, writer: Self) -> bool {
        match self {
            Self::Long => matches!(writer, Self::Long | Self::Int),
            Self::Float => matches!(writer, Self::Float | Self::Int | Self::Long),
            Self::Double => {
                matches!(writer, Self::Double | Self::Int | Self::Long | Self::Float)
            }
            Self::Bytes | Self::String => matches!(writer, Self::Bytes | Self::String),
            other => other == writer,
        }
    }
}

impl Type {
    pub(super) fn kind(&self) -> Kind {
        match &self.shape {
            Shape::Primitive(kind) => *kind,
            Shape::Array(_) => Kind::Array,
            Shape::Map(_) => Kind::Map,
            Shape::Union(_) => Kind::Union,
            Shape::Fixed(_) => Kind::Fixed,
            Shape::Enum(_) => Kind::Enum,
            Shape::Record(_) => Kind::Record,
        }
    }

    /// What it may be looked up by in a union: its names, or its kind.
    pub(super) fn keys(&self) -> Vec<&str> {
        let Some(name) = self.name() else {
            return vec![self.kind().name()];
        };
        let aliases = name.aliases.iter().chain(&name.written_aliases);
        [name.full.as_str(), name.simple()]
            .into_iter()
            .chain(aliases.map(String::as_str))
            .collect()
    }

    pub(super) fn logical(&self) -> Option<&Logical> {
        self.extra.as_ref()?.logical.as_ref()
    }

    pub(super) fn properties(&self) -> &[Property] {
        (self.extra.as_ref()).map_or(&[], |extra| &extra.properties)
    }

    /// The name, for types that have one.
    pub(super) fn name(&self) -> Option<&Name> {
        match &self.shape {
            Shape::Fixed(fixed) => Some(&fixed.name),
            Shape::Enum(symbols) => Some(&symbols.name),
            Shape::Record(record) => Some(&record.name),
            _ => None,
        }
    }
}

impl Enum {
    /// The symbols of the writer's that this does not have, sorted.
    pub(super) fn lacking<'w>(&self, writer: &'w Self) -> Vec<&'w str> {
        let known: HashSet<&str> = self.symbols.iter().map(String::as_str).collect();
        let written = writer.symbols.iter().map(String::as_str);
        let mut lacking: Vec<_> = written.filter(|symbol| !known.contains(symbol)).collect();
        lacking.sort_unstable();
        lacking.dedup();
        lacking
    }
}

impl Record {
    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.by_name.get(name).map(|index| &self.fields[*index])
    }
}

impl Schema {
    pub(super) fn get(&self, used: &Use) -> &Type {
        &self.types[used.id.0 as usize]
    }

    /// The branches of a union; a type that is none is a union of itself.
    pub(super) fn branches<'s>(&'s self, used: &'s Use) -> &'s [Use] {
        match &self.get(used).shape {
            Shape::Union(union) => &union.branches,
            _ => std::slice::from_ref(used),
        }
    }

    /// Whether a type is used as a branch of a union: all other places have a name.
    pub(super) fn is_branch(&self, used: &Use) -> bool {
        let step = used.spot.step as usize;
        step != 0 && matches!(self.steps[step].token, Token::Index(_))
    }

    /// The branches of a union that a type can be read by: all, where there are few.
    pub(super) fn likely<'s>(&'s self, used: &'s Use, written: &Type) -> Vec<&'s Use> {
        let branches = self.branches(used);
        let Shape::Union(Union {
            index: Some(index), ..
        }) = &self.get(used).shape
        else {
            return branches.iter().collect();
        };
        let keys: Vec<&str> = match written.name() {
            Some(name) => vec![&name.full, name.simple()],
            None => {
                let kinds = PRIMITIVES.iter().map(|(_, kind)| *kind);
                let kinds = kinds.filter(|kind| kind.reads(written.kind()));
                let kinds = kinds.chain([written.kind(), Kind::Union]);
                kinds.map(Kind::name).collect()
            }
        };
        let found = keys.iter().filter_map(|key| index.get(*key));
        let mut found: Vec<usize> = found.flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found.iter().map(|index| &branches[*index]).collect()
    }

    /// The index of a union's branches, when they are many.
    pub(super) fn index_of(&self, branches: &[Use]) -> Option<HashMap<String, Vec<usize>>> {
        if branches.len() <= WIDE {
            return None;
        }
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, branch) in branches.iter().enumerate() {
            for key in self.get(branch).keys() {
                let alike = index.entry(key.to_owned()).or_default();
                if alike.len() < ALIKE && alike.last() != Some(&at) {
                    alike.push(at);
                }
            }
        }
        Some(index)
    }

    pub(super) fn place(&self, spot: Spot) -> SchemaLocation {
        SchemaLocation {
            pointer: self.pointer(spot),
            file: Arc::clone(&self.files[spot.file as usize]),
            at: spot.at,
        }
    }

    /// Whether a place is this one.
    pub(super) fn is_place(&self, spot: Spot, place: &SchemaLocation) -> bool {
        spot.at == place.at && self.place(spot) == *place
    }

    fn pointer(&self, spot: Spot) -> String {
        let mut tokens: Vec<Token> = spot.member.map(Token::Name).into_iter().collect();
        let mut at = spot.step;
        while at != 0 {
            let step = self.steps[at as usize];
            tokens.push(step.token);
            at = step.from;
        }
        let mut pointer = String::new();
        for token in tokens.iter().rev() {
            pointer.push('/');
            match token {
                Token::Name(name) => pointer.push_str(name),
                Token::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        pointer
    }

    /// Where the name of a type stands that is used here: what refers to it by name is the name.
    pub(super) fn name_spot(&self, used: &Use) -> Spot {
        match self.get(used).name() {
            Some(name) if name.spot == used.spot && !name.full.is_empty() => {
                name.spot.member("name", name.at)
            }
            _ => used.spot,
        }
    }
}

/// Longer JSON is the same only when it is written the same, but for blanks.
const LONG: usize = 1 << 16;

/// Whether two values are the same, soon.
pub(super) fn same_json(one: &Node, two: &Node) -> bool {
    let (first, second) = (one.to_json(), two.to_json());
    first == second || (first.len() < LONG && second.len() < LONG && one.equals(two))
}
