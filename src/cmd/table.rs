//! A small result as a table or as JSON, whichever `-o` asks for.

use super::show;
use crate::{
    command::Context,
    exit::Exit,
    failure::Failure,
    output::report::{Column, Report, ReportFormat},
};

/// Rows under a header, fitted to the terminal as every table is.
pub(super) struct Table(Report);

impl Table {
    pub(super) fn new(columns: &[Column]) -> Self {
        Self(Report::new("", "", columns))
    }

    /// Adds a row.
    pub(super) fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) {
        self.0
            .rows
            .push(cells.into_iter().map(Into::into).collect());
    }
}

/// Prints the table, or with `-o json` the value.
pub(super) fn print(
    context: &Context,
    table: &Table,
    json: &serde_json::Value,
) -> Result<Exit, Failure> {
    let format = match context.global.output.as_deref() {
        None | Some("table") => ReportFormat::Table,
        Some("wide") => ReportFormat::Wide,
        Some("json") => return super::print(context, |out| writeln!(out, "{json}")),
        Some(other) => {
            let message = format!("-o {other:?} is not an output of this command");
            return Err(Failure::usage(message).hint("-o table, -o wide and -o json are"));
        }
    };
    match table.0.rows.is_empty() {
        true => Ok(Exit::Ok),
        false => show::print(context, &table.0, format),
    }
}
