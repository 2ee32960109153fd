//! Changes to a configuration file that leave everything else in it as it was written.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use toml_edit::{Array, Decor, DocumentMut, InlineTable, Item, Table, value};

use super::{
    ConfigError,
    profile::{Profile, Value},
    secret::SecretSource,
};

/// Adds `profile` under `name`; the file is made when it is missing, for its owner alone when it
/// then holds a secret.
///
/// # Errors
/// The profile is there already and is not to be replaced; the file cannot be read or written.
pub fn add(path: &Path, name: &str, profile: &Profile, replace: bool) -> Result<(), ConfigError> {
    let mut document = read(path)?;
    let profiles = document
        .entry("profiles")
        .or_insert_with(|| implicit_table().into())
        .as_table_like_mut()
        .ok_or_else(|| not_a_table(path))?;
    if profiles.contains_key(name) && !replace {
        return Err(ConfigError::Exists {
            name: name.to_owned(),
            path: path.to_owned(),
        });
    }
    profiles.insert(name, table(profile).into());
    write(path, &document, profile.holds_clear_secret())
}

/// Makes `name` the default of this file.
///
/// # Errors
/// The file cannot be read or written.
pub fn set_default(path: &Path, name: &str) -> Result<(), ConfigError> {
    let mut document = read(path)?;
    if let Some(default) = document.get_mut("default").and_then(Item::as_value_mut) {
        let decor = default.decor().clone();
        *default = name.into();
        *default.decor_mut() = decor;
    } else {
        document.insert("default", value(name));
    }
    write(path, &document, false)
}

/// Removes the profile, and `default` where it names it. Whether it did is the answer.
///
/// # Errors
/// The file cannot be read or written.
pub fn remove(path: &Path, name: &str) -> Result<bool, ConfigError> {
    let mut document = read(path)?;
    if let Some(profiles) = document
        .get_mut("profiles")
        .and_then(Item::as_table_like_mut)
    {
        profiles.remove(name);
    }
    let was_default = document.get("default").and_then(Item::as_str) == Some(name);
    if was_default {
        remove_default(&mut document);
    }
    write(path, &document, false)?;
    Ok(was_default)
}

/// What stands above `default` is often about the whole file: it moves to the first profile.
fn remove_default(document: &mut DocumentMut) {
    let above = |decor: &Decor| Some(decor.prefix()?.as_str()?.to_owned());
    let comment = document
        .key("default")
        .and_then(|key| above(key.leaf_decor()))
        .unwrap_or_default();
    document.remove("default");
    let first = document
        .get_mut("profiles")
        .and_then(Item::as_table_mut)
        .and_then(|profiles| {
            profiles
                .iter_mut()
                .find_map(|(_, item)| item.as_table_mut())
        });
    if let Some(first) = first {
        let old = above(first.decor()).unwrap_or_default();
        first.decor_mut().set_prefix(comment + &old);
    }
}

/// `[profiles]` needs no header of its own.
fn implicit_table() -> Table {
    let mut table = Table::new();
    table.set_implicit(true);
    table
}

fn table(profile: &Profile) -> Table {
    let list = |items: &[String]| value(items.iter().collect::<Array>());
    let mut table = Table::new();
    if let Some(brokers) = &profile.brokers {
        table.insert("brokers", list(&brokers.value));
    }
    if let Some(registry) = &profile.registry {
        table.insert("registry", value(&registry.value));
    }
    if let Some(protected) = &profile.protected {
        table.insert("protected", value(protected.value));
    }
    if let Some(cluster) = &profile.cluster {
        table.insert("cluster", value(&cluster.value));
    }
    if let Some(redact) = &profile.redact {
        table.insert("redact", list(&redact.value));
    }
    if !profile.kafka.is_empty() {
        let mut kafka = Table::new();
        for (name, setting) in &profile.kafka {
            kafka.insert(
                name,
                match &setting.value {
                    Value::Text(text) => value(text),
                    Value::Secret(source) => value(inline(source)),
                },
            );
        }
        table.insert("kafka", kafka.into());
    }
    table
}

fn inline(source: &SecretSource) -> InlineTable {
    let (kind, place) = match source {
        SecretSource::Env(name) => ("env", name.clone()),
        SecretSource::Command(line) => ("command", line.clone()),
        SecretSource::File(path) => ("file", path.to_string_lossy().into_owned()),
    };
    let mut table = InlineTable::new();
    table.insert(kind, place.into());
    table
}

