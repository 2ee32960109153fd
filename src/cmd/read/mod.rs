//! Arguments, sources and reports that the reading commands share.

mod ending;
mod print_args;
mod redaction;
mod sources;
mod topics;

pub(super) use self::{
    ending::{
        Ending, exit_of, redacted, report_unfound, warn_of_errors, warn_of_incomplete,
        warn_of_unfound,
    },
    print_args::ShowArgs,
    redaction::{RedactArgs, profile_redacts},
    sources::{ReadArgs, Sources},
    topics::{ProgressBar, drive_topics, follow_topics},
};
