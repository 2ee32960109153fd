//! The rules about methods of services.

use std::collections::HashMap;

use super::{Check, is_compared};
use crate::schema::{
    SchemaLocation,
    protobuf::{
        model::{Method, Schema, Service, setting},
        parser::join,
        side::Side,
    },
};

/// A service and its file.
type FileService<'s> = (usize, &'s Service);

fn services(schema: &Schema) -> impl Iterator<Item = FileService<'_>> {
    let files = schema.files.iter().enumerate();
    let files = files.filter(|(index, _)| is_compared(schema, *index));
    files.flat_map(|(index, file)| file.services.iter().map(move |one| (index, one)))
}

fn side(schema: &Schema, (file, service): FileService<'_>, method: &Method) -> Side {
    Side {
        place: SchemaLocation {
            pointer: format!("{}.{}", service.name, method.name),
            file: schema.files[file].name.clone(),
            at: method.at,
        },
        shown: Some(signature(method)),
        whole: None,
    }
}

fn signature(method: &Method) -> String {
    let payload = |payload: &crate::schema::protobuf::model::Payload| {
        let stream = if payload.is_stream { "stream " } else { "" };
        format!("({stream}{})", payload.kind.written)
    };
    let (input, output) = (payload(&method.input), payload(&method.output));
    format!("rpc {}{input} returns {output}", method.name)
}

fn idempotency(method: &Method) -> &str {
    let set = setting(&method.options, "idempotency_level");
    set.map_or("IDEMPOTENCY_UNKNOWN", |setting| &setting.value)
}

impl Check<'_> {
    /// Methods with the same name of services with the same full name.
    pub(super) fn services(&mut self) {
        let name = |schema: &Schema, (file, one): FileService<'_>| {
            join(schema.files[file].package(), &one.name)
        };
        let new = services(self.new).map(|two| (name(self.new, two), two));
        let new: HashMap<String, FileService<'_>> = new.collect();
        for one in services(self.old) {
            let Some(two) = new.get(&name(self.old, one)) else {
                continue;
            };
            let methods = two
                .1
                .methods
                .iter()
                .map(|method| (method.name.as_str(), method));
            let methods: HashMap<&str, &Method> = methods.collect();
            for method in &one.1.methods {
                if let Some(other) = methods.get(method.name.as_str()) {
                    self.method((one, method), (*two, other));
                }
            }
        }
    }

    fn method(&mut self, one: (FileService<'_>, &Method), two: (FileService<'_>, &Method)) {
        let old = side(self.old, one.0, one.1);
        let new = side(self.new, two.0, two.1);
        let (one, two, service) = (one.1, two.1, &two.0.1.name);
        let what = format!("RPC \"{}\" on service \"{service}\"", two.name);
        let streams = |is_stream: bool| if is_stream { "streaming" } else { "unary" };
        if one.input.is_stream != two.input.is_stream {
            let (was, is) = (streams(one.input.is_stream), streams(two.input.is_stream));
            let text = format!("{what} changed from client {was} to client {is}.");
            self.add(
                "protobuf/buf-rpc-same-client-streaming",
                text,
                old.clone(),
                new.clone(),
            );
        }
        if one.output.is_stream != two.output.is_stream {
            let (was, is) = (streams(one.output.is_stream), streams(two.output.is_stream));
            let text = format!("{what} changed from server {was} to server {is}.");
            self.add(
                "protobuf/buf-rpc-same-server-streaming",
                text,
                old.clone(),
                new.clone(),
            );
        }
        let (was, is) = (idempotency(one), idempotency(two));
        if was != is {
            let text =
                format!("{what} changed option \"idempotency_level\" from \"{was}\" to \"{is}\".");
            let at = setting(&two.options, "idempotency_level").map_or(two.at, |one| one.at);
            let id = "protobuf/buf-rpc-same-idempotency-level";
            self.add(id, text, old.clone(), new.clone().at(at));
        }
        let name =
            |schema: &Schema, written| schema.type_name(written).trim_start_matches('.').to_owned();
        let (was, is) = (
            name(self.old, &one.input.kind),
            name(self.new, &two.input.kind),
        );
        if was != is {
            let text = format!("{what} changed request type from \"{was}\" to \"{is}\".");
            let new = new.clone().at(two.input.at);
            self.add("protobuf/buf-rpc-same-request-type", text, old.clone(), new);
        }
        let (was, is) = (
            name(self.old, &one.output.kind),
            name(self.new, &two.output.kind),
        );
        if was != is {
            let text = format!("{what} changed response type from \"{was}\" to \"{is}\".");
            let new = new.at(two.output.at);
            self.add("protobuf/buf-rpc-same-response-type", text, old, new);
        }
    }
}
