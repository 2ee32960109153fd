//! `DescribeShareGroupOffsets` up to version 1, which carries the broker's own lag (KIP-1226) and
//! is newer than kafka-protocol.

use std::{collections::BTreeMap, sync::Arc};

use kafka_protocol::{
    messages::{
        DescribeShareGroupOffsetsRequest,
        describe_share_group_offsets_request::DescribeShareGroupOffsetsRequestGroup,
    },
    protocol::{
        Decodable, Encodable, HeaderVersion, Message, VersionRange,
        buf::{ByteBuf, ByteBufMut},
    },
};

use super::{
    cause::Cause,
    client::Client,
    groups::{by_coordinator, group_id, names_of},
    partial::Partial,
};
use crate::event::{GroupListing, TopicPartition};

/// Where a share group stands in a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareOffset {
    /// The first offset that is not done with; `None` before anything was read.
    pub start: Option<i64>,
    /// How many records are not done with, as the broker counts; `None` when it does not tell
    /// (before Kafka 4.2), or does not know yet.
    pub lag: Option<i64>,
}

/// What one group answered, by partition.
pub type ShareOffsets = BTreeMap<TopicPartition, Result<ShareOffset, Cause>>;

impl Client {
    /// Where each share group stands, in all its partitions. A group whose answer is missing is
    /// among the failures.
    pub fn share_offsets(
        &mut self,
        groups: &[&GroupListing],
    ) -> Partial<Vec<(Arc<str>, ShareOffsets)>> {
        let shares = by_coordinator(groups);
        let answers = self.on_each(shares.keys().copied(), |id, connection| {
            let groups = shares.get(&id).into_iter().flatten().map(|name| {
                DescribeShareGroupOffsetsRequestGroup::default()
                    .with_group_id(group_id(name))
                    // Null: all topics.
                    .with_topics(None)
            });
            let request = DescribeShareGroupOffsetsRequest::default().with_groups(groups.collect());
            connection.call(&ShareOffsetsRequest(request))
        });
        let mut found = Partial::<Vec<_>>::default();
        for (id, answer) in answers {
            match answer {
                Err(error) => found.fail(names_of(&shares, id), error.cause),
                Ok(answer) => {
                    for group in answer.groups {
                        let what = format!("group {:?}", group.name);
                        match Cause::of_code(group.error_code, &what) {
                            Some(cause) => found.fail(&*group.name, cause),
                            None => found.items.push((group.name, group.offsets)),
                        }
                    }
                }
            }
        }
        found
    }
}

/// The request, which is the same in versions 0 and 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareOffsetsRequest(DescribeShareGroupOffsetsRequest);

impl Message for ShareOffsetsRequest {
    const VERSIONS: VersionRange = VersionRange { min: 0, max: 1 };
    const DEPRECATED_VERSIONS: Option<VersionRange> = None;
}

impl HeaderVersion for ShareOffsetsRequest {
    fn header_version(_: i16) -> i16 {
        DescribeShareGroupOffsetsRequest::header_version(0)
    }
}

impl Encodable for ShareOffsetsRequest {
    fn encode<B: ByteBufMut>(&self, buf: &mut B, _: i16) -> anyhow::Result<()> {
        self.0.encode(buf, 0)
    }

    fn compute_size(&self, _: i16) -> anyhow::Result<usize> {
        self.0.compute_size(0)
    }
}

/// The answer.
#[derive(Debug)]
pub struct ShareOffsetsResponse {
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    name: Arc<str>,
    error_code: i16,
    offsets: ShareOffsets,
}

impl HeaderVersion for ShareOffsetsResponse {
    fn header_version(_: i16) -> i16 {
        1
    }
}

impl Decodable for ShareOffsetsResponse {
    fn decode<B: ByteBuf>(buf: &mut B, version: i16) -> anyhow::Result<Self> {
        let _throttle_ms = buf.try_get_i32()?;
        let groups = list(buf, |buf| group(buf, version))?;
        skip_tagged(buf)?;
        Ok(Self { groups })
    }
}

