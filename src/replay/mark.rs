//! The headers of a replayed record: what marks it as replayed, what is dropped and what is set.
//!
//! Marks tell where a record came from first, however often it was replayed since: archives that
//! stack such headers turn each restore into a different record.

use crate::{
    codec::json::write_integer,
    event::{HeaderBuf, Headers, Record},
    select::{NameGlobs, SelectError},
};

/// The replay that wrote a record.
pub const ID_HEADER: &str = "evctl-replay-id";
/// Where the record was first: `CLUSTER/TOPIC/PARTITION/OFFSET`.
pub const FROM_HEADER: &str = "evctl-replay-from";
/// The timestamp that it had there, in milliseconds; not there when it had none.
pub const TIMESTAMP_HEADER: &str = "evctl-replay-ts";

const MARKS: [&str; 3] = [ID_HEADER, FROM_HEADER, TIMESTAMP_HEADER];

/// Who replays, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The id of the replay.
    pub id: String,
    /// The id of the cluster that is read, as its brokers or the capture file's head say it.
    pub cluster: String,
}

/// Headers that cannot be written as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkError {
    /// `--set-header` without a name or a value.
    #[error("{0:?} is not NAME=VALUE")]
    NotAPair(String),
    /// `--set-header` of a mark, which the replay itself sets.
    #[error("header {0:?} is set by the replay itself; --no-mark leaves it to you")]
    OwnHeader(String),
    /// `--drop-header` that is no pattern.
    #[error(transparent)]
    Glob(#[from] SelectError),
}

/// Makes the headers of one record after the other, in memory that it keeps.
#[derive(Debug)]
pub struct Marker {
    mark: Option<Mark>,
    drop: Option<NameGlobs>,
    set: Vec<Setting>,
    buffer: HeaderBuf,
    text: Vec<u8>,
}

/// A name, and all that it shall have.
#[derive(Debug)]
struct Setting {
    name: Vec<u8>,
    values: Vec<Vec<u8>>,
    /// Whether they are in the headers that are being made.
    placed: bool,
}

impl Marker {
    /// `mark` is `None` with `--no-mark`; `drop` are the patterns of `--drop-header`, `set` the
    /// pairs of `--set-header`. A name that is set is not dropped; one that is set twice has both
    /// values.
    ///
    /// # Errors
    /// A pattern or a pair that is none, or a mark among the names that are set.
    pub fn new<T: AsRef<str>>(
        mark: Option<Mark>,
        drop: &[T],
        set: &[T],
    ) -> Result<Self, MarkError> {
        let mut settings: Vec<Setting> = Vec::new();
        for pair in set {
            let pair = pair.as_ref();
            let (name, value) = pair
                .split_once('=')
                .filter(|(name, _)| !name.is_empty())
                .ok_or_else(|| MarkError::NotAPair(pair.to_owned()))?;
            if mark.is_some() && MARKS.contains(&name) {
                return Err(MarkError::OwnHeader(name.to_owned()));
            }
            let value = value.as_bytes().to_vec();
            match settings.iter_mut().find(|set| set.name == name.as_bytes()) {
                Some(known) => known.values.push(value),
                None => settings.push(Setting {
                    name: name.as_bytes().to_vec(),
                    values: vec![value],
                    placed: false,
                }),
            }
        }
        Ok(Self {
            mark,
            drop: (!drop.is_empty())
                .then(|| NameGlobs::new(drop, &[]))
                .transpose()?,
            set: settings,
            buffer: HeaderBuf::default(),
            text: Vec::new(),
        })
    }

    /// The headers that `record`, read at its place, is written with. Where nothing changes they
    /// are its own, not copied.
    pub fn headers<'a>(&'a mut self, record: &Record<'a>) -> Headers<'a> {
        let Self {
            mark,
            drop,
            set,
            buffer,
            text,
        } = self;
        let dropped = |name: &[u8]| drop.as_ref().is_some_and(|globs| fits(globs, name));
        if mark.is_none() && set.is_empty() && !record.headers.iter().any(|(name, _)| dropped(name))
        {
            return record.headers;
        }
        buffer.clear();
        let mut from = None;
        let mut timestamp = None;
        for (name, value) in record.headers.iter() {
            if let Some(setting) = set.iter_mut().find(|setting| setting.name == name) {
                setting.place(buffer);
                continue;
            }
            if dropped(name) {
                continue;
            }
            match name {
                _ if mark.is_none() || !is_mark(name) => buffer.push(name, value),
                _ if name == FROM_HEADER.as_bytes() => from = from.or(value),
                _ if name == TIMESTAMP_HEADER.as_bytes() => timestamp = timestamp.or(value),
                _ => {}
            }
        }
        for setting in set {
            setting.place(buffer);
            setting.placed = false;
        }
        if let Some(mark) = mark {
            buffer.push(ID_HEADER.as_bytes(), Some(mark.id.as_bytes()));
            match from {
                Some(from) => {
                    buffer.push(FROM_HEADER.as_bytes(), Some(from));
                    if let Some(timestamp) = timestamp {
                        buffer.push(TIMESTAMP_HEADER.as_bytes(), Some(timestamp));
                    }
                }
                None => push_origin(buffer, text, mark, record),
            }
        }
        buffer.as_headers()
    }
}

