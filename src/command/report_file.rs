//! `--report KIND=FILE`: a report of findings beside the result on standard output.

use std::path::PathBuf;

use crate::{
    exit::Exit,
    failure::Failure,
    files::{self, FileId},
    finding::Findings,
    output::findings::FindingsFormat,
    ui::Ui,
};

/// A report and its file; `None` is standard error.
#[derive(Clone, Debug)]
pub struct ReportFile {
    format: FindingsFormat,
    file: Option<PathBuf>,
}

impl ReportFile {
    /// Reads `junit=FILE`; only `github` needs no file.
    ///
    /// # Errors
    /// An unknown format, a format without a file, or standard output, which has the result.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let Some(format) = FindingsFormat::parse(name) else {
            let known = FindingsFormat::ALL.map(|format| match format {
                FindingsFormat::Github => "github".to_owned(),
                format => format!("{}=FILE", format.name()),
            });
            let failure = Failure::usage(format!("--report {text:?} is not a report"));
            return Err(failure.hint(format!("reports: {}", known.join(", "))));
        };
        if file.is_none() && format != FindingsFormat::Github {
            return Err(Failure::usage(format!(
                "--report {name} needs a file: {name}=FILE"
            )));
        }
        if file.as_deref().is_some_and(|file| file.as_os_str() == "-") {
            let failure = Failure::usage(format!("--report {text:?} names no file"));
            return Err(failure.hint("standard output has the result: -o json prints it as JSON"));
        }
        Ok(Self { format, file })
    }

    /// Checks that the report replaces none of `inputs`.
    ///
    /// # Errors
    /// Its file is one of them.
    pub fn spare(&self, inputs: &[PathBuf]) -> Result<(), Failure> {
        let id = self.file.as_deref().and_then(FileId::of_path);
        match files::input_with_id(id, inputs) {
            None => Ok(()),
            Some(input) => {
                let message = format!("--report would replace the input {}", input.display());
                Err(Failure::new(Exit::Refused, message).hint("name another file"))
            }
        }
    }

    /// Writes the report.
    ///
    /// # Errors
    /// Its file cannot be written.
    pub fn write(&self, ui: &Ui, findings: &Findings) -> Result<(), Failure> {
        let text = self.format.render(findings);
        let (written, name) = match &self.file {
            Some(file) => (std::fs::write(file, text), file.display().to_string()),
            // Standard output may be read by another program; GitHub reads both.
            None => (ui.report(&text), "standard error".to_owned()),
        };
        written.map_err(|error| {
            let message = format!("the report cannot be written to {name}");
            Failure::new(Exit::Partial, message).cause(error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_written_to_a_file_and_github_to_standard_error() {
        let parsed = |text| ReportFile::parse(text).map_err(|failure| failure.message);
        assert_eq!(parsed("github").unwrap().file, None);
        let file = parsed("json=a=b.json").unwrap().file;
        assert_eq!(file, Some(PathBuf::from("a=b.json")));
        for (text, error) in [
            ("json=-", "--report \"json=-\" names no file"),
            ("json", "--report json needs a file: json=FILE"),
            ("yaml=a", "--report \"yaml=a\" is not a report"),
        ] {
            assert_eq!(parsed(text).unwrap_err(), error);
        }
    }
}
