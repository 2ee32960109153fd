//! Which schemas changed between two commits, each compared with what it was.

use std::path::Path;

use super::{
    args::CompareArgs,
    diff,
    git::{Commit, git},
    load::{Loader, Unreadable},
    tree::{Tree, plain},
};
use crate::{
    command::Context,
    exit::Exit,
    failure::Failure,
    finding,
    schema::{Format, Node, SchemaReport, Source, Unjudged, parse_json},
};

/// A file that changed.
struct Changed {
    old: Option<String>,
    new: Option<String>,
}

/// What the changed schemas are compared to, and those that cannot be, each with its failure.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) reports: Vec<SchemaReport>,
    pub(super) unjudged: Vec<(Unjudged, Failure)>,
}

impl Compared {
    /// Adds a schema that cannot be judged.
    pub(super) fn fail(&mut self, name: &str, unreadable: Unreadable) {
        let Unreadable { failure, place } = unreadable;
        let message = [std::slice::from_ref(&failure.message), &failure.causes].concat();
        let unjudged = Unjudged {
            name: name.to_owned(),
            message: message.join(": "),
            hints: failure.hints.clone(),
            place,
            fingerprint: None,
        };
        self.unjudged.push((unjudged, failure));
    }

    /// Adds a schema that was removed.
    fn remove(&mut self, path: &str) {
        let fingerprint = finding::fingerprint(&["removed", path]);
        let message = format!("{path} is gone: nothing reads its data any more");
        let failure = Failure::new(Exit::No, &message).hint(format!(
            "where that is meant, approve it with --allow: fingerprint {fingerprint}"
        ));
        let unjudged = Unjudged {
            name: path.to_owned(),
            message,
            hints: failure.hints.clone(),
            place: None,
            fingerprint: Some(fingerprint),
        };
        self.unjudged.push((unjudged, failure));
    }
}

/// Compares every schema below `paths` that changed in `range`, which is `BASE..HEAD`, or `BASE`
/// for what lies on the disk.
///
/// # Errors
/// Git refuses; a path that is in neither commit.
pub(super) fn compare(
    context: &Context,
    range: &str,
    paths: &[String],
    args: &CompareArgs,
) -> Result<Compared, Failure> {
    let (base, head) = ends(range)?;
    let mut new_tree = match &head {
        Some(head) => Tree::Git(Commit::find(head)?),
        None => {
            let up = git(&["rev-parse", "--show-cdup"])?;
            Tree::Checkout(String::from_utf8_lossy(&up).trim_end().to_owned())
        }
    };
    let mut old_tree = Tree::Git(Commit::find(&base)?);
    there(&base, head.as_deref(), paths)?;
    let loader = Loader::new(context, &args.read)?;
    let chosen = Chosen::new(paths, args.read.schema_type)?;
    let mut all = Compared::default();
    let mut skipped = Vec::new();
    let (from, to) = ((&*base, &mut old_tree), (head.as_deref(), &mut new_tree));
    for changed in files(from, to, paths)? {
        let old = changed.old.as_deref();
        let was_schema = old.is_some_and(|old| match old_tree.read(old) {
            Ok(Some(text)) => chosen.has(old, &text),
            Ok(None) => false,
            Err(_) => Format::of_path(old).is_some(),
        });
        let Some(new) = changed.new.as_deref() else {
            if let (true, Some(old)) = (was_schema, old) {
                all.remove(old);
            }
            continue;
        };
        let mut one = || -> Result<Option<SchemaReport>, Unreadable> {
            if Format::of_path(new).is_none() && !was_schema && !chosen.names(new) {
                return Ok(None);
            }
            let Some(text) = new_tree.read(new)? else {
                return Err(Failure::usage(format!("{new:?} is no file")).into());
            };
            if !was_schema && !chosen.has(new, &text) {
                skipped.push(new.to_owned());
                return Ok(None);
            }
            let mut text = loader.text(&new_tree, new, &text)?;
            name_plainly(&mut text, &new_tree);
            // What was none before has nothing to compare with.
            let Some(old) = old.filter(|_| was_schema) else {
                let schema = text.look_at(context)?;
                let errors = schema.validation_errors().into_iter();
                let Some(error) = errors.chain(schema.invalid_defaults()).next() else {
                    return Ok(None);
                };
                let message = format!(
                    "{new} is not a valid schema: registries refuse it: {}",
                    error.message
                );
                return Err(Unreadable {
                    failure: Failure::new(Exit::No, message),
                    place: Some((error.location.file, error.location.at)),
                });
            };
            let old = loader.file(&old_tree, old)?;
            diff::compare(&[old], &text, args).map(Some)
        };
        match one() {
            Ok(report) => all.reports.extend(report),
            Err(unreadable) => all.fail(new, unreadable),
        }
    }
    tell_skipped(context, &skipped);
    loader.tell_unused();
    Ok(all)
}

/// Files that were not checked, though their names are those of schemas.
fn tell_skipped(context: &Context, skipped: &[String]) {
    const MOST: usize = 5;
    let Some(first) = skipped
        .get(..skipped.len().min(MOST))
        .filter(|first| !first.is_empty())
    else {
        return;
    };
    let files = if skipped.len() == 1 { "file" } else { "files" };
    let more = match skipped.len() - first.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    context.ui.note(format_args!(
        "not checked: {} .json {files} without $schema: {}{more}; name them or pass --schema-type json to check them",
        skipped.len(),
        first.join(", ")
    ));
}

