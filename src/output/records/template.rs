//! `-f/--format`: kcat's template, parsed once.

use crate::{
    codec::json::write_integer,
    envelope::Event,
    filter::caret,
    output::{Form, Terminal},
};

/// A parsed template.
#[derive(Debug)]
pub struct Template {
    parts: Vec<Part>,
    terminal: Terminal,
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Literal(Vec<u8>),
    Topic,
    Partition,
    Offset,
    Timestamp,
    Headers,
    Key,
    KeyLength,
    Value,
    ValueLength,
    ValueLengthBinary,
}

/// A template with something in it that stands for nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at column {column}\n{}", caret(template, *column))]
pub struct TemplateError {
    template: String,
    /// In characters, from 1.
    column: usize,
    what: String,
}

impl Template {
    /// Parses kcat's language: `%s` value, `%S` its length (-1 for a tombstone), `%R` that length
    /// as four big-endian bytes, `%k` key, `%K` its length, `%T` timestamp in ms, `%h` headers,
    /// `%t` topic, `%p` partition, `%o` offset, `%%`; `\n \r \t \e \0 \\ \xNN`.
    ///
    /// # Errors
    /// Anything else after `%` or `\`, with its column.
    pub fn parse(template: &str, terminal: Terminal) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut literal = Vec::new();
        let mut characters = template.chars().enumerate();
        while let Some((index, character)) = characters.next() {
            let unknown = |sign: char, what: Option<char>| TemplateError {
                template: template.to_owned(),
                column: index + 1,
                what: match what {
                    Some(what) => format!("\"{sign}{what}\" stands for nothing"),
                    None => format!("\"{sign}\" stands at the end"),
                },
            };
            let mut next = || characters.next().map(|(_, character)| character);
            match character {
                '%' => match next() {
                    Some('%') => literal.push(b'%'),
                    letter => {
                        let part = letter.and_then(conversion);
                        let part = part.ok_or_else(|| unknown('%', letter))?;
                        if !literal.is_empty() {
                            parts.push(Part::Literal(std::mem::take(&mut literal)));
                        }
                        parts.push(part);
                    }
                },
                '\\' => match next() {
                    Some('x') => {
                        let digits = [next(), next()].map(|digit| digit?.to_digit(16));
                        let [Some(high), Some(low)] = digits else {
                            return Err(unknown('\\', Some('x')));
                        };
                        literal.push((high * 16 + low) as u8);
                    }
                    letter => {
                        let byte = letter
                            .and_then(escape)
                            .ok_or_else(|| unknown('\\', letter))?;
                        literal.push(byte);
                    }
                },
                _ => {
                    let mut utf8 = [0; 4];
                    literal.extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
                }
            }
        }
        if !template.contains('%') {
            return Err(TemplateError {
                template: template.to_owned(),
                column: 1,
                what: "no % and so nothing of a record (a template is '%k: %s\\n', a format is -o \
                       json)"
                    .to_owned(),
            });
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Ok(Self { parts, terminal })
    }
}

fn conversion(letter: char) -> Option<Part> {
    Some(match letter {
        's' => Part::Value,
        'S' => Part::ValueLength,
        'R' => Part::ValueLengthBinary,
        'k' => Part::Key,
        'K' => Part::KeyLength,
        'T' => Part::Timestamp,
        'h' => Part::Headers,
        't' => Part::Topic,
        'p' => Part::Partition,
        'o' => Part::Offset,
        _ => return None,
    })
}

fn escape(letter: char) -> Option<u8> {
    Some(match letter {
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'e' => 0x1b,
        '0' => 0,
        '\\' => b'\\',
        _ => return None,
    })
}

/// -1 for null, as in kcat.
fn length(bytes: Option<&[u8]>) -> i64 {
    bytes.map_or(-1, |bytes| i64::try_from(bytes.len()).unwrap_or(i64::MAX))
}

impl Form for Template {
    fn write(&mut self, out: &mut Vec<u8>, event: &Event<'_>) {
        let record = event.record();
        let terminal = self.terminal;
        for part in &self.parts {
            match part {
                Part::Literal(bytes) => out.extend_from_slice(bytes),
                Part::Topic => terminal.put(out, record.topic.as_bytes()),
                Part::Partition => write_integer(out, record.partition.into()),
                Part::Offset => write_integer(out, record.offset),
                Part::Timestamp => write_integer(out, record.timestamp),
                Part::Key => terminal.put(out, record.key.unwrap_or_default()),
                Part::KeyLength => write_integer(out, length(record.key)),
                Part::Value => terminal.put(out, record.value.unwrap_or_default()),
                Part::ValueLength => write_integer(out, length(record.value)),
                Part::ValueLengthBinary => {
                    let length = i32::try_from(length(record.value)).unwrap_or(i32::MAX);
                    terminal.put(out, &length.to_be_bytes());
                }
                Part::Headers => {
                    for (index, (name, value)) in record.headers.iter().enumerate() {
                        if index > 0 {
                            out.push(b',');
                        }
                        terminal.put(out, name);
                        out.push(b'=');
                        terminal.put(out, value.unwrap_or(b"NULL"));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::RecordBuf,
        output::records::testing::{printed, record},
    };

    fn shown(template: &str, record: RecordBuf) -> String {
        let template = Template::parse(template, Terminal::No).unwrap();
        printed(template, &[record])
    }

    #[test]
    fn a_template_prints_what_kcat_prints() {
        assert_eq!(
            shown(r"%t/%p@%o %T %k(%K) %h %s(%S) 100%%\n", record("v")),
            "orders/3@1042 1767261600123 order-17(8) x=1,y=NULL v(1) 100%\n"
        );
        let nothing = RecordBuf {
            key: None,
            value: None,
            ..record("")
        };
        assert_eq!(shown(r"[%k %K %s %S]", nothing), "[ -1  -1]");
        assert_eq!(shown(r"%R\t\x41\\é", record("v")), "\0\0\0\u{1}\tA\\é");
    }

    #[test]
    fn what_stands_for_nothing_is_named_with_its_column() {
        let error = |template| {
            Template::parse(template, Terminal::No)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            error("é %k %y"),
            "\"%y\" stands for nothing at column 6\n  é %k %y\n       ^"
        );
        assert_eq!(error("%"), "\"%\" stands at the end at column 1\n  %\n  ^");
        assert_eq!(
            error(r"\x4"),
            "\"\\x\" stands for nothing at column 1\n  \\x4\n  ^"
        );
        assert!(error("a\\q").starts_with("\"\\q\" stands for nothing at column 2"));
    }

    #[test]
    fn a_template_without_a_percent_sign_is_refused() {
        for template in ["json", "", r"record\n"] {
            let error = Template::parse(template, Terminal::No).unwrap_err();
            assert!(
                error.to_string().starts_with("no % and so nothing"),
                "{error}"
            );
        }
        assert_eq!(shown("%%", record("v")), "%");
    }

    #[test]
    fn only_the_users_own_control_characters_reach_a_terminal() {
        let template = Template::parse(r"\x1b[1m%s\n", Terminal::Yes).unwrap();
        assert_eq!(printed(template, &[record("\x1b[2J")]), "\x1b[1m\\x1b[2J\n");
    }
}
