//! `-o table`: records in columns. Widths are settled by the first records, so that a table may be
//! streamed in bounded memory.

use super::columns::{Column, Columns, Presence};
use crate::{
    codec::text::escape_bytes,
    envelope::Event,
    output::{
        Form, Terminal,
        screen::{Screen, cut, pad, width},
    },
};

/// How many records are looked at before widths are settled.
const LOOK_AHEAD: usize = 100;
/// No cell is shown with more than this many columns of the screen.
const WIDEST: usize = 200;
/// What stands between two columns.
const GAP: &str = "  ";

/// Cells that are too wide are cut with `…`; null is `-`. Without records there is no heading.
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

    /// The cells of `event`, in no more room than one column may take.
    fn row(&self, event: &Event<'_>) -> Vec<String> {
        let columns = self.columns.list();
        // On a terminal one column must not take the room of all others; the last is cut later.
        let most = |index: usize| match self.screen.terminal {
            Terminal::Yes if index + 1 < columns.len() => self.screen.width / 3,
            _ => WIDEST,
        };
        let cell = |(index, column): (usize, &Column)| {
            let mut bytes = Vec::new();
            if column.write(&mut bytes, event) != Presence::Text {
                return "-".to_owned();
            }
            // Four bytes a character at most: no more of a huge value is looked at.
            bytes.truncate(4 * WIDEST + 4);
            let mut shown = Vec::new();
            escape_bytes(&mut shown, &bytes);
            cut(&String::from_utf8_lossy(&shown), most(index)).into_owned()
        };
        columns.iter().enumerate().map(cell).collect()
    }

    /// Prints a row. A cell wider than all before it widens its column from here on.
    fn put(&mut self, out: &mut Vec<u8>, row: &[String]) {
        let mut line = String::new();
        for ((cell, room), column) in row.iter().zip(&mut self.widths).zip(self.columns.list()) {
            *room = width(cell).max(*room);
            line.push_str(&pad(cell, *room, column.is_number()));
            line.push_str(GAP);
        }
        let line = match self.screen.terminal {
            Terminal::Yes => cut(line.trim_end(), self.screen.width),
            Terminal::No => line.trim_end().into(),
        };
        out.extend_from_slice(line.as_bytes());
        out.push(b'\n');
    }
}

impl Form for Table {
    fn write(&mut self, out: &mut Vec<u8>, event: &Event<'_>) {
        let row = self.row(event);
        if !self.widths.is_empty() {
            return self.put(out, &row);
        }
        self.held.push(row);
        if self.held.len() == LOOK_AHEAD {
            self.settle(out);
        }
    }

    fn holds_back(&self) -> bool {
        !self.held.is_empty()
    }

    fn settle(&mut self, out: &mut Vec<u8>) {
        // A tail has nothing at hand before its first record: that settles no widths.
        let held = std::mem::take(&mut self.held);
        if held.is_empty() {
            return;
        }
        let names = self.columns.list().iter();
        let header: Vec<_> = names.map(|column| column.name.to_uppercase()).collect();
        let widest = |index: usize| {
            let cells = held.iter().map(|row| width(&row[index]));
            cells.max().unwrap_or(0)
        };
        self.widths = (0..header.len()).map(widest).collect();
        self.put(out, &header);
        for row in held {
            self.put(out, &row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event::RecordBuf,
        output::records::testing::{printed, record},
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
    fn a_terminal_is_never_overrun_and_later_rows_may_widen_a_column() {
        let mut records = vec![record("short"); LOOK_AHEAD];
        records.push(RecordBuf {
            key: Some("long".repeat(9).into_bytes()),
            ..record(&"x".repeat(500))
        });
        let text = shown("key,value", Screen::new(Terminal::Yes, 40, false), &records);
        let last = text.lines().last().unwrap();
        assert_eq!(last, "longlonglong…  xxxxxxxxxxxxxxxxxxxxxxxx…");
        assert_eq!(width(last), 40);
    }

    #[test]
    fn nothing_is_printed_before_the_first_record() {
        assert_eq!(shown("key,size", Screen::file(), &[]), "");
    }
}
