//! Values of fields, as they are written and as they come out.

use crate::schema::protobuf::buf::Default;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Datum {
    /// A whole number, a bool, or the number of an enum.
    Whole(i128),
    Float(f32),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    Message(Values),
    Entry(Box<(Datum, Datum)>),
}

/// The values of a message's fields by their numbers.
pub(super) type Values = Vec<(i32, Vec<Datum>)>;

impl Datum {
    pub fn from_default(default: Default) -> Self {
        match default {
            Default::Text(text) => Self::Text(text),
            Default::Whole(number) => Self::Whole(number),
            Default::Fraction(number) => Self::Double(number),
        }
    }
}

/// Whether everything that was written came out as it was.
pub(super) fn same(written: &Values, read: &Values) -> bool {
    written.iter().all(|(number, values)| {
        let others = read.iter().find(|(other, _)| other == number);
        let others = others.map_or(&[][..], |(_, others)| others);
        values.len() == others.len() && values.iter().zip(others).all(|(one, two)| equal(one, two))
    })
}

/// A text is its bytes.
fn equal(one: &Datum, two: &Datum) -> bool {
    match (one, two) {
        (Datum::Text(text), Datum::Bytes(bytes)) | (Datum::Bytes(bytes), Datum::Text(text)) => {
            text.as_bytes() == bytes
        }
        (Datum::Message(one), Datum::Message(two)) => same(one, two),
        (Datum::Entry(one), Datum::Entry(two)) => equal(&one.0, &two.0) && equal(&one.1, &two.1),
        (one, two) => one == two,
    }
}
