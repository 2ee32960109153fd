//! The types that the registry knows on one side, and how it resolves names: within the path, then
//! the whole package, then as they are. Unlike the language it never tries a part of the package.

use std::collections::HashMap;

use crate::schema::protobuf::{
    model::{MessageId, Origin, Schema, Target, Type, setting},
    parser::join,
    scalar::Scalar,
};

/// One side of the comparison.
pub(super) struct Types<'s> {
    pub schema: &'s Schema,
    /// Where the walk is.
    pub package: &'s str,
    names: HashMap<&'s str, Target>,
}

/// A type as it is spelled, groups aside: those the registry does not see.
#[derive(Clone, Debug)]
pub(super) enum Spelled<'s> {
    Scalar(Scalar),
    Named(&'s str),
    Map(Box<(Spelled<'s>, Spelled<'s>)>),
}

impl<'s> Spelled<'s> {
    pub fn of(kind: &'s Type) -> Option<Self> {
        Some(match kind {
            Type::Scalar(scalar) => Self::Scalar(*scalar),
            Type::Named(name) => Self::Named(&name.written),
            Type::Map(key, value) => Self::Map(Box::new((Self::Scalar(*key), Self::of(value)?))),
            Type::Group(_) => return None,
        })
    }
}

/// The scalars that the registry takes for the same (`FieldSchemaDiff.scalarKind`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScalarKind {
    GeneralNumber,
    SignedNumber,
    StringOrBytes,
    Fixed32,
    Fixed64,
    Float,
    Double,
}

/// What a field is to the registry.
#[derive(Debug)]
pub(super) enum Shape<'s> {
    Scalar(ScalarKind),
    Map(Spelled<'s>, Spelled<'s>),
    Message(&'s str),
}

/// `option map_entry = true`, as it stands in schemas that were printed from descriptors.
pub(super) fn is_map(schema: &Schema, id: MessageId) -> bool {
    let options = &schema.message(id).options;
    setting(options, "map_entry").is_some_and(|setting| setting.value == "true")
}

impl<'s> Types<'s> {
    pub fn of(schema: &'s Schema) -> Self {
        let own = |file: usize| schema.files[file].origin == Origin::Own;
        let mut names = HashMap::new();
        let mut put = |name: &'s str, target, file| {
            let entry = names.entry(name).or_insert(target);
            // The schema's own types are collected last and win.
            if own(file) {
                *entry = target;
            }
        };
        for (index, message) in schema.messages.iter().enumerate() {
            if !message.is_group {
                put(
                    &message.full_name,
                    Target::Message(MessageId(index)),
                    message.file,
                );
            }
        }
        for (index, one) in schema.enums.iter().enumerate() {
            let id = crate::schema::protobuf::model::EnumId(index);
            put(&one.full_name, Target::Enum(id), one.file);
        }
        let package = schema.own().next().map_or("", |(_, file)| file.package());
        Self {
            schema,
            package,
            names,
        }
    }

    /// `Context.resolve`
    pub fn resolve(&self, name: &str, scope: &[String]) -> Option<(&'s str, Target)> {
        let find = |name: &str| {
            self.names
                .get_key_value(name)
                .map(|(name, target)| (*name, *target))
        };
        if let Some(absolute) = name.strip_prefix('.') {
            return find(absolute);
        }
        for depth in (0..=scope.len()).rev() {
            let prefix = join(self.package, &scope[..depth].join("."));
            let prefix = prefix.strip_suffix('.').unwrap_or(&prefix);
            if prefix.is_empty() {
                continue;
            }
            if let Some(found) = find(&format!("{prefix}.{name}")) {
                return Some(found);
            }
        }
        find(name)
    }

    /// What a type is, seen from `scope`.
    pub fn shape(&self, spelled: &Spelled<'s>, scope: &[String]) -> Shape<'s> {
        match spelled {
            Spelled::Scalar(scalar) => Shape::Scalar(kind(*scalar)),
            Spelled::Map(both) => Shape::Map(both.0.clone(), both.1.clone()),
            Spelled::Named(name) => match self.resolve(name, scope) {
                Some((_, Target::Enum(_))) => Shape::Scalar(ScalarKind::GeneralNumber),
                Some((_, Target::Message(id))) => self.entry(id).unwrap_or(Shape::Message(name)),
                None => Shape::Message(name),
            },
        }
    }

    /// A message that is the entry of a map, as the map.
    fn entry(&self, id: MessageId) -> Option<Shape<'s>> {
        if !is_map(self.schema, id) {
            return None;
        }
        let fields = &self.schema.message(id).fields;
        let part = |name: &str| {
            let field = fields.iter().find(|field| field.name == name)?;
            Spelled::of(&field.kind)
        };
        Some(Shape::Map(part("key")?, part("value")?))
    }

    pub fn file(&self, target: Target) -> usize {
        match target {
            Target::Message(id) => self.schema.message(id).file,
            Target::Enum(id) => self.schema.enumeration(id).file,
        }
    }
}

fn kind(scalar: Scalar) -> ScalarKind {
    match scalar {
        Scalar::Int32 | Scalar::Int64 | Scalar::Uint32 | Scalar::Uint64 | Scalar::Bool => {
            ScalarKind::GeneralNumber
        }
        Scalar::Sint32 | Scalar::Sint64 => ScalarKind::SignedNumber,
        Scalar::String | Scalar::Bytes => ScalarKind::StringOrBytes,
        Scalar::Fixed32 | Scalar::Sfixed32 => ScalarKind::Fixed32,
        Scalar::Fixed64 | Scalar::Sfixed64 => ScalarKind::Fixed64,
        Scalar::Float => ScalarKind::Float,
        Scalar::Double => ScalarKind::Double,
    }
}
