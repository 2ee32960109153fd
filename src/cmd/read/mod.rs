//! What the reading commands share: sources, the chain of sinks, and how a read ends.

mod ending;
mod files;
mod group;
mod group_start;
mod hidden_offsets;
mod kept;
mod redaction;
mod show;
mod sources;
mod topics;

pub(super) use self::{
    ending::{
        Ending, exit_of, redacted, report_unfound, warn_of_errors, warn_of_incomplete,
        warn_of_unfound,
    },
    files::{FileSelection, LastOf, LastOnes},
    group::GroupRead,
    kept::Kept,
    redaction::{RedactArgs, profile_redacts},
    show::ShowArgs,
    sources::{ReadArgs, Sources},
    topics::{Begin, Read, TopicRead},
};
