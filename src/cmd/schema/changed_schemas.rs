//! `schema check --git`: the schemas that changed between two commits, each compared with what it was.

use super::{
    args::{CompareArgs, ReadArgs},
    comparison::{self, Unreadable},
};
use crate::{
    command::Context,
    exit::Exit,
    failure::Failure,
    finding,
    schema::{Format, SchemaReport, Unjudged},
    schema_source::{ChangedFiles, Loader, SchemaFiles},
};

/// The schemas that were compared, and those that could not be, each with its failure.
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
        let message = format!("{path} is gone: no schema reads its data any more");
        let failure = Failure::new(Exit::No, &message).hint(format!(
            "if that is intended, approve it with --allow: fingerprint {fingerprint}"
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

/// Compares every schema below `paths` that changed in `range`.
///
/// # Errors
/// Git refuses; a path that is in neither commit.
pub(super) fn compare(
    context: &Context,
    range: &str,
    paths: &[String],
    args: &CompareArgs,
) -> Result<Compared, Failure> {
    let changed = ChangedFiles::find(range, paths)?;
    let mut check = Check {
        context,
        args,
        loader: args.read.loader(None)?,
        schemas: SchemaFiles::new(paths, args.read.schema_type)?,
        changed: &changed,
        skipped: Vec::new(),
    };
    let mut all = Compared::default();
    for file in &changed.files {
        let old = file.old.as_deref().filter(|old| check.was_schema(old));
        match (file.new.as_deref(), old) {
            (None, None) => {}
            (None, Some(old)) => all.remove(old),
            (Some(new), old) => match check.one(old, new) {
                Ok(report) => all.reports.extend(report),
                Err(unreadable) => all.fail(new, unreadable),
            },
        }
    }
    check.note_skipped();
    ReadArgs::warn(context, &check.loader);
    Ok(all)
}

/// A check of changed files.
struct Check<'a> {
    context: &'a Context,
    args: &'a CompareArgs,
    loader: Loader<'a>,
    schemas: SchemaFiles,
    changed: &'a ChangedFiles,
    /// Files that may be schemas and were not checked.
    skipped: Vec<String>,
}

impl Check<'_> {
    /// Whether the file at `path` was a schema before; one that cannot be read was when its name says so.
    fn was_schema(&self, path: &str) -> bool {
        match self.changed.old_tree().read(path) {
            Ok(Some(text)) => self.schemas.has(path, &text),
            Ok(None) => false,
            Err(_) => Format::of_path(path).is_some(),
        }
    }

    /// Compares a file with the schema that it was; `None` when it is no schema, or a valid new one.
    fn one(&mut self, old: Option<&str>, new: &str) -> Result<Option<SchemaReport>, Unreadable> {
        if Format::of_path(new).is_none() && old.is_none() && !self.schemas.names(new) {
            return Ok(None);
        }
        let tree = self.changed.new_tree();
        let Some(text) = tree.read(new)? else {
            return Err(Failure::usage(format!("{new:?} is not a file")).into());
        };
        if old.is_none() && !self.schemas.has(new, &text) {
            self.skipped.push(new.to_owned());
            return Ok(None);
        }
        let mut text = self.loader.text(tree, new, &text)?;
        text.name_by_path(tree);
        let Some(old) = old else {
            let errors = comparison::note_new(self.context, &text)?;
            let Some(error) = errors.into_iter().next() else {
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
        let old = self.loader.file(self.changed.old_tree(), old)?;
        comparison::compare(&[old], &text, self.args).map(Some)
    }

    /// Names the files that were not checked, though their names are those of schemas.
    fn note_skipped(&self) {
        const MOST: usize = 5;
        let skipped = &self.skipped;
        let first = &skipped[..skipped.len().min(MOST)];
        if first.is_empty() {
            return;
        }
        let files = if skipped.len() == 1 { "file" } else { "files" };
        let more = match skipped.len() - first.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        self.context.ui.note(format_args!(
            "not checked: {} .json {files} without $schema: {}{more}; name them or pass --schema-type json to check them",
            skipped.len(),
            first.join(", ")
        ));
    }
}
