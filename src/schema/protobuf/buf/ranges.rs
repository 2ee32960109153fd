//! `RESERVED_MESSAGE_NO_DELETE` and `RESERVED_ENUM_NO_DELETE` (`tag_ranges.go`).

use std::collections::BTreeSet;

use super::Check;
use crate::schema::protobuf::{
    model::{EnumId, MessageId, Range},
    parser::MOST_FIELD,
    reserved::Reserved,
    side::Side,
};

/// Numbers and names that are reserved, and what for.
struct Pair<'s> {
    /// `message` or `enum`
    kind: &'static str,
    name: &'s str,
    most: i32,
    before: &'s Reserved,
    after: &'s Reserved,
}

impl Check<'_> {
    pub(super) fn reserved_of_message(&mut self, before: MessageId, after: MessageId) {
        let (one, two) = (self.old.message(before), self.new.message(after));
        let sides = (
            Side::message(self.old, before),
            Side::message(self.new, after),
        );
        let pair = Pair {
            kind: "message",
            name: &two.name,
            most: MOST_FIELD,
            before: &one.reserved,
            after: &two.reserved,
        };
        self.reserved("protobuf/buf-reserved-message-no-delete", &pair, &sides);
    }

    pub(super) fn reserved_of_enum(&mut self, before: EnumId, after: EnumId) {
        let (one, two) = (self.old.enumeration(before), self.new.enumeration(after));
        let sides = (
            Side::enumeration(self.old, before),
            Side::enumeration(self.new, after),
        );
        let pair = Pair {
            kind: "enum",
            name: &two.name,
            most: i32::MAX,
            before: &one.reserved,
            after: &two.reserved,
        };
        self.reserved("protobuf/buf-reserved-enum-no-delete", &pair, &sides);
    }

    fn reserved(&mut self, id: &'static str, pair: &Pair<'_>, sides: &(Side, Side)) {
        let Pair {
            kind,
            name,
            most,
            before,
            after,
        } = pair;
        for range in &before.ranges {
            let missing = after.missing(*range);
            if missing.is_empty() {
                continue;
            }
            let shown = show(*range, *most);
            let removed: Vec<String> = missing.iter().map(|range| show(*range, *most)).collect();
            let text = format!(
                "Previously present reserved range \"{shown}\" on {kind} \"{name}\" is missing \
                 values: {} were removed.",
                removed.join(", ")
            );
            let old = sides
                .0
                .clone()
                .showing(format!("reserved {}", spell(*range, *most)));
            self.add(id, text, old, sides.1.clone().without());
        }
        let old: BTreeSet<&String> = before.names.iter().collect();
        for gone in old.into_iter().filter(|gone| !after.names(gone)) {
            let text = format!(
                "Previously present reserved name \"{gone}\" on {kind} \"{name}\" was deleted."
            );
            let old = sides.0.clone().showing(format!("reserved \"{gone}\""));
            self.add(id, text, old, sides.1.clone().without());
        }
    }
}

fn show(range: Range, most: i32) -> String {
    match (range.from, range.to) {
        (from, to) if from == to => format!("[{from}]"),
        (from, to) if to == most => format!("[{from},max]"),
        (from, to) => format!("[{from},{to}]"),
    }
}

/// As it is written.
fn spell(range: Range, most: i32) -> String {
    match (range.from, range.to) {
        (from, to) if from == to => from.to_string(),
        (from, to) if to == most => format!("{from} to max"),
        (from, to) => format!("{from} to {to}"),
    }
}
