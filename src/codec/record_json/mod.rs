//! The one JSON form of a record: what `-o json` prints, capture files hold and `-i json` takes.
//!
//! Bytes are `null`, `"text"` when valid UTF-8, `{"json": …}` for compact JSON objects and arrays
//! (verbatim both ways), or `{"base64": "…"}`. What is unknown is `null`, never -1 or "".

mod cursor;
mod read;
mod write;

#[cfg(test)]
pub(crate) mod tests;

pub use read::{Problem, ReadError, read};
pub use write::{write, write_bytes};
