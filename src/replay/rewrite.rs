//! Changing records on their way: `--transform JQ`, then `--redact PATH`.
//!
//! What an expression leaves as it was keeps its bytes: a value that is read and written again
//! would come out with other white space, and with one of two members of the same name.

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{
    codec::json::is_json,
    event::{HeaderBuf, Headers, Record},
    filter::{Jq, JqError, Map, Val, write_json},
    redact::{RedactPathError, Redactor},
};

/// Options that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RewriteError {
    /// `--transform` is not a jq expression.
    #[error(transparent)]
    Transform(#[from] JqError),
    /// `--redact` is not a path.
    #[error(transparent)]
    Redact(#[from] RedactPathError),
}

/// A record that cannot be changed as asked, and must not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unwritable(String);

/// Changes one record after the other, in memory that it keeps.
#[derive(Debug, Default)]
pub struct Rewrite {
    transform: Option<Transform>,
    redactor: Redactor,
}

#[derive(Debug)]
struct Transform {
    jq: Jq,
    key: Vec<u8>,
    value: Vec<u8>,
    headers: HeaderBuf,
    text: Vec<u8>,
}

impl Rewrite {
    /// `transform` is the expression of `--transform`, `redact` the paths of `--redact`.
    ///
    /// # Errors
    /// An expression or a path that is none.
    pub fn new<T: AsRef<str>>(transform: Option<&str>, redact: &[T]) -> Result<Self, RewriteError> {
        let transform = transform.map(Jq::compile).transpose()?;
        Ok(Self {
            transform: transform.map(|jq| Transform {
                jq: jq.with_members(&["key", "value", "headers"]),
                key: Vec::new(),
                value: Vec::new(),
                headers: HeaderBuf::default(),
                text: Vec::new(),
            }),
            redactor: Redactor::new(redact)?,
        })
    }

    /// Whether records pass unchanged, and nothing is looked at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.transform.is_none() && self.redactor.is_empty()
    }

    /// `record` as it shall be written; `None` when the expression yields nothing for it, which
    /// drops it. Topic, partition, offset and timestamp stay those of the source.
    ///
    /// # Errors
    /// Why it must not be written: the expression fails, yields something that is no record, or
    /// what is to be redacted cannot be found.
    pub fn apply<'a>(&'a mut self, record: &Record<'a>) -> Result<Option<Record<'a>>, Unwritable> {
        let mut record = *record;
        if let Some(transform) = &mut self.transform {
            match transform.apply(&record)? {
                Some(changed) => record = changed,
                None => return Ok(None),
            }
        }
        if self.redactor.is_empty() {
            return Ok(Some(record));
        }
        let redacted = self.redactor.redact(&record);
        redacted
            .map(Some)
            .map_err(|error| Unwritable(error.to_string()))
    }
}

/// What a record has, as the expression sees it or as it yields it.
#[derive(Default)]
struct Members<'v> {
    key: Option<&'v Val>,
    value: Option<&'v Val>,
    headers: Option<&'v Val>,
}

impl Transform {
    fn apply<'a>(&'a mut self, record: &Record<'a>) -> Result<Option<Record<'a>>, Unwritable> {
        let input = self.jq.input(record);
        let Some(output) = only_output(&self.jq, &input)? else {
            return Ok(None);
        };
        let was = members(&input, &input)?;
        let is = members(&output, &input)?;
        let mut changed = *record;
        if is.key != was.key {
            let key = wanted(is.key, "key")?;
            changed.key = bytes_of(&mut self.key, key)?.then_some(&self.key);
        }
        if is.value != was.value {
            let value = wanted(is.value, "value")?;
            changed.value = bytes_of(&mut self.value, value)?.then_some(&self.value);
        }
        if is.headers != was.headers {
            let none = Map::default();
            let was = map_of(was.headers, &none)?;
            let is = map_of(Some(wanted(is.headers, "headers")?), &none)?;
            let Self { headers, text, .. } = self;
            headers.clear();
            put_headers(headers, text, record.headers, was, is)?;
            changed.headers = headers.as_headers();
        }
        Ok(Some(changed))
    }
}

/// What `jq` yields; `None` when that is nothing.
fn only_output(jq: &Jq, input: &Val) -> Result<Option<Val>, Unwritable> {
    let mut outputs = jq.run_on(input.clone());
    let first = outputs.next();
    if let Some(Ok(_)) = first
        && let Some(second) = outputs.next()
    {
        return Err(second.map_or_else(
            |raised| Unwritable(raised.to_string()),
            |_| Unwritable("the transform yields more than one record".to_owned()),
        ));
    }
    let output = first.transpose();
    output.map_err(|raised| Unwritable(raised.to_string()))
}

