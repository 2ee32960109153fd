//! The questions.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Compatibility, Named, Registered, RegistryError, RegistrySettings, SubjectVersion, Version,
    cache::Cache, http::Http,
};
use crate::schema::{Format, Mode};

/// All but what RFC 3986 calls unreserved.
const IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// References of references are followed so far.
const DEEPEST: usize = 64;

/// The most schemas that one schema may lead to: each is a question to the registry.
const MOST_REFERENCED: usize = 1_000;

/// A schema registry.
pub struct Registry {
    http: Http,
    cache: Option<Cache>,
}

/// A schema that is to be registered, or asked about.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its kind.
    pub schema_type: Format,
    /// Its text.
    pub schema: String,
    /// What it refers to.
    pub references: Vec<Named>,
}

/// The answer to a schema that is registered.
#[derive(Deserialize)]
struct Id {
    id: Option<i64>,
}

/// A level under the names that registries give it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Level {
    compatibility_level: Option<String>,
    compatibility: Option<String>,
}

/// The subject that stands in for another one.
#[derive(Deserialize)]
struct Alias {
    alias: Option<String>,
}

impl Candidate {
    fn body(&self) -> Value {
        let mut body = json!({ "schema": self.schema });
        // Registries older than the other types do not know the member.
        if self.schema_type != Format::Avro {
            body["schemaType"] = self.schema_type.to_string().into();
        }
        if !self.references.is_empty() {
            body["references"] = json!(self.references);
        }
        body
    }
}

impl Registry {
    /// A registry to ask; `cache` is the folder where schemas are kept by id.
    ///
    /// # Errors
    /// TLS files that cannot be used. Nothing is asked yet.
    pub fn new(settings: RegistrySettings, cache: Option<&Path>) -> Result<Self, RegistryError> {
        let cache = cache.map(|folder| Cache::new(folder, &settings.url));
        Ok(Self {
            http: Http::new(settings)?,
            cache,
        })
    }

    /// Its address, without a password.
    #[must_use]
    pub fn url(&self) -> &str {
        self.http.url()
    }

