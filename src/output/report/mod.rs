//! Results that are no records: one definition, every format.
//!
//! A result is a [`Report`], made of typed rows ([`row!`]), or a struct that implements
//! [`CommandResult`] where its JSON is nested.

mod cell;
mod csv;
pub mod json;
mod result;
mod row;
mod table;
mod tone;

use std::io::{self, Write};

pub use cell::{Bytes, Cell, Count, Millis};
pub use result::CommandResult;
pub use row::Row;
pub(crate) use row::row;

pub use crate::codec::quantity::duration;
use crate::output::Screen;

/// A result: rows of typed cells under named columns.
#[derive(Clone, Debug)]
pub struct Report {
    /// What it is and in which version: `evctl.profile-list/1`.
    pub kind: &'static str,
    /// What one row is, in the plural: the member of the JSON that holds the rows.
    pub rows_name: &'static str,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows; each has one cell per column, missing ones are unknown.
    pub rows: Vec<Vec<Cell>>,
    /// More members of the JSON, about the result as a whole. Not in tables and CSV.
    pub summary: Vec<(&'static str, Cell)>,
}

/// A column of a report.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The name in JSON and CSV; the heading of a table is the same in capitals, with spaces.
    pub name: &'static str,
    /// Where it is shown.
    pub shown: Shown,
    /// Whether its texts are never cut: they are typed again, such as ids.
    pub whole: bool,
}

/// Which tables show a column. JSON and CSV have them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// In every table.
    Always,
    /// In every table, except on a terminal that is too narrow for all: the last one gives way
    /// first. `-o wide` has it.
    IfRoom,
    /// In `-o wide` only.
    Wide,
}

/// A format of results that has a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReportFormat {
    /// A table of columns.
    #[default]
    Table,
    /// The same with every column.
    Wide,
    /// One versioned object.
    Json,
    /// One versioned object per row.
    Ndjson,
    /// A header row and rows.
    Csv,
    /// A Markdown table.
    Markdown,
}

/// A name that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an output format for results: table, wide, json, ndjson, csv, markdown")]
pub struct UnknownReportFormat(String);

impl ReportFormat {
    /// The format called `name`.
    ///
    /// # Errors
    /// Any other name; the error lists those there are.
    pub fn parse(name: &str) -> Result<Self, UnknownReportFormat> {
        Ok(match name {
            "table" => Self::Table,
            "wide" => Self::Wide,
            "json" => Self::Json,
            "ndjson" => Self::Ndjson,
            "csv" => Self::Csv,
            "markdown" => Self::Markdown,
            _ => return Err(UnknownReportFormat(name.to_owned())),
        })
    }
}

impl Column {
    /// A column of every table.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            shown: Shown::Always,
            whole: false,
        }
    }

    /// A column of every table whose texts are never cut.
    #[must_use]
    pub const fn whole(name: &'static str) -> Self {
        Self {
            name,
            shown: Shown::Always,
            whole: true,
        }
    }

    /// A column of every table that has room for it.
    #[must_use]
    pub const fn if_room(name: &'static str) -> Self {
        Self {
            name,
            shown: Shown::IfRoom,
            whole: false,
        }
    }

    /// A column of wide tables.
    #[must_use]
    pub const fn wide(name: &'static str) -> Self {
        Self {
            name,
            shown: Shown::Wide,
            whole: false,
        }
    }
}

impl Report {
    /// A report without rows.
    #[must_use]
    pub fn new(kind: &'static str, rows_name: &'static str, columns: &[Column]) -> Self {
        Self {
            kind,
            rows_name,
            columns: columns.to_vec(),
            rows: Vec::new(),
            summary: Vec::new(),
        }
    }

    /// A report of typed rows.
    #[must_use]
    pub fn of<R: Row>(
        kind: &'static str,
        rows_name: &'static str,
        rows: impl IntoIterator<Item = R>,
    ) -> Self {
        let mut report = Self::new(kind, rows_name, &R::columns());
        report.rows = rows.into_iter().map(Row::cells).collect();
        report
    }

