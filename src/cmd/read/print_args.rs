//! The options that choose how records are printed.

use crate::{
    codec::csv::NullMark,
    command::Context,
    exit::Exit,
    failure::Failure,
    filter::Jq,
    output::{
        Print, Printer, Screen, Terminal,
        records::{Columns, Format, Template, Yield, columns},
    },
    ui::Passes,
};

/// How records look. `-o` takes value, pretty, json, raw, csv and table.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Showing records")]
pub struct ShowArgs {
    /// Print the results of a jq expression: --jq '[.key, .value.total]'
    ///
    /// The input is the same as that of --filter. Values nested more than 1000 deep, JSON text
    /// nested more than 128 deep, and more than 256 MiB of memory are errors of their record.
    #[arg(long, value_name = "EXPR", conflicts_with_all = ["output", "columns"])]
    pub jq: Option<String>,
    /// Columns of -o csv and -o table: --columns timestamp,key,.value.total,header.trace
    #[arg(long, value_name = "LIST")]
    pub columns: Option<String>,
    /// Print null keys, values and headers as MARK in -o csv, as produce -i csv reads them
    /// [default: \N]
    #[arg(long, value_name = "MARK")]
    pub null_value: Option<String>,
}

impl ShowArgs {
    /// The printer that the options ask for.
    ///
    /// # Errors
    /// A format, template, expression or column that does not exist.
    pub(in crate::cmd) fn printer(
        &self,
        context: &Context,
        template: Option<&str>,
    ) -> Result<Box<dyn Print>, Failure> {
        let ui = &context.ui;
        let stdout = |passes| {
            ui.stdout(passes).map_err(|error| {
                Failure::new(Exit::Partial, "standard output cannot be written").cause(error)
            })
        };
        let terminal = if ui.stdout_is_terminal() {
            Terminal::Yes
        } else {
            Terminal::No
        };
        if let Some(template) = template {
            let template = Template::parse(template, terminal)?;
            // Its own escape sequences were typed by the user; what it shows of records is escaped.
            let out = stdout(Passes::Everything)?;
            return Ok(Box::new(Printer::new(template, out)));
        }
        if let Some(expression) = &self.jq {
            let jq = Jq::compile(expression)?;
            let out = stdout(Passes::Text)?;
            return Ok(Box::new(Printer::new(Yield::new(jq, terminal), out)));
        }
        let columns = Columns::parse(self.columns.as_deref().unwrap_or(columns::DEFAULT))?;
        let format = match context.global.output.as_deref() {
            Some(name) => Format::parse(name)?,
            None if self.columns.is_some() => Format::Table,
            None => Format::default_for(terminal),
        };
        if self.null_value.is_some() && format != Format::Csv {
            return Err(Failure::usage("--null-value is how -o csv shows null").hint("-o csv"));
        }
        let null = NullMark::new(self.null_value.as_deref());
        let out = stdout(match format {
            Format::Pretty | Format::Table => Passes::Colors,
            _ => Passes::Text,
        })?;
        let screen = Screen::new(terminal, ui.width(), ui.colors());
        Ok(format.printer(columns, null, screen, out))
    }
}
