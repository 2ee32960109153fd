//! The names that Karapace knows on one side (`CompareTypes`). It resolves them within the path of
//! the comparison, numbers of fields included, and declares nested types a second time as if they
//! stood in the package: both are copied.

use std::collections::HashMap;

use super::Declared;
use crate::schema::protobuf::{
    model::{EnumId, MessageId, Origin, Schema, Target},
    parser::join,
};

/// What a name means, and the package it was declared with.
#[derive(Clone, Copy)]
pub(super) struct Record<'s> {
    pub target: Target,
    package: Option<&'s str>,
}

/// One side.
pub(super) struct Types<'s> {
    pub schema: &'s Schema,
    /// Of the file that is being compared.
    pub package: &'s str,
    names: HashMap<String, Record<'s>>,
    /// The most parts that a name has: a longer prefix of it need not be tried.
    longest: usize,
}

impl<'s> Types<'s> {
    pub fn of(schema: &'s Schema) -> Self {
        let mut types = Self {
            schema,
            package: "",
            names: HashMap::new(),
            longest: 0,
        };
        let references = schema
            .files
            .iter()
            .filter(|file| file.origin == Origin::Reference);
        for file in references {
            let package = file.package.as_ref().map(|package| package.name.as_str());
            for id in &file.messages {
                types.message(package.unwrap_or_default(), package, *id);
            }
            for id in &file.enums {
                types.enumeration(package.unwrap_or_default(), package, *id);
            }
        }
        types
    }

    /// Declares these in the package, whatever they stand in.
    pub fn declare(&mut self, list: &[(&'s str, Declared)]) {
        let package = self.package;
        for (_, declared) in list {
            match declared {
                Declared::Message(id) => self.message(package, Some(package), *id),
                Declared::Enum(id) => self.enumeration(package, Some(package), *id),
            }
        }
    }

    fn message(&mut self, prefix: &str, package: Option<&'s str>, id: MessageId) {
        let message = self.schema.message(id);
        if message.is_group {
            return;
        }
        let name = join(prefix, &message.name);
        self.put(name.clone(), Target::Message(id), package);
        for nested in &message.messages {
            self.message(&name, package, *nested);
        }
        for nested in &message.enums {
            self.enumeration(&name, package, *nested);
        }
    }

    fn enumeration(&mut self, prefix: &str, package: Option<&'s str>, id: EnumId) {
        let name = join(prefix, &self.schema.enumeration(id).name);
        self.put(name, Target::Enum(id), package);
    }

    fn put(&mut self, name: String, target: Target, package: Option<&'s str>) {
        self.longest = self.longest.max(name.split('.').count());
        self.names.insert(name, Record { target, package });
    }

    /// `compute_name`
    pub fn find(&self, name: &str, path: &[String]) -> Option<(String, Record<'s>)> {
        let get = |name: String| self.names.get(&name).map(|record| (name, *record));
        if let Some(absolute) = name.strip_prefix('.') {
            return get(absolute.to_owned());
        }
        for depth in (0..=path.len().min(self.longest)).rev() {
            let scope = path[..depth].join(".");
            let prefix = match (self.package, scope.as_str()) {
                ("", "") => continue,
                (package, "") => package.to_owned(),
                (package, scope) => join(package, scope),
            };
            if let Some(found) = get(format!("{prefix}.{name}")) {
                return Some(found);
            }
        }
        get(name.to_owned())
    }

    /// The name without its package. Without a package Karapace cuts the first letter off.
    pub fn short(name: &str, record: Record<'s>) -> String {
        match record.package {
            Some(package) if name.starts_with(package) => {
                let rest = name.get(package.len() + 1..);
                rest.unwrap_or_default().to_owned()
            }
            _ => name.to_owned(),
        }
    }
}
