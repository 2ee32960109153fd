//! A writer and a reader of the wire format, as small as witnesses need them. The reader does what
//! the usual ones do: what does not lie as expected is an unknown field, the last of several
//! single values counts, a member of a oneof displaces the others.

use std::collections::BTreeMap;

use super::datum::{Datum, Values};
use crate::schema::protobuf::{
    model::{MessageId, Schema, Type},
    scalar::{Scalar, Wire},
    view::{Cardinality, Kind, View, is_closed},
};

/// Deeper messages are not read.
const DEEPEST: usize = 20;

/// The bytes of a message; `None` for what cannot be written, like a type that is not known.
pub(super) fn write(schema: &Schema, id: MessageId, values: &Values) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for (number, values) in values {
        let view = View::of(schema, id, schema.message(id).field(*number)?);
        if view.is_packed() {
            let mut packed = Vec::new();
            for value in values {
                payload(schema, view.kind(), value, &mut packed)?;
            }
            tag(*number, Wire::Length, &mut bytes);
            prefixed(&packed, &mut bytes);
            continue;
        }
        for value in values {
            if let (Type::Map(key, kind), Datum::Entry(entry)) = (&view.field.kind, value) {
                let mut inner = Vec::new();
                let kind = view.kind_of(kind);
                tag(1, Kind::Scalar(*key).wire(), &mut inner);
                payload(schema, Kind::Scalar(*key), &entry.0, &mut inner)?;
                tag(2, kind.wire(), &mut inner);
                payload(schema, kind, &entry.1, &mut inner)?;
                tag(*number, Wire::Length, &mut bytes);
                prefixed(&inner, &mut bytes);
                continue;
            }
            tag(*number, view.kind().wire(), &mut bytes);
            payload(schema, view.kind(), value, &mut bytes)?;
            if view.kind().wire() == Wire::Group {
                varint((u64::from(number.unsigned_abs()) << 3) | 4, &mut bytes);
            }
        }
    }
    Some(bytes)
}

fn tag(number: i32, wire: Wire, bytes: &mut Vec<u8>) {
    let code = match wire {
        Wire::Varint => 0,
        Wire::Fixed64 => 1,
        Wire::Length => 2,
        Wire::Group => 3,
        Wire::Fixed32 => 5,
    };
    varint((u64::from(number.unsigned_abs()) << 3) | code, bytes);
}

fn prefixed(content: &[u8], bytes: &mut Vec<u8>) {
    varint(content.len() as u64, bytes);
    bytes.extend_from_slice(content);
}

