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

/// A line, cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut<'a> {
    /// How many lines after the first of the text it stands.
    pub index: u64,
    /// What stands before the delimiter; `None` when no delimiter was asked for.
    pub key: Option<&'a [u8]>,
    /// The rest; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
}

/// A line that does not hold the delimiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDelimiter {
    /// How many lines after the first of the text it stands.
    pub index: u64,
}

impl LineRule {
    /// The records of `text`. A newline ends a line and belongs to none; a carriage return before
    /// it is data, as with kcat; what follows the last newline is a line, too.
    pub fn cut<'a>(
        &'a self,
        text: &'a [u8],
    ) -> impl Iterator<Item = Result<Cut<'a>, NoDelimiter>> + use<'a> {
        let delimiter = self
            .delimiter
            .as_deref()
            .map(|bytes| (Finder::new(bytes), bytes.len()));
        (0..)
            .zip(lines(text))
            .filter(|(_, line)| !(self.skip_empty && line.is_empty()))
            .map(move |(index, line)| {
                let (key, value) = match &delimiter {
                    Some((finder, length)) => {
                        let at = finder.find(line).ok_or(NoDelimiter { index })?;
                        (line.get(..at), line.get(at + length..).unwrap_or_default())
                    }
                    None if self.tombstone => (Some(line), line),
                    None => (None, line),
                };
                let null = self.tombstone || self.null.as_deref() == Some(value);
                Ok(Cut {
                    index,
                    key,
                    value: (!null).then_some(value),
                })
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

    type Pair<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

    fn cut<'a>(rule: &'a LineRule, text: &'a [u8]) -> Vec<Pair<'a>> {
        rule.cut(text)
            .map(Result::unwrap)
            .map(|cut| (cut.key, cut.value))
            .collect()
    }

    fn value(bytes: &[u8]) -> Pair<'_> {
        (None, Some(bytes))
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
        assert_eq!(
            cut(&LineRule::default(), b"a\r\n\0\r\n"),
            [value(b"a\r"), value(b"\0\r")]
        );
    }

    #[test]
    fn skipped_lines_still_count() {
        let rule = LineRule {
            skip_empty: true,
            ..LineRule::default()
        };
        let list: Vec<u64> = rule
            .cut(b"\na\n\n\nb\n")
            .map(|cut| cut.unwrap().index)
            .collect();
        assert_eq!(list, [1, 4]);
    }

    #[test]
    fn the_key_stands_before_the_first_delimiter() {
        let rule = LineRule {
            delimiter: Some(b"::".to_vec()),
            ..LineRule::default()
        };
        assert_eq!(
            cut(&rule, b"k::v::w\n::v\nk::\n"),
            [
                (Some(&b"k"[..]), Some(&b"v::w"[..])),
                (Some(&b""[..]), Some(&b"v"[..])),
                (Some(&b"k"[..]), Some(&b""[..])),
            ]
        );
        let bad: Vec<_> = rule.cut(b"a::b\na:b\n").filter_map(Result::err).collect();
        assert_eq!(bad, [NoDelimiter { index: 1 }]);
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
            [
                (Some(&b"a"[..]), None),
                (Some(&b"b"[..]), Some(&b"null"[..]))
            ]
        );
        let rule = LineRule {
            tombstone: true,
            ..LineRule::default()
        };
        assert_eq!(
            cut(&rule, b"k1\nk2\n"),
            [(Some(&b"k1"[..]), None), (Some(&b"k2"[..]), None)]
        );
    }
}
