//! The terminal has one owner: everything evctl says goes through [`Ui`].

mod closed_stdout;
mod progress;
mod prompt;
mod signals;
mod stdout;
mod terminal;

pub use crate::codec::text::counted;
pub use closed_stdout::check_stdout;
pub use progress::Bar;
pub use prompt::Prompt;
pub use signals::{end, watch_signals};
pub use stdout::Passes;
pub use terminal::{Color, Ui, Verbosity, print_refusal};
