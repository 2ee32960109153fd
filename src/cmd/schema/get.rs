//! `evctl schema get`: a schema of the registry.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::json;

use super::{
    named::{self, Which},
    registry,
};
use crate::{
    codec::shell::CommandLine,
    command::Context,
    exit::Exit,
    failure::Failure,
    registry::{Registered, Registry, Version},
    schema::Format,
};

/// Arguments of `schema get`.
#[derive(Debug, Args)]
pub struct GetArgs {
    /// Subject, with @version where it is not the latest; an id; a GUID
    #[arg(value_name = "SUBJECT|ID|GUID")]
    name: String,
    /// Also a version that was soft-deleted
    #[arg(long)]
    deleted: bool,
    /// Write it and all that it refers to into this folder, each under the name that it is referred to by
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

/// Prints it.
///
/// # Errors
/// It is not there, or cannot be written.
pub(super) fn run(context: &Context, args: &GetArgs) -> Result<Exit, Failure> {
    let json =
        context.wants_json("it prints the schema itself; -o json prints all that is known")?;
    let registry = registry::connect(context)?;
    let found = find(&registry, args)?;
    if let Some(folder) = &args.into {
        return save(context, &registry, &found, folder);
    }
    if !json {
        return super::super::print(context, |out| writeln!(out, "{}", found.schema.trim_end()));
    }
    let places = if found.subject.is_empty() {
        registry.places(found.id).unwrap_or_default()
    } else {
        Vec::new()
    };
    let answer = json!({
        "kind": "evctl.schema/1",
        "subject": (!found.subject.is_empty()).then_some(&found.subject),
        "version": (found.version > 0).then_some(found.version),
        "id": (found.id > 0).then_some(found.id),
        "guid": found.guid,
        "type": found.schema_type,
        "references": found.references,
        "registered": places,
        "schema": found.schema,
    });
    super::super::print(context, |out| writeln!(out, "{answer}"))
}

fn find(registry: &Registry, args: &GetArgs) -> Result<Registered, Failure> {
    let name = args.name.strip_prefix("registry:").unwrap_or(&args.name);
    if let Ok(id) = name.parse::<i64>() {
        let mut found = registry.by_id(id)?;
        found.id = id;
        return Ok(found);
    }
    if is_guid(name) {
        let mut found = registry.by_guid(name)?;
        found.guid = Some(name.to_owned());
        return Ok(found);
    }
    let (subject, which) = named::subject(name)?;
    let version = match which {
        None => Version::Latest,
        Some(Which::One(version)) => version,
        Some(Which::All) => {
            return Err(Failure::usage("one version is printed at a time").hint(
                CommandLine::evctl("schema get")
                    .operand(format!("{subject}@1"))
                    .to_string(),
            ));
        }
    };
    Ok(registry.version(&subject, version, args.deleted)?)
}

/// 8-4-4-4-12 hexadecimal digits (RFC 9562).
fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn save(
    context: &Context,
    registry: &Registry,
    found: &Registered,
    folder: &Path,
) -> Result<Exit, Failure> {
    let own = if found.subject.is_empty() {
        found.id.to_string()
    } else {
        found.subject.clone()
    };
    let mut files = vec![(file_name(&own, found.schema_type), &found.schema)];
    let references = registry.closure(&found.references)?;
    for (name, schema) in &references {
        files.push((file_name(name, schema.schema_type), &schema.schema));
    }
    for (name, text) in files {
        let path = folder.join(&name);
        let parent = path.parent().unwrap_or(folder);
        let written = fs::create_dir_all(parent).and_then(|()| {
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&path)?;
            io::Write::write_all(&mut file, text.as_bytes())
        });
        written.map_err(|error| {
            let message = format!("{} cannot be written", path.display());
            let failure = Failure::new(Exit::Partial, message).cause(&error);
            match error.kind() {
                io::ErrorKind::AlreadyExists => {
                    failure.hint("nothing is overwritten: name another folder")
                }
                _ => failure,
            }
        })?;
        context.ui.note(format_args!("wrote {}", path.display()));
    }
    Ok(Exit::Ok)
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

    #[test]
    fn a_guid_is_told_from_a_subject() {
        assert!(is_guid("6a537bd5-3df9-41e4-9d2b-e6e3a1f10dc1"));
        assert!(!is_guid("orders-v1-v2-v3-v4"));
    }
}