/// The members of `record`; all others must be those of `input`.
fn members<'v>(record: &'v Val, input: &Val) -> Result<Members<'v>, Unwritable> {
    let (Val::Obj(record), Val::Obj(input)) = (record, input) else {
        return Err(Unwritable(
            "the transform yields no object with key, value and headers".to_owned(),
        ));
    };
    let mut members = Members::default();
    for (name, value) in record.iter() {
        match name {
            Val::TStr(text) if is(text, "key") => members.key = Some(value),
            Val::TStr(text) if is(text, "value") => members.value = Some(value),
            Val::TStr(text) if is(text, "headers") => members.headers = Some(value),
            _ if input.get(name) == Some(value) => {}
            _ => {
                return Err(Unwritable(format!(
                    "the transform sets {name}; only key, value and headers can be set"
                )));
            }
        }
    }
    Ok(members)
}

fn is(text: &[u8], name: &str) -> bool {
    text == name.as_bytes()
}

/// A member that is missing was forgotten: taken for null, a whole topic would be tombstones.
fn wanted<'v>(member: Option<&'v Val>, name: &str) -> Result<&'v Val, Unwritable> {
    member.ok_or_else(|| {
        Unwritable(format!(
            "the transform yields an object without {name:?}; null says that there is none"
        ))
    })
}

/// Puts what `value` says into `out`; false for null.
fn bytes_of(out: &mut Vec<u8>, value: &Val) -> Result<bool, Unwritable> {
    out.clear();
    match value {
        Val::Null => return Ok(false),
        Val::TStr(bytes) | Val::BStr(bytes) => out.extend_from_slice(bytes),
        Val::Obj(members) if let Some(text) = base64_of(members) => {
            let decoded = BASE64_STANDARD.decode_vec(text, out);
            decoded.map_err(|error| Unwritable(format!("the transform's base64: {error}")))?;
        }
        _ => {
            write_json(out, value);
            // jq has numbers and texts that JSON has not, such as nan.
            if !is_json(out) {
                return Err(Unwritable(
                    "the transform yields what JSON cannot say, such as nan".to_owned(),
                ));
            }
        }
    }
    Ok(true)
}

/// The text of `{"base64": "…"}`.
fn base64_of(members: &Map) -> Option<&[u8]> {
    let mut members = members.iter();
    match (members.next()?, members.next()) {
        ((Val::TStr(name), Val::TStr(text)), None) if is(name, "base64") => Some(text),
        _ => None,
    }
}

fn map_of<'v>(headers: Option<&'v Val>, none: &'v Map) -> Result<&'v Map, Unwritable> {
    match headers {
        None | Some(Val::Null) => Ok(none),
        Some(Val::Obj(map)) => Ok(map),
        Some(_) => Err(Unwritable(
            "the transform yields headers that are no object".to_owned(),
        )),
    }
}

/// Appends `headers` changed as `was` was to `is`: a name whose value stays keeps its place, its
/// bytes and its duplicates; a new value takes the place of the first of its name.
fn put_headers(
    out: &mut HeaderBuf,
    text: &mut Vec<u8>,
    headers: Headers<'_>,
    was: &Map,
    is: &Map,
) -> Result<(), Unwritable> {
    let mut bytes = Vec::new();
    let mut placed: Vec<Vec<u8>> = Vec::new();
    // The names of `is` as bytes, each with its value and whether that is the old one.
    let mut named = Vec::with_capacity(is.len());
    for (name, value) in is {
        if !matches!(name, Val::TStr(_) | Val::Obj(_)) || !bytes_of(&mut bytes, name)? {
            return Err(Unwritable(format!("{name} is not a header's name")));
        }
        named.push((bytes.clone(), value, was.get(name) == Some(value)));
    }
    for (name, value) in headers.iter() {
        match named.iter().find(|(known, ..)| known == name) {
            None => {}
            Some((.., true)) => out.push(name, value),
            Some((_, new, false)) => {
                if !placed.iter().any(|known| known == name) {
                    placed.push(name.to_vec());
                    let some = bytes_of(text, new)?;
                    out.push(name, some.then_some(text));
                }
            }
        }
    }
    for (name, new, kept) in &named {
        if !kept && !placed.contains(name) {
            let some = bytes_of(text, new)?;
            out.push(name, some.then_some(text));
        }
    }
    Ok(())
}
