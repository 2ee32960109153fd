//! What is asked of each record by itself, and the jq engine behind `--filter` and `--jq`.

mod caret;
mod event_type;
mod fields;
mod jq;
mod predicate;
mod view;

pub use caret::caret;
pub use event_type::{event_id, event_type};
pub use jq::{Jq, JqError, Raised};
pub use predicate::{Criteria, Filter, FilterError, HeaderMatch};
