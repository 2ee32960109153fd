//! What a reader makes of a value that a writer wrote under another type
//! (language guide, "Updating A Message Type"; encoding guide, "More Integer Types").

use crate::schema::protobuf::{
    model::Schema,
    scalar::{Scalar, Wire},
    view::Kind,
};

/// What can happen to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::schema::protobuf) enum Harm {
    /// It is passed over, for it does not lie as expected.
    WireType,
    /// It is passed over, for it lies between marks or not.
    Group,
    /// It is read as something else.
    Meaning,
    /// Its upper half is cut off.
    Narrowed,
    /// Its sign is lost, or taken for a part of it.
    Sign,
    /// All that is left is zero or not zero.
    Bool,
    /// The enum has no name for it.
    Enum,
    /// It may be no UTF-8.
    Text,
}

impl Harm {
    pub fn id(self) -> &'static str {
        match self {
            Self::WireType => "protobuf/field-wire-type-changed",
            Self::Group => "protobuf/group-changed",
            Self::Meaning => "protobuf/field-reinterpreted",
            Self::Narrowed => "protobuf/field-narrowed",
            Self::Sign => "protobuf/field-sign-changed",
            Self::Bool => "protobuf/field-to-bool",
            Self::Enum => "protobuf/field-to-enum",
            Self::Text => "protobuf/field-bytes-to-string",
        }
    }
}

/// A kind of value, and the schema it belongs to.
pub(in crate::schema::protobuf) type Typed<'s> = (&'s Schema, Kind);

/// The harm to a value of the writer's type that is read as the reader's.
pub(in crate::schema::protobuf) fn reading(writer: Typed<'_>, reader: Typed<'_>) -> Option<Harm> {
    let (one, two) = (writer.1.wire(), reader.1.wire());
    if one != two {
        let is_group = |wire| wire == Wire::Group;
        let is_message = |kind: Kind| kind.message().is_some();
        let marked =
            (is_group(one) && is_message(reader.1)) || (is_group(two) && is_message(writer.1));
        return Some(if marked { Harm::Group } else { Harm::WireType });
    }
    match (writer.1, reader.1) {
        (Kind::Scalar(one), Kind::Scalar(two)) => scalars(one, two),
        (Kind::Scalar(one), Kind::Enum(_)) if is_zigzag(one) => Some(Harm::Meaning),
        (Kind::Enum(_), Kind::Scalar(two)) if is_zigzag(two) => Some(Harm::Meaning),
        (Kind::Scalar(_), Kind::Enum(_)) => Some(Harm::Enum),
        (Kind::Enum(id), Kind::Scalar(two)) => {
            let numbers = writer
                .0
                .enumeration(id)
                .values
                .iter()
                .map(|value| value.number);
            numbers.filter_map(|number| from_enum(number, two)).next()
        }
        // Messages are compared by what is in them.
        (Kind::Scalar(_), _) | (_, Kind::Scalar(_)) => Some(Harm::Meaning),
        _ => None,
    }
}

fn is_zigzag(scalar: Scalar) -> bool {
    matches!(scalar, Scalar::Sint32 | Scalar::Sint64)
}

/// Whether a number of an enum survives as this scalar.
fn from_enum(number: i32, reader: Scalar) -> Option<Harm> {
    match reader {
        Scalar::Bool if !(0..=1).contains(&number) => Some(Harm::Bool),
        Scalar::Uint32 | Scalar::Uint64 if number < 0 => Some(Harm::Sign),
        _ => None,
    }
}

/// Scalars that lie the same way.
fn scalars(one: Scalar, two: Scalar) -> Option<Harm> {
    if one == two {
        return None;
    }
    if is_zigzag(one) != is_zigzag(two) {
        return Some(Harm::Meaning);
    }
    match (one, two) {
        (one, Scalar::Bool) if one != Scalar::Bool => Some(Harm::Bool),
        (Scalar::Bytes, Scalar::String) => Some(Harm::Text),
        (Scalar::Bool, _)
        | (Scalar::String, Scalar::Bytes)
        | (Scalar::Int32 | Scalar::Uint32, Scalar::Int64)
        | (Scalar::Uint32, Scalar::Uint64)
        | (Scalar::Sint32, Scalar::Sint64) => None,
        (Scalar::Float | Scalar::Double, _) | (_, Scalar::Float | Scalar::Double) => {
            Some(Harm::Meaning)
        }
        (one, two) if one.is_long() && !two.is_long() => Some(Harm::Narrowed),
        _ => Some(Harm::Sign),
    }
}
