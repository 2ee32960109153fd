//! Where evctl.toml is looked for. Knows nothing of what it says.

use std::path::{Path, PathBuf};

use super::env::Environment;

const PROJECT_FILE: &str = "evctl.toml";

/// The places of configuration files.
#[derive(Clone, Debug)]
pub(super) enum Places {
    /// The one that `EVCTL_CONFIG` names; it must exist.
    Named(PathBuf),
    /// The usual ones, each of which may be missing.
    Usual {
        /// The project's: one that exists, else where it would be.
        project: PathBuf,
        /// The user's; `None` without a home.
        user: Option<PathBuf>,
    },
}

impl Places {
    /// `evctl.toml` in the working directory or above it, up to the repository's root (the folder
    /// with `.git`). Outside of a repository only the working directory counts: above it may be
    /// anybody's folder, such as `/tmp`.
    pub(super) fn find(environment: &Environment) -> Self {
        if let Some(named) = &environment.config {
            return Self::Named(environment.directory.join(named));
        }
        let directory = environment.directory.as_path();
        let root = directory
            .ancestors()
            .find(|folder| folder.join(".git").exists())
            .unwrap_or(directory);
        let project = directory
            .ancestors()
            .take_while(|folder| folder.starts_with(root))
            .map(|folder| folder.join(PROJECT_FILE))
            // A FIFO of that name is found, too: reading it says what it is.
            .find(|path| path.metadata().is_ok_and(|found| !found.is_dir()))
            .unwrap_or_else(|| root.join(PROJECT_FILE));
        Self::Usual {
            project,
            user: environment
                .config_home
                .as_ref()
                .map(|home| home.join("evctl/config.toml")),
        }
    }

    /// The files that are there, strongest first. A named file is listed even when it is missing,
    /// so that reading it says so.
    pub(super) fn existing(&self) -> Vec<&Path> {
        match self {
            Self::Named(path) => vec![path],
            Self::Usual { project, user } => [Some(project), user.as_ref()]
                .into_iter()
                .flatten()
                .map(PathBuf::as_path)
                .filter(|path| path.try_exists().unwrap_or(true))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(directory: &Path) -> Vec<PathBuf> {
        let environment = Environment {
            directory: directory.to_owned(),
            ..Environment::default()
        };
        let places = Places::find(&environment);
        places.existing().into_iter().map(Path::to_owned).collect()
    }

    #[test]
    fn a_repositorys_file_is_found_from_below_and_no_further() {
        let outside = tempfile::tempdir().unwrap();
        let root = outside.path().join("repository");
        let deep = root.join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(outside.path().join(PROJECT_FILE), "").unwrap();

        assert!(find(&deep).is_empty(), "outside of a repository");
        std::fs::create_dir(root.join(".git")).unwrap();
        assert!(find(&deep).is_empty(), "never above the repository");
        std::fs::write(root.join(PROJECT_FILE), "").unwrap();
        assert_eq!(find(&deep), [root.join(PROJECT_FILE)]);
        std::fs::write(root.join("a").join(PROJECT_FILE), "").unwrap();
        assert_eq!(
            find(&deep),
            [root.join("a").join(PROJECT_FILE)],
            "the nearest"
        );
    }
}
