//! Reports of findings, for CI and for pull requests: one file for each format.

mod case;
mod github;
mod json;
mod junit;
pub mod markdown;
mod sarif;
mod tap;

#[cfg(test)]
mod tests;

use crate::finding::Findings;

/// The format of a report of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingsFormat {
    /// `JUnit` XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// TAP 14.
    Tap,
    /// A list for a pull request.
    Markdown,
    /// One JSON object.
    Json,
}

impl FindingsFormat {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Junit,
        Self::Sarif,
        Self::Github,
        Self::Tap,
        Self::Markdown,
        Self::Json,
    ];

    /// Its name on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Junit => "junit",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Tap => "tap",
            Self::Markdown => "markdown",
            Self::Json => "json",
        }
    }

    /// The format of this name; `None` when there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The report.
    #[must_use]
    pub fn render(self, findings: &Findings) -> String {
        match self {
            Self::Junit => junit::render(findings),
            Self::Sarif => sarif::render(findings),
            Self::Github => github::render(findings),
            Self::Tap => tap::render(findings),
            Self::Markdown => markdown::render(findings),
            Self::Json => json::render(findings),
        }
    }
}
