//! For a comment in a pull request.

use std::io;

use super::{HEADINGS, Results, SchemaReport, advice, heading, message, place, repeats};
use crate::schema::{Mode, Severity};

pub(super) fn write(
    out: &mut dyn io::Write,
    results: Results<'_>,
    several: bool,
) -> io::Result<()> {
    if several || !results.unjudged.is_empty() {
        writeln!(
            out,
            "| schema | verdict | failing | breaks | risks | safe |\n|---|---|--:|--:|--:|--:|"
        )?;
        for report in results.reports {
            let [failing, breaks, risks, safe] = report.counts();
            let verdict = if report.passes() {
                "passes"
            } else {
                "**fails**"
            };
            writeln!(
                out,
                "| {} | {verdict} | {failing} | {breaks} | {risks} | {safe} |",
                code(&report.new)
            )?;
        }
        for unjudged in results.unjudged {
            writeln!(
                out,
                "| {} | **error** | - | - | - | - |",
                code(&unjudged.name)
            )?;
        }
        writeln!(out)?;
    }
    for report in results.reports {
        one(out, report)?;
    }
    for unjudged in results.unjudged {
        writeln!(out, "### {}\n", code(&unjudged.name))?;
        writeln!(
            out,
            "**not judged**: {}\n",
            plain(&unjudged.lines().join("; "))
        )?;
    }
    Ok(())
}

fn one(out: &mut dyn io::Write, report: &SchemaReport) -> io::Result<()> {
    let diff = &report.diff;
    writeln!(
        out,
        "### {} → {}\n",
        code(&report.olds()),
        code(&report.new)
    )?;
    for wanted in HEADINGS {
        let mut changes = report
            .shown()
            .filter(|(_, found)| heading(found) == wanted)
            .peekable();
        if changes.peek().is_none() {
            continue;
        }
        writeln!(out, "**{}**\n", wanted.to_lowercase())?;
        for (index, found) in changes {
            let change = &found.change;
            writeln!(
                out,
                "- {} at {}: {}",
                code(change.id),
                code(&change.path),
                plain(&message(found))
            )?;
            if let Some(place) = place(found) {
                writeln!(out, "  - {}", code(&format!("{}:{}", place.file, place.at)))?;
            }
            if let Some(repeats) = repeats(report, index) {
                writeln!(out, "  - {}", plain(&repeats))?;
            }
            if change.severity == Severity::Safe {
                continue;
            }
            if let Some(approval) = report.approval(index) {
                writeln!(out, "  - allowed: {}", plain(&approval.to_string()))?;
            }
            if let Some(fix) = &change.fix {
                writeln!(out, "  - fix: {}", plain(fix))?;
            }
            if let Some(witness) = &found.witness {
                writeln!(out, "  - witness: {}", code(witness))?;
            }
            writeln!(out, "  - fingerprint {}", code(&found.fingerprint))?;
        }
        writeln!(out)?;
    }
    if diff.changes.is_empty() {
        writeln!(out, "no difference\n")?;
    }
    writeln!(out, "| mode | compatible | against |\n|---|---|---|")?;
    for mode in Mode::ALL {
        let verdict = if diff.is_compatible(mode) {
            "yes"
        } else {
            "**no**"
        };
        let against: Vec<String> = diff.against[diff.asked(mode)]
            .iter()
            .map(|one| code(one))
            .collect();
        writeln!(
            out,
            "| {} | {verdict} | {} |",
            mode.name(),
            against.join(", ")
        )?;
    }
    writeln!(out, "\n{}\n", plain(&advice(diff)))?;
    let notes = [
        diff.unsearched_note(),
        report.refusal(),
        report.disagreement(),
    ];
    for note in notes.iter().flatten() {
        writeln!(out, "{}\n", plain(note))?;
    }
    if let Some(judgement) = &report.judgement {
        let verdict = if judgement.passes { "passes" } else { "fails" };
        writeln!(
            out,
            "**{verdict} {}** (from {})\n",
            judgement.mode,
            plain(&judgement.mode_from)
        )?;
    }
    Ok(())
}

/// Text within backticks, more of them than it holds itself, and no bar of a table.
fn code(text: &str) -> String {
    let text = text.replace('\n', " ").replace('|', "\\|");
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    if longest > 0 {
        format!("{ticks} {text} {ticks}")
    } else {
        format!("{ticks}{text}{ticks}")
    }
}

/// Text that must not become markup.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.replace('\n', " ").chars() {
        if "\\`*_[]<>#|".contains(character) {
            safe.push('\\');
        }
        safe.push(character);
    }
    safe
}
