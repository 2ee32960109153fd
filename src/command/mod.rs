//! What the verbs share: the context of a command, and groups of arguments.

mod context;
mod global_args;
mod report_file;
mod select_args;
mod verb;

pub use self::{
    context::Context,
    global_args::{GlobalArgs, bytes, calendar, duration},
    report_file::ReportFile,
    select_args::{IsolationArg, LimitArgs, SelectArgs},
    verb::{Family, Verb},
};
