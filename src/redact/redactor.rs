//! Redacting one record after the other.

use std::fmt;

use super::{
    RedactPath, RedactPathError,
    spans::{Members, Replaced, replace},
};
use crate::event::{HeaderBuf, Headers, Record};

/// What stands in place of a whole key, value or header.
const REDACTED: &[u8] = b"[redacted]";

/// A part of a record that can be JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The key.
    Key,
    /// The value.
    Value,
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Key => "key",
            Self::Value => "value",
        })
    }
}

/// A member is to be redacted in what is not JSON, or in a JSON string, number or boolean, so nobody
/// knows where it is: the record must not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {0} is not a JSON object or array, so it cannot be redacted")]
pub struct NotJson(pub Part);

/// Replaces the parts of records that were named, in memory that it keeps.
#[derive(Debug, Default)]
pub struct Redactor {
    key: Wanted,
    value: Wanted,
    headers: WantedHeaders,
    key_bytes: Vec<u8>,
    value_bytes: Vec<u8>,
    header_bytes: HeaderBuf,
    /// The paths of [`Redactor::new`] that no record has had so far, each alone.
    unfound: Vec<Unfound>,
    /// The paths of [`Redactor::add_all`] while no record has had any of them.
    unfound_together: Vec<Unfound>,
}

/// Paths none of which any record has had so far.
#[derive(Debug)]
struct Unfound {
    paths: Vec<String>,
    /// Redacts these paths only.
    alone: Redactor,
    /// `No` once a record was searched; `Unknown` while every record was masked whole.
    searched: Option<Found>,
}

/// What is redacted of a key or a value.
#[derive(Debug, Default)]
enum Wanted {
    #[default]
    Nothing,
    Members(Members),
    Whole,
}

/// Which headers are redacted.
#[derive(Debug, Default)]
enum WantedHeaders {
    #[default]
    None,
    /// Those of these names, in any case.
    Named(Vec<String>),
    All,
}

impl Redactor {
    /// Redacts what `paths` name.
    ///
    /// # Errors
    /// A path that names nothing.
    pub fn new<T: AsRef<str>>(paths: &[T]) -> Result<Self, RedactPathError> {
        let mut redactor = Self::default();
        for path in paths {
            redactor.unfound.push(Unfound::new(&[path.as_ref()])?);
            redactor.add(path.as_ref())?;
        }
        Ok(redactor)
    }

    /// Redacts what `paths` name as well; a record that has one of them is enough to find them all.
    ///
    /// # Errors
    /// A path that names nothing.
    pub fn add_all<T: AsRef<str>>(&mut self, paths: &[T]) -> Result<(), RedactPathError> {
        for path in paths {
            self.add(path.as_ref())?;
        }
        self.unfound_together.push(Unfound::new(paths)?);
        Ok(())
    }

    fn add(&mut self, path: &str) -> Result<(), RedactPathError> {
        match RedactPath::parse(path)? {
            RedactPath::Key => self.key = Wanted::Whole,
            RedactPath::Value => self.value = Wanted::Whole,
            RedactPath::Headers => self.headers = WantedHeaders::All,
            RedactPath::Header(name) => self.headers.add(name),
            RedactPath::InKey(names) => self.key.add(&names),
            RedactPath::InValue(names) => {
                // `value.email` may mean the value's email or its member's: both go.
                if let Some((first, rest)) = names.split_first()
                    && first == "value"
                {
                    self.value.add(rest);
                }
                self.value.add(&names);
            }
        }
        Ok(())
    }

    /// The paths of [`Redactor::new`] that no record has had so far. A path stays out while every
    /// record was masked whole: those may have had it.
    pub fn unfound(&self) -> impl Iterator<Item = &str> {
        self.unfound.iter().flat_map(Unfound::paths)
    }

    /// The paths of [`Redactor::add_all`], unless a record has had one of them, or every record was
    /// masked whole.
    pub fn unfound_together(&self) -> impl Iterator<Item = &str> {
        self.unfound_together.iter().flat_map(Unfound::paths)
    }

