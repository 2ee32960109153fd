//! What must not leave: parts of records replaced before they are written anywhere.
//!
//! Every byte that is not replaced stays as it was. What cannot be looked into is an error, never
//! let through.

mod login;
mod path;
mod redactor;
mod spans;

pub use login::{MASK, without_password, without_password_of};
pub use path::{RedactPath, RedactPathError};
pub use redactor::Redactor;
