//! Causes as errors of partitions.

use crate::{
    kafka::{
        admin::NoWatermarks,
        wire::{Cause, GROUP_SUBSCRIBED_TO_TOPIC, NON_EMPTY_GROUP, UNKNOWN_MEMBER_ID},
    },
    offsets::{PartitionError, PartitionErrorKind},
};

/// Refusals because of a member that has joined meanwhile.
const LIVE: [i16; 3] = [
    NON_EMPTY_GROUP,
    GROUP_SUBSCRIBED_TO_TOPIC,
    UNKNOWN_MEMBER_ID,
];

impl From<&Cause> for PartitionError {
    fn from(cause: &Cause) -> Self {
        let (kind, why) = match cause {
            Cause::Broker { code, .. } if LIVE.contains(code) => (
                PartitionErrorKind::Refused,
                ": a member of the group is in the way",
            ),
            cause if cause.is_not_found() => (PartitionErrorKind::NotFound, ""),
            _ => (PartitionErrorKind::Unreachable, ""),
        };
        Self::new(kind, format!("{cause}{why}"))
    }
}

impl From<NoWatermarks> for PartitionError {
    fn from(why: NoWatermarks) -> Self {
        let text = match why {
            NoWatermarks::Refused(cause) => return Self::from(&cause),
            NoWatermarks::Silent(silent) => format!("broker {silent}"),
            why => why.to_string(),
        };
        Self::new(PartitionErrorKind::Unreachable, text)
    }
}
