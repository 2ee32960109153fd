//! Named types: their names, and what is in them.

use std::collections::HashSet;

use super::{Checker, Location, PATIENCE, Pair, PairRefusal, Part, Token};
use crate::schema::{
    Rules,
    avro::{
        default::default_value,
        model::{Enum, Field, Fixed, Name, Record, Shape, Type},
        refusal::RefusalKind,
        resolve::targets,
    },
};

impl<'s> Checker<'s> {
    pub(super) fn names(
        &mut self,
        pair: Pair<'s>,
        (reader, writer): (&Name, &Name),
        at: Location,
    ) -> Vec<Part<'s>> {
        if self.same_name(reader, writer) {
            return Vec::new();
        }
        let at = self.step(at, Token::Word("name"));
        let message = format!("expected: {}", writer.shown());
        vec![self.found(RefusalKind::NameMismatch, pair, at, message)]
    }

    /// Names are compared without their namespaces; an alias of the reader's with it. Python takes
    /// an alias as it is written, so that only one with its namespace matches a writer that has
    /// one (`schema_name_equals`).
    pub(super) fn same_name(&self, reader: &Name, writer: &Name) -> bool {
        let aliases = match self.rules {
            Rules::Karapace => &reader.written_aliases,
            _ => &reader.aliases,
        };
        reader.simple() == writer.simple() || aliases.contains(&writer.full)
    }

    pub(super) fn size(
        &mut self,
        pair: Pair<'s>,
        (reader, writer): (&Fixed, &Fixed),
        at: Location,
    ) -> Option<Part<'s>> {
        if reader.size == writer.size {
            return None;
        }
        let at = self.step(at, Token::Word("size"));
        let message = format!("expected: {}, found: {}", writer.size, reader.size);
        Some(self.found(RefusalKind::FixedSizeMismatch, pair, at, message))
    }

    pub(super) fn symbols(
        &mut self,
        pair: Pair<'s>,
        (reader, writer): (&Enum, &Enum),
        at: Location,
    ) -> Option<Part<'s>> {
        let missing = reader.lacking(writer);
        let default = reader.default.as_ref();
        if missing.is_empty() || default.is_some_and(|default| reader.symbols.contains(default)) {
            return None;
        }
        let at = self.step(at, Token::Word("symbols"));
        let message = self.wording.missing_symbols(&missing);
        Some(self.found(RefusalKind::MissingEnumSymbols, pair, at, message))
    }

    /// The specification has decimals match only when their precisions and scales do ("Logical
    /// Types", "Decimal"); the registries do not look.
    pub(super) fn decimals(
        &mut self,
        pair: Pair<'s>,
        (reader, writer): (&Type, &Type),
        at: Location,
    ) -> Option<Part<'s>> {
        let (Some(read), Some(written)) = (reader.logical(), writer.logical()) else {
            return None;
        };
        let decimals = read.name == "decimal" && written.name == "decimal";
        if self.rules != Rules::Semantic || !decimals || read.scale == written.scale {
            return None;
        }
        let message = format!(
            "a decimal with scale {} does not read one with scale {}",
            read.scale, written.scale
        );
        Some(self.found(RefusalKind::DecimalMismatch, pair, at, message))
    }

    pub(super) fn fields(
        &mut self,
        pair: Pair<'s>,
        (reader, writer): (&'s Record, &'s Record),
        at: Location,
    ) -> Vec<Part<'s>> {
        let mut parts = Vec::new();
        let resolved = (self.rules == Rules::Semantic).then(|| resolved(reader, writer));
        let fields = self.step(at, Token::Word("fields"));
        for (index, field) in reader.fields.iter().enumerate() {
            if self.looks > PATIENCE && !self.same_name(&reader.name, &writer.name) {
                break;
            }
            let at = self.step(fields, Token::Index(index));
            let sources = match &resolved {
                Some(resolved) => resolved[index].clone(),
                None => self.sources(field, writer),
            };
            if sources.len() > 1 {
                self.throw(pair, (field, index), writer, at);
            }
            match sources.first() {
                Some(source) => {
                    let at = self.step(at, Token::Word("type"));
                    let inner = self.pair(&field.ty, &source.ty, at);
                    parts.extend(self.part(inner));
                }
                None => parts.extend(self.absent(pair, field, at)),
            }
        }
        parts
    }

    /// The writer's fields that a field of the reader's is. Python takes the first.
    pub(super) fn sources(&self, field: &'s Field, writer: &'s Record) -> Vec<&'s Field> {
        let named = writer.field(&field.name);
        // Java keeps the aliases in a set of their own: one that is the name counts once more.
        let mut seen = HashSet::new();
        let aliases = field.aliases.iter().filter(|alias| seen.insert(*alias));
        let sources = named
            .into_iter()
            .chain(aliases.filter_map(|alias| writer.field(alias)));
        match self.rules {
            Rules::Karapace => sources.take(1).collect(),
            _ => sources.collect(),
        }
    }

    /// A field that the writer does not have.
    pub(super) fn absent(
        &mut self,
        pair: Pair<'s>,
        field: &'s Field,
        at: Location,
    ) -> Option<Part<'s>> {
        let mut kind = RefusalKind::ReaderFieldMissingDefault;
        let mut message = field.name.clone();
        if let Some(default) = &field.default {
            let valid = self.rules != Rules::Semantic
                || default_value(self.reader, &field.ty, default).is_some();
            if valid {
                return None;
            }
            kind = RefusalKind::InvalidDefault;
            message = format!(
                "the default {} of \"{}\" is no {}",
                default.to_json(),
                field.name,
                self.reader.get(&field.ty).kind().name()
            );
        } else if let Shape::Enum(symbols) = &self.reader.get(&field.ty).shape
            && symbols.default.is_some()
            && self.rules != Rules::Semantic
        {
            // Java compares the enum with the record that lacks the field: never compatible.
            let at = self.step(at, Token::Word("type"));
            let inner = self.pair(&field.ty, pair.1, at);
            return self.part(inner);
        }
        Some(Part::Refusal(PairRefusal {
            kind,
            location: at,
            message,
            reader: pair.0,
            writer: pair.1,
            field: Some(field),
            because: None,
        }))
    }

    /// Java gives up with an exception, which Confluent turns into a refusal
    /// (`AvroSchema.isBackwardCompatible`).
    pub(super) fn throw(
        &mut self,
        (reader, writer): Pair<'s>,
        (field, index): (&'s Field, usize),
        record: &Record,
        at: Location,
    ) {
        if self.thrown.is_some() {
            return;
        }
        let message = format!(
            "Unexpected exception during compatibility check: Reader record field {} type:{} \
             pos:{index} matches multiple fields in writer record schema {}",
            field.name,
            self.reader.get(&field.ty).kind().name().to_uppercase(),
            record.name.shown(),
        );
        self.thrown = Some(PairRefusal {
            kind: RefusalKind::AmbiguousAlias,
            location: at,
            message,
            reader,
            writer,
            field: Some(field),
            because: None,
        });
    }
}

/// The writer's fields that each of the reader's is, as resolution has it.
fn resolved<'s>(reader: &Record, writer: &'s Record) -> Vec<Vec<&'s Field>> {
    let mut sources = vec![Vec::new(); reader.fields.len()];
    for (source, target) in writer.fields.iter().zip(targets(reader, writer)) {
        if let Some(target) = target {
            sources[target].push(source);
        }
    }
    sources
}
