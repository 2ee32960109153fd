//! The rules of the house that no compiler checks: floors, and what may be used where.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The floor of each module; an import points down or sideways.
const FLOORS: &[(&str, u8)] = &[
    ("event", 0),
    ("codec", 1),
    ("envelope", 1),
    ("filter", 1),
    ("finding", 1),
    ("lag", 1),
    ("offsets", 1),
    ("redact", 1),
    ("replay", 1),
    ("select", 1),
    ("topics", 1),
    ("pipeline", 2),
    ("bounded_file", 3),
    ("config", 3),
    ("files", 3),
    ("kafka", 3),
    ("metrics", 3),
    ("registry", 3),
    ("sandbox", 3),
    ("transfer", 3),
    ("schema_source", 3),
    ("schema", 1),
    ("exit", 4),
    ("failure", 4),
    ("output", 4),
    ("ui", 4),
    ("command", 5),
    ("cmd", 6),
    ("cli", 7),
];

/// A word, where it may stand, and why nowhere else.
const PLACES: &[(&str, &[&str], &str)] = &[
    (
        "rdkafka::",
        &["src/kafka/write/"],
        "librdkafka writes, and nothing else",
    ),
    (
        "kafka_protocol::",
        &["src/kafka/wire/"],
        "the protocol is spoken in one place",
    ),
    (
        "clap::",
        &["src/cli/", "src/cmd/", "src/command/", "src/ui/terminal.rs"],
        "the command line begins at floor 5",
    ),
    (
        "unsafe {",
        &["src/kafka/write/raw/"],
        "unsafe has one corner",
    ),
    (
        "unsafe fn",
        &["src/kafka/write/raw/"],
        "unsafe has one corner",
    ),
    (
        "tokio::",
        &["src/metrics/"],
        "the one async runtime serves metrics",
    ),
    (
        "hyper::",
        &["src/metrics/"],
        "the one async runtime serves metrics",
    ),
    (
        "kafka-acls",
        &["src/failure/"],
        "advice is written in failure/",
    ),
    (
        "did you mean",
        &["src/failure/"],
        "advice is written in failure/",
    ),
    ("println!", &[], "writers come from ui"),
    ("eprint!", &[], "writers come from ui"),
    (
        "std::env::var",
        &["src/config/env.rs"],
        "the environment is read in config/",
    ),
    (
        "SystemTime::now",
        &["src/command/context.rs"],
        "now is passed in",
    ),
];

/// Two adapters never see each other: kafka and output meet in cmd only.
const STRANGERS: &[(&str, &str)] = &[("kafka", "output"), ("kafka", "files"), ("files", "kafka")];

/// A file that grows past this has more than one idea in it.
const LONGEST_SOURCE: usize = 700;
/// A list of cases may be longer than an idea.
const LONGEST_TEST: usize = 1_000;

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root).unwrap().to_path_buf(), text));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

fn floor_of(module: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(name, _)| *name == module)
        .map(|(_, floor)| *floor)
}

/// The module of the crate that a file belongs to.
fn module_of(path: &Path) -> String {
    let name = path
        .components()
        .nth(1)
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    name.trim_end_matches(".rs").to_owned()
}

