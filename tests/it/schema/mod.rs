//! `evctl schema`.

mod check;
mod diff;
mod hostile;
mod registry;
mod reports;

use std::{fs, process::Command};

use serde_json::Value;

use crate::support::{Evctl, Home, Output, says};

/// An order, its version without a currency, and one with a currency that old data lack.
const V1: &str = r#"{"type":"record","name":"Order","namespace":"shop","fields":[
  {"name":"id","type":"string"},
  {"name":"total","type":"double"}
]}
"#;
const V2: &str = r#"{"type":"record","name":"Order","namespace":"shop","fields":[
  {"name":"id","type":"string"},
  {"name":"total","type":"double"},
  {"name":"note","type":["null","string"],"default":null}
]}
"#;
const V3: &str = r#"{"type":"record","name":"Order","namespace":"shop","fields":[
  {"name":"id","type":"string"},
  {"name":"total","type":"double"},
  {"name":"currency","type":"string"}
]}
"#;

fn home(files: &[(&str, &str)]) -> Home {
    let home = Home::new();
    for (name, text) in files {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    home
}

fn orders() -> Home {
    home(&[("v1.avsc", V1), ("v2.avsc", V2), ("v3.avsc", V3)])
}

fn schema(home: &Home, arguments: &[&str]) -> Evctl {
    home.evctl(&[&["schema"], arguments].concat())
}

/// Runs Git in the home.
#[track_caller]
fn git(home: &Home, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@b"])
        .args(arguments)
        .current_dir(home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[track_caller]
fn json(output: &Output) -> Value {
    serde_json::from_str(output.text())
        .unwrap_or_else(|_| panic!("{}{}", output.text(), output.stderr))
}

/// The change with this id.
fn change<'a>(diff: &'a Value, id: &str) -> &'a Value {
    let changes = diff["changes"].as_array().unwrap();
    let found = changes.iter().find(|change| change["id"] == id);
    found.unwrap_or_else(|| panic!("{id} is not in {diff:#}"))
}
