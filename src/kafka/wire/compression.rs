//! Decompression of record batches: every codec into one buffer that is kept.
//!
//! Sizes that an input claims for itself are never allocated: the buffer grows as data comes, up
//! to the caller's limit. Checksums inside gzip and lz4 frames are not checked where the record
//! batch has its own.

use std::io::Read as _;

use thiserror::Error;
use zstd::zstd_safe::{DCtx, zstd_sys::ZSTD_ErrorCode};

/// The compression of a record batch: bits 0 to 2 of its attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// None.
    None,
    /// RFC 1952.
    Gzip,
    /// Snappy blocks: raw, as librdkafka writes them, or framed as xerial's Java library does.
    Snappy,
    /// The LZ4 frame format.
    Lz4,
    /// Zstandard (KIP-110).
    Zstd,
}

impl Compression {
    /// The codec that attributes name; `None` when there is no such codec.
    #[must_use]
    pub fn of_attributes(attributes: i16) -> Option<Self> {
        Some(match attributes & 0x07 {
            0 => Self::None,
            1 => Self::Gzip,
            2 => Self::Snappy,
            3 => Self::Lz4,
            4 => Self::Zstd,
            _ => return None,
        })
    }

    /// The name in `compression.type`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }
}

/// Why compressed records could not be had.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DecompressError {
    /// It is not what its codec says.
    #[error("{} data is corrupt", .0.as_str())]
    Corrupt(Compression),
    /// It would grow beyond the limit.
    #[error("decompressed size exceeds {0} bytes")]
    TooLarge(usize),
}

/// Decompresses one batch after the other.
pub struct Decompressor {
    output: Output,
    zstd: Option<DCtx<'static>>,
    snappy: snap::raw::Decoder,
}

impl Default for Decompressor {
    fn default() -> Self {
        Self {
            output: Output::default(),
            zstd: None,
            snappy: snap::raw::Decoder::new(),
        }
    }
}

impl Decompressor {
    /// Decompresses `input` to at most `limit` bytes, valid until the next call. Uncompressed
    /// input is handed back as it is.
    ///
    /// # Errors
    /// When the input is corrupt or grows beyond the limit.
    pub fn decompress<'a>(
        &'a mut self,
        codec: Compression,
        input: &'a [u8],
        limit: usize,
    ) -> Result<&'a [u8], DecompressError> {
        self.output.start(limit);
        match codec {
            Compression::None => return Ok(input),
            Compression::Gzip => gzip(input, &mut self.output)?,
            Compression::Snappy => snappy(&mut self.snappy, input, &mut self.output)?,
            Compression::Lz4 => lz4(input, &mut self.output)?,
            Compression::Zstd => {
                let context = self.zstd.get_or_insert_with(DCtx::create);
                zstd(context, input, &mut self.output)?;
            }
        }
        Ok(self.output.filled())
    }
}

/// The output buffer: kept at the largest size it ever had, so that nothing is cleared twice.
#[derive(Default)]
struct Output {
    bytes: Vec<u8>,
    length: usize,
    limit: usize,
}

impl Output {
    const FIRST: usize = 64 << 10;

    fn start(&mut self, limit: usize) {
        self.length = 0;
        self.limit = limit;
    }

