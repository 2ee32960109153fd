//! Small files that a setting names, read whole within a bound. A device without an end and a FIFO
//! without a writer end with an error.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use crate::pipeline::Cancel;

/// The largest file of certificates: a system's whole store takes a quarter of a megabyte.
pub const CERTIFICATES: u64 = 16 << 20;

/// How often a signal is looked for.
const POLL: Duration = Duration::from_millis(20);

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// It cannot be read, is longer, or is a FIFO, a device or a folder.
pub fn read_regular(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    read_to_end(path, limit)
}

/// Reads at most `limit` bytes of a file, or of a pipe whose writer closes it within `patience`.
///
/// # Errors
/// As [`read_regular`] but for pipes and devices; [`io::ErrorKind::Interrupted`] once `cancel` is
/// raised, [`io::ErrorKind::TimedOut`] after `patience`.
pub fn read(path: &Path, limit: u64, patience: Duration, cancel: &Cancel) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.is_file() {
        return read_to_end(path, limit);
    }
    // Opening a FIFO waits for its writer, and no signal ends that wait. The thread is left behind
    // and ends with the process.
    let (sender, receiver) = mpsc::channel();
    let wanted = path.to_owned();
    thread::spawn(move || sender.send(read_to_end(&wanted, limit)));
    let until = Instant::now() + patience;
    loop {
        match receiver.recv_timeout(POLL) {
            Ok(read) => return read,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other("its reader ended"));
            }
            Err(RecvTimeoutError::Timeout) if cancel.is_raised() => {
                return Err(io::ErrorKind::Interrupted.into());
            }
            Err(RecvTimeoutError::Timeout) if Instant::now() >= until => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!(
                        "its writer did not close it within {} s",
                        patience.as_secs()
                    ),
                ));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

fn read_to_end(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it is longer than {}", size(limit)),
        ));
    }
    Ok(bytes)
}

/// `64 KiB`, `16 MiB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    if bytes >= 1 << 20 {
        format!("{} MiB", bytes >> 20)
    } else {
        format!("{} KiB", bytes >> 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::Signal;

    const LIMIT: u64 = 64 << 10;
    const SOON: Duration = Duration::from_millis(50);

    fn fifo() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        (folder, path)
    }

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (length, taken) in [(0, true), (LIMIT, true), (LIMIT + 1, false)] {
            file.as_file().set_len(length).unwrap();
            let cancel = Cancel::default();
            let both = [
                read_regular(file.path(), LIMIT),
                read(file.path(), LIMIT, SOON, &cancel),
            ];
            for read in both {
                match read {
                    Ok(bytes) => assert!(taken && bytes.len() as u64 == length, "{length}"),
                    Err(error) => {
                        assert!(!taken, "{length}");
                        assert_eq!(error.to_string(), "it is longer than 64 KiB");
                    }
                }
            }
        }
    }

    #[test]
    fn a_device_without_an_end_is_an_error() {
        let zero = Path::new("/dev/zero");
        let error = read_regular(zero, LIMIT).unwrap_err();
        assert_eq!(error.to_string(), "it is not a regular file");
        let error = read(zero, LIMIT, Duration::from_secs(10), &Cancel::default()).unwrap_err();
        assert_eq!(error.to_string(), "it is longer than 64 KiB");
        assert!(read_regular(Path::new("/"), LIMIT).is_err());
    }

    #[test]
    fn a_fifo_without_a_writer_is_an_error() {
        let (_folder, path) = fifo();
        assert!(read_regular(&path, LIMIT).is_err());
        let error = read(&path, LIMIT, SOON, &Cancel::default()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let cancel = Cancel::default();
        cancel.raise(Signal::Terminate);
        let error = read(&path, LIMIT, Duration::from_secs(60), &cancel).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
    }

    #[test]
    fn a_fifo_gives_what_its_writer_brings() {
        let (_folder, path) = fifo();
        let writer = path.clone();
        let writer = thread::spawn(move || fs::write(writer, "hunter2"));
        let brought = read(&path, LIMIT, Duration::from_secs(60), &Cancel::default());
        assert_eq!(brought.unwrap(), b"hunter2");
        writer.join().unwrap().unwrap();
    }
}
