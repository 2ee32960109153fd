//! Inputs that become records, read on a thread of their own, so that a silent pipe keeps neither
//! acknowledgements nor Ctrl-C waiting.

use std::{
    collections::VecDeque,
    io::{self, BufRead},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::{
    InputError, InputFormat, InputLocation, formats, input_name,
    text::{self, Buffer, Text},
};
use crate::{
    codec::{csv::NullMark, foreign},
    event::RecordBuf,
    files::{self, FileError, Input, Limit},
};

/// How many pieces wait for the sender.
const AHEAD: usize = 2;

/// How inputs are read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The format of all inputs.
    pub format: InputFormat,
    /// How many times all files are read.
    pub repeat: u64,
    /// What stands for null in CSV.
    pub null: NullMark,
    /// Whether values of CSV and of other tools are base64.
    pub base64: bool,
}

/// A part of the inputs.
#[derive(Debug)]
pub enum Piece {
    /// Lines, not cut yet.
    Text(Text),
    /// Records, each with its location.
    Records(Vec<(InputLocation, RecordBuf)>),
    /// The format that was guessed.
    Guessed(InputFormat),
    /// The records of the input with this number are redacted at these paths.
    Redacted(u32, Vec<String>),
}

impl Piece {
    /// How many bytes of records it holds.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.bytes().len(),
            Self::Records(list) => list
                .iter()
                .map(|(_, record)| record.as_record().size())
                .sum(),
            Self::Guessed(_) | Self::Redacted(..) => 0,
        }
    }

    /// Whether it holds one record and no more.
    #[must_use]
    pub fn is_single(&self) -> bool {
        match self {
            Self::Text(text) => {
                let bytes = text.bytes();
                memchr::memchr(b'\n', bytes).is_none_or(|end| end + 1 == bytes.len())
            }
            Self::Records(list) => list.len() == 1,
            Self::Guessed(_) | Self::Redacted(..) => false,
        }
    }
}

/// Answer of [`Inputs::next`].
#[derive(Debug)]
pub enum Next {
    /// More.
    Piece(Piece),
    /// All inputs have been read.
    End,
    /// Nothing yet.
    Nothing,
}

/// Pieces that were read ahead; only the last can be an error.
pub type Ahead = VecDeque<Result<Piece, InputError>>;

/// The first pieces of inputs.
#[derive(Debug)]
pub struct ReadAhead {
    /// The pieces, in order.
    pub pieces: Ahead,
    /// Whether they are all of the inputs.
    pub complete: bool,
}

/// A fact about an input that its user may want to know.
#[derive(Debug)]
pub enum InputNote {
    /// The format that was guessed.
    Guessed(InputFormat),
    /// The records of the input with this number are redacted at these paths.
    Redacted(u32, Vec<String>),
    /// The input with this number is a capture file, and its lines become values.
    CaptureAsLines(u32),
}

/// The pieces of all inputs, in order.
#[derive(Debug)]
pub struct Inputs {
    pieces: Receiver<Result<Piece, InputError>>,
    spare: Sender<Buffer>,
    passed: Arc<AtomicU64>,
    limit: Limit,
}

impl Drop for Inputs {
    /// Releases an input thread that waits for the limit.
    fn drop(&mut self) {
        self.limit.set(Some(0));
    }
}

