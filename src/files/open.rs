//! Opening a file, or stdin, and undoing its compression. Knows nothing of what is inside.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    os::fd::AsFd,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use super::{Limit, byte_order_mark::TextReader};

/// Both the compressed and the plain side are read in pieces of this size.
const BUFFER: usize = 256 * 1024;

/// The largest window a zstd frame may ask for, 128 MiB as with the `zstd` command: the bound on
/// what a hostile file can make us allocate.
const ZSTD_WINDOW_LOG: u32 = 27;

/// Whether the main thread waits for a pipe or a terminal.
static WAITING: AtomicBool = AtomicBool::new(false);

/// Whether the main thread waits for the writer of a pipe, where nothing looks at a signal's flag.
#[must_use]
pub fn is_waiting() -> bool {
    WAITING.load(Ordering::Relaxed)
}

/// A wait of the main thread, while it lasts. Other threads may wait: the main one ends them.
struct Waiting {
    counts: bool,
}

impl Waiting {
    fn begin() -> Self {
        let counts = thread::current().name() == Some("main");
        if counts {
            WAITING.store(true, Ordering::Relaxed);
        }
        Self { counts }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.counts {
            WAITING.store(false, Ordering::Relaxed);
        }
    }
}

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be opened.
    #[error("cannot open {name:?}")]
    Open {
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// It broke off, or its compression is damaged.
    #[error("cannot read {name:?} any further than line {line}")]
    Read {
        /// The file.
        name: String,
        /// The last line that was read whole; 0 when none was.
        line: u64,
        /// Why.
        source: io::Error,
    },
    /// A line, a row, a value or a JSON document that does not end.
    #[error("{name}:{line}: longer than {limit}")]
    TooLong {
        /// The file.
        name: String,
        /// Where it starts.
        line: u64,
        /// The limit.
        limit: Limit,
    },
}

/// An open input, decompressed and buffered.
pub struct Input {
    name: String,
    reader: BufReader<Bytes>,
    passed: Arc<AtomicU64>,
    size: u64,
}

/// Opens `path` for reading; `-` is stdin. `.gz` and `.zst` are decompressed, on stdin what starts
/// like one of them; members and frames that follow each other are read as one.
///
/// # Errors
/// The file cannot be opened; what is wrong with its content shows when it is read.
pub fn open(path: &Path) -> Result<Input, FileError> {
    open_as(path, |_, bytes| bytes)
}

/// Opens `path` as [`open`] does, to read text: a byte order mark at its start is skipped.
///
/// # Errors
/// As [`open`].
pub fn open_text(path: &Path) -> Result<Input, FileError> {
    open_as(path, |name, bytes| Box::new(TextReader::new(name, bytes)))
}

type Bytes = Box<dyn Read + Send>;

fn open_as(path: &Path, wrap: impl Fn(&str, Bytes) -> Bytes) -> Result<Input, FileError> {
    let stdin = path.as_os_str() == "-";
    let name = if stdin {
        "stdin".to_owned()
    } else {
        path.display().to_string()
    };
    let failed = |source| FileError::Open {
        name: name.clone(),
        source,
    };
    let file = if stdin {
        File::from(io::stdin().as_fd().try_clone_to_owned().map_err(failed)?)
    } else {
        let _waiting = Waiting::begin();
        File::open(path).map_err(failed)?
    };
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    let size = if metadata.is_file() {
        metadata.len()
    } else {
        0
    };
    let passed = Arc::default();
    let counted = Counted {
        may_wait: !metadata.is_file(),
        file,
        passed: Arc::clone(&passed),
    };
    let mut reader = BufReader::with_capacity(BUFFER, counted);
    let compression = if stdin {
        Compression::of_magic(reader.fill_buf().map_err(failed)?)
    } else {
        Compression::of_suffix(path)
    };
    let plain: Bytes = match compression {
        Compression::None => Box::new(reader),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(reader)),
        Compression::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(reader).map_err(failed)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(failed)?;
            Box::new(decoder)
        }
    };
    let plain = wrap(&name, plain);
    Ok(Input {
        name,
        // A read as large as the buffer goes past the buffer below: nothing is copied twice.
        reader: BufReader::with_capacity(BUFFER, plain),
        passed,
        size,
    })
}