/// Modules that `text` imports with `crate::…`, also in a braced list.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("crate::") {
        let before = rest[..at].chars().next_back();
        rest = &rest[at + "crate::".len()..];
        if before.is_some_and(|character| character.is_alphanumeric() || character == '_') {
            continue;
        }
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut word = String::new();
            for character in list.chars() {
                match character {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 1 => found.push(std::mem::take(&mut word)),
                    _ if depth == 1 => word.push(character),
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
            found.push(word);
        } else {
            found.push(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    found
        .iter()
        .map(|path| {
            path.trim()
                .split("::")
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        })
        .filter(|name| floor_of(name).is_some())
        .collect()
}

#[test]
fn imports_point_down_or_sideways() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let module = module_of(&path);
        let Some(floor) = floor_of(&module) else {
            assert!(
                matches!(module.as_str(), "lib" | "main"),
                "{module} has no floor"
            );
            continue;
        };
        for import in imports(&text) {
            let target = floor_of(&import).unwrap();
            let strangers = STRANGERS.contains(&(module.as_str(), import.as_str()));
            if target > floor || strangers {
                wrong.push(format!("{} imports crate::{import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn imports_are_found_in_lists_and_paths() {
    let text =
        "use crate::{event::Record, kafka::{wire, write}, ui};\nlet x = crate::exit::Exit::Ok;";
    assert_eq!(imports(text), ["event", "kafka", "ui", "exit"]);
}

#[test]
fn tools_stay_where_they_belong() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let path = path.display().to_string();
        for (number, line) in text.lines().enumerate() {
            let code = line.trim_start();
            if code.starts_with("//") || code.contains("clippy::") {
                continue;
            }
            for (word, places, why) in PLACES {
                if code.contains(word) && !places.iter().any(|place| path.starts_with(place)) {
                    wrong.push(format!("{path}:{}: {word} ({why})", number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_says_what_it_is_for_and_stays_readable() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src").into_iter().chain(sources("tests")) {
        if !text.starts_with("//!") {
            wrong.push(format!("{}: no //! at its head", path.display()));
        }
        let lines = text.lines().count();
        let longest = if path.starts_with("src") {
            LONGEST_SOURCE
        } else {
            LONGEST_TEST
        };
        if lines > longest {
            wrong.push(format!("{}: {lines} lines", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_left_unfinished_or_vague() {
    // Written apart, so that this file does not find itself.
    let forbidden = [
        concat!("FIX", "ME"),
        concat!("TO", "DO"),
        concat!("#[ign", "ore"),
        concat!("struct Man", "ager"),
        concat!("mod hel", "pers"),
        concat!("mod ut", "ils"),
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources("src").into_iter().chain(sources("tests")) {
        for word in forbidden {
            if text.contains(word) {
                wrong.push(format!("{}: {word}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// `kafka/{wire,write}` as `kafka/wire` and `kafka/write`.
fn expanded(path: &str) -> Vec<String> {
    let braces = path
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    match braces {
        Some((before, (names, after))) => names
            .split(',')
            .flat_map(|name| expanded(&format!("{before}{name}{after}")))
            .collect(),
        None => vec![path.to_owned()],
    }
}

/// The paths that a line names in backticks; all words that look like one inside of a fence.
fn paths_in(line: &str, fenced: bool) -> Vec<String> {
    let words: Vec<&str> = if fenced {
        line.split([' ', ',']).collect()
    } else {
        line.split('`').skip(1).step_by(2).collect()
    };
    let is_path = |word: &&&str| {
        let is_placeholder = word.contains("NAME") || word.contains("://");
        (word.contains('/') || word.ends_with(".rs"))
            && word.starts_with(|first: char| first.is_ascii_lowercase() || first == '.')
            && !word.contains(char::is_whitespace)
            && !is_placeholder
    };
    words
        .iter()
        .filter(is_path)
        .flat_map(|word| expanded(word))
        .collect()
}

#[test]
fn every_path_that_a_document_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let everywhere = [root.to_path_buf(), root.join("src"), root.join("src/kafka")];
        // Behind `lag/limits.rs`, `status.rs` is the one beside it, to the end of the section.
        let mut beside: Vec<PathBuf> = Vec::new();
        let mut fenced = false;
        for (number, line) in text.lines().enumerate() {
            if line.starts_with("## ") {
                beside.clear();
            }
            if line.starts_with("```") {
                fenced = !fenced;
            }
            for path in paths_in(line, fenced) {
                let folders = everywhere.iter().chain(&beside);
                let Some(found) = folders
                    .map(|folder| folder.join(&path))
                    .find(|path| path.exists())
                else {
                    wrong.push(format!("{document}:{}: {path}", number + 1));
                    continue;
                };
                let folder = if found.is_dir() {
                    Some(&*found)
                } else {
                    found.parent()
                };
                beside.extend(folder.map(Path::to_path_buf));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn paths_are_found_in_backticks_and_fences() {
    let line =
        "In `lag/` and `kafka/{wire,write}/mod.rs`, not `cmd/NAME.rs`, `Partial` or `--from -2h`.";
    let expected = ["lag/", "kafka/wire/mod.rs", "kafka/write/mod.rs"];
    assert_eq!(paths_in(line, false), expected);
    assert_eq!(
        paths_in("wire/fetch.rs      output/, Sink: filter", true),
        ["wire/fetch.rs", "output/"]
    );
}
