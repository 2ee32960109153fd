//! What the default of a field means.

use super::{
    model::{Kind, Schema, Shape, Use},
    value::Value,
};
use crate::schema::{Node, Value as Json};

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
