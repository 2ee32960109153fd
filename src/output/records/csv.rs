//! `-o csv`: a header row, then a row per record (RFC 4180, but with plain new lines).

use super::columns::{Columns, Presence};
use crate::{
    codec::{csv::NullMark, text::escape_bytes},
    envelope::Event,
    output::{Form, Terminal},
};

/// A key, a value or a header that is null is the null mark; what is not known is an empty field, an
/// empty text is `""`. Bytes that are not UTF-8 are escaped (`\xNN`).
#[derive(Debug)]
pub struct Csv {
    columns: Columns,
    null: NullMark,
    terminal: Terminal,
    begun: bool,
    cell: Vec<u8>,
}

impl Csv {
    /// Rows of `columns`, in which `null` stands for null.
    #[must_use]
    pub fn new(columns: Columns, null: NullMark, terminal: Terminal) -> Self {
        Self {
            columns,
            null,
            terminal,
            begun: false,
            cell: Vec::new(),
        }
    }

    /// The header row, once, also where no record follows.
    fn begin(&mut self, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.begun, true) {
            for (index, column) in self.columns.list().iter().enumerate() {
                separate(out, index);
                quote(out, column.name.as_bytes());
            }
            out.push(b'\n');
        }
    }
}

impl Form for Csv {
    fn write(&mut self, out: &mut Vec<u8>, event: &Event<'_>) {
        self.begin(out);
        for (index, column) in self.columns.list().iter().enumerate() {
            separate(out, index);
            self.cell.clear();
            let field = match column.write(&mut self.cell, event) {
                Presence::Absent => continue,
                Presence::Null => self.null.field(None),
                Presence::Text if column.is_bytes() => self.null.field(Some(&self.cell)),
                Presence::Text => (&*self.cell).into(),
            };
            if self.terminal == Terminal::No && simdutf8::basic::from_utf8(&field).is_ok() {
                quote(out, &field);
            } else {
                let mut shown = Vec::new();
                match self.terminal {
                    Terminal::Yes => self.terminal.put(&mut shown, &field),
                    Terminal::No => escape_bytes(&mut shown, &field),
                }
                quote(out, &shown);
            }
        }
        out.push(b'\n');
    }

    fn settle(&mut self, out: &mut Vec<u8>) {
        self.begin(out);
    }
}

fn separate(out: &mut Vec<u8>, index: usize) {
    if index > 0 {
        out.push(b',');
    }
}

/// Appends a field, quoted where that is needed.
pub fn quote(out: &mut Vec<u8>, field: &[u8]) {
    let plain = |byte: &u8| !matches!(byte, b',' | b'"' | b'\n' | b'\r');
    if !field.is_empty() && field.iter().all(plain) {
        out.extend_from_slice(field);
        return;
    }
    out.push(b'"');
    for byte in field {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::RecordBuf,
        output::records::testing::{printed, record},
    };

    fn shown(columns: &str, records: &[RecordBuf]) -> String {
        let columns = Columns::parse(columns).unwrap();
        printed(
            Csv::new(columns, NullMark::default(), Terminal::No),
            records,
        )
    }

    #[test]
    fn rows_are_quoted_where_needed_and_null_is_not_empty() {
        let records = [
            record(r#"{"total":12.50,"note":"a, \"b\""}"#),
            RecordBuf {
                key: None,
                value: Some(Vec::new()),
                ..record("")
            },
            RecordBuf {
                offset: -1,
                value: Some(b"\xff".to_vec()),
                ..record("")
            },
        ];
        assert_eq!(
            shown(
                "offset,key,.value.total,.value.note,header.x,header.z",
                &records[..1]
            ),
            "offset,key,.value.total,.value.note,header.x,header.z\n\
             1042,order-17,12.50,\"a, \"\"b\"\"\",1,\n"
        );
        assert_eq!(
            shown("partition,offset,key,value", &records[1..]),
            "partition,offset,key,value\n3,1042,\\N,\"\"\n3,,order-17,\\xff\n"
        );
    }

    #[test]
    fn the_header_row_is_there_also_without_records() {
        assert_eq!(shown("key, size", &[]), "key,size\n");
        assert!(
            Columns::parse("key,valeu")
                .unwrap_err()
                .to_string()
                .contains("\"valeu\"")
        );
        assert!(Columns::parse("key,.value[").is_err());
    }
}
