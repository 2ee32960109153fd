//! What to do about a refusal, with the names of the schemas at hand.

use super::{
    model::{Field, Kind, Schema, Shape, Type},
    refusal::{Refusal, RefusalKind},
    type_text::{Labels, cut, quoted, suggested_default, type_text},
};
use crate::schema::Direction;

/// So far from its place a field with a new name is looked for.
const NEAR: usize = 8;

/// A refusal with everything that is known about it.
#[derive(Clone, Copy)]
pub(super) struct Case<'a, 's> {
    pub(super) refusal: &'a Refusal<'s>,
    pub(super) direction: Direction,
    pub(super) reader: &'s Schema,
    pub(super) writer: &'s Schema,
    /// What is where in the new schema.
    pub(super) labels: &'a Labels<'s>,
}

impl Case<'_, '_> {
    pub(super) fn fix(&self) -> Option<String> {
        match self.refusal.kind {
            RefusalKind::NameMismatch => self.name(),
            RefusalKind::FixedSizeMismatch => self.size(),
            RefusalKind::MissingEnumSymbols => self.symbols(),
            RefusalKind::ReaderFieldMissingDefault => self.field(),
            RefusalKind::TypeMismatch => Some(self.mismatch()),
            RefusalKind::MissingUnionBranch => Some(self.branch()),
            RefusalKind::AmbiguousAlias => self.alias(),
            RefusalKind::InvalidDefault => self.default(),
            RefusalKind::DecimalMismatch => Some(format!(
                "keep {}, and add a field with the other precision and scale",
                self.old_type()
            )),
        }
    }

    fn name(&self) -> Option<String> {
        let read = self.reader.get(self.refusal.reader).name()?;
        let written = self.writer.get(self.refusal.writer).name()?;
        Some(match self.direction {
            Direction::Backward => {
                format!("add {} to \"{}\"", aliases(&written.full), read.shown())
            }
            Direction::Forward => format!(
                "keep the name \"{}\": an alias in the new schema does not help old consumers",
                read.shown()
            ),
        })
    }

    fn size(&self) -> Option<String> {
        let (old, new) = match self.direction {
            Direction::Backward => (self.writer.get(self.refusal.writer), self.reader_type()),
            Direction::Forward => (self.reader_type(), self.writer.get(self.refusal.writer)),
        };
        let (Shape::Fixed(old), Shape::Fixed(new)) = (&old.shape, &new.shape) else {
            return None;
        };
        Some(format!(
            "keep \"size\": {} in \"{}\", and add a field with a type of another name for {} bytes",
            old.size,
            old.name.shown(),
            new.size
        ))
    }

    fn symbols(&self) -> Option<String> {
        let written = &self.writer.get(self.refusal.writer).shape;
        let (Shape::Enum(read), Shape::Enum(written)) = (&self.reader_type().shape, written) else {
            return None;
        };
        let missing = quoted(&read.lacking(written));
        let name = read.name.shown();
        Some(match self.direction {
            Direction::Backward => format!(
                "keep {missing} in \"{name}\", or give the enum a \"default\" that is one of its \
                 symbols"
            ),
            Direction::Forward => format!(
                "write {missing} only once all consumers have the new schema; an enum \"default\" \
                 in \"{name}\" would have let them read it"
            ),
        })
    }

    fn field(&self) -> Option<String> {
        let field = self.refusal.field?;
        let name = &field.name;
        if self.direction == Direction::Forward {
            return Some(format!(
                "keep \"{name}\", or give it a default first, in a version that all consumers have \
                 before it goes"
            ));
        }
        let default = suggested_default(self.reader, &field.ty);
        let mut fix = match default {
            Some(default) => format!("add \"default\": {default} to \"{name}\""),
            None => format!(
                "make \"{name}\" a union with \"null\" first, and add \"default\": null to it"
            ),
        };
        if let Some(gone) = self.renamed(field) {
            fix.push_str(&format!(
                "; if it is \"{gone}\" with a new name, add {} to it",
                aliases(gone)
            ));
        }
        Some(fix)
    }