impl Inputs {
    /// Starts reading `files` one after the other; `-` is stdin.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn open(files: Vec<PathBuf>, reading: Reading) -> io::Result<Self> {
        let (sender, pieces) = bounded(AHEAD);
        let (spare, spares) = bounded(AHEAD + 2);
        let passed = Arc::<AtomicU64>::default();
        let limit = Limit::of_topic();
        let hand = Hand {
            sender,
            spares,
            passed: Arc::clone(&passed),
            limit: limit.clone(),
            null: reading.null,
            base64: reading.base64,
        };
        let (format, repeat) = (reading.format, reading.repeat);
        std::thread::Builder::new()
            .name("input".to_owned())
            .spawn(move || hand.run(&files, format, repeat))?;
        Ok(Self {
            pieces,
            spare,
            passed,
            limit,
        })
    }

    /// Waits up to `timeout` for the next piece.
    ///
    /// # Errors
    /// An input is not what it should be; there is nothing after that.
    pub fn next(&self, timeout: Duration) -> Result<Next, InputError> {
        match self.pieces.recv_timeout(timeout) {
            Ok(piece) => piece.map(Next::Piece),
            Err(RecvTimeoutError::Timeout) => Ok(Next::Nothing),
            Err(RecvTimeoutError::Disconnected) => Ok(Next::End),
        }
    }

    /// Reads on until `ahead` holds about `bytes`, and passes facts about the inputs to `note`.
    /// Silence of `patience` ends the reading when pieces are at hand, when `stop` says so, or when
    /// an input waits for the limit.
    ///
    /// # Errors
    /// The first piece is an error. A later one becomes the last piece: those before it can be sent.
    pub fn read_ahead(
        &self,
        mut ahead: Ahead,
        (bytes, patience): (usize, Duration),
        stop: &dyn Fn() -> bool,
        note: &mut dyn FnMut(InputNote),
    ) -> Result<ReadAhead, InputError> {
        let (mut size, mut complete) = (0, false);
        while size <= bytes && !complete {
            match self.next(patience) {
                Err(error) if ahead.is_empty() => return Err(error),
                Err(error) => {
                    ahead.push_back(Err(error));
                    complete = true;
                }
                Ok(Next::End) => complete = true,
                Ok(Next::Nothing) => {
                    if !ahead.is_empty() || stop() || self.limit.is_awaited() {
                        break;
                    }
                }
                Ok(Next::Piece(Piece::Guessed(format))) => note(InputNote::Guessed(format)),
                Ok(Next::Piece(Piece::Redacted(index, paths))) => {
                    note(InputNote::Redacted(index, paths));
                }
                Ok(Next::Piece(piece)) => {
                    if let Piece::Text(text) = &piece
                        && text.first
                        && text.bytes().starts_with(b"{\"evctl\":\"capture/")
                    {
                        note(InputNote::CaptureAsLines(text.input));
                    }
                    size += piece.size();
                    ahead.push_back(Ok(piece));
                }
            }
        }
        Ok(ReadAhead {
            pieces: ahead,
            complete,
        })
    }

    /// How long one record may be. It is set when the topic is known, and awaited by inputs that
    /// begin with a long one.
    #[must_use]
    pub fn limit(&self) -> &Limit {
        &self.limit
    }

    /// Gives a piece's memory back to be filled again.
    pub fn recycle(&self, text: Text) {
        let buffer = text.into_buffer();
        // A full channel means there is enough already.
        if !buffer.is_large() {
            let _ = self.spare.try_send(buffer);
        }
    }

    /// Bytes of the files that have been read, before decompression.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }
}

/// The taker of pieces is gone.
#[derive(Debug)]
pub struct Gone;

/// The reading end: hands pieces over.
pub struct Hand {
    sender: Sender<Result<Piece, InputError>>,
    spares: Receiver<Buffer>,
    passed: Arc<AtomicU64>,
    pub limit: Limit,
    /// What stands for null in CSV.
    pub null: NullMark,
    /// Whether values are base64.
    pub base64: bool,
}

impl Hand {
    /// Hands a piece over, waiting for room.
    pub fn over(&self, piece: Piece) -> Result<(), Gone> {
        self.sender.send(Ok(piece)).map_err(|_| Gone)
    }

    /// Empty memory.
    pub fn spare(&self) -> Buffer {
        self.spares.try_recv().unwrap_or_default().emptied()
    }

    fn run(&self, files: &[PathBuf], format: InputFormat, repeat: u64) {
        let mut format = format;
        for _ in 0..repeat {
            for (index, path) in (0..).zip(files) {
                match self.file(index, path, &mut format) {
                    Ok(Ok(())) => {}
                    Ok(Err(Gone)) => return,
                    Err(error) => {
                        let _ = self.sender.send(Err(error));
                        return;
                    }
                }
            }
        }
    }

    fn file(
        &self,
        index: u32,
        path: &Path,
        format: &mut InputFormat,
    ) -> Result<Result<(), Gone>, InputError> {
        let mut input = match format {
            InputFormat::Raw => files::open(path)?,
            _ => files::open_text(path)?,
        };
        if *format == InputFormat::Auto {
            let start = input.fill_buf().map_err(|source| FileError::Read {
                name: input_name(path),
                line: 0,
                source,
            })?;
            *format = InputFormat::guess(start);
            if self.over(Piece::Guessed(*format)).is_err() {
                return Ok(Err(Gone));
            }
        }
        let end = self.passed() + input.size();
        let done = match format {
            InputFormat::Lines | InputFormat::Auto => text::read(self, input, index)?,
            InputFormat::Raw => formats::whole(self, input, index)?,
            InputFormat::Csv => formats::csv(self, input, index)?,
            InputFormat::Json => formats::lines(self, input, index)?,
            InputFormat::Kcat => formats::documents(self, input, index, foreign::Form::Kcat)?,
            InputFormat::Kaf => formats::documents(self, input, index, foreign::Form::Kaf)?,
            InputFormat::Kafkactl => {
                formats::documents(self, input, index, foreign::Form::Kafkactl)?
            }
            InputFormat::Rpk => formats::documents(self, input, index, foreign::Form::Rpk)?,
            InputFormat::Msk => formats::documents(self, input, index, foreign::Form::Msk)?,
        };
        self.passed.store(end, Ordering::Relaxed);
        Ok(done)
    }

