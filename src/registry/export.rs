//! Files of a registered schema and of all that it refers to.

use std::path::PathBuf;

use super::{Registered, Registry, RegistryError};
use crate::schema::Format;

impl Registry {
    /// The files of `found` and of all that it refers to: their paths, each as the schema calls it, and
    /// their texts.
    ///
    /// # Errors
    /// The registry does not answer, or lacks a reference.
    pub fn export(&self, found: &Registered) -> Result<Vec<(PathBuf, String)>, RegistryError> {
        let own = if found.subject.is_empty() {
            found.id.to_string()
        } else {
            found.subject.clone()
        };
        let file = |name: &str, schema: &Registered| {
            let name = file_name(name, schema.schema_type);
            (PathBuf::from(name), schema.schema.clone())
        };
        let mut files = vec![file(&own, found)];
        let references = self.closure(&found.references)?;
        files.extend(references.iter().map(|(name, schema)| file(name, schema)));
        Ok(files)
    }
}

/// A path below the folder: a name from the registry must not lead out of it.
fn file_name(name: &str, format: Format) -> String {
    let name = name.split_once("://").map_or(name, |(_, rest)| rest);
    let parts = name
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | ".."));
    let name = parts.collect::<Vec<_>>().join("/").replace(':', "_");
    let suffix = match format {
        Format::Avro => ".avsc",
        Format::Json => ".json",
        Format::Protobuf => ".proto",
    };
    if name.ends_with(suffix) {
        name
    } else {
        format!("{name}{suffix}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_the_registry_stays_in_the_folder() {
        assert_eq!(file_name("../../etc/x", Format::Avro), "etc/x.avsc");
        assert_eq!(file_name("/a/b.proto", Format::Protobuf), "a/b.proto");
        assert_eq!(file_name("http://h/a.json", Format::Json), "h/a.json");
        assert_eq!(file_name(":.ctx:orders", Format::Avro), "_.ctx_orders.avsc");
    }
}
