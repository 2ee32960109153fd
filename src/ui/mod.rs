//! The terminal has one owner: everything evctl says goes through [`Ui`].

mod progress;
mod prompt;
mod signals;
mod terminal;

pub use progress::Bar;
pub use prompt::Prompt;
pub use signals::{end, watch_signals};
pub use terminal::{Color, Output, Ui, Verbosity, counted};