    /// Bytes of the files that have been read.
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    /// Says how much of the current file has been read.
    pub fn pass(&self, before: u64, input: &Input) {
        self.passed
            .store(before + input.passed(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn once(format: InputFormat) -> Reading {
        Reading {
            format,
            repeat: 1,
            ..Reading::default()
        }
    }

    /// Everything that `format` makes of a file of `bytes`.
    fn read(bytes: &[u8], format: InputFormat) -> Result<Vec<Piece>, InputError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let inputs = Inputs::open(vec![file.path().to_owned()], once(format)).unwrap();
        let mut pieces = Vec::new();
        loop {
            match inputs.next(Duration::from_secs(10))? {
                Next::Piece(piece) => pieces.push(piece),
                Next::End => return Ok(pieces),
                Next::Nothing => panic!("the input thread is stuck"),
            }
        }
    }

    #[test]
    fn text_is_cut_after_a_newline_and_nothing_is_lost() {
        let mut bytes = Vec::new();
        for line in 0..100_000_u64 {
            bytes.extend_from_slice(format!("line {line} \0\r\n").as_bytes());
        }
        bytes.extend_from_slice(&b"x".repeat(600_000));
        let pieces = read(&bytes, InputFormat::Lines).unwrap();
        assert!(pieces.len() > 3);
        let mut joined = Vec::new();
        let last = pieces.len() - 1;
        for (index, piece) in pieces.into_iter().enumerate() {
            let Piece::Text(text) = piece else {
                panic!("lines are text");
            };
            assert_eq!(text.first, index == 0);
            assert!(index == last || text.bytes().ends_with(b"\n"));
            joined.extend_from_slice(text.bytes());
        }
        assert!(joined == bytes);
    }

    const SHA256_OF_CAPTURE: &str =
        "0265c00f53cf9b5c0a39ee810cfd8e2764a67274941f92aa72112b1c19cfec8c";

    #[test]
    fn a_capture_file_is_read_without_its_first_and_last_line() {
        let capture = "{\"evctl\":\"capture/1\"}\n{\"value\":\"a\",\"partition\":2}\n";
        let end =
            format!("{{\"evctl\":\"end\",\"records\":1,\"sha256\":\"{SHA256_OF_CAPTURE}\"}}\n");
        let pieces = read(format!("{capture}{end}").as_bytes(), InputFormat::Json).unwrap();
        let [Piece::Records(records)] = pieces.as_slice() else {
            panic!("{pieces:?}");
        };
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].0.line, 2);
        assert_eq!(records[0].1.partition, 2);
        for (damaged, said) in [
            (capture.to_owned(), "without a last line"),
            (format!("{capture}{capture}{end}"), ":3:"),
            (
                format!("{capture}{{\"value\":\"b\"}}\n{end}"),
                "the last line counts 1 record, and there are 2",
            ),
            (
                format!("{capture}{end}{{\"value\":\"b\"}}\n"),
                "something follows the last line",
            ),
            (
                format!("{capture}{end}{capture}{end}"),
                "something follows the last line",
            ),
            (
                format!("{capture}{end}").replace(":2}", ":3}"),
                "the checksum is wrong",
            ),
            (end.clone(), ":1:"),
        ] {
            let error = read(damaged.as_bytes(), InputFormat::Json).unwrap_err();
            assert!(error.to_string().contains(said), "{said}: {error}");
        }
    }

    #[test]
    fn a_record_that_cannot_be_read_is_named_with_its_line() {
        let error = read(b"{\"value\":\"a\"}\n{\"value\":1}\n", InputFormat::Json).unwrap_err();
        assert!(error.to_string().contains(":2:10: "), "{error}");
    }

    #[test]
    fn a_record_without_an_end_is_refused_in_every_form() {
        let long = |start: &[u8]| [start, &vec![b'x'; 17 << 20]].concat();
        for (format, start) in [
            (InputFormat::Lines, &b"a\n"[..]),
            (InputFormat::Raw, b"a\n"),
            (InputFormat::Csv, b"value\na"),
            (InputFormat::Json, b"\n{\"value\":\""),
            (InputFormat::Rpk, b"\n{\"value\":\""),
        ] {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), long(start)).unwrap();
            let inputs = Inputs::open(vec![file.path().to_owned()], once(format)).unwrap();
            inputs.limit().set(Some(1 << 20));
            let error = loop {
                match inputs.next(Duration::from_secs(10)) {
                    Ok(Next::Piece(_)) => {}
                    Ok(other) => panic!("{format:?}: {other:?}"),
                    Err(error) => break error.to_string(),
                }
            };
            let line = if format == InputFormat::Raw { 1 } else { 2 };
            assert!(error.contains(&format!(":{line}: longer than ")), "{error}");
            assert!(error.ends_with("the topic takes 1048576 bytes (max.message.bytes)"));
        }
    }

    #[test]
    fn a_raw_file_is_one_value_even_when_empty() {
        for bytes in [&b"a\nb\n\0"[..], b""] {
            let pieces = read(bytes, InputFormat::Raw).unwrap();
            let [Piece::Records(records)] = pieces.as_slice() else {
                panic!("{pieces:?}");
            };
            assert_eq!(records[0].1.value.as_deref(), Some(bytes));
        }
    }
}
