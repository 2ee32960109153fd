//! The byte order mark (U+FEFF) that some editors put before UTF-8 text. It is no content: it is
//! skipped wherever text is read, and whoever listens hears of it.

use std::{
    collections::BTreeSet,
    io::{self, Read},
    sync::{Mutex, OnceLock, PoisonError},
};

const MARK: &[u8] = "\u{feff}".as_bytes();

type Listener = dyn Fn(&str) + Send + Sync;

static LISTENER: OnceLock<Box<Listener>> = OnceLock::new();
/// Inputs that the listener has heard of: a file may be read more than once.
static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Tells `listener` of each input with a byte order mark, from whichever thread reads it. Only the
/// first listener counts.
pub fn on_byte_order_mark(listener: impl Fn(&str) + Send + Sync + 'static) {
    let _ = LISTENER.set(Box::new(listener));
}

/// `start`, where a text begins, without a byte order mark. `name` and `consequence` go into the
/// note.
#[must_use]
pub fn without_byte_order_mark<'a>(start: &'a [u8], name: &str, consequence: &str) -> &'a [u8] {
    let Some(text) = start.strip_prefix(MARK) else {
        return start;
    };
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(listener) = LISTENER.get()
        && told.insert(name.to_owned())
    {
        listener(&format!(
            "{name:?} begins with a byte order mark (U+FEFF), which is skipped{consequence}"
        ));
    }
    text
}

/// A text in the reading.
pub(super) struct TextReader<R> {
    name: String,
    reader: R,
    begun: bool,
}

impl<R: Read> TextReader<R> {
    /// Reads the text of `reader`; `name` goes into the note.
    pub(super) fn new(name: &str, reader: R) -> Self {
        Self {
            name: name.to_owned(),
            reader,
            begun: false,
        }
    }

    /// Reads until it is known whether a mark is there: a pipe may bring it in pieces.
    fn begin(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < MARK.len() && MARK.starts_with(&buffer[..filled]) {
            match self.reader.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let rest = without_byte_order_mark(&buffer[..filled], &self.name, "").len();
        buffer.copy_within(filled - rest..filled, 0);
        Ok(rest)
    }
}

impl<R: Read> Read for TextReader<R> {
    /// The first `buffer` has to have room for a mark.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.begun && buffer.len() >= MARK.len() {
            let count = self.begin(buffer)?;
            self.begun = true;
            if count > 0 {
                return Ok(count);
            }
        }
        self.reader.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Brings its bytes in pieces, as a pipe may.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len());
            (&self.0[..count]).read(buffer)?;
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn a_mark_is_skipped_at_the_start_alone_and_in_any_pieces() {
        for (bytes, text) in [
            (&b""[..], &b""[..]),
            (b"\xef\xbb\xbf", b""),
            (b"\xef\xbb\xbfa", b"a"),
            (b"\xef\xbb\xbf\xef\xbb\xbfa", b"\xef\xbb\xbfa"),
            (b"a\xef\xbb\xbf", b"a\xef\xbb\xbf"),
            (b"\xef\xbbx", b"\xef\xbbx"),
            (b"\xef", b"\xef"),
            (b"x", b"x"),
        ] {
            for size in 1..6 {
                let mut read = Vec::new();
                let mut reader = TextReader::new("a", Pieces(bytes, size));
                let mut buffer = [0; 8];
                loop {
                    match reader.read(&mut buffer).unwrap() {
                        0 => break,
                        count => read.extend_from_slice(&buffer[..count]),
                    }
                }
                assert_eq!(read, text, "{bytes:?} in pieces of {size}");
            }
        }
    }
}
