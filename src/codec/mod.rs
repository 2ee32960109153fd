//! Bytes to text and back: decoders of keys and values, the record JSON form, CSV, other tools'
//! JSON, what a terminal may see and what a shell may be given.

pub mod csv;
pub mod decoder;
pub mod foreign;
pub mod json;
mod line_rule;
pub mod projection;
pub mod quantity;
mod record_defaults;
pub mod record_json;
pub mod shell;
pub mod text;

pub use line_rule::{Line, LineRule};
pub use record_defaults::RecordDefaults;
