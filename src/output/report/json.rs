//! Reports as JSON: one versioned object, or one per row.

use std::io::{self, Write};

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{Cell, Report};

/// `{"kind": …, summary…, rows_name: [{…}, …]}`
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.kind)?;
        for (name, cell) in &self.summary {
            map.serialize_entry(name, cell)?;
        }
        let rows = self.rows.iter();
        let rows: Vec<_> = rows
            .map(|row| Line {
                kind: None,
                report: self,
                row,
            })
            .collect();
        map.serialize_entry(self.rows_name, &rows)?;
        map.end()
    }
}

/// A row as an object.
struct Line<'r> {
    /// Said where the row stands alone.
    kind: Option<&'static str>,
    report: &'r Report,
    row: &'r [Cell],
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(kind) = self.kind {
            map.serialize_entry("kind", kind)?;
        }
        for (column, cell) in self.report.cells(self.row) {
            map.serialize_entry(column.name, cell)?;
        }
        map.end()
    }
}

/// The whole of `result` on one line.
pub fn write(out: &mut dyn Write, result: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, result)?;
    out.write_all(b"\n")
}

/// `{"kind": …, …}` for each row.
pub fn write_lines(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let kind = Some(report.kind);
    let mut rows = report.rows.iter();
    rows.try_for_each(|row| write(out, &Line { kind, report, row }))
}