    /// Whether nothing is redacted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(
            (&self.key, &self.value, &self.headers),
            (Wanted::Nothing, Wanted::Nothing, WantedHeaders::None)
        )
    }

    /// `record` with what was named replaced. Null and empty parts have nothing to hide.
    ///
    /// # Errors
    /// [`NotJson`]: the record must not be written.
    pub fn redact<'a>(&'a mut self, record: &Record<'a>) -> Result<Record<'a>, NotJson> {
        // Most are found in the first record.
        self.unfound
            .retain_mut(|unfound| unfound.alone.finds(record) != Found::Yes);
        let mut redacted = *record;
        redacted.key = self
            .key
            .redact(record.key, &mut self.key_bytes)
            .ok_or(NotJson(Part::Key))?;
        redacted.value = self
            .value
            .redact(record.value, &mut self.value_bytes)
            .ok_or(NotJson(Part::Value))?;
        redacted.headers = self.headers.redact(record.headers, &mut self.header_bytes);
        Ok(redacted)
    }

    /// `record` as it may be shown or saved: what was named is replaced, and a key or value that
    /// would have to be a JSON object or array and is none is replaced whole.
    pub fn mask<'a>(&'a mut self, record: &Record<'a>) -> Record<'a> {
        let whole = Some(REDACTED);
        let mut masked = *record;
        let key = self.key.redact(record.key, &mut self.key_bytes);
        masked.key = key.unwrap_or(whole);
        let value = self.value.redact(record.value, &mut self.value_bytes);
        masked.value = value.unwrap_or(whole);
        masked.headers = self.headers.redact(record.headers, &mut self.header_bytes);
        // A record that nothing was replaced in has none of the paths: no second look at it.
        let unchanged = same(masked.key, record.key)
            && same(masked.value, record.value)
            && std::ptr::eq(masked.headers.encoded(), record.headers.encoded());
        for unfound in [&mut self.unfound, &mut self.unfound_together] {
            unfound.retain_mut(|unfound| unfound.outlasts(record, unchanged));
        }
        masked
    }

    /// Whether `record` has what is redacted, also where that is redacted already.
    fn finds(&mut self, record: &Record<'_>) -> Found {
        let key = self.key.finds(record.key, &mut self.key_bytes);
        let value = self.value.finds(record.value, &mut self.value_bytes);
        let mut names = record.headers.iter().map(|(name, _)| name);
        let header = names.any(|name| self.headers.contains(name));
        match (key, value) {
            (Found::Yes, _) | (_, Found::Yes) => Found::Yes,
            _ if header => Found::Yes,
            (Found::Unknown, _) | (_, Found::Unknown) => Found::Unknown,
            (Found::No, Found::No) => Found::No,
        }
    }
}

/// Whether both are the same bytes in memory.
fn same(a: Option<&[u8]>, b: Option<&[u8]>) -> bool {
    a.map(std::ptr::from_ref) == b.map(std::ptr::from_ref)
}

impl Unfound {
    fn new<T: AsRef<str>>(paths: &[T]) -> Result<Self, RedactPathError> {
        let mut alone = Redactor::default();
        for path in paths {
            alone.add(path.as_ref())?;
        }
        Ok(Self {
            paths: paths.iter().map(|path| path.as_ref().to_owned()).collect(),
            alone,
            searched: None,
        })
    }

    /// The paths; none while nothing is known of them.
    fn paths(&self) -> impl Iterator<Item = &str> {
        let known = self.searched != Some(Found::Unknown);
        let paths = self.paths.iter().filter(move |_| known);
        paths.map(String::as_str)
    }

    /// Whether a record that is masked has none of the paths; `unchanged` when masking replaced
    /// nothing in it.
    fn outlasts(&mut self, record: &Record<'_>, unchanged: bool) -> bool {
        let found = match unchanged {
            true => Found::No,
            false => self.alone.finds(record),
        };
        match found {
            Found::Yes => return false,
            Found::No => self.searched = Some(Found::No),
            Found::Unknown => {
                self.searched.get_or_insert(Found::Unknown);
            }
        }
        true
    }
}

/// Whether something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Yes,
    No,
    /// Something that cannot be looked into stands where it may be.
    Unknown,
}

impl WantedHeaders {
    fn add(&mut self, name: String) {
        match self {
            Self::All => {}
            Self::Named(names) => names.push(name),
            Self::None => *self = Self::Named(vec![name]),
        }
    }

    fn contains(&self, name: &[u8]) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Named(names) => names
                .iter()
                .any(|wanted| wanted.as_bytes().eq_ignore_ascii_case(name)),
        }
    }

    fn redact<'a>(&self, headers: Headers<'a>, out: &'a mut HeaderBuf) -> Headers<'a> {
        if matches!(self, Self::None) || !headers.iter().any(|(name, _)| self.contains(name)) {
            return headers;
        }
        out.clear();
        for (name, value) in headers.iter() {
            let replaced = value.map(|_| REDACTED);
            out.push(name, if self.contains(name) { replaced } else { value });
        }
        out.as_headers()
    }
}

impl Wanted {
    fn add(&mut self, names: &[String]) {
        match self {
            Self::Whole => {}
            Self::Members(members) => members.add(names),
            Self::Nothing => {
                let mut members = Members::default();
                members.add(names);
                *self = Self::Members(members);
            }
        }
    }

