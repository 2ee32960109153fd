//! A small result as a table or as JSON, whichever `-o` asks for.

use std::fmt::Write;

use comfy_table::presets::NOTHING;

use crate::{cli::Context, exit::Exit, failure::Failure};

/// Rows under a header, without boxes.
pub(super) struct Table(comfy_table::Table);

impl Table {
    pub(super) fn new<'a>(header: impl IntoIterator<Item = &'a str>) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(NOTHING).set_header(header);
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        Self(table)
    }

    /// Adds a row. Control characters are shown, not sent to the terminal.
    pub(super) fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        self.0.add_row(cells.into_iter().map(|cell| {
            cell.chars().fold(String::new(), |mut shown, character| {
                let _ = if character.is_control() {
                    write!(shown, "{}", character.escape_default())
                } else {
                    shown.write_char(character)
                };
                shown
            })
        }));
    }
}

/// Prints the table, or with `-o json` the value.
pub(super) fn print(
    context: &Context,
    table: &Table,
    json: &serde_json::Value,
) -> Result<Exit, Failure> {
    match context.global.output.as_deref() {
        None | Some("table") if table.0.row_count() == 0 => Ok(Exit::Ok),
        None | Some("table") => {
            super::print(context, |out| writeln!(out, "{}", table.0.trim_fmt()))
        }
        Some("json") => super::print(context, |out| writeln!(out, "{json}")),
        Some(other) => Err(Failure::usage(format!(
            "-o {other:?} is not an output of this command"
        ))
        .hint("-o table and -o json are")),
    }
}