fn group<B: ByteBuf>(buf: &mut B, version: i16) -> anyhow::Result<Group> {
    let name = text(buf)?.unwrap_or_default();
    let topics = list(buf, |buf| {
        let name: Arc<str> = text(buf)?.unwrap_or_default().into();
        let _id = buf.try_get_u128()?;
        let partitions = list(buf, |buf| partition(buf, &name, version))?;
        skip_tagged(buf)?;
        Ok(partitions)
    })?;
    let error_code = buf.try_get_i16()?;
    let _message = text(buf)?;
    skip_tagged(buf)?;
    Ok(Group {
        name: name.into(),
        error_code,
        offsets: topics.into_iter().flatten().collect(),
    })
}

fn partition<B: ByteBuf>(
    buf: &mut B,
    topic: &Arc<str>,
    version: i16,
) -> anyhow::Result<(TopicPartition, Result<ShareOffset, Cause>)> {
    let at = TopicPartition::new(topic.clone(), buf.try_get_i32()?);
    let start = buf.try_get_i64()?;
    let _leader_epoch = buf.try_get_i32()?;
    let lag = if version >= 1 { buf.try_get_i64()? } else { -1 };
    let code = buf.try_get_i16()?;
    let _message = text(buf)?;
    skip_tagged(buf)?;
    let known = |number: i64| (number >= 0).then_some(number);
    let offset = match Cause::of_code(code, &at.to_string()) {
        Some(cause) => Err(cause),
        None => Ok(ShareOffset {
            start: known(start),
            lag: known(lag),
        }),
    };
    Ok((at, offset))
}

/// A compact array. Grows with what is read, never by the count that was sent.
fn list<B: ByteBuf, T>(
    buf: &mut B,
    mut item: impl FnMut(&mut B) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<T>> {
    let mut items = Vec::new();
    for _ in 1..varint(buf)? {
        items.push(item(buf)?);
    }
    Ok(items)
}

/// A compact string, which may be null.
fn text<B: ByteBuf>(buf: &mut B) -> anyhow::Result<Option<String>> {
    let Some(length) = varint(buf)?.checked_sub(1) else {
        return Ok(None);
    };
    let bytes = buf.try_get_bytes(length as usize)?;
    Ok(Some(String::from_utf8(bytes.to_vec())?))
}

fn skip_tagged<B: ByteBuf>(buf: &mut B) -> anyhow::Result<()> {
    for _ in 0..varint(buf)? {
        varint(buf)?;
        let size = varint(buf)?;
        buf.try_get_bytes(size as usize)?;
    }
    Ok(())
}

/// An unsigned varint of at most 32 bits.
fn varint<B: ByteBuf>(buf: &mut B) -> anyhow::Result<u32> {
    let mut value = 0;
    for shift in (0..32).step_by(7) {
        let byte = buf.try_get_u8()?;
        value |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    anyhow::bail!("a varint of more than 32 bits")
}

#[cfg(test)]
mod tests {
    use bytes::{BufMut, Bytes, BytesMut};

    use super::*;

    /// An answer with one group "g", one topic "t" and its partition 2.
    fn answer(version: i16) -> Bytes {
        let mut out = BytesMut::new();
        out.put_i32(0);
        out.put_slice(b"\x02\x02g\x02\x02t");
        out.put_slice(&[7; 16]);
        out.put_slice(b"\x02");
        out.put_i32(2);
        out.put_i64(5);
        out.put_i32(0);
        if version >= 1 {
            out.put_i64(37);
        }
        out.put_i16(0);
        out.put_slice(b"\x00\x00\x00"); // no message; the tags of partition and topic
        out.put_i16(0);
        out.put_slice(b"\x00\x00\x00"); // no message; the tags of group and answer
        out.freeze()
    }

    #[test]
    fn both_versions_are_read() {
        for (version, lag) in [(0, None), (1, Some(37))] {
            let mut bytes = answer(version);
            let found = ShareOffsetsResponse::decode(&mut bytes, version).unwrap();
            assert!(bytes.is_empty());
            let offset = &found.groups[0].offsets[&TopicPartition::new(Arc::from("t"), 2)];
            let start = Some(5);
            assert_eq!(*offset.as_ref().unwrap(), ShareOffset { start, lag });
        }
    }

    #[test]
    fn an_answer_that_is_cut_short_is_an_error() {
        let whole = answer(1);
        for length in 0..whole.len() {
            assert!(ShareOffsetsResponse::decode(&mut whole.slice(..length), 1).is_err());
        }
    }
}
