//! Which versions of which calls a broker speaks, and the one that both sides do.

use std::collections::HashMap;

use bytes::Buf;
use kafka_protocol::messages::ApiKey;

use super::{
    ask::{Ask, api_name},
    cause::Cause,
};

/// The last version of Fetch, and of Metadata as it is understood here, that names topics.
const NEWEST_BY_NAME: i16 = 12;
/// The version of Fetch that names topics by their ids alone (KIP-516: Kafka 3.1).
pub(super) const FETCH_BY_ID: i16 = 13;

/// What a broker said that it speaks: the lowest and highest version of each call by its number.
#[derive(Debug, Default)]
pub(super) struct Versions(HashMap<i16, (i16, i16)>);

impl Versions {
    /// Reads the error code and the list of an `ApiVersions` answer of `version`; what follows
    /// them (throttling, features) is left alone. `None` when it cannot be such an answer.
    ///
    /// By hand, as this peer has not shown yet that it is a Kafka: nothing here is allocated by a
    /// count that it sent.
    pub(super) fn read(mut body: &[u8], version: i16) -> Option<(i16, Self)> {
        let flexible = version >= 3;
        let error = body.try_get_i16().ok()?;
        let count = if flexible {
            varint(&mut body)?.checked_sub(1)?
        } else {
            body.try_get_u32().ok()?
        };
        let mut versions = HashMap::new();
        for _ in 0..count {
            let call = body.try_get_i16().ok()?;
            let range = (body.try_get_i16().ok()?, body.try_get_i16().ok()?);
            if flexible {
                skip_tagged(&mut body)?;
            }
            versions.insert(call, range);
        }
        Some((error, Self(versions)))
    }

    /// Whether nothing is known, as before the greeting.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The newest version of `R` that both sides speak.
    pub(super) fn choose<R: Ask>(&self) -> Result<i16, Cause> {
        let api = api_name(R::API);
        let ours = match R::API {
            ApiKey::Fetch | ApiKey::Metadata => R::VERSIONS.max.min(NEWEST_BY_NAME),
            _ => R::VERSIONS.max,
        };
        let (min, max) = self.0.get(&(R::API as i16)).copied().unwrap_or((0, -1));
        if max < R::VERSIONS.min {
            return Err(Cause::TooOld {
                api,
                needs: R::VERSIONS.min,
                has: max,
            });
        }
        if min > ours {
            return Err(Cause::TooNew {
                api,
                needs: min,
                ours,
            });
        }
        Ok(max.min(ours))
    }
}

impl Versions {
    /// Whether the broker takes [`FETCH_BY_ID`].
    pub(super) fn has_fetch_by_id(&self) -> bool {
        let range = self.0.get(&(ApiKey::Fetch as i16));
        range.is_some_and(|&(min, max)| (min..=max).contains(&FETCH_BY_ID))
    }

    /// Whether the broker has groups of the new protocol (KIP-848) as Kafka 4.0 has them:
    /// ConsumerGroupHeartbeat from version 1, the oldest that librdkafka speaks.
    pub(super) fn has_new_groups(&self) -> Result<(), Cause> {
        const NEEDED: i16 = 1;
        let call = ApiKey::ConsumerGroupHeartbeat as i16;
        let max = self.0.get(&call).map_or(-1, |&(_, max)| max);
        if max >= NEEDED {
            return Ok(());
        }
        let api = "ConsumerGroupHeartbeat";
        Err(Cause::TooOld {
            api,
            needs: NEEDED,
            has: max,
        })
    }
}

/// An unsigned varint of at most 32 bits.
fn varint(body: &mut &[u8]) -> Option<u32> {
    let mut value = 0_u32;
    for shift in (0..32).step_by(7) {
        let byte = body.try_get_u8().ok()?;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Skips the tagged fields of an entry (KIP-482).
fn skip_tagged(body: &mut &[u8]) -> Option<()> {
    for _ in 0..varint(body)? {
        varint(body)?;
        let length = usize::try_from(varint(body)?).ok()?;
        *body = body.get(length..)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use kafka_protocol::messages::{FetchRequest, MetadataRequest};

    use super::*;

    const FETCH: u8 = ApiKey::Fetch as u8;

    #[test]
    fn both_forms_of_the_list_are_read() {
        let old = [0, 35, 0, 0, 0, 1, 0, FETCH, 0, 4, 0, 17];
        let (error, versions) = Versions::read(&old, 0).unwrap();
        assert_eq!(error, 35);
        assert_eq!(versions.0[&1], (4, 17));

        // One tagged field of two bytes in the entry, and others after the list.
        let flexible = [0, 0, 2, 0, FETCH, 0, 4, 0, 17, 1, 9, 2, 7, 7, 0, 0, 0, 0, 0];
        let (error, versions) = Versions::read(&flexible, 3).unwrap();
        assert_eq!(error, 0);
        assert_eq!(versions.0[&1], (4, 17));
    }

    #[test]
    fn what_cannot_be_a_list_is_not_one() {
        let hostile: [(&[u8], i16); 9] = [
            (&[], 0),
            (&[0], 3),
            (&[0, 0], 0),
            (&[0, 0, 0, 0, 0], 0),
            (&[0, 0, 0xff, 0xff, 0xff, 0xff], 0),
            (&[0, 0, 0], 3),
            (&[0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 3),
            (
                &[0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 1, 0, 4, 0, 17, 0],
                3,
            ),
            (&[0, 0, 2, 0, 1, 0, 4, 0, 17, 1, 9, 0xff, 0xff, 0x03], 3),
        ];
        for (bytes, version) in hostile {
            assert!(Versions::read(bytes, version).is_none(), "{bytes:?}");
        }
    }

    fn speaking(min: i16, max: i16) -> Versions {
        let calls = [ApiKey::Fetch, ApiKey::Metadata];
        Versions(calls.map(|call| (call as i16, (min, max))).into())
    }

    #[test]
    fn the_newest_common_version_is_chosen() {
        assert_eq!(speaking(4, 11).choose::<FetchRequest>().unwrap(), 11);
        assert_eq!(speaking(0, 17).choose::<FetchRequest>().unwrap(), 12);
        assert_eq!(speaking(0, 17).choose::<MetadataRequest>().unwrap(), 12);
        assert!(!speaking(4, 12).has_fetch_by_id() && speaking(4, 13).has_fetch_by_id());
        assert!(!Versions::default().has_fetch_by_id());
    }

    #[test]
    fn a_broker_without_a_common_version_is_too_old_or_too_new() {
        let message = |versions: Versions| {
            let refused = versions.choose::<FetchRequest>().unwrap_err();
            refused.to_string()
        };
        assert_eq!(
            message(speaking(0, 3)),
            "the broker is too old: Fetch version 4 is needed, it has at most 3"
        );
        assert_eq!(
            message(Versions::default()),
            "the broker is too old: Fetch version 4 is needed, it does not have the call"
        );
        assert_eq!(
            message(speaking(13, 17)),
            "the broker is too new: it wants Fetch version 13 or later, this evctl has at most 12"
        );
    }
}
