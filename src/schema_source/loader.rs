//! From a name to the text of a schema and the texts of all that it refers to.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, VecDeque},
    io::{self, Read},
};

use super::{
    error::SourceError,
    file_tree::{Disk, FileTree, LARGEST, text},
    git::{Commit, from_root},
    name::{SchemaName, Versions},
    reference_search,
    schema_text::{SchemaText, guess_format},
};
use crate::{
    registry::{Registry, Version},
    schema::{Format, Reference, Source, referenced_names},
};

/// References of references are followed up to this number.
const MOST_REFERENCES: usize = 10_000;

/// Loads schemas by name.
pub struct Loader<'r> {
    format: Option<Format>,
    /// Files by the names of references.
    given: BTreeMap<String, String>,
    /// The names in `given` that something refers to.
    used: RefCell<BTreeSet<String>>,
    replaced: RefCell<Vec<LoadWarning>>,
    registry: Option<&'r Registry>,
}

/// Something odd about the files that were given for references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadWarning {
    /// Nothing refers to this name: it may be misspelt.
    Unused {
        /// The name.
        name: String,
        /// Its file.
        file: String,
    },
    /// The given file replaces another one that lies beside the schema.
    Replaced {
        /// The name.
        name: String,
        /// The given file.
        file: String,
        /// The file that is not read.
        other: String,
        /// The schema that refers to it.
        schema: String,
    },
}

impl<'r> Loader<'r> {
    /// A loader. `format` is the kind of all schemas, `None` where their names tell; `given` holds files
    /// by the names of references; `registry` answers for names in a registry.
    #[must_use]
    pub fn new(
        format: Option<Format>,
        given: BTreeMap<String, String>,
        registry: Option<&'r Registry>,
    ) -> Self {
        Self {
            format,
            given,
            used: RefCell::default(),
            replaced: RefCell::default(),
            registry,
        }
    }

    /// What was odd so far about the files that were given for references.
    #[must_use]
    pub fn warnings(&self) -> Vec<LoadWarning> {
        let used = self.used.borrow();
        let unused = self.given.iter().filter(|(name, _)| !used.contains(*name));
        let unused = unused.map(|(name, file)| LoadWarning::Unused {
            name: name.clone(),
            file: file.clone(),
        });
        self.replaced
            .borrow()
            .iter()
            .cloned()
            .chain(unused)
            .collect()
    }

    /// Every schema that `name` stands for, oldest first; a subject without a version stands for
    /// `versions` of it.
    ///
    /// # Errors
    /// It does not exist, or cannot be read.
    pub fn load(
        &self,
        name: &SchemaName,
        versions: Versions,
    ) -> Result<Vec<SchemaText>, SourceError> {
        let text = match name {
            SchemaName::Stdin => {
                let mut bytes = Vec::new();
                let mut input = io::stdin().take(LARGEST + 1);
                input.read_to_end(&mut bytes).map_err(SourceError::Stdin)?;
                self.text(&Disk, "-", &text("-", &bytes)?)
            }
            SchemaName::Path(path) => match path.to_str() {
                Some(path) => self.file(&Disk, path),
                None => Err(SourceError::PathNotUtf8(path.clone())),
            },
            SchemaName::Git { commit, path } => {
                self.file(&Commit::find(commit)?, &from_root(path)?)
            }
            SchemaName::Registry {
                subject,
                versions: named,
            } => return self.subject(subject, named.unwrap_or(versions)),
        };
        Ok(vec![text?])
    }

