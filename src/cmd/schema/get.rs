//! `evctl schema get`: a schema of the registry.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;

use super::registry;
use crate::{
    codec::shell::CommandLine,
    command::Context,
    exit::Exit,
    failure::Failure,
    output::schema::StoredSchema,
    registry::{Registered, Registry, Version},
    schema_source::{Versions, parse_subject},
};

/// Arguments of `schema get`.
#[derive(Debug, Args)]
pub struct GetArgs {
    /// Subject, with @VERSION for another one than the latest; or an id, or a GUID
    #[arg(value_name = "SUBJECT|ID|GUID")]
    name: String,
    /// Include soft-deleted versions
    #[arg(long)]
    deleted: bool,
    /// Write the schema and all that it refers to into this folder, each under the name of its reference
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

/// Prints it.
///
/// # Errors
/// It is not there, or cannot be written.
pub(super) fn run(context: &Context, args: &GetArgs) -> Result<Exit, Failure> {
    let json = context.wants_json(
        "without -o the schema itself is printed; -o json prints all that is known of it",
    )?;
    let registry = registry::connect(context)?;
    let found = find(&registry, args)?;
    if let Some(folder) = &args.into {
        return save(context, &registry.export(&found)?, folder);
    }
    if !json {
        return super::super::print(context, |out| writeln!(out, "{}", found.schema.trim_end()));
    }
    let places = if found.subject.is_empty() {
        registry.places(found.id).unwrap_or_default()
    } else {
        Vec::new()
    };
    super::super::print(context, |out| {
        StoredSchema::new(&found, &places).write_json(out)
    })
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
    let (subject, versions) = parse_subject(name)?;
    let version = match versions {
        None => Version::Latest,
        Some(Versions::One(version)) => version,
        Some(Versions::All) => {
            return Err(
                Failure::usage("schema get prints one version at a time").hint(
                    CommandLine::evctl("schema get")
                        .operand(format!("{subject}@1"))
                        .to_string(),
                ),
            );
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

/// Writes the schema and all that it refers to; no file is replaced.
fn save(context: &Context, files: &[(PathBuf, String)], folder: &Path) -> Result<Exit, Failure> {
    for (name, text) in files {
        let path = folder.join(name);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_told_from_a_subject() {
        assert!(is_guid("6a537bd5-3df9-41e4-9d2b-e6e3a1f10dc1"));
        assert!(!is_guid("orders-v1-v2-v3-v4"));
    }
}
