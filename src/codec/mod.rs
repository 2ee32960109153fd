//! Bytes to text and back: the record JSON form, CSV, other tools' JSON, what a terminal may see and
//! what a shell may be given.

pub mod csv;
pub mod foreign;
pub mod json;
pub mod quantity;
pub mod record_json;
pub mod shell;
pub mod text;