impl Input {
    /// The file's name for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Bytes read from the file so far, before decompression.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    /// The file's size, before decompression; 0 when it is a pipe.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What can be read without asking the file again.
    #[must_use]
    pub fn at_hand(&self) -> &[u8] {
        self.reader.buffer()
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

/// Bytes of all files together; `None` when one is no regular file.
#[must_use]
pub fn size_of(paths: &[PathBuf]) -> Option<u64> {
    let size = |path: &PathBuf| {
        let metadata = std::fs::metadata(path).ok()?;
        metadata.is_file().then_some(metadata.len())
    };
    paths.iter().map(size).sum()
}

/// Looks whether each of `paths` is there, without opening it: that would take from a pipe. `-` is.
///
/// # Errors
/// The first one that is not there, or is a folder.
pub fn check(paths: &[PathBuf]) -> Result<(), FileError> {
    for path in paths.iter().filter(|path| path.as_os_str() != "-") {
        let found = std::fs::metadata(path).and_then(|metadata| {
            if metadata.is_dir() {
                Err(io::ErrorKind::IsADirectory.into())
            } else {
                Ok(())
            }
        });
        found.map_err(|source| FileError::Open {
            name: path.display().to_string(),
            source,
        })?;
    }
    Ok(())
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.reader.consume(count);
    }
}

impl std::fmt::Debug for Input {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Input")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    /// What the file's last suffix says; an unfinished file, `NAME.part`, is compressed as `NAME`.
    pub(super) fn of_suffix(path: &Path) -> Self {
        let unfinished = path.extension().is_some_and(|suffix| suffix == "part");
        let name = if unfinished { path.file_stem() } else { None };
        match name
            .map_or(path, Path::new)
            .extension()
            .and_then(|suffix| suffix.to_str())
        {
            Some("gz") => Self::Gzip,
            Some("zst") => Self::Zstd,
            _ => Self::None,
        }
    }

    /// What the first bytes say (RFC 1952, RFC 8878).
    fn of_magic(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// Counts what is read, for the progress bar.
struct Counted {
    file: File,
    /// Whether it is a pipe or a terminal.
    may_wait: bool,
    passed: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let waiting = self.may_wait.then(Waiting::begin);
        let count = self.file.read(buffer)?;
        drop(waiting);
        self.passed.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write};

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &str) -> Vec<u8> {
        zstd::encode_all(text.as_bytes(), 3).unwrap()
    }

    fn content(name: &str, bytes: &[u8]) -> io::Result<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let mut input = open(&path).unwrap();
        let mut text = String::new();
        input.read_to_string(&mut text)?;
        assert_eq!(
            (input.passed(), input.size()),
            (bytes.len() as u64, bytes.len() as u64)
        );
        Ok(text)
    }

    #[test]
    fn members_and_frames_that_follow_each_other_are_one_input() {
        assert_eq!(
            content("a.gz", &[gzip("one "), gzip("two")].concat()).unwrap(),
            "one two"
        );
        assert_eq!(
            content("a.zst", &[zstd("one "), zstd("two")].concat()).unwrap(),
            "one two"
        );
        assert_eq!(content("a.zst.part", &zstd("cut")).unwrap(), "cut");
        assert_eq!(content("a.ndjson", b"plain").unwrap(), "plain");
        assert_eq!(content("a.ndjson.part", b"plain").unwrap(), "plain");
    }

    #[test]
    fn a_cut_or_damaged_file_is_an_error_and_not_an_end() {
        for (name, whole) in [("a.gz", gzip("0123456789")), ("a.zst", zstd("0123456789"))] {
            for length in 1..whole.len() {
                assert!(
                    content(name, &whole[..length]).is_err(),
                    "{name} cut at {length}"
                );
            }
            assert!(content(name, b"this is plain text").is_err(), "{name}");
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        let error = open(Path::new("/no/such.ndjson")).unwrap_err();
        assert_eq!(error.to_string(), "cannot open \"/no/such.ndjson\"");
        assert!(open(Path::new("/")).is_err());
    }

    #[test]
    fn compression_of_stdin_is_seen_in_its_first_bytes() {
        assert_eq!(Compression::of_magic(&gzip("a")), Compression::Gzip);
        assert_eq!(Compression::of_magic(&zstd("a")), Compression::Zstd);
        assert_eq!(Compression::of_magic(b"{}"), Compression::None);
    }
}
