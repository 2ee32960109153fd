//! The scalar types of Protobuf and how they lie on the wire.

/// A scalar type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// `double`
    Double,
    /// `float`
    Float,
    /// `int32`
    Int32,
    /// `int64`
    Int64,
    /// `uint32`
    Uint32,
    /// `uint64`
    Uint64,
    /// `sint32`
    Sint32,
    /// `sint64`
    Sint64,
    /// `fixed32`
    Fixed32,
    /// `fixed64`
    Fixed64,
    /// `sfixed32`
    Sfixed32,
    /// `sfixed64`
    Sfixed64,
    /// `bool`
    Bool,
    /// `string`
    String,
    /// `bytes`
    Bytes,
}

/// How a value lies on the wire (Encoding, "Message Structure").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// A number in groups of seven bits.
    Varint,
    /// Eight bytes.
    Fixed64,
    /// A length and as many bytes.
    Length,
    /// Fields up to the end of the group.
    Group,
    /// Four bytes.
    Fixed32,
}

impl Scalar {
    const ALL: [(&'static str, Self); 15] = [
        ("double", Self::Double),
        ("float", Self::Float),
        ("int32", Self::Int32),
        ("int64", Self::Int64),
        ("uint32", Self::Uint32),
        ("uint64", Self::Uint64),
        ("sint32", Self::Sint32),
        ("sint64", Self::Sint64),
        ("fixed32", Self::Fixed32),
        ("fixed64", Self::Fixed64),
        ("sfixed32", Self::Sfixed32),
        ("sfixed64", Self::Sfixed64),
        ("bool", Self::Bool),
        ("string", Self::String),
        ("bytes", Self::Bytes),
    ];

    /// The scalar of this keyword.
    pub(super) fn of(keyword: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(name, _)| *name == keyword);
        found.map(|(_, scalar)| *scalar)
    }

    /// Its keyword.
    pub(super) fn keyword(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, scalar)| *scalar == self);
        found.map_or("", |(name, _)| name)
    }

    /// How its values lie on the wire.
    pub(super) fn wire(self) -> Wire {
        match self {
            Self::Double | Self::Fixed64 | Self::Sfixed64 => Wire::Fixed64,
            Self::Float | Self::Fixed32 | Self::Sfixed32 => Wire::Fixed32,
            Self::String | Self::Bytes => Wire::Length,
            _ => Wire::Varint,
        }
    }

    /// Whether repeated values of it may lie packed.
    pub(super) fn is_packable(self) -> bool {
        self.wire() != Wire::Length
    }

    /// Whether it is one of the 64 bit whole numbers.
    pub(super) fn is_long(self) -> bool {
        matches!(
            self,
            Self::Int64 | Self::Uint64 | Self::Sint64 | Self::Fixed64 | Self::Sfixed64
        )
    }
}
