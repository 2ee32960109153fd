//! Methods of services.

use super::{Check, Index};
use crate::schema::{
    SchemaLocation,
    protobuf::{
        model::{Method, Payload, Service},
        side::Side,
    },
};

impl<'s> Index<'s> {
    fn services(&self) -> &'s [Service] {
        self.file
            .map_or(&[], |file| &self.schema.files[file].services)
    }

    fn method(&self, service: &Service, method: &Method) -> Side {
        let side = Side::file(self.schema, self.file.unwrap_or(0));
        Side {
            place: SchemaLocation {
                pointer: format!("{}.{}", service.name, method.name),
                at: method.at,
                ..side.place
            },
            shown: Some(signature(method)),
            whole: None,
        }
    }
}

fn signature(method: &Method) -> String {
    let part = |payload: &Payload| format!("{}:{}", payload.kind.written, payload.is_stream);
    format!("{}->{}", part(&method.input), part(&method.output))
}

impl Check<'_> {
    /// `checkNoRemovingServiceRPCs`, `checkNoChangingRPCSignature`
    pub(super) fn methods(&mut self) {
        for service in self.old.services() {
            let name = service.name.as_str();
            let after = self.new.services().iter().find(|other| other.name == name);
            let find = |method: &Method| {
                let methods = after.map_or(&[][..], |after| &after.methods);
                methods.iter().find(|other| other.name == method.name)
            };
            let gone: Vec<&Method> = service
                .methods
                .iter()
                .filter(|method| find(method).is_none())
                .collect();
            if let Some(first) = gone.first() {
                let text = format!("{} rpc services removed, message {name}", gone.len());
                let names: Vec<&str> = gone.iter().map(|method| method.name.as_str()).collect();
                let old = self.old.method(service, first).showing(names.join(", "));
                let new = self.new.place("");
                self.add(
                    "protobuf/apicurio-no-removing-service-rpcs",
                    name,
                    text,
                    (old, new),
                );
            }
            let Some(after) = after.filter(|after| !after.methods.is_empty()) else {
                continue;
            };
            for method in &service.methods {
                let other = find(method);
                let (was, is) = (signature(method), other.map(signature));
                if Some(&was) != is.as_ref() {
                    let text = format!(
                        "rpc service signature changed, message {name} , before {was} , after {}",
                        is.as_deref().unwrap_or("null")
                    );
                    let new = other
                        .map_or_else(|| self.new.place(""), |other| self.new.method(after, other));
                    let old = self.old.method(service, method);
                    self.add(
                        "protobuf/apicurio-no-changing-rpc-signature",
                        name,
                        text,
                        (old, new),
                    );
                }
            }
        }
    }
}
