//! What diff, check and register print.

use crate::{
    cmd::{self, show},
    command::Context,
    exit::Exit,
    failure::Failure,
    output::schema::{SchemaFormat, write},
    schema::SchemaResults,
    ui::Passes,
};

/// What `-o` asks for.
///
/// # Errors
/// A format that there is not.
pub(super) fn format(context: &Context) -> Result<SchemaFormat, Failure> {
    let Some(name) = context.global.output.as_deref() else {
        return Ok(SchemaFormat::Text);
    };
    SchemaFormat::parse(name).ok_or_else(|| {
        Failure::usage(format!("-o {name:?} is not an output of this command"))
            .hint("formats: table, json, ndjson, markdown; --report writes junit, sarif, github, tap, markdown, json")
    })
}

/// Prints `results`; `several` also sums them up.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn print(
    context: &Context,
    results: SchemaResults<'_>,
    several: bool,
) -> Result<Exit, Failure> {
    let format = format(context)?;
    let screen = show::screen(context);
    let passes = match format {
        SchemaFormat::Text => Passes::Colors,
        _ => Passes::Text,
    };
    cmd::print_passing(context, passes, |out| {
        write(out, results, format, several, &screen)
    })
}
