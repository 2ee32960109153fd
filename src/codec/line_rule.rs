//! Lines of text as records: one record per line, with its key before a delimiter.

use memchr::memmem::Finder;

/// The rule that makes a record of a line.
#[derive(Debug, Default)]
pub struct LineRule {
    /// Separates key and value; `None` when lines have no key.
    pub delimiter: Option<Vec<u8>>,
    /// A value that means null.
    pub null: Option<Vec<u8>>,
    /// Whether empty lines are skipped instead of becoming empty values.
    pub skip_empty: bool,
    /// Whether values are null; without a delimiter the line is the key.
    pub tombstone: bool,
}

/// One line under a [`LineRule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A record.
    Record {
        /// The bytes before the delimiter; `None` when lines have no key.
        key: Option<&'a [u8]>,
        /// The bytes behind the delimiter; `None` is a tombstone.
        value: Option<&'a [u8]>,
    },
    /// An empty line that is skipped.
    Skipped,
    /// A line without the delimiter.
    NoDelimiter,
}

impl LineRule {
    /// The lines of `text`. A newline ends a line and belongs to none; a carriage return before it
    /// is data, as with kcat; text behind the last newline is a line, too.
    pub fn lines<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Line<'a>> + use<'a> {
        let delimiter = self.delimiter.as_deref().map(Finder::new);
        split(text).map(move |line| {
            if self.skip_empty && line.is_empty() {
                return Line::Skipped;
            }
            let (key, value) = match &delimiter {
                None if self.tombstone => (Some(line), line),
                None => (None, line),
                Some(finder) => match finder.find(line).map(|at| line.split_at(at)) {
                    None => return Line::NoDelimiter,
                    Some((key, rest)) => {
                        let value = rest.get(finder.needle().len()..).unwrap_or_default();
                        (Some(key), value)
                    }
                },
            };
            let null = self.tombstone || self.null.as_deref() == Some(value);
            Line::Record {
                key,
                value: (!null).then_some(value),
            }
        })
    }
}

fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut newlines = memchr::memchr_iter(b'\n', text);
    let mut start = 0;
    std::iter::from_fn(move || {
        let end = newlines.next().unwrap_or(text.len());
        let line = text.get(start..end)?;
        // The last newline ends a line and begins none.
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

    fn record<'a>(key: Option<&'a [u8]>, value: Option<&'a [u8]>) -> Line<'a> {
        Line::Record { key, value }
    }

    fn value(bytes: &[u8]) -> Line<'_> {
        record(None, Some(bytes))
    }

    fn cut<'a>(rule: &'a LineRule, text: &'a [u8]) -> Vec<Line<'a>> {
        rule.lines(text).collect()
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
            [Line::Skipped, value(b" "), value(b"\r"), Line::Skipped]
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
                Line::NoDelimiter,
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
