//! Files under several names: links, other spellings of a path, standard input and output.

use std::{
    fs::{self, Metadata},
    io,
    os::{fd::AsFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
};

/// Device and inode of a regular file: the same under all of its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// The file `path`, links followed. `None` for anything but a regular file: a device, a pipe or
    /// a folder loses nothing when it is written to.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        Self::of(&fs::metadata(path).ok()?)
    }

    /// The file that is open as `stream`, such as standard input. `None` as in [`FileId::of_path`].
    #[must_use]
    pub fn of_stream(stream: impl AsFd) -> Option<Self> {
        let file = fs::File::from(stream.as_fd().try_clone_to_owned().ok()?);
        Self::of(&file.metadata().ok()?)
    }

    fn of(metadata: &Metadata) -> Option<Self> {
        metadata.is_file().then(|| Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }
}

/// The first of `inputs` that is the file `id`; `-` is standard input.
#[must_use]
pub fn input_with_id(id: Option<FileId>, inputs: &[PathBuf]) -> Option<&Path> {
    let id = id?;
    let is_output = |path: &&PathBuf| match path.as_os_str() == "-" {
        true => FileId::of_stream(io::stdin()) == Some(id),
        false => FileId::of_path(path) == Some(id),
    };
    inputs.iter().find(is_output).map(PathBuf::as_path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_file_is_the_same_under_each_of_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("k.txt"), "k").unwrap();
        fs::write(path("other.txt"), "k").unwrap();
        fs::hard_link(path("k.txt"), path("hard")).unwrap();
        symlink("k.txt", path("soft")).unwrap();
        let inputs = [path("other.txt"), path("k.txt")];
        for name in ["k.txt", "./k.txt", "hard", "soft"] {
            let found = input_with_id(FileId::of_path(&path(name)), &inputs);
            assert_eq!(found, Some(&*inputs[1]), "{name}");
        }
        assert_eq!(input_with_id(FileId::of_path(&path("new")), &inputs), None);
        let open = fs::File::open(path("hard")).unwrap();
        assert_eq!(FileId::of_stream(&open), FileId::of_path(&path("k.txt")));
    }

    #[test]
    fn devices_and_folders_are_no_inputs_that_can_be_lost() {
        let inputs = [PathBuf::from("/dev/null"), PathBuf::from("/")];
        for path in &inputs {
            assert_eq!(input_with_id(FileId::of_path(path), &inputs), None);
        }
    }
}
