//! The rules of a replay: which records, when, where to and as what. Pure: knows no cluster, no
//! clock and no terminal; "now" is passed in.

mod checkpoint;
mod checkpoint_format;
mod decider;
mod decision;
mod dedupe;
mod duplicate_bound;
mod estimate;
mod event_time;
mod id;
mod lateness;
mod mark;
mod offset_runs;
mod option_trial;
mod placing;
mod plan;
mod poison;
mod preflight;
mod rewrite;
mod rules;
mod sampling;
mod schedule;
mod signature;
mod spec;
mod stamping;
mod topic_ids;
mod verification;

pub use checkpoint::{
    Checkpoint, CheckpointLocation, CheckpointMetadata, CheckpointOwner, Checkpoints,
};
pub use checkpoint_format::{
    CheckpointTable, checkpoints_of_commits, commits_of, record_key, records_of,
};
pub use decider::{Changes, DecideError, Decider};
pub use decision::{Decision, Offer, SkipReason};
pub use dedupe::{Dedupe, DedupeCounts};
pub use duplicate_bound::{DuplicateBound, growth};
pub use estimate::{Estimate, Sample};
pub use event_time::EventTime;
pub use id::{checkpoint_group, is_valid_id, new_id};
pub use lateness::{Lateness, Reach};
pub use mark::{FROM_HEADER, ID_HEADER, Mark, MarkError, Marker, TIMESTAMP_HEADER};
pub use offset_runs::OffsetRuns;
pub use option_trial::OptionTrial;
pub use placing::{Placing, PlacingError};
pub use plan::{PartitionRange, Plan, Route};
pub use poison::{AHEAD_MS, Poison, PoisonKind, believable, find_poison};
pub use preflight::{
    PreflightFacts, Refusal, TargetFacts, Tried, Verdict, live_readers_warnings, preflight,
};
pub use rewrite::{Rewrite, RewriteError};
pub use rules::{Judged, Rules, RulesError};
pub use sampling::{
    PLACES, PartitionSample, SampleCollector, Samples, SamplingRules, sampled_span, together,
    widest,
};
pub use schedule::{Pace, Schedule, parse_rate, parse_speed};
pub use signature::{ends_at_checkpoint, is_unfinished, records_written, sign, signature};
pub use spec::{
    IsolationLevel, ReplayRequest, ReplaySpec, RunOptions, SPEC_VERSION, SelectionSpec, version_1,
};
pub use stamping::{Stamping, Timestamps};
pub use topic_ids::TopicIds;
pub use verification::{RecordPlace, Verification, Verified};
