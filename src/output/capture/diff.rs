//! The result of `evctl capture diff`.

use std::{
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

use crate::{
    codec::text::counted,
    files::capture::{DiffReport, Difference},
    output::report::json,
};

/// Two capture files, compared.
pub struct CaptureDiff<'r> {
    /// The first file.
    pub left: &'r Path,
    /// The second file.
    pub right: &'r Path,
    /// What was found.
    pub report: &'r DiffReport,
}

#[derive(Serialize)]
struct Json<'r> {
    count: u64,
    differences: Vec<JsonDifference<'r>>,
    kind: &'static str,
    /// In the first and in the second file.
    records: (u64, u64),
}

/// Lines of records, counted from 1; `None` is a record that the file lacks.
#[derive(Serialize)]
struct JsonDifference<'r> {
    left: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<&'r [&'static str]>,
    right: Option<u64>,
}

impl CaptureDiff<'_> {
    /// Writes it as a line of JSON.
    ///
    /// # Errors
    /// What `out` failed with.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let differences = self.report.differences.iter().map(|difference| {
            let (left, right, members) = match difference {
                Difference::Changed {
                    left,
                    right,
                    members,
                } => (Some(*left), Some(*right), Some(members.as_slice())),
                Difference::OnlyLeft(left) => (Some(*left), None, None),
                Difference::OnlyRight(right) => (None, Some(*right), None),
            };
            JsonDifference {
                left,
                members,
                right,
            }
        });
        let json = Json {
            count: self.report.count,
            differences: differences.collect(),
            kind: "evctl.capture-diff/1",
            records: self.report.records,
        };
        json::write(out, &json)
    }

    /// Writes it as text.
    ///
    /// # Errors
    /// What `out` failed with.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let report = self.report;
        let (left, right) = (self.left.display(), self.right.display());
        for difference in &report.differences {
            match difference {
                Difference::Changed {
                    left: a,
                    right: b,
                    members,
                } => {
                    writeln!(out, "{left}:{a} {right}:{b}: {} differ", members.join(", "))?;
                }
                Difference::OnlyLeft(line) => writeln!(out, "{left}:{line}: only there")?,
                Difference::OnlyRight(line) => writeln!(out, "{right}:{line}: only there")?,
            }
        }
        let hidden = report.count - report.differences.len() as u64;
        if hidden > 0 {
            writeln!(out, "… {hidden} more; -n shows more of them")?;
        }
        let (a, b) = report.records;
        match report.count {
            0 => writeln!(out, "the same {}", counted(a, "record")),
            count => writeln!(
                out,
                "{} in {a} and {}",
                counted(count, "difference"),
                counted(b, "record")
            ),
        }
    }
}
