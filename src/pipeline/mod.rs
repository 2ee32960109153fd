//! Floor 2: the ports between what yields records and what takes them, and the rules of moving
//! them. Knows no Kafka, no files and no terminal.

mod cancel;
mod file_selection;
mod filter_sink;
mod last_records;
mod ledger;
mod merge;
mod permit;
mod port;
mod rate_limit;
mod trace;

pub use cancel::{Cancel, Signal};
pub use file_selection::FileSelection;
pub use filter_sink::FilterSink;
pub use last_records::{LastOf, LastRecords};
pub use ledger::Ledger;
pub use merge::Merge;
pub use permit::{Gate, Intent, Permit, Refused};
pub use port::{Ended, Fault, Flow, Gap, Progress, Sink, Source, Step, Unwritten, Watch, drive};
pub use rate_limit::RateLimit;
pub use trace::Trace;
