//! From a name to a schema: its text, everything it refers to, and then itself.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, VecDeque},
    io::{self, Read},
    sync::Arc,
};

use super::{
    args::ReadArgs,
    git::Commit,
    named::{Named, Which},
    registry,
    tree::{self, Tree, plain},
};
use crate::{
    command::Context,
    exit::Exit,
    failure::Failure,
    registry::{Named as Reference, Registered, Registry, RegistryError, Version},
    schema::{self, Format, Position, Schema, SchemaError, Source},
};

/// References of references are followed so far.
const MOST: usize = 10_000;

/// A schema that was named, not understood yet.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// What it is called in what is shown.
    pub(super) label: String,
    pub(super) format: Format,
    /// One text, or the files of a folder.
    pub(super) sources: Vec<Source>,
    pub(super) references: Vec<schema::Reference>,
}

/// Finds schemas by name.
pub(super) struct Loader<'c> {
    context: &'c Context,
    format: Option<Format>,
    given: BTreeMap<String, String>,
    /// The names among `given` that something refers to.
    used: RefCell<BTreeSet<String>>,
    registry: Option<Registry>,
}

impl<'c> Loader<'c> {
    /// A loader for what was typed.
    ///
    /// # Errors
    /// A `--reference` that is none.
    pub(super) fn new(context: &'c Context, args: &ReadArgs) -> Result<Self, Failure> {
        let mut given = BTreeMap::new();
        for pair in &args.reference {
            let (name, file) = pair
                .split_once('=')
                .ok_or_else(|| Failure::usage(format!("--reference {pair:?} is not NAME=FILE")))?;
            given.insert(name.to_owned(), file.to_owned());
        }
        Ok(Self {
            context,
            format: args.schema_type,
            given,
            used: RefCell::default(),
            registry: None,
        })
    }

    /// Warns of each `--reference` that nothing refers to: it may be misspelt.
    pub(super) fn tell_unused(&self) {
        let used = self.used.borrow();
        for (name, file) in self.given.iter().filter(|(name, _)| !used.contains(*name)) {
            let ui = &self.context.ui;
            ui.warn(format_args!("nothing refers to --reference {name}={file}"));
        }
    }

    /// The registry, connected to when it is first needed.
    ///
    /// # Errors
    /// None is named.
    pub(super) fn registry(&mut self) -> Result<&Registry, Failure> {
        if self.registry.is_none() {
            self.registry = Some(registry::connect(self.context)?);
        }
        self.registry.as_ref().ok_or_else(registry::unnamed)
    }