    fn filled(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// What may be written to next: all that there is, and at least one byte.
    fn spare(&mut self) -> Result<&mut [u8], DecompressError> {
        if self.length == self.bytes.len().min(self.limit) {
            self.grow()?;
        }
        let end = self.bytes.len().min(self.limit);
        Ok(&mut self.bytes[self.length..end])
    }

    /// Exactly `length` bytes to be written next; for lengths that are small or proved only.
    fn reserve(&mut self, length: usize) -> Result<&mut [u8], DecompressError> {
        let end = self
            .length
            .checked_add(length)
            .filter(|&end| end <= self.limit)
            .ok_or(DecompressError::TooLarge(self.limit))?;
        if end > self.bytes.len() {
            let size = end.max(self.bytes.len().saturating_mul(2)).min(self.limit);
            self.bytes.resize(size, 0);
        }
        Ok(&mut self.bytes[self.length..end])
    }

    /// Doubles the buffer.
    fn grow(&mut self) -> Result<(), DecompressError> {
        let size = self.bytes.len().saturating_mul(2).max(Self::FIRST);
        let size = size.min(self.limit);
        if size <= self.bytes.len() {
            return Err(DecompressError::TooLarge(self.limit));
        }
        self.bytes.resize(size, 0);
        Ok(())
    }
}

fn gzip(input: &[u8], output: &mut Output) -> Result<(), DecompressError> {
    // Its state is made anew for each batch: 40 KB, little beside inflating.
    let mut decoder = flate2::bufread::MultiGzDecoder::new(input);
    loop {
        let read = match output.spare() {
            Ok(spare) => decoder
                .read(spare)
                .map_err(|_| DecompressError::Corrupt(Compression::Gzip))?,
            // Exactly at the limit there may be nothing more to come.
            Err(error) => match decoder.read(&mut [0]) {
                Ok(0) => 0,
                _ => return Err(error),
            },
        };
        if read == 0 {
            return Ok(());
        }
        output.length += read;
    }
}

/// The header of xerial's SnappyOutputStream: its magic, then two versions.
const XERIAL_MAGIC: &[u8] = b"\x82SNAPPY\0";
const XERIAL_HEADER: usize = 16;

fn snappy(
    decoder: &mut snap::raw::Decoder,
    input: &[u8],
    output: &mut Output,
) -> Result<(), DecompressError> {
    if !input.starts_with(XERIAL_MAGIC) {
        return snappy_block(decoder, input, output);
    }
    let corrupt = DecompressError::Corrupt(Compression::Snappy);
    let mut rest = input.get(XERIAL_HEADER..).ok_or(corrupt)?;
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = u32::from_be_bytes(*length) as usize;
        let (block, after) = after.split_at_checked(length).ok_or(corrupt)?;
        snappy_block(decoder, block, output)?;
        rest = after;
    }
    if rest.is_empty() {
        Ok(())
    } else {
        Err(corrupt)
    }
}

fn snappy_block(
    decoder: &mut snap::raw::Decoder,
    block: &[u8],
    output: &mut Output,
) -> Result<(), DecompressError> {
    /// A copy of 64 bytes takes at least 3 bytes, so a block that claims more than this lies.
    const MAX_RATIO: usize = 64;
    let corrupt = DecompressError::Corrupt(Compression::Snappy);
    let claimed = snap::raw::decompress_len(block).map_err(|_| corrupt)?;
    if claimed > block.len().saturating_mul(MAX_RATIO) {
        return Err(corrupt);
    }
    let spare = output.reserve(claimed)?;
    output.length += decoder.decompress(block, spare).map_err(|_| corrupt)?;
    Ok(())
}

/// The descriptor of an LZ4 frame: FLG and BD.
struct Lz4Frame {
    linked_blocks: bool,
    block_checksums: bool,
    content_checksum: bool,
    max_block: usize,
}

impl Lz4Frame {
    /// Reads magic and descriptor. The header's checksum is passed over: before message format v2
    /// Kafka computed it wrongly (KAFKA-3160).
    fn parse(input: &[u8]) -> Option<(Self, &[u8])> {
        let rest = input.strip_prefix(&[0x04, 0x22, 0x4d, 0x18])?;
        let (&[flags, block_size], rest) = rest.split_first_chunk()?;
        let has = |bit: u8| flags & (1 << bit) != 0;
        let (version, dictionary) = (flags >> 6, has(0));
        if version != 1 || dictionary {
            return None;
        }
        let frame = Self {
            linked_blocks: !has(5),
            block_checksums: has(4),
            content_checksum: has(2),
            max_block: match (block_size >> 4) & 0x07 {
                size @ 4..=7 => 1 << (8 + 2 * size),
                _ => return None,
            },
        };
        let content_size = if has(3) { 8 } else { 0 };
        Some((frame, rest.get(content_size + 1..)?))
    }
}

/// Written here, as the frame decoder of `lz4_flex` copies every block twice and cannot be reused.
fn lz4(mut input: &[u8], output: &mut Output) -> Result<(), DecompressError> {
    const UNCOMPRESSED: u32 = 1 << 31;
    const CHECKSUM: usize = 4;
    let corrupt = DecompressError::Corrupt(Compression::Lz4);
    while !input.is_empty() {
        let (frame, mut rest) = Lz4Frame::parse(input).ok_or(corrupt)?;
        let start = output.length;
        loop {
            let (size, after) = rest.split_first_chunk().ok_or(corrupt)?;
            let size = u32::from_le_bytes(*size);
            if size == 0 {
                rest = after;
                break;
            }
            let length = (size & !UNCOMPRESSED) as usize;
            let (block, after) = after.split_at_checked(length).ok_or(corrupt)?;
            if size & UNCOMPRESSED != 0 {
                if length > frame.max_block {
                    return Err(corrupt);
                }
                output.reserve(length)?.copy_from_slice(block);
                output.length += length;
            } else {
                let since = if frame.linked_blocks {
                    start
                } else {
                    output.length
                };
                lz4_block(block, since, frame.max_block, output)?;
            }
            let checksum = if frame.block_checksums { CHECKSUM } else { 0 };
            rest = after.get(checksum..).ok_or(corrupt)?;
        }
        let checksum = if frame.content_checksum { CHECKSUM } else { 0 };
        input = rest.get(checksum..).ok_or(corrupt)?;
    }
    Ok(())
}