/// Which files are schemas.
struct Chosen {
    /// The paths that were typed, from the root of the repository.
    paths: Vec<String>,
    /// Whether the kind of the schemas was said.
    typed: bool,
}

impl Chosen {
    fn new(paths: &[String], format: Option<Format>) -> Result<Self, Failure> {
        let prefix = git(&["rev-parse", "--show-prefix"])?;
        let prefix = String::from_utf8_lossy(&prefix);
        let from_root = |path: &String| match path.strip_prefix(":/") {
            Some(path) => path.to_owned(),
            None => plain(&format!("{}{path}", prefix.trim_end())),
        };
        Ok(Self {
            paths: paths.iter().map(from_root).collect(),
            typed: format.is_some(),
        })
    }

    /// Whether a file was named itself, rather than a folder that it is in.
    fn names(&self, file: &str) -> bool {
        self.paths.iter().any(|path| path == file)
    }

    /// Whether a file is a schema: what is named, or said to be one, is; else a `.json` may be
    /// anything.
    fn has(&self, path: &str, text: &str) -> bool {
        match Format::of_path(path) {
            None => self.names(path),
            Some(Format::Json) if !self.typed && !self.names(path) => {
                match parse_json(&Source::new(path, text)) {
                    Ok(node) => node.get("$schema").and_then(Node::text).is_some(),
                    // One that is broken does not pass for another kind of file.
                    Err(_) => text.contains("\"$schema\""),
                }
            }
            Some(_) => true,
        }
    }
}

/// The commits of a range; `None` stands for what lies on the disk.
fn ends(range: &str) -> Result<(String, Option<String>), Failure> {
    if range.starts_with('-') {
        return Err(Failure::usage(format!("--git {range:?} is not BASE..HEAD")));
    }
    let Some((base, head)) = range.split_once("..") else {
        return Ok((range.to_owned(), None));
    };
    let since_it_left = head.starts_with('.');
    let head = match head.trim_start_matches('.') {
        "" => "HEAD",
        head => head,
    };
    if !since_it_left {
        return Ok((base.to_owned(), Some(head.to_owned())));
    }
    // What `git diff A...B` means.
    let found = git(&["merge-base", base, head])?;
    let base = String::from_utf8_lossy(&found).trim().to_owned();
    Ok((base, Some(head.to_owned())))
}

/// A path with a typing error would check nothing for ever.
fn there(base: &str, head: Option<&str>, paths: &[String]) -> Result<(), Failure> {
    for path in paths {
        let mut found = head.is_none() && Path::new(path).exists();
        for commit in [Some(base), head].into_iter().flatten() {
            found = found || !git(&["ls-tree", "--name-only", commit, "--", path])?.is_empty();
        }
        if !found {
            let head = head.unwrap_or("what lies on the disk");
            return Err(Failure::new(
                Exit::NotFound,
                format!("{path:?} is neither in {base} nor in {head}"),
            ));
        }
    }
    Ok(())
}

/// Annotations need the path itself, not the commit's name before it.
fn name_plainly(text: &mut super::load::Text, tree: &Tree) {
    text.label = tree.path_of(&text.label);
    for source in &mut text.sources {
        *source = Source::new(&tree.path_of(&source.name), &source.text);
    }
}

/// What `git diff` names, from the root of the repository, moved files as such. The trees learn where
/// those files are.
fn files(
    (base, old_tree): (&str, &mut Tree),
    (head, new_tree): (Option<&str>, &mut Tree),
    paths: &[String],
) -> Result<Vec<Changed>, Failure> {
    let mut arguments = vec!["-c", "diff.relative=false", "diff"];
    arguments.extend(["--raw", "--no-abbrev", "-z", "-M", base]);
    arguments.extend(head);
    arguments.push("--");
    arguments.extend(paths.iter().map(String::as_str));
    let listed = git(&arguments)?;
    let listed = String::from_utf8_lossy(&listed);
    let mut parts = listed.split_terminator('\0');
    let mut found = Vec::new();
    // ":MODE MODE ID ID STATUS", then one path, or two of what was moved.
    while let (Some(about), Some(first)) = (parts.next(), parts.next()) {
        let mut words = about.split(' ').skip(2);
        let [old_id, new_id, status] = [(); 3].map(|()| words.next().unwrap_or_default());
        let second = match status.chars().next() {
            Some('R' | 'C') => parts.next().unwrap_or(first),
            _ => first,
        };
        let side = |tree: &mut Tree, path: &str, id: &str, there: bool| {
            tree.learn(path, id);
            there.then(|| path.to_owned())
        };
        found.push(Changed {
            old: side(old_tree, first, old_id, status != "A"),
            new: side(new_tree, second, new_id, status != "D"),
        });
    }
    if head.is_none() {
        found.extend(untracked(paths)?);
    }
    Ok(found)
}

/// What lies on the disk and was never added.
fn untracked(paths: &[String]) -> Result<Vec<Changed>, Failure> {
    let mut arguments = vec!["ls-files", "--others", "--exclude-standard", "--full-name"];
    arguments.extend(["-z", "--"]);
    match paths {
        [] => arguments.push(":/"),
        _ => arguments.extend(paths.iter().map(String::as_str)),
    }
    let listed = git(&arguments)?;
    let listed = String::from_utf8_lossy(&listed);
    let new = |path: &str| Changed {
        old: None,
        new: Some(path.to_owned()),
    };
    Ok(listed.split_terminator('\0').map(new).collect())
}