    /// Every schema that `name` stands for, oldest first. `all`: a subject alone means all of its
    /// versions.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub(super) fn load(&mut self, name: &str, all: bool) -> Result<Vec<Text>, Failure> {
        match Named::parse(name)? {
            Named::Stdin => {
                let mut bytes = Vec::new();
                let mut input = io::stdin().take(tree::LARGEST + 1);
                input.read_to_end(&mut bytes).map_err(|error| {
                    Failure::usage("standard input cannot be read").cause(error)
                })?;
                let text = tree::text("-", &bytes)?;
                self.text(&Tree::Disk, "-", &text).map(|text| vec![text])
            }
            Named::Path(path) => {
                let path = path
                    .to_str()
                    .ok_or_else(|| Failure::usage(format!("{path:?} is not UTF-8")))?;
                self.file(&Tree::Disk, path).map(|text| vec![text])
            }
            Named::Git { reference, path } => self
                .file(
                    &Tree::Git(Commit::find(&reference)?),
                    &tree::from_root(&path)?,
                )
                .map(|text| vec![text]),
            Named::Registry { subject, which } => {
                let which = which.unwrap_or(if all {
                    Which::All
                } else {
                    Which::One(Version::Latest)
                });
                self.subject(&subject, which)
            }
        }
    }

    /// A file, or a folder of `.proto` files.
    pub(super) fn file(&self, tree: &Tree, path: &str) -> Result<Text, Failure> {
        if let Some(text) = tree.read(path)? {
            return self.text(tree, path, &text);
        }
        let files = tree.files(path)?.ok_or_else(|| {
            let name = tree.label(path);
            let failure = Failure::new(Exit::NotFound, format!("{name:?} does not exist"));
            if matches!(tree, Tree::Git(_)) {
                return failure.hint("a path in Git counts from the root; ./PATH counts from here");
            }
            if name.contains(['/', '.', ':']) {
                return failure;
            }
            failure.hint(format!("registry:{name} is the subject of that name"))
        })?;
        let protos = files.iter().filter(|file| file.ends_with(".proto"));
        let mut sources = Vec::new();
        for file in protos {
            let text = tree.read(file)?.unwrap_or_default();
            sources.push(Source::new(&tree.label(file), &text));
        }
        if sources.is_empty() {
            return Err(
                Failure::usage(format!("{path:?} is a folder without .proto files"))
                    .hint("name the file of the schema; what it refers to is looked for beside it"),
            );
        }
        let mut text = Text {
            label: tree.label(path),
            format: Format::Protobuf,
            sources,
            references: Vec::new(),
        };
        self.gather(tree, &mut text)?;
        Ok(text)
    }

    /// The schema in a file that was read.
    pub(super) fn text(&self, tree: &Tree, path: &str, text: &str) -> Result<Text, Failure> {
        let format = self
            .format
            .or_else(|| Format::of_path(path))
            .or_else(|| guess(text));
        if text.trim().is_empty() && format != Some(Format::Protobuf) {
            return Err(Failure::usage(format!("{path:?} is empty")));
        }
        let format = format.ok_or_else(|| {
            Failure::usage(format!("{path:?} does not say what kind of schema it is"))
                .hint("--schema-type avro, json or protobuf says it")
        })?;
        let mut text = Text {
            label: tree.label(path),
            format,
            sources: vec![Source::new(&tree.label(path), text)],
            references: Vec::new(),
        };
        self.gather(tree, &mut text)?;
        Ok(text)
    }

    /// Finds what is referred to, and what that refers to. What is not found is left out: whoever
    /// understands the schema knows whether it is missed.
    fn gather(&self, tree: &Tree, text: &mut Text) -> Result<(), Failure> {
        let own: Vec<String> = text
            .sources
            .iter()
            .map(|source| tree.path_of(&source.name))
            .collect();
        let mut open: VecDeque<(String, Source)> = own
            .iter()
            .cloned()
            .zip(text.sources.iter().cloned())
            .collect();
        while let Some((path, source)) = open.pop_front() {
            // What is no schema is told by whoever understands it, with its place.
            let Ok(names) = schema::referenced_names(text.format, &source) else {
                continue;
            };
            for name in names {
                if text.references.iter().any(|known| known.name == name)
                    || text.references.len() >= MOST
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
                text.references.push(schema::Reference { name, source });
            }
        }
        Ok(())
    }

    /// What `--reference` says, else what lies beside the file at `path`, or above it.
    fn find(
        &self,
        tree: &Tree,
        format: Format,
        path: &str,
        name: &str,
    ) -> Result<Option<(String, Source)>, Failure> {
        let Some(file) = self.given.get(name) else {
            return beside(tree, format, path, name);
        };
        let text = Tree::Disk.read(file)?.ok_or_else(|| {
            let message = format!("{file:?} of --reference {name}={file} does not exist");
            let failure = Failure::new(Exit::NotFound, message);
            if file.starts_with("registry:") {
                failure.hint("it takes files: evctl schema get SUBJECT --into FOLDER writes them")
            } else {
                failure
            }
        })?;
        if let Some((other, source)) = beside(tree, format, path, name)?
            && *source.text != *text
        {
            let label = tree.label(path);
            self.context.ui.warn(format_args!(
                "--reference {name}={file} takes the place of {other}, which {label} refers to"
            ));
        }
        self.used.borrow_mut().insert(name.to_owned());
        Ok(Some((file.clone(), Source::new(file, &text))))
    }

    fn subject(&mut self, subject: &str, which: Which) -> Result<Vec<Text>, Failure> {
        let registry = self.registry()?;
        let versions = match which {
            Which::One(version) => vec![version],
            Which::All => registry
                .versions(subject, false)?
                .into_iter()
                .map(Version::Number)
                .collect(),
        };
        let mut texts = Vec::new();
        for version in versions {
            let found = registry.version(subject, version, false);
            let found = found.map_err(|error| about(error, subject))?;
            texts.push(registered(registry, &found)?);
        }
        Ok(texts)
    }
}

