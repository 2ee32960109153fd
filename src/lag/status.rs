//! How a partition or a group stands, in one word.

use serde::{Serialize, Serializer};

/// One word for a partition; the first of these that applies, in this order. A group has the worst
/// of its partitions'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// The topic does not exist any more.
    TopicGone,
    /// Nobody leads the partition, so nobody knows its ends.
    NoLeader,
    /// It could not be asked; a note says why.
    Error,
    /// The group has stored nothing here, so where it would begin is up to its consumers.
    NoCommit,
    /// The group stands behind the end: the topic was made anew, or its log was cut.
    BeyondEnd,
    /// Retention has overtaken the group: records are gone that it never read.
    DataLost,
    /// Everything before an open transaction has been read, and nothing behind it can be.
    TxnBlocked,
    /// The group lives and does not want the topic any more.
    Abandoned,
    /// Nothing is left to read, or nothing is known to be wrong.
    Ok,
    /// There is lag, and it falls.
    CatchingUp,
    /// There is lag, and it grows.
    Slow,
    /// Commits go on, always at the same offset.
    Stalled,
    /// Nobody commits, and records are unread.
    Stopped,
    /// The group was set back and has not come as far again.
    Rewound,
    /// The cluster has no lag for groups of this type.
    Unsupported,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::TopicGone,
        Self::NoLeader,
        Self::Error,
        Self::NoCommit,
        Self::BeyondEnd,
        Self::DataLost,
        Self::TxnBlocked,
        Self::Abandoned,
        Self::Ok,
        Self::CatchingUp,
        Self::Slow,
        Self::Stalled,
        Self::Stopped,
        Self::Rewound,
        Self::Unsupported,
    ];

    /// Its name in tables, JSON and options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TopicGone => "TOPIC_GONE",
            Self::NoLeader => "NO_LEADER",
            Self::Error => "ERROR",
            Self::NoCommit => "NO_COMMIT",
            Self::BeyondEnd => "BEYOND_END",
            Self::DataLost => "DATA_LOST",
            Self::TxnBlocked => "TXN_BLOCKED",
            Self::Abandoned => "ABANDONED",
            Self::Ok => "OK",
            Self::CatchingUp => "CATCHING_UP",
            Self::Slow => "SLOW",
            Self::Stalled => "STALLED",
            Self::Stopped => "STOPPED",
            Self::Rewound => "REWOUND",
            Self::Unsupported => "UNSUPPORTED",
        }
    }

    /// The status of that name, in any case and with `-` for `_`; `None` when there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.replace('-', "_");
        Self::ALL
            .into_iter()
            .find(|status| status.name().eq_ignore_ascii_case(&name))
    }

    /// How bad it is for a group: the worst of its partitions is the group's.
    #[must_use]
    pub fn severity(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Abandoned => 1,
            Self::TopicGone => 2,
            Self::CatchingUp => 3,
            Self::NoCommit => 4,
            Self::Slow => 5,
            Self::Stalled => 6,
            Self::Stopped => 7,
            Self::Rewound => 8,
            Self::TxnBlocked => 9,
            Self::DataLost => 10,
            Self::BeyondEnd => 11,
            Self::Unsupported => 12,
            Self::NoLeader => 13,
            Self::Error => 14,
        }
    }

    /// Whether somebody should look.
    #[must_use]
    pub fn is_problem(self) -> bool {
        !matches!(self, Self::Ok | Self::CatchingUp)
    }

    /// Whether the answer is incomplete: there is nobody who could say.
    #[must_use]
    pub fn is_incomplete(self) -> bool {
        matches!(self, Self::TopicGone | Self::NoLeader | Self::Error)
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_severities_differ() {
        let mut severities: Vec<u8> = Status::ALL.iter().map(|status| status.severity()).collect();
        severities.sort_unstable();
        severities.dedup();
        assert_eq!(severities.len(), Status::ALL.len());
        for status in Status::ALL {
            let typed = status.name().to_lowercase().replace('_', "-");
            assert_eq!(Status::parse(&typed), Some(status));
        }
        assert_eq!(Status::parse("FINE"), None);
    }
}
