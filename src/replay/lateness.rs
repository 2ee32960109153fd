//! How far behind its time a record may have been written and still be found (`--late`).
//!
//! A broker answers "the first offset with a timestamp at or after t", and behind it records with
//! earlier timestamps may follow. So the end of a window is asked for later than it is, and every
//! record's timestamp is looked at.

use std::{fmt, time::Duration};

use crate::{event::TimestampType, select::parse_duration};

const HOUR: Duration = Duration::from_secs(3_600);

/// What was typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lateness {
    /// Nothing where the broker stamps records, else an hour.
    #[default]
    Auto,
    /// So much.
    For(Duration),
    /// Everything up to the end as it was at the start is looked at.
    All,
}

/// `--late` that is none of its forms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a lateness: a duration such as 1h, auto or all")]
pub struct LatenessError(String);

impl Lateness {
    /// Parses `auto`, `all` or a duration.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, LatenessError> {
        match text {
            "auto" => Ok(Self::Auto),
            "all" => Ok(Self::All),
            _ => parse_duration(text)
                .map(Self::For)
                .ok_or_else(|| LatenessError(text.to_owned())),
        }
    }

    /// What that means for a topic whose records are stamped by `stamped_by`. A topic whose
    /// older records were stamped by producers counts as [`TimestampType::Create`].
    #[must_use]
    pub fn reach(self, stamped_by: TimestampType) -> Reach {
        match (self, stamped_by) {
            (Self::All, _) => Reach::End,
            (Self::For(late), _) => Reach::Late(late),
            (Self::Auto, TimestampType::LogAppend) => Reach::InOrder,
            (Self::Auto, _) => Reach::Late(HOUR),
        }
    }
}

impl fmt::Display for Lateness {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => out.write_str("auto"),
            Self::All => out.write_str("all"),
            Self::For(late) => out.write_str(&typed(*late)),
        }
    }
}

/// How far a topic is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To the window's end: the broker stamps, so nothing is late.
    InOrder,
    /// So much longer than the window.
    Late(Duration),
    /// To the end of the topic as it was at the start.
    End,
}

impl Reach {
    /// The time at whose offset reading ends, for a window that ends at `to_ms`; `None` is the
    /// end of the topic as it was at the start.
    #[must_use]
    pub fn until(self, to_ms: i64) -> Option<i64> {
        match self {
            Self::InOrder => Some(to_ms),
            Self::Late(late) => {
                let late = i64::try_from(late.as_millis()).unwrap_or(i64::MAX);
                Some(to_ms.saturating_add(late))
            }
            Self::End => None,
        }
    }

    /// What can be missed, for the plan.
    #[must_use]
    pub fn guarantee(self) -> String {
        match self {
            Self::InOrder => "misses nothing: the broker stamps records in order".to_owned(),
            Self::Late(late) if late.is_zero() => {
                "misses records that were written out of order; --late 1h finds most, --late all \
                 finds each"
                    .to_owned()
            }
            Self::Late(late) => format!(
                "misses only records written more than {} out of order; --late all finds those too",
                typed(late)
            ),
            Self::End => "misses nothing: everything up to the end is looked at".to_owned(),
        }
    }
}

/// A duration as it would be typed: `1h30m`.
fn typed(duration: Duration) -> String {
    let mut rest = duration.as_millis();
    let mut text = String::new();
    for (unit, ms) in [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ] {
        if rest >= ms {
            text.push_str(&format!("{}{unit}", rest / ms));
            rest %= ms;
        }
    }
    if text.is_empty() {
        text.push_str("0s");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(typed: &str, stamped_by: TimestampType) -> Reach {
        Lateness::parse(typed).unwrap().reach(stamped_by)
    }

    #[test]
    fn auto_is_an_hour_unless_the_broker_stamps() {
        assert_eq!(reach("auto", TimestampType::Create), Reach::Late(HOUR));
        assert_eq!(reach("auto", TimestampType::None), Reach::Late(HOUR));
        assert_eq!(reach("auto", TimestampType::LogAppend), Reach::InOrder);
        let minute = Reach::Late(Duration::from_secs(60));
        assert_eq!(reach("1m", TimestampType::LogAppend), minute);
        assert_eq!(reach("all", TimestampType::LogAppend), Reach::End);
    }

    #[test]
    fn the_end_is_asked_for_so_much_later() {
        assert_eq!(Reach::InOrder.until(1_000), Some(1_000));
        assert_eq!(Reach::Late(HOUR).until(1_000), Some(3_601_000));
        assert_eq!(Reach::Late(Duration::MAX).until(1_000), Some(i64::MAX));
        assert_eq!(Reach::End.until(1_000), None);
    }

    #[test]
    fn the_guarantee_says_how_much_can_be_missed() {
        assert_eq!(
            reach("1h30m", TimestampType::Create).guarantee(),
            "misses only records written more than 1h30m out of order; --late all finds those too"
        );
        assert!(
            reach("0s", TimestampType::Create)
                .guarantee()
                .starts_with("misses records that were written out of order")
        );
        for reach in [Reach::InOrder, Reach::End] {
            assert!(reach.guarantee().starts_with("misses nothing"));
        }
    }

    #[test]
    fn a_lateness_prints_as_it_is_typed() {
        for text in ["auto", "all", "1h", "1d2h3m4s5ms", "500ms", "0s"] {
            assert_eq!(Lateness::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(
            Lateness::parse("1").unwrap_err().to_string(),
            "\"1\" is not a lateness: a duration such as 1h, auto or all"
        );
    }
}
