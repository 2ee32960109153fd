//! Which schemas changed between two commits, each compared with what it was.

use std::path::Path;

use super::{
    args::CompareArgs,
    diff,
    git::{Commit, git},
    load::Loader,
    tree::Tree,
};
use crate::{
    cli::Context,
    exit::Exit,
    failure::Failure,
    output::schema::SchemaReport,
    schema::{Format, Node, Source, parse_json},
};

/// A file that changed.
struct Changed {
    old: Option<String>,
    new: Option<String>,
}

/// What the changed schemas are compared to, and those that cannot be.
pub(super) struct Compared {
    pub(super) reports: Vec<SchemaReport>,
    pub(super) failures: Vec<Failure>,
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
    let mut all = Compared {
        reports: Vec::new(),
        failures: Vec::new(),
    };
    let (from, to) = ((&*base, &mut old_tree), (head.as_deref(), &mut new_tree));
    for changed in files(from, to, paths)? {
        let Some(new) = &changed.new else {
            let gone = changed.old.iter();
            for path in gone.filter(|path| Format::of_path(path).is_some()) {
                context
                    .ui
                    .note(format_args!("{path} is gone: nothing to check"));
            }
            continue;
        };
        let one = || -> Result<Option<SchemaReport>, Failure> {
            if Format::of_path(new).is_none() {
                return Ok(None);
            }
            let text = new_tree.read(new)?.filter(|text| is_schema(new, text));
            let Some(text) = text else { return Ok(None) };
            let mut text = loader.text(&new_tree, new, &text)?;
            name_plainly(&mut text, &new_tree);
            let Some(old) = &changed.old else {
                let schema = text.look_at(context)?;
                if schema.flaws().is_empty() {
                    return Ok(None);
                }
                let message = format!("{new} is not a valid schema: registries refuse it");
                return Err(Failure::new(Exit::No, message));
            };
            let old = loader.file(&old_tree, old)?;
            diff::compare(&[old], &text, args).map(Some)
        };
        match one() {
            Ok(report) => all.reports.extend(report),
            Err(failure) => all.failures.push(failure),
        }
    }
    loader.tell_unused();
    Ok(all)
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

/// Whether a file with a schema's name is one: a `.json` may be anything.
fn is_schema(path: &str, text: &str) -> bool {
    if Format::of_path(path) != Some(Format::Json) {
        return true;
    }
    let node = parse_json(&Source::new(path, text));
    node.is_ok_and(|node| node.get("$schema").and_then(Node::text).is_some())
}