    /// The one schema that `name` stands for; of a subject the latest version. `None` when it stands for
    /// several.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_one(&self, name: &SchemaName) -> Result<Option<SchemaText>, SourceError> {
        let mut texts = self.load(name, Versions::One(Version::Latest))?;
        Ok(texts.pop().filter(|_| texts.is_empty()))
    }

    /// The schema in a file, or in the `.proto` files of a folder.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn file(&self, tree: &dyn FileTree, path: &str) -> Result<SchemaText, SourceError> {
        if let Some(text) = tree.read(path)? {
            return self.text(tree, path, &text);
        }
        let files = tree.files(path)?;
        let files = files.ok_or_else(|| SourceError::Missing(tree.label(path)))?;
        let mut sources = Vec::new();
        for file in files.iter().filter(|file| file.ends_with(".proto")) {
            let text = tree.read(file)?.unwrap_or_default();
            sources.push(Source::new(&tree.label(file), &text));
        }
        if sources.is_empty() {
            return Err(SourceError::NoProtos(path.to_owned()));
        }
        self.with_references(
            tree,
            SchemaText {
                label: tree.label(path),
                format: Format::Protobuf,
                sources,
                references: Vec::new(),
            },
        )
    }

    /// The schema in the text of the file at `path`.
    ///
    /// # Errors
    /// Its kind is unknown, or a reference cannot be read.
    pub fn text(
        &self,
        tree: &dyn FileTree,
        path: &str,
        text: &str,
    ) -> Result<SchemaText, SourceError> {
        let format = self
            .format
            .or_else(|| Format::of_path(path))
            .or_else(|| guess_format(text));
        if text.trim().is_empty() && format != Some(Format::Protobuf) {
            return Err(SourceError::Empty(path.to_owned()));
        }
        let format = format.ok_or_else(|| SourceError::UnknownFormat(path.to_owned()))?;
        self.with_references(
            tree,
            SchemaText {
                label: tree.label(path),
                format,
                sources: vec![Source::new(&tree.label(path), text)],
                references: Vec::new(),
            },
        )
    }

    /// Adds all that a schema refers to. What is not found is left out: the parser knows whether it is
    /// needed.
    fn with_references(
        &self,
        tree: &dyn FileTree,
        mut text: SchemaText,
    ) -> Result<SchemaText, SourceError> {
        let sources = text.sources.iter();
        let own: Vec<String> = sources.map(|source| tree.path_of(&source.name)).collect();
        let mut open: VecDeque<(String, Source)> = own
            .iter()
            .cloned()
            .zip(text.sources.iter().cloned())
            .collect();
        while let Some((path, source)) = open.pop_front() {
            // The parser says what is no schema, and where.
            let Ok(names) = referenced_names(text.format, &source) else {
                continue;
            };
            for name in names {
                if text.references.iter().any(|known| known.name == name)
                    || text.references.len() >= MOST_REFERENCES
                {
                    continue;
                }
                let Some((found, source)) = self.find(tree, text.format, &path, &name)? else {
                    continue;
                };
                if own.contains(&found) {
                    continue;
                }
                open.push_back((found, source.clone()));
                text.references.push(Reference { name, source });
            }
        }
        Ok(text)
    }

    /// The file that was given for a name, or else one beside the file at `path` or above it.
    fn find(
        &self,
        tree: &dyn FileTree,
        format: Format,
        path: &str,
        name: &str,
    ) -> Result<Option<(String, Source)>, SourceError> {
        let beside = reference_search::find(tree, format, path, name);
        let Some(file) = self.given.get(name) else {
            return beside;
        };
        let text = Disk.read(file)?;
        let text = text.ok_or_else(|| SourceError::MissingReference {
            name: name.to_owned(),
            file: file.clone(),
        })?;
        if let Some((other, source)) = beside?
            && *source.text != *text
        {
            self.replaced.borrow_mut().push(LoadWarning::Replaced {
                name: name.to_owned(),
                file: file.clone(),
                other,
                schema: tree.label(path),
            });
        }
        self.used.borrow_mut().insert(name.to_owned());
        Ok(Some((file.clone(), Source::new(file, &text))))
    }

    fn subject(&self, subject: &str, versions: Versions) -> Result<Vec<SchemaText>, SourceError> {
        let registry = self.registry.ok_or(SourceError::NoRegistry)?;
        let about = |source| SourceError::Registry {
            subject: subject.to_owned(),
            source,
        };
        let versions = match versions {
            Versions::One(version) => vec![version],
            Versions::All => {
                let numbers = registry.versions(subject, false).map_err(about)?;
                numbers.into_iter().map(Version::Number).collect()
            }
        };
        let text = |version| {
            let found = registry.version(subject, version, false)?;
            SchemaText::registered(registry, &found)
        };
        let texts = versions.into_iter().map(text);
        texts.collect::<Result<_, _>>().map_err(about)
    }
}
