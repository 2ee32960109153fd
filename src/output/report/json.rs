//! Reports as JSON: one versioned object, or one per row.

use std::io::{self, Write};

use super::{Cell, Report};
use crate::{
    codec::json::{write_integer, write_string},
    event::Timestamp,
};

/// `{"kind": …, summary…, rows_name: [{…}, …]}`
pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut text = begin(report);
    for (name, cell) in &report.summary {
        member(&mut text, name, cell);
    }
    text.push(b',');
    write_string(&mut text, report.rows_name);
    text.extend_from_slice(b":[");
    for (index, row) in report.rows.iter().enumerate() {
        text.extend_from_slice(if index > 0 { b",{" } else { b"{" });
        let start = text.len();
        put_row(&mut text, report, row);
        // The comma that every member begins with.
        text.remove(start);
        text.push(b'}');
    }
    text.extend_from_slice(b"]}\n");
    out.write_all(&text)
}

/// `{"kind": …, …}` for each row.
pub fn write_lines(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    for row in &report.rows {
        let mut text = begin(report);
        put_row(&mut text, report, row);
        text.extend_from_slice(b"}\n");
        out.write_all(&text)?;
    }
    Ok(())
}

fn begin(report: &Report) -> Vec<u8> {
    let mut text = b"{\"kind\":".to_vec();
    write_string(&mut text, report.kind);
    text
}

fn put_row(text: &mut Vec<u8>, report: &Report, row: &[Cell]) {
    for (column, cell) in report.cells(row) {
        member(text, column.name, cell);
    }
}

fn member(text: &mut Vec<u8>, name: &str, cell: &Cell) {
    text.push(b',');
    write_string(text, name);
    text.push(b':');
    value(text, cell);
}

fn value(text: &mut Vec<u8>, cell: &Cell) {
    match cell {
        Cell::Text(content) => write_string(text, content),
        Cell::About(cell) => value(text, cell),
        Cell::Integer(number)
        | Cell::AtMost(number)
        | Cell::Bytes(number)
        | Cell::Duration(number) => write_integer(text, *number),
        Cell::Number(number) if number.is_finite() => {
            text.extend_from_slice(number.to_string().as_bytes());
        }
        Cell::Unknown | Cell::Number(_) => text.extend_from_slice(b"null"),
        Cell::Flag(flag) => text.extend_from_slice(flag.to_string().as_bytes()),
        Cell::Time(ms) => write_string(text, &Timestamp(*ms).to_string()),
        Cell::List(cells) => {
            text.push(b'[');
            for (index, cell) in cells.iter().enumerate() {
                if index > 0 {
                    text.push(b',');
                }
                value(text, cell);
            }
            text.push(b']');
        }
        Cell::Object(members) => {
            text.push(b'{');
            for (index, (name, cell)) in members.iter().enumerate() {
                if index > 0 {
                    text.push(b',');
                }
                write_string(text, name);
                text.push(b':');
                value(text, cell);
            }
            text.push(b'}');
        }
    }
}
