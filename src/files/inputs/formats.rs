//! Inputs whose records have a format other than plain lines, decoded on the input thread.

use std::{io::Read, mem};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    InputError, InputLocation,
    reader::{Gone, Hand, Piece},
};
use crate::{
    codec::foreign::{self, Form},
    event::RecordBuf,
    files::{
        CsvRecords, Documents, FileError, Input,
        capture::{CaptureError, CaptureFile},
    },
};

/// A piece is handed over when it holds so many bytes, or when the input has no more at hand.
const PIECE: usize = 128 * 1024;

type Done<E> = Result<Result<(), Gone>, E>;

/// Records that are on their way to a piece.
struct Gather<'a> {
    hand: &'a Hand,
    index: u32,
    before: u64,
    records: Vec<(InputLocation, RecordBuf)>,
    size: usize,
}

impl<'a> Gather<'a> {
    fn new(hand: &'a Hand, index: u32) -> Self {
        Self {
            hand,
            index,
            before: hand.passed(),
            records: Vec::new(),
            size: 0,
        }
    }

    fn push(&mut self, line: u64, record: RecordBuf) {
        // A record's overhead counts, so that a million empty ones do not gather.
        self.size += record.as_record().size() + 128;
        self.records
            .push((InputLocation::line(self.index, line), record));
    }

    /// Hands over what `read` gathers, also what stands before a mistake.
    fn all(mut self, read: impl FnOnce(&mut Self) -> Done<InputError>) -> Done<InputError> {
        let done = read(&mut self);
        match self.over(None, true) {
            Ok(()) => done,
            Err(Gone) => Ok(Err(Gone)),
        }
    }

    fn over(&mut self, input: Option<&Input>, whatever: bool) -> Result<(), Gone> {
        if self.records.is_empty() || !(whatever || self.size >= PIECE) {
            return Ok(());
        }
        if let Some(input) = input {
            self.hand.pass(self.before, input);
        }
        self.size = 0;
        self.hand.over(Piece::Records(mem::take(&mut self.records)))
    }
}

/// The whole input is one value.
pub fn whole(hand: &Hand, mut input: Input, index: u32) -> Done<FileError> {
    let mut value = Vec::new();
    loop {
        let piece = (&mut input).take(PIECE as u64).read_to_end(&mut value);
        let (name, line) = (input.name().to_owned(), 1);
        match piece {
            Ok(0) => break,
            Ok(_) if hand.limit.is_exceeded(value.len()) => {
                let limit = hand.limit.clone();
                return Err(FileError::TooLong { name, line, limit });
            }
            Ok(_) => {}
            Err(source) => return Err(FileError::Read { name, line, source }),
        }
    }
    let mut gather = Gather::new(hand, index);
    gather.push(
        0,
        RecordBuf {
            value: Some(value),
            ..RecordBuf::default()
        },
    );
    Ok(gather.over(None, true))
}

/// evctl's own form. What is a capture file has to be whole and unchanged.
pub fn lines(hand: &Hand, input: Input, index: u32) -> Done<InputError> {
    let mut file = CaptureFile::begin(input, hand.limit.encoded()).map_err(damaged)?;
    let redacted = file.header().map(|header| header.redacted.clone());
    let redacted = redacted.filter(|paths| !paths.is_empty());
    if let Some(paths) = redacted
        && hand.over(Piece::Redacted(index, paths)).is_err()
    {
        return Ok(Err(Gone));
    }
    Gather::new(hand, index).all(|gather| {
        loop {
            let mut record = RecordBuf::default();
            let Some(line) = file.next(&mut record).map_err(damaged)? else {
                return Ok(Ok(()));
            };
            gather.push(line, record);
            let (input, at_hand) = file.input();
            if gather.over(Some(input), !at_hand).is_err() {
                return Ok(Err(Gone));
            }
        }
    })
}

fn damaged(error: CaptureError) -> InputError {
    match error {
        CaptureError::File(error) => error.into(),
        CaptureError::Record { name, line, source } => {
            wrong(format!("{name}:{line}:{}", source.column), source.problem)
        }
        error => error.into(),
    }
}

/// The JSON of other tools, whose records may stand on several lines.
pub fn documents(hand: &Hand, input: Input, index: u32, form: Form) -> Done<InputError> {
    Gather::new(hand, index).all(|gather| {
        let name = input.name().to_owned();
        let mut documents = Documents::new(input, hand.limit.encoded());
        while let Some((line, document)) = documents.next_document()? {
            let mut decoded = Ok(());
            let read = foreign::read(form, document, &mut |mut record| {
                if decoded.is_ok() {
                    decoded = decode_value(hand, &mut record);
                }
                if decoded.is_ok() {
                    gather.push(line, record);
                }
            });
            let place = || format!("{name}:{line}");
            read.map_err(|error| wrong(place(), error))?;
            decoded.map_err(|error| wrong(place(), error))?;
            let waits = documents.input().at_hand().trim_ascii().is_empty();
            if gather.over(Some(documents.input()), waits).is_err() {
                return Ok(Err(Gone));
            }
        }
        Ok(Ok(()))
    })
}

/// Comma-separated values.
pub fn csv(hand: &Hand, input: Input, index: u32) -> Done<InputError> {
    Gather::new(hand, index).all(|gather| {
        let name = input.name().to_owned();
        let mut rows = CsvRecords::new(input, hand.limit.encoded(), hand.null.clone())?;
        loop {
            let mut record = RecordBuf::default();
            let Some(line) = rows.next_record(&mut record)? else {
                return Ok(Ok(()));
            };
            decode_value(hand, &mut record)
                .map_err(|error| wrong(format!("{name}:{line}"), error))?;
            gather.push(line, record);
            if gather.over(None, false).is_err() {
                return Ok(Err(Gone));
            }
        }
    })
}

/// Undoes `--base64`.
fn decode_value(hand: &Hand, record: &mut RecordBuf) -> Result<(), &'static str> {
    if let Some(value) = record.value.as_mut().filter(|_| hand.base64) {
        *value = STANDARD
            .decode(value.trim_ascii())
            .map_err(|_| "the value is not base64, as --base64 says")?;
    }
    Ok(())
}

fn wrong(place: String, problem: impl std::fmt::Display) -> InputError {
    InputError::Record {
        place,
        problem: problem.to_string(),
    }
}