impl Setting {
    /// Appends the values, the first time.
    fn place(&mut self, buffer: &mut HeaderBuf) {
        if !self.placed {
            for value in &self.values {
                buffer.push(&self.name, Some(value));
            }
            self.placed = true;
        }
    }
}

fn push_origin(buffer: &mut HeaderBuf, text: &mut Vec<u8>, mark: &Mark, record: &Record<'_>) {
    text.clear();
    text.extend_from_slice(mark.cluster.as_bytes());
    text.push(b'/');
    text.extend_from_slice(record.topic.as_bytes());
    text.push(b'/');
    write_integer(text, record.partition.into());
    text.push(b'/');
    write_integer(text, record.offset);
    buffer.push(FROM_HEADER.as_bytes(), Some(text));
    if record.timestamp != -1 {
        text.clear();
        write_integer(text, record.timestamp);
        buffer.push(TIMESTAMP_HEADER.as_bytes(), Some(text));
    }
}

fn is_mark(name: &[u8]) -> bool {
    MARKS.iter().any(|mark| mark.as_bytes() == name)
}

/// Names are UTF-8 but for what no Kafka client writes.
fn fits(globs: &NameGlobs, name: &[u8]) -> bool {
    globs.matches(&String::from_utf8_lossy(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::RecordBuf;

    type Pairs<'a> = &'a [(&'a str, Option<&'a str>)];

    fn record(headers: Pairs<'_>) -> RecordBuf {
        let mut buffer = HeaderBuf::default();
        for (name, value) in headers {
            buffer.push(name.as_bytes(), value.map(str::as_bytes));
        }
        RecordBuf {
            topic: "orders".into(),
            partition: 3,
            offset: 1042,
            timestamp: 1_767_261_600_123,
            headers: buffer,
            ..RecordBuf::default()
        }
    }

    fn mark(id: &str) -> Option<Mark> {
        Some(Mark {
            id: id.to_owned(),
            cluster: "c-1".to_owned(),
        })
    }

    fn marker(mark: Option<Mark>, drop: &[&str], set: &[&str]) -> Marker {
        Marker::new(mark, drop, set).unwrap()
    }

    fn shown(headers: Headers<'_>) -> Vec<(String, Option<String>)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        headers
            .iter()
            .map(|(name, value)| (text(name), value.map(text)))
            .collect()
    }

    fn pairs(pairs: Pairs<'_>) -> Vec<(String, Option<String>)> {
        shown(record(pairs).headers.as_headers())
    }

    #[test]
    fn a_mark_says_which_replay_and_from_where() {
        let record = record(&[("b", None), ("a", Some("")), ("b", Some("1"))]);
        let mut marker = marker(mark("r-1"), &[], &[]);
        let wanted = pairs(&[
            ("b", None),
            ("a", Some("")),
            ("b", Some("1")),
            (ID_HEADER, Some("r-1")),
            (FROM_HEADER, Some("c-1/orders/3/1042")),
            (TIMESTAMP_HEADER, Some("1767261600123")),
        ]);
        assert_eq!(shown(marker.headers(&record.as_record())), wanted);
        // Once more: nothing is left over from the record before.
        assert_eq!(shown(marker.headers(&record.as_record())), wanted);
    }

    #[test]
    fn a_replay_of_a_replay_keeps_the_first_origin() {
        let first = RecordBuf {
            headers: marker(mark("r-1"), &[], &[])
                .headers(&record(&[("a", Some("1"))]).as_record())
                .into(),
            topic: "orders.replay".into(),
            offset: 7,
            timestamp: 5,
            ..RecordBuf::default()
        };
        let mut again = marker(mark("r-2"), &[], &[]);
        again.mark.as_mut().unwrap().cluster = "c-2".into();
        assert_eq!(
            shown(again.headers(&first.as_record())),
            pairs(&[
                ("a", Some("1")),
                (ID_HEADER, Some("r-2")),
                (FROM_HEADER, Some("c-1/orders/3/1042")),
                (TIMESTAMP_HEADER, Some("1767261600123")),
            ])
        );
    }

    #[test]
    fn a_record_without_a_timestamp_gets_none_in_its_mark() {
        let record = RecordBuf {
            timestamp: -1,
            ..record(&[])
        };
        let mut marker = marker(mark("r"), &[], &[]);
        marker.mark.as_mut().unwrap().cluster = "c-2".into();
        let headers = shown(marker.headers(&record.as_record()));
        assert_eq!(
            headers,
            pairs(&[
                (ID_HEADER, Some("r")),
                (FROM_HEADER, Some("c-2/orders/3/1042"))
            ])
        );
    }

    #[test]
    fn a_time_before_1970_stands_in_the_mark() {
        let record = RecordBuf {
            timestamp: -86_400_000,
            ..record(&[])
        };
        let mut marker = marker(mark("r"), &[], &[]);
        let headers = shown(marker.headers(&record.as_record()));
        let stamp = (TIMESTAMP_HEADER.to_owned(), Some("-86400000".to_owned()));
        assert_eq!(headers.last(), Some(&stamp));
    }

    #[test]
    fn a_header_that_is_set_stands_where_the_first_of_its_name_stood() {
        let record = record(&[
            ("x", Some("old")),
            ("y", None),
            ("x", None),
            ("trace-a", Some("1")),
            ("trace-b", Some("2")),
        ]);
        let mut marker = marker(
            None,
            &["trace-*", "none"],
            &["x=new=1", "trace-b=kept", "z=", "z=2"],
        );
        let wanted = pairs(&[
            ("x", Some("new=1")),
            ("y", None),
            ("trace-b", Some("kept")),
            ("z", Some("")),
            ("z", Some("2")),
        ]);
        assert_eq!(shown(marker.headers(&record.as_record())), wanted);
        assert_eq!(shown(marker.headers(&record.as_record())), wanted);
    }

    #[test]
    fn where_nothing_changes_headers_are_not_copied() {
        let record = record(&[("a", Some("1")), (FROM_HEADER, Some("c/t/0/0"))]);
        let record = record.as_record();
        for mut marker in [marker(None, &[], &[]), marker(None, &["b*"], &[])] {
            let headers = marker.headers(&record);
            assert!(std::ptr::eq(headers.encoded(), record.headers.encoded()));
        }
        let mut dropping = marker(None, &["evctl-*"], &[]);
        assert_eq!(shown(dropping.headers(&record)), pairs(&[("a", Some("1"))]));
    }

    #[test]
    fn marks_that_are_dropped_take_their_origin_along() {
        let record = record(&[
            (FROM_HEADER, Some("c/t/0/0")),
            (TIMESTAMP_HEADER, Some("1")),
        ]);
        let mut marker = marker(mark("r"), &["evctl-*"], &[]);
        assert_eq!(
            shown(marker.headers(&record.as_record()))[1],
            (FROM_HEADER.to_owned(), Some("c-1/orders/3/1042".to_owned()))
        );
    }

    #[test]
    fn what_cannot_be_set_or_dropped_is_named() {
        let error = |mark, drop: &[&str], set: &[&str]| {
            Marker::new(mark, drop, set).unwrap_err().to_string()
        };
        assert_eq!(error(None, &[], &["x"]), "\"x\" is not NAME=VALUE");
        assert_eq!(error(None, &[], &["=x"]), "\"=x\" is not NAME=VALUE");
        assert_eq!(
            error(mark("r"), &[], &["evctl-replay-id=7"]),
            "header \"evctl-replay-id\" is set by the replay itself; --no-mark leaves it to you"
        );
        assert!(Marker::new(None, &[], &["evctl-replay-id=7"]).is_ok());
        assert!(error(None, &["a[b"], &[]).contains("\"a[b\""));
    }

    proptest! {
        #[test]
        fn everything_but_the_marks_stays(
            list in prop::collection::vec(
                (prop::sample::select(vec!["a", "b", FROM_HEADER, ID_HEADER, "", "\u{fe}"]),
                 prop::option::of(prop::collection::vec(any::<u8>(), 0..200))),
                0..8,
            ),
        ) {
            let mut source = record(&[]);
            for (name, value) in &list {
                source.headers.push(name.as_bytes(), value.as_deref());
            }
            let mut marker = marker(mark("r"), &[], &[]);
            let made = marker.headers(&source.as_record());
            prop_assert!(Headers::parse(made.len(), made.encoded()).is_some());
            let others = |headers: Headers<'_>| -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
                headers.iter()
                    .filter(|(name, _)| !is_mark(name))
                    .map(|(name, value)| (name.to_vec(), value.map(<[u8]>::to_vec)))
                    .collect()
            };
            prop_assert_eq!(others(made), others(source.headers.as_headers()));
            for name in [ID_HEADER, FROM_HEADER] {
                let count = made.iter().filter(|(known, _)| *known == name.as_bytes()).count();
                prop_assert_eq!(count, 1);
            }
        }
    }
}
