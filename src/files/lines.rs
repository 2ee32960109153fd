//! Lines of an input, numbered, without an allocation for each.

use std::io::{self, BufRead};

use super::{FileError, Input, Limit};

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// What it holds, without the newline. A carriage return is content.
    pub bytes: &'a [u8],
    /// Whether a newline ended it; only the last line of a file may have none.
    pub ended: bool,
}

/// Cuts an input into lines.
#[derive(Debug)]
pub struct Lines {
    input: Input,
    number: u64,
    /// What the line handed out last still holds of the input's buffer.
    used: usize,
    /// A line that did not lie in the buffer in one piece.
    joined: Vec<u8>,
    limit: Limit,
}

impl Lines {
    /// The lines of `input`, none longer than `limit`.
    #[must_use]
    pub fn new(input: Input, limit: Limit) -> Self {
        Self {
            input,
            number: 0,
            used: 0,
            joined: Vec::new(),
            limit,
        }
    }

    /// The input behind the lines.
    #[must_use]
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// Whether the next line can be had without waiting for the input.
    #[must_use]
    pub fn at_hand(&self) -> bool {
        let rest = self.input.at_hand().get(self.used..).unwrap_or_default();
        memchr::memchr(b'\n', rest).is_some()
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// The input broke off, or the line is longer than its limit.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>, FileError> {
        self.input.consume(std::mem::take(&mut self.used));
        self.joined.clear();
        let (length, ended) = loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => {
                    let name = self.input.name().to_owned();
                    return Err(FileError::Read {
                        name,
                        line: self.number,
                        source,
                    });
                }
            };
            if let Some(end) = memchr::memchr(b'\n', buffer) {
                break (end, true);
            }
            if buffer.is_empty() {
                break (0, false);
            }
            self.joined.extend_from_slice(buffer);
            let length = buffer.len();
            self.input.consume(length);
            if self.limit.is_exceeded(self.joined.len()) {
                return Err(FileError::TooLong {
                    name: self.input.name().to_owned(),
                    line: self.number + 1,
                    limit: self.limit.clone(),
                });
            }
        };
        if !ended && self.joined.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        self.used = length + usize::from(ended);
        let piece = &self.input.at_hand()[..length];
        let bytes = if self.joined.is_empty() {
            piece
        } else {
            self.joined.extend_from_slice(piece);
            &self.joined
        };
        Ok(Some(Line {
            number: self.number,
            bytes,
            ended,
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn lines(bytes: &[u8], limit: &Limit) -> Result<Vec<(u64, Vec<u8>, bool)>, FileError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, bytes).unwrap();
        let mut lines = Lines::new(super::super::open(&path)?, limit.clone());
        let mut list = Vec::new();
        while let Some(line) = lines.next_line()? {
            list.push((line.number, line.bytes.to_vec(), line.ended));
        }
        Ok(list)
    }

    #[test]
    fn empty_lines_count_and_a_last_newline_begins_no_line() {
        let line = |number, text: &str, ended| (number, text.as_bytes().to_vec(), ended);
        let any = Limit::default();
        assert_eq!(lines(b"", &any).unwrap(), []);
        assert_eq!(lines(b"\n", &any).unwrap(), [line(1, "", true)]);
        assert_eq!(
            lines(b"a\r\n\nb", &any).unwrap(),
            [line(1, "a\r", true), line(2, "", true), line(3, "b", false)]
        );
    }

    #[test]
    fn lines_that_cross_the_buffer_are_whole() {
        let text: Vec<String> = (0..30_usize)
            .map(|n| n.to_string().repeat(n * 3_000))
            .collect();
        let read = lines(text.join("\n").as_bytes(), &Limit::default()).unwrap();
        let read: Vec<_> = read
            .into_iter()
            .map(|(_, bytes, _)| String::from_utf8(bytes).unwrap())
            .collect();
        assert_eq!(read, text);
    }

    #[test]
    fn a_line_without_an_end_is_refused_by_its_number() {
        let limit = Limit::of_topic();
        limit.set(Some(100));
        let error = lines(&[b"a\n".to_vec(), vec![b'x'; 9 << 20]].concat(), &limit).unwrap_err();
        assert!(
            error.to_string().ends_with(
                "a.txt:2: longer than 8 MiB, and the topic takes 100 bytes (max.message.bytes)"
            ),
            "{error}"
        );
    }
}