    fn finds(&self, bytes: Option<&[u8]>, scratch: &mut Vec<u8>) -> Found {
        match (self, bytes) {
            (Self::Nothing, _) | (_, None | Some([])) => Found::No,
            (Self::Whole, Some(_)) => Found::Yes,
            (Self::Members(members), Some(bytes)) => {
                scratch.clear();
                match replace(scratch, bytes, members) {
                    Some(Replaced::Member) => Found::Yes,
                    Some(Replaced::Nothing) => Found::No,
                    Some(Replaced::Scalars) | None => Found::Unknown,
                }
            }
        }
    }

    /// The outer `None` means that `bytes` are no JSON object or array, and would have to be.
    fn redact<'a>(
        &self,
        bytes: Option<&'a [u8]>,
        out: &'a mut Vec<u8>,
    ) -> Option<Option<&'a [u8]>> {
        match (self, bytes) {
            (Self::Nothing, _) | (_, None | Some([])) => Some(bytes),
            (Self::Whole, Some(_)) => Some(Some(REDACTED)),
            (Self::Members(members), Some(bytes)) => {
                out.clear();
                Some(Some(match replace(out, bytes, members)? {
                    Replaced::Nothing => bytes,
                    Replaced::Scalars | Replaced::Member => out,
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RecordBuf;

    fn record(key: Option<&str>, value: Option<&str>) -> RecordBuf {
        let mut headers = HeaderBuf::default();
        headers.push(b"Authorization", Some(b"Bearer x"));
        headers.push(b"trace", Some(b"1"));
        headers.push(b"authorization", None);
        RecordBuf {
            key: key.map(Into::into),
            value: value.map(Into::into),
            headers,
            ..RecordBuf::default()
        }
    }

    #[test]
    fn paths_that_hide_nothing_are_known() {
        let paths = ["card.pan", "customer.mail", "key", "headers.x"];
        let mut redactor = Redactor::new(&paths).unwrap();
        let unfound = |redactor: &Redactor| -> Vec<String> {
            redactor.unfound().map(str::to_owned).collect()
        };
        assert_eq!(unfound(&redactor), paths);
        let value = Some(r#"{"card":{"pan":1},"customer":{"email":2}}"#);
        redactor.redact(&record(None, value).as_record()).unwrap();
        assert_eq!(unfound(&redactor), ["customer.mail", "key", "headers.x"]);
        redactor
            .redact(&record(Some("k"), value).as_record())
            .unwrap();
        assert_eq!(unfound(&redactor), ["customer.mail", "headers.x"]);
    }

    type Shown = (Option<String>, Option<String>);

    fn redacted(paths: &[&str], key: Option<&str>, value: Option<&str>) -> Result<Shown, NotJson> {
        let mut redactor = Redactor::new(paths).unwrap();
        let record = record(key, value);
        let redacted = redactor.redact(&record.as_record())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((redacted.key.map(text), redacted.value.map(text)))
    }

    fn some(key: &str, value: &str) -> Result<Shown, NotJson> {
        Ok((Some(key.to_owned()), Some(value.to_owned())))
    }

    #[test]
    fn keys_and_values_are_redacted_whole_or_in_part() {
        let key = Some(r#"{"email":"a@b","id":1}"#);
        let value = Some(r#"{"email": "a@b","key":2}"#);
        assert_eq!(
            redacted(&["key", "email"], key, value),
            some("[redacted]", r#"{"email": "[redacted]","key":2}"#)
        );
        assert_eq!(
            redacted(&["key.email", "value"], key, value),
            some(r#"{"email":"[redacted]","id":1}"#, "[redacted]")
        );
        assert_eq!(
            redacted(&["value", "email", "value"], Some("k"), Some("x")),
            some("k", "[redacted]")
        );
    }

    #[test]
    fn a_path_that_begins_with_value_redacts_both_readings() {
        assert_eq!(
            redacted(
                &["value.a"],
                Some("k"),
                Some(r#"{"a":1,"value":{"a":2,"b":3}}"#)
            ),
            some(
                "k",
                r#"{"a":"[redacted]","value":{"a":"[redacted]","b":3}}"#
            )
        );
    }

    #[test]
    fn what_cannot_be_looked_into_is_an_error() {
        let value = |value| redacted(&["card.pan"], Some("k"), Some(value));
        for not_json in [
            "text",
            "{",
            "4111",
            "\"{\\\"card\\\":{}}\"",
            "{\"card\":{\"pan\":1}} x",
            "\0\0\0\0\x07abc",
            "\u{feff}{}",
        ] {
            assert_eq!(value(not_json), Err(NotJson(Part::Value)), "{not_json:?}");
        }
        assert_eq!(
            redacted(&["key.email"], Some("k"), None),
            Err(NotJson(Part::Key))
        );
        assert_eq!(
            NotJson(Part::Value).to_string(),
            "the value is not a JSON object or array, so it cannot be redacted"
        );
        // Nothing to hide, and nothing asked for.
        assert_eq!(redacted(&["card.pan"], None, None), Ok((None, None)));
        assert_eq!(
            redacted(&["card.pan", "key.a"], Some(""), Some("")),
            some("", "")
        );
        assert_eq!(
            redacted(&["headers.a"], Some("k"), Some("text")),
            some("k", "text")
        );
        assert_eq!(redacted(&["key", "value"], None, None), Ok((None, None)));
    }

    #[test]
    fn what_cannot_be_looked_into_is_masked_whole() {
        let masked = |paths: &[&str], key: &str, value: &str| {
            let mut redactor = Redactor::new(paths).unwrap();
            let record = record(Some(key), Some(value));
            let masked = redactor.mask(&record.as_record());
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let shown = (masked.key.map(text), masked.value.map(text));
            let unfound = redactor.unfound().count();
            (shown.0.unwrap(), shown.1.unwrap(), unfound)
        };
        let hidden = "[redacted]".to_owned();
        let same = |text: &str| text.to_owned();
        for value in ["4111", "\0\0\0\0\x07abc", "{\"card\":1} {}", "{\"card\":"] {
            assert_eq!(
                masked(&["card"], "k", value),
                (same("k"), hidden.clone(), 0)
            );
        }
        assert_eq!(masked(&["card"], "k", "null"), (same("k"), same("null"), 1));
        // Whether this record has card.pan is not known.
        let value = r#"{"card":"4111"}"#;
        let wanted = r#"{"card":"[redacted]"}"#;
        assert_eq!(
            masked(&["card.pan"], "k", value),
            (same("k"), same(wanted), 0)
        );
        assert_eq!(
            masked(&["key.a"], "k", "text"),
            (hidden.clone(), same("text"), 0)
        );
        assert_eq!(masked(&["card"], "k", ""), (same("k"), same(""), 1));
    }

    #[test]
    fn a_record_that_is_masked_whole_does_not_find_a_path() {
        let misspelt = |values: &[&str]| -> [usize; 2] {
            let mut redactor = Redactor::new(&["mial"]).unwrap();
            redactor.add_all(&["card.pna", "headers.none"]).unwrap();
            for value in values {
                redactor.mask(&record(Some("k"), Some(value)).as_record());
            }
            [
                redactor.unfound().count(),
                redactor.unfound_together().count(),
            ]
        };
        let json = r#"{"mail":1,"card":{"pan":2}}"#;
        assert_eq!(misspelt(&[json, json, "not json"]), [1, 2]);
        assert_eq!(misspelt(&["not json", json]), [1, 2]);
        assert_eq!(misspelt(&["not json", "[", ""]), [1, 2]);
        // Nothing is known of records that were all masked whole.
        assert_eq!(misspelt(&["not json", "["]), [0, 0]);
        // Paths that are added together are found by one of them.
        assert_eq!(misspelt(&["x", json, r#"{"card":{"pna":2}}"#]), [1, 0]);
        assert_eq!(misspelt(&[json, r#"{"mial":0}"#]), [0, 2]);
    }

    #[test]
    fn a_path_whose_value_is_redacted_already_is_found() {
        let value = Some(r#"{"a":"[redacted]"}"#);
        let mut redactor = Redactor::new(&["a", "b", "headers.TRACE"]).unwrap();
        redactor.add("c").unwrap();
        redactor.mask(&record(None, value).as_record());
        assert_eq!(redactor.unfound().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn headers_are_found_in_any_case_and_null_stays_null() {
        let record = record(None, None);
        let shown = |paths: &[&str]| -> Vec<Option<Vec<u8>>> {
            let mut redactor = Redactor::new(paths).unwrap();
            let redacted = redactor.redact(&record.as_record()).unwrap();
            let values = redacted.headers.iter().map(|(_, value)| value);
            values.map(|value| value.map(<[u8]>::to_vec)).collect()
        };
        let hidden = Some(REDACTED.to_vec());
        let trace = Some(b"1".to_vec());
        assert_eq!(
            shown(&["headers.authorization"]),
            [hidden.clone(), trace, None]
        );
        assert_eq!(shown(&["headers"]), [hidden.clone(), hidden, None]);
    }

    #[test]
    fn what_is_not_touched_is_not_copied() {
        let record = record(Some("k"), Some(r#"{"a":1}"#));
        let record = record.as_record();
        let mut redactor = Redactor::new(&["b", "headers.none"]).unwrap();
        let redacted = redactor.redact(&record).unwrap();
        assert!(std::ptr::eq(redacted.value.unwrap(), record.value.unwrap()));
        assert!(std::ptr::eq(
            redacted.headers.encoded(),
            record.headers.encoded()
        ));
        assert!(Redactor::default().is_empty() && !redactor.is_empty());
    }
}
