//! What is asked of each record by itself, and the jq engine behind `--filter` and `--jq`.

mod caret;
mod errors;
mod event_type;
mod fields;
mod interruption;
mod jq;
mod limits;
mod natives;
mod predicate;
mod view;

pub use caret::caret;
pub use errors::{Errors, WITHHELD};
pub use event_type::{event_id, event_time_text};
pub use interruption::{Interrupted, InterruptedRecord, interruptible, stop_expressions_when};
pub use jaq_json::{Map, Val};
pub use jq::{Jq, JqError, write_json};
pub use predicate::{Criteria, Filter, FilterError, HeaderMatch};
