//! For programs. `fixtures/schema/evctl.schema-diff.schema.json` says what it looks like.

use std::{collections::BTreeMap, io};

use serde::Serialize;

use crate::schema::{
    DiffEntry, Judgement, Mode, SchemaLocation, SchemaReport, SchemaResults, Unjudged,
};

/// A JSON Schema of what `schema diff -o json` and `schema check -o json` print.
pub const JSON_SCHEMA: &str =
    include_str!("../../../fixtures/schema/evctl.schema-diff.schema.json");

#[derive(Serialize)]
struct Document<'r> {
    kind: &'static str,
    format: &'static str,
    rules: &'static str,
    old: &'r [String],
    new: &'r str,
    modes: BTreeMap<&'static str, ModeView<'r>>,
    changes: Vec<ChangeView<'r>>,
    advice: Advice,
    /// Breaks for which there was no time to look for a witness.
    unsearched: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<CheckView<'r>>,
}

#[derive(Serialize)]
struct ModeView<'r> {
    compatible: bool,
    against: &'r [String],
}

#[derive(Serialize)]
struct ChangeView<'r> {
    id: &'static str,
    registry_type: Option<&'static str>,
    title: String,
    path: &'r str,
    severity: &'static str,
    breaks: Vec<&'static str>,
    modes: Vec<&'static str>,
    versions: Vec<&'r str>,
    old: Option<&'r str>,
    new: Option<&'r str>,
    message: &'r str,
    fix: Option<&'r str>,
    witness: Option<&'r str>,
    old_span: Option<Span<'r>>,
    new_span: Option<Span<'r>>,
    fingerprint: &'r str,
}

#[derive(Serialize)]
struct Span<'r> {
    file: &'r str,
    line: u32,
    column: u32,
    pointer: &'r str,
}

#[derive(Serialize)]
struct Advice {
    upgrade_order: &'static str,
}

#[derive(Serialize)]
struct CheckView<'r> {
    passes: bool,
    mode: &'static str,
    mode_from: &'r str,
    failing: Vec<&'r str>,
    allowed: Vec<Allowed<'r>>,
    registry: Option<Registry<'r>>,
}

#[derive(Serialize)]
struct Allowed<'r> {
    fingerprint: &'r str,
    reason: &'r str,
    expires: Option<&'r str>,
}

#[derive(Serialize)]
struct Registry<'r> {
    url: &'r str,
    compatible: Option<bool>,
    messages: &'r [String],
    failure: Option<&'r str>,
    agrees: bool,
}

/// Several reports are one object with all of them.
#[derive(Serialize)]
struct Several<'r> {
    kind: &'static str,
    passes: bool,
    schemas: Vec<Document<'r>>,
    /// Those that could not be compared.
    unjudged: Vec<UnjudgedView<'r>>,
}

#[derive(Serialize)]
struct UnjudgedView<'r> {
    new: &'r str,
    message: &'r str,
    hints: &'r [String],
    span: Option<Span<'r>>,
    fingerprint: Option<&'r str>,
}

pub(super) fn write(
    out: &mut dyn io::Write,
    results: SchemaResults<'_>,
    several: bool,
) -> io::Result<()> {
    if several || !results.unjudged.is_empty() {
        let all = Several {
            kind: "evctl.schema-checks/1",
            passes: results.pass(),
            schemas: results.reports.iter().map(document).collect(),
            unjudged: results.unjudged.iter().map(unjudged).collect(),
        };
        serde_json::to_writer(&mut *out, &all)?;
        return writeln!(out);
    }
    for report in results.reports {
        serde_json::to_writer(&mut *out, &document(report))?;
        writeln!(out)?;
    }
    Ok(())
}

/// A line for each change, and for each schema that could not be judged.
pub(super) fn write_lines(out: &mut dyn io::Write, results: SchemaResults<'_>) -> io::Result<()> {
    for one in results.unjudged {
        serde_json::to_writer(&mut *out, &unjudged(one))?;
        writeln!(out)?;
    }
    for report in results.reports {
        for entry in &report.diff.changes {
            serde_json::to_writer(&mut *out, &change(report, entry))?;
            writeln!(out)?;
        }
    }
    Ok(())
}

fn unjudged(unjudged: &Unjudged) -> UnjudgedView<'_> {
    UnjudgedView {
        new: &unjudged.name,
        message: &unjudged.message,
        hints: &unjudged.hints,
        span: unjudged.place.as_ref().map(|(file, at)| Span {
            file,
            line: at.line,
            column: at.column,
            pointer: "",
        }),
        fingerprint: unjudged.fingerprint.as_deref(),
    }
}

fn document(report: &SchemaReport) -> Document<'_> {
    let diff = &report.diff;
    let mode = |mode: Mode| {
        let view = ModeView {
            compatible: diff.is_compatible(mode),
            against: &diff.against[diff.asked(mode)],
        };
        (mode.name(), view)
    };
    Document {
        kind: "evctl.schema-diff/1",
        format: report.format.name(),
        rules: report.rules.name(),
        old: &diff.against,
        new: &report.new,
        modes: Mode::ALL.into_iter().map(mode).collect(),
        changes: diff
            .changes
            .iter()
            .map(|entry| change(report, entry))
            .collect(),
        advice: Advice {
            upgrade_order: diff.upgrade_order().name(),
        },
        unsearched: diff.unsearched,
        check: report
            .judgement
            .as_ref()
            .map(|judgement| check(report, judgement)),
    }
}

fn change<'r>(report: &'r SchemaReport, entry: &'r DiffEntry) -> ChangeView<'r> {
    let change = &entry.change;
    let versions = entry
        .versions
        .iter()
        .filter_map(|index| report.diff.against.get(*index));
    ChangeView {
        id: change.id,
        registry_type: change.registry_type,
        title: entry.title(),
        path: &change.path,
        severity: change.severity.name(),
        breaks: change.breaks.iter().map(|who| who.name()).collect(),
        modes: entry.modes.iter().map(|mode| mode.name()).collect(),
        versions: versions.map(String::as_str).collect(),
        old: change.old.as_deref(),
        new: change.new.as_deref(),
        message: &change.message,
        fix: change.fix.as_deref(),
        witness: entry.witness.as_deref(),
        old_span: change.old_location.as_ref().map(span),
        new_span: change.new_location.as_ref().map(span),
        fingerprint: &entry.fingerprint,
    }
}

fn span(place: &SchemaLocation) -> Span<'_> {
    Span {
        file: &place.file,
        line: place.at.line,
        column: place.at.column,
        pointer: &place.pointer,
    }
}

fn check<'r>(report: &'r SchemaReport, judgement: &'r Judgement) -> CheckView<'r> {
    let fingerprint = |index: usize| report.diff.changes[index].fingerprint.as_str();
    let ours = report.diff.is_compatible(judgement.mode);
    CheckView {
        passes: judgement.passes,
        mode: judgement.mode.name(),
        mode_from: &judgement.mode_from,
        failing: judgement
            .failing
            .iter()
            .map(|index| fingerprint(*index))
            .collect(),
        allowed: (judgement.allowed.iter())
            .map(|(index, approval)| Allowed {
                fingerprint: fingerprint(*index),
                reason: &approval.reason,
                expires: approval.expires.as_deref(),
            })
            .collect(),
        registry: judgement.registry.as_ref().map(|says| Registry {
            url: &says.url,
            compatible: says.compatible,
            messages: &says.messages,
            failure: says.failure.as_deref(),
            agrees: says.compatible.is_none_or(|theirs| theirs == ours),
        }),
    }
}
