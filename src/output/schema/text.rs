//! For people at a terminal: changes by who breaks, then every mode.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::{HEADINGS, SchemaReport, advice, heading, message, place, title};
use crate::{
    output::Screen,
    schema::{Found, Mode, Place, Severity},
};

/// Lines are folded here on a terminal that is narrower than this.
const NARROWEST: usize = 40;
const INDENT: &str = "      ";

pub(super) fn write(
    out: &mut dyn io::Write,
    reports: &[SchemaReport],
    several: bool,
    screen: &Screen,
) -> io::Result<()> {
    let mut text = Text {
        out: Vec::new(),
        screen,
    };
    for (index, report) in reports.iter().enumerate() {
        if index > 0 {
            text.line("", "");
        }
        text.report(report);
    }
    if several {
        text.summary(reports);
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
            let found = report.diff.changes.iter().enumerate();
            let mut first = true;
            for (index, found) in found.filter(|(_, found)| heading(found) == wanted) {
                if first {
                    self.line("", "");
                    self.line(color(found.change.severity), wanted);
                    first = false;
                }
                self.change(report, index, found);
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

    fn change(&mut self, report: &SchemaReport, index: usize, found: &Found) {
        let change = &found.change;
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
        let said = if change.message == change.path {
            title(found)
        } else {
            message(found)
        };
        self.folded(INDENT, "", said);
        if said != title(found) && change.severity != Severity::Safe {
            self.folded(INDENT, "2", title(found));
        }
        match (&change.old, &change.new) {
            (Some(old), Some(new)) => self.folded(INDENT, "", &format!("{old} -> {new}")),
            (Some(old), None) => self.folded(INDENT, "", &format!("was {old}")),
            (None, Some(new)) => self.folded(INDENT, "", &format!("now {new}")),
            (None, None) => {}
        }
        if let Some(place) = place(found) {
            self.folded(INDENT, "2", &shown(place));
        }
        if change.severity == Severity::Safe {
            return;
        }
        if report.diff.against.len() > 1 {
            let versions: Vec<&str> = found
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
        if let Some(witness) = &found.witness {
            self.folded(INDENT, "", &format!("witness: {witness}"));
        }
        let allowed = report.judgement.as_ref().and_then(|judgement| {
            let entry = judgement.allowed.iter().find(|(one, _)| *one == index)?;
            Some(entry.1.clone())
        });
        match allowed {
            Some(reason) => self.folded(INDENT, "32", &format!("allowed: {reason}")),
            None => self.line("2", &format!("{INDENT}fingerprint {}", found.fingerprint)),
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
        self.line("", advice(diff));
    }

    fn judgement(&mut self, report: &SchemaReport) {
        let Some(judgement) = &report.judgement else {
            return;
        };
        if let Some(says) = &judgement.registry {
            let verdict = match says.compatible {
                Some(true) => "compatible",
                Some(false) => "incompatible",
                None => "nothing to compare with",
            };
            self.folded("", "", &format!("the registry says: {verdict}"));
            for message in &says.messages {
                self.folded(INDENT, "2", message);
            }
            let ours = report.diff.is_compatible(judgement.mode);
            if says.compatible.is_some_and(|theirs| theirs != ours) {
                let ours = if ours { "compatible" } else { "incompatible" };
                self.folded(
                    "",
                    "33",
                    &format!(
                        "evctl disagrees: {ours} by the rules of {}",
                        report.rules.name()
                    ),
                );
            }
        }
        let (code, verdict) = if judgement.passes {
            ("32", "passes")
        } else {
            ("31", "fails")
        };
        self.line(
            code,
            &format!(
                "{verdict} {} (from {})",
                judgement.mode, judgement.mode_from
            ),
        );
    }

    /// A line for each schema.
    fn summary(&mut self, reports: &[SchemaReport]) {
        let width = reports
            .iter()
            .map(|report| report.new.width())
            .max()
            .unwrap_or(0);
        self.line("", "");
        self.line(
            "1",
            &format!("{:<width$} VERDICT BREAKS RISKS SAFE", "SCHEMA"),
        );
        for report in reports {
            let (code, word) = if report.passes() {
                ("32", "passes")
            } else {
                ("31", "fails")
            };
            let [breaks, risks, safe] = report.counts();
            let pad = " ".repeat(width - report.new.width());
            self.put("", &format!("{}{pad} ", report.new));
            self.put(code, &format!("{word:<7}"));
            self.line("", &format!(" {breaks:>6} {risks:>5} {safe:>4}"));
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
        let width = self.screen.width.max(NARROWEST) - indent.len();
        let mut line = String::new();
        for word in text.split(' ') {
            if !line.is_empty()
                && line.width() + 1 + word.width() > width
                && self.screen.is_terminal()
            {
                self.put("", indent);
                self.line(code, &line);
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.put("", indent);
        self.line(code, &line);
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
fn shown(place: &Place) -> String {
    format!("{}:{} {}", place.file, place.at, place.pointer)
        .trim_end()
        .to_owned()
}
