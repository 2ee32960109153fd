//! Producers of a partition, and the state of their open transactions.

/// `transaction.max.timeout.ms` by default: a coordinator aborts every transaction that is older.
const MAX_TIMEOUT_MS: i64 = 15 * 60 * 1_000;

/// A producer that the leader of a partition remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicProducer {
    /// The partition.
    pub partition: i32,
    /// The producer's id.
    pub id: i64,
    /// Its epoch.
    pub epoch: i32,
    /// The sequence number of its last record; `None` before the first one.
    pub last_sequence: Option<i32>,
    /// The timestamp (ms) of its last record; `None` when not known.
    pub last_timestamp: Option<i64>,
    /// The first offset of its open transaction; `None` when it has none.
    pub transaction_start: Option<i64>,
    /// `None` when its coordinator does not list it, or you may not see it.
    pub transactional_id: Option<String>,
    /// The coordinator's state of the transaction: `Ongoing`, `CompleteCommit`, …
    pub state: Option<String>,
    /// The age (ms) of its open transaction, and whether that is a lower bound.
    pub age: Option<(i64, bool)>,
    /// The status of its open transaction; `None` when it has none.
    pub status: Option<TransactionStatus>,
    /// Whether the last stable offset waits for its transaction.
    pub holds_back: bool,
}

/// The status of a transaction that is open in a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionStatus {
    /// Open at its coordinator, too.
    Open,
    /// Its coordinator is writing the markers.
    Completing,
    /// Ended at its coordinator, or not known to it: this partition never gets a marker.
    Hanging,
    /// Listed by no coordinator: it hangs, or you may not see it.
    Unlisted,
}

impl TransactionStatus {
    /// Its name in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Completing => "completing",
            Self::Hanging => "hanging",
            Self::Unlisted => "unlisted",
        }
    }

    /// `coordinator` is the coordinator's state of the producer's transaction and whether that
    /// includes the partition; `age` (ms) is a lower bound.
    #[must_use]
    pub fn of(coordinator: Option<(&str, bool)>, age: Option<i64>) -> Self {
        match coordinator {
            Some(("Ongoing", true)) => Self::Open,
            Some(("PrepareCommit" | "PrepareAbort", _)) => Self::Completing,
            Some(_) => Self::Hanging,
            None if age.is_some_and(|age| age > MAX_TIMEOUT_MS) => Self::Hanging,
            None => Self::Unlisted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_that_its_coordinator_does_not_have_open_hangs() {
        use TransactionStatus::{Completing, Hanging, Open, Unlisted};
        let of = TransactionStatus::of;
        assert_eq!(of(Some(("Ongoing", true)), None), Open);
        assert_eq!(of(Some(("Ongoing", false)), None), Hanging);
        assert_eq!(of(Some(("PrepareAbort", true)), None), Completing);
        assert_eq!(of(Some(("CompleteCommit", true)), None), Hanging);
        assert_eq!(of(None, Some(1_000)), Unlisted);
        assert_eq!(of(None, None), Unlisted);
        assert_eq!(of(None, Some(MAX_TIMEOUT_MS + 1)), Hanging);
    }
}
