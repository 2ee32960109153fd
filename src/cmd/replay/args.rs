//! What can be typed after `evctl replay`.

use std::time::Duration;

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::{
    cmd::read::ReadArgs,
    command::{LimitArgs, SelectArgs, duration},
};

/// Replay records into a topic
///
/// The records of a window of topics, or of capture files, are written to another topic, at the
/// pace you want, resumable after any interruption. Records that came late are found, and wrong
/// timestamps hide no others. The plan is shown first, and nothing is written before you say yes.
///
///   evctl replay orders --to-topic orders.replay --from -2h --to -1h
///   evctl replay orders --to-topic orders --to-profile staging --speed 10x
///   evctl replay orders payments --to-topic '{topic}.replay' --last 1h
///   evctl replay orders --to-topic orders.replay --speed 1x --max-gap 30s
///   evctl replay incident.ndjson.zst --to-topic orders.test --timestamps now
///   evctl replay orders --to-topic orders.copy --exactly-once --id copy-1
///   evctl replay orders --to-topic orders.safe --redact customer.email
///   evctl replay orders --to-topic orders.safe --transform '.value.test = 1'
///   evctl replay orders --to-topic orders.replay --last 1h --dry-run --exact
///   evctl replay resume copy-1 --yes
///
/// Progress is kept on the cluster: as offsets of the group evctl.replay.ID, or, when the source is
/// a file or another cluster, in the topic __evctl_replay of the target's cluster. Both are made by
/// the replay. "evctl replay cancel ID" removes what a replay keeps there.
///
/// Exit code 5 when records are missing or failed, or another run of the same replay has taken over;
/// 6 when it was refused before anything was written; 130 when interrupted: the command to resume
/// is printed.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, subcommand_negates_reqs = true)]
#[command(
    subcommand_precedence_over_arg = true,
    args_conflicts_with_subcommands = true
)]
pub struct ReplayArgs {
    #[command(subcommand)]
    pub(super) command: Option<ReplayCommand>,
    /// Topics, or capture files (- is standard input)
    #[arg(value_name = "SOURCE", required = true)]
    pub(super) sources: Vec<String>,
    #[command(flatten)]
    pub(super) what: WhatArgs,
    #[command(flatten)]
    pub(super) how: HowArgs,
    #[command(flatten)]
    pub(super) limit: LimitArgs,
    #[command(flatten)]
    pub(super) select: SelectArgs,
    #[command(flatten)]
    pub(super) read: ReadArgs,
}

/// Looking after replays.
#[derive(Debug, clap::Subcommand)]
pub(super) enum ReplayCommand {
    /// List the replays that this machine or this cluster knows
    ///
    ///   evctl replay list
    #[command(verbatim_doc_comment)]
    List,
    /// Show how far a replay has come
    ///
    ///   evctl replay status copy-1
    #[command(verbatim_doc_comment)]
    Status(IdArgs),
    /// Go on with a replay that was stopped
    ///
    ///   evctl replay resume copy-1 --yes
    ///
    /// What was typed is kept on the machine that began it. Elsewhere type the whole line again,
    /// with --id.
    #[command(verbatim_doc_comment)]
    Resume(ResumeArgs),
    /// Forget a replay: delete its progress; the records it has written stay
    ///
    /// The group evctl.replay.ID is deleted, or what the topic __evctl_replay holds of it, and the
    /// plan on this machine. "evctl topics delete __evctl_replay" deletes the topic.
    ///
    ///   evctl replay cancel copy-1
    #[command(verbatim_doc_comment)]
    Cancel(IdArgs),
    /// Compare what was replayed with its source: find doubled and missing records
    ///
    ///   evctl replay verify copy-1
    ///
    /// Exit code 0 when each record is there once, 1 when not.
    #[command(verbatim_doc_comment)]
    Verify(IdArgs),
}

/// Which replay is meant.
#[derive(Debug, Args)]
pub(super) struct IdArgs {
    /// The replay's name, as --id or the plan said it
    #[arg(value_name = "ID")]
    pub(super) id: String,
}

/// Arguments of `replay resume`.
#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// The replay's name, as --id or the plan said it
    #[arg(value_name = "ID")]
    pub(super) id: String,
    /// Another speed than before: --speed max
    #[arg(long, value_name = "SPEED")]
    pub(super) speed: Option<String>,
    /// Another rate than before: --rate 500/s
    #[arg(long, value_name = "RATE")]
    pub(super) rate: Option<String>,
}

