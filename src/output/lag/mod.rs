//! Results of `evctl lag`.

mod burrow;
mod rows;
mod tables;

use std::io::{self, Write};

use serde::{Serialize, Serializer};

pub use burrow::write_burrow;

use crate::{
    lag::{LagReport, LagRow, PartitionLag},
    output::{
        Screen,
        report::{CommandResult, Report, ReportFormat},
    },
};

/// The result of `evctl lag`. Its JSON is the whole report; in every other format a row is what `row`
/// says.
pub struct LagResult<'r> {
    /// What was found.
    pub report: &'r LagReport,
    /// What one row is.
    pub row: LagRow,
}

impl Serialize for LagResult<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.report.serialize(serializer)
    }
}

impl CommandResult for LagResult<'_> {
    fn rows(&self) -> Report {
        match self.row {
            LagRow::Group => rows::by_group(&self.report.groups),
            _ => rows::by_partition(&self.report.groups),
        }
    }

    fn tables(&self) -> Vec<Report> {
        let groups = &self.report.groups;
        let table = (!groups.is_empty()).then(|| tables::table(groups, self.row));
        table.into_iter().collect()
    }

    fn write(&self, out: &mut dyn Write, format: ReportFormat, screen: &Screen) -> io::Result<()> {
        match format {
            ReportFormat::Json => self.write_json(out),
            ReportFormat::Ndjson => self.write_lines(out),
            ReportFormat::Csv => self.rows().write(out, format, screen),
            ReportFormat::Table | ReportFormat::Wide | ReportFormat::Markdown => {
                for table in self.tables() {
                    table.write(out, format, screen)?;
                }
                match format {
                    ReportFormat::Markdown => Ok(()),
                    _ => self.write_total(out, screen),
                }
            }
        }
    }
}

impl LagResult<'_> {
    /// One line of JSON for each group or partition, with all that the whole JSON says of it.
    fn write_lines(&self, out: &mut dyn Write) -> io::Result<()> {
        #[derive(Serialize)]
        struct Line<'r> {
            kind: &'r str,
            at: &'r str,
            group: &'r str,
            #[serde(flatten)]
            row: &'r PartitionLag,
        }
        let report = self.report;
        for group in &report.groups {
            if self.row == LagRow::Group {
                let mut value = serde_json::to_value(group)?;
                if let Some(object) = value.as_object_mut() {
                    object.remove("partitions");
                    object.insert("kind".to_owned(), report.kind.into());
                    object.insert("at".to_owned(), report.at.as_str().into());
                }
                writeln!(out, "{value}")?;
                continue;
            }
            for row in &group.partitions {
                let line = Line {
                    kind: report.kind,
                    at: &report.at,
                    group: &group.group,
                    row,
                };
                serde_json::to_writer(&mut *out, &line)?;
                out.write_all(b"\n")?;
            }
        }
        Ok(())
    }

    /// The sum under the table of the partitions of one group.
    fn write_total(&self, out: &mut dyn Write, screen: &Screen) -> io::Result<()> {
        if let ([group], LagRow::Partition) = (self.report.groups.as_slice(), self.row) {
            let mut line = Vec::new();
            screen.paint(&mut line, "", &tables::total(group));
            line.push(b'\n');
            out.write_all(&line)?;
        }
        Ok(())
    }
}