    /// Adds a member to the JSON, about the result as a whole.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Cell>) -> Self {
        self.summary.push((name, value.into()));
        self
    }

    /// Shows the column called `name` in every table when `is_shown`, else in wide ones only.
    #[must_use]
    pub fn show_if(mut self, name: &str, is_shown: bool) -> Self {
        debug_assert!(
            self.columns.iter().any(|column| column.name == name),
            "{name}"
        );
        for column in &mut self.columns {
            if column.name == name {
                column.shown = match is_shown {
                    true => Shown::Always,
                    false => Shown::Wide,
                };
            }
        }
        self
    }

    /// Whether any row has something in the column called `name`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let index = self.columns.iter().position(|column| column.name == name);
        let mut cells = self.rows.iter().filter_map(|row| row.get(index?));
        cells.any(|cell| *cell != Cell::Unknown)
    }

    /// Writes it in `format`.
    ///
    /// # Errors
    /// What `out` failed with.
    pub fn write(
        &self,
        out: &mut dyn Write,
        format: ReportFormat,
        screen: &Screen,
    ) -> io::Result<()> {
        match format {
            ReportFormat::Table => table::write(out, self, Shown::Always, screen),
            ReportFormat::Wide => table::write(out, self, Shown::Wide, screen),
            ReportFormat::Markdown => table::write_markdown(out, self),
            ReportFormat::Json => json::write(out, self),
            ReportFormat::Ndjson => json::write_lines(out, self),
            ReportFormat::Csv => csv::write(out, self),
        }
    }

    /// The cells of `row`, one for each column.
    fn cells<'a>(&'a self, row: &'a [Cell]) -> impl Iterator<Item = (&'a Column, &'a Cell)> {
        let padded = row.iter().chain(std::iter::repeat(&Cell::Unknown));
        self.columns.iter().zip(padded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Terminal;

    fn report() -> Report {
        let columns = [
            Column::new("group"),
            Column::new("max_lag"),
            Column::new("ok"),
            Column::wide("topics"),
            Column::wide("at"),
        ];
        let mut report = Report::new("evctl.lag/1", "groups", &columns);
        report.rows.push(vec![
            "pay|ments".into(),
            1042.into(),
            true.into(),
            Cell::texts(["a", "b"]),
            Cell::Time(1_767_261_600_123),
        ]);
        report
            .rows
            .push(vec!["\u{1b}[2J\"猫\"".into(), None::<i64>.into()]);
        report.summary.push(("total", 7.into()));
        report
    }

    #[test]
    fn a_thing_with_several_sides_is_an_object_in_json() {
        let mut report = Report::new("evctl.x/1", "rows", &["groups"].map(Column::new));
        let loss = |name: &str, unread: i64| {
            Cell::Object(vec![("group", name.into()), ("unread", unread.into())])
        };
        report
            .rows
            .push(vec![Cell::List(vec![loss("a", 1), loss("b", 2)])]);
        let written = |format| {
            let mut out = Vec::new();
            report.write(&mut out, format, &Screen::file()).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(ReportFormat::Table), "GROUPS\na 1,b 2\n");
        assert!(
            written(ReportFormat::Json)
                .contains(r#"[{"group":"a","unread":1},{"group":"b","unread":2}]"#)
        );
    }

    fn written(format: &str, screen: Screen) -> String {
        let mut out = Vec::new();
        let format = ReportFormat::parse(format).unwrap();
        report().write(&mut out, format, &screen).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn file(format: &str) -> String {
        written(format, Screen::file())
    }

    #[test]
    fn tables_have_neither_boxes_nor_colours_off_a_terminal() {
        assert_eq!(
            file("table"),
            "GROUP        MAX LAG  OK\n\
             pay|ments       1042  yes\n\
             \\x1b[2J\"猫\"        -  -\n"
        );
        assert_eq!(
            file("wide"),
            "GROUP        MAX LAG  OK   TOPICS  AT\n\
             pay|ments       1042  yes  a,b     2026-01-01T10:00:00.123Z\n\
             \\x1b[2J\"猫\"        -  -    -       -\n"
        );
    }

    #[test]
    fn tables_fit_the_terminal_and_no_cell_is_folded_within_a_word() {
        let columns = ["group", "lag", "status", "outcome"].map(Column::new);
        let mut report = Report::new("evctl.x/1", "rows", &columns);
        let name = "payments.settlement.service.production-1";
        let outcome = "failed: the group has members, stop them first";
        let row = |name: &str, lag: i64, outcome: &str| {
            vec![name.into(), lag.into(), "DATA_LOST".into(), outcome.into()]
        };
        report.rows.push(row(name, 1_234_567, outcome));
        report.rows.push(row("a", 1, "done"));
        let written = |format, width| {
            let mut out = Vec::new();
            let screen = Screen::new(Terminal::Yes, width, true);
            report.write(&mut out, format, &screen).unwrap();
            console::strip_ansi_codes(&String::from_utf8(out).unwrap()).into_owned()
        };
        assert_eq!(
            written(ReportFormat::Table, 60),
            "GROUP                    LAG  STATUS     OUTCOME\n\
             payments.…duction-1  1234567  DATA_LOST  failed: the group\n\
             \u{20}                                        has members, stop\n\
             \u{20}                                        them first\n\
             a                          1  DATA_LOST  done\n"
        );
        for width in [48, 80, 200] {
            for line in written(ReportFormat::Table, width).lines() {
                assert!(console::measure_text_width(line) <= width, "{line}");
            }
        }
        assert!(written(ReportFormat::Wide, 48).contains(name));
        assert!(written(ReportFormat::Wide, 48).contains(outcome));
    }

    #[test]
    fn times_are_shorter_on_a_terminal_and_columns_give_way_where_it_is_narrow() {
        let columns = [
            Column::new("topic"),
            Column::if_room("replication"),
            Column::if_room("first"),
            Column::new("size"),
        ];
        let mut report = Report::new("evctl.x/1", "rows", &columns);
        let time = Cell::Time(1_767_261_600_123);
        let row = vec!["orders".into(), 3.into(), time, Cell::Bytes(7)];
        report.rows.push(row);
        let written = |format, terminal, width| {
            let mut out = Vec::new();
            let screen = Screen::new(terminal, width, false);
            report.write(&mut out, format, &screen).unwrap();
            String::from_utf8(out).unwrap()
        };
        let all = "TOPIC   REPLICATION  FIRST                 SIZE\n\
                   orders            3  2026-01-01 10:00:00Z   7 B\n";
        assert_eq!(written(ReportFormat::Table, Terminal::Yes, 80), all);
        assert_eq!(
            written(ReportFormat::Table, Terminal::Yes, 40),
            "TOPIC   REPLICATION  SIZE\norders            3   7 B\n"
        );
        assert_eq!(
            written(ReportFormat::Table, Terminal::Yes, 20),
            "TOPIC   SIZE\norders   7 B\n"
        );
        assert!(written(ReportFormat::Wide, Terminal::Yes, 40).contains("REPLICATION"));
        let full = "2026-01-01T10:00:00.123Z";
        assert!(written(ReportFormat::Table, Terminal::No, 40).contains(full));
        assert!(written(ReportFormat::Json, Terminal::Yes, 40).contains(full));
        assert!(written(ReportFormat::Csv, Terminal::Yes, 40).contains(full));
    }

    #[test]
    fn words_of_status_are_coloured_and_stay_in_their_columns() {
        let columns = ["state", "status", "lag"].map(Column::new);
        let mut report = Report::new("evctl.x/1", "rows", &columns);
        for (state, status) in [
            ("Stable", "OK"),
            ("Empty", "offline replicas"),
            ("weird", "no leader"),
        ] {
            report
                .rows
                .push(vec![state.into(), status.into(), 7.into()]);
        }
        let written = |color| {
            let mut out = Vec::new();
            let screen = Screen::new(Terminal::Yes, 80, color);
            report
                .write(&mut out, ReportFormat::Table, &screen)
                .unwrap();
            String::from_utf8(out).unwrap()
        };
        let colored = written(true);
        let lines: Vec<&str> = colored.lines().collect();
        assert_eq!(
            lines[1],
            "\u{1b}[32mStable\u{1b}[0m  \u{1b}[32mOK\u{1b}[0m                  7"
        );
        assert!(lines[2].starts_with("Empty   \u{1b}[33moffline\u{1b}[0m \u{1b}[33mreplicas"));
        assert!(lines[3].contains("\u{1b}[31mno\u{1b}[0m \u{1b}[31mleader"));
        assert_eq!(
            colored.matches("\u{1b}[31m").count(),
            2,
            "an unknown word has no colour"
        );
        assert_eq!(console::strip_ansi_codes(&colored), written(false));
    }

    #[test]
    fn json_is_versioned_and_unknown_is_null() {
        assert_eq!(
            file("json"),
            concat!(
                r#"{"kind":"evctl.lag/1","total":7,"groups":["#,
                r#"{"group":"pay|ments","max_lag":1042,"ok":true,"topics":["a","b"],"at":"2026-01-01T10:00:00.123Z"},"#,
                r#"{"group":"\u001b[2J\"猫\"","max_lag":null,"ok":null,"topics":null,"at":null}]}"#,
                "\n"
            )
        );
        assert_eq!(
            file("ndjson").lines().last().unwrap(),
            r#"{"kind":"evctl.lag/1","group":"\u001b[2J\"猫\"","max_lag":null,"ok":null,"topics":null,"at":null}"#
        );
    }

    #[test]
    fn csv_and_markdown_quote_what_they_must() {
        assert_eq!(
            file("csv"),
            "group,max_lag,ok,topics,at\n\
             pay|ments,1042,yes,\"a,b\",2026-01-01T10:00:00.123Z\n\
             \"\u{1b}[2J\"\"猫\"\"\",,,,\n"
        );
        assert_eq!(
            file("markdown").lines().collect::<Vec<_>>(),
            [
                "| group | max_lag | ok | topics | at |",
                "|---|--:|---|---|---|",
                "| pay\\|ments | 1042 | yes | a,b | 2026-01-01T10:00:00.123Z |",
                "| \\x1b[2J\"猫\" | - | - | - | - |",
            ]
        );
    }

    #[test]
    fn sizes_and_durations_have_units_in_tables_only() {
        let columns = ["records", "size", "age_ms"].map(Column::new);
        let mut report = Report::new("evctl.x/1", "rows", &columns);
        report.rows.push(vec![
            Cell::AtMost(7),
            Cell::Bytes(2_048),
            Cell::Duration(61_000),
        ]);
        let written = |format| {
            let mut out = Vec::new();
            report.write(&mut out, format, &Screen::file()).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            written(ReportFormat::Table),
            "RECORDS     SIZE    AGE\n     ≤7  2.0 KiB  1m 1s\n"
        );
        assert!(written(ReportFormat::Csv).ends_with("\n7,2048,61000\n"));
        assert!(
            written(ReportFormat::Json).contains(r#"{"records":7,"size":2048,"age_ms":61000}"#)
        );
    }

    #[test]
    fn an_unknown_format_lists_those_there_are() {
        let error = ReportFormat::parse("xml").unwrap_err().to_string();
        for name in ["table", "wide", "json", "ndjson", "csv", "markdown"] {
            assert!(
                ReportFormat::parse(name).is_ok() && error.contains(name),
                "{name}"
            );
        }
    }
}
