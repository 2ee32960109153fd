//! Extensions: what they extend, and their numbers (`DescriptorBuilder::CrossLinkField`,
//! `CheckExtensionDeclaration` aside), and message sets.

use std::collections::HashMap;

use super::{
    super::{
        model::{Field, Label, Message, MessageId, Range, Target, setting},
        parser::MOST_FIELD,
        reserved::Reserved,
        side::Side,
        view::Kind,
    },
    Search,
    types::not_a_message,
    visibility::Visible,
};
use crate::schema::validation_error::quoted;

impl<'s> Search<'s> {
    pub(super) fn extensions(&mut self, visible: Option<&Visible<'_>>) {
        for (id, message) in self.messages().filter(|(_, message)| is_set(message)) {
            let name = quoted(&message.name);
            let wrong = if self.is_proto3() {
                "proto3 does not have"
            } else if !message.fields.is_empty() {
                "cannot have fields, only extensions"
            } else {
                continue;
            };
            let text = format!("message {name} is a message set, which {wrong}");
            self.add(Side::message(self.schema, id), text);
        }
        let mut declared = HashMap::new();
        let mut first = HashMap::new();
        for (message, field) in self.all_fields() {
            let Some(extendee) = &field.extendee else {
                continue;
            };
            let scope = message.map_or(self.file.package(), |id| {
                self.schema.message(id).full_name.as_str()
            });
            let written = quoted(&extendee.written);
            let mut wrong = Vec::new();
            if field.label == Some(Label::Required) && !self.is_proto3() && self.edition().is_none()
            {
                wrong.push("is required, which extensions cannot be".to_owned());
            }
            let target = match visible {
                None => extendee.target,
                Some(visible) => {
                    if let Some(why) = not_a_message(extendee, scope, visible) {
                        wrong.push(format!("extends {written}, which {why}"));
                    }
                    visible.resolve(extendee, scope).ok()
                }
            };
            if let Some(Target::Message(id)) = target {
                let ranges = declared
                    .entry(id)
                    .or_insert_with(|| ranges(self.schema.message(id)));
                wrong.extend(self.extends(field, message, id, ranges));
                if let Some(other) = first.insert((id, field.number), &field.name) {
                    let (number, other) = (field.number, quoted(other));
                    wrong.push(format!(
                        "has number {number} of {written}, and so has {other}"
                    ));
                }
            }
            for wrong in wrong {
                let text = format!("extension {} {wrong}", quoted(&field.name));
                self.add(self.field(field, message).at(field.name_at), text);
            }
        }
    }

    /// What is wrong with an extension of a message that has these extension ranges.
    fn extends(
        &self,
        field: &'s Field,
        message: Option<MessageId>,
        extendee: MessageId,
        ranges: &Reserved,
    ) -> Vec<String> {
        let (number, extendee) = (field.number, self.schema.message(extendee));
        let name = quoted(&extendee.full_name);
        let mut wrong = Vec::new();
        if !ranges.holds(number) {
            wrong.push(format!(
                "has number {number}, which {name} does not keep for extensions"
            ));
        } else if self.is_proto3() && !is_options(&extendee.full_name) {
            wrong.push(format!(
                "extends {name}; proto3 has extensions for options alone"
            ));
        }
        let kind = self.view(field, message).kind();
        let is_one_message = field.label != Some(Label::Repeated)
            && matches!(kind, Kind::Message(_) | Kind::Unknown);
        if is_set(extendee) && !is_one_message {
            wrong.push(format!(
                "extends the message set {name}, whose extensions are optional messages"
            ));
        }
        wrong
    }
}

/// Whether it is encoded as a message set.
fn is_set(message: &Message) -> bool {
    setting(&message.options, "message_set_wire_format").is_some_and(|set| set.value == "true")
}

/// The extension ranges, where `max` in a message set is the greatest number of 32 bits.
fn ranges(message: &Message) -> Reserved {
    let most = |range: &Range| match range.to {
        MOST_FIELD if is_set(message) => i32::MAX,
        to => to,
    };
    let ranges = message.extension_ranges.iter();
    let ranges = ranges.map(|range| Range {
        from: range.from,
        to: most(range),
    });
    Reserved::new(ranges.collect(), Vec::new())
}

/// Messages of descriptor.proto that proto3 can extend (`AllowedExtendeeInProto3` of protoc).
fn is_options(full_name: &str) -> bool {
    const OPTIONS: [&str; 9] = [
        "FileOptions",
        "MessageOptions",
        "FieldOptions",
        "OneofOptions",
        "ExtensionRangeOptions",
        "EnumOptions",
        "EnumValueOptions",
        "ServiceOptions",
        "MethodOptions",
    ];
    let name = full_name.strip_prefix("google.protobuf.");
    name.is_some_and(|name| OPTIONS.contains(&name))
}
