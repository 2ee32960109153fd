//! A lag report in Prometheus' text format, under the metric names of three families, so that
//! dashboards that exist already go on working.
//!
//! What is not known has no series: a 0 would say that all is read, a -1 would be summed, and a NaN
//! poisons every sum that it is in.

mod evctl;
mod kafka_exporter;
mod lag_exporter;
mod rows;
mod text;

#[cfg(test)]
mod strict;
#[cfg(test)]
mod tests;

use std::io::{self, BufWriter, Write};

use self::{rows::Rows, text::Exposition};
use crate::lag::LagReport;

/// Whose metric names to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PromNames {
    /// kafka-lag-exporter's, which klag-exporter has kept.
    #[default]
    LagExporter,
    /// danielqsj/kafka_exporter's.
    KafkaExporter,
    /// Our own: all that is known, with no labels that change at a rebalance.
    Evctl,
}

impl PromNames {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::LagExporter, Self::KafkaExporter, Self::Evctl];

    /// Its name as a value of `--names`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LagExporter => "lag-exporter",
            Self::KafkaExporter => "kafka_exporter",
            Self::Evctl => "evctl",
        }
    }

    /// The names that a value of `--names` asks for, with `-` or `_`; `None` when there are none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let plain = |name: &str| name.replace('_', "-");
        Self::ALL
            .into_iter()
            .find(|names| plain(names.name()).eq_ignore_ascii_case(&plain(name)))
    }
}

/// Writes `report`, which was collected at `at_ms` (milliseconds since 1970).
///
/// Series are sorted by group, topic and partition, whatever order the report has. Beside the
/// family that was chosen there is always what no other exporter tells: `evctl_…`.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    out: &mut dyn Write,
    report: &LagReport,
    names: PromNames,
    at_ms: i64,
) -> io::Result<()> {
    let rows = Rows::of(report);
    let mut out = BufWriter::with_capacity(64 << 10, out);
    let mut exposition = Exposition::new(&mut out);
    match names {
        PromNames::LagExporter => lag_exporter::write(&mut exposition, &rows)?,
        PromNames::KafkaExporter => kafka_exporter::write(&mut exposition, &rows)?,
        PromNames::Evctl => evctl::write(&mut exposition, &rows)?,
    }
    evctl::write_always(&mut exposition, &rows, report.failures.len(), at_ms)?;
    out.flush()
}
