//! Moving records, for every verb that writes what it has read. Knows no terminal, no command line
//! and no context of a command.

mod lock;
mod state_file;

pub use lock::Lock;
pub use state_file::{Connection, StateFile, StateFileError};