/// Who is not found is named: a registry speaks of "Version 9".
fn about(error: RegistryError, subject: &str) -> Failure {
    let is_missing = matches!(error, RegistryError::NotFound { .. });
    let mut failure = Failure::from(error);
    if is_missing && !failure.message.contains(subject) {
        failure.message = format!("subject {subject:?}: {}", failure.message);
    }
    failure
}

/// What lies beside the file at `path`, or above it.
fn beside(
    tree: &Tree,
    format: Format,
    path: &str,
    name: &str,
) -> Result<Option<(String, Source)>, Failure> {
    if path == "-" {
        return Ok(None);
    }
    let mut folder = path;
    while let Some(above) = parent(folder) {
        folder = above;
        for file in candidates(format, name) {
            let file = if folder.is_empty() {
                file
            } else {
                format!("{folder}/{file}")
            };
            let file = plain(&file);
            if let Some(text) = tree.read(&file)? {
                let source = Source::new(&tree.label(&file), &text);
                return Ok(Some((file, source)));
            }
        }
        // A JSON Schema's reference is relative to its own place, and an Avro type may be
        // anywhere above: only Protobuf has roots that imports count from.
        if format == Format::Json {
            break;
        }
    }
    Ok(None)
}

/// A registered schema, with what it refers to.
pub(super) fn registered(registry: &Registry, found: &Registered) -> Result<Text, Failure> {
    let label = format!("{}@{}", found.subject, found.version);
    Ok(Text {
        sources: vec![Source::new(&label, &found.schema)],
        label,
        format: found.schema_type,
        references: references(registry, &found.references)?,
    })
}

/// Everything that `references` lead to in the registry.
pub(super) fn references(
    registry: &Registry,
    references: &[Reference],
) -> Result<Vec<schema::Reference>, Failure> {
    let found = registry.closure(references)?;
    let reference = |(name, schema): (String, Registered)| {
        let label = format!("{}@{}", schema.subject, schema.version);
        schema::Reference {
            source: Source::new(&label, &schema.schema),
            name,
        }
    };
    Ok(found.into_iter().map(reference).collect())
}

impl Text {
    /// Understands one that there is nothing to compare with, and warns of what is wrong with it.
    ///
    /// # Errors
    /// As [`Text::parse`].
    pub(super) fn look_at(&self, context: &Context) -> Result<Schema, Unreadable> {
        let schema = self.parse()?;
        context.ui.note(format_args!(
            "{} is new: nothing to compare it with",
            self.label
        ));
        for error in schema
            .validation_errors()
            .into_iter()
            .chain(schema.invalid_defaults())
        {
            let place = &error.location;
            context.ui.warn(format_args!(
                "{}:{}: {}",
                place.file, place.at, error.message
            ));
        }
        Ok(schema)
    }

    /// Understands it.
    ///
    /// # Errors
    /// It is no schema: where, and what was expected.
    pub(super) fn parse(&self) -> Result<Schema, Unreadable> {
        let parsed = Schema::parse(self.format, &self.sources, &self.references);
        parsed.map_err(|error| {
            let mut failure = failure(&error);
            let other = self.sources.first().and_then(|source| guess(&source.text));
            if let Some(other) = other.filter(|other| *other != self.format) {
                let name = other.to_string().to_lowercase();
                failure = failure.hint(format!("it looks like {other}: --schema-type {name}"));
            }
            Unreadable {
                failure,
                place: Some((error.file, error.at)),
            }
        })
    }
}

