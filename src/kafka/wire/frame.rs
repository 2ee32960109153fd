//! The bytes of an answer, as kafka-protocol decodes them: no count makes it allocate more than the
//! bytes that came can hold.
//!
//! The library reserves memory by the count that stands before an array (`Vec::with_capacity`), and
//! a count of 300 million aborts the process. Here such a count is an error first: each element
//! takes a byte at least.

use bytes::{Buf, Bytes, TryGetError};
use kafka_protocol::protocol::{Decodable, buf::ByteBuf};

/// How much more than the bytes left a varint may be: the number of a tagged field.
const TAG_NUMBERS: usize = 64;

/// An answer that is being decoded.
struct Frame<'a> {
    bytes: &'a mut Bytes,
    /// Whether a 32-bit number that cannot be a count is replaced.
    checks: bool,
    /// The last one that was.
    replaced: Option<i32>,
}

/// Decodes `T` from the front of `bytes`.
///
/// # Errors
/// They hold no `T`.
pub(super) fn decode<T: Decodable>(bytes: &mut Bytes, version: i16) -> anyhow::Result<T> {
    let whole = bytes.clone();
    let mut frame = Frame {
        bytes,
        checks: true,
        replaced: None,
    };
    let found = T::decode(&mut frame, version);
    match (found, frame.replaced) {
        (found, None) => return found,
        (Err(_), Some(count)) => anyhow::bail!("{count} elements do not fit into its bytes"),
        (Ok(_), Some(_)) => {}
    }
    // All counts are sound, and numbers that are none were replaced.
    *bytes = whole;
    T::decode(
        &mut Frame {
            bytes,
            checks: false,
            replaced: None,
        },
        version,
    )
}

impl Frame<'_> {
    /// The varint that begins here; `None` when it is cut short.
    fn varint(&self) -> Option<usize> {
        let mut value = 0;
        for (index, byte) in self.bytes.iter().take(5).enumerate() {
            value |= usize::from(byte & 0x7f) << (7 * index);
            if *byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

impl Buf for Frame<'_> {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
    }

    /// A flag, or a byte of a varint: the count of a compact array, a length, a tag. Each of those
    /// is bounded by the bytes that follow; the later bytes of a varint make a smaller one.
    fn try_get_u8(&mut self) -> Result<u8, TryGetError> {
        let left = self.remaining();
        match self.varint() {
            Some(value) if value > left + TAG_NUMBERS => Err(TryGetError {
                requested: value,
                available: left,
            }),
            _ => self.bytes.try_get_u8(),
        }
    }

    /// A number, or the count of an array or of bytes. What is no count may be of any size, and
    /// nothing is allocated by it. What is one fails when it is negative.
    fn try_get_i32(&mut self) -> Result<i32, TryGetError> {
        let value = self.bytes.try_get_i32()?;
        let too_many = usize::try_from(value).is_ok_and(|value| value > self.remaining());
        if self.checks && too_many {
            self.replaced = Some(value);
            return Ok(-2);
        }
        Ok(value)
    }
}

impl ByteBuf for Frame<'_> {
    fn peek_bytes(&mut self, range: std::ops::Range<usize>) -> Bytes {
        self.bytes.peek_bytes(range)
    }

    fn get_bytes(&mut self, size: usize) -> Bytes {
        self.bytes.get_bytes(size)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use kafka_protocol::messages::{
        ConsumerProtocolAssignment, DescribeGroupsResponse, FetchResponse, MetadataResponse,
    };

    use super::*;

    /// 300 million, as a count and as a varint.
    const HUGE: u32 = 300_000_000;
    const HUGE_VARINT: [u8; 5] = [0x81, 0xc6, 0x86, 0x8f, 0x01];

    /// Decodes frames in which a huge count stands at each of the first places.
    pub(in crate::kafka::wire) fn defy<T: Decodable>(versions: std::ops::RangeInclusive<i16>) {
        for version in versions {
            for place in 0..48 {
                for count in [&HUGE.to_be_bytes()[..], &HUGE_VARINT] {
                    for filler in [0, 1, 2] {
                        let mut frame = vec![filler; 64];
                        frame.splice(place..place, count.iter().copied());
                        // What it says does not matter: that it comes back does.
                        drop(decode::<T>(&mut Bytes::from(frame), version));
                    }
                }
            }
        }
    }

    #[test]
    fn a_count_that_the_bytes_cannot_hold_is_an_error() {
        let refused = |count: [u8; 4]| {
            let frame = [&[0; 4][..], &count].concat();
            decode::<FetchResponse>(&mut Bytes::from(frame), 4).unwrap_err();
        };
        refused(HUGE.to_be_bytes());
        refused(i32::MAX.to_be_bytes());
        refused(1_u32.to_be_bytes());
        defy::<ConsumerProtocolAssignment>(0..=3);
    }

    #[test]
    fn numbers_that_are_no_counts_stay_as_they_are() {
        // Throttled for long, one broker with a high number and port, no topics.
        let mut frame = Vec::new();
        for number in [i32::MAX, 1, i32::MAX - 1] {
            frame.extend(number.to_be_bytes());
        }
        frame.extend([0, 1, b'h']);
        frame.extend(9_092_i32.to_be_bytes());
        frame.extend([0xff, 0xff, 0xff, 0xff]); // no rack, no cluster id
        frame.extend(i32::MAX.to_be_bytes());
        frame.extend([0; 4]);
        let mut bytes = Bytes::from(frame);
        let answer: MetadataResponse = decode(&mut bytes, 3).unwrap();
        assert!(bytes.is_empty());
        assert_eq!(answer.throttle_time_ms, i32::MAX);
        assert_eq!(answer.brokers[0].node_id.0, i32::MAX - 1);
        assert_eq!(answer.brokers[0].port, 9_092);
        assert_eq!(answer.controller_id.0, i32::MAX);

        // The same in the flexible form, where counts and lengths are varints.
        let mut frame = i32::MAX.to_be_bytes().to_vec();
        frame.extend([2]);
        frame.extend((i32::MAX - 1).to_be_bytes());
        frame.extend([2, b'h']);
        frame.extend(9_092_i32.to_be_bytes());
        frame.extend([0, 0, 0]); // no rack, no tags, no cluster id
        frame.extend(i32::MAX.to_be_bytes());
        frame.extend([1, 0]);
        let answer: MetadataResponse = decode(&mut Bytes::from(frame), 12).unwrap();
        assert_eq!(answer.throttle_time_ms, i32::MAX);
        assert_eq!(answer.brokers[0].port, 9_092);
    }

    #[test]
    fn bytes_as_long_as_the_answer_are_read() {
        let assignment = vec![7; 100_000];
        let mut frame = vec![0, 0, 0, 1, 0, 0, 0, 1, b'g', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        frame.extend([0, 0, 0, 0, 0, 0]); // member, client and host
        frame.extend([0; 4]);
        frame.extend(100_000_i32.to_be_bytes());
        frame.extend(&assignment);
        let answer: DescribeGroupsResponse = decode(&mut Bytes::from(frame), 0).unwrap();
        assert_eq!(answer.groups[0].members[0].member_assignment, assignment);
    }
}
