//! One file, or stream, in the writing. Hashing and compression have a thread of their own, so
//! that the reader of the records does not wait for them.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    thread::{self, JoinHandle},
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use ring::digest::{Context, SHA256};
use tempfile::TempPath;

use super::{
    layout::hex,
    write::{CaptureWriteError, Existing},
};
use crate::{files::open::Compression, pipeline::Flow};

/// Lines travel to the other thread in blocks of this size; a longer line travels alone.
const BLOCK: usize = 256 * 1024;

/// Blocks on their way: the bound on what a slow disk makes us hold.
const BLOCKS: usize = 4;

/// What came is in the file so long after the last block of it at the latest.
const FLUSH: Duration = Duration::from_secs(1);

/// zstd's own default.
const ZSTD_LEVEL: i32 = 3;

type Stream = Box<dyn Write + Send>;

/// Takes lines and keeps count of their bytes.
pub(super) struct Part {
    name: String,
    place: Option<PartFile>,
    block: Vec<u8>,
    bytes: u64,
    full: Sender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
    /// `None` once it has ended before its time.
    worker: Option<JoinHandle<io::Result<(Context, Encoder)>>>,
    /// Whoever read the stream has gone.
    closed: bool,
}

/// A file under construction, called `NAME.part` until it is whole. Dropped, it is removed.
#[derive(Debug)]
pub struct PartFile {
    path: PathBuf,
    /// `None` for a device or a pipe, which is written in place.
    temporary: Option<TempPath>,
    /// Locked, so that another evctl can tell a file in progress from one that a crash left.
    file: File,
    existing: Existing,
}

/// What [`Part::finish`] leaves.
pub(super) struct Finished {
    /// The file, complete on disk but not renamed yet; `None` for a stream.
    pub(super) place: Option<PartFile>,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    /// Whether the reader of the stream went away before the end.
    pub(super) closed: bool,
}

impl Part {
    /// Begins a file that will be called `path`.
    pub(super) fn file(path: PathBuf, existing: Existing) -> Result<Self, CaptureWriteError> {
        let name = path.display().to_string();
        let compression = Compression::of_suffix(&path);
        let place = PartFile::new(path, existing)?;
        let begin = || {
            let stream: Stream = Box::new(place.file.try_clone()?);
            Self::begin(
                name.clone(),
                Encoder::new(compression, stream)?,
                Some(place),
            )
        };
        begin().map_err(|source| CaptureWriteError::Write {
            name: name.clone(),
            source,
        })
    }

    /// Begins on a stream, without compression.
    pub(super) fn stream(stream: Stream) -> Result<Self, CaptureWriteError> {
        let name = "stdout".to_owned();
        Self::begin(name.clone(), Encoder::None(stream), None)
            .map_err(|source| CaptureWriteError::Write { name, source })
    }

    fn begin(name: String, encoder: Encoder, place: Option<PartFile>) -> io::Result<Self> {
        let (full, blocks) = bounded(BLOCKS);
        let (done, empty) = bounded(BLOCKS);
        let worker = thread::Builder::new()
            .name("capture".to_owned())
            .spawn(move || encode(encoder, &blocks, &done))?;
        Ok(Self {
            name,
            place,
            block: Vec::with_capacity(BLOCK),
            bytes: 0,
            full,
            empty,
            worker: Some(worker),
            closed: false,
        })
    }

    /// Bytes of all lines so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether there is still somebody to write for.
    pub(super) fn flow(&self) -> Flow {
        if self.closed {
            Flow::Stop
        } else {
            Flow::Continue
        }
    }

    pub(super) fn write(&mut self, line: &[u8]) -> Result<(), CaptureWriteError> {
        self.bytes += line.len() as u64;
        self.block.extend_from_slice(line);
        if self.block.len() < BLOCK {
            return Ok(());
        }
        self.hand_over()
    }

