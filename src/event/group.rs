//! Groups as a cluster describes them: plain data, of every protocol there is.

use std::sync::Arc;

use super::TopicPartition;

/// Begins the name of each group that holds the progress of a replay: `evctl.replay.ID`.
pub const REPLAY_GROUP_PREFIX: &str = "evctl.replay.";

/// Kafka's own topic of what groups have stored.
pub const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// The compacted topic that holds the progress of replays whose source is not a topic of the same
/// cluster.
pub const REPLAY_TOPIC: &str = "__evctl_replay";

/// Which protocol a group speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupType {
    /// The first protocol: members rebalance among themselves.
    Classic,
    /// A classic group that never had members: somebody commits by hand.
    Simple,
    /// The protocol of KIP-848: the broker assigns.
    Consumer,
    /// Records are shared and acknowledged one by one (KIP-932).
    Share,
    /// Kafka Streams' own protocol (KIP-1071).
    Streams,
}

impl GroupType {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Classic,
        Self::Simple,
        Self::Consumer,
        Self::Share,
        Self::Streams,
    ];

    /// Its name, as in Kafka's own listings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Simple => "simple",
            Self::Consumer => "consumer",
            Self::Share => "share",
            Self::Streams => "streams",
        }
    }

    /// The type of that name, in any case; `None` when there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}

/// A group as a listing names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupListing {
    /// Its name.
    pub name: Arc<str>,
    /// Its protocol.
    pub kind: GroupType,
    /// Its state as Kafka names it, such as `Stable` or `Empty`; empty when the broker is too old
    /// to tell.
    pub state: String,
    /// The broker that coordinates it.
    pub coordinator: i32,
}

impl GroupListing {
    /// Whether it has members.
    #[must_use]
    pub fn has_members(&self) -> bool {
        !matches!(self.state.as_str(), "Empty" | "Dead" | "")
    }

    /// Whether it holds the progress of a replay, so that nobody else reads by it.
    #[must_use]
    pub fn is_of_replay(&self) -> bool {
        self.name.starts_with(REPLAY_GROUP_PREFIX)
    }
}

/// A group with its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupDescription {
    /// Its name, protocol, state and coordinator.
    pub listing: GroupListing,
    /// The epoch of the group and of its assignment; `None` for classic groups, which have none.
    pub epochs: Option<(i32, i32)>,
    /// How partitions are shared out; empty when nothing has been yet.
    pub assignor: String,
    /// Those who are in it; `None` when the protocol does not tell us (streams).
    pub members: Option<Vec<Member>>,
}

/// A member of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// What the coordinator calls it.
    pub id: String,
    /// What it calls itself over restarts (KIP-345); `None` when it does not.
    pub instance_id: Option<String>,
    /// `client.id`.
    pub client_id: String,
    /// Where it connects from, as the broker sees it: `/10.0.0.7`.
    pub host: String,
    /// The epoch it has reached; `None` for classic groups.
    pub epoch: Option<i32>,
    /// Topics it wants.
    pub subscribed: Vec<Arc<str>>,
    /// The pattern of topics it wants (KIP-848); `None` when it names them.
    pub subscribed_regex: Option<String>,
    /// Partitions it has.
    pub assigned: Vec<TopicPartition>,
}

/// What a group has stored for a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The offset of the next record to read.
    pub offset: i64,
    /// The leader's epoch at that offset; `None` when it was not stored.
    pub leader_epoch: Option<i32>,
    /// What the committer added; empty as a rule.
    pub metadata: String,
}

impl GroupDescription {
    /// Whether it has members, or may have them in a moment.
    #[must_use]
    pub fn is_live(&self) -> bool {
        let members = self.members.as_ref();
        let has_members = members.is_some_and(|members| !members.is_empty());
        let state = &*self.listing.state;
        has_members || !(state.eq_ignore_ascii_case("Empty") || state.eq_ignore_ascii_case("Dead"))
    }

    /// Who has `partition`; `None` when nobody does.
    #[must_use]
    pub fn owner(&self, partition: &TopicPartition) -> Option<&Member> {
        self.members
            .iter()
            .flatten()
            .find(|member| member.assigned.contains(partition))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_found_by_their_names() {
        for kind in GroupType::ALL {
            assert_eq!(GroupType::parse(&kind.name().to_uppercase()), Some(kind));
        }
        assert_eq!(GroupType::parse("kind"), None);
    }

    #[test]
    fn only_an_empty_or_a_dead_group_is_not_live() {
        let group = |state: &str, members: usize| GroupDescription {
            listing: GroupListing {
                name: Arc::from("g"),
                kind: GroupType::Classic,
                state: state.to_owned(),
                coordinator: 1,
            },
            epochs: None,
            assignor: String::new(),
            members: Some(vec![Member::default(); members]),
        };
        assert!(!group("Empty", 0).is_live());
        assert!(!group("Dead", 0).is_live());
        assert!(group("Stable", 1).is_live());
        // A member that is about to join is not listed yet.
        assert!(group("PreparingRebalance", 0).is_live());
    }
}
