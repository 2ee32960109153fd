//! Reports as tables, for the eye and for Markdown.

use std::io::{self, Write};

use super::{Cell, Report, Shown, tone};
use crate::{
    codec::text::escape_controls,
    output::{
        Screen, Terminal,
        screen::{cut_middle, fold, pad, width},
    },
};

/// What stands between two columns.
const GAP: &str = "  ";
/// A column of text gives way to others before it is narrower than this.
const COMFORTABLE: usize = 32;
/// No column of text is narrowed further than this.
const NARROWEST: usize = 8;

/// Without boxes; numbers stand to the right. On a terminal columns give way where it is narrow, then
/// names are cut in their middle; only a text of several words goes on below.
pub fn write(
    out: &mut dyn Write,
    report: &Report,
    shown: Shown,
    screen: &Screen,
) -> io::Result<()> {
    let columns = fit(report, shown, screen);
    let mut text = Vec::new();
    let names = columns.iter().map(|column| {
        let name = heading(report, column.index);
        pad(&name, column.width, column.is_number)
    });
    let names = names.collect::<Vec<_>>().join(GAP);
    screen.paint(&mut text, "1", names.trim_end());
    text.push(b'\n');
    for row in &report.rows {
        write_row(&mut text, report, row, &columns, screen);
    }
    out.write_all(&text)
}

/// A column that is shown.
struct Fitted {
    /// Its place in the report.
    index: usize,
    width: usize,
    is_number: bool,
    /// Whether it holds text, which may be cut.
    is_text: bool,
}

/// The columns that are shown. Off a terminal and with `-o wide` each is as wide as its widest cell.
fn fit(report: &Report, shown: Shown, screen: &Screen) -> Vec<Fitted> {
    let wide = shown == Shown::Wide;
    let mut columns: Vec<Fitted> = (0..report.columns.len())
        .filter(|&index| wide || report.columns[index].shown != Shown::Wide)
        .map(|index| Fitted {
            index,
            width: natural_width(report, index, screen.terminal),
            is_number: is_number(report, index),
            is_text: !report.columns[index].whole && is_text(report, index),
        })
        .collect();
    if wide || !screen.is_terminal() {
        return columns;
    }
    let least = |column: &Fitted, narrowest: usize| match column.is_text {
        true => column
            .width
            .min(narrowest.max(width(&heading(report, column.index)))),
        false => column.width,
    };
    let needed = |columns: &[Fitted], of: &dyn Fn(&Fitted) -> usize| -> usize {
        let gaps = GAP.len() * columns.len().saturating_sub(1);
        columns.iter().map(of).sum::<usize>() + gaps
    };
    let gives_way = |column: &Fitted| report.columns[column.index].shown == Shown::IfRoom;
    while needed(&columns, &|column| least(column, COMFORTABLE)) > screen.width
        && let Some(at) = columns.iter().rposition(gives_way)
    {
        columns.remove(at);
    }
    while needed(&columns, &|column| column.width) > screen.width {
        let texts = columns.iter_mut();
        let texts = texts.filter(|column| column.width > least(column, NARROWEST));
        let Some(widest) = texts.max_by_key(|column| column.width) else {
            break;
        };
        widest.width -= 1;
    }
    columns
}

/// Appends a row, with further lines where texts of several words go on.
fn write_row(
    out: &mut Vec<u8>,
    report: &Report,
    row: &[Cell],
    columns: &[Fitted],
    screen: &Screen,
) {
    let texts: Vec<String> = columns
        .iter()
        .map(|column| {
            harmless(
                row.get(column.index).unwrap_or(&Cell::Unknown),
                screen.terminal,
            )
        })
        .collect();
    let cells: Vec<Vec<String>> = (texts.iter().zip(columns))
        .map(|(text, column)| fold(text, column.width))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(1);
    for line in 0..height {
        let start = out.len();
        for ((column, cell), text) in columns.iter().zip(&cells).zip(&texts) {
            let part = cell.get(line).map_or("", String::as_str);
            let part = cut_middle(part, column.width);
            let spaces = " ".repeat(column.width.saturating_sub(width(&part)));
            let (before, after) = match column.is_number {
                true => (spaces.as_str(), ""),
                false => ("", spaces.as_str()),
            };
            out.extend_from_slice(before.as_bytes());
            let tone = tone::of(report.columns[column.index].name, text);
            tone::paint(out, screen, tone, &part);
            out.extend_from_slice(after.as_bytes());
            out.extend_from_slice(GAP.as_bytes());
        }
        while out.len() > start && out.last() == Some(&b' ') {
            out.pop();
        }
        out.push(b'\n');
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

/// Whether a column holds text, which may be cut.
fn is_text(report: &Report, index: usize) -> bool {
    let mut cells = report.rows.iter().filter_map(|row| row.get(index));
    cells.any(|cell| matches!(cell, Cell::Text(_) | Cell::List(_) | Cell::Object(_)))
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
