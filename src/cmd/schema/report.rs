//! What diff, check and register print.

use std::path::PathBuf;

use crate::{
    cmd::{self, show},
    command::Context,
    exit::Exit,
    failure::Failure,
    files::{self, FileId},
    output::schema::{Results, SchemaFormat, SideReport, write},
    ui::{Passes, Ui},
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
            .hint("there are table, json, ndjson, markdown; --report has junit, sarif, github")
    })
}

/// Prints `results`; `several` also sums them up.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn print(
    context: &Context,
    results: Results<'_>,
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

/// A report beside the one on standard output, and its file; `None` is standard error.
#[derive(Clone, Debug)]
pub(super) struct Side {
    kind: SideReport,
    file: Option<PathBuf>,
}

impl Side {
    /// Reads `junit=FILE`, `sarif=FILE`, `github` or `github=FILE`.
    ///
    /// # Errors
    /// Anything else.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let kind = match name {
            "junit" => SideReport::Junit,
            "sarif" => SideReport::Sarif,
            "github" => SideReport::Github,
            _ => {
                return Err(Failure::usage(format!("--report {text:?} is no report"))
                    .hint("there are junit=FILE, sarif=FILE and github"));
            }
        };
        if file.is_none() && kind != SideReport::Github {
            return Err(Failure::usage(format!(
                "--report {name} needs a file: {name}=FILE"
            )));
        }
        Ok(Self { kind, file })
    }

    /// Checks that its file is none of `inputs`, which it would replace.
    ///
    /// # Errors
    /// It is one.
    pub(super) fn spare(&self, inputs: &[PathBuf]) -> Result<(), Failure> {
        let id = self.file.as_deref().and_then(FileId::of_path);
        match files::input_with_id(id, inputs) {
            None => Ok(()),
            Some(input) => {
                let message = format!("--report would replace the input {}", input.display());
                Err(Failure::new(Exit::Refused, message).hint("name another file"))
            }
        }
    }

    /// Writes it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn write(&self, ui: &Ui, results: Results<'_>) -> Result<(), Failure> {
        let text = self.kind.render(results);
        let (written, name) = match &self.file {
            Some(file) => (std::fs::write(file, text), file.display().to_string()),
            // Where it cannot end up within what another program reads; GitHub reads both.
            None => (ui.report(&text), "standard error".to_owned()),
        };
        written.map_err(|error| {
            let message = format!("the report cannot be written to {name}");
            Failure::new(Exit::Partial, message).cause(error)
        })
    }
}
