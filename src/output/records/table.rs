//! `-o table`: records in columns. Widths are settled by the first records, so that a table may be
//! streamed in bounded memory.

use super::columns::{Columns, Presence};
use crate::{
    codec::text::escape_bytes,
    event::Record,
    output::{
        Form,
        screen::{Screen, cut, pad, width},
    },
};

/// How many records are looked at before widths are settled.
const LOOK_AHEAD: usize = 100;
/// No cell is shown with more than this many columns of the screen.
const WIDEST: usize = 200;
/// What stands between two columns.
const GAP: &str = "  ";

/// Cells that are too wide are cut with `…`; null is `-`.
#[derive(Debug)]
pub struct Table {
    columns: Columns,
    screen: Screen,
    held: Vec<Vec<String>>,
    /// Empty until they are settled.
    widths: Vec<usize>,
}

impl Table {
    /// A table of `columns`.
    #[must_use]
    pub fn new(columns: Columns, screen: Screen) -> Self {
        Self {
            columns,
            screen,
            held: Vec::new(),
            widths: Vec::new(),
        }
    }

    fn row(&self, record: &Record<'_>) -> Vec<String> {
        let cell = |column: &super::columns::Column| {
            let mut bytes = Vec::new();
            if column.write(&mut bytes, record) == Presence::Null {
                return "-".to_owned();
            }
            // Four bytes a character at most: no more of a huge value is looked at.
            bytes.truncate(4 * WIDEST + 4);
            let mut shown = Vec::new();
            escape_bytes(&mut shown, &bytes);
            cut(&String::from_utf8_lossy(&shown), WIDEST).into_owned()
        };
        self.columns.list().iter().map(cell).collect()
    }

    fn put(&self, out: &mut Vec<u8>, row: &[String]) {
        let last = row.len() - 1;
        let mut line = String::new();
        for (index, cell) in row.iter().enumerate() {
            let room = self.widths[index];
            let right = self.columns.list()[index].is_number();
            if index < last {
                line.push_str(&pad(&cut(cell, room), room, right));
                line.push_str(GAP);
            } else if self.screen.is_terminal() {
                let left = self.screen.width.saturating_sub(width(&line)).max(8);
                line.push_str(&cut(cell, left));
            } else {
                line.push_str(cell);
            }
        }
        out.extend_from_slice(line.trim_end().as_bytes());
        out.push(b'\n');
    }

    fn header(&self) -> Vec<String> {
        self.columns
            .list()
            .iter()
            .map(|column| column.name.to_uppercase())
            .collect()
    }
}

impl Form for Table {
    fn write(&mut self, out: &mut Vec<u8>, record: &Record<'_>) {
        let row = self.row(record);
        if !self.widths.is_empty() {
            return self.put(out, &row);
        }
        self.held.push(row);
        if self.held.len() == LOOK_AHEAD {
            self.settle(out);
        }
    }

    fn settle(&mut self, out: &mut Vec<u8>) {
        if self.widths.is_empty() {
            let header = self.header();
            // On a terminal one column alone must not take the room of all others.
            let most = if self.screen.is_terminal() {
                self.screen.width / 3
            } else {
                WIDEST
            };
            let widest = |index: usize| {
                let cells = self.held.iter().map(|row| width(&row[index]));
                cells
                    .max()
                    .unwrap_or(0)
                    .min(most)
                    .max(width(&header[index]))
            };
            self.widths = (0..header.len()).map(widest).collect();
            self.put(out, &header);
        }
        for row in std::mem::take(&mut self.held) {
            self.put(out, &row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::RecordBuf,
        output::{
            Terminal,
            records::testing::{printed, record},
        },
    };

    fn shown(columns: &str, screen: Screen, records: &[RecordBuf]) -> String {
        printed(
            Table::new(Columns::parse(columns).unwrap(), screen),
            records,
        )
    }

    #[test]
    fn columns_line_up_and_numbers_stand_right() {
        let records = [
            record("猫猫"),
            RecordBuf {
                offset: 7,
                key: None,
                ..record("a\nb")
            },
        ];
        assert_eq!(
            shown("offset,value,key", Screen::file(), &records),
            "OFFSET  VALUE  KEY\n  1042  猫猫   order-17\n     7  a\\nb   -\n"
        );
    }

    #[test]
    fn a_terminal_is_never_overrun_and_later_rows_keep_the_widths() {
        let mut records = vec![record("short"); LOOK_AHEAD];
        records.push(RecordBuf {
            key: Some("long".repeat(9).into_bytes()),
            ..record(&"x".repeat(500))
        });
        let text = shown("key,value", Screen::new(Terminal::Yes, 40, false), &records);
        let last = text.lines().last().unwrap();
        assert_eq!(last, "longlon…  xxxxxxxxxxxxxxxxxxxxxxxxxxxxx…");
        assert_eq!(width(last), 40);
    }

    #[test]
    fn an_empty_table_is_its_header() {
        assert_eq!(shown("key,size", Screen::file(), &[]), "KEY  SIZE\n");
    }
}
