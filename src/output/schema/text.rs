//! For people at a terminal: changes by who breaks, then every mode.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::{HEADINGS, advice, heading};
use crate::{
    codec::text::counted,
    output::Screen,
    schema::{
        DiffEntry, Mode, RegistryVerdict, SchemaLocation, SchemaReport, SchemaResults, Severity,
    },
};

const INDENT: &str = "      ";

pub(super) fn write(
    out: &mut dyn io::Write,
    results: SchemaResults<'_>,
    several: bool,
    screen: &Screen,
) -> io::Result<()> {
    let mut text = Text {
        out: Vec::new(),
        screen,
    };
    for (index, report) in results.reports.iter().enumerate() {
        if index > 0 {
            text.line("", "");
        }
        text.report(report);
    }
    if several {
        text.summary(results);
    }
    out.write_all(&text.out)
}

struct Text<'s> {
    out: Vec<u8>,
    screen: &'s Screen,
}

impl Text<'_> {
    fn report(&mut self, report: &SchemaReport) {
        let kind = format!("({}, rules of {})", report.format, report.rules.name());
        self.folded(
            "",
            "1",
            &format!("{} -> {} {kind}", report.olds(), report.new),
        );
        for wanted in HEADINGS {
            let mut first = true;
            for (index, entry) in report.shown().filter(|(_, entry)| heading(entry) == wanted) {
                if first {
                    self.line("", "");
                    self.line(color(entry.change.severity), wanted);
                    first = false;
                }
                self.change(report, index, entry);
            }
        }
        if report.diff.changes.is_empty() {
            self.line("", "");
            self.line("", "no difference");
        }
        self.line("", "");
        self.modes(report);
        self.judgement(report);
    }

    fn change(&mut self, report: &SchemaReport, index: usize, entry: &DiffEntry) {
        let change = &entry.change;
        let mark = match (change.severity, &change.old, &change.new) {
            (Severity::Break, ..) => "x",
            (Severity::Risk, ..) => "!",
            (_, None, Some(_)) => "+",
            (_, Some(_), None) => "-",
            _ => "~",
        };
        self.put("", "  ");
        self.put(color(change.severity), mark);
        self.line("", &format!(" {}  {}", change.id, change.path));
        self.folded(INDENT, "", &entry.message());
        match (&change.old, &change.new) {
            (Some(old), Some(new)) => self.folded(INDENT, "", &format!("{old} -> {new}")),
            (Some(old), None) => self.folded(INDENT, "", &format!("was {old}")),
            (None, Some(new)) => self.folded(INDENT, "", &format!("now {new}")),
            (None, None) => {}
        }
        if let Some(place) = entry.location() {
            self.folded(INDENT, "2", &shown(place));
        }
        // What is gone has no place in the new schema but that of what held it.
        if let (None, Some(place), true) = (
            &change.new,
            &change.old_location,
            change.new_location.is_some(),
        ) {
            self.folded(INDENT, "2", &shown(place));
        }
        if let Some(repeats) = report.repeats(index) {
            self.folded(INDENT, "2", &repeats);
        }
        if change.severity == Severity::Safe {
            return;
        }
        if report.diff.against.len() > 1 {
            let versions: Vec<&str> = entry
                .versions
                .iter()
                .rev()
                .filter_map(|version| report.diff.against.get(*version).map(String::as_str))
                .collect();
            self.folded(INDENT, "", &format!("since {}", versions.join(", ")));
        }
        if let Some(fix) = &change.fix {
            self.folded(INDENT, "", &format!("fix: {fix}"));
        }
        if let Some(witness) = &entry.witness {
            self.folded(INDENT, "", &format!("witness: {witness}"));
        }
        match report.approval(index) {
            Some(approval) => self.folded(INDENT, "32", &format!("allowed: {approval}")),
            None => self.line("2", &format!("{INDENT}fingerprint {}", entry.fingerprint)),
        }
    }

    fn modes(&mut self, report: &SchemaReport) {
        let diff = &report.diff;
        self.line(
            "1",
            &format!("{:<21} {:<11} {}", "MODE", "COMPATIBLE", "AGAINST"),
        );
        for mode in Mode::ALL {
            let compatible = diff.is_compatible(mode);
            let asked = &diff.against[diff.asked(mode)];
            let against = match asked {
                [] => "-".to_owned(),
                [one] => one.clone(),
                [first, .., last] => format!("{first} … {last}"),
            };
            self.put("", &format!("{:<21} ", mode.name()));
            let (code, word) = if compatible {
                ("32", "yes")
            } else {
                ("31", "no")
            };
            self.put(code, &format!("{word:<11} "));
            self.line("", &against);
        }
        self.folded("", "", &advice(diff));
        if let Some(note) = diff.unsearched_note() {
            self.folded("", "2", &note);
        }
    }

    fn judgement(&mut self, report: &SchemaReport) {
        let Some(judgement) = &report.judgement else {
            return;
        };
        if let Some(says) = &judgement.registry {
            self.registry(judgement.mode, says);
            if let Some(disagreement) = report.disagreement() {
                self.folded("", "33", &disagreement);
            }
        }
        let (code, verdict) = if judgement.passes {
            ("32", "passes")
        } else {
            ("31", "fails")
        };
        let mut line = format!("{verdict} {} ({})", judgement.mode, judgement.mode_from);
        let ours = report.diff.is_compatible(judgement.mode);
        let changes = &report.diff.changes;
        let mut failing = judgement.failing.iter().filter_map(|one| changes.get(*one));
        if !judgement.passes && ours {
            line.push_str(match judgement.failing.len() {
                0 => ": the registry refuses it",
                _ if failing.any(DiffEntry::is_validation_error) => ": it is not a valid schema",
                _ => ": it keeps the mode, --fail-on asks for more",
            });
        }
        if judgement.passes && !judgement.allowed.is_empty() {
            let allowed = counted(judgement.allowed.len(), "change");
            line.push_str(&format!(": {allowed} allowed"));
        }
        self.folded("", code, &line);
    }

    fn registry(&mut self, mode: Mode, says: &RegistryVerdict) {
        if let Some(failure) = &says.failure {
            self.folded(
                "",
                "33",
                &format!("the registry cannot judge it: {failure}"),
            );
            return;
        }
        let verdict = match says.compatible {
            Some(true) => "compatible",
            Some(false) => "incompatible",
            None => "nothing to compare with",
        };
        self.folded("", "", &format!("the registry says: {verdict}"));
        for message in &says.messages {
            self.folded(INDENT, "2", message);
        }
        if says.mode != mode {
            self.folded("", "", &format!("it judges by {}", says.mode));
        }
    }

    /// A line for each schema.
    fn summary(&mut self, results: SchemaResults<'_>) {
        let reports = results.reports;
        let unjudged = results.unjudged.iter().map(|unjudged| &unjudged.name);
        let names = reports.iter().map(|report| &report.new);
        let width = names
            .chain(unjudged)
            .map(|name| name.width())
            .max()
            .unwrap_or(0)
            .max("SCHEMA".len());
        self.line("", "");
        self.line(
            "1",
            &format!(
                "{:<width$}  VERDICT  FAILING  BREAKS  RISKS  SAFE",
                "SCHEMA"
            ),
        );
        for report in reports {
            let (code, word) = if report.passes() {
                ("32", "passes")
            } else {
                ("31", "fails")
            };
            let [failing, breaks, risks, safe] = report.counts();
            let pad = " ".repeat(width - report.new.width());
            self.put("", &format!("{}{pad}  ", report.new));
            self.put(code, &format!("{word:<7}"));
            let counts = format!("  {failing:>7}  {breaks:>6}  {risks:>5}  {safe:>4}");
            self.line("", &counts);
        }
        for unjudged in results.unjudged {
            let pad = " ".repeat(width - unjudged.name.width());
            self.put("", &format!("{}{pad}  ", unjudged.name));
            self.put("31", &format!("{:<7}", "error"));
            self.line(
                "",
                &format!("  {:>7}  {:>6}  {:>5}  {:>4}", "-", "-", "-", "-"),
            );
        }
    }

    fn put(&mut self, code: &str, text: &str) {
        self.screen.paint(&mut self.out, code, text);
    }

    fn line(&mut self, code: &str, text: &str) {
        self.put(code, text);
        self.out.push(b'\n');
    }

    /// A text that is folded between words where the screen ends, each line indented.
    fn folded(&mut self, indent: &str, code: &str, text: &str) {
        self.screen.fold(&mut self.out, indent, code, text);
    }
}

fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Break => "31",
        Severity::Risk => "33",
        Severity::Safe => "32",
    }
}

/// `file:line:column` and what stands there.
fn shown(place: &SchemaLocation) -> String {
    format!("{}:{} {}", place.file, place.at, place.pointer)
        .trim_end()
        .to_owned()
}
