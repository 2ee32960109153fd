//! The files that changed between two commits.

use std::path::Path;

use super::{
    error::SourceError,
    file_tree::{Checkout, FileTree},
    git::{Commit, git},
};

/// What the disk is called in messages.
const DISK: &str = "what lies on the disk";

/// The files that changed in a range of commits.
pub struct ChangedFiles {
    old: Commit,
    new: NewTree,
    /// The files, as `git diff` lists them; then those on the disk that were never added.
    pub files: Vec<ChangedFile>,
}

/// A file that changed.
pub struct ChangedFile {
    /// Its path before, from the root of the repository; `None` for a new file.
    pub old: Option<String>,
    /// Its path after; `None` for a removed file.
    pub new: Option<String>,
}

/// The newer end of a range.
enum NewTree {
    Commit(Commit),
    Checkout(Checkout),
}

impl NewTree {
    fn find(head: Option<&str>) -> Result<Self, SourceError> {
        if let Some(head) = head {
            return Ok(Self::Commit(Commit::find(head)?));
        }
        let up = git(&["rev-parse", "--show-cdup"])?;
        let up = String::from_utf8_lossy(&up).trim_end().to_owned();
        Ok(Self::Checkout(Checkout { up }))
    }
}

impl ChangedFiles {
    /// The files below `paths` that changed in `range`, which is `BASE..HEAD`, `BASE...HEAD`, or `BASE`
    /// for what lies on the disk. No paths stand for all files.
    ///
    /// # Errors
    /// Git refuses; a path that is in neither commit.
    pub fn find(range: &str, paths: &[String]) -> Result<Self, SourceError> {
        let (base, head) = ends(range)?;
        let head = head.as_deref();
        let new = NewTree::find(head)?;
        let old = Commit::find(&base)?;
        check_paths(&base, head, paths)?;
        let mut changed = Self {
            old,
            new,
            files: Vec::new(),
        };
        changed.list(&base, head, paths)?;
        Ok(changed)
    }

    /// The files before.
    #[must_use]
    pub fn old_tree(&self) -> &dyn FileTree {
        &self.old
    }

    /// The files after.
    #[must_use]
    pub fn new_tree(&self) -> &dyn FileTree {
        match &self.new {
            NewTree::Commit(commit) => commit,
            NewTree::Checkout(checkout) => checkout,
        }
    }

    /// Lists what `git diff` names, moved files as such. The trees learn the object ids.
    fn list(
        &mut self,
        base: &str,
        head: Option<&str>,
        paths: &[String],
    ) -> Result<(), SourceError> {
        let mut arguments = vec!["-c", "diff.relative=false", "diff"];
        arguments.extend(["--raw", "--no-abbrev", "-z", "-M", base]);
        arguments.extend(head);
        arguments.push("--");
        arguments.extend(paths.iter().map(String::as_str));
        let listed = git(&arguments)?;
        let listed = String::from_utf8_lossy(&listed);
        let mut parts = listed.split_terminator('\0');
        // ":MODE MODE ID ID STATUS", then one path, or two of a moved file.
        while let (Some(about), Some(first)) = (parts.next(), parts.next()) {
            let mut words = about.split(' ').skip(2);
            let [old_id, new_id, status] = [(); 3].map(|()| words.next().unwrap_or_default());
            let second = match status.chars().next() {
                Some('R' | 'C') => parts.next().unwrap_or(first),
                _ => first,
            };
            self.old.learn(first, old_id);
            if let NewTree::Commit(commit) = &mut self.new {
                commit.learn(second, new_id);
            }
            self.files.push(ChangedFile {
                old: (status != "A").then(|| first.to_owned()),
                new: (status != "D").then(|| second.to_owned()),
            });
        }
        if head.is_none() {
            self.files.extend(untracked(paths)?);
        }
        Ok(())
    }
}

/// The commits of a range; `None` stands for what lies on the disk.
fn ends(range: &str) -> Result<(String, Option<String>), SourceError> {
    if range.starts_with('-') {
        return Err(SourceError::Range(range.to_owned()));
    }
    let Some((base, head)) = range.split_once("..") else {
        return Ok((range.to_owned(), None));
    };
    let since_merge_base = head.starts_with('.');
    let head = match head.trim_start_matches('.') {
        "" => "HEAD",
        head => head,
    };
    if !since_merge_base {
        return Ok((base.to_owned(), Some(head.to_owned())));
    }
    // As `git diff A...B`.
    let found = git(&["merge-base", base, head])?;
    let base = String::from_utf8_lossy(&found).trim().to_owned();
    Ok((base, Some(head.to_owned())))
}

/// Refuses a path that is in neither commit: a misspelt one would check nothing for ever.
fn check_paths(base: &str, head: Option<&str>, paths: &[String]) -> Result<(), SourceError> {
    for path in paths {
        let mut found = head.is_none() && Path::new(path).exists();
        for commit in [Some(base), head].into_iter().flatten() {
            found = found || !git(&["ls-tree", "--name-only", commit, "--", path])?.is_empty();
        }
        if !found {
            return Err(SourceError::InNeither {
                path: path.clone(),
                base: base.to_owned(),
                head: head.unwrap_or(DISK).to_owned(),
            });
        }
    }
    Ok(())
}

/// The files on the disk that were never added.
fn untracked(paths: &[String]) -> Result<Vec<ChangedFile>, SourceError> {
    let mut arguments = vec!["ls-files", "--others", "--exclude-standard", "--full-name"];
    arguments.extend(["-z", "--"]);
    match paths {
        [] => arguments.push(":/"),
        _ => arguments.extend(paths.iter().map(String::as_str)),
    }
    let listed = git(&arguments)?;
    let listed = String::from_utf8_lossy(&listed);
    let new = |path: &str| ChangedFile {
        old: None,
        new: Some(path.to_owned()),
    };
    Ok(listed.split_terminator('\0').map(new).collect())
}
