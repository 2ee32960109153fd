//! Results of `evctl schema list`, `get` and `register`.

use std::io::{self, Write};

use serde::Serialize;

use crate::{
    output::report::{Report, row},
    registry::{Named, Registered, SubjectSummary, SubjectVersion},
    schema::{Format, Mode},
};

row! {
    /// A subject of a listing; `None` is not known.
    pub struct ListedSubject<'s> {
        subject: &'s str,
        r#type: Option<String>,
        latest: Option<i64>,
        id: Option<i64>,
        versions: Option<usize>,
        compatibility: Option<&'static str> => if_room,
        references: Option<usize> => if_room,
        guid: Option<&'s str> => wide,
    }
}

row! {
    struct SubjectName<'s> {
        subject: &'s str,
    }
}

impl<'s> ListedSubject<'s> {
    /// A subject and what the registry knows of it.
    #[must_use]
    pub fn new(subject: &'s str, summary: &'s SubjectSummary) -> Self {
        let latest = &summary.latest;
        Self {
            subject,
            r#type: Some(latest.schema_type.to_string()),
            latest: Some(latest.version.into()),
            id: Some(latest.id),
            versions: Some(summary.versions.len()),
            compatibility: summary.level.map(Mode::name),
            references: Some(latest.references.len()),
            guid: latest.guid.as_deref(),
        }
    }

    /// A subject that the registry gave no answer about.
    #[must_use]
    pub fn unknown(subject: &'s str) -> Self {
        Self {
            subject,
            r#type: None,
            latest: None,
            id: None,
            versions: None,
            compatibility: None,
            references: None,
            guid: None,
        }
    }
}

/// The result of `schema list`.
#[must_use]
pub fn subject_list<'s>(subjects: impl IntoIterator<Item = ListedSubject<'s>>) -> Report {
    Report::of("evctl.schema-list/1", "subjects", subjects)
}

/// The result of `schema list --brief`.
#[must_use]
pub fn subject_names(subjects: &[String]) -> Report {
    let names = subjects.iter().map(|subject| SubjectName { subject });
    Report::of("evctl.schema-list/1", "subjects", names)
}

/// The result of `schema get -o json`.
#[derive(Serialize)]
pub struct StoredSchema<'r> {
    kind: &'static str,
    /// `None` where only an id or a GUID was asked for; so the version.
    subject: Option<&'r str>,
    version: Option<u32>,
    id: Option<i64>,
    guid: Option<&'r str>,
    #[serde(rename = "type")]
    format: Format,
    references: &'r [Named],
    /// Where the id is registered; empty where a subject was asked for.
    registered: &'r [SubjectVersion],
    schema: &'r str,
}

impl<'r> StoredSchema<'r> {
    /// A schema, and where its id is registered.
    #[must_use]
    pub fn new(found: &'r Registered, registered: &'r [SubjectVersion]) -> Self {
        Self {
            kind: "evctl.schema/1",
            subject: (!found.subject.is_empty()).then_some(&found.subject),
            version: (found.version > 0).then_some(found.version),
            id: (found.id > 0).then_some(found.id),
            guid: found.guid.as_deref(),
            format: found.schema_type,
            references: &found.references,
            registered,
            schema: &found.schema,
        }
    }

    /// Writes it, one line.
    ///
    /// # Errors
    /// What `out` failed with.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        writeln!(out)
    }
}

/// The result of `schema register`.
#[derive(Serialize)]
pub struct RegisteredSchema<'s> {
    kind: &'static str,
    subject: &'s str,
    id: i64,
    /// `None` when the registry does not say.
    version: Option<u32>,
}

impl<'s> RegisteredSchema<'s> {
    /// A schema that is registered now.
    #[must_use]
    pub fn new(subject: &'s str, id: i64, version: Option<u32>) -> Self {
        Self {
            kind: "evctl.schema-register/1",
            subject,
            id,
            version,
        }
    }

    /// Writes it, one line: as JSON, or for a person.
    ///
    /// # Errors
    /// What `out` failed with.
    pub fn write(&self, out: &mut dyn Write, json: bool) -> io::Result<()> {
        if json {
            serde_json::to_writer(&mut *out, self)?;
            return writeln!(out);
        }
        let version = self
            .version
            .map_or_else(|| "?".to_owned(), |version| version.to_string());
        writeln!(out, "{}: version {version}, id {}", self.subject, self.id)
    }
}
