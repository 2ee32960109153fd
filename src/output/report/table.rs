//! Reports as tables, for the eye and for Markdown.

use std::io::{self, Write};

use comfy_table::{
    Cell as TableCell, CellAlignment, ColumnConstraint, ContentArrangement, Table, presets,
};

use super::{Cell, Column, Report, Shown, tone};
use crate::{
    codec::text::escape_controls,
    output::{Screen, Terminal, screen::width},
};

/// Columns up to this width are never folded: a word in pieces says nothing.
const SHORT: u16 = 11;

/// Without boxes; numbers stand to the right. On a terminal it is folded to fit.
pub fn write(
    out: &mut dyn Write,
    report: &Report,
    shown: Shown,
    screen: &Screen,
) -> io::Result<()> {
    let visible = visible(report, shown, screen);
    let mut table = Table::new();
    let names = visible.iter().map(|&index| heading(report, index));
    table.load_style(presets::NOTHING).set_header(names);
    if screen.is_terminal() {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(screen.width).unwrap_or(u16::MAX));
    }
    for row in &report.rows {
        let cells: Vec<(&Column, &Cell)> = report.cells(row).collect();
        let cells = visible.iter().filter_map(|&index| cells.get(index));
        table.add_row(cells.map(|(column, cell)| TableCell::new(colored(column, cell, screen))));
    }
    let widths = table.column_max_content_widths();
    for ((&index, column), width) in visible.iter().zip(table.column_iter_mut()).zip(widths) {
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
        if index == 0 {
            screen.paint(&mut text, "1", line.trim_end());
        } else if screen.color {
            tone::paint(&mut text, line.trim_end());
        } else {
            text.extend_from_slice(line.trim_end().as_bytes());
        }
        text.push(b'\n');
    }
    out.write_all(&text)
}

/// Which columns are shown: on a terminal as many as it has room for, without folding any.
fn visible(report: &Report, shown: Shown, screen: &Screen) -> Vec<usize> {
    let wanted = |column: &Column| column.shown != Shown::Wide || shown == Shown::Wide;
    let columns = report.columns.iter().enumerate();
    let columns = columns.filter(|(_, column)| wanted(column));
    let mut visible: Vec<usize> = columns.map(|(index, _)| index).collect();
    if !screen.is_terminal() || shown == Shown::Wide {
        return visible;
    }
    let widths: Vec<usize> = (0..report.columns.len())
        .map(|index| natural_width(report, index, screen.terminal))
        .collect();
    loop {
        let needed: usize = visible.iter().map(|&index| widths[index] + 2).sum();
        let gives_way = |&index: &usize| report.columns[index].shown == Shown::IfRoom;
        match visible.iter().rposition(gives_way) {
            Some(at) if needed > screen.width => drop(visible.remove(at)),
            _ => return visible,
        }
    }
}

/// The widest that stands in a column.
fn natural_width(report: &Report, index: usize, terminal: Terminal) -> usize {
    let cells = report.rows.iter().filter_map(|row| row.get(index));
    cells
        .map(|cell| width(&harmless(cell, terminal)))
        .chain([width(&heading(report, index))])
        .max()
        .unwrap_or(0)
}

/// The text of a cell, marked where its word has a colour.
fn colored(column: &Column, cell: &Cell, screen: &Screen) -> String {
    let text = harmless(cell, screen.terminal);
    if !screen.color {
        return text;
    }
    let text = tone::unmarked(&text);
    match tone::of(column.name, &text) {
        Some(tone) => tone.mark(&text),
        None => text,
    }
}

/// A column's name for the eye; that durations are in milliseconds elsewhere does not matter here.
fn heading(report: &Report, index: usize) -> String {
    let column = &report.columns[index];
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
        write_markdown_row(
            out,
            report
                .cells(row)
                .map(|(_, cell)| harmless(cell, Terminal::No)),
        )?;
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
fn harmless(cell: &Cell, terminal: Terminal) -> String {
    let text = cell.shown(terminal).unwrap_or_else(|| "-".to_owned());
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
    known.peek().is_some() && known.all(Cell::is_number)
}
