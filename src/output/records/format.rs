//! The names that `-o` takes for records, and the printer behind each.

use std::io::Write;

use super::{Columns, Csv, Json, Pretty, Raw, Table, Value};
use crate::{
    codec::csv::NullMark,
    output::{Print, Printer, Screen, Terminal},
};

/// A form of records that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The value's bytes and a newline.
    Value,
    /// For the eye.
    Pretty,
    /// One JSON object per line.
    Json,
    /// The value's bytes alone.
    Raw,
    /// Rows of `--columns`.
    Csv,
    /// The same, lined up.
    Table,
}

/// A name that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an output format for records: value, pretty, json, raw, csv, table")]
pub struct UnknownFormat(String);

impl Format {
    /// The format called `name`; `ndjson` is the same as `json`.
    ///
    /// # Errors
    /// Any other name; the error lists those there are.
    pub fn parse(name: &str) -> Result<Self, UnknownFormat> {
        Ok(match name {
            "value" => Self::Value,
            "pretty" => Self::Pretty,
            "json" | "ndjson" => Self::Json,
            "raw" => Self::Raw,
            "csv" => Self::Csv,
            "table" => Self::Table,
            _ => return Err(UnknownFormat(name.to_owned())),
        })
    }

    /// What is printed when nothing was asked for.
    #[must_use]
    pub fn default_for(terminal: Terminal) -> Self {
        match terminal {
            Terminal::Yes => Self::Pretty,
            Terminal::No => Self::Value,
        }
    }

    /// Prints to `out` in this form; `columns` are those of `csv` and `table`,
    /// and `null` is how `csv` shows null.
    pub fn printer<W: Write + 'static>(
        self,
        columns: Columns,
        null: NullMark,
        screen: Screen,
        out: W,
    ) -> Box<dyn Print> {
        let terminal = screen.terminal;
        match self {
            Self::Value => Box::new(Printer::new(Value(terminal), out)),
            Self::Raw => Box::new(Printer::new(Raw(terminal), out)),
            Self::Json => Box::new(Printer::new(Json(terminal), out)),
            Self::Pretty => Box::new(Printer::new(Pretty(screen), out)),
            Self::Csv => Box::new(Printer::new(Csv::new(columns, null, terminal), out)),
            Self::Table => Box::new(Printer::new(Table::new(columns, screen), out)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_format_lists_those_there_are() {
        for name in ["value", "pretty", "json", "raw", "csv", "table"] {
            assert!(Format::parse(name).is_ok(), "{name}");
            assert!(Format::parse("xml").unwrap_err().to_string().contains(name));
        }
        assert_eq!(Format::default_for(Terminal::No), Format::Value);
    }
}
