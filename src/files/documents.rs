//! JSON documents that follow each other in an input, indented or one a line, as other tools
//! write them. Finds where each ends and leaves it to others whether it is valid.

use std::io::{self, BufRead};

use super::{FileError, Input, Limit};

/// Cuts an input into JSON documents.
#[derive(Debug)]
pub struct Documents {
    input: Input,
    /// The line that the next byte stands in, from 1.
    line: u64,
    document: Vec<u8>,
    limit: Limit,
}

/// How far into a document we are.
#[derive(Default)]
struct Depth {
    open: usize,
    in_string: bool,
    escaped: bool,
    begun: bool,
}

impl Documents {
    /// The documents of `input`, none longer than `limit`.
    #[must_use]
    pub fn new(input: Input, limit: Limit) -> Self {
        Self {
            input,
            line: 1,
            document: Vec::new(),
            limit,
        }
    }

    /// The input behind the documents.
    #[must_use]
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// The next document with the number of its first line; `None` at the end. What is no object
    /// and no array goes up to the next white space; a document that is cut is handed out as it
    /// is.
    ///
    /// # Errors
    /// The input broke off, or the document is longer than its limit.
    pub fn next_document(&mut self) -> Result<Option<(u64, &[u8])>, FileError> {
        self.document.clear();
        let mut first_line = self.line;
        let mut depth = Depth::default();
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => {
                    let (name, line) = (self.input.name().to_owned(), self.line - 1);
                    return Err(FileError::Read { name, line, source });
                }
            };
            if buffer.is_empty() {
                break;
            }
            let mut ended = false;
            let mut start = 0;
            let mut taken = buffer.len();
            for (index, &byte) in buffer.iter().enumerate() {
                if !depth.begun && byte.is_ascii_whitespace() {
                    self.line += u64::from(byte == b'\n');
                    start = index + 1;
                    continue;
                }
                if !depth.begun {
                    first_line = self.line;
                }
                if depth.ends_at(byte) {
                    // White space behind a bare word stays for the next document.
                    taken = index + usize::from(!byte.is_ascii_whitespace());
                    ended = true;
                    break;
                }
                self.line += u64::from(byte == b'\n');
            }
            self.document.extend_from_slice(&buffer[start..taken]);
            self.input.consume(taken);
            if self.limit.is_exceeded(self.document.len()) {
                return Err(FileError::TooLong {
                    name: self.input.name().to_owned(),
                    line: first_line,
                    limit: self.limit.clone(),
                });
            }
            if ended {
                break;
            }
        }
        Ok((!self.document.is_empty()).then_some((first_line, &*self.document)))
    }
}

impl Depth {
    /// Takes the next byte and says whether the document ends with it, or before it when it is
    /// white space.
    fn ends_at(&mut self, byte: u8) -> bool {
        self.begun = true;
        if self.in_string {
            let escaped = std::mem::take(&mut self.escaped);
            match byte {
                b'\\' => self.escaped = !escaped,
                b'"' if !escaped => {
                    self.in_string = false;
                    return self.open == 0;
                }
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.open += 1,
            b'}' | b']' => {
                self.open = self.open.saturating_sub(1);
                return self.open == 0;
            }
            _ => return self.open == 0 && byte.is_ascii_whitespace(),
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn documents(text: &str) -> Vec<(u64, String)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, text).unwrap();
        let mut documents = Documents::new(super::super::open(&path).unwrap(), Limit::default());
        let mut list = Vec::new();
        while let Some((line, bytes)) = documents.next_document().unwrap() {
            list.push((line, String::from_utf8(bytes.to_vec()).unwrap()));
        }
        list
    }

    #[test]
    fn each_document_comes_with_its_first_line() {
        let text =
            "\n{\n \"a\": \"}\\\"\\\\\"\n}\n{\"b\":[{}]}{\"c\":1}\n\n[1,\n2]  x y\n\"s p\" 1";
        assert_eq!(
            documents(text),
            [
                (2, "{\n \"a\": \"}\\\"\\\\\"\n}".to_owned()),
                (5, "{\"b\":[{}]}".to_owned()),
                (5, "{\"c\":1}".to_owned()),
                (7, "[1,\n2]".to_owned()),
                (8, "x".to_owned()),
                (8, "y".to_owned()),
                (9, "\"s p\"".to_owned()),
                (9, "1".to_owned()),
            ]
        );
    }

    #[test]
    fn what_is_cut_or_closes_too_much_is_handed_out_all_the_same() {
        assert_eq!(documents("{\"a\":\n"), [(1, "{\"a\":\n".to_owned())]);
        assert_eq!(
            documents("}\n{}"),
            [(1, "}".to_owned()), (2, "{}".to_owned())]
        );
        assert_eq!(documents(" \n\t"), []);
    }

    #[test]
    fn documents_cross_the_buffer() {
        let one = format!("{{\n\"a\":\"{}\"}}", "x".repeat(100_000));
        let read = documents(&[&*one; 9].join("\n"));
        assert_eq!(read.len(), 9);
        assert!(read.iter().all(|(_, document)| *document == one));
        assert_eq!(read[8].0, 17);
    }
}