/// A schema that cannot be read or understood.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) failure: Failure,
    /// The file and where in it, when that is known.
    pub(super) place: Option<(Arc<str>, Position)>,
}

impl From<Failure> for Unreadable {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            place: None,
        }
    }
}

impl From<Unreadable> for Failure {
    fn from(unreadable: Unreadable) -> Self {
        unreadable.failure
    }
}

fn failure(error: &SchemaError) -> Failure {
    let failure = Failure::usage(error.to_string());
    match &error.hint {
        Some(hint) => failure.hint(hint.clone()),
        None => failure,
    }
}

/// The folder of a path: empty for one without, `None` above that.
fn parent(path: &str) -> Option<&str> {
    match path.rsplit_once('/') {
        Some(("", _)) => (path != "/").then_some("/"),
        Some((folder, _)) => Some(folder),
        None => (!path.is_empty()).then_some(""),
    }
}

/// Where a name may lie, below a folder.
fn candidates(format: Format, name: &str) -> Vec<String> {
    match format {
        Format::Protobuf => vec![name.to_owned()],
        Format::Json => match name.split_once("://") {
            // Its last segment beside the file, where nobody asks the network.
            Some((_, rest)) => rest
                .rsplit('/')
                .next()
                .map(str::to_owned)
                .into_iter()
                .collect(),
            None => vec![name.to_owned()],
        },
        Format::Avro => {
            let short = name.rsplit('.').next().unwrap_or(name);
            let mut found = vec![format!("{name}.avsc"), format!("{short}.avsc")];
            found.push(format!("{}.avsc", name.replace('.', "/")));
            found.push(format!("{}.avsc", short.to_lowercase()));
            found.dedup();
            found
        }
    }
}

/// What kind of schema a text without a telling name is.
fn guess(text: &str) -> Option<Format> {
    let start = text.trim_start();
    if start.starts_with("syntax") || start.starts_with("package") || start.starts_with("message") {
        return Some(Format::Protobuf);
    }
    let node = schema::parse_with_comments(&Source::new("", text)).ok()?;
    let json = ["$schema", "properties", "$defs", "definitions", "$ref"];
    if json.iter().any(|name| node.get(name).is_some()) {
        return Some(Format::Json);
    }
    let avro = ["record", "enum", "fixed", "map"];
    let kind = node.get("type").and_then(schema::Node::text);
    kind.filter(|kind| avro.contains(kind))
        .map(|_| Format::Avro)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_looked_for_beside_the_file_and_above() {
        assert_eq!(parent("a/b/c.proto"), Some("a/b"));
        assert_eq!(parent("c.proto"), Some(""));
        assert_eq!(parent(""), None);
        assert_eq!(parent("/c.proto"), Some("/"));
        assert_eq!(parent("/"), None);
        assert_eq!(plain("a/b/../x/./y.json"), "a/x/y.json");
        assert_eq!(plain("../x.json"), "../x.json");
        assert_eq!(
            candidates(Format::Avro, "shop.Address"),
            [
                "shop.Address.avsc",
                "Address.avsc",
                "shop/Address.avsc",
                "address.avsc"
            ]
        );
        assert_eq!(
            candidates(Format::Json, "https://shop/a/b.json"),
            ["b.json"]
        );
    }

    #[test]
    fn a_text_without_a_name_tells_its_kind_where_it_can() {
        assert_eq!(guess("syntax = \"proto3\";"), Some(Format::Protobuf));
        assert_eq!(guess("{\"type\":\"record\"}"), Some(Format::Avro));
        assert_eq!(
            guess("{\"type\":\"object\",\"properties\":{}}"),
            Some(Format::Json)
        );
        assert_eq!(guess("\"string\""), None);
    }
}
