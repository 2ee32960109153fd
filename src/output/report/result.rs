//! The typed result of a command.

use std::io::{self, Write};

use serde::Serialize;

use super::{Report, ReportFormat, json};
use crate::output::Screen;

/// A result whose JSON is nested: the members of the JSON are the fields of the struct, `kind` with
/// the version among them. A flat one is a [`Report`] of typed rows.
pub trait CommandResult: Serialize {
    /// The rows of CSV and ndjson.
    fn rows(&self) -> Report;

    /// The tables: the rows, unless one table does not show it all.
    fn tables(&self) -> Vec<Report> {
        vec![self.rows()]
    }

    /// Writes the JSON, one line.
    ///
    /// # Errors
    /// What `out` failed with.
    fn write_json(&self, out: &mut dyn Write) -> io::Result<()>
    where
        Self: Sized,
    {
        json::write(out, self)
    }

    /// Writes it in `format`; an empty line stands between two tables.
    ///
    /// # Errors
    /// What `out` failed with.
    fn write(&self, out: &mut dyn Write, format: ReportFormat, screen: &Screen) -> io::Result<()>
    where
        Self: Sized,
    {
        match format {
            ReportFormat::Json => self.write_json(out),
            ReportFormat::Ndjson | ReportFormat::Csv => self.rows().write(out, format, screen),
            ReportFormat::Table | ReportFormat::Wide | ReportFormat::Markdown => {
                for (index, table) in self.tables().iter().enumerate() {
                    if index > 0 {
                        out.write_all(b"\n")?;
                    }
                    table.write(out, format, screen)?;
                }
                Ok(())
            }
        }
    }
}

impl CommandResult for Report {
    fn rows(&self) -> Report {
        self.clone()
    }

    fn write(&self, out: &mut dyn Write, format: ReportFormat, screen: &Screen) -> io::Result<()> {
        Self::write(self, out, format, screen)
    }
}
