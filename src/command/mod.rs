//! What the verbs share: the context of a command, and groups of arguments.

mod context;
mod global_args;
mod select_args;
mod verb;

pub use self::{
    context::Context,
    global_args::{GlobalArgs, bytes, calendar, duration},
    select_args::{IsolationArg, LimitArgs, SelectArgs},
    verb::{Family, Verb},
};
