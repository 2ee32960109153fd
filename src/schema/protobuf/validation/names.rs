//! Names that are there twice. Everything in a scope shares its names: a message has one scope for
//! its fields, oneofs, types and extensions, and the values of an enum belong to the scope in which
//! the enum stands (`DescriptorBuilder::AddSymbol`).

use std::{borrow::Cow, collections::HashMap};

use super::{
    super::{
        model::{Field, MessageId},
        parser::join,
        side::Side,
        view::View,
    },
    Search,
};
use crate::schema::{SchemaLocation, validation_error::quoted};

/// Something with a name.
struct Symbol<'s> {
    what: &'static str,
    scope: Cow<'s, str>,
    name: &'s str,
    place: SchemaLocation,
}

impl<'s> Search<'s> {
    pub(super) fn names(&mut self) {
        let mut symbols = self.symbols();
        symbols.sort_by_key(|symbol| symbol.place.at);
        let mut first: HashMap<String, &'static str> = HashMap::with_capacity(symbols.len());
        for symbol in symbols {
            let Symbol {
                what, scope, name, ..
            } = symbol;
            let Some(other) = first.insert(join(&scope, name), what) else {
                continue;
            };
            let within = match scope.as_ref() {
                "" => "the file".to_owned(),
                scope => quoted(scope),
            };
            let mut message = format!("{what} {} is there twice in {within}", quoted(name));
            if what != other {
                message = format!(
                    "{what} {} has the name of another {other} in {within}",
                    quoted(name)
                );
            }
            if what == "enum value" {
                message.push_str(": the values of enums that stand side by side share their names");
            }
            self.errors.add(symbol.place, message);
        }
    }

    fn symbols(&self) -> Vec<Symbol<'s>> {
        let (schema, package) = (self.schema, self.file.package());
        let scope_of = |parent: Option<MessageId>| {
            parent.map_or(package, |parent| schema.message(parent).full_name.as_str())
        };
        let mut symbols = Vec::new();
        for (id, message) in self.messages() {
            symbols.push(Symbol {
                what: "message",
                scope: scope_of(message.parent).into(),
                name: &message.name,
                place: Side::message(schema, id).place,
            });
            let scope = message.full_name.as_str();
            symbols.extend(
                message
                    .fields
                    .iter()
                    .map(|field| self.named(field, scope, Some(id))),
            );
            symbols.extend(
                message
                    .extensions
                    .iter()
                    .map(|field| self.named(field, scope, Some(id))),
            );
            symbols.extend(
                message
                    .oneofs
                    .iter()
                    .enumerate()
                    .map(|(index, oneof)| Symbol {
                        what: "oneof",
                        scope: scope.into(),
                        name: &oneof.name,
                        place: Side::oneof(schema, id, index).place,
                    }),
            );
        }
        for (id, one) in self.enumerations() {
            let scope = scope_of(one.parent);
            symbols.push(Symbol {
                what: "enum",
                scope: scope.into(),
                name: &one.name,
                place: Side::enumeration(schema, id).place,
            });
            symbols.extend(one.values.iter().map(|value| Symbol {
                what: "enum value",
                scope: scope.into(),
                name: &value.name,
                place: Side::value(schema, id, value).place,
            }));
        }
        symbols.extend(
            self.file
                .extensions
                .iter()
                .map(|field| self.named(field, package, None)),
        );
        symbols.extend(self.file.services.iter().map(|service| {
            let place = SchemaLocation {
                pointer: service.name.clone(),
                file: self.file.name.clone(),
                at: service.at,
            };
            Symbol {
                what: "service",
                scope: package.into(),
                name: &service.name,
                place,
            }
        }));
        for service in &self.file.services {
            let scope = join(package, &service.name);
            symbols.extend(service.methods.iter().map(|method| Symbol {
                what: "method",
                scope: scope.clone().into(),
                name: &method.name,
                place: SchemaLocation {
                    pointer: format!("{}.{}", service.name, method.name),
                    file: self.file.name.clone(),
                    at: method.at,
                },
            }));
        }
        symbols
    }

    fn named(&self, field: &'s Field, scope: &'s str, message: Option<MessageId>) -> Symbol<'s> {
        let what = match field.extendee {
            None => "field",
            Some(_) => "extension",
        };
        Symbol {
            what,
            scope: scope.into(),
            name: &field.name,
            place: self.field(field, message).at(field.name_at).place,
        }
    }

    pub(super) fn field(&self, field: &'s Field, message: Option<MessageId>) -> Side {
        Side::field(View {
            schema: self.schema,
            file: self.index,
            message,
            field,
        })
    }
}
