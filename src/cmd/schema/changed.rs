//! Which schemas changed between two commits, each compared with what it was.

use super::{
    args::CompareArgs,
    diff,
    load::Loader,
    tree::{Tree, git},
};
use crate::{
    cli::Context,
    failure::Failure,
    output::schema::SchemaReport,
    schema::{Format, Node, Source, parse_json},
};

/// A file that changed.
struct Changed {
    old: Option<String>,
    new: Option<String>,
}

/// Compares every schema below `paths` that changed in `range`, which is `BASE..HEAD`, or `BASE`
/// for what lies on the disk.
///
/// # Errors
/// Git refuses; a schema that cannot be understood.
pub(super) fn compare(
    context: &Context,
    range: &str,
    paths: &[String],
    args: &CompareArgs,
) -> Result<Vec<SchemaReport>, Failure> {
    if range.starts_with('-') {
        return Err(Failure::usage(format!("--git {range:?} is not BASE..HEAD")));
    }
    let (base, head) = match range.split_once("..") {
        // What `git diff A...B` means: since B left A.
        Some((base, head)) if head.starts_with('.') => {
            let head = head.trim_start_matches('.');
            let found = git(&[
                "merge-base",
                base,
                if head.is_empty() { "HEAD" } else { head },
            ])?;
            (
                String::from_utf8_lossy(&found).trim().to_owned(),
                Some(head),
            )
        }
        Some((base, head)) => (base.to_owned(), Some(head)),
        None => (range.to_owned(), None),
    };
    let head = head.map(|head| if head.is_empty() { "HEAD" } else { head });
    let new_tree = head.map_or(Tree::Disk, |head| Tree::Git(head.to_owned()));
    let old_tree = Tree::Git(base.clone());
    let loader = Loader::new(context, &args.read)?;
    let mut reports = Vec::new();
    for changed in files(&base, head, paths)? {
        let (Some(old), Some(new)) = (&changed.old, &changed.new) else {
            if let Some(path) = changed
                .old
                .as_ref()
                .filter(|path| Format::of_path(path).is_some())
            {
                context
                    .ui
                    .note(format_args!("{path} is gone: nothing to check"));
            }
            continue;
        };
        if !is_schema(&new_tree, new)? {
            continue;
        }
        let old = loader.file(&old_tree, old)?;
        let mut new = loader.file(&new_tree, new)?;
        name_plainly(&mut new, &new_tree);
        reports.push(diff::compare(&[old], &new, args)?);
    }
    Ok(reports)
}

/// Annotations need the path itself, not the commit's name before it.
fn name_plainly(text: &mut super::load::Text, tree: &Tree) {
    let prefix = tree.label("");
    let plain = |name: &str| {
        name.strip_prefix(prefix.as_str())
            .unwrap_or(name)
            .to_owned()
    };
    text.label = plain(&text.label);
    for source in &mut text.sources {
        *source = Source::new(&plain(&source.name), &source.text);
    }
}

/// What `git diff` names, moved files as such.
fn files(base: &str, head: Option<&str>, paths: &[String]) -> Result<Vec<Changed>, Failure> {
    let mut arguments = vec!["diff", "--name-status", "-z", "-M", "--relative", base];
    arguments.extend(head);
    arguments.push("--");
    arguments.extend(paths.iter().map(String::as_str));
    let listed = git(&arguments)?;
    let listed = String::from_utf8_lossy(&listed);
    let mut parts = listed.split_terminator('\0');
    let mut found = Vec::new();
    while let (Some(status), Some(first)) = (parts.next(), parts.next()) {
        let first = Some(first.to_owned());
        found.push(match status.chars().next() {
            Some('A') => Changed {
                old: None,
                new: first,
            },
            Some('D') => Changed {
                old: first,
                new: None,
            },
            Some('R' | 'C') => Changed {
                old: first,
                new: parts.next().map(str::to_owned),
            },
            _ => Changed {
                old: first.clone(),
                new: first,
            },
        });
    }
    Ok(found)
}

/// Whether a file is a schema: a `.json` may be anything.
fn is_schema(tree: &Tree, path: &str) -> Result<bool, Failure> {
    match Format::of_path(path) {
        None => Ok(false),
        Some(Format::Avro | Format::Protobuf) => Ok(true),
        Some(Format::Json) => {
            let text = tree.read(path)?.unwrap_or_default();
            let node = parse_json(&Source::new(path, &text));
            Ok(node.is_ok_and(|node| node.get("$schema").and_then(Node::text).is_some()))
        }
    }
}