fn varint(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn payload(schema: &Schema, kind: Kind, value: &Datum, bytes: &mut Vec<u8>) -> Option<()> {
    match (kind, value) {
        (Kind::Scalar(scalar), Datum::Whole(number)) => whole(scalar, *number, bytes),
        (Kind::Enum(_), Datum::Whole(number)) => varint(*number as u64, bytes),
        (Kind::Scalar(Scalar::Float), Datum::Float(number)) => {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        (Kind::Scalar(Scalar::Double), Datum::Double(number)) => {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        (Kind::Scalar(_), Datum::Text(text)) => prefixed(text.as_bytes(), bytes),
        (Kind::Scalar(_), Datum::Bytes(content)) => prefixed(content, bytes),
        (Kind::Message(id), Datum::Message(values)) => prefixed(&write(schema, id, values)?, bytes),
        (Kind::Group(id), Datum::Message(values)) => bytes.extend(write(schema, id, values)?),
        _ => return None,
    }
    Some(())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the number is one of the type"
)]
fn whole(scalar: Scalar, number: i128, bytes: &mut Vec<u8>) {
    match scalar {
        Scalar::Fixed32 | Scalar::Sfixed32 => {
            bytes.extend_from_slice(&(number as u32).to_le_bytes());
        }
        Scalar::Fixed64 | Scalar::Sfixed64 => {
            bytes.extend_from_slice(&(number as u64).to_le_bytes());
        }
        Scalar::Sint32 | Scalar::Sint64 => {
            let number = number as i64;
            varint(((number << 1) ^ (number >> 63)) as u64, bytes);
        }
        _ => varint(number as u64, bytes),
    }
}

/// What a reader makes of the bytes.
///
/// # Errors
/// Why it refuses them.
pub(super) fn read(schema: &Schema, id: MessageId, bytes: &[u8]) -> Result<Values, String> {
    read_at(schema, id, bytes, 0)
}

fn read_at(schema: &Schema, id: MessageId, bytes: &[u8], depth: usize) -> Result<Values, String> {
    if depth > DEEPEST {
        return Err("nested too deep".to_owned());
    }
    let mut values: BTreeMap<i32, Vec<Datum>> = BTreeMap::new();
    let mut input = Input { rest: bytes };
    while !input.rest.is_empty() {
        let (number, raw) = input.field(0)?;
        let Some(field) = schema.message(id).field(number) else {
            continue;
        };
        let view = View::of(schema, id, field);
        let read = values_of(view, &raw, depth)?;
        if read.is_empty() {
            continue;
        }
        if let Some(oneof) = field.oneof {
            for member in schema.message(id).members(oneof) {
                values.remove(&member.number);
            }
        }
        let all = values.entry(number).or_default();
        if !view.is_many() {
            all.clear();
        }
        all.extend(read);
    }
    for view in View::all(schema, id) {
        let number = view.field.number;
        if view.cardinality() == Cardinality::Required && !values.contains_key(&number) {
            return Err(format!(
                "the required field {:?} is missing",
                view.field.name
            ));
        }
    }
    Ok(values.into_iter().collect())
}

/// A field as it lies on the wire.
enum Raw<'b> {
    Varint(u64),
    Fixed64([u8; 8]),
    Length(&'b [u8]),
    Group(&'b [u8]),
    Fixed32([u8; 4]),
}

struct Input<'b> {
    rest: &'b [u8],
}

impl<'b> Input<'b> {
    fn field(&mut self, depth: usize) -> Result<(i32, Raw<'b>), String> {
        let tag = self.varint()?;
        let number = i32::try_from(tag >> 3).ok().filter(|number| *number > 0);
        let number = number.ok_or("a field has an impossible number")?;
        let raw = match tag & 7 {
            0 => Raw::Varint(self.varint()?),
            1 => Raw::Fixed64(self.take(8)?.try_into().map_err(|_| END)?),
            2 => {
                let length = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
                Raw::Length(self.take(length)?)
            }
            3 => Raw::Group(self.group(depth)?),
            5 => Raw::Fixed32(self.take(4)?.try_into().map_err(|_| END)?),
            other => return Err(format!("a field has the unknown wire type {other}")),
        };
        Ok((number, raw))
    }

    /// Everything up to the mark that ends the group.
    fn group(&mut self, depth: usize) -> Result<&'b [u8], String> {
        if depth > DEEPEST {
            return Err("nested too deep".to_owned());
        }
        let begin = self.rest;
        loop {
            let before = self.rest;
            if self.varint()? & 7 == 4 {
                return Ok(&begin[..begin.len() - before.len()]);
            }
            self.rest = before;
            self.field(depth + 1)?;
        }
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], String> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(END)?;
        self.rest = rest;
        Ok(taken)
    }

    fn varint(&mut self) -> Result<u64, String> {
        let mut number = 0;
        for index in 0..10 {
            let [byte, rest @ ..] = self.rest else {
                return Err(END.to_owned());
            };
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err("a number does not end".to_owned())
    }
}

const END: &str = "the message ends in the middle of a field";

/// The values of a field; none when it does not lie as it should.
fn values_of(view: View<'_>, raw: &Raw<'_>, depth: usize) -> Result<Vec<Datum>, String> {
    if let Type::Map(key, value) = &view.field.kind {
        let Raw::Length(content) = raw else {
            return Ok(Vec::new());
        };
        return entry(
            view,
            (Kind::Scalar(*key), view.kind_of(value)),
            content,
            depth,
        );
    }
    let kind = view.kind();
    if let Raw::Length(content) = raw
        && view.cardinality() == Cardinality::Repeated
        && kind.is_packable()
    {
        let mut input = Input { rest: content };
        let mut values = Vec::new();
        while !input.rest.is_empty() {
            let raw = match kind.wire() {
                Wire::Fixed64 => Raw::Fixed64(input.take(8)?.try_into().map_err(|_| END)?),
                Wire::Fixed32 => Raw::Fixed32(input.take(4)?.try_into().map_err(|_| END)?),
                _ => Raw::Varint(input.varint()?),
            };
            values.extend(value(view, kind, &raw, depth)?);
        }
        return Ok(values);
    }
    Ok(value(view, kind, raw, depth)?.into_iter().collect())
}

fn entry(
    view: View<'_>,
    kinds: (Kind, Kind),
    content: &[u8],
    depth: usize,
) -> Result<Vec<Datum>, String> {
    let mut input = Input { rest: content };
    let mut parts = (Datum::Whole(0), Datum::Whole(0));
    while !input.rest.is_empty() {
        let (number, raw) = input.field(0)?;
        let read = match number {
            1 => value(view, kinds.0, &raw, depth)?.map(|value| parts.0 = value),
            2 => value(view, kinds.1, &raw, depth)?.map(|value| parts.1 = value),
            _ => None,
        };
        // An entry whose value is not understood is unknown as a whole.
        if read.is_none() && matches!(number, 1 | 2) {
            return Ok(Vec::new());
        }
    }
    Ok(vec![Datum::Entry(Box::new(parts))])
}

fn value(view: View<'_>, kind: Kind, raw: &Raw<'_>, depth: usize) -> Result<Option<Datum>, String> {
    Ok(Some(match (kind, raw) {
        (Kind::Scalar(scalar), Raw::Varint(number)) if scalar.wire() == Wire::Varint => {
            Datum::Whole(from_varint(scalar, *number))
        }
        (Kind::Enum(id), Raw::Varint(number)) => {
            let one = view.schema.enumeration(id);
            #[expect(clippy::cast_possible_truncation, reason = "enums have 32 bits")]
            let number = *number as i32;
            if is_closed(view.schema, one) && one.value(number).is_none() {
                return Ok(None);
            }
            Datum::Whole(i128::from(number))
        }
        (Kind::Scalar(Scalar::Double), Raw::Fixed64(bytes)) => {
            Datum::Double(f64::from_le_bytes(*bytes))
        }
        (Kind::Scalar(Scalar::Fixed64), Raw::Fixed64(bytes)) => {
            Datum::Whole(u64::from_le_bytes(*bytes).into())
        }
        (Kind::Scalar(Scalar::Sfixed64), Raw::Fixed64(bytes)) => {
            Datum::Whole(i64::from_le_bytes(*bytes).into())
        }
        (Kind::Scalar(Scalar::Float), Raw::Fixed32(bytes)) => {
            Datum::Float(f32::from_le_bytes(*bytes))
        }
        (Kind::Scalar(Scalar::Fixed32), Raw::Fixed32(bytes)) => {
            Datum::Whole(u32::from_le_bytes(*bytes).into())
        }
        (Kind::Scalar(Scalar::Sfixed32), Raw::Fixed32(bytes)) => {
            Datum::Whole(i32::from_le_bytes(*bytes).into())
        }
        (Kind::Scalar(Scalar::String), Raw::Length(content)) => text(view, content)?,
        (Kind::Scalar(Scalar::Bytes), Raw::Length(content)) => Datum::Bytes(content.to_vec()),
        (Kind::Message(id), Raw::Length(content)) | (Kind::Group(id), Raw::Group(content)) => {
            Datum::Message(read_at(view.schema, id, content, depth + 1)?)
        }
        _ => return Ok(None),
    }))
}

fn text(view: View<'_>, content: &[u8]) -> Result<Datum, String> {
    match std::str::from_utf8(content) {
        Ok(text) => Ok(Datum::Text(text.to_owned())),
        Err(_) if view.checks_text() => {
            Err(format!("the string {:?} is no UTF-8", view.field.name))
        }
        Err(_) => Ok(Datum::Text(String::from_utf8_lossy(content).into_owned())),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "this is what readers do"
)]
fn from_varint(scalar: Scalar, number: u64) -> i128 {
    let zigzag = |number: u64| (number >> 1) as i64 ^ -((number & 1) as i64);
    match scalar {
        Scalar::Int32 => (number as i32).into(),
        Scalar::Int64 => (number as i64).into(),
        Scalar::Uint32 => (number as u32).into(),
        Scalar::Sint32 => (zigzag(u64::from(number as u32)) as i32).into(),
        Scalar::Sint64 => zigzag(number).into(),
        Scalar::Bool => i128::from(number != 0),
        _ => number.into(),
    }
}