/// What decides which records are written, where, and what they look like. It is part of a plan's
/// hash.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[command(next_help_heading = "What is written")]
pub(super) struct WhatArgs {
    /// Topic to write to; {topic} stands for the source's name: --to-topic '{topic}.replay'
    ///
    /// "same" is the source's own name, which is for another cluster. The topic has to exist.
    #[arg(long, value_name = "TOPIC", required_unless_present = "in_place")]
    pub(super) to_topic: Option<String>,
    /// Profile of the cluster to write to; the source's own when left out: --to-profile staging
    #[arg(long, value_name = "NAME")]
    #[serde(skip)]
    pub(super) to_profile: Option<String>,
    /// Write into the source itself: instead of --to-topic
    #[arg(long)]
    pub(super) in_place: bool,
    /// How far out of order records may be and still be found behind the window: 1h, auto, all
    ///
    /// Reading goes on until the first record that is so much younger than the window. "auto" is 1h,
    /// and nothing where the broker sets the timestamps; "all" reads to the end.
    #[arg(long, value_name = "DURATION|auto|all", default_value = "auto")]
    pub(super) late: String,
    /// Which time decides: the record's, that of a CloudEvent, or what a jq expression yields
    ///
    /// --by-time cloudevents, --by-time .value.occurred_at (milliseconds, or a date and time with its
    /// zone). The window, the order and the speed follow it.
    #[arg(long, value_name = "record|cloudevents|EXPR", default_value = "record")]
    pub(super) by_time: String,
    /// Timestamps that are written: the original ones, now, or shifted so that the first is now
    #[arg(long, value_name = "original|now|shift", default_value = "original")]
    pub(super) timestamps: String,
    /// Partitions that are written to: the same, by key, or as listed: map:0=1,1=1
    ///
    /// Left out, they are kept when the topics have as many, else chosen by key (murmur2).
    #[arg(long, value_name = "keep|key|MAP")]
    pub(super) partitions: Option<String>,
    /// Add no headers: what is written is the original, bit for bit
    #[arg(long)]
    pub(super) no_mark: bool,
    /// Set a header, can be repeated: --set-header replayed=true
    ///
    /// It takes the place of those with the same name. The marks (evctl-replay-…) come last.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) set_header: Vec<String>,
    /// Leave out headers that this pattern fits, can be repeated: --drop-header 'x-internal-*'
    ///
    /// 'evctl-*' also forgets where a record of an earlier replay was first.
    #[arg(long, value_name = "GLOB")]
    pub(super) drop_header: Vec<String>,
    /// Hide what stands at a path, can be repeated: --redact customer.email
    ///
    /// Paths lead into JSON values: customer.email, items.price (through arrays), or are key,
    /// key.email, headers.authorization (in any case). What is there becomes "[redacted]", and
    /// so does a text, number or boolean where a path goes on. A value that is no JSON object or
    /// array is not written at all, and counted as failed. A path that matches nothing in a sample
    /// of the source is refused. Keys that are hidden whole are all the same key: --partitions key
    /// puts them into one partition. The profile's "redact" does not apply to records that are
    /// written.
    #[arg(long, value_name = "PATH")]
    pub(super) redact: Vec<String>,
    /// Change records by a jq expression: --transform '(.value | objects).test = true'
    ///
    /// It sees and yields {key, value, headers}, all three. Nothing yielded leaves the record out.
    #[arg(long, value_name = "EXPR")]
    pub(super) transform: Option<String>,
    /// Write only the first record of those with the same id, key, or outcome of a jq expression
    ///
    /// "id" is the headers ce_source and ce_id of a CloudEvent, else .value.id, a text or a number:
    /// 1 and "1" are the same id. It is looked for among the last million or so, within a topic.
    #[arg(long, value_name = "id|key|EXPR")]
    pub(super) dedupe: Option<String>,
}

impl WhatArgs {
    /// Where the records go: a topic's name, or what stands for one.
    pub(super) fn target(&self) -> &str {
        self.to_topic.as_deref().unwrap_or("same")
    }
}

/// How it is done. It may be another way each time that a replay is gone on with.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
#[command(next_help_heading = "Pace and safety")]
pub(super) struct HowArgs {
    /// As fast as it can be, or by the records' own time: --speed 1x, --speed 10x, --speed 0.5x
    #[arg(long, value_name = "SPEED", default_value = "max")]
    pub(super) speed: String,
    /// At most so many records: --rate 500/s
    #[arg(long, value_name = "N/s")]
    pub(super) rate: Option<String>,
    /// Wait for no gap in the records' time longer than this: --max-gap 5s
    ///
    /// It is the records' time, before --speed divides it.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(super) max_gap: Option<Duration>,
    /// Write each record exactly once, in transactions
    ///
    /// Without it a replay that was killed may write the last second's records twice when it goes
    /// on; how many at most is reported.
    #[arg(long)]
    pub(super) exactly_once: bool,
    /// Share the work: the same line with the same --id on several machines divides the partitions
    ///
    /// A machine that dies is taken over. With --exactly-once what it had open is seen again when
    /// the broker has aborted it, after 10 s and a little.
    #[arg(long, requires = "id")]
    pub(super) share: bool,
    /// Name of the replay, to go on with it by the same line: --id incident-7
    #[arg(long, value_name = "NAME")]
    pub(super) id: Option<String>,
    /// Read everything before, to plan with exact numbers
    #[arg(long)]
    pub(super) exact: bool,
    /// Replay although a path of --redact matches nothing in the records that were sampled
    #[arg(long)]
    #[serde(default)]
    pub(super) allow_unmatched_redact: bool,
}