    /// `GET /subjects`: their names, in order; with `deleted` also those that were soft-deleted.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub fn subjects(&self, deleted: bool) -> Result<Vec<String>, RegistryError> {
        let mut subjects: Vec<String> = self.http.get(&format!("/subjects{}", also(deleted)))?;
        subjects.sort_unstable();
        // A name that is repeated, millions of times perhaps, is one subject.
        subjects.dedup();
        Ok(subjects)
    }

    /// `GET /subjects/S/versions`: their numbers, oldest first.
    ///
    /// # Errors
    /// No such subject, no answer, or a refusal; an empty list, since a subject has a version.
    pub fn versions(&self, subject: &str, deleted: bool) -> Result<Vec<u32>, RegistryError> {
        let path = format!("/subjects/{}/versions{}", encoded(subject), also(deleted));
        let mut versions: Vec<u32> = self.http.get(&path)?;
        if versions.is_empty() {
            let message = format!("it lists no version of {subject:?}");
            return Err(self.http.odd(&path, 200, message));
        }
        versions.sort_unstable();
        Ok(versions)
    }

    /// `GET /subjects/S/versions/V`.
    ///
    /// # Errors
    /// No such subject or version, no answer, or a refusal.
    pub fn version(
        &self,
        subject: &str,
        version: Version,
        deleted: bool,
    ) -> Result<Registered, RegistryError> {
        let path = format!(
            "/subjects/{}/versions/{version}{}",
            encoded(subject),
            also(deleted)
        );
        let found: Registered = self.http.get(&path)?;
        if let Version::Number(number) = version
            && ![0, number].contains(&found.version)
        {
            let message = format!("the answer is version {}, not {number}", found.version);
            return Err(self.http.odd(&path, 200, message));
        }
        self.check_subject(&path, subject, &found)?;
        Ok(found)
    }

    /// Refuses the schema of another subject.
    fn check_subject(
        &self,
        path: &str,
        subject: &str,
        found: &Registered,
    ) -> Result<(), RegistryError> {
        let other = &found.subject;
        if other.is_empty() || plain(other) == plain(subject) || self.is_alias(subject, other) {
            return Ok(());
        }
        let message = format!("the answer is of subject {other:?}, not {subject:?}");
        Err(self.http.odd(path, 200, message))
    }

    /// Whether the registry is told to answer with another subject in place of this one.
    fn is_alias(&self, subject: &str, other: &str) -> bool {
        let config = self
            .http
            .get::<Alias>(&format!("/config/{}", encoded(subject)));
        config.is_ok_and(|config| {
            config
                .alias
                .is_some_and(|alias| plain(&alias) == plain(other))
        })
    }

    /// `GET /schemas/ids/N`, asked once for all time.
    ///
    /// # Errors
    /// No such id, no answer, or a refusal.
    pub fn by_id(&self, id: i64) -> Result<Registered, RegistryError> {
        let path = format!("/schemas/ids/{id}");
        self.immutable(&id.to_string(), &path, |found| {
            let other = found.id != 0 && found.id != id;
            other.then(|| format!("the answer has id {}, not {id}", found.id))
        })
    }

    /// `GET /schemas/guids/G`, asked once for all time.
    ///
    /// # Errors
    /// No such GUID, a registry without them, no answer, or a refusal.
    pub fn by_guid(&self, guid: &str) -> Result<Registered, RegistryError> {
        let path = format!("/schemas/guids/{}", encoded(guid));
        self.immutable(&encoded(guid).to_string(), &path, |found| {
            let other = found.guid.as_deref();
            let other = other.filter(|other| !other.eq_ignore_ascii_case(guid));
            other.map(|other| format!("the answer has GUID {other:?}, not {guid:?}"))
        })
    }

    /// `wrong` says why an answer is that to another question.
    fn immutable(
        &self,
        name: &str,
        path: &str,
        wrong: impl FnOnce(&Registered) -> Option<String>,
    ) -> Result<Registered, RegistryError> {
        if let Some(found) = self.cache.as_ref().and_then(|cache| cache.get(name)) {
            return Ok(found);
        }
        let found = self.http.get(path)?;
        if let Some(message) = wrong(&found) {
            return Err(self.http.odd(path, 200, message));
        }
        if let Some(cache) = &self.cache {
            cache.put(name, &found);
        }
        Ok(found)
    }

    /// `GET /schemas/ids/N/versions`: where an id is registered.
    ///
    /// # Errors
    /// No such id, no answer, or a refusal.
    pub fn places(&self, id: i64) -> Result<Vec<SubjectVersion>, RegistryError> {
        self.http.get(&format!("/schemas/ids/{id}/versions"))
    }

    /// `POST /subjects/S`: the version under which this very schema is registered; `None` when it
    /// is not.
    ///
    /// # Errors
    /// A schema that is none, no answer, or a refusal; the answer is of another subject or type.
    pub fn find(
        &self,
        subject: &str,
        candidate: &Candidate,
        normalize: bool,
    ) -> Result<Option<Registered>, RegistryError> {
        let path = format!("/subjects/{}?normalize={normalize}", encoded(subject));
        let mut found: Registered = match self.http.post(&path, &candidate.body()) {
            Err(RegistryError::NotFound { .. }) => return Ok(None),
            answer => answer?,
        };
        self.check_subject(&path, subject, &found)?;
        // Avro is what registries do not name, and Apicurio names no type at all here.
        if found.schema_type == Format::Avro {
            found.schema_type = candidate.schema_type;
        }
        if found.schema_type != candidate.schema_type {
            let (other, wanted) = (found.schema_type, candidate.schema_type);
            let message = format!("the answer is of type {other}, not {wanted}");
            return Err(self.http.odd(&path, 200, message));
        }
        Ok(Some(found))
    }

    /// `POST /subjects/S/versions`: registers it, and says its id.
    ///
    /// # Errors
    /// It is incompatible (409) or none (422), no answer, or a refusal.
    pub fn register(
        &self,
        subject: &str,
        candidate: &Candidate,
        normalize: bool,
    ) -> Result<i64, RegistryError> {
        let path = format!(
            "/subjects/{}/versions?normalize={normalize}",
            encoded(subject)
        );
        let answer: Id = self.http.post(&path, &candidate.body())?;
        let unsaid = || self.http.odd(&path, 200, "it says no id".to_owned());
        answer.id.ok_or_else(unsaid)
    }

    /// `POST /compatibility/subjects/S/versions[/V]`: what the registry thinks of it, against one
    /// version, or against those that the subject's level asks for. `None`: there is nothing to
    /// compare it with.
    ///
    /// # Errors
    /// A schema that is none, no answer, or a refusal.
    pub fn judge(
        &self,
        subject: &str,
        against: Option<Version>,
        candidate: &Candidate,
        normalize: bool,
    ) -> Result<Option<Compatibility>, RegistryError> {
        let version = against.map_or_else(String::new, |version| format!("/{version}"));
        let path = format!(
            "/compatibility/subjects/{}/versions{version}?verbose=true&normalize={normalize}",
            encoded(subject)
        );
        match self.http.post(&path, &candidate.body()) {
            Ok(found) => Ok(Some(found)),
            Err(RegistryError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `GET /config/S`: the subject's level, or the one of all.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub fn level(&self, subject: &str) -> Result<Mode, RegistryError> {
        let path = format!("/config/{}?defaultToGlobal=true", encoded(subject));
        let answer: Level = match self.http.get(&path) {
            // Registries without defaultToGlobal have no level for the subject then.
            Err(RegistryError::NotFound { .. }) => self.http.get("/config")?,
            answer => answer?,
        };
        let level = answer.compatibility_level.or(answer.compatibility);
        let level = level.unwrap_or_default();
        let odd = || {
            self.http
                .odd(&path, 200, format!("unknown level {level:?}"))
        };
        level.parse().map_err(|_| odd())
    }

    /// Everything that `references` lead to, each once, what is referred to before what refers. The
    /// first with a name wins, as in Confluent's client.
    ///
    /// # Errors
    /// One of them is not registered, no answer, or a refusal; more than 1,000 schemas.
    pub fn closure(
        &self,
        references: &[Named],
    ) -> Result<Vec<(String, Registered)>, RegistryError> {
        let mut found = Vec::new();
        self.gather(references, &mut found, &mut Vec::new())?;
        Ok(found)
    }

    fn gather(
        &self,
        references: &[Named],
        found: &mut Vec<(String, Registered)>,
        open: &mut Vec<String>,
    ) -> Result<(), RegistryError> {
        for reference in references {
            let known = found.iter().any(|(name, _)| *name == reference.name);
            if known || open.contains(&reference.name) || open.len() >= DEEPEST {
                continue;
            }
            let version = match u32::try_from(reference.version) {
                Ok(number) if number > 0 => Version::Number(number),
                _ => Version::Latest,
            };
            if found.len() + open.len() >= MOST_REFERENCED {
                return Err(RegistryError::References {
                    url: self.http.url().to_owned(),
                    most: MOST_REFERENCED,
                    name: reference.name.clone(),
                    subject: reference.subject.clone(),
                    version,
                });
            }
            // An old schema may refer to a version that was soft-deleted since.
            let schema = self.version(&reference.subject, version, true)?;
            open.push(reference.name.clone());
            self.gather(&schema.references, found, open)?;
            open.pop();
            found.push((reference.name.clone(), schema));
        }
        Ok(())
    }
}

fn also(deleted: bool) -> &'static str {
    if deleted { "?deleted=true" } else { "" }
}

/// A subject without the name of the default context.
fn plain(subject: &str) -> &str {
    subject.strip_prefix(":.:").unwrap_or(subject)
}

/// A subject as a part of a path.
fn encoded(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, IN_A_PATH)
}
