//! Enums: which values they must have, and which they cannot have.

use std::collections::HashMap;

use super::{
    super::{
        model::{EnumId, EnumValue, setting},
        side::Side,
        view::is_closed,
    },
    Search,
};
use crate::schema::validation_error::quoted;

impl Search<'_> {
    pub(super) fn enums(&mut self) {
        for (id, one) in self.enumerations() {
            let name = quoted(&one.name);
            match one.values.first() {
                None => {
                    let side = Side::enumeration(self.schema, id);
                    self.add(side, format!("enum {name} has no values"));
                }
                Some(first) if first.number != 0 && !is_closed(self.schema, one) => {
                    let message = format!(
                        "enum {name} begins with {} = {}; the first value must be 0 in proto3 and in open enums of editions",
                        quoted(&first.name),
                        first.number
                    );
                    self.add(
                        Side::value(self.schema, id, first).at(first.number_at),
                        message,
                    );
                }
                Some(_) => {}
            }
            self.values(id);
        }
    }

    fn values(&mut self, id: EnumId) {
        let one = self.schema.enumeration(id);
        let setting = setting(&one.options, "allow_alias");
        let aliases = setting.is_some_and(|set| set.value == "true");
        let mut first: HashMap<i32, &str> = HashMap::with_capacity(one.values.len());
        for value in &one.values {
            let (name, number) = (quoted(&value.name), value.number);
            let mut wrong = Vec::new();
            if let Some(other) = first.get(&number)
                && !aliases
            {
                wrong.push(format!(
                    "enum value {name} has number {number}, and so has {}: that takes \"option allow_alias = true;\"",
                    quoted(other)
                ));
            }
            first.entry(number).or_insert(&value.name);
            if one.reserved.holds(number) {
                wrong.push(format!(
                    "enum value {name} has number {number}, which is reserved"
                ));
            }
            if one.reserved.names(&value.name) {
                wrong.push(format!("enum value {name} has a name that is reserved"));
            }
            for message in wrong {
                self.add(Side::value(self.schema, id, value), message);
            }
        }
        // `DescriptorBuilder::ValidateEnumOptions`, `Parser::ValidateEnum`
        let needless = match setting.map(|setting| setting.value.as_str()) {
            Some("true") if first.len() == one.values.len() => {
                Some("no two values have the same number")
            }
            Some("false") if first.len() == one.values.len() => Some("false is the default"),
            _ => None,
        };
        if let (Some(setting), Some(why)) = (setting, needless) {
            let text = format!(
                "enum {} sets allow_alias needlessly: {why}",
                quoted(&one.name)
            );
            let side = Side::enumeration(self.schema, id);
            self.add(side.at(setting.at), text);
        }
        self.short_names(id);
    }

    /// Values whose names are the same without the enum's name, but for case and underscores, as
    /// generated code has them (`DescriptorBuilder::CheckEnumValueUniqueness`).
    fn short_names(&mut self, id: EnumId) {
        let one = self.schema.enumeration(id);
        let is_lenient = setting(&one.options, "deprecated_legacy_json_field_conflicts")
            .is_some_and(|set| set.value == "true");
        if is_lenient && self.is_proto2() {
            return;
        }
        let prefix: String = lower_letters(&one.name).map(|(_, letter)| letter).collect();
        let mut first: HashMap<String, &EnumValue> = HashMap::with_capacity(one.values.len());
        for value in &one.values {
            let short = pascal(without_prefix(&value.name, &prefix));
            let other = *first.entry(short).or_insert(value);
            if other.name != value.name && other.number != value.number {
                let text = format!(
                    "enum value {} has the name of {} in generated code, which drops the enum's name, case and underscores",
                    quoted(&value.name),
                    quoted(&other.name)
                );
                self.add(Side::value(self.schema, id, value), text);
            }
        }
    }
}

/// The characters but underscores in lower case, each with the place behind it.
fn lower_letters(name: &str) -> impl Iterator<Item = (usize, char)> {
    let letters = name.char_indices().filter(|(_, letter)| *letter != '_');
    letters.map(|(at, letter)| (at + 1, letter.to_ascii_lowercase()))
}

/// The name of a value without that of its enum (`PrefixRemover` of protoc): `MY_ENUM_FOO` of
/// `MyEnum` as `FOO`. The whole name when nothing would be left.
fn without_prefix<'n>(name: &'n str, prefix: &str) -> &'n str {
    let mut end = 0;
    let mut letters = lower_letters(name);
    for wanted in prefix.chars() {
        match letters.next() {
            Some((behind, letter)) if letter == wanted => end = behind,
            _ => return name,
        }
    }
    let rest = name[end..].trim_start_matches('_');
    if rest.is_empty() { name } else { rest }
}

/// `FOO_BAR` as `FooBar` (`EnumValueToPascalCase`).
fn pascal(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    words
        .flat_map(|word| {
            let (first, rest) = word.split_at(1);
            [first.to_ascii_uppercase(), rest.to_ascii_lowercase()]
        })
        .collect()
}
