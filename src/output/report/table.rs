//! Reports as tables, as text and in Markdown.

use std::{
    io::{self, Write},
    rc::Rc,
};

use comfy_table::{
    CellAlignment, ColumnConstraint::Absolute, Table, Width::Fixed, presets::NOTHING,
};

use super::{
    Cell, Report, Shown,
    tone::{self, Tone},
};
use crate::{
    codec::text::escape_controls,
    output::{
        Screen, Terminal,
        screen::{cut_middle, fitting, fold, width},
    },
};

/// The spaces between two columns.
const GAP: u16 = 2;
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
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(columns.iter().map(|column| heading(report, column.index)));
    for (place, column) in table.column_iter_mut().zip(&columns) {
        place.set_padding((0, GAP));
        place.set_constraint(Absolute(Fixed(lossy_u16(column.width) + GAP)));
        if column.is_number {
            place.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut tones = Vec::new();
    for row in &report.rows {
        let texts = columns.iter().map(|column| {
            let cell = row.get(column.index).unwrap_or(&Cell::Unknown);
            harmless(cell, screen.terminal)
        });
        let texts: Vec<String> = texts.collect();
        let cells = texts.iter().zip(&columns);
        let cells = cells.map(|(text, column)| laid_out(text, column.width));
        let cells: Vec<String> = cells.collect();
        let height = cells.iter().map(|cell| cell.lines().count()).max();
        let toned = columns.iter().zip(&texts).map(|(column, text)| {
            let tone = tone::of(report.columns[column.index].name, text);
            (column.width + usize::from(GAP), tone)
        });
        let toned: Rc<[_]> = toned.collect();
        tones.extend(std::iter::repeat_n(toned, height.unwrap_or(1).max(1)));
        table.add_row(cells);
    }
    let mut lines = table.lines();
    let mut text = Vec::new();
    screen.paint(&mut text, "1", lines.next().unwrap_or_default().trim_end());
    text.push(b'\n');
    for (line, tones) in lines.zip(tones) {
        write_line(&mut text, line.trim_end(), &tones, screen);
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
        let gaps = usize::from(GAP) * columns.len().saturating_sub(1);
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

/// A cell's lines, of which none is wider than its column.
fn laid_out(text: &str, width: usize) -> String {
    let lines = fold(text, width);
    let lines = lines.iter().map(|line| cut_middle(line, width));
    lines.collect::<Vec<_>>().join("\n")
}

/// Appends a line of the table, with the cells that have a tone in its colour.
fn write_line(out: &mut Vec<u8>, line: &str, tones: &[(usize, Option<Tone>)], screen: &Screen) {
    let mut rest = line;
    for &(columns, tone) in tones {
        let (cell, after) = rest.split_at(fitting(rest, columns));
        let word = cell.trim_end();
        tone::paint(out, screen, tone, word);
        out.extend_from_slice(&cell.as_bytes()[word.len()..]);
        rest = after;
    }
    out.push(b'\n');
}

fn lossy_u16(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX - GAP)
}

/// The widest that stands in a column; comfy-table has none of no width.
fn natural_width(report: &Report, index: usize, terminal: Terminal) -> usize {
    let cells = report.rows.iter().filter_map(|row| row.get(index));
    cells
        .map(|cell| width(&harmless(cell, terminal)))
        .chain([width(&heading(report, index))])
        .max()
        .unwrap_or(0)
        .max(1)
}

/// Whether a column holds text, which may be cut.
fn is_text(report: &Report, index: usize) -> bool {
    let mut cells = report.rows.iter().filter_map(|row| row.get(index));
    cells.any(|cell| matches!(cell, Cell::Text(_) | Cell::List(_) | Cell::Object(_)))
}

/// A column's heading: `AGE` for `age_ms`, as durations carry their units in tables.
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
