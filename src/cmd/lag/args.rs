//! What can be typed after `evctl lag`.

use std::{num::NonZeroUsize, time::Duration};

use crate::{
    cmd::groups::{group_state, group_type},
    command::duration,
    event::GroupType,
    failure::Failure,
    lag::{Condition, LagOrder, LagRow, Limits, Status, View},
};

/// Show the lag of consumer groups in records and in time, and whether they catch up
///
/// One look, no daemon. Without GROUP every group is shown, a line each, but those that hold the
/// progress of replays (`evctl.replay.ID`; --all shows them); one group is shown by partition.
///
/// Lag is the number of records from the group's offset (or the first that can still be read) to the
/// end. Records are counted where few are left (about 1,000 offsets). Elsewhere, where they may not be
/// read, and with --time off, lag is a number of offsets, marked ≤ (`lag_is_upper_bound`): aborted
/// transactions, transaction markers and compaction leave fewer records. Limits and --wait judge the
/// number shown. Time lag is the age of the next unread record, read from the topic itself, or bisected
/// where only DESCRIBE is allowed. A partition without a commit is told and not guessed at.
///
/// STATUS is the first of these that applies: TOPIC_GONE, NO_LEADER, ERROR, NO_COMMIT, BEYOND_END,
/// DATA_LOST (retention overtook the group), TXN_BLOCKED (behind an open transaction), ABANDONED (the
/// group lives and does not want the topic), OK (nothing is left to read), and with --verdict
/// CATCHING_UP, SLOW, STALLED, STOPPED, REWOUND. Without it, OK also stands where nothing is known to
/// be wrong, and STOPPED where records are unread and the group has no members. A simple group never has
/// any: its status is unknown (`-`, null in JSON) until --verdict looks at its commits. UNSUPPORTED: the cluster has no lag for groups of this type.
///
/// Exit codes: 0 fine, 1 a limit is hit or --wait ran out of time, 3 the cluster cannot be asked, 4 no
/// such group, 5 some could not be asked, 130 interrupted.
///
///   evctl lag                                           every group, a line each
///   evctl lag billing                                   its partitions
///   evctl lag billing --max-time 5m || page             a limit is an exit code: 1 when it is hit
///   evctl lag billing --wait drained --timeout 20m && kubectl rollout restart deploy/billing
///   evctl lag --match 'prod-*' --problems --sort time   who is in trouble, worst first
///   evctl lag billing --sample 10s                      rates, and when it will be done
///   evctl lag billing --verdict                         does it get anywhere?
///   evctl lag billing --watch                           redraw every 2 s
///   evctl lag -o prom > lag.prom                        metrics, once
///   evctl lag --serve :9308                             metrics, for Prometheus to fetch
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct LagArgs {
    /// Groups; all of them when none is named
    #[arg(value_name = "GROUP")]
    pub groups: Vec<String>,
    /// Show every visible group, also those that hold the progress of replays (`evctl.replay.ID`)
    #[arg(long, conflicts_with = "groups")]
    pub all: bool,
    /// Only groups that match, can be repeated: --match 'prod-*'
    #[arg(long = "match", value_name = "GLOB")]
    pub matching: Vec<String>,
    /// No groups that match, can be repeated: --exclude 'console-consumer-*'
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Only these topics, names or globs, can be repeated: --topic 'orders*'
    #[arg(short, long, value_name = "TOPIC")]
    pub topic: Vec<String>,
    /// Only groups of these types: classic, simple, consumer, share, streams
    #[arg(long, visible_alias = "type", value_name = "LIST", value_delimiter = ',', value_parser = group_type)]
    pub group_type: Vec<GroupType>,
    /// Only groups in these states: --state stable,empty
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = group_state)]
    pub state: Vec<&'static str>,
    /// What a row is; by default partitions for one group, groups for several
    #[arg(long, value_enum, value_name = "WHAT")]
    pub by: Option<By>,
    /// Whether the age of unread records is looked up
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub time: TimeArg,
    /// Which end counts, and whether transactions do
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    pub isolation: IsolationArg,
    /// Look twice, this far apart, for rates and an estimate of when it is done: --sample 30s
    #[arg(long, visible_alias = "rate", value_name = "DURATION", value_parser = duration)]
    pub sample: Option<Duration>,
    /// Judge by the commits of the last while, from __consumer_offsets; without the right to read
    /// it, by two looks
    #[arg(long)]
    pub verdict: bool,
    /// How far back --verdict and --burrow look
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10m")]
    pub window: Duration,
    /// Count unread records by reading them, also where many are left
    #[arg(long)]
    pub count: bool,
    /// The most offsets that --count reads
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1_000_000,
        requires = "count"
    )]
    pub count_max: u64,
    /// Order of the rows: lag, time and eta largest first
    #[arg(long, value_enum, value_name = "BY")]
    pub sort: Option<Sort>,
    /// Only the first N rows
    #[arg(long, value_name = "N")]
    pub top: Option<NonZeroUsize>,
    /// Only rows whose status is not OK or CATCHING_UP
    #[arg(long)]
    pub problems: bool,
    /// Count topics that a group does not want any more, too
    #[arg(long)]
    pub include_abandoned: bool,
    /// Exit 1 when a group has more unread records, in all: --max-lag 10000
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub max_lag: Option<u64>,
    /// Exit 1 when a group's next unread record is older, on any partition: --max-time 5m
    #[arg(long, value_name = "DURATION", help_heading = "Limits")]
    pub max_time: Option<String>,
    /// Exit 1 when a group has lost more offsets to retention: --max-lost 0
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub max_lost: Option<u64>,
    /// Exit 1 when a group has fewer members: --min-members 3
    #[arg(long, value_name = "N", help_heading = "Limits")]
    pub min_members: Option<usize>,
    /// Exit 1 when a group or partition has one of these: --fail-on STALLED,DATA_LOST (STALLED, SLOW,
    /// CATCHING_UP and REWOUND bring --verdict along)
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = status, help_heading = "Limits")]
    pub fail_on: Vec<Status>,
    /// Look again and again and redraw in place until Ctrl-C: --watch, --watch=10s
    #[arg(long, value_name = "EVERY", num_args = 0..=1, require_equals = true, default_missing_value = "2s",
        value_parser = duration, conflicts_with_all = ["wait", "serve"])]
    pub watch: Option<Duration>,
    /// Wait until it holds for every group: drained, 'lag<100', 'time<10s'; exit 1 after --timeout
    /// (30m when none is given)
    #[arg(long, value_name = "CONDITION", value_parser = condition, conflicts_with = "serve")]
    pub wait: Option<Condition>,
    /// Print Burrow's own verdict, as its JSON
    #[arg(long, conflicts_with_all = ["watch", "wait", "serve", "by"])]
    pub burrow: bool,
    /// Serve /metrics and /healthz until Ctrl-C: --serve :9308
    #[arg(long, value_name = "ADDRESS", help_heading = "Metrics",
        conflicts_with_all = ["max_lag", "max_time", "max_lost", "min_members", "fail_on"])]
    pub serve: Option<String>,
    /// How often --serve (30s) and --wait (1s) look
    #[arg(long, value_name = "DURATION", value_parser = duration, help_heading = "Metrics")]
    pub interval: Option<Duration>,
    /// Whose metric names: lag-exporter, kafka_exporter or evctl
    #[arg(
        long,
        value_name = "NAMES",
        default_value = "lag-exporter",
        help_heading = "Metrics"
    )]
    pub names: String,
}