    /// Gives what was written so far to the other thread.
    pub(super) fn hand_over(&mut self) -> Result<(), CaptureWriteError> {
        if self.block.is_empty() || self.closed {
            self.block.clear();
            return Ok(());
        }
        let next = self
            .empty
            .try_recv()
            .unwrap_or_else(|_| Vec::with_capacity(BLOCK));
        let block = std::mem::replace(&mut self.block, next);
        if self.full.send(block).is_ok() {
            return Ok(());
        }
        // The other thread has ended, which it does only on an error.
        let ended = self.worker.take().map(join);
        match ended {
            Some(Err(source)) if source.kind() != io::ErrorKind::BrokenPipe => {
                let name = self.name.clone();
                Err(CaptureWriteError::Write { name, source })
            }
            _ => {
                self.closed = true;
                Ok(())
            }
        }
    }

    /// Writes the line that `last` makes of the digest of all lines before it, and waits for the
    /// disk.
    pub(super) fn finish(
        mut self,
        last: impl FnOnce(&str) -> Vec<u8>,
    ) -> Result<Finished, CaptureWriteError> {
        self.hand_over()?;
        let Self {
            name,
            place,
            bytes,
            full,
            worker,
            closed,
            ..
        } = self;
        // The end of the blocks is the end of the other thread.
        drop(full);
        let mut finished = Finished {
            place: None,
            bytes,
            sha256: String::new(),
            closed,
        };
        let Some(worker) = worker else {
            return Ok(finished);
        };
        let settle = || -> io::Result<()> {
            let (digest, mut encoder) = join(worker)?;
            finished.sha256 = hex(&digest.finish());
            let line = last(&finished.sha256);
            encoder.write_all(&line)?;
            encoder.finish()?;
            finished.bytes += line.len() as u64;
            if let Some(place) = &place {
                place.sync()?;
            }
            Ok(())
        };
        match settle() {
            Ok(()) => Ok(Finished { place, ..finished }),
            Err(source) if source.kind() == io::ErrorKind::BrokenPipe => Ok(Finished {
                closed: true,
                ..finished
            }),
            Err(source) => Err(CaptureWriteError::Write { name, source }),
        }
    }
}

fn join<T>(worker: JoinHandle<io::Result<T>>) -> io::Result<T> {
    worker
        .join()
        .unwrap_or_else(|_| Err(io::Error::other("the writing thread panicked")))
}

