//! Text, read in large pieces that end where a line ends.

use std::{
    io::{self, Read},
    mem,
};

use super::reader::{Gone, Hand, Piece};
use crate::files::{FileError, Input};

/// How much is read at once.
const READ: usize = 256 * 1024;

/// Whole lines of one input, as they lie in the file.
#[derive(Debug)]
pub struct Text {
    buffer: Buffer,
    /// Which input it is of.
    pub input: u32,
    /// Whether it is the first of that input.
    pub first: bool,
}

impl Text {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.buffer.filled()
    }

    /// The memory, to be filled again.
    #[must_use]
    pub fn into_buffer(self) -> Buffer {
        self.buffer
    }
}

/// Memory that is zeroed once and then read into again and again.
#[derive(Debug, Default)]
pub struct Buffer {
    memory: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// Forgets what it holds and keeps the memory.
    #[must_use]
    pub fn emptied(mut self) -> Self {
        self.filled = 0;
        self
    }

    fn filled(&self) -> &[u8] {
        self.memory.get(..self.filled).unwrap_or_default()
    }

    /// Whether it grew for a long line, and is not worth keeping.
    #[must_use]
    pub fn is_large(&self) -> bool {
        self.memory.len() > 4 * READ
    }

    /// Reads once, again when a signal came in between; 0 bytes are the end.
    fn read(&mut self, input: &mut Input) -> io::Result<usize> {
        let end = self.filled + READ;
        if self.memory.len() < end {
            self.memory.resize(end.next_power_of_two(), 0);
        }
        let room = self.memory.get_mut(self.filled..end).unwrap_or_default();
        loop {
            match input.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(count) => {
                    self.filled += count;
                    return Ok(count);
                }
            }
        }
    }

    /// Moves what stands from `cut` on into `rest`.
    fn split_into(&mut self, cut: usize, rest: &mut Self) {
        let tail = self.memory.get(cut..self.filled).unwrap_or_default();
        if rest.memory.len() < tail.len() {
            rest.memory.resize(tail.len().next_power_of_two(), 0);
        }
        if let Some(room) = rest.memory.get_mut(..tail.len()) {
            room.copy_from_slice(tail);
            rest.filled = tail.len();
        }
        self.filled = cut;
    }
}

/// Hands out all of `input` in pieces of whole lines; the last one may lack its newline.
///
/// # Errors
/// The input broke off, or a line is longer than the topic takes.
pub fn read(hand: &Hand, mut input: Input, index: u32) -> Result<Result<(), Gone>, FileError> {
    let mut lines = 0;
    let mut buffer = hand.spare();
    let mut first = true;
    let before = hand.passed();
    loop {
        let from = buffer.filled;
        let read = buffer.read(&mut input);
        let ended = read.map_err(|source| FileError::Read {
            name: input.name().to_owned(),
            line: lines,
            source,
        })? == 0;
        let new = buffer.filled().get(from..).unwrap_or_default();
        let cut = match memchr::memrchr(b'\n', new) {
            _ if ended => buffer.filled,
            Some(at) => from + at + 1,
            None => 0,
        };
        if hand.limit.is_exceeded(buffer.filled - cut) {
            return Err(FileError::TooLong {
                name: input.name().to_owned(),
                line: lines + 1,
                limit: hand.limit.clone(),
            });
        }
        if cut > 0 {
            let mut rest = hand.spare();
            buffer.split_into(cut, &mut rest);
            let text = Text {
                buffer: mem::replace(&mut buffer, rest),
                input: index,
                first: mem::take(&mut first),
            };
            lines += memchr::memchr_iter(b'\n', text.bytes()).count() as u64;
            hand.pass(before, &input);
            if hand.over(Piece::Text(text)).is_err() {
                return Ok(Err(Gone));
            }
        }
        if ended {
            return Ok(Ok(()));
        }
    }
}
