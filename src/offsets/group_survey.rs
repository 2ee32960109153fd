//! Groups with their members and offsets.

use crate::event::{GroupDescription, GroupListing, Member, TopicPartition};

/// A group and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSurvey {
    /// As listed.
    pub listing: GroupListing,
    /// `None` when the coordinator does not tell.
    pub description: Option<GroupDescription>,
    /// The partitions that the group has offsets on or that a member has, in order.
    pub partitions: Vec<GroupPartition>,
    /// What could not be asked of the coordinator.
    pub errors: Vec<String>,
}

/// A partition of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPartition {
    /// The partition.
    pub at: TopicPartition,
    /// The committed offset, the start offset of a share group; `None` when there is none.
    pub offset: Option<i64>,
    /// The lag that the broker counts for a share group: an upper bound of the records. `None` for
    /// other groups.
    pub lag: Option<i64>,
    /// The leader's epoch at the committed offset; `None` when it was not stored.
    pub leader_epoch: Option<i32>,
    /// The metadata of the commit; `None` without a commit.
    pub metadata: Option<String>,
    /// Log start offset and high watermark; `None` when not known.
    pub bounds: Option<(i64, i64)>,
    /// The client id of the member that has it.
    pub owner: Option<String>,
    /// Why something is not known.
    pub error: Option<String>,
}

impl GroupSurvey {
    /// The members; none when the coordinator does not tell.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        let members = self
            .description
            .as_ref()
            .and_then(|group| group.members.as_deref());
        members.unwrap_or_default()
    }

    /// The state as described; as listed when the coordinator does not describe the group.
    #[must_use]
    pub fn state(&self) -> &str {
        let described = self.description.as_ref().map(|group| &group.listing.state);
        described.unwrap_or(&self.listing.state)
    }

    /// Whether everything is known.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.errors.is_empty() && self.partitions.iter().all(|at| at.error.is_none())
    }
}
