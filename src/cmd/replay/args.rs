//! What can be typed after `evctl replay`.

use std::time::Duration;

use clap::Args;

use crate::{
    cmd::read::ReadArgs,
    command::{IsolationArg, LimitArgs, SelectArgs, duration},
    files::capture::Truncated,
    replay::{IsolationLevel, ReplayRequest, ReplaySpec, RunOptions, SPEC_VERSION, SelectionSpec},
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
    /// Resume a replay that was stopped
    ///
    ///   evctl replay resume copy-1 --yes
    ///
    /// The machine that began the replay knows its options. Elsewhere type the whole line again, with
    /// --id.
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

/// What decides which records are written, where, and what they look like: [`ReplaySpec`].
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What is written")]
pub(super) struct WhatArgs {
    /// Topic to write to; {topic} stands for the source's name: --to-topic '{topic}.replay'
    ///
    /// "same" is the source's own name, which is for another cluster. The topic has to exist.
    #[arg(long, value_name = "TOPIC", required_unless_present = "in_place")]
    pub(super) to_topic: Option<String>,
    /// Profile of the cluster to write to; the source's own when left out: --to-profile staging
    #[arg(long, value_name = "NAME")]
    pub(super) to_profile: Option<String>,
    /// Write into the source itself: instead of --to-topic
    #[arg(long)]
    pub(super) in_place: bool,
    /// How far out of order records may be and still be found behind the window: 1h, auto, all
    ///
    /// Reading continues until the first record that is so much younger than the window. "auto" is 1h,
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

/// Pace and safety, which may differ from run to run: [`RunOptions`].
#[derive(Clone, Debug, Args)]
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
    /// Without it a replay that was killed may write the last second's records twice when it is
    /// resumed; how many at most is reported.
    #[arg(long)]
    pub(super) exactly_once: bool,
    /// Share the work: the same line with the same --id on several machines divides the partitions
    ///
    /// A machine that dies is taken over. With --exactly-once what it had open is seen again when
    /// the broker has aborted it, after 10 s and a little.
    #[arg(long, requires = "id")]
    pub(super) share: bool,
    /// Name of the replay; the same line resumes it: --id incident-7
    #[arg(long, value_name = "NAME")]
    pub(super) id: Option<String>,
    /// Read everything before, to plan with exact numbers
    #[arg(long)]
    pub(super) exact: bool,
    /// Replay although a path of --redact matches nothing in the records that were sampled
    #[arg(long)]
    pub(super) allow_unmatched_redact: bool,
}

impl ReplayArgs {
    /// What was typed; the ids of the clusters are not known yet.
    pub(super) fn request(&self) -> ReplayRequest {
        let (what, how) = (&self.what, &self.how);
        let unless = |value: &String, default: &str| (value != default).then(|| value.clone());
        let stall_timeout = self.read.stall_timeout;
        ReplayRequest {
            spec: ReplaySpec {
                version: SPEC_VERSION,
                sources: self.sources.clone(),
                source_cluster: None,
                target_cluster: None,
                to_topic: what.to_topic.clone(),
                in_place: what.in_place,
                selection: selection_spec(&self.select, self.limit.limit),
                late: unless(&what.late, ReplaySpec::LATE),
                by_time: unless(&what.by_time, ReplaySpec::BY_TIME),
                timestamps: unless(&what.timestamps, ReplaySpec::TIMESTAMPS),
                partitions: what.partitions.clone(),
                no_mark: what.no_mark,
                set_header: what.set_header.clone(),
                drop_header: what.drop_header.clone(),
                redact: what.redact.clone(),
                transform: what.transform.clone(),
                dedupe: what.dedupe.clone(),
            },
            options: RunOptions {
                speed: unless(&how.speed, RunOptions::SPEED),
                rate: how.rate.clone(),
                max_gap: how.max_gap,
                exactly_once: how.exactly_once,
                share: how.share,
                id: how.id.clone(),
                exact: how.exact,
                allow_unmatched_redact: how.allow_unmatched_redact,
                stall_timeout: (stall_timeout != RunOptions::STALL_TIMEOUT)
                    .then_some(stall_timeout),
                allow_truncated: self.read.allow_truncated,
            },
            to_profile: what.to_profile.clone(),
        }
    }
}

fn selection_spec(args: &SelectArgs, limit: Option<u64>) -> SelectionSpec {
    let args = args.clone();
    SelectionSpec {
        from: args.from,
        to: args.to,
        as_group: args.as_group,
        last: args.last,
        tz: args.tz,
        partition: args.partition,
        offsets: args.offsets,
        key: args.key,
        key_partition: args.key_partition,
        header: args.header,
        event_type: args.event_type,
        grep: args.grep,
        filter: args.filter,
        isolation: args.isolation.map(|level| match level {
            IsolationArg::Committed => IsolationLevel::Committed,
            IsolationArg::Uncommitted => IsolationLevel::Uncommitted,
        }),
        limit,
    }
}

/// The options that select the records of `spec`, but for its limit.
pub(super) fn select_args(spec: &SelectionSpec) -> SelectArgs {
    let spec = spec.clone();
    SelectArgs {
        from: spec.from,
        to: spec.to,
        as_group: spec.as_group,
        last: spec.last,
        tz: spec.tz,
        partition: spec.partition,
        offsets: spec.offsets,
        key: spec.key,
        key_partition: spec.key_partition,
        header: spec.header,
        event_type: spec.event_type,
        grep: spec.grep,
        filter: spec.filter,
        isolation: spec.isolation.map(|level| match level {
            IsolationLevel::Committed => IsolationArg::Committed,
            IsolationLevel::Uncommitted => IsolationArg::Uncommitted,
        }),
    }
}

/// What to do about a file that is cut.
pub(super) fn truncated(options: &RunOptions) -> Truncated {
    if options.allow_truncated {
        Truncated::Allow
    } else {
        Truncated::Refuse
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use proptest::prelude::*;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: ReplayArgs,
    }

    /// The words of a POSIX shell, of lines that [`ReplayRequest::arguments`] makes of printable
    /// text.
    fn words(line: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut word = None::<String>;
        let mut characters = line.chars();
        while let Some(character) = characters.next() {
            match character {
                ' ' => words.extend(word.take()),
                '\'' => {
                    let quoted = characters.by_ref().take_while(|c| *c != '\'');
                    word.get_or_insert_default().extend(quoted);
                }
                '\\' => word.get_or_insert_default().extend(characters.next()),
                other => word.get_or_insert_default().push(other),
            }
        }
        words.extend(word);
        words
    }

    fn parse(line: &str) -> ReplayRequest {
        let words = words(line);
        let words = std::iter::once("evctl".to_owned()).chain(words);
        Command::try_parse_from(words).unwrap().args.request()
    }

    /// Texts that a command line has to quote.
    fn text() -> impl Strategy<Value = String> {
        "[ -~é]{1,8}"
    }

    fn texts() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(text(), 0..3)
    }

    fn optional() -> impl Strategy<Value = Option<String>> {
        prop::option::of(text())
    }

    /// `None` at the default, as [`ReplayArgs::request`] makes it.
    fn unless(default: &'static str) -> impl Strategy<Value = Option<String>> {
        optional().prop_map(move |text| text.filter(|text| text != default))
    }

    /// Any duration that can be typed, from milliseconds to years.
    fn duration() -> impl Strategy<Value = Option<Duration>> {
        let units = prop::sample::select(vec![1_u64, 1_000, 60_000, 3_600_000, 86_400_000]);
        let ms = (0_u64..5_000, units).prop_map(|(count, unit)| count * unit);
        prop::option::of(ms.prop_map(Duration::from_millis))
    }

    prop_compose! {
        /// Options that exclude each other are not given together.
        fn selection()(
            range in (0_u8..4, text(), text()),
            (tz, key, event_type, grep, filter) in
                (optional(), optional(), optional(), optional(), optional()),
            key_partition in any::<bool>(),
            header in texts(),
            isolation in prop::option::of(prop::sample::select(vec![
                IsolationLevel::Committed,
                IsolationLevel::Uncommitted,
            ])),
            limit in prop::option::of(any::<u64>()),
        ) -> SelectionSpec {
            let mut selection = SelectionSpec {
                tz, key, event_type, grep, filter, header, isolation, limit,
                ..SelectionSpec::default()
            };
            selection.key_partition = key_partition && selection.key.is_some();
            let (kind, one, other) = range;
            match kind {
                0 => selection.last = Some(one),
                1 => selection.offsets = Some(one),
                2 => (selection.from, selection.to) = (Some(one), Some(other.clone())),
                _ => selection.as_group = Some(one),
            }
            if selection.offsets.is_none() && !selection.key_partition {
                selection.partition = Some(other);
            }
            selection
        }
    }

    prop_compose! {
        fn spec()(
            sources in prop::collection::vec(text(), 1..3),
            to_topic in optional(),
            selection in selection(),
            late in unless(ReplaySpec::LATE),
            by_time in unless(ReplaySpec::BY_TIME),
            timestamps in unless(ReplaySpec::TIMESTAMPS),
            (partitions, transform, dedupe) in (optional(), optional(), optional()),
            no_mark in any::<bool>(),
            (set_header, drop_header, redact) in (texts(), texts(), texts()),
        ) -> ReplaySpec {
            ReplaySpec {
                version: SPEC_VERSION,
                sources,
                source_cluster: None,
                target_cluster: None,
                in_place: to_topic.is_none(),
                to_topic, selection, late, by_time, timestamps, partitions, no_mark, set_header,
                drop_header, redact, transform, dedupe,
            }
        }
    }

    prop_compose! {
        fn options()(
            speed in unless(RunOptions::SPEED),
            (rate, id) in (optional(), optional()),
            (max_gap, stall_timeout) in (duration(), duration()),
            flags in any::<[bool; 5]>(),
        ) -> RunOptions {
            let [exactly_once, share, exact, allow_unmatched_redact, allow_truncated] = flags;
            RunOptions {
                share: share && id.is_some(),
                stall_timeout: stall_timeout.filter(|after| *after != RunOptions::STALL_TIMEOUT),
                speed, rate, max_gap, exactly_once, id, exact, allow_unmatched_redact,
                allow_truncated,
            }
        }
    }

    proptest! {
        #[test]
        fn the_printed_command_is_the_same_replay(
            spec in spec(),
            options in options(),
            to_profile in optional(),
        ) {
            let request = ReplayRequest { spec, options, to_profile };
            let line = request.arguments();
            prop_assert_eq!(&parse(&line), &request, "{}", line);
            let stored = serde_json::to_string(&request).unwrap();
            prop_assert_eq!(serde_json::from_str::<ReplayRequest>(&stored).unwrap(), request);
        }
    }

    #[test]
    fn durations_keep_their_milliseconds() {
        let line = "orders --to-topic copy --speed 1x --max-gap 500ms --stall-timeout 90s";
        assert_eq!(parse(line).arguments(), line);
    }

    #[test]
    fn defaults_are_left_out() {
        let line = "orders --to-topic copy --late auto --by-time record --timestamps original \
                    --speed max --stall-timeout 30s";
        assert_eq!(parse(line).arguments(), "orders --to-topic copy");
    }
}
