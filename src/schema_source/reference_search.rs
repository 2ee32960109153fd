//! The files that a schema on a disk or in a commit refers to.

use super::{
    error::SourceError,
    file_tree::{FileTree, plain},
};
use crate::schema::{Format, Source};

/// The path and the text of what the file at `path` calls `name`: beside it, or in a folder above it.
/// `None` when there is no such file.
pub(super) fn find(
    tree: &dyn FileTree,
    format: Format,
    path: &str,
    name: &str,
) -> Result<Option<(String, Source)>, SourceError> {
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
        // A reference of a JSON Schema is relative to its own file. An Avro type may be in any folder
        // above, and imports of Protobuf count from a root.
        if format == Format::Json {
            break;
        }
    }
    Ok(None)
}

/// The folder of a path: empty for one without, `None` above that.
fn parent(path: &str) -> Option<&str> {
    match path.rsplit_once('/') {
        Some(("", _)) => (path != "/").then_some("/"),
        Some((folder, _)) => Some(folder),
        None => (!path.is_empty()).then_some(""),
    }
}

/// The paths below a folder that a name may stand for.
fn candidates(format: Format, name: &str) -> Vec<String> {
    match format {
        Format::Protobuf => vec![name.to_owned()],
        Format::Json => match name.split_once("://") {
            // The last segment of a URI; the network is not asked.
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
}