/// The other thread.
fn encode(
    mut encoder: Encoder,
    blocks: &Receiver<Vec<u8>>,
    done: &Sender<Vec<u8>>,
) -> io::Result<(Context, Encoder)> {
    let mut digest = Context::new(&SHA256);
    let mut is_flushed = true;
    loop {
        let mut block = match blocks.recv_timeout(FLUSH) {
            Ok(block) => block,
            Err(RecvTimeoutError::Timeout) => {
                if !is_flushed {
                    encoder.flush()?;
                    is_flushed = true;
                }
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        is_flushed = false;
        digest.update(&block);
        encoder.write_all(&block)?;
        block.clear();
        // Nobody wants it back when the last blocks are written, or after a very long line.
        if block.capacity() <= 2 * BLOCK {
            let _ = done.try_send(block);
        }
    }
    Ok((digest, encoder))
}

impl PartFile {
    /// Makes `NAME.part` for the file `path`. A device or a pipe is opened as it is.
    ///
    /// # Errors
    /// The file cannot be made, or `existing` forbids it.
    pub fn new(path: PathBuf, existing: Existing) -> Result<Self, CaptureWriteError> {
        let failed = |source| CaptureWriteError::Write {
            name: path.display().to_string(),
            source,
        };
        if is_special(&path) {
            let file = File::options().write(true).open(&path).map_err(failed)?;
            return Ok(Self {
                path,
                temporary: None,
                file,
                existing,
            });
        }
        // The target of a symbolic link is replaced, not the link.
        let path = fs::canonicalize(&path).unwrap_or(path);
        let failed = |source| CaptureWriteError::Write {
            name: path.display().to_string(),
            source,
        };
        if existing == Existing::Refuse && path.exists() {
            return Err(CaptureWriteError::Exists(path.display().to_string()));
        }
        let unfinished = unfinished(&path);
        let mut file = File::create_new(&unfinished);
        if matches!(&file, Err(error) if error.kind() == io::ErrorKind::AlreadyExists) {
            remove_leftover(&unfinished, existing)?;
            file = File::create_new(&unfinished);
        }
        let file = file.map_err(failed)?;
        let temporary = TempPath::try_from_path(unfinished).map_err(failed)?;
        // A file system without locks cannot tell, which harms nothing.
        let _ = file.try_lock();
        Ok(Self {
            path,
            temporary: Some(temporary),
            file,
            existing,
        })
    }

    /// The open file.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Waits until the content is on disk.
    ///
    /// # Errors
    /// The file system reports one.
    pub fn sync(&self) -> io::Result<()> {
        match self.temporary {
            Some(_) => self.file.sync_all(),
            None => Ok(()),
        }
    }

    /// Gives the file its name. A file that appeared under this name in the meantime stays, as does
    /// the new one under the name that it has.
    ///
    /// # Errors
    /// The file cannot be renamed.
    pub fn rename(self) -> Result<PathBuf, CaptureWriteError> {
        let Some(temporary) = self.temporary else {
            return Ok(self.path);
        };
        let failed = |source| CaptureWriteError::Write {
            name: self.path.display().to_string(),
            source,
        };
        let renamed = match self.existing {
            Existing::Replace => temporary.persist(&self.path),
            Existing::Refuse => temporary.persist_noclobber(&self.path),
        };
        if let Err(error) = renamed {
            if error.error.kind() != io::ErrorKind::AlreadyExists {
                return Err(failed(error.error));
            }
            error.path.keep().map_err(|error| failed(error.error))?;
            return Err(CaptureWriteError::Exists(self.path.display().to_string()));
        }
        File::open(folder(&self.path))
            .and_then(|folder| folder.sync_all())
            .map_err(failed)?;
        Ok(self.path)
    }

    /// Keeps the file as `NAME.part` where another has its name, which a file that does not hold
    /// everything never replaces; else as [`PartFile::rename`].
    pub(super) fn rename_unless_taken(self) -> Result<PathBuf, CaptureWriteError> {
        if self.path.exists() {
            self.keep()
        } else {
            self.rename()
        }
    }

    /// Keeps the file as `NAME.part`.
    pub(super) fn keep(self) -> Result<PathBuf, CaptureWriteError> {
        let Some(temporary) = self.temporary else {
            return Ok(self.path);
        };
        temporary.keep().map_err(|error| CaptureWriteError::Write {
            name: self.path.display().to_string(),
            source: error.error,
        })
    }
}

/// Whether `path` is a device, a pipe or a folder: something that no file takes the place of.
pub(super) fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file())
}

/// The name of the file `path` while it is written.
#[must_use]
pub fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Removes what an earlier capture left as `NAME.part`, unless it is still written.
fn remove_leftover(path: &Path, existing: Existing) -> Result<(), CaptureWriteError> {
    let name = path.display().to_string();
    if existing == Existing::Refuse {
        return Err(CaptureWriteError::Unfinished(name));
    }
    let locked = File::open(path).map(|file| file.try_lock());
    if matches!(locked, Ok(Err(fs::TryLockError::WouldBlock))) {
        return Err(CaptureWriteError::InProgress(name));
    }
    fs::remove_file(path).map_err(|source| CaptureWriteError::Write { name, source })
}

pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

enum Encoder {
    None(Stream),
    Gzip(flate2::write::GzEncoder<Stream>),
    Zstd(zstd::Encoder<'static, Stream>),
}

impl Encoder {
    fn new(compression: Compression, stream: Stream) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::None(stream),
            Compression::Gzip => Self::Gzip(flate2::write::GzEncoder::new(
                stream,
                flate2::Compression::default(),
            )),
            Compression::Zstd => Self::Zstd(zstd::Encoder::new(stream, ZSTD_LEVEL)?),
        })
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::None(stream) => stream.write_all(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes),
            Self::Zstd(encoder) => encoder.write_all(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::None(stream) => stream.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::None(mut stream) => stream.flush(),
            Self::Gzip(encoder) => encoder.finish()?.flush(),
            Self::Zstd(encoder) => encoder.finish()?.flush(),
        }
    }
}
