//! Fields: their numbers, what is reserved, labels, and what may not stand where.

use std::{collections::HashMap, iter::successors};

use super::{
    super::{
        model::{Field, Label, Message, MessageId, Type, setting},
        parser::MOST_FIELD,
        reserved::Reserved,
        scalar::Scalar,
        side::Side,
    },
    Search,
};
use crate::schema::validation_error::quoted;

/// The most messages that stand in each other.
const DEEPEST: usize = 31;

impl<'s> Search<'s> {
    pub(super) fn fields(&mut self) {
        for (id, message) in self.messages() {
            self.numbers(id, message);
            self.depth(id, message);
            for field in message.fields.iter().chain(&message.extensions) {
                self.any_field(field, Some(id));
            }
            for (index, oneof) in message.oneofs.iter().enumerate() {
                if oneof.members.is_empty() {
                    let side = Side::oneof(self.schema, id, index);
                    self.add(side, format!("oneof {} has no fields", quoted(&oneof.name)));
                }
            }
            if self.is_proto3() && !message.extension_ranges.is_empty() {
                let name = quoted(&message.name);
                let message = format!("message {name} has extensions, which proto3 does not have");
                self.add(Side::message(self.schema, id), message);
            }
        }
        for field in &self.file.extensions {
            self.any_field(field, None);
        }
    }

    /// How deep messages stand in each other (`Parser::ParseMessageBlock` of protoc). Said of the
    /// outermost one that is too deep.
    fn depth(&mut self, id: MessageId, message: &'s Message) {
        let parents = successors(message.parent, |id| self.schema.message(*id).parent);
        if parents.take(DEEPEST + 1).count() == DEEPEST {
            let name = quoted(&message.name);
            let text = format!("message {name} is nested deeper than {DEEPEST} levels");
            self.add(Side::message(self.schema, id), text);
        }
    }

    /// Numbers of one message (`DescriptorBuilder::CrossLinkMessage`, `CheckFieldJsonNameUniqueness`
    /// aside).
    fn numbers(&mut self, id: MessageId, message: &'s Message) {
        let extensions = Reserved::new(message.extension_ranges.clone(), Vec::new());
        let mut first: HashMap<i32, &str> = HashMap::with_capacity(message.fields.len());
        for field in &message.fields {
            let (name, number) = (quoted(&field.name), field.number);
            let mut wrong = Vec::new();
            if let Some(other) = first.get(&number) {
                wrong.push(format!(
                    "field {name} has number {number}, and so has {}",
                    quoted(other)
                ));
            } else {
                first.insert(number, &field.name);
            }
            if message.reserved.holds(number) {
                wrong.push(format!(
                    "field {name} has number {number}, which is reserved"
                ));
            }
            if message.reserved.names(&field.name) {
                wrong.push(format!("field {name} has a name that is reserved"));
            }
            if extensions.holds(number) {
                wrong.push(format!(
                    "field {name} has number {number}, which is kept for extensions"
                ));
            }
            for message in wrong {
                self.add(self.field(field, Some(id)).at(field.name_at), message);
            }
        }
    }

    fn any_field(&mut self, field: &'s Field, message: Option<MessageId>) {
        let wrong = [self.number(field), self.label(field), self.kind(field)];
        for message_text in wrong.into_iter().flatten() {
            self.add(self.field(field, message).at(field.name_at), message_text);
        }
        if self.is_proto3()
            && let Some(default) = setting(&field.options, "default")
        {
            let text = format!(
                "field {} has a default, which proto3 does not have",
                quoted(&field.name)
            );
            self.add(self.field(field, message).at(default.at), text);
        }
    }

    /// `FieldDescriptor::kMaxNumber`, and what is kept for the implementation. Extensions of
    /// message sets have greater numbers.
    fn number(&self, field: &Field) -> Option<String> {
        let (name, number) = (quoted(&field.name), field.number);
        match number {
            ..=0 => Some(format!("field {name} has number {number}, the least is 1")),
            19_000..=19_999 => Some(format!(
                "field {name} has number {number}; those from 19000 to 19999 are kept for Protobuf itself"
            )),
            _ if number > MOST_FIELD && field.extendee.is_none() => Some(format!(
                "field {name} has number {number}, the greatest is {MOST_FIELD}"
            )),
            _ => None,
        }
    }

    fn label(&self, field: &Field) -> Option<String> {
        let name = quoted(&field.name);
        let is_map = matches!(field.kind, Type::Map(..));
        if let Some(label) = self.edition_label(field.label) {
            return Some(format!(
                "field {name} is {label}; editions have no such label"
            ));
        }
        match field.label {
            Some(_) if field.oneof.is_some() => Some(format!(
                "field {name} is in a oneof and cannot have a label"
            )),
            Some(_) if is_map => Some(format!("field {name} is a map and cannot have a label")),
            Some(Label::Required) if self.is_proto3() => Some(format!(
                "field {name} is required, which proto3 does not have"
            )),
            None if self.is_proto2() && field.oneof.is_none() && !is_map => Some(format!(
                "field {name} has no label: proto2 wants \"optional\", \"required\" or \"repeated\""
            )),
            _ => None,
        }
    }

    fn kind(&self, field: &Field) -> Option<String> {
        let name = quoted(&field.name);
        match &field.kind {
            Type::Group(_) if !self.is_proto2() => {
                Some(format!("field {name} is a group, which only proto2 has"))
            }
            Type::Map(..) if field.oneof.is_some() => {
                Some(format!("field {name} is a map and cannot be in a oneof"))
            }
            Type::Map(..) if field.extendee.is_some() => {
                Some(format!("field {name} is a map and cannot be an extension"))
            }
            Type::Map(key @ (Scalar::Float | Scalar::Double | Scalar::Bytes), _) => Some(format!(
                "field {name} is a map with keys of type \"{}\", which keys cannot have",
                key.keyword()
            )),
            _ => None,
        }
    }
}
