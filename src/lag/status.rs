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
    /// Records are unread, and nothing tells whether anybody reads them: `-` in tables, null in JSON.
    Unknown,
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
    pub const ALL: [Self; 16] = [
        Self::TopicGone,
        Self::NoLeader,
        Self::Error,
        Self::NoCommit,
        Self::BeyondEnd,
        Self::DataLost,
        Self::TxnBlocked,
        Self::Abandoned,
        Self::Ok,
        Self::Unknown,
        Self::CatchingUp,
        Self::Slow,
        Self::Stalled,
        Self::Stopped,
        Self::Rewound,
        Self::Unsupported,
    ];

    /// Its name in tables, JSON and options; [`Self::known`] where what is unknown has none.
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
            Self::Unknown => "UNKNOWN",
            Self::CatchingUp => "CATCHING_UP",
            Self::Slow => "SLOW",
            Self::Stalled => "STALLED",
            Self::Stopped => "STOPPED",
            Self::Rewound => "REWOUND",
            Self::Unsupported => "UNSUPPORTED",
        }
    }

    /// Its name; `None` for [`Status::Unknown`].
    #[must_use]
    pub fn known(self) -> Option<&'static str> {
        (self != Self::Unknown).then(|| self.name())
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
            Self::Unknown => 4,
            Self::NoCommit => 5,
            Self::Slow => 6,
            Self::Stalled => 7,
            Self::Stopped => 8,
            Self::Rewound => 9,
            Self::TxnBlocked => 10,
            Self::DataLost => 11,
            Self::BeyondEnd => 12,
            Self::Unsupported => 13,
            Self::NoLeader => 14,
            Self::Error => 15,
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
        self.known().serialize(serializer)
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
