//! Names of fields and enum values, and Apicurio's way to full names of types.

use std::collections::BTreeMap;

use super::{Check, Index};
use crate::schema::protobuf::{
    model::{EnumId, Field, Type},
    parser::join,
    side::Side,
};

impl<'s> Check<'s> {
    /// The enums that are on both sides.
    pub(super) fn enums(&self) -> Vec<(&'s str, EnumId, EnumId)> {
        let pairs = self.old.enums.iter();
        pairs
            .filter_map(|(name, one)| Some((*name, *one, *self.new.enums.get(name)?)))
            .collect()
    }

    /// `checkNoChangingFieldNames`: what has the same number, and what has it no more. A field
    /// that is gone is passed over when its number or name is reserved; an enum value is not.
    pub(super) fn names(&mut self) {
        let id = "protobuf/apicurio-no-changing-field-names";
        let text = |name: &str, before: &str, after: &str| {
            format!("Field name changed, message {name} , before: {before} , after {after}")
        };
        let names: Vec<&str> = self.old.messages.keys().copied().collect();
        for name in names {
            let by_number = |index: &Index<'s>| -> BTreeMap<i32, _> {
                let fields = index.fields(name).into_values();
                fields.map(|view| (view.field.number, view)).collect()
            };
            let (before, after) = (by_number(&self.old), by_number(&self.new));
            if after.is_empty() {
                continue;
            }
            for (number, one) in before {
                let two = after.get(&number);
                let is_reserved = || {
                    let message = self.new.message(name);
                    message.is_some_and(|message| {
                        message.reserved.holds(number) || message.reserved.names(&one.field.name)
                    })
                };
                match two {
                    Some(two) if two.field.name == one.field.name => {}
                    None if is_reserved() => {}
                    two => {
                        let after = two.map_or("null", |two| &two.field.name);
                        let text = text(name, &one.field.name, after);
                        let new = two.map_or_else(|| self.new.place(name), |two| Side::field(*two));
                        self.add(id, name, text, (Side::field(one), new));
                    }
                }
            }
        }
        for (name, before, after) in self.enums() {
            let (old, new) = (self.old.schema, self.new.schema);
            let others = new.enumeration(after).values.iter();
            let others: BTreeMap<i32, _> = others.map(|value| (value.number, value)).collect();
            let mut last = BTreeMap::new();
            last.extend(
                old.enumeration(before)
                    .values
                    .iter()
                    .map(|value| (value.number, value)),
            );
            for (number, one) in last {
                let two = others.get(&number).copied();
                if two.is_some_and(|two| two.name == one.name) {
                    continue;
                }
                let text = text(name, &one.name, two.map_or("null", |two| &two.name));
                let none = || Side::enumeration(new, after).without();
                let side = two.map_or_else(none, |two| Side::value(new, after, two));
                self.add(id, name, text, (Side::value(old, before, one), side));
            }
        }
    }
}

/// `normalizeType`: maps and scalars as written, names with a dot as they are, others looked for
/// in this file from the inside out, and taken for the package's own where they are not.
pub(super) fn full(index: &Index<'_>, field: &Field, message: &str) -> String {
    let Type::Named(name) = &field.kind else {
        return crate::schema::protobuf::side::spelled(index.schema, &field.kind);
    };
    let written = &name.written;
    if written.starts_with('.') {
        return written.clone();
    }
    if written.contains('.') {
        return format!(".{written}");
    }
    let package = index
        .file
        .map_or("", |file| index.schema.files[file].package());
    let absolute = |name: &str| format!(".{}", join(package, name));
    let mut scope = message;
    loop {
        let candidate = join(scope, written);
        let is_there = index.messages.contains_key(candidate.as_str())
            || index.enums.contains_key(candidate.as_str());
        if is_there || scope.is_empty() {
            return absolute(&candidate);
        }
        scope = scope.rfind('.').map_or("", |dot| &scope[..dot]);
    }
}