/// Decompresses one block, which may refer to 64 KiB of what was written since `since`.
fn lz4_block(
    block: &[u8],
    since: usize,
    max_block: usize,
    output: &mut Output,
) -> Result<(), DecompressError> {
    const WINDOW: usize = 64 << 10;
    let left = output.limit - output.length;
    output.reserve(max_block.min(left))?;
    let end = output.length + max_block.min(left);
    let (before, spare) = output.bytes[..end].split_at_mut(output.length);
    let window = &before[since.max(before.len().saturating_sub(WINDOW))..];
    let written = lz4_flex::block::decompress_into_with_dict(block, spare, window);
    output.length += written.map_err(|error| match error {
        lz4_flex::block::DecompressError::OutputTooSmall { .. } if left < max_block => {
            DecompressError::TooLarge(output.limit)
        }
        _ => DecompressError::Corrupt(Compression::Lz4),
    })?;
    Ok(())
}

/// One call per batch, straight into the buffer: a stream would copy through a window of its own.
/// When the buffer is too small it is doubled and the batch begun again, which ends soon as the
/// buffer is kept.
fn zstd(
    context: &mut DCtx<'static>,
    input: &[u8],
    output: &mut Output,
) -> Result<(), DecompressError> {
    const TOO_SMALL: usize = (ZSTD_ErrorCode::ZSTD_error_dstSize_tooSmall as usize).wrapping_neg();
    loop {
        match context.decompress(output.spare()?, input) {
            Ok(length) => {
                output.length = length;
                return Ok(());
            }
            Err(TOO_SMALL) => output.grow()?,
            Err(_) => return Err(DecompressError::Corrupt(Compression::Zstd)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    const CODECS: [Compression; 4] = [
        Compression::Gzip,
        Compression::Snappy,
        Compression::Lz4,
        Compression::Zstd,
    ];
    const LIMIT: usize = 64 << 20;

    fn text(length: usize) -> Vec<u8> {
        let words = (0_u64..).flat_map(|n| format!("event {} of {n}; ", n * n).into_bytes());
        words.take(length).collect()
    }

    fn compress(codec: Compression, data: &[u8]) -> Vec<u8> {
        match codec {
            Compression::None => data.to_vec(),
            Compression::Gzip => {
                let mut gzip = flate2::write::GzEncoder::new(Vec::new(), Default::default());
                gzip.write_all(data).unwrap();
                gzip.finish().unwrap()
            }
            Compression::Snappy => snap::raw::Encoder::new().compress_vec(data).unwrap(),
            Compression::Lz4 => lz4_frame(data, lz4_flex::frame::FrameInfo::new()),
            Compression::Zstd => zstd::bulk::compress(data, 3).unwrap(),
        }
    }

    fn lz4_frame(data: &[u8], info: lz4_flex::frame::FrameInfo) -> Vec<u8> {
        let mut frame = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
        frame.write_all(data).unwrap();
        frame.finish().unwrap()
    }

    fn xerial(data: &[u8], block: usize) -> Vec<u8> {
        let mut framed = XERIAL_MAGIC.to_vec();
        framed.extend([0, 0, 0, 1, 0, 0, 0, 1]);
        for part in data.chunks(block) {
            let part = snap::raw::Encoder::new().compress_vec(part).unwrap();
            framed.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
            framed.extend(part);
        }
        framed
    }

    #[test]
    fn every_codec_gives_back_what_was_compressed() {
        let mut decompressor = Decompressor::default();
        for length in [0, 1, 100, 65_535, 65_536, 3_000_000, 10] {
            let data = text(length);
            for codec in CODECS {
                let packed = compress(codec, &data);
                let unpacked = decompressor.decompress(codec, &packed, LIMIT);
                assert!(unpacked == Ok(&data), "{codec:?} {length}");
            }
            let unpacked = decompressor.decompress(Compression::None, &data, LIMIT);
            assert!(unpacked == Ok(&data));
        }
    }

    #[test]
    fn snappy_of_java_is_framed_by_xerial() {
        let data = text(200_000);
        let framed = xerial(&data, 32 << 10);
        let mut decompressor = Decompressor::default();
        let unpacked = decompressor.decompress(Compression::Snappy, &framed, LIMIT);
        assert!(unpacked == Ok(&data));
        let cut = &framed[..framed.len() - 1];
        assert!(
            decompressor
                .decompress(Compression::Snappy, cut, LIMIT)
                .is_err()
        );
    }

    #[test]
    fn lz4_frames_of_every_shape_are_read() {
        use lz4_flex::frame::{BlockMode, BlockSize, FrameInfo};
        let data = text(1_000_000);
        let mut decompressor = Decompressor::default();
        for mode in [BlockMode::Independent, BlockMode::Linked] {
            for size in [BlockSize::Max64KB, BlockSize::Max256KB, BlockSize::Max4MB] {
                for checked in [false, true] {
                    let info = FrameInfo::new()
                        .block_mode(mode)
                        .block_size(size)
                        .block_checksums(checked)
                        .content_checksum(checked)
                        .content_size(checked.then_some(data.len() as u64));
                    let packed = lz4_frame(&data, info);
                    let unpacked = decompressor.decompress(Compression::Lz4, &packed, LIMIT);
                    assert!(unpacked == Ok(&data), "{mode:?} {size:?} {checked}");
                }
            }
        }
    }

    #[test]
    fn lz4_blocks_that_did_not_shrink_are_stored() {
        let noise: Vec<u8> = (0..100_000_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        let packed = compress(Compression::Lz4, &noise);
        let mut decompressor = Decompressor::default();
        let unpacked = decompressor.decompress(Compression::Lz4, &packed, LIMIT);
        assert!(unpacked == Ok(&noise));
    }

    #[test]
    fn a_wrong_lz4_header_checksum_is_passed_over() {
        let mut packed = compress(Compression::Lz4, b"old");
        packed[6] ^= 0xff;
        let mut decompressor = Decompressor::default();
        let unpacked = decompressor.decompress(Compression::Lz4, &packed, LIMIT);
        assert_eq!(unpacked, Ok(&b"old"[..]));
    }

    #[test]
    fn zstd_without_a_content_size_is_read() {
        let data = text(500_000);
        let mut stream = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
        stream.write_all(&data).unwrap();
        let packed = stream.finish().unwrap();
        let mut decompressor = Decompressor::default();
        let unpacked = decompressor.decompress(Compression::Zstd, &packed, LIMIT);
        assert!(unpacked == Ok(&data));
    }

    #[test]
    fn the_limit_holds_to_the_byte() {
        let data = vec![b'a'; 300_000];
        for codec in CODECS {
            let packed = compress(codec, &data);
            let mut decompressor = Decompressor::default();
            assert!(decompressor.decompress(codec, &packed, 300_000).is_ok());
            let mut decompressor = Decompressor::default();
            assert_eq!(
                decompressor.decompress(codec, &packed, 299_999),
                Err(DecompressError::TooLarge(299_999)),
                "{codec:?}"
            );
            assert!(decompressor.output.bytes.len() <= 299_999);
        }
        let packed = xerial(&data, 32 << 10);
        assert_eq!(
            Decompressor::default().decompress(Compression::Snappy, &packed, 299_999),
            Err(DecompressError::TooLarge(299_999))
        );
    }

    #[test]
    fn a_claimed_size_is_not_allocated() {
        let mut decompressor = Decompressor::default();
        // 4 GiB - 1, says a snappy block of six bytes.
        let snappy = [0xff, 0xff, 0xff, 0xff, 0x0f, 0x00];
        assert!(
            decompressor
                .decompress(Compression::Snappy, &snappy, 1 << 30)
                .is_err()
        );
        // 1 TiB, says a zstd frame with a single empty block.
        let zstd = [
            0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0,
        ];
        assert!(
            decompressor
                .decompress(Compression::Zstd, &zstd, 1 << 30)
                .is_err()
        );
        assert!(decompressor.output.bytes.len() <= Output::FIRST);
    }

    proptest! {
        #[test]
        fn noise_and_damage_never_panic(
            noise in proptest::collection::vec(any::<u8>(), 0..300),
            length in 0_usize..5000,
            damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            let mut decompressor = Decompressor::default();
            for codec in CODECS {
                let _ = decompressor.decompress(codec, &noise, 1 << 20);
                let mut packed = compress(codec, &text(length));
                for (place, byte) in &damage {
                    let place = place.index(packed.len());
                    packed[place] ^= byte;
                }
                if let Ok(unpacked) = decompressor.decompress(codec, &packed, 1 << 20) {
                    prop_assert!(unpacked.len() <= 1 << 20);
                }
            }
            let mut packed = xerial(&text(length), 1000);
            for (place, byte) in &damage {
                let place = place.index(packed.len());
                packed[place] ^= byte;
            }
            let _ = decompressor.decompress(Compression::Snappy, &packed, 1 << 20);
        }
    }
}
