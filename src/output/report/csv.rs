//! Reports as CSV: a header row, then the rows. Unknown is an empty field.

use std::io::{self, Write};

use super::Report;
use crate::output::records::quote;

/// Every column, whatever tables show.
pub fn write(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut text = Vec::new();
    for (index, column) in report.columns.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        quote(&mut text, column.name.as_bytes());
    }
    text.push(b'\n');
    for row in &report.rows {
        for (index, (_, cell)) in report.cells(row).enumerate() {
            if index > 0 {
                text.push(b',');
            }
            if let Some(content) = cell.text() {
                quote(&mut text, content.as_bytes());
            }
        }
        text.push(b'\n');
    }
    out.write_all(&text)
}
