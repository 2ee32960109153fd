//! A reader of the text format that forgives nothing, for the tests: what `promtool check metrics`
//! refuses, and more.

use std::collections::{BTreeMap, BTreeSet};

/// The series of a text by what stands before the value, in the order of the text.
///
/// Refused are: a family without HELP and TYPE or with its series apart, a name or label that has
/// none of the allowed characters, a bad escape, a value that is no number, a series that stands
/// there twice, series of a family with other labels, and a last line without its end.
pub(super) fn read(text: &str) -> Result<Vec<(String, f64)>, String> {
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("the last line has no end".to_owned());
    }
    let mut families: BTreeMap<String, Option<Vec<String>>> = BTreeMap::new();
    let mut open = String::new();
    let mut helped = String::new();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for line in text.lines() {
        let wrong = |what: &str| Err(format!("{what}: {line}"));
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').ok_or("no help")?;
            if words.is_empty() || families.contains_key(name) {
                return wrong("no help, or twice");
            }
            name.clone_into(&mut helped);
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').ok_or("no type")?;
            if name != helped || !matches!(kind, "gauge" | "untyped") || !is_name(name, true) {
                return wrong("a type that is not this family's");
            }
            if families.insert(name.to_owned(), None).is_some() {
                return wrong("a family in two places");
            }
            name.clone_into(&mut open);
        } else {
            let (series, name, labels, value) = series(line)?;
            if name != open {
                return wrong("not the family that is open");
            }
            let names = families.entry(name).or_default();
            if names.get_or_insert_with(|| labels.clone()) != &labels {
                return wrong("other labels than the series before");
            }
            if !seen.insert(series.clone()) {
                return wrong("twice");
            }
            found.push((series, value));
        }
    }
    match families.iter().find(|(_, labels)| labels.is_none()) {
        Some((name, _)) => Err(format!("{name} has no series")),
        None => Ok(found),
    }
}

/// The series as it stands, its name, the names of its labels, its value.
fn series(line: &str) -> Result<(String, String, Vec<String>, f64), String> {
    let wrong = |what: &str| format!("{what}: {line}");
    let end = line.find(['{', ' ']).ok_or_else(|| wrong("no value"))?;
    let (name, mut rest) = line.split_at(end);
    if !is_name(name, true) {
        return Err(wrong("no name"));
    }
    let mut labels = Vec::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (label, after) = rest.split_once("=\"").ok_or_else(|| wrong("no label"))?;
            if !is_name(label, false) || labels.iter().any(|known| known == label) {
                return Err(wrong("no name of a label, or twice"));
            }
            labels.push(label.to_owned());
            let length = quoted(after).ok_or_else(|| wrong("no end, or a bad escape"))?;
            rest = &after[length..];
            if let Some(after) = rest.strip_prefix('}') {
                rest = after;
                break;
            }
            rest = rest.strip_prefix(',').ok_or_else(|| wrong("no comma"))?;
        }
    }
    let series = line[..line.len() - rest.len()].to_owned();
    let value = rest.strip_prefix(' ').ok_or_else(|| wrong("no space"))?;
    let value: f64 = value.parse().map_err(|_| wrong("no number"))?;
    if !value.is_finite() || value < 0.0 {
        return Err(wrong("not a number that was ever counted"));
    }
    Ok((series, name.to_owned(), labels, value))
}

/// How long a label's value is, with the quote at its end.
fn quoted(text: &str) -> Option<usize> {
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some(at + 1),
            '\\' => {
                let (_, escaped) = characters.next()?;
                matches!(escaped, '\\' | '"' | 'n').then_some(())?;
            }
            _ => {}
        }
    }
    None
}

fn is_name(name: &str, with_colon: bool) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|character| {
            character.is_ascii_alphanumeric()
                || character == '_'
                || (with_colon && character == ':')
        })
}

#[test]
fn the_strict_reader_refuses_what_is_wrong() {
    let good = "# HELP a b\n# TYPE a gauge\na{x=\"1\\n\"} 1\na{x=\"2\"} 2.5\n";
    assert_eq!(read(good).unwrap().len(), 2);
    for bad in [
        "a 1\n",
        "# HELP a b\n# TYPE a gauge\n",
        "# HELP a b\n# TYPE a gauge\na 1",
        "# HELP a b\n# TYPE a gauge\na 1\na 2\n",
        "# HELP a b\n# TYPE a gauge\na NaN\n",
        "# HELP a b\n# TYPE a gauge\na -1\n",
        "# HELP a b\n# TYPE a gauge\na{x=\"\\t\"} 1\n",
        "# HELP a b\n# TYPE a gauge\na{x=\"\"\"} 1\n",
        "# HELP a b\n# TYPE a gauge\na{x=\"\"} 1\na{y=\"\"} 1\n",
        "# HELP a b\n# TYPE a gauge\na 1\n# HELP b b\n# TYPE b gauge\nb 1\na{x=\"\"} 1\n",
        "# HELP a b\n# TYPE a gauge\na 1\n# HELP a b\n# TYPE a gauge\na{x=\"\"} 1\n",
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}
