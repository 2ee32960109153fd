//! Commits as Kafka keeps them in `__consumer_offsets`.

use std::sync::Arc;

use crate::event::TopicPartition;

/// A commit, or its deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitRecord {
    /// Who committed.
    pub group: String,
    /// Where.
    pub partition: TopicPartition,
    /// What; [`Deleted`] when the group's offset was removed.
    pub commit: Result<Committed, Deleted>,
}

/// What a commit holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The offset of the next record to read.
    pub offset: i64,
    /// When, in milliseconds.
    pub at: i64,
}

/// An offset that expired or was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deleted;

/// The partition of `__consumer_offsets` that keeps a group's commits: Java's `String.hashCode`,
/// made non-negative as `Utils.abs` does.
#[must_use]
pub fn offsets_partition(group: &str, partitions: i32) -> i32 {
    let hash = group.encode_utf16().fold(0_i32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(i32::from(unit))
    });
    hash.checked_abs().unwrap_or(0) % partitions.max(1)
}

/// Reads a record of `__consumer_offsets`; `None` when it is no commit (a group's own record), or
/// one of a version that we do not know.
///
/// `OffsetCommitKey` versions 0 and 1, `OffsetCommitValue` versions 0 to 4, of which those from 4
/// on are flexible (KIP-482).
#[must_use]
pub fn parse_commit(key: &[u8], value: Option<&[u8]>) -> Option<CommitRecord> {
    let mut key = Reader(key);
    if !matches!(key.i16()?, 0 | 1) {
        return None;
    }
    let group = key.text()?.to_owned();
    let topic: Arc<str> = Arc::from(key.text()?);
    let partition = TopicPartition::new(topic, key.i32()?);
    let commit = match value {
        None => Err(Deleted),
        Some(value) => Ok(committed(Reader(value))?),
    };
    Some(CommitRecord {
        group,
        partition,
        commit,
    })
}

fn committed(mut value: Reader<'_>) -> Option<Committed> {
    let version = value.i16()?;
    let offset = value.i64()?;
    match version {
        0..=2 => value.text().map(drop)?,
        3 => {
            let _leader_epoch = value.i32()?;
            value.text().map(drop)?;
        }
        4 => {
            let _leader_epoch = value.i32()?;
            value.compact_text()?;
        }
        _ => return None,
    }
    let at = value.i64()?;
    Some(Committed { offset, at })
}

/// Takes bytes off the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn i16(&mut self) -> Option<i16> {
        self.array().map(i16::from_be_bytes)
    }

    fn i32(&mut self) -> Option<i32> {
        self.array().map(i32::from_be_bytes)
    }

    fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.i16()?).ok()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    /// A compact string: an unsigned varint of its length plus one.
    fn compact_text(&mut self) -> Option<&'a [u8]> {
        let mut length = 0_usize;
        for shift in (0..28).step_by(7) {
            let [byte] = self.array()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return self.take(length.checked_sub(1)?);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<u8> {
        let mut bytes = i16::try_from(text.len()).unwrap().to_be_bytes().to_vec();
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }

    fn key(version: i16) -> Vec<u8> {
        let parts = [
            version.to_be_bytes().to_vec(),
            text("billing"),
            text("orders"),
            3_i32.to_be_bytes().to_vec(),
        ];
        parts.concat()
    }

    fn value(version: i16) -> Vec<u8> {
        let mut bytes = version.to_be_bytes().to_vec();
        bytes.extend(42_i64.to_be_bytes());
        if version >= 3 {
            bytes.extend(7_i32.to_be_bytes());
        }
        if version >= 4 {
            bytes.extend(b"\x05meta");
        } else {
            bytes.extend(text("meta"));
        }
        bytes.extend(1_767_261_600_123_i64.to_be_bytes());
        match version {
            1 => bytes.extend(9_i64.to_be_bytes()),
            4 => bytes.push(0),
            _ => {}
        }
        bytes
    }

    #[test]
    fn every_version_of_a_commit_is_read() {
        for version in 0..=4 {
            let record = parse_commit(&key(version % 2), Some(&value(version))).unwrap();
            assert_eq!(record.group, "billing");
            assert_eq!(
                record.partition,
                TopicPartition::new(Arc::from("orders"), 3)
            );
            let expected = Committed {
                offset: 42,
                at: 1_767_261_600_123,
            };
            assert_eq!(record.commit, Ok(expected), "version {version}");
        }
        assert_eq!(parse_commit(&key(1), None).unwrap().commit, Err(Deleted));
    }

    #[test]
    fn what_is_no_commit_is_left_alone() {
        assert_eq!(parse_commit(&key(2), Some(&value(3))), None);
        assert_eq!(parse_commit(&key(1), Some(&value(5))), None);
        for cut in 0..key(1).len() {
            assert_eq!(parse_commit(&key(1)[..cut], Some(&value(3))), None);
        }
        for version in 0..=4 {
            let whole = value(version);
            let needed = whole.len() - usize::from(version == 4) - if version == 1 { 8 } else { 0 };
            for cut in 0..needed {
                assert_eq!(parse_commit(&key(1), Some(&whole[..cut])), None);
            }
        }
    }

    #[test]
    fn a_group_is_kept_where_java_keeps_it() {
        // "polygenelubricants" hashes to Integer.MIN_VALUE, of which there is no absolute value.
        assert_eq!(offsets_partition("polygenelubricants", 50), 0);
        assert_eq!(offsets_partition("", 50), 0);
        assert_eq!(offsets_partition("a", 50), 97 % 50);
        assert_eq!(offsets_partition("console-consumer-1", 50), {
            let hash = "console-consumer-1".chars().fold(0_i32, |hash, c| {
                hash.wrapping_mul(31).wrapping_add(c as i32)
            });
            hash.abs() % 50
        });
    }
}
