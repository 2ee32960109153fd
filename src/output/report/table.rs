//! Reports as tables, for the eye and for Markdown.

use std::io::{self, Write};

use comfy_table::{
    Cell as TableCell, CellAlignment, ColumnConstraint, ContentArrangement, Table, presets,
};

use super::{Cell, Column, Report, Shown};
use crate::{codec::text::escape_controls, output::Screen};

/// Columns up to this width are never folded: a word in pieces says nothing.
const SHORT: u16 = 11;

/// Without boxes; numbers stand to the right. On a terminal it is folded to fit.
pub fn write(
    out: &mut dyn Write,
    report: &Report,
    shown: Shown,
    screen: &Screen,
) -> io::Result<()> {
    let visible = |column: &Column| column.shown == Shown::Always || shown == Shown::Wide;
    let mut table = Table::new();
    let names = report.columns.iter().enumerate();
    let names = names.filter(|(_, column)| visible(column));
    table
        .load_style(presets::NOTHING)
        .set_header(names.map(|(index, column)| heading(report, index, column)));
    if screen.is_terminal() {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(screen.width).unwrap_or(u16::MAX));
    }
    for row in &report.rows {
        let cells = report.cells(row).filter(|(column, _)| visible(column));
        table.add_row(cells.map(|(_, cell)| TableCell::new(harmless(cell))));
    }
    let columns = report
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| visible(column));
    let widths = table.column_max_content_widths();
    for (((index, _), column), width) in columns.zip(table.column_iter_mut()).zip(widths) {
        column.set_padding((0, 2));
        if width <= SHORT {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        if is_number(report, index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = Vec::new();
    for (index, line) in table.lines().enumerate() {
        let code = if index == 0 { "1" } else { "" };
        screen.paint(&mut text, code, line.trim_end());
        text.push(b'\n');
    }
    out.write_all(&text)
}

/// A column's name for the eye; that durations are in milliseconds elsewhere does not matter here.
fn heading(report: &Report, index: usize, column: &Column) -> String {
    let is_duration = |row: &Vec<Cell>| matches!(row.get(index), Some(Cell::Duration(_)));
    let name = column
        .name
        .strip_suffix("_ms")
        .filter(|_| report.rows.iter().any(is_duration))
        .unwrap_or(column.name);
    name.to_uppercase().replace('_', " ")
}

/// A Markdown table with every column.
pub fn write_markdown(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let names = report.columns.iter().map(|column| column.name.to_owned());
    write_markdown_row(out, names)?;
    for index in 0..report.columns.len() {
        out.write_all(if is_number(report, index) {
            b"|--:"
        } else {
            b"|---"
        })?;
    }
    writeln!(out, "|")?;
    for row in &report.rows {
        write_markdown_row(out, report.cells(row).map(|(_, cell)| harmless(cell)))?;
    }
    Ok(())
}

fn write_markdown_row(out: &mut dyn Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    for cell in cells {
        write!(out, "| {} ", cell.replace('|', "\\|"))?;
    }
    writeln!(out, "|")
}

/// Names and messages may come from a cluster: their control characters are escaped.
fn harmless(cell: &Cell) -> String {
    let text = cell.shown().unwrap_or_else(|| "-".to_owned());
    let mut shown = Vec::new();
    escape_controls(&mut shown, &text);
    String::from_utf8_lossy(&shown).into_owned()
}

/// Whether a column holds numbers and nothing else.
fn is_number(report: &Report, index: usize) -> bool {
    let mut known = report
        .rows
        .iter()
        .filter_map(|row| row.get(index))
        .peekable();
    let number = |cell: &Cell| {
        matches!(
            cell,
            Cell::Integer(_)
                | Cell::Number(_)
                | Cell::AtMost(_)
                | Cell::Bytes(_)
                | Cell::Duration(_)
                | Cell::Unknown
        )
    };
    known.peek().is_some() && known.all(number)
}
