//! Ranges and names that are reserved or kept for extensions, and what else a message has once.

use std::collections::{HashMap, HashSet};

use super::{
    super::{
        model::{Label, Message, MessageId, Range, Syntax, Type, setting},
        parser::MOST_FIELD,
        side::Side,
        view::{View, camel, json_format},
    },
    Search,
};
use crate::schema::validation_error::quoted;

/// What `extensions 100 to 199;` makes of numbers.
const KEPT: &str = "kept for extensions";

impl<'s> Search<'s> {
    pub(super) fn ranges(&mut self) {
        for (at, what) in self.file.misplaced.clone() {
            let side = Side::file(self.schema, self.index).at(at);
            self.add(side, what.to_owned());
        }
        for (id, message) in self.messages() {
            let side = || Side::message(self.schema, id);
            let what = format!("message {}", quoted(&message.name));
            let reserved = message
                .reserved
                .ranges
                .iter()
                .map(|range| ("reserved", *range));
            let kept = message.extension_ranges.iter().map(|range| (KEPT, *range));
            let ranges: Vec<_> = reserved.chain(kept).collect();
            // Message sets have extensions of greater numbers.
            let is_set = setting(&message.options, "message_set_wire_format")
                .is_some_and(|set| set.value == "true");
            let most = if is_set { i32::MAX } else { MOST_FIELD };
            let mut wrong = overlaps(&ranges);
            for (kind, range) in ranges {
                // What is reserved beyond the greatest number harms nobody.
                if range.from < 1 || kind == KEPT && range.to > most {
                    let range = shown(range);
                    wrong.push(format!("numbers {kind} that fields cannot have: {range}"));
                }
            }
            wrong.extend(twice(&message.reserved.names));
            for wrong in wrong {
                self.add(side(), format!("{what} has {wrong}"));
            }
            self.entries(id, message);
            self.json_names(id, message);
        }
        for (id, one) in self.enumerations() {
            let ranges: Vec<_> = one
                .reserved
                .ranges
                .iter()
                .map(|range| ("reserved", *range))
                .collect();
            let mut wrong = overlaps(&ranges);
            wrong.extend(twice(&one.reserved.names));
            for wrong in wrong {
                let side = Side::enumeration(self.schema, id);
                self.add(side, format!("enum {} has {wrong}", quoted(&one.name)));
            }
        }
    }

    /// A map field brings along a message for its entries (`MapEntryName` of protoc's parser).
    fn entries(&mut self, id: MessageId, message: &'s Message) {
        let schema = self.schema;
        let mut names: HashMap<&str, &str> = HashMap::new();
        for nested in &message.messages {
            names.insert(&schema.message(*nested).name, "message");
        }
        for nested in schema.enums.iter().filter(|one| one.parent == Some(id)) {
            names.insert(&nested.name, "enum");
        }
        names.extend(
            message
                .fields
                .iter()
                .map(|field| (field.name.as_str(), "field")),
        );
        names.extend(
            message
                .oneofs
                .iter()
                .map(|oneof| (oneof.name.as_str(), "oneof")),
        );
        let mut entries = HashSet::new();
        for field in message
            .fields
            .iter()
            .filter(|field| matches!(field.kind, Type::Map(..)))
        {
            let entry = entry_name(&field.name);
            let taken = match names.get(entry.as_str()) {
                Some(what) => Some(format!("that is the name of the {what} {}", quoted(&entry))),
                None if !entries.insert(entry.clone()) => {
                    Some("another map field has entries of that name".to_owned())
                }
                None => None,
            };
            if let Some(taken) = taken {
                let text = format!(
                    "map field {} has entries of type {}: {taken}",
                    quoted(&field.name),
                    quoted(&entry)
                );
                self.add(self.field(field, Some(id)).at(field.name_at), text);
            }
        }
    }

    /// Fields whose names are the same in JSON (`CheckFieldJsonNameUniqueness`): first as they are
    /// derived, whatever `json_name` says, then with it. Proto2 lets those pass that are derived.
    fn json_names(&mut self, id: MessageId, message: &'s Message) {
        let schema = self.schema;
        let format = json_format(schema, &message.options, message.parent, message.file);
        let lenient = format == "LEGACY_BEST_EFFORT"
            || setting(&message.options, "deprecated_legacy_json_field_conflicts")
                .is_some_and(|set| set.value == "true");
        for custom in [false, true] {
            let mut first: HashMap<String, (&str, bool)> = HashMap::new();
            for field in &message.fields {
                let view = View {
                    schema,
                    file: self.index,
                    message: Some(id),
                    field,
                };
                let own = custom && setting(&field.options, "json_name").is_some();
                let name = if own {
                    view.json_name()
                } else {
                    camel(&field.name)
                };
                let Some((other, other_own)) = first.get(&name).copied() else {
                    first.insert(name, (&field.name, own));
                    continue;
                };
                let derived = !own || !other_own;
                // What both derive was said in the first round, if it is the same name.
                let said = custom && !own && !other_own;
                if said || derived && lenient || field.name == other {
                    continue;
                }
                let text = format!(
                    "field {} has the JSON name {}, and so has {}",
                    quoted(&field.name),
                    quoted(&name),
                    quoted(other)
                );
                self.add(self.field(field, Some(id)).at(field.name_at), text);
            }
        }
    }

    /// Labels that editions do without.
    pub(super) fn edition_label(&self, label: Option<Label>) -> Option<&'static str> {
        if !matches!(self.file.syntax, Syntax::Edition(_)) {
            return None;
        }
        match label {
            Some(Label::Optional) => Some("\"optional\", which is the default"),
            Some(Label::Required) => {
                Some("\"required\": features.field_presence = LEGACY_REQUIRED says that")
            }
            _ => None,
        }
    }
}

/// Ranges that are reversed, or that have numbers in common.
fn overlaps(ranges: &[(&'static str, Range)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut sorted: Vec<_> = ranges.to_vec();
    sorted.retain(|(kind, range)| {
        if range.from > range.to {
            wrong.push(format!(
                "numbers {kind} from {} to {}: the end is before the start",
                range.from, range.to
            ));
        }
        range.from <= range.to
    });
    sorted.sort_by_key(|(_, range)| (range.from, range.to));
    let mut last: Option<(&str, Range)> = None;
    for (kind, range) in sorted {
        if let Some((other, before)) = last.filter(|(_, last)| last.to >= range.from) {
            wrong.push(format!(
                "numbers {kind} ({}) of which some are {other} already ({})",
                shown(range),
                shown(before)
            ));
        }
        if last.is_none_or(|(_, last)| last.to < range.to) {
            last = Some((kind, range));
        }
    }
    wrong
}

fn twice(names: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    let again = names.iter().filter(|name| !seen.insert(*name));
    again
        .map(|name| format!("the name {} reserved twice", quoted(name)))
        .collect()
}

fn shown(range: Range) -> String {
    match range {
        Range { from, to } if from == to => from.to_string(),
        Range { from, to } => format!("{from} to {to}"),
    }
}

/// `some_name` as `SomeNameEntry`.
fn entry_name(field: &str) -> String {
    let mut upper = true;
    let mut name = String::with_capacity(field.len() + 5);
    for character in field.chars() {
        if character == '_' {
            upper = true;
            continue;
        }
        name.push(if upper {
            character.to_ascii_uppercase()
        } else {
            character
        });
        upper = false;
    }
    name.push_str("Entry");
    name
}
