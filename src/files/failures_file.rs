//! The file of records that were not acknowledged, as evctl's own JSON.

use std::{
    fs::{File, TryLockError},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use super::{
    FileId,
    capture::{self, CaptureWriteError, Existing, PartFile},
    input_with_id,
    inputs::input_name,
};

/// Records that were not acknowledged. The file is called `NAME.part` until it is complete. A device
/// or a pipe is written in place.
#[derive(Debug)]
pub struct FailuresFile {
    name: String,
    part: PartFile,
    file: BufWriter<File>,
    line: Vec<u8>,
    error: Option<io::Error>,
}

/// Why records cannot be written to a file of this name.
#[derive(Debug, thiserror::Error)]
pub enum FailuresFileError {
    /// It is one of the inputs.
    #[error("--failures {} would replace the input {input}", path.display())]
    IsInput {
        /// The file.
        path: PathBuf,
        /// The name of the input.
        input: String,
    },
    /// Another process writes it.
    #[error("{0:?} is being written by another evctl")]
    InProgress(PathBuf),
    /// An interrupted run left records in it.
    #[error("{0:?} is what an interrupted produce left")]
    Leftover(PathBuf),
}

impl FailuresFile {
    /// Checks that `path` may be replaced by the failures of records from `inputs`, before anything is
    /// opened for writing.
    ///
    /// # Errors
    /// `path` is one of `inputs`, or records of another run are in `NAME.part`.
    pub fn check(path: &Path, inputs: &[PathBuf]) -> Result<(), FailuresFileError> {
        if let Some(input) = input_with_id(FileId::of_path(path), inputs) {
            return Err(FailuresFileError::IsInput {
                path: path.to_owned(),
                input: input_name(input),
            });
        }
        let part = capture::unfinished(path);
        let Ok(leftover) = File::open(&part) else {
            return Ok(());
        };
        if matches!(leftover.try_lock(), Err(TryLockError::WouldBlock)) {
            return Err(FailuresFileError::InProgress(part));
        }
        // An empty one holds no record, and is replaced.
        let empty = leftover.metadata().is_ok_and(|file| file.len() == 0);
        if empty {
            Ok(())
        } else {
            Err(FailuresFileError::Leftover(part))
        }
    }

    /// Makes the file, so that a folder that cannot be written to shows before anything is sent.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path) -> Result<Self, CaptureWriteError> {
        let name = path.display().to_string();
        let part = PartFile::new(path.to_owned(), Existing::Replace)?;
        let file = part.file().try_clone();
        let file = file.map_err(|source| write_error(&name, source))?;
        Ok(Self {
            name,
            part,
            file: BufWriter::new(file),
            line: Vec::new(),
            error: None,
        })
    }

    /// Adds the line that `write` makes. An error is kept for [`FailuresFile::finish`].
    pub fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.line.clear();
        write(&mut self.line);
        if self.line.last() != Some(&b'\n') {
            self.line.push(b'\n');
        }
        if let (None, Err(error)) = (&self.error, self.file.write_all(&self.line)) {
            self.error = Some(error);
        }
    }

    /// Completes the file and gives it its name.
    ///
    /// # Errors
    /// Some of it could not be written; the file of this name stays as it was.
    pub fn finish(mut self) -> Result<(), CaptureWriteError> {
        let written = self.error.take().map_or(Ok(()), Err);
        written
            .and_then(|()| self.file.flush())
            .and_then(|()| self.part.sync())
            .map_err(|source| write_error(&self.name, source))?;
        self.part.rename()?;
        Ok(())
    }
}

fn write_error(name: &str, source: io::Error) -> CaptureWriteError {
    CaptureWriteError::Write {
        name: name.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_is_an_input_or_left_over_with_records_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let refusal = |name: &str| {
            let checked = FailuresFile::check(&path(name), &[path("k.txt")]);
            checked.err().map(|error| error.to_string())
        };
        fs::write(path("k.txt"), "a\n").unwrap();
        fs::hard_link(path("k.txt"), path("hard.txt")).unwrap();
        for input in ["k.txt", "./k.txt", "hard.txt"] {
            let message = refusal(input).unwrap();
            assert!(message.contains("would replace the input"), "{message}");
        }
        assert_eq!(refusal("left"), None);
        fs::write(path("left.part"), "").unwrap();
        assert_eq!(refusal("left"), None);
        fs::write(path("left.part"), "{\"value\":\"a\"}\n").unwrap();
        let message = refusal("left").unwrap();
        assert!(
            message.ends_with("is what an interrupted produce left"),
            "{message}"
        );
        let lock = File::open(path("left.part")).unwrap();
        lock.try_lock().unwrap();
        let message = refusal("left").unwrap();
        assert!(
            message.ends_with("is being written by another evctl"),
            "{message}"
        );
    }

    #[test]
    fn a_device_is_written_in_place_and_its_error_is_told() {
        let mut file = FailuresFile::create(Path::new("/dev/full")).unwrap();
        file.add(|line| line.push(b'x'));
        let error = file.finish().unwrap_err().to_string();
        assert_eq!(error, "cannot write \"/dev/full\"");
        FailuresFile::create(Path::new("/dev/null"))
            .unwrap()
            .finish()
            .unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
