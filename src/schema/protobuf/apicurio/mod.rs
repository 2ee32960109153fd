//! Apicurio's checker, check by check (`ProtobufCompatibilityCheckerLibrary`, which follows
//! protolock). It looks at one file alone, at names within the file, and it does not see groups,
//! extensions and what enums reserve.

mod fields;
mod methods;
mod names;

use std::collections::BTreeMap;

use super::{
    difference::Difference,
    model::{EnumId, Field, Message, MessageId, Schema, Type},
    pairs,
    side::Side,
    view::View,
};

/// A file as Apicurio indexes it (`ProtobufFile`).
struct Index<'s> {
    schema: &'s Schema,
    file: Option<usize>,
    /// By the name within the package.
    messages: BTreeMap<&'s str, MessageId>,
    enums: BTreeMap<&'s str, EnumId>,
}

impl<'s> Index<'s> {
    fn of(schema: &'s Schema, file: Option<usize>) -> Self {
        let messages = schema.messages.iter().enumerate();
        let messages = messages.filter(|(_, one)| Some(one.file) == file && !one.is_group);
        let enums = schema.enums.iter().enumerate();
        let enums = enums.filter(|(_, one)| Some(one.file) == file);
        let message_name = |id| schema.message_name(id);
        let enum_name = |id| schema.enum_name(id);
        Self {
            schema,
            file,
            messages: messages
                .map(|(index, _)| (message_name(MessageId(index)), MessageId(index)))
                .collect(),
            enums: enums
                .map(|(index, _)| (enum_name(EnumId(index)), EnumId(index)))
                .collect(),
        }
    }

    /// The fields of a message by name.
    fn fields(&self, name: &str) -> BTreeMap<&'s str, View<'s>> {
        let Some(id) = self.messages.get(name) else {
            return BTreeMap::new();
        };
        let views = View::all(self.schema, *id).filter(|view| is_seen(view.field));
        views.map(|view| (view.field.name.as_str(), view)).collect()
    }

    fn message(&self, name: &str) -> Option<&'s Message> {
        self.messages.get(name).map(|id| self.schema.message(*id))
    }

    /// The place of a message, or of the file where it is not.
    fn place(&self, name: &str) -> Side {
        match (self.messages.get(name), self.enums.get(name), self.file) {
            (Some(id), ..) => Side::message(self.schema, *id).without(),
            (None, Some(id), _) => Side::enumeration(self.schema, *id).without(),
            (None, None, file) => Side::file(self.schema, file.unwrap_or(0)).without(),
        }
    }
}

fn is_seen(field: &Field) -> bool {
    !matches!(field.kind, Type::Group(_))
}

struct Check<'s> {
    old: Index<'s>,
    new: Index<'s>,
    found: Vec<Difference>,
}

/// What Apicurio finds from `before` to `after`: everything refuses.
pub(super) fn differences(before: &Schema, after: &Schema) -> Vec<Difference> {
    let mut found = Vec::new();
    for (one, two) in pairs::files(before, after) {
        if one.is_none() {
            continue;
        }
        let mut check = Check {
            old: Index::of(before, one),
            new: Index::of(after, two),
            found: Vec::new(),
        };
        check.reserved_used();
        check.reserved_removed();
        check.removed_without_reserve();
        check.numbers();
        check.types();
        check.names();
        check.methods();
        check.required();
        found.extend(check.found);
    }
    found
}

impl Check<'_> {
    /// The path is the one that Apicurio gets out of its own sentence.
    fn add(&mut self, id: &'static str, name: &str, message: String, sides: (Side, Side)) {
        self.found.push(Difference {
            id,
            path: format!("/{name}"),
            message,
            refuses: true,
            old: sides.0,
            new: sides.1,
        });
    }
}
