//! Floor 4: how records and results look. Knows no Kafka and no command line.

pub mod capture;
pub mod findings;
pub mod groups;
pub mod lag;
mod pending;
mod printer;
pub mod produce;
pub mod profile;
pub mod prom;
pub mod records;
pub mod replay;
pub mod report;
pub mod sandbox;
pub mod schema;
pub mod screen;
mod terminal;
pub mod topics;

pub use printer::{Form, OutputError, Print, Printer};
pub use screen::Screen;
pub use terminal::Terminal;
