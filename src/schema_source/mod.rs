//! Where schemas come from: files and folders on the disk, those of a commit, subjects of a registry.
//! A name becomes the text of a schema with the texts of all that it refers to.

mod changed_files;
mod error;
mod file_tree;
mod git;
mod loader;
mod name;
mod reference_search;
mod schema_files;
mod schema_text;

pub use self::{
    changed_files::ChangedFiles,
    error::SourceError,
    loader::{LoadWarning, Loader},
    name::{SchemaName, Versions, parse_subject},
    schema_files::SchemaFiles,
    schema_text::{SchemaText, registered_references},
};
