//! Files of records: capture files, compressed or not, and the inputs of `produce`.

pub mod capture;
mod csv;
mod documents;
mod lines;
mod open;

pub use self::{
    csv::CsvRecords,
    documents::Documents,
    lines::{Line, Lines},
    open::{FileError, Input, open},
};
