//! The rules of a replay: which records, when, where to and as what. Pure: knows no cluster, no
//! clock and no terminal; "now" is passed in.

mod dedupe;
mod estimate;
mod event_time;
mod lateness;
mod mark;
mod placing;
mod poison;
mod rewrite;
mod schedule;
mod stamping;

pub use dedupe::{Dedupe, DedupeCounts};
pub use estimate::{Estimate, Sample};
pub use event_time::EventTime;
pub use lateness::{Lateness, Reach};
pub use mark::{FROM_HEADER, ID_HEADER, Mark, MarkError, Marker, TIMESTAMP_HEADER};
pub use placing::Placing;
pub use poison::{AHEAD_MS, Poison, PoisonKind, believable, find_poison};
pub use rewrite::{Rewrite, RewriteError};
pub use schedule::{Pace, Schedule, parse_rate, parse_speed};
pub use stamping::{Stamping, Timestamps};