    /// A field of the writer's that is gone and has the type of the one that is new.
    fn renamed(&self, field: &Field) -> Option<&str> {
        let Shape::Record(read) = &self.reader_type().shape else {
            return None;
        };
        let Shape::Record(written) = &self.writer.get(self.refusal.writer).shape else {
            return None;
        };
        let shown = type_text(self.reader, &field.ty);
        let gone = |other: &&Field| {
            read.field(&other.name).is_none() && type_text(self.writer, &other.ty) == shown
        };
        // A field with a new name mostly stays where it was.
        let at = *read.by_name.get(&field.name)?;
        let fields = written.fields.iter().skip(at.saturating_sub(NEAR));
        let found = fields.take(2 * NEAR).find(gone);
        found.map(|field| field.name.as_str())
    }

    fn mismatch(&self) -> String {
        let place = self.label();
        let old = self.old_type();
        let new = match self.direction {
            Direction::Backward => type_text(self.reader, self.refusal.reader),
            Direction::Forward => type_text(self.writer, self.refusal.writer),
        };
        let written = self.writer.get(self.refusal.writer).kind();
        let promoted = written.reads(self.reader_type().kind());
        let is_branch = self.writer.is_branch(self.refusal.writer);
        match self.direction {
            Direction::Backward if is_branch => format!(
                "keep {} in the union of {place}",
                type_text(self.writer, self.refusal.writer)
            ),
            Direction::Forward if is_branch || written == Kind::Null => {
                format!("write {new} in {place} only once all consumers have the new schema")
            }
            Direction::Forward if promoted => format!(
                "write {place} as {new} only once all consumers have the new schema, which reads \
                 both"
            ),
            _ => format!("keep {place} as {old}, and add a field with a default for {new}"),
        }
    }

    fn branch(&self) -> String {
        let missing = type_text(self.writer, self.refusal.writer);
        if let Some(reason) = self.refusal.because.first() {
            let inner = Case {
                refusal: reason,
                ..*self
            };
            let advice = inner.fix().unwrap_or_default();
            let what = cut(&format!("{} at {}", reason.message, reason.path));
            return format!("make {missing} readable ({what}): {advice}");
        }
        let place = self.label();
        match self.direction {
            Direction::Backward if self.writer.is_branch(self.refusal.writer) => {
                format!("keep {missing} in the union of {place}")
            }
            Direction::Backward => format!("add {missing} to the union of {place}"),
            Direction::Forward => {
                format!("write {missing} in {place} only once all consumers have the new schema")
            }
        }
    }

    fn alias(&self) -> Option<String> {
        let field = self.refusal.field?;
        Some(format!(
            "remove from the \"aliases\" of \"{}\" what the other schema has beside it",
            field.name
        ))
    }

    fn default(&self) -> Option<String> {
        let field = self.refusal.field?;
        let kind = self.reader.get(&field.ty).kind().name();
        let example = suggested_default(self.reader, &field.ty)
            .map(|default| format!(", such as {default}"))
            .unwrap_or_default();
        Some(format!(
            "give \"{}\" a default that is a {kind}{example}",
            field.name
        ))
    }

    fn old_type(&self) -> String {
        match self.direction {
            Direction::Backward => type_text(self.writer, self.refusal.writer),
            Direction::Forward => type_text(self.reader, self.refusal.reader),
        }
    }

    fn label(&self) -> String {
        let spot = match self.direction {
            Direction::Backward => self.refusal.reader.spot,
            Direction::Forward => self.refusal.writer.spot,
        };
        let field = self.labels.field(spot);
        field.unwrap_or_else(|| "the schema".to_owned())
    }

    fn reader_type(&self) -> &Type {
        self.reader.get(self.refusal.reader)
    }
}

/// The member that gives a thing its old name.
pub(super) fn aliases(name: &str) -> String {
    format!("\"aliases\": [\"{name}\"]")
}
