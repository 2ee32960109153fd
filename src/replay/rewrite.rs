//! Changing records on their way: `--transform JQ`, then `--redact PATH`.
//!
//! What an expression leaves as it was keeps its bytes: a value that is read and written again
//! would come out with other white space, and with one of two members of the same name.

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{
    codec::json::is_json,
    envelope::Event,
    event::{HeaderBuf, Headers, Record},
    filter::{Jq, JqError, Map, Val, WITHHELD, write_json},
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
    /// Whether why a transform fails is kept back.
    withheld: bool,
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
            withheld: false,
        })
    }

    /// Says nothing of why the transform fails: the reason quotes the record.
    pub fn withhold_reasons(&mut self) {
        self.withheld = true;
    }

    /// The paths of `--redact` that were found in no record so far.
    pub fn unfound(&self) -> impl Iterator<Item = &str> {
        self.redactor.unfound()
    }

    /// The jq expression.
    pub fn jq_mut(&mut self) -> Option<&mut Jq> {
        self.transform.as_mut().map(|transform| &mut transform.jq)
    }

    /// The record of `event` as it is written; `None` when the expression yields nothing for it, which
    /// drops it. Topic, partition, offset and timestamp stay those of the source.
    ///
    /// # Errors
    /// Why it must not be written: the expression fails, yields something that is no record, or
    /// what is to be redacted cannot be found.
    pub fn apply<'a>(&'a mut self, event: &Event<'a>) -> Result<Option<Record<'a>>, Unwritable> {
        let Some(record) = transformed(&mut self.transform, self.withheld, event)? else {
            return Ok(None);
        };
        if self.redactor.is_empty() {
            return Ok(Some(record));
        }
        let redacted = self.redactor.redact(&record);
        redacted
            .map(Some)
            .map_err(|error| Unwritable(error.to_string()))
    }

    /// Tries it on `event`, to know afterwards which paths are [`Rewrite::unfound`].
    ///
    /// # Errors
    /// Why the transform fails; what cannot be redacted is no failure here.
    pub fn probe(&mut self, event: &Event<'_>) -> Result<(), Unwritable> {
        if let Some(record) = transformed(&mut self.transform, self.withheld, event)? {
            let _ = self.redactor.redact(&record);
        }
        Ok(())
    }
}

/// What `transform` makes of `event`.
fn transformed<'a>(
    transform: &'a mut Option<Transform>,
    withheld: bool,
    event: &Event<'a>,
) -> Result<Option<Record<'a>>, Unwritable> {
    let Some(transform) = transform else {
        return Ok(Some(*event.record()));
    };
    transform.apply(event).map_err(|error| match withheld {
        true => Unwritable(WITHHELD.to_owned()),
        false => error,
    })
}

/// What a record has, as the expression sees it or as it yields it.
#[derive(Default)]
struct Members<'v> {
    key: Option<&'v Val>,
    value: Option<&'v Val>,
    headers: Option<&'v Val>,
}

impl Transform {
    fn apply<'a>(&'a mut self, event: &Event<'a>) -> Result<Option<Record<'a>>, Unwritable> {
        let record = event.record();
        let input = self.jq.input(event);
        let Some(output) = only_output(&self.jq, &input)? else {
            return Ok(None);
        };
        let was = members(&self.jq, &input, &input)?;
        let is = members(&self.jq, &output, &input)?;
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
fn members<'v>(jq: &Jq, record: &'v Val, input: &Val) -> Result<Members<'v>, Unwritable> {
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
            Val::TStr(text)
                if std::str::from_utf8(text).is_ok_and(|name| jq.sees(name))
                    && input.get(name) == Some(value) => {}
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
    let mut yielded = Vec::with_capacity(is.len());
    for (name, value) in is {
        yielded.push(Yielded {
            name: header_name(name)?,
            change: match was.get(name) {
                Some(old) if old == value => Change::None,
                _ => Change::New(value),
            },
        });
    }
    for (name, bytes) in headers.iter() {
        if let Some(header) = yielded.iter_mut().find(|known| known.name == name) {
            match header.change {
                Change::None => out.push(name, bytes),
                Change::New(_) | Change::Written => header.put_once(out, text)?,
            }
        }
    }
    for header in &mut yielded {
        header.put_once(out, text)?;
    }
    Ok(())
}

/// A header as the expression yields it.
struct Yielded<'v> {
    name: Vec<u8>,
    change: Change<'v>,
}

