//! Files: captures, compressed or not, the inputs of `produce`, and approvals.

pub mod approvals;
mod byte_order_mark;
pub mod capture;
mod csv;
mod documents;
mod failures_file;
pub mod inputs;
mod limit;
mod lines;
mod open;
mod same;
mod saved_offsets;

pub use self::{
    byte_order_mark::{on_byte_order_mark, without_byte_order_mark},
    csv::{CsvFileError, CsvRecords},
    documents::Documents,
    failures_file::{FailuresFile, FailuresFileError},
    limit::Limit,
    lines::Lines,
    open::{FileError, Input, check, is_waiting, open, open_text, size_of},
    same::{FileId, input_with_id},
    saved_offsets::save_offsets,
};
