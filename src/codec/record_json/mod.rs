//! The one JSON form of a record: what `-o json` prints, capture files hold and `-i json` takes.
//!
//! Bytes are `null`, `"text"` when valid UTF-8, `{"json": …}` for every JSON object or array, or
//! `{"base64": "…"}`. JSON is verbatim both ways, white space within it included. Where white space
//! around it or a line break in it would be lost, the bytes stand beside the compacted form:
//! `{"json": …, "text": "…"}`. What is unknown is `null`, never -1 or "".

mod cursor;
mod read;
mod write;

#[cfg(test)]
pub(crate) mod tests;

pub use read::{Problem, ReadError, read};
pub use write::write;
