//! For a comment in a pull request.

use std::io;

use super::{HEADINGS, advice, heading};
use crate::{
    output::findings::markdown::{code, item, plain},
    schema::{Mode, SchemaReport, SchemaResults},
};

pub(super) fn write(
    out: &mut dyn io::Write,
    results: SchemaResults<'_>,
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
            .filter(|(_, entry)| heading(entry) == wanted)
            .peekable();
        if changes.peek().is_none() {
            continue;
        }
        writeln!(out, "**{}**\n", wanted.to_lowercase())?;
        for (index, entry) in changes {
            out.write_all(item(&report.finding(index, entry)).as_bytes())?;
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
