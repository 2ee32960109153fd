//! Types and values of a schema as they are worth showing, on one line.

use std::{cell::OnceCell, collections::HashMap};

use super::model::{Kind, Schema, Shape, Spot, Use};

/// More characters than this are cut.
const WIDEST: usize = 80;

/// A type: `array of long (timestamp-millis)`, `record shop.Order`.
pub(super) fn type_text(schema: &Schema, used: &Use) -> String {
    cut(&text(schema, used, 3))
}

fn text(schema: &Schema, used: &Use, depth: u32) -> String {
    if depth == 0 {
        return "…".to_owned();
    }
    let ty = schema.get(used);
    let name = ty.name().map_or("", |name| name.shown());
    let plain = match &ty.shape {
        Shape::Primitive(kind) => kind.name().to_owned(),
        Shape::Array(items) => format!("array of {}", text(schema, items, depth - 1)),
        Shape::Map(values) => format!("map of {}", text(schema, values, depth - 1)),
        Shape::Union(union) => {
            let branches = union.branches.iter().take(WIDEST);
            let branches: Vec<_> = branches
                .map(|branch| text(schema, branch, depth - 1))
                .collect();
            format!("[{}]", branches.join(", "))
        }
        Shape::Fixed(fixed) => format!("fixed {name} ({} bytes)", fixed.size),
        Shape::Enum(_) => format!("enum {name}"),
        Shape::Record(_) => format!("record {name}"),
    };
    match logical_text(schema, used) {
        Some(logical) => format!("{plain} ({logical})"),
        None => plain,
    }
}

/// The logical type: `decimal, precision 4, scale 2`.
pub(super) fn logical_text(schema: &Schema, used: &Use) -> Option<String> {
    let logical = schema.get(used).logical()?;
    let precision = logical.precision.filter(|_| logical.name == "decimal");
    Some(match precision {
        Some(precision) => format!("decimal, precision {precision}, scale {}", logical.scale),
        None => cut(&logical.name),
    })
}

/// Names in a row: `[A, B]`.
pub(super) fn list_text<S: AsRef<str>>(names: &[S]) -> String {
    let shown: Vec<_> = names.iter().take(WIDEST).map(AsRef::as_ref).collect();
    cut(&format!("[{}]", shown.join(", ")))
}

/// Names in quotes: `"A", "B"`.
pub(super) fn quoted<S: AsRef<str>>(names: &[S]) -> String {
    let names = names.iter().take(WIDEST);
    let shown: Vec<_> = names.map(|name| format!("\"{}\"", name.as_ref())).collect();
    cut(&shown.join(", "))
}

/// At most as much of a text as fits on a line.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A default that suits a type, as JSON.
pub(super) fn suggested_default(schema: &Schema, used: &Use) -> Option<String> {
    Some(match &schema.get(used).shape {
        Shape::Primitive(Kind::Null) => "null".to_owned(),
        Shape::Primitive(Kind::Boolean) => "false".to_owned(),
        Shape::Primitive(Kind::Bytes | Kind::String) => "\"\"".to_owned(),
        Shape::Primitive(_) => "0".to_owned(),
        Shape::Array(_) => "[]".to_owned(),
        Shape::Map(_) => "{}".to_owned(),
        Shape::Enum(symbols) => format!("\"{}\"", symbols.symbols.first()?),
        Shape::Union(union) => {
            let first = union.branches.first()?;
            let union = matches!(schema.get(first).shape, Shape::Union(_));
            (!union).then(|| suggested_default(schema, first))??
        }
        Shape::Fixed(_) | Shape::Record(_) => return None,
    })
}

/// Says what a place belongs to.
pub(super) struct Labels<'s> {
    schema: &'s Schema,
    /// The names of fields by the last steps to them, once somebody asks.
    fields: OnceCell<HashMap<u32, &'s str>>,
}

impl<'s> Labels<'s> {
    pub(super) fn new(schema: &'s Schema) -> Self {
        let fields = OnceCell::new();
        Self { schema, fields }
    }

    /// The field that a place is in, in quotes.
    pub(super) fn field(&self, spot: Spot) -> Option<String> {
        let fields = self.fields.get_or_init(|| {
            let records = self.schema.types.iter().filter_map(|ty| match &ty.shape {
                Shape::Record(record) => Some(record),
                _ => None,
            });
            let fields = records.flat_map(|record| &record.fields);
            let named = fields.map(|field| (field.spot.step, field.name.as_str()));
            named.collect()
        });
        let mut at = spot.step;
        while at != 0 {
            if let Some(name) = fields.get(&at) {
                return Some(format!("\"{name}\""));
            }
            at = self.schema.steps[at as usize].from;
        }
        None
    }
}
