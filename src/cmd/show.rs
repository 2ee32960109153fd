//! Results on standard output, plans on standard error.

use crate::{
    command::Context,
    exit::Exit,
    failure::Failure,
    output::{
        Screen, Terminal,
        report::{CommandResult, Report, ReportFormat},
    },
    ui::Passes,
};

/// The format that `-o` asks for.
pub(super) fn format(context: &Context) -> Result<ReportFormat, Failure> {
    let name = context.global.output.as_deref();
    Ok(name.map_or(Ok(ReportFormat::default()), ReportFormat::parse)?)
}

/// What is printed on.
pub(super) fn screen(context: &Context) -> Screen {
    let ui = &context.ui;
    if ui.stdout_is_terminal() {
        Screen::new(Terminal::Yes, ui.width(), ui.colors())
    } else {
        Screen::new(Terminal::No, 80, ui.colors())
    }
}

/// Prints `result`.
pub(super) fn print(
    context: &Context,
    result: &impl CommandResult,
    format: ReportFormat,
) -> Result<Exit, Failure> {
    let screen = screen(context);
    super::print_passing(context, passes(format), |out| {
        result.write(out, format, &screen)
    })
}

/// Prints what a change has done. With a table the plan has shown it already, and `done` says that it
/// was carried out.
pub(super) fn change(context: &Context, report: &Report, done: &str) -> Result<Exit, Failure> {
    match format(context)? {
        ReportFormat::Table => {
            if !done.is_empty() {
                context.ui.note_lines(done);
            }
            Ok(Exit::Ok)
        }
        format => print(context, report, format),
    }
}

/// What a report in `format` may send to a terminal.
pub(super) fn passes(format: ReportFormat) -> Passes {
    match format {
        ReportFormat::Table | ReportFormat::Wide => Passes::Colors,
        _ => Passes::Text,
    }
}

/// Says on standard error what is about to be done: a heading and a table.
pub(super) fn plan(context: &Context, heading: &str, report: &Report) {
    let mut text = Vec::new();
    let screen = screen_of_notes(context, false);
    // Writing to memory cannot fail.
    let _ = report.write(&mut text, ReportFormat::Table, &screen);
    let table = String::from_utf8_lossy(&text);
    context
        .ui
        .note_lines(&format!("{heading}\n{}", table.trim_end()));
}

/// What is said on standard error is printed on.
pub(super) fn screen_of_notes(context: &Context, colors: bool) -> Screen {
    if context.ui.stderr_is_terminal() {
        Screen::new(Terminal::Yes, context.ui.width(), colors)
    } else {
        Screen::file()
    }
}

/// What a dry run shows: the heading and the table of the plan, the table as the result, and that it
/// was a dry run.
pub(super) fn dry_run(
    context: &Context,
    heading: &str,
    report: &Report,
    format: ReportFormat,
) -> Result<Exit, Failure> {
    context.ui.note(heading);
    let printed = print(context, report, format)?;
    context.ui.note(DRY_RUN);
    Ok(printed)
}

/// What a dry run ends with.
pub(super) const DRY_RUN: &str = "dry run: nothing was done";

/// A failure about one thing of several, the others being shown.
pub(super) fn warn_of(context: &Context, failure: &Failure) {
    context.ui.warn(one_line(failure));
}

/// A failure with its causes and hints.
pub(super) fn one_line(failure: &Failure) -> String {
    let parts = std::iter::once(&failure.message)
        .chain(&failure.causes)
        .chain(&failure.hints);
    let text: Vec<&str> = parts.map(String::as_str).collect();
    text.join("; ")
}
