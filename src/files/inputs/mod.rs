//! Files and standard input as records that are still to be written.

mod error;
mod format;
mod formats;
mod location;
mod reader;
mod text;

pub use self::{
    error::{InputError, NoSuchPartition},
    format::InputFormat,
    location::{InputLocation, input_name},
    reader::{Ahead, InputNote, Inputs, Next, Piece, ReadAhead, Reading},
    text::Text,
};
