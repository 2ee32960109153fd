//! Files of records: capture files, compressed or not, and the inputs of `produce`.

pub mod capture;
mod csv;
mod documents;
mod lines;
mod open;

pub use self::{
    csv::{CsvFileError, CsvRecords},
    documents::Documents,
    lines::{Line, Lines, MAX_LINE},
    open::{FileError, Input, check, is_waiting, open},
};
