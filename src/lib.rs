//! The library behind the `evctl` command. It is one program's house, not an interface to build
//! on: nothing here is promised to stay. `ARCHITECTURE.md` draws the floors; an import points down.

// Floor 0: the words of the domain.
pub mod event;
// Floor 1: pure rules.
mod codec;
pub mod envelope;
mod filter;
mod finding;
mod offsets;
mod redact;
mod replay;
pub mod schema;
pub mod select;
mod topics;
// Floor 2: ports, and the rules of moving records.
pub mod pipeline;
// Floor 3: adapters, the only code that does I/O.
mod bounded_file;
pub mod config;
mod files;
pub mod kafka;
mod lag;
mod metrics;
mod registry;
pub mod sandbox;
mod schema_source;
mod transfer;
// Floor 4: the only code that prints.
pub mod exit;
pub mod failure;
mod output;
mod ui;
// Floors 5 to 7: what verbs share, the verbs, the command line.
pub mod cli;
mod cmd;
mod command;
