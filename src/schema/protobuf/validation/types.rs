//! Types of fields, extensions and methods: they are defined, and where the file sees them.

use super::{
    super::{
        model::{Field, MessageId, Target, Type, TypeName},
        parser::join,
        view::is_closed,
    },
    Search,
    visibility::Visible,
};
use crate::schema::{SchemaLocation, validation_error::quoted};

impl<'s> Search<'s> {
    /// Only asked when all imports are there, so that nothing else could define a type.
    pub(super) fn types(&mut self, visible: &Visible<'_>) {
        for (id, message) in self.messages() {
            for field in message.fields.iter().chain(&message.extensions) {
                self.field_type(field, Some(id), &message.full_name, visible);
            }
        }
        let package = self.file.package();
        for field in &self.file.extensions {
            self.field_type(field, None, package, visible);
        }
        for service in &self.file.services {
            let scope = join(package, &service.name);
            for method in &service.methods {
                for payload in [&method.input, &method.output] {
                    let Some(wrong) = not_a_message(&payload.kind, &scope, visible) else {
                        continue;
                    };
                    let place = SchemaLocation {
                        pointer: format!("{}.{}", service.name, method.name),
                        file: self.file.name.clone(),
                        at: payload.at,
                    };
                    let what = format!("method {}", quoted(&method.name));
                    let name = quoted(&payload.kind.written);
                    self.errors
                        .add(place, format!("type {name} of {what} {wrong}"));
                }
            }
        }
    }

    fn field_type(
        &mut self,
        field: &'s Field,
        message: Option<MessageId>,
        scope: &str,
        visible: &Visible<'_>,
    ) {
        let kind = match &field.kind {
            Type::Map(_, value) => value,
            kind => kind,
        };
        let Type::Named(name) = kind else { return };
        let wrong = match visible.resolve(name, scope) {
            Err(wrong) => wrong,
            // `DescriptorBuilder::ValidateProto3Field`
            Ok(Target::Enum(id))
                if self.is_proto3() && is_closed(self.schema, self.schema.enumeration(id)) =>
            {
                "is a closed enum, which proto3 cannot use: define it in a proto3 file".to_owned()
            }
            Ok(_) => return,
        };
        let (name, what) = (quoted(&name.written), quoted(&field.name));
        let text = format!("type {name} of field {what} {wrong}");
        self.add(self.field(field, message).at(field.type_at), text);
    }
}

/// What is wrong with the name of a message.
pub(super) fn not_a_message(name: &TypeName, scope: &str, visible: &Visible<'_>) -> Option<String> {
    match visible.resolve(name, scope) {
        Ok(Target::Message(_)) => None,
        Ok(Target::Enum(_)) => Some("is an enum, not a message".to_owned()),
        Err(wrong) => Some(wrong),
    }
}
