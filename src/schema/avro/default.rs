//! What the default of a field means.

use super::{
    model::{Field, Kind, Schema, Shape, Use},
    type_text::{cut, type_text},
    value::Value,
};
use crate::schema::{Node, ValidationError, Value as Json, validation_error::ValidationErrors};

/// A default within so many others is none: a record may give itself as its own default.
const DEEPEST: usize = 64;

/// The value that a default stands for; `None` when it is no value of its type. The default of a
/// union may be of any branch: of the first only before Avro 1.12.
pub(super) fn default_value(schema: &Schema, used: &Use, default: &Node) -> Option<Value> {
    value(schema, used, default, DEEPEST)
}

fn value(schema: &Schema, used: &Use, default: &Node, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let inner = |used: &Use, node: &Node| value(schema, used, node, depth);
    Some(match (&schema.get(used).shape, &default.value) {
        (Shape::Primitive(kind), _) => scalar(*kind, default)?,
        (Shape::Array(items), Json::Array(nodes)) => {
            let values = nodes.iter().map(|node| inner(items, node));
            Value::Array(values.collect::<Option<_>>()?)
        }
        (Shape::Map(values), Json::Object(members)) => {
            let members = members.iter();
            let values =
                members.map(|member| Some((member.name.clone(), inner(values, &member.node)?)));
            Value::Map(values.collect::<Option<_>>()?)
        }
        (Shape::Union(union), _) => {
            let mut branches = union.branches.iter().enumerate();
            let found = branches.find_map(|(index, branch)| Some((index, inner(branch, default)?)));
            let (index, value) = found?;
            Value::Union(index, Box::new(value))
        }
        (Shape::Fixed(fixed), Json::String(text)) => {
            let bytes = latin1(text)?;
            (i64::try_from(bytes.len()) == Ok(fixed.size)).then_some(Value::Fixed(bytes))?
        }
        (Shape::Enum(symbols), Json::String(text)) => {
            Value::Enum(symbols.symbols.iter().position(|symbol| symbol == text)?)
        }
        (Shape::Record(record), Json::Object(_)) => {
            let values = record.fields.iter().map(|field| {
                let given = default.get(&field.name).or(field.default.as_ref())?;
                inner(&field.ty, given)
            });
            Value::Record(values.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// What is wrong with the default of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// It is no value of its type, and Java's parser refuses it in a schema that is new
    /// (`Schema.isValidDefault` of 1.11 and 1.12).
    Type,
    /// It is no value of its type by the specification, and Java's parser takes it: a symbol that an
    /// enum does not have, a fixed of another length, a character beyond U+00FF in bytes.
    Specification,
    /// It is of a later branch of its union, which Avro takes since 1.12 only.
    Branch,
}

/// What is wrong with the default of a field; `None` when it has none, or a good one.
pub(super) fn misfit(schema: &Schema, field: &Field) -> Option<Misfit> {
    let default = field.default.as_ref()?;
    if !java_takes(schema, &field.ty, default, DEEPEST) {
        return Some(Misfit::Type);
    }
    if default_value(schema, &field.ty, default).is_none() {
        return Some(Misfit::Specification);
    }
    let Shape::Union(union) = &schema.get(&field.ty).shape else {
        return None;
    };
    let first = union.branches.first()?;
    (default_value(schema, first, default).is_none()).then_some(Misfit::Branch)
}

/// Defaults of a schema's own types that Java's parser refuses in a schema that is new. They are no
/// errors: what is registered already is read without a look at them.
#[must_use]
pub fn invalid_defaults(schema: &Schema) -> Vec<ValidationError> {
    let own = schema.files.len().saturating_sub(1);
    let mut errors = ValidationErrors::default();
    for ty in &schema.types {
        let Shape::Record(record) = &ty.shape else {
            continue;
        };
        let fields = record.fields.iter();
        for field in fields.filter(|field| field.spot.file as usize == own) {
            if misfit(schema, field) == Some(Misfit::Type) {
                let default = field.default.as_ref();
                let shown = default.map(|node| cut(&node.to_json())).unwrap_or_default();
                let message = format!(
                    "default {shown} of \"{}\" is no {}",
                    field.name,
                    type_text(schema, &field.ty)
                );
                errors.add(schema.place(field.default_spot()), message);
            }
        }
    }
    errors.sorted()
}

/// `Schema.isValidDefault`. A default of a union may be of any branch, as in 1.12.
fn java_takes(schema: &Schema, used: &Use, default: &Node, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let inner = |used: &Use, node: &Node| java_takes(schema, used, node, depth);
    // `1.0` and `1e3` are no whole numbers to Jackson.
    let whole = || {
        default
            .number()
            .and_then(|number| number.parse::<i64>().ok())
    };
    match (&schema.get(used).shape, &default.value) {
        (Shape::Primitive(Kind::Int), _) => whole().is_some_and(|int| i32::try_from(int).is_ok()),
        (Shape::Primitive(Kind::Long), _) => whole().is_some(),
        (Shape::Primitive(Kind::Bytes) | Shape::Fixed(_) | Shape::Enum(_), value) => {
            matches!(value, Json::String(_))
        }
        (Shape::Primitive(kind), _) => scalar(*kind, default).is_some(),
        (Shape::Array(items), Json::Array(nodes)) => nodes.iter().all(|node| inner(items, node)),
        (Shape::Map(values), Json::Object(members)) => {
            members.iter().all(|member| inner(values, &member.node))
        }
        (Shape::Union(union), _) => union.branches.iter().any(|branch| inner(branch, default)),
        (Shape::Record(record), Json::Object(_)) => record.fields.iter().all(|field| {
            let given = default.get(&field.name).or(field.default.as_ref());
            given.is_some_and(|given| inner(&field.ty, given))
        }),
        _ => false,
    }
}

fn scalar(kind: Kind, node: &Node) -> Option<Value> {
    Some(match (kind, &node.value) {
        (Kind::Null, Json::Null) => Value::Null,
        (Kind::Boolean, Json::Bool(value)) => Value::Boolean(*value),
        (Kind::Int, Json::Number(_)) => Value::Int(i32::try_from(node.integer()?).ok()?),
        (Kind::Long, Json::Number(_)) => Value::Long(node.integer()?),
        (Kind::Float, Json::Number(number)) => Value::Float(number.parse().ok()?),
        (Kind::Double, Json::Number(number)) => Value::Double(number.parse().ok()?),
        // Java takes "NaN" and "1.5" as well (`Schema.parseField`).
        (Kind::Float, Json::String(text)) => Value::Float(text.parse().ok()?),
        (Kind::Double, Json::String(text)) => Value::Double(text.parse().ok()?),
        (Kind::Bytes, Json::String(text)) => Value::Bytes(latin1(text)?),
        (Kind::String, Json::String(text)) => Value::String(text.clone()),
        _ => return None,
    })
}

/// Bytes are written as characters up to U+00FF.
fn latin1(text: &str) -> Option<Vec<u8>> {
    let bytes = text
        .chars()
        .map(|character| u8::try_from(u32::from(character)));
    bytes.collect::<Result<_, _>>().ok()
}
