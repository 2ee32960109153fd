//! Cells: what a result holds under one name.

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    codec::quantity::{bytes, duration},
    event::Timestamp,
    output::Terminal,
};

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Not known: `-` in tables, `null` in JSON, empty in CSV. Never 0 or -1.
    Unknown,
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Any number; one that is not finite is unknown in JSON.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A whole number that may be too large: `≤12` in tables, the number elsewhere.
    AtMost(i64),
    /// An estimate: `~12` in tables, the cell itself elsewhere.
    About(Box<Cell>),
    /// A number of bytes: `1.2 MiB` in tables, the number elsewhere.
    Bytes(i64),
    /// Milliseconds: `2m 5s` in tables, the number elsewhere.
    Duration(i64),
    /// Milliseconds since the epoch: RFC 3339, and to the second in a table on a terminal.
    Time(i64),
    /// Several things.
    List(Vec<Cell>),
    /// A thing that has several sides: an object in JSON, its values elsewhere.
    Object(Vec<(&'static str, Cell)>),
}

impl Cell {
    /// A list of texts.
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(
            texts
                .into_iter()
                .map(|text| Self::Text(text.into()))
                .collect(),
        )
    }

    /// Whether it is a number, or unknown.
    pub(super) fn is_number(&self) -> bool {
        match self {
            Self::About(cell) => cell.is_number(),
            Self::Integer(_)
            | Self::Number(_)
            | Self::AtMost(_)
            | Self::Bytes(_)
            | Self::Duration(_)
            | Self::Unknown => true,
            Self::Text(_) | Self::Flag(_) | Self::Time(_) | Self::List(_) | Self::Object(_) => {
                false
            }
        }
    }

    /// The text of the cell in a table; `None` when it is unknown.
    pub(super) fn shown(&self, terminal: Terminal) -> Option<String> {
        match self {
            Self::Time(ms) if terminal == Terminal::Yes => Some(to_the_second(*ms)),
            Self::AtMost(number) if *number > 0 => Some(format!("≤{number}")),
            Self::About(cell) => cell.shown(terminal).map(|text| format!("~{text}")),
            Self::Bytes(number) => Some(bytes(*number)),
            Self::Duration(ms) => Some(duration(*ms)),
            _ => self.text(),
        }
    }

    /// The text of the cell in CSV; `None` when it is unknown.
    pub(super) fn text(&self) -> Option<String> {
        Some(match self {
            Self::Unknown => return None,
            Self::About(cell) => return cell.text(),
            Self::Text(text) => text.clone(),
            Self::Integer(number)
            | Self::AtMost(number)
            | Self::Bytes(number)
            | Self::Duration(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Flag(true) => "yes".to_owned(),
            Self::Flag(false) => "no".to_owned(),
            Self::Time(ms) => Timestamp(*ms).to_string(),
            Self::List(cells) => {
                let texts: Vec<_> = cells.iter().filter_map(Self::text).collect();
                texts.join(",")
            }
            Self::Object(members) => {
                let texts: Vec<_> = members.iter().filter_map(|(_, cell)| cell.text()).collect();
                texts.join(" ")
            }
        })
    }
}

/// `2026-01-01 10:00:00Z`
fn to_the_second(ms: i64) -> String {
    let text = Timestamp(ms).to_string();
    match text.split_once('.') {
        Some((seconds, _)) => format!("{}Z", seconds.replacen('T', " ", 1)),
        None => text,
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}

/// A number of things; more than an `i64` holds are as many as it holds.
impl From<usize> for Cell {
    fn from(count: usize) -> Self {
        Self::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Self::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<Timestamp> for Cell {
    fn from(Timestamp(ms): Timestamp) -> Self {
        Self::Time(ms)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Cell {
    fn from(things: Vec<T>) -> Self {
        Self::List(things.into_iter().map(Into::into).collect())
    }
}

/// A number of bytes, or of nothing else: see [`Cell::Bytes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Bytes(pub i64);

impl From<Bytes> for Cell {
    fn from(Bytes(count): Bytes) -> Self {
        Self::Bytes(count)
    }
}

/// Milliseconds of a duration: see [`Cell::Duration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Millis(pub i64);

impl From<Millis> for Cell {
    fn from(Millis(ms): Millis) -> Self {
        Self::Duration(ms)
    }
}

/// A number of records. Offsets that were not counted record by record are an upper bound: some of
/// them number transaction markers, aborted records and what compaction has removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Count {
    /// Counted.
    Exactly(i64),
    /// At most as many: see [`Cell::AtMost`].
    AtMost(i64),
}

impl Count {
    /// `count`, which may be too large when it `is_upper_bound`.
    #[must_use]
    pub fn new(count: i64, is_upper_bound: bool) -> Self {
        match is_upper_bound {
            true => Self::AtMost(count),
            false => Self::Exactly(count),
        }
    }
}

impl From<Count> for Cell {
    fn from(count: Count) -> Self {
        match count {
            Count::Exactly(count) => Self::Integer(count),
            Count::AtMost(count) => Self::AtMost(count),
        }
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (Self::Exactly(count) | Self::AtMost(count)) = self;
        serializer.serialize_i64(*count)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// What is not there is not known.
impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(content: Option<T>) -> Self {
        content.map_or(Self::Unknown, Into::into)
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Larger whole numbers are not exact in an `f64`.
        const EXACT: f64 = (1_i64 << 53) as f64;
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::About(cell) => cell.serialize(serializer),
            Self::Integer(number)
            | Self::AtMost(number)
            | Self::Bytes(number)
            | Self::Duration(number) => serializer.serialize_i64(*number),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < EXACT =>
            {
                #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
                serializer.serialize_i64(*number as i64)
            }
            Self::Number(number) if number.is_finite() => serializer.serialize_f64(*number),
            Self::Unknown | Self::Number(_) => serializer.serialize_none(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Time(ms) => serializer.collect_str(&Timestamp(*ms)),
            Self::List(cells) => serializer.collect_seq(cells),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, cell) in members {
                    map.serialize_entry(name, cell)?;
                }
                map.end()
            }
        }
    }
}
