//! Values that are likely to go wrong: great ones, negative ones, no text, every value of an enum.

use super::datum::{Datum, Values};
use crate::schema::protobuf::{
    model::{MessageId, Schema, Type},
    scalar::Scalar,
    view::{Cardinality, Kind, View},
};

/// Values for a field, the most telling ones first. Repeated fields get two of them.
pub(super) fn candidates(schema: &Schema, view: View<'_>) -> Vec<Vec<Datum>> {
    if let Type::Map(key, value) = &view.field.kind {
        let keys = scalars(*key);
        let values = of_kind(schema, view.kind_of(value));
        let pairs = keys
            .iter()
            .flat_map(|key| values.iter().map(move |value| (key, value)));
        let entry = |(key, value): (&Datum, &Datum)| {
            vec![Datum::Entry(Box::new((key.clone(), value.clone())))]
        };
        return pairs.map(entry).collect();
    }
    let values = of_kind(schema, view.kind());
    if view.cardinality() == Cardinality::Repeated {
        let last = values.last().cloned();
        return values
            .into_iter()
            .map(|value| [value, last.clone().unwrap_or(Datum::Whole(0))].into())
            .collect();
    }
    values.into_iter().map(|value| vec![value]).collect()
}

fn of_kind(schema: &Schema, kind: Kind) -> Vec<Datum> {
    match kind {
        Kind::Scalar(scalar) => scalars(scalar),
        Kind::Enum(id) => {
            // Zero last: it is what a reader sees who read nothing.
            let values = schema.enumeration(id).values.iter();
            let mut numbers: Vec<i32> = values.map(|value| value.number).take(100).collect();
            numbers.sort_by_key(|number| *number == 0);
            numbers
                .into_iter()
                .map(|number| Datum::Whole(i128::from(number)))
                .collect()
        }
        Kind::Message(id) | Kind::Group(id) => messages(schema, id),
        Kind::Entry | Kind::Unknown => Vec::new(),
    }
}

fn scalars(scalar: Scalar) -> Vec<Datum> {
    const GREAT: i128 = 5_000_000_000;
    let whole = |numbers: &[i128]| numbers.iter().copied().map(Datum::Whole).collect();
    match scalar {
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => whole(&[GREAT, -1, 1]),
        Scalar::Uint64 | Scalar::Fixed64 => whole(&[GREAT, u64::MAX.into(), 1]),
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => whole(&[-1, 300, 1]),
        Scalar::Uint32 | Scalar::Fixed32 => whole(&[3_000_000_000, 300, 1]),
        Scalar::Bool => whole(&[1]),
        Scalar::Float => vec![Datum::Float(1.5)],
        Scalar::Double => vec![Datum::Double(1.5)],
        Scalar::String => vec![Datum::Text("text".to_owned())],
        Scalar::Bytes => vec![
            Datum::Bytes(vec![0xff, 0xfe]),
            Datum::Bytes(b"text".to_vec()),
        ],
    }
}

/// Messages with one plain field set each, as far as they have such fields.
fn messages(schema: &Schema, id: MessageId) -> Vec<Datum> {
    let plain = View::all(schema, id).filter_map(|view| match view.kind() {
        Kind::Scalar(scalar) if !view.is_many() => {
            let value = scalars(scalar).pop()?;
            let values = vec![(view.field.number, vec![value])];
            Some(Datum::Message(with_required(schema, id, values)))
        }
        _ => None,
    });
    let mut messages: Vec<Datum> = plain.take(20).collect();
    if messages.is_empty() {
        messages.push(Datum::Message(with_required(schema, id, Vec::new())));
    }
    messages
}

/// The values, and one for every plain field that the schema requires besides.
pub(super) fn with_required(schema: &Schema, id: MessageId, mut values: Values) -> Values {
    for view in View::all(schema, id) {
        let number = view.field.number;
        let is_missing = values.iter().all(|(other, _)| *other != number);
        if view.cardinality() != Cardinality::Required || !is_missing {
            continue;
        }
        let value = match view.kind() {
            Kind::Scalar(scalar) => scalars(scalar).pop(),
            Kind::Enum(id) => {
                let first = schema.enumeration(id).values.first();
                first.map(|value| Datum::Whole(i128::from(value.number)))
            }
            _ => None,
        };
        values.extend(value.map(|value| (number, vec![value])));
    }
    values.sort_by_key(|(number, _)| *number);
    values
}
