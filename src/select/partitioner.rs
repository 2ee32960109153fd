//! Which partition a key is written to: Java's murmur2 and librdkafka's CRC32.

/// Java's default: `Utils.toPositive(Utils.murmur2(key)) % count`
/// (`BuiltInPartitioner.partitionForKey`); librdkafka's `murmur2` and `murmur2_random`.
///
/// `None` when the topic has no partitions.
#[must_use]
pub fn murmur2_partition(key: &[u8], count: i32) -> Option<i32> {
    (murmur2(key) & i32::MAX).checked_rem(count)
}

/// librdkafka's default, `consistent`: `crc32(key) % count` (`rd_kafka_msg_partitioner_consistent`).
///
/// `None` when the topic has no partitions.
#[must_use]
pub fn crc32_partition(key: &[u8], count: i32) -> Option<i32> {
    let mut crc = flate2::Crc::new();
    crc.update(key);
    let partition = crc.sum().checked_rem(u32::try_from(count).ok()?)?;
    i32::try_from(partition).ok()
}

/// `org.apache.kafka.common.utils.Utils.murmur2`, bit for bit.
#[must_use]
pub fn murmur2(data: &[u8]) -> i32 {
    const SEED: u32 = 0x9747_b28c;
    const M: u32 = 0x5bd1_e995;
    const R: u32 = 24;
    #[expect(clippy::cast_possible_truncation, reason = "Java's length is an int")]
    let mut hash = SEED ^ data.len() as u32;
    let (words, tail) = data.as_chunks::<4>();
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(M);
        k ^= k >> R;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    for (index, byte) in tail.iter().enumerate() {
        hash ^= u32::from(*byte) << (8 * index);
    }
    if !tail.is_empty() {
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^= hash >> 15;
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn murmur2_is_javas() {
        // org.apache.kafka.common.utils.UtilsTest.testMurmur2
        for (key, hash) in [
            ("21", -973_932_308),
            ("foobar", -790_332_482),
            ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            (
                "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8",
                -58_897_971,
            ),
            ("abc", 479_470_107),
        ] {
            assert_eq!(murmur2(key.as_bytes()), hash, "{key}");
        }
        assert_eq!(
            murmur2_partition(b"foobar", 12),
            Some((-790_332_482 & i32::MAX) % 12)
        );
    }

    #[test]
    fn crc32_is_librdkafkas() {
        // 0xcbf43926 is the check value of the CRC32 that librdkafka and zlib share.
        assert_eq!(crc32_partition(b"123456789", 1_000_000), Some(780_262));
        assert_eq!(crc32_partition(b"", 7), Some(0));
    }

    #[test]
    fn a_topic_without_partitions_has_no_answer() {
        assert_eq!(murmur2_partition(b"a", 0), None);
        assert_eq!(crc32_partition(b"a", 0), None);
        assert_eq!(crc32_partition(b"a", -1), None);
    }
}
