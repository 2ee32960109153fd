//! The result of `evctl capture verify`.

use std::io::{self, Write};

use serde::Serialize;

use crate::{
    codec::text::counted,
    files::capture::{SplitPart, VerifyReport},
    output::report::json,
};

/// Verdict on a capture file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Whole and unchanged.
    Sound,
    /// A whole and unchanged part of a split capture of which other parts are missing.
    Part,
    /// Cut off, changed or out of order.
    NotSound,
}

/// The check of one capture file.
pub struct VerifiedCapture<'r> {
    /// What was found in it.
    pub report: &'r VerifyReport,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is not sound, or not all of a split capture.
    pub error: Option<&'r str>,
}

#[derive(Serialize)]
struct Json<'r> {
    error: Option<&'r str>,
    file: &'r str,
    gaps: Vec<(&'r str, i32, i64, i64, &'r str)>,
    kind: &'static str,
    out_of_order: u64,
    part: Option<&'r SplitPart>,
    records: u64,
    redacted: &'r [String],
    sha256: Option<&'r str>,
    sound: bool,
    truncated: bool,
}

impl VerifiedCapture<'_> {
    /// Writes it as a line of JSON.
    ///
    /// # Errors
    /// What `out` failed with.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let report = self.report;
        let header = report.header.as_ref();
        let gaps = report.gaps.iter().map(|gap| {
            let reason: &str = &gap.reason;
            (&*gap.topic, gap.partition, gap.from, gap.to, reason)
        });
        let json = Json {
            error: self.error,
            file: &report.name,
            gaps: gaps.collect(),
            kind: "evctl.capture-verify/1",
            out_of_order: report.out_of_order,
            part: header.and_then(|header| header.part.as_ref()),
            records: report.records,
            redacted: header.map_or(&[][..], |header| &header.redacted),
            sha256: report.sha256.as_deref(),
            sound: self.verdict == Verdict::Sound,
            truncated: report.interrupted,
        };
        json::write(out, &json)
    }

    /// Writes it as text.
    ///
    /// # Errors
    /// What `out` failed with.
    pub fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let report = self.report;
        let verdict = match self.verdict {
            Verdict::Sound => "sound",
            Verdict::Part => "a part of an INCOMPLETE capture",
            Verdict::NotSound => "NOT SOUND",
        };
        let checked = match &report.sha256 {
            Some(sha256) => format!("sha256 {sha256} verified"),
            None if report.header.is_none() => "plain NDJSON, without a checksum".to_owned(),
            None => "checksum not verified".to_owned(),
        };
        writeln!(
            out,
            "{}: {verdict}, {}, {checked}",
            report.name,
            counted(report.records, "record")
        )?;
        for topic in report.header.iter().flat_map(|header| &header.topics) {
            let offsets: i64 = topic.ranges.iter().map(|(_, start, end)| end - start).sum();
            writeln!(
                out,
                "  {}: {} of {}, {}",
                topic.name,
                topic.ranges.len(),
                counted(topic.partitions, "partition"),
                counted(offsets, "offset")
            )?;
        }
        let redacted = report.header.iter().map(|header| &header.redacted);
        for paths in redacted.filter(|paths| !paths.is_empty()) {
            writeln!(out, "  redacted: {}", paths.join(", "))?;
        }
        if let Some(part) = report.header.iter().find_map(|header| header.part.as_ref()) {
            let place = if report.more { "" } else { ", the last" };
            writeln!(out, "  part {} of a split capture{place}", part.number)?;
        }
        if report.interrupted {
            writeln!(
                out,
                "  the capture was interrupted: it holds less than was asked for"
            )?;
        }
        for gap in &report.gaps {
            let (topic, partition) = (&gap.topic, gap.partition);
            writeln!(
                out,
                "  gap: {topic}/{partition} {} to {}: {}",
                gap.from, gap.to, gap.reason
            )?;
        }
        for place in &report.places {
            let (topic, partition) = (&place.topic, place.partition);
            let (line, offset, before) = (place.line, place.offset, place.before);
            writeln!(
                out,
                "  line {line}: {topic}/{partition} offset {offset} after {before}"
            )?;
        }
        Ok(())
    }
}
