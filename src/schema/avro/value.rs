//! Values of a schema: the Avro JSON of one, and a small one of any type.

use super::model::{Kind, Schema, Shape, Type, Use};
use crate::schema::{Member, Node, Position, Value as Json};

/// A value of some type, which is needed to understand it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Boolean(bool),
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
    Bytes(Vec<u8>),
    String(String),
    Array(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// Index of the branch, and a value of it.
    Union(usize, Box<Value>),
    Fixed(Vec<u8>),
    /// Index of the symbol.
    Enum(usize),
    /// The fields in their order.
    Record(Vec<Value>),
}

/// A type within so many others has no small value.
const DEEPEST: usize = 100;
/// Nor one with more parts than this.
const LARGEST: usize = 1_000;

/// A small value of a type; `None` when there is none, as of a record that holds itself.
pub(super) fn small_value(schema: &Schema, used: &Use) -> Option<Value> {
    let mut left = LARGEST;
    small(schema, used, DEEPEST, &mut left)
}

fn small(schema: &Schema, used: &Use, depth: usize, left: &mut usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    *left = left.checked_sub(1)?;
    let ty = schema.get(used);
    Some(match &ty.shape {
        Shape::Primitive(kind) => primitive(*kind),
        Shape::Array(_) => Value::Array(Vec::new()),
        Shape::Map(_) => Value::Map(Vec::new()),
        Shape::Fixed(fixed) => {
            let size = usize::try_from(fixed.size).ok();
            Value::Fixed(vec![0; size.filter(|size| *size <= 1 << 16)?])
        }
        Shape::Enum(symbols) if symbols.symbols.is_empty() => return None,
        Shape::Enum(_) => Value::Enum(0),
        Shape::Union(union) => {
            // The first that can be had without going on for ever.
            let simple = |branch: &&(usize, &Use)| {
                let kind = schema.get(branch.1).kind();
                !matches!(kind, Kind::Record | Kind::Union)
            };
            let branches: Vec<_> = union.branches.iter().enumerate().collect();
            let simple = branches.iter().find(simple);
            let tried = simple.into_iter().chain(&branches);
            tried.copied().find_map(|(index, branch)| {
                let value = small(schema, branch, depth, left)?;
                Some(Value::Union(index, Box::new(value)))
            })?
        }
        Shape::Record(record) => {
            let fields = record.fields.iter();
            let values = fields.map(|field| small(schema, &field.ty, depth, left));
            Value::Record(values.collect::<Option<_>>()?)
        }
    })
}

fn primitive(kind: Kind) -> Value {
    match kind {
        Kind::Boolean => Value::Boolean(true),
        Kind::Int => Value::Int(1),
        Kind::Long => Value::Long(1),
        Kind::Float => Value::Float(0.5),
        Kind::Double => Value::Double(0.5),
        Kind::Bytes => Value::Bytes(b"a".to_vec()),
        Kind::String => Value::String("a".to_owned()),
        _ => Value::Null,
    }
}

/// The Avro JSON of a value on one line (specification, "JSON Encoding").
pub(super) fn to_json(schema: &Schema, used: &Use, value: &Value) -> String {
    json(schema, used, value).to_json()
}

fn json(schema: &Schema, used: &Use, value: &Value) -> Node {
    let ty = schema.get(used);
    let value = match (&ty.shape, value) {
        (Shape::Array(items), Value::Array(values)) => {
            let values = values.iter();
            Json::Array(values.map(|value| json(schema, items, value)).collect())
        }
        (Shape::Map(inner), Value::Map(values)) => {
            let values = values.iter();
            Json::Object(
                values
                    .map(|(name, value)| member(name, json(schema, inner, value)))
                    .collect(),
            )
        }
        (Shape::Union(union), Value::Union(index, value)) => match union.branches.get(*index) {
            Some(branch) if **value != Value::Null => {
                let name = branch_name(schema.get(branch));
                Json::Object(vec![member(name, json(schema, branch, value))])
            }
            _ => Json::Null,
        },
        (Shape::Enum(symbols), Value::Enum(index)) => {
            Json::String(symbols.symbols.get(*index).cloned().unwrap_or_default())
        }
        (Shape::Record(record), Value::Record(values)) => {
            let fields = record.fields.iter().zip(values);
            Json::Object(
                fields
                    .map(|(field, value)| member(&field.name, json(schema, &field.ty, value)))
                    .collect(),
            )
        }
        (_, value) => scalar(value),
    };
    Node {
        at: Position::default(),
        value,
    }
}

fn scalar(value: &Value) -> Json {
    match value {
        Value::Boolean(value) => Json::Bool(*value),
        Value::Int(value) => Json::Number(value.to_string()),
        Value::Long(value) => Json::Number(value.to_string()),
        Value::Float(value) if value.is_finite() => Json::Number(format!("{value:?}")),
        Value::Double(value) if value.is_finite() => Json::Number(format!("{value:?}")),
        // As Java writes them, though JSON has no such numbers.
        Value::Float(value) => Json::String(format!("{value:?}")),
        Value::Double(value) => Json::String(format!("{value:?}")),
        Value::Bytes(bytes) | Value::Fixed(bytes) => {
            Json::String(bytes.iter().copied().map(char::from).collect())
        }
        Value::String(text) => Json::String(text.clone()),
        _ => Json::Null,
    }
}

fn member(name: &str, node: Node) -> Member {
    Member {
        name: name.to_owned(),
        at: Position::default(),
        node,
    }
}

/// What the JSON of a union calls a branch.
fn branch_name(ty: &Type) -> &str {
    ty.name().map_or(ty.kind().name(), |name| &name.full)
}
