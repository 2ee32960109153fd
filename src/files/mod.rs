//! Files of records: capture files, compressed or not, and the inputs of `produce`.

pub mod capture;
mod csv;
mod documents;
mod limit;
mod lines;
mod open;

pub use self::{
    csv::{CsvFileError, CsvRecords},
    documents::Documents,
    limit::Limit,
    lines::{Line, Lines},
    open::{FileError, Input, check, is_waiting, open},
};
