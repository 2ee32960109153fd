//! Files: captures, compressed or not, the inputs of `produce`, and approvals.

pub mod approvals;
mod byte_order_mark;
pub mod capture;
mod csv;
mod documents;
mod limit;
mod lines;
mod open;
mod same;

pub use self::{
    byte_order_mark::{on_byte_order_mark, without_byte_order_mark},
    csv::{CsvFileError, CsvRecords},
    documents::Documents,
    limit::Limit,
    lines::Lines,
    open::{FileError, Input, check, is_waiting, open, open_text},
    same::{FileId, input_with_id},
};
