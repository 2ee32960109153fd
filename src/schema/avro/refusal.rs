//! Why a reader is refused: what Java's `SchemaCompatibility` calls an incompatibility.

use super::model::{Field, Kind, Schema, Shape, Spot, Use};

/// What is wrong with a pair of schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum RefusalKind {
    /// Named types with different names.
    NameMismatch,
    /// A `fixed` of another size.
    FixedSizeMismatch,
    /// Symbols that the reader does not have.
    MissingEnumSymbols,
    /// A field that only the reader has, without a default.
    ReaderFieldMissingDefault,
    /// Types that do not read each other.
    TypeMismatch,
    /// A type that no branch of the reader's union reads.
    MissingUnionBranch,
    /// A field that is two of the writer's, by its name and its aliases.
    AmbiguousAlias,
    /// A default that is needed and is no value of its type.
    InvalidDefault,
    /// Decimals with another precision or scale.
    DecimalMismatch,
}

impl RefusalKind {
    const ALL: [Self; 9] = [
        Self::NameMismatch,
        Self::FixedSizeMismatch,
        Self::MissingEnumSymbols,
        Self::ReaderFieldMissingDefault,
        Self::TypeMismatch,
        Self::MissingUnionBranch,
        Self::AmbiguousAlias,
        Self::InvalidDefault,
        Self::DecimalMismatch,
    ];

    /// The kind with this id.
    pub(super) fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    pub(super) fn id(self) -> &'static str {
        match self {
            Self::NameMismatch => "avro/name-mismatch",
            Self::FixedSizeMismatch => "avro/fixed-size-mismatch",
            Self::MissingEnumSymbols => "avro/missing-enum-symbols",
            Self::ReaderFieldMissingDefault => "avro/reader-field-missing-default",
            Self::TypeMismatch => "avro/type-mismatch",
            Self::MissingUnionBranch => "avro/missing-union-branch",
            Self::AmbiguousAlias => "avro/ambiguous-alias",
            Self::InvalidDefault => "avro/invalid-default",
            Self::DecimalMismatch => "avro/decimal-changed",
        }
    }
}

/// One reason for a refusal, and where it was found.
#[derive(Clone, Debug)]
pub(super) struct Refusal<'s> {
    pub(super) kind: RefusalKind,
    /// Java's location: a JSON pointer into the reader's schema, or where the writer has a union
    /// into that; from the union on which it stands when that is in a branch of a union.
    pub(super) path: String,
    pub(super) message: String,
    pub(super) reader: &'s Use,
    pub(super) writer: &'s Use,
    /// The reader's field that is without a value.
    pub(super) field: Option<&'s Field>,
    /// Why the branch of the reader's union that was meant cannot be read, which Java does not say.
    pub(super) because: Vec<Refusal<'s>>,
}

impl Refusal<'_> {
    /// The places in the reader's and in the writer's schema.
    pub(super) fn spots(&self, reader: &Schema, writer: &Schema) -> (Spot, Spot) {
        match self.kind {
            RefusalKind::NameMismatch => {
                (reader.name_spot(self.reader), writer.name_spot(self.writer))
            }
            RefusalKind::FixedSizeMismatch | RefusalKind::MissingEnumSymbols => (
                content_spot(reader, self.reader),
                content_spot(writer, self.writer),
            ),
            RefusalKind::ReaderFieldMissingDefault
            | RefusalKind::AmbiguousAlias
            | RefusalKind::InvalidDefault => (
                (self.field).map_or(self.reader.spot, |field| field.spot),
                content_spot(writer, self.writer),
            ),
            RefusalKind::TypeMismatch
            | RefusalKind::MissingUnionBranch
            | RefusalKind::DecimalMismatch => (self.reader.spot, self.writer.spot),
        }
    }
}

/// Where the fields, the symbols or the size of a type stand.
pub(super) fn content_spot(schema: &Schema, used: &Use) -> Spot {
    match &schema.get(used).shape {
        Shape::Record(record) => record.name.spot.member("fields", record.fields_at),
        Shape::Enum(symbols) => symbols.name.spot.member("symbols", symbols.symbols_at),
        Shape::Fixed(fixed) => fixed.name.spot.member("size", fixed.size_at),
        _ => used.spot,
    }
}

/// The wording of the implementation that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wording {
    /// `org.apache.avro.SchemaCompatibility`
    Java,
    /// `avro.compatibility` of Python, which Karapace calls.
    Python,
}

impl Wording {
    pub(super) fn type_mismatch(self, reader: Kind, writer: Kind) -> String {
        let (reader, writer) = (self.kind(reader), self.kind(writer));
        format!("reader type: {reader} not compatible with writer type: {writer}")
    }

    /// A branch of the writer's union that the reader's union lacks.
    pub(super) fn lacking_branch(self, writer: Kind) -> String {
        let writer = writer.name().to_uppercase();
        format!("reader union lacking writer type: {writer}")
    }

    /// A type of the writer, which is no union, that the reader's union lacks.
    pub(super) fn lacking_type(self, writer: Kind) -> String {
        match self {
            Self::Java => self.lacking_branch(writer),
            Self::Python => format!("reader union lacking writer type {}", writer.name()),
        }
    }

    /// The symbols are sorted; Python prints a set, in an order that changes from run to run.
    pub(super) fn missing_symbols(self, symbols: &[&str]) -> String {
        match self {
            Self::Java => format!("[{}]", symbols.join(", ")),
            Self::Python => format!("{{'{}'}}", symbols.join("', '")),
        }
    }

    fn kind(self, kind: Kind) -> String {
        match self {
            Self::Java => kind.name().to_uppercase(),
            Self::Python => kind.name().to_owned(),
        }
    }
}
