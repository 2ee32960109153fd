//! How often checkpoints are stored, and how long the engine waits.

use std::time::Duration;

/// The rhythm of a transfer.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// The time between two checkpoints without transactions: what may be written twice after a
    /// kill.
    pub checkpoint_interval: Duration,
    /// How long a transaction is open before it is committed. (A commit costs about 100 ms when the
    /// next transaction follows at once, whatever its size.)
    pub transaction_age: Duration,
    /// How many bytes a transaction holds before it is committed.
    pub transaction_bytes: u64,
    /// The pause between two attempts. It doubles where the same records are written again.
    pub pause: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            checkpoint_interval: Duration::from_secs(1),
            transaction_age: Duration::from_millis(200),
            transaction_bytes: 32 << 20,
            pause: Duration::from_millis(200),
        }
    }
}
