//! Floor 2: the ports between what yields records and what takes them, and the rules of moving
//! them. Knows no Kafka, no files and no terminal.

mod cancel;
mod ledger;
mod merge;
mod pace;
mod permit;
mod port;
mod trace;

pub use cancel::{Cancel, Signal};
pub use ledger::Ledger;
pub use merge::Merge;
pub use pace::Pace;
pub use permit::{Gate, Intent, Permit, Refused};
pub use port::{Ended, Fault, Flow, Gap, Progress, Sink, Source, Step, Unwritten, Watch, drive};
pub use trace::Trace;
