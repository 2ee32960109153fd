//! Record headers: an ordered list in which names repeat and values may be null.
//!
//! Both forms keep headers in the encoding of Kafka's record format v2 (KIP-98), so that a record
//! read from a batch borrows its headers as they lie there, and nothing is allocated until asked.

/// The headers of one record, borrowed in their wire encoding.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'a> {
    count: usize,
    encoded: &'a [u8],
}

impl<'a> Headers<'a> {
    /// Checks that `encoded` holds exactly `count` headers; `None` when it does not.
    #[must_use]
    pub fn parse(count: usize, encoded: &'a [u8]) -> Option<Self> {
        let mut rest = encoded;
        for _ in 0..count {
            (_, rest) = take(rest)?;
        }
        rest.is_empty().then_some(Self { count, encoded })
    }

    /// How many headers there are, duplicates counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether the record has no headers at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The headers in record order. A name is bytes, as Kafka does not check that it is UTF-8;
    /// a value of `None` is null, which is not the same as empty.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)> + use<'a> {
        let mut rest = self.encoded;
        std::iter::from_fn(move || {
            let (header, next) = take(rest)?;
            rest = next;
            Some(header)
        })
    }

    /// The value of the last header called `name`: the outer `None` means there is no such header.
    #[must_use]
    pub fn last(&self, name: &str) -> Option<Option<&'a [u8]>> {
        self.iter()
            .filter(|(candidate, _)| *candidate == name.as_bytes())
            .last()
            .map(|(_, v)| v)
    }

    /// The bytes that hold the headers, without the leading count.
    #[must_use]
    pub fn encoded(&self) -> &'a [u8] {
        self.encoded
    }
}

impl PartialEq for Headers<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && self.iter().eq(other.iter())
    }
}

/// Owned headers, built one at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderBuf {
    count: usize,
    encoded: Vec<u8>,
}

impl HeaderBuf {
    /// Adds a header at the end; `None` is a null value.
    pub fn push(&mut self, name: &[u8], value: Option<&[u8]>) {
        self.count += 1;
        put_varint(
            &mut self.encoded,
            i64::try_from(name.len()).unwrap_or(i64::MAX),
        );
        self.encoded.extend_from_slice(name);
        match value {
            None => put_varint(&mut self.encoded, -1),
            Some(value) => {
                put_varint(
                    &mut self.encoded,
                    i64::try_from(value.len()).unwrap_or(i64::MAX),
                );
                self.encoded.extend_from_slice(value);
            }
        }
    }

    /// Removes every header and keeps the memory.
    pub fn clear(&mut self) {
        self.count = 0;
        self.encoded.clear();
    }

    /// The same headers, borrowed.
    #[must_use]
    pub fn as_headers(&self) -> Headers<'_> {
        Headers {
            count: self.count,
            encoded: &self.encoded,
        }
    }
}

impl From<Headers<'_>> for HeaderBuf {
    fn from(headers: Headers<'_>) -> Self {
        Self {
            count: headers.count,
            encoded: headers.encoded.to_vec(),
        }
    }
}

/// One header, and what follows it.
type Taken<'a> = ((&'a [u8], Option<&'a [u8]>), &'a [u8]);

fn take(bytes: &[u8]) -> Option<Taken<'_>> {
    let (length, rest) = varint(bytes)?;
    let (name, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    let (length, rest) = varint(rest)?;
    if length == -1 {
        return Some(((name, None), rest));
    }
    let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some(((name, Some(value)), rest))
}

/// Reads one zigzag varint of at most ten bytes. Most lengths in a record take one byte or two.
#[inline]
pub(crate) fn varint(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first < 0x80 {
        return Some((zigzag(u64::from(first)), rest));
    }
    let (&second, rest) = rest.split_first()?;
    if second < 0x80 {
        let raw = u64::from(second) << 7 | u64::from(first & 0x7f);
        return Some((zigzag(raw), rest));
    }
    long_varint(bytes)
}

fn long_varint(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let mut raw = 0_u64;
    for (index, &byte) in bytes.iter().enumerate().take(10) {
        raw |= u64::from(byte & 0x7f) << (7 * index);
        if byte < 0x80 {
            return Some((zigzag(raw), bytes.get(index + 1..)?));
        }
    }
    None
}

#[inline]
fn zigzag(raw: u64) -> i64 {
    (raw >> 1).cast_signed() ^ -(raw & 1).cast_signed()
}

fn put_varint(out: &mut Vec<u8>, value: i64) {
    #[expect(clippy::cast_sign_loss, reason = "zigzag works on the bits")]
    let mut raw = ((value << 1) ^ (value >> 63)) as u64;
    while raw >= 0x80 {
        out.push((raw & 0x7f) as u8 | 0x80);
        raw >>= 7;
    }
    out.push(raw as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_keep_order_duplicates_null_and_empty() {
        let mut headers = HeaderBuf::default();
        headers.push(b"a", Some(b"1"));
        headers.push(b"b", None);
        headers.push(b"a", Some(b""));
        headers.push(b"\xff", Some(&[0; 300]));
        let view = headers.as_headers();
        let list: Vec<_> = view.iter().collect();
        assert_eq!(list[0], (&b"a"[..], Some(&b"1"[..])));
        assert_eq!(list[1], (&b"b"[..], None));
        assert_eq!(list[2], (&b"a"[..], Some(&b""[..])));
        assert_eq!(list[3].1.map(<[u8]>::len), Some(300));
        assert_eq!(view.last("a"), Some(Some(&b""[..])));
        assert_eq!(view.last("b"), Some(None));
        assert_eq!(view.last("c"), None);
        assert!(Headers::parse(4, view.encoded()).is_some());
        assert!(Headers::parse(3, view.encoded()).is_none());
        assert!(Headers::parse(5, view.encoded()).is_none());
    }

    #[test]
    fn varints_round_trip_at_the_edges() {
        for value in [
            0,
            -1,
            1,
            63,
            64,
            -64,
            -65,
            i64::MAX,
            i64::MIN,
            i64::from(i32::MIN),
        ] {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value);
            assert_eq!(varint(&bytes), Some((value, &[][..])));
            assert_eq!(varint(&bytes[..bytes.len() - 1]), None);
        }
        assert_eq!(varint(&[0xff; 11]), None);
    }
}
