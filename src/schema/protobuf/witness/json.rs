//! Values as JSON on one line, with the names and the enums of one schema.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::datum::{Datum, Values};
use crate::{
    codec::json::write_string,
    schema::protobuf::{
        model::{MessageId, Schema, Type},
        scalar::Scalar,
        view::{Kind, View},
    },
};

/// A message.
pub(super) fn object(schema: &Schema, id: MessageId, values: &Values) -> String {
    let members = values.iter().filter_map(|(number, values)| {
        let view = View::of(schema, id, schema.message(id).field(*number)?);
        Some(format!("{:?}: {}", view.json_name(), field(view, values)?))
    });
    let members: Vec<String> = members.collect();
    format!("{{{}}}", members.join(", "))
}

fn field(view: View<'_>, values: &[Datum]) -> Option<String> {
    if let Type::Map(key, value) = &view.field.kind {
        let value = view.kind_of(value);
        let entries = values.iter().filter_map(|one| match one {
            Datum::Entry(entry) => {
                let name = plain(view, Kind::Scalar(*key), &entry.0);
                let quoted = if name.starts_with('"') {
                    name
                } else {
                    format!("\"{name}\"")
                };
                Some(format!("{quoted}: {}", plain(view, value, &entry.1)))
            }
            _ => None,
        });
        return Some(format!("{{{}}}", entries.collect::<Vec<_>>().join(", ")));
    }
    let kind = view.kind();
    if view.is_many() {
        let items: Vec<String> = values.iter().map(|one| plain(view, kind, one)).collect();
        return Some(format!("[{}]", items.join(", ")));
    }
    values.last().map(|one| plain(view, kind, one))
}

fn plain(view: View<'_>, kind: Kind, value: &Datum) -> String {
    match (value, kind) {
        (Datum::Whole(number), Kind::Scalar(Scalar::Bool)) => (*number != 0).to_string(),
        (Datum::Whole(number), Kind::Enum(id)) => {
            let one = view.schema.enumeration(id);
            let value = i32::try_from(*number)
                .ok()
                .and_then(|number| one.value(number));
            value.map_or_else(|| number.to_string(), |value| format!("{:?}", value.name))
        }
        (Datum::Whole(number), _) => number.to_string(),
        (Datum::Float(number), _) => number.to_string(),
        (Datum::Double(number), _) => number.to_string(),
        (Datum::Text(text), _) => quoted(text),
        (Datum::Bytes(bytes), _) => format!("\"{}\"", BASE64_STANDARD.encode(bytes)),
        (Datum::Message(values), kind) => kind
            .message()
            .map_or_else(String::new, |id| object(view.schema, id, values)),
        (Datum::Entry(_), _) => String::new(),
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = Vec::new();
    write_string(&mut quoted, text);
    String::from_utf8_lossy(&quoted).into_owned()
}
