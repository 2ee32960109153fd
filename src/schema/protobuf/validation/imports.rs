//! Imports that are there twice, and those that lead back to the file.

use std::collections::{HashMap, HashSet};

use super::{
    super::{
        model::{Import, ImportKind, Origin, Schema},
        side::Side,
    },
    Search,
};
use crate::schema::validation_error::quoted;

/// Which file imports which.
pub(super) struct Graph {
    /// By file and import.
    targets: Vec<Vec<Option<usize>>>,
    /// The files that import a file.
    importers: Vec<Vec<usize>>,
}

impl Graph {
    pub fn new(schema: &Schema) -> Self {
        let mut paths = HashMap::with_capacity(schema.files.len());
        for (index, file) in schema.files.iter().enumerate() {
            paths.entry(file.path.as_str()).or_insert(index);
        }
        let find = |from: usize, import: &Import| {
            paths.get(import.path.as_str()).copied().or_else(|| {
                // Other files of the schema are known by the end of their paths.
                let mut own = schema.own().filter(|(index, _)| *index != from);
                let other = own.find(|(_, file)| {
                    let folder = file.path.strip_suffix(import.path.as_str());
                    folder.is_some_and(|folder| folder.ends_with('/'))
                });
                other.map(|(index, _)| index)
            })
        };
        let mut targets = Vec::with_capacity(schema.files.len());
        let mut importers = vec![Vec::new(); schema.files.len()];
        for (index, file) in schema.files.iter().enumerate() {
            let found: Vec<_> = match file.origin {
                Origin::Known => Vec::new(),
                _ => file
                    .imports
                    .iter()
                    .map(|import| find(index, import))
                    .collect(),
            };
            for target in found.iter().flatten() {
                importers[*target].push(index);
            }
            targets.push(found);
        }
        Self { targets, importers }
    }

    /// Whether all that is imported is there.
    pub fn is_whole(&self) -> bool {
        self.targets.iter().flatten().all(Option::is_some)
    }

    /// The files whose names a file can use: itself, its imports, and what those import publicly.
    pub fn visible(&self, schema: &Schema, file: usize) -> HashSet<usize> {
        let mut visible = HashSet::from([file]);
        let mut open: Vec<usize> = self.targets[file].iter().flatten().copied().collect();
        while let Some(file) = open.pop() {
            if visible.insert(file) {
                let imports = schema.files[file].imports.iter().zip(&self.targets[file]);
                let public = imports.filter(|(import, _)| import.kind == ImportKind::Public);
                open.extend(public.filter_map(|(_, target)| *target));
            }
        }
        visible
    }

    /// The files from which imports lead to this one, itself included.
    fn above(&self, file: usize) -> HashSet<usize> {
        let mut above = HashSet::from([file]);
        let mut open = vec![file];
        while let Some(file) = open.pop() {
            open.extend(
                self.importers[file]
                    .iter()
                    .filter(|one| above.insert(**one)),
            );
        }
        above
    }
}

impl Search<'_> {
    pub(super) fn imports(&mut self, graph: &Graph) {
        let above = graph.above(self.index);
        let mut there = HashSet::with_capacity(self.file.imports.len());
        let targets = &graph.targets[self.index];
        for (import, target) in self.file.imports.iter().zip(targets) {
            let name = quoted(&import.path);
            let side = || Side::file(self.schema, self.index).at(import.at);
            if !there.insert(&import.path) {
                self.add(side(), format!("import {name} is there twice"));
            } else if target.is_some_and(|target| above.contains(&target)) {
                self.add(side(), format!("import {name} leads back to this file"));
            }
        }
    }
}
