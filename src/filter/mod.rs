//! What is asked of each record by itself, and the jq engine behind `--filter` and `--jq`.

mod caret;
mod errors;
mod fields;
mod interruption;
mod jq;
mod jq_input;
mod limits;
mod natives;
mod predicate;

pub use caret::caret;
pub use errors::{Errors, WITHHELD};
pub use interruption::{Interrupted, InterruptedRecord, interruptible, stop_expressions_when};
pub use jaq_json::{Map, Val};
pub use jq::{Jq, JqError, share_input, write_json};
pub use predicate::{Criteria, Filter, FilterError, HeaderMatch};
