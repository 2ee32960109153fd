//! Names of types that nothing defines.

use super::{
    super::model::{Field, MessageId, Target, Type, TypeName},
    Search,
};
use crate::schema::{Place, flaw::quoted};

/// The files of these packages that come with evctl do not have all that there is.
pub(super) const BUNDLED: [&str; 2] = ["google", "confluent"];

impl<'s> Search<'s> {
    /// Only asked when all imports are there, so that nothing else could define a type.
    pub(super) fn types(&mut self) {
        for (id, message) in self.messages() {
            for field in message.fields.iter().chain(&message.extensions) {
                self.field_type(field, Some(id));
            }
        }
        for field in &self.file.extensions {
            self.field_type(field, None);
        }
        for service in &self.file.services {
            for method in &service.methods {
                for payload in [&method.input, &method.output] {
                    let what = format!("method {}", quoted(&method.name));
                    let message = if self.is_undefined(&payload.kind) {
                        undefined(&payload.kind, &what)
                    } else if let Some(Target::Enum(_)) = payload.kind.target {
                        let name = quoted(&payload.kind.written);
                        format!("type {name} of {what} is an enum, not a message")
                    } else {
                        continue;
                    };
                    let place = Place {
                        pointer: format!("{}.{}", service.name, method.name),
                        file: self.file.name.clone(),
                        at: payload.at,
                    };
                    self.flaws.add(place, message);
                }
            }
        }
    }

    fn field_type(&mut self, field: &'s Field, message: Option<MessageId>) {
        let kind = match &field.kind {
            Type::Map(_, value) => value,
            kind => kind,
        };
        let Type::Named(name) = kind else { return };
        if self.is_undefined(name) {
            let text = undefined(name, &format!("field {}", quoted(&field.name)));
            self.add(self.field(field, message).at(field.type_at), text);
        }
    }

    fn is_undefined(&self, name: &TypeName) -> bool {
        let begins = |path: &str| {
            let path = path.trim_start_matches('.');
            BUNDLED.contains(&path.split('.').next().unwrap_or_default())
        };
        name.target.is_none() && !begins(&name.written) && !begins(self.file.package())
    }
}

fn undefined(name: &TypeName, what: &str) -> String {
    format!(
        "type {} of {what} is not defined, here nor in what is imported",
        quoted(&name.written)
    )
}
