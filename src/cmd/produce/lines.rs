//! Cuts text into records: one a line, with the key before a delimiter when there is one.

use memchr::memmem::Finder;

/// How a line becomes a record.
#[derive(Debug, Default)]
pub struct LineRule {
    /// Stands between key and value (`-K`).
    pub delimiter: Option<Vec<u8>>,
    /// A value that means null (`--null-value`).
    pub null: Option<Vec<u8>>,
    /// Empty lines are left out (`--skip-empty`).
    pub skip_empty: bool,
    /// A line is a key, and the value is null (`--tombstone`).
    pub tombstone: bool,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut<'a> {
    /// A record.
    Record {
        /// What stands before the delimiter; `None` when no delimiter was asked for.
        key: Option<&'a [u8]>,
        /// The rest; `None` is a tombstone.
        value: Option<&'a [u8]>,
    },
    /// Empty, and to be left out.
    Skipped,
    /// Without the delimiter.
    NoDelimiter,
}

impl LineRule {
    /// What each line of `text` is. A newline ends a line and belongs to none; a carriage return
    /// before it is data, as with kcat; what follows the last newline is a line, too.
    pub fn cut<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Cut<'a>> + use<'a> {
        let delimiter = self.delimiter.as_deref().map(Finder::new);
        lines(text).map(move |line| {
            if self.skip_empty && line.is_empty() {
                return Cut::Skipped;
            }
            let (key, value) = match &delimiter {
                None if self.tombstone => (Some(line), line),
                None => (None, line),
                Some(finder) => match finder.find(line).map(|at| line.split_at(at)) {
                    None => return Cut::NoDelimiter,
                    Some((key, rest)) => {
                        let value = rest.get(finder.needle().len()..).unwrap_or_default();
                        (Some(key), value)
                    }
                },
            };
            let null = self.tombstone || self.null.as_deref() == Some(value);
            Cut::Record {
                key,
                value: (!null).then_some(value),
            }
        })
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut newlines = memchr::memchr_iter(b'\n', text);
    let mut start = 0;
    std::iter::from_fn(move || {
        let end = newlines.next().unwrap_or(text.len());
        let line = text.get(start..end)?;
        // Nothing behind the last newline is no line.
        if start == text.len() {
            return None;
        }
        start = end + 1;
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record<'a>(key: Option<&'a [u8]>, value: Option<&'a [u8]>) -> Cut<'a> {
        Cut::Record { key, value }
    }

    fn value(bytes: &[u8]) -> Cut<'_> {
        record(None, Some(bytes))
    }

    fn cut<'a>(rule: &'a LineRule, text: &'a [u8]) -> Vec<Cut<'a>> {
        rule.cut(text).collect()
    }

    #[test]
    fn an_empty_line_is_an_empty_value_and_the_last_line_needs_no_newline() {
        let rule = LineRule::default();
        assert_eq!(
            cut(&rule, b"a\n\nb"),
            [value(b"a"), value(b""), value(b"b")]
        );
        assert_eq!(cut(&rule, b"a\n"), [value(b"a")]);
        assert_eq!(cut(&rule, b"\n"), [value(b"")]);
        assert_eq!(cut(&rule, b""), []);
    }

    #[test]
    fn carriage_returns_and_nul_bytes_are_data() {
        let rule = LineRule::default();
        assert_eq!(cut(&rule, b"a\r\n\0\r\n"), [value(b"a\r"), value(b"\0\r")]);
    }

    #[test]
    fn only_lines_that_are_really_empty_are_skipped() {
        let rule = LineRule {
            skip_empty: true,
            ..LineRule::default()
        };
        assert_eq!(
            cut(&rule, b"\n \n\r\n\n"),
            [Cut::Skipped, value(b" "), value(b"\r"), Cut::Skipped]
        );
    }

    #[test]
    fn the_key_stands_before_the_first_delimiter() {
        let rule = LineRule {
            delimiter: Some(b"::".to_vec()),
            ..LineRule::default()
        };
        assert_eq!(
            cut(&rule, b"k::v::w\n::v\na:b\nk::\n"),
            [
                record(Some(b"k"), Some(b"v::w")),
                record(Some(b""), Some(b"v")),
                Cut::NoDelimiter,
                record(Some(b"k"), Some(b"")),
            ]
        );
    }

    #[test]
    fn the_null_mark_and_tombstones_are_null() {
        let rule = LineRule {
            delimiter: Some(b",".to_vec()),
            null: Some(b"NULL".to_vec()),
            ..LineRule::default()
        };
        assert_eq!(
            cut(&rule, b"a,NULL\nb,null\n"),
            [record(Some(b"a"), None), record(Some(b"b"), Some(b"null"))]
        );
        let rule = LineRule {
            tombstone: true,
            ..LineRule::default()
        };
        assert_eq!(
            cut(&rule, b"k1\nk2\n"),
            [record(Some(b"k1"), None), record(Some(b"k2"), None)]
        );
    }
}