impl Yielded<'_> {
    /// Appends the new value, the first time.
    fn put_once(&mut self, out: &mut HeaderBuf, text: &mut Vec<u8>) -> Result<(), Unwritable> {
        if let Change::New(value) = self.change {
            let some = bytes_of(text, value)?;
            out.push(&self.name, some.then_some(text));
            self.change = Change::Written;
        }
        Ok(())
    }
}

/// What happens to a header's value.
#[derive(Clone, Copy)]
enum Change<'v> {
    /// It stays as it is.
    None,
    /// It is replaced by this.
    New(&'v Val),
    /// It has been replaced.
    Written,
}

fn header_name(name: &Val) -> Result<Vec<u8>, Unwritable> {
    let mut bytes = Vec::new();
    match name {
        Val::TStr(_) | Val::Obj(_) if bytes_of(&mut bytes, name)? => Ok(bytes),
        _ => Err(Unwritable(format!("{name} is not a header's name"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{envelope::EventDecoder, event::RecordBuf};

    fn event<'r>(record: &Record<'r>) -> Event<'r> {
        EventDecoder::inferred().event(record)
    }

    fn record(key: Option<&str>, value: Option<&[u8]>) -> RecordBuf {
        let mut headers = HeaderBuf::default();
        headers.push(b"x", Some(b"1"));
        headers.push(b"trace", Some(b"\xff"));
        headers.push(b"x", None);
        headers.push(b"last", Some(b"2"));
        RecordBuf {
            topic: "orders".into(),
            partition: 3,
            offset: 1042,
            timestamp: 1_767_261_600_123,
            key: key.map(Into::into),
            value: value.map(Into::into),
            headers,
            ..RecordBuf::default()
        }
    }

    fn rewritten(expression: &str, record: &RecordBuf) -> Result<Option<RecordBuf>, String> {
        let mut rewrite = Rewrite::new::<&str>(Some(expression), &[]).unwrap();
        let record = record.as_record();
        let rewritten = rewrite.apply(&event(&record));
        rewritten
            .map(|record| record.map(|record| RecordBuf::from(&record)))
            .map_err(|error| error.to_string())
    }

    fn value(expression: &str, value: &str) -> Option<String> {
        let record = record(Some("k"), Some(value.as_bytes()));
        let rewritten = rewritten(expression, &record).unwrap().unwrap();
        assert_eq!(
            (&rewritten.key, &rewritten.headers),
            (&record.key, &record.headers)
        );
        rewritten
            .value
            .map(|bytes| String::from_utf8(bytes).unwrap())
    }

    type Pairs = Vec<(String, Option<Vec<u8>>)>;

    fn headers(expression: &str) -> Pairs {
        let rewritten = rewritten(expression, &record(None, None)).unwrap().unwrap();
        let owned = |(name, value): (&[u8], Option<&[u8]>)| {
            let name = String::from_utf8(name.to_vec()).unwrap();
            (name, value.map(<[u8]>::to_vec))
        };
        rewritten.headers.as_headers().iter().map(owned).collect()
    }

    fn pairs(pairs: &[(&str, Option<&[u8]>)]) -> Pairs {
        let owned = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.map(<[u8]>::to_vec)));
        owned.collect()
    }

    #[test]
    fn what_is_left_as_it_was_keeps_its_bytes() {
        for source in [
            record(Some(" {\"a\" : 1}"), Some(b" {\"b\": 1.50, \"b\": -0 }\n")),
            record(Some("17"), Some(b"\xff\0")),
            record(None, None),
            record(Some(""), Some(b"")),
        ] {
            for expression in [
                ".",
                "{key, value, headers}",
                "del(.offset, .id)",
                "{headers: .headers, value, key: .key, topic}",
            ] {
                assert_eq!(rewritten(expression, &source), Ok(Some(source.clone())));
            }
            // The other parts as well, where one is changed.
            let keyed = rewritten(".key = \"new\"", &source).unwrap().unwrap();
            let key = Some(b"new".to_vec());
            assert_eq!(keyed, RecordBuf { key, ..source });
        }
    }

    #[test]
    fn a_changed_value_is_text_json_bytes_or_null() {
        let json = r#"{"a": 12.50, "b":"ż"}"#;
        for (expression, wanted) in [
            (".value.b = 1", Some(r#"{"a":12.50,"b":1}"#)),
            (".value |= del(.a)", Some(r#"{"b":"ż"}"#)),
            (".value = .value.b", Some("ż")),
            (".value = .value.a", Some("12.50")),
            (".value = [true, null]", Some("[true,null]")),
            (".value = {base64: \"aGk=\"}", Some("hi")),
            (
                ".value = {base64: \"aGk=\", x: 1}",
                Some(r#"{"base64":"aGk=","x":1}"#),
            ),
            (".value = \"\"", Some("")),
            (".value = null", None),
        ] {
            assert_eq!(value(expression, json).as_deref(), wanted, "{expression}");
        }
    }

    #[test]
    fn headers_that_stay_keep_their_place_and_duplicates() {
        let trace = ("trace", Some(&b"\xff"[..]));
        let last = ("last", Some(&b"2"[..]));
        assert_eq!(
            headers(".headers.last = \"new\" | .headers.more = {a: 1} | .headers.none = null"),
            pairs(&[
                ("x", Some(b"1")),
                trace,
                ("x", None),
                ("last", Some(b"new")),
                ("more", Some(b"{\"a\":1}")),
                ("none", None),
            ])
        );
        assert_eq!(
            headers(".headers.x = {base64: \"/w==\"}"),
            pairs(&[("x", Some(b"\xff")), trace, last])
        );
        assert_eq!(headers("del(.headers.x)"), pairs(&[trace, last]));
        assert_eq!(headers(".headers |= {last}"), pairs(&[last]));
        assert_eq!(headers(".headers = {}"), []);
        assert_eq!(headers(".headers = null"), []);
    }

    #[test]
    fn no_output_drops_the_record() {
        let record = record(None, Some(b"{\"a\":1}"));
        assert_eq!(rewritten("empty", &record), Ok(None));
        assert_eq!(rewritten("select(.value.a == 2)", &record), Ok(None));
        assert_eq!(
            rewritten("select(.value.a == 1)", &record),
            Ok(Some(record))
        );
    }

    #[test]
    fn what_is_no_record_fails_and_says_why() {
        let no_object = "the transform yields no object with key, value and headers";
        let no_json = "the transform yields what JSON cannot say, such as nan";
        let source = record(Some("k"), Some(b"7"));
        for (expression, reason) in [
            ("., .", "the transform yields more than one record"),
            ("., error(\"no\")", "\"no\""),
            (".value.x", "cannot index 7 with \"x\""),
            (".value", no_object),
            ("null", no_object),
            (
                "{key, headers}",
                "the transform yields an object without \"value\"; null says that there is none",
            ),
            (
                "del(.headers)",
                "the transform yields an object without \"headers\"; null says that there is none",
            ),
            (
                ".timestamp = 0",
                "the transform sets \"timestamp\"; only key, value and headers can be set",
            ),
            (
                ". + {payload: 1}",
                "the transform sets \"payload\"; only key, value and headers can be set",
            ),
            (
                ".headers = [1]",
                "the transform yields headers that are no object",
            ),
            (".value = [nan]", no_json),
            (".headers = {x: [infinite]}", no_json),
            (".headers = {(1): \"x\"}", "1 is not a header's name"),
            (
                ".value = {base64: \"?\"}",
                "the transform's base64: Invalid symbol 63, offset 0.",
            ),
            ("halt", "the expression wants to halt"),
        ] {
            assert_eq!(
                rewritten(expression, &source),
                Err(reason.to_owned()),
                "{expression}"
            );
        }
    }

    #[test]
    fn redaction_comes_after_the_transform() {
        let expression = ".value.pan = .value.card";
        let mut rewrite = Rewrite::new(Some(expression), &["pan", "headers.x"]).unwrap();
        let source = record(None, Some(b"{\"card\":4}"));
        let source = event(&source.as_record());
        let rewritten = rewrite.apply(&source).unwrap().unwrap();
        assert_eq!(
            rewritten.value,
            Some(&b"{\"card\":4,\"pan\":\"[redacted]\"}"[..])
        );
        assert_eq!(
            rewritten.headers.iter().next(),
            Some((&b"x"[..], Some(&b"[redacted]"[..])))
        );
        let text = record(None, Some(b"text"));
        let mut rewrite = Rewrite::new(None, &["pan"]).unwrap();
        assert_eq!(
            rewrite
                .apply(&event(&text.as_record()))
                .unwrap_err()
                .to_string(),
            "the value is not a JSON object or array, so it cannot be redacted"
        );
    }

    #[test]
    fn without_options_a_record_passes_as_it_is() {
        let mut rewrite = Rewrite::default();
        let source = record(Some("k"), Some(b"v"));
        let source = source.as_record();
        let passed = rewrite.apply(&event(&source)).unwrap().unwrap();
        assert!(std::ptr::eq(passed.value.unwrap(), source.value.unwrap()));
        assert!(std::ptr::eq(
            passed.headers.encoded(),
            source.headers.encoded()
        ));
    }
}
