//! Results that are no records: one definition, every format.

mod csv;
mod json;
mod table;
mod tone;

use std::io::{self, Write};

use crate::{
    event::Timestamp,
    output::{Screen, Terminal},
};

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

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Not known: `-` in tables, `null` in JSON, empty in CSV. Never 0 or -1.
    Unknown,
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Any number; one that is not finite is unknown in JSON.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A whole number that may be too large: `≤12` in tables, the number elsewhere.
    AtMost(i64),
    /// An estimate: `~12` in tables, the cell itself elsewhere.
    About(Box<Cell>),
    /// A number of bytes: `1.2 MiB` in tables, the number elsewhere.
    Bytes(i64),
    /// Milliseconds: `2m 5s` in tables, the number elsewhere.
    Duration(i64),
    /// Milliseconds since the epoch: RFC 3339, and to the second in a table on a terminal.
    Time(i64),
    /// Several things.
    List(Vec<Cell>),
    /// A thing that has several sides: an object in JSON, its values elsewhere.
    Object(Vec<(&'static str, Cell)>),
}

/// A format of results that has a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReportFormat {
    /// Columns for the eye.
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

impl Cell {
    /// A list of texts.
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(
            texts
                .into_iter()
                .map(|text| Self::Text(text.into()))
                .collect(),
        )
    }

    /// Whether it is a number, or unknown.
    fn is_number(&self) -> bool {
        match self {
            Self::About(cell) => cell.is_number(),
            Self::Integer(_)
            | Self::Number(_)
            | Self::AtMost(_)
            | Self::Bytes(_)
            | Self::Duration(_)
            | Self::Unknown => true,
            Self::Text(_) | Self::Flag(_) | Self::Time(_) | Self::List(_) | Self::Object(_) => {
                false
            }
        }
    }

    /// The text of the cell for the eye; `None` when it is unknown.
    fn shown(&self, terminal: Terminal) -> Option<String> {
        match self {
            Self::Time(ms) if terminal == Terminal::Yes => Some(to_the_second(*ms)),
            Self::AtMost(number) if *number > 0 => Some(format!("≤{number}")),
            Self::About(cell) => cell.shown(terminal).map(|text| format!("~{text}")),
            Self::Bytes(number) => Some(bytes(*number)),
            Self::Duration(ms) => Some(duration(*ms)),
            _ => self.text(),
        }
    }

    /// The text of the cell in CSV; `None` when it is unknown.
    fn text(&self) -> Option<String> {
        Some(match self {
            Self::Unknown => return None,
            Self::About(cell) => return cell.text(),
            Self::Text(text) => text.clone(),
            Self::Integer(number)
            | Self::AtMost(number)
            | Self::Bytes(number)
            | Self::Duration(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Flag(true) => "yes".to_owned(),
            Self::Flag(false) => "no".to_owned(),
            Self::Time(ms) => Timestamp(*ms).to_string(),
            Self::List(cells) => {
                let texts: Vec<_> = cells.iter().filter_map(Self::text).collect();
                texts.join(",")
            }
            Self::Object(members) => {
                let texts: Vec<_> = members.iter().filter_map(|(_, cell)| cell.text()).collect();
                texts.join(" ")
            }
        })
    }
}

/// `2026-01-01 10:00:00Z`
fn to_the_second(ms: i64) -> String {
    let text = Timestamp(ms).to_string();
    match text.split_once('.') {
        Some((seconds, _)) => format!("{}Z", seconds.replacen('T', " ", 1)),
        None => text,
    }
}

/// A number of bytes in the largest unit that it has one of, to a tenth.
#[must_use]
pub fn bytes(count: i64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if count.abs() < 1024 {
        return format!("{count} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "a size for the eye")]
    let mut rest = count as f64 / 1024.0;
    let mut unit = UNITS[0];
    for larger in &UNITS[1..] {
        if rest.abs() < 1023.95 {
            break;
        }
        (rest, unit) = (rest / 1024.0, larger);
    }
    format!("{rest:.1} {unit}")
}

/// Milliseconds in the two largest units that they have: `350ms`, `2m 5s`, `3d 4h`.
#[must_use]
pub fn duration(ms: i64) -> String {
    let (sign, ms) = (if ms < 0 { "-" } else { "" }, ms.unsigned_abs());
    let s = ms / 1_000;
    let text = match s {
        0 if ms == 0 => "0s".to_owned(),
        0 => format!("{ms}ms"),
        1..60 => format!("{s}.{}s", ms % 1_000 / 100),
        60..3_600 => format!("{}m {}s", s / 60, s % 60),
        3_600..86_400 => format!("{}h {}m", s / 3_600, s / 60 % 60),
        _ => format!("{}d {}h", s / 86_400, s / 3_600 % 24),
    };
    format!("{sign}{text}")
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// What is not there is not known.
impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(content: Option<T>) -> Self {
        content.map_or(Self::Unknown, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn sizes_and_durations_are_for_the_eye_in_tables_only() {
        for (count, text) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_536, "1.5 KiB"),
            (1_048_575, "1.0 MiB"),
            (5 << 30, "5.0 GiB"),
            (i64::MAX, "8192.0 PiB"),
        ] {
            assert_eq!(bytes(count), text);
        }
        for (ms, text) in [
            (0, "0s"),
            (999, "999ms"),
            (1_250, "1.2s"),
            (125_000, "2m 5s"),
            (7_260_000, "2h 1m"),
            (273_600_000, "3d 4h"),
            (-5, "-5ms"),
        ] {
            assert_eq!(duration(ms), text);
        }
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