fn not_a_table(path: &Path) -> ConfigError {
    ConfigError::Syntax {
        path: path.to_owned(),
        line: 1,
        message: "\"profiles\" is not a table".to_owned(),
    }
}

fn read(path: &Path) -> Result<DocumentMut, ConfigError> {
    let text = match super::file::read(path) {
        Err(ConfigError::Read { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
            String::new()
        }
        read => read?,
    };
    text.parse()
        .map_err(|error: toml_edit::TomlError| ConfigError::Syntax {
            path: path.to_owned(),
            line: super::file::line(&text, error.span().unwrap_or_default()),
            message: error.message().to_owned(),
        })
}

/// Writes the whole file or nothing. A link stays one: what it points to is replaced.
fn write(path: &Path, document: &DocumentMut, secret: bool) -> Result<(), ConfigError> {
    let written = || {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let old = fs::metadata(&path).ok().map(|old| old.permissions().mode());
        let owner_only = if secret { 0o600 } else { 0o666 };
        let mut file = tempfile::Builder::new()
            .permissions(fs::Permissions::from_mode(owner_only))
            .tempfile_in(folder)?;
        file.write_all(document.to_string().as_bytes())?;
        if let Some(old) = old {
            let mode = fs::Permissions::from_mode(old & owner_only);
            file.as_file().set_permissions(mode)?;
        }
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok(())
    };
    written().map_err(|error: io::Error| ConfigError::Write {
        path: path.to_owned(),
        error,
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::profile::{Origin, Setting},
        *,
    };

    fn profile(properties: &[(&str, Value)]) -> Profile {
        let origin = Origin::Flag("-b");
        let mut profile = Profile {
            brokers: Some(Setting {
                value: vec!["a:1".to_owned()],
                origin: origin.clone(),
            }),
            ..Profile::default()
        };
        for (name, value) in properties {
            profile.set(name, value.clone(), origin.clone());
        }
        profile
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_profile_is_added_to_a_file_that_does_not_exist() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/config.toml");
        let secret = SecretSource::Env("PASSWORD".to_owned());
        let profile = profile(&[
            ("sasl.username", Value::Text("oncall".to_owned())),
            ("sasl.password", Value::Secret(secret)),
        ]);
        add(&path, "prod", &profile, false).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            r#"[profiles.prod]
brokers = ["a:1"]

[profiles.prod.kafka]
"sasl.password" = { env = "PASSWORD" }
"sasl.username" = "oncall"
"#
        );
        let error = add(&path, "prod", &profile, false).unwrap_err();
        assert!(matches!(error, ConfigError::Exists { .. }), "{error}");
        add(&path, "prod", &profile, true).unwrap();
    }

    #[test]
    fn comments_and_order_stay_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evctl.toml");
        let before = "# mine\ndefault = \"old\" # for now\n\n[profiles.old] # tired\nbrokers = [ \"x:1\" ]\n";
        fs::write(&path, before).unwrap();
        add(&path, "new", &profile(&[]), false).unwrap();
        set_default(&path, "new").unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            before.replace("\"old\"", "\"new\"") + "\n[profiles.new]\nbrokers = [\"a:1\"]\n"
        );
        assert!(remove(&path, "new").unwrap());
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "# mine\n\n[profiles.old] # tired\nbrokers = [ \"x:1\" ]\n"
        );
        assert!(!remove(&path, "old").unwrap());
    }

    #[test]
    fn a_file_with_a_secret_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let clear = profile(&[("sasl.password", Value::Text("hunter2".to_owned()))]);
        let made = folder.path().join("made.toml");
        add(&made, "prod", &clear, false).unwrap();
        assert_eq!(mode(&made), 0o600);

        let grown = folder.path().join("grown.toml");
        fs::write(&grown, "").unwrap();
        fs::set_permissions(&grown, fs::Permissions::from_mode(0o644)).unwrap();
        add(&grown, "dev", &profile(&[]), false).unwrap();
        assert_eq!(mode(&grown), 0o644);
        add(&grown, "prod", &clear, false).unwrap();
        assert_eq!(mode(&grown), 0o600);
    }

    #[test]
    fn a_file_that_cannot_be_understood_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("evctl.toml");
        fs::write(&path, "\nbroken = \"hunter2").unwrap();
        let error = add(&path, "dev", &profile(&[]), false)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("evctl.toml:2: ") && !error.contains("hunter2"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "\nbroken = \"hunter2");
    }
}