/// `--by`
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum By {
    /// A row for each group
    Group,
    /// A row for each topic of a group
    Topic,
    /// A row for each partition
    Partition,
    /// A row for each member
    Member,
}

impl From<By> for LagRow {
    fn from(by: By) -> Self {
        match by {
            By::Group => Self::Group,
            By::Topic => Self::Topic,
            By::Partition => Self::Partition,
            By::Member => Self::Member,
        }
    }
}

/// `--time`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum TimeArg {
    /// The next unread record of each partition is read
    #[default]
    Exact,
    /// Offsets alone: the fastest
    Off,
}

/// `--isolation`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum IsolationArg {
    /// Up to the high watermark; records behind an open transaction are shown
    #[default]
    Both,
    /// Up to the last stable offset, as a reader of committed records sees it
    Committed,
    /// Up to the high watermark; transactions do not matter
    Uncommitted,
}

/// `--sort`
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sort {
    /// Unread records
    Lag,
    /// The age of the next unread record
    Time,
    /// When it will be done; never comes first
    Eta,
    /// By name
    Name,
}

impl From<Sort> for LagOrder {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Lag => Self::Lag,
            Sort::Time => Self::Time,
            Sort::Eta => Self::Eta,
            Sort::Name => Self::Name,
        }
    }
}

impl LagArgs {
    /// Which end counts.
    pub fn view(&self) -> View {
        match self.isolation {
            IsolationArg::Both => View::Both,
            IsolationArg::Committed => View::Committed,
            IsolationArg::Uncommitted => View::Uncommitted,
        }
    }

    /// Whether the age of unread records has to be known.
    pub fn wants_time(&self) -> bool {
        self.time == TimeArg::Exact
    }

    /// Whether a status that only a verdict gives is a limit.
    pub fn fails_on_a_verdict(&self) -> bool {
        use Status::{CatchingUp, Rewound, Slow, Stalled};
        let judged = [CatchingUp, Slow, Stalled, Rewound];
        self.fail_on.iter().any(|status| judged.contains(status))
    }

    /// The limits that were asked for.
    pub fn limits(&self) -> Result<Limits, Failure> {
        let number = |limit: Option<u64>| limit.map(|n| i64::try_from(n).unwrap_or(i64::MAX));
        let max_time = match &self.max_time {
            None => None,
            Some(typed) => {
                let limit = duration(typed).map_err(|error| {
                    Failure::usage(format!("--max-time {error}")).hint("--max-time 5m")
                })?;
                Some((limit, typed.clone()))
            }
        };
        if max_time.is_some() && !self.wants_time() {
            return Err(
                Failure::usage("--max-time needs the time that --time off leaves out")
                    .hint("leave out --time off"),
            );
        }
        Ok(Limits {
            max_lag: number(self.max_lag),
            max_time,
            max_lost: number(self.max_lost),
            min_members: self.min_members,
            fail_on: self.fail_on.clone(),
        })
    }
}

fn status(name: &str) -> Result<Status, String> {
    Status::parse(name).ok_or_else(|| {
        let names: Vec<_> = Status::ALL.iter().map(|status| status.name()).collect();
        format!("the statuses are {}", names.join(", "))
    })
}

fn condition(text: &str) -> Result<Condition, String> {
    Condition::parse(text, crate::select::parse_duration)
        .ok_or_else(|| "a condition is drained, 'lag<100' or 'time<10s'".to_owned())
}
