//! Types that a file can name: its own, those of its imports, and those of their public imports
//! (`DescriptorBuilder::RecordPublicDependencies` of protoc).

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use super::{
    super::{
        model::{EnumId, MessageId, Schema, Target, TypeName},
        parser::join,
        well_known,
    },
    imports::Graph,
};
use crate::schema::validation_error::quoted;

/// What one file sees.
pub(super) struct Visible<'s> {
    schema: &'s Schema,
    files: HashSet<usize>,
    /// Packages of those files, and the packages that enclose them.
    packages: HashSet<&'s str>,
    /// Types of those files by full name; only needed when two files define the same name.
    types: OnceCell<HashMap<&'s str, Target>>,
}

impl<'s> Visible<'s> {
    pub fn new(schema: &'s Schema, graph: &Graph, file: usize) -> Self {
        let files = graph.visible(schema, file);
        let mut packages = HashSet::new();
        for file in &files {
            let mut package = schema.files[*file].package();
            while !package.is_empty() && packages.insert(package) {
                package = package.rfind('.').map_or("", |dot| &package[..dot]);
            }
        }
        Self {
            schema,
            files,
            packages,
            types: OnceCell::new(),
        }
    }

    pub fn has_file(&self, file: usize) -> bool {
        self.files.contains(&file)
    }

    /// The type of a name as written in a scope, or what is wrong with that name. The innermost
    /// scope that has the first part of a name must have all of it
    /// (`DescriptorBuilder::LookupSymbolNoPlaceholder`).
    pub fn resolve(&self, name: &TypeName, scope: &str) -> Result<Target, String> {
        if let Some(absolute) = name.written.strip_prefix('.') {
            let found = self.find(absolute);
            return found.ok_or_else(|| self.undefined(absolute, name.target));
        }
        let first = name.written.split_once('.').map(|(first, _)| first);
        let mut scope = scope;
        loop {
            let candidate = join(scope, &name.written);
            if let Some(found) = self.find(&candidate) {
                return Ok(found);
            }
            if scope.is_empty() {
                return Err(self.undefined(&name.written, name.target));
            }
            if first.is_some_and(|first| self.encloses_names(&join(scope, first))) {
                let inner = self.undefined(&candidate, None);
                return Err(format!(
                    "means {} here, which {inner}; a leading dot makes a name absolute: {}",
                    quoted(&candidate),
                    quoted(&format!(".{}", name.written))
                ));
            }
            scope = scope.rfind('.').map_or("", |dot| &scope[..dot]);
        }
    }

    fn encloses_names(&self, full_name: &str) -> bool {
        self.packages.contains(full_name) || self.find(full_name).is_some()
    }

    fn find(&self, full_name: &str) -> Option<Target> {
        let first = self.schema.names.get(full_name).copied()?;
        if self.has_file(self.file_of(first)) {
            return Some(first);
        }
        let types = self.types.get_or_init(|| self.types());
        types.get(full_name).copied()
    }

    fn file_of(&self, target: Target) -> usize {
        match target {
            Target::Message(id) => self.schema.message(id).file,
            Target::Enum(id) => self.schema.enumeration(id).file,
        }
    }

    fn types(&self) -> HashMap<&'s str, Target> {
        let messages = self.schema.messages.iter().enumerate();
        let messages = messages.map(|(id, one)| (one, Target::Message(MessageId(id))));
        let messages = messages.map(|(one, target)| (one.file, one.full_name.as_str(), target));
        let enums = self.schema.enums.iter().enumerate();
        let enums = enums.map(|(id, one)| (one, Target::Enum(EnumId(id))));
        let enums = enums.map(|(one, target)| (one.file, one.full_name.as_str(), target));
        let all = messages.chain(enums);
        let seen = all.filter(|(file, ..)| self.has_file(*file));
        seen.map(|(_, name, target)| (name, target)).collect()
    }

    /// Why a name that is not visible means nothing.
    fn undefined(&self, full_name: &str, target: Option<Target>) -> String {
        let target = target.or_else(|| self.schema.names.get(full_name).copied());
        let path = match target {
            Some(target) => Some(self.schema.files[self.file_of(target)].path.as_str()),
            None => well_known::path_of(full_name),
        };
        match path {
            Some(path) => format!("is defined in {}, which is not imported", quoted(path)),
            None => "is not defined, here nor in what is imported".to_owned(),
        }
    }
}
