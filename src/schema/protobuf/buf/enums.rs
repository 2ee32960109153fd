//! The rules about enums.

use std::collections::{BTreeMap, BTreeSet};

use super::{Category, Check};
use crate::schema::protobuf::{
    model::{Enum, EnumId, EnumValue, setting},
    side::Side,
    view::json_format,
};

/// The values of each number, by name.
fn by_number(one: &Enum) -> BTreeMap<i32, BTreeMap<&str, &EnumValue>> {
    let mut numbers: BTreeMap<i32, BTreeMap<&str, &EnumValue>> = BTreeMap::new();
    for value in &one.values {
        numbers
            .entry(value.number)
            .or_default()
            .insert(&value.name, value);
    }
    numbers
}

fn quoted<'n>(names: impl Iterator<Item = &'n &'n str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}

impl<'s> Check<'s> {
    pub(super) fn enumeration(&mut self, before: EnumId, after: EnumId) {
        let (one, two) = (self.old.enumeration(before), self.new.enumeration(after));
        let (old, new) = (by_number(one), by_number(two));
        for (number, names) in &old {
            match new.get(number) {
                None => self.deleted_value(before, after, *number, names),
                Some(others) if self.category == Category::WireJson => {
                    self.same_names(before, after, names, others);
                }
                Some(_) => {}
            }
        }
        self.reserved_of_enum(before, after);
        if self.category == Category::WireJson {
            self.enum_format(before, after);
        }
    }

    /// `ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED`,
    /// `ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED`
    fn deleted_value(
        &mut self,
        before: EnumId,
        after: EnumId,
        number: i32,
        names: &BTreeMap<&str, &'s EnumValue>,
    ) {
        let two = self.new.enumeration(after);
        let name = &two.name;
        let value = names.values().next();
        let old = value.map_or_else(
            || Side::enumeration(self.old, before).without(),
            |value| Side::value(self.old, before, value),
        );
        let new = Side::enumeration(self.new, after).without();
        if !two.reserved.holds(number) {
            let text = format!(
                "Previously present enum value \"{number}\" on enum \"{name}\" was deleted \
                 without reserving the number \"{number}\"."
            );
            let id = "protobuf/buf-enum-value-no-delete-unless-number-reserved";
            self.add(id, text, old.clone(), new.clone());
        }
        let is_reserved = |name: &&str| two.reserved.names(name);
        if self.category == Category::WireJson && !names.keys().all(is_reserved) {
            let several = if names.len() > 1 { "s" } else { "" };
            let text = format!(
                "Previously present enum value \"{number}\" on enum \"{name}\" was deleted \
                 without reserving the name{several} {}.",
                quoted(names.keys())
            );
            let id = "protobuf/buf-enum-value-no-delete-unless-name-reserved";
            self.add(id, text, old, new);
        }
    }

    /// `ENUM_VALUE_SAME_NAME`: every old name of the number must still be one of its names. buf
    /// says so at every value that has the number now.
    fn same_names(
        &mut self,
        before: EnumId,
        after: EnumId,
        names: &BTreeMap<&str, &'s EnumValue>,
        others: &BTreeMap<&str, &'s EnumValue>,
    ) {
        let kept: BTreeSet<&&str> = others.keys().collect();
        if names.keys().all(|name| kept.contains(name)) {
            return;
        }
        let several = if names.len() > 1 && others.len() > 1 {
            "s"
        } else {
            ""
        };
        for value in others.values() {
            let text = format!(
                "Enum value \"{}\" on enum \"{}\" changed name{several} from {} to {}.",
                value.number,
                self.new.enumeration(after).name,
                quoted(names.keys()),
                quoted(others.keys())
            );
            let first = names
                .get(value.name.as_str())
                .or_else(|| names.values().next());
            let old = first.map_or_else(
                || Side::enumeration(self.old, before).without(),
                |value| Side::value(self.old, before, value),
            );
            let new = Side::value(self.new, after, value).at(value.number_at);
            self.add("protobuf/buf-enum-value-same-name", text, old, new);
        }
    }

    /// `ENUM_SAME_JSON_FORMAT`
    fn enum_format(&mut self, before: EnumId, after: EnumId) {
        let (one, two) = (self.old.enumeration(before), self.new.enumeration(after));
        let was = json_format(self.old, &one.options, one.parent, one.file);
        let is = json_format(self.new, &two.options, two.parent, two.file);
        if let Some(text) = super::format_text("Enum", &two.name, was, is) {
            let old = Side::enumeration(self.old, before);
            let mut new = Side::enumeration(self.new, after);
            if let Some(setting) = setting(&two.options, "features.json_format") {
                new = new.at(setting.at);
            }
            self.add("protobuf/buf-enum-same-json-format", text, old, new);
        }
    }
}
