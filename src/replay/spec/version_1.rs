//! The form in which evctl stored and hashed a replay before `ReplaySpec`: the options of its command line.
//! Frozen, so that replays that were begun then can be resumed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    IsolationLevel, ReplayRequest, ReplaySpec, RunOptions, SPEC_VERSION, SelectionSpec, short_hash,
};

/// What was replayed. Fields stand in the order in which they were hashed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Typed {
    sources: Vec<String>,
    what: What,
    select: Select,
    limit: Option<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct What {
    to_topic: Option<String>,
    in_place: bool,
    late: String,
    by_time: String,
    timestamps: String,
    partitions: Option<String>,
    no_mark: bool,
    set_header: Vec<String>,
    drop_header: Vec<String>,
    redact: Vec<String>,
    transform: Option<String>,
    dedupe: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Select {
    from: Option<String>,
    to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    as_group: Option<String>,
    last: Option<String>,
    tz: Option<String>,
    partition: Option<String>,
    offsets: Option<String>,
    key: Option<String>,
    key_partition: bool,
    header: Vec<String>,
    event_type: Option<String>,
    grep: Option<String>,
    filter: Option<String>,
    isolation: Option<Isolation>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Isolation {
    Committed,
    Uncommitted,
}

/// Pace and safety.
#[derive(Clone, Debug, Deserialize)]
pub struct How {
    speed: String,
    rate: Option<String>,
    max_gap: Option<Duration>,
    exactly_once: bool,
    share: bool,
    id: Option<String>,
    exact: bool,
    #[serde(default)]
    allow_unmatched_redact: bool,
}

/// How sources are read.
#[derive(Clone, Debug, Deserialize)]
pub struct Read {
    stall_timeout: Duration,
    allow_truncated: bool,
}

/// The hash that version 1 gave to `spec`.
pub(super) fn hash(spec: &ReplaySpec) -> String {
    let (source, target) = (&spec.source_cluster, &spec.target_cluster);
    let text = serde_json::to_vec(&(Typed::of(spec), source, target));
    short_hash(&text.unwrap_or_default())
}

/// The line that was typed, of what version 1 stored. The clusters' ids were stored apart.
#[must_use]
pub fn request(typed: Typed, how: How, read: &Read, to_profile: Option<String>) -> ReplayRequest {
    let unless = |value: String, default: &str| (value != default).then_some(value);
    let Typed {
        sources,
        what,
        select,
        limit,
    } = typed;
    ReplayRequest {
        spec: ReplaySpec {
            version: SPEC_VERSION,
            sources,
            source_cluster: None,
            target_cluster: None,
            to_topic: what.to_topic,
            in_place: what.in_place,
            selection: select.into_spec(limit),
            late: unless(what.late, ReplaySpec::LATE),
            by_time: unless(what.by_time, ReplaySpec::BY_TIME),
            timestamps: unless(what.timestamps, ReplaySpec::TIMESTAMPS),
            partitions: what.partitions,
            no_mark: what.no_mark,
            set_header: what.set_header,
            drop_header: what.drop_header,
            redact: what.redact,
            transform: what.transform,
            dedupe: what.dedupe,
        },
        options: RunOptions {
            speed: unless(how.speed, RunOptions::SPEED),
            rate: how.rate,
            max_gap: how.max_gap,
            exactly_once: how.exactly_once,
            share: how.share,
            id: how.id,
            exact: how.exact,
            allow_unmatched_redact: how.allow_unmatched_redact,
            stall_timeout: (read.stall_timeout != RunOptions::STALL_TIMEOUT)
                .then_some(read.stall_timeout),
            allow_truncated: read.allow_truncated,
        },
        to_profile,
    }
}

impl Typed {
    /// Names every field of the spec, so that a new one is decided about here: at its default the
    /// hash stays, at any other value no replay of version 1 is meant.
    fn of(spec: &ReplaySpec) -> Self {
        let ReplaySpec {
            version: _,
            sources,
            source_cluster: _,
            target_cluster: _,
            to_topic,
            in_place,
            selection,
            late: _,
            by_time: _,
            timestamps: _,
            partitions,
            no_mark,
            set_header,
            drop_header,
            redact,
            transform,
            dedupe,
        } = spec.clone();
        Self {
            sources,
            what: What {
                to_topic,
                in_place,
                late: spec.late().to_owned(),
                by_time: spec.by_time().to_owned(),
                timestamps: spec.timestamps().to_owned(),
                partitions,
                no_mark,
                set_header,
                drop_header,
                redact,
                transform,
                dedupe,
            },
            limit: selection.limit,
            select: Select::of(selection),
        }
    }
}

impl Select {
    fn of(selection: SelectionSpec) -> Self {
        let SelectionSpec {
            from,
            to,
            as_group,
            last,
            tz,
            partition,
            offsets,
            key,
            key_partition,
            header,
            event_type,
            grep,
            filter,
            isolation,
            limit: _,
        } = selection;
        Self {
            from,
            to,
            as_group,
            last,
            tz,
            partition,
            offsets,
            key,
            key_partition,
            header,
            event_type,
            grep,
            filter,
            isolation: isolation.map(|level| match level {
                IsolationLevel::Committed => Isolation::Committed,
                IsolationLevel::Uncommitted => Isolation::Uncommitted,
            }),
        }
    }

    fn into_spec(self, limit: Option<u64>) -> SelectionSpec {
        SelectionSpec {
            from: self.from,
            to: self.to,
            as_group: self.as_group,
            last: self.last,
            tz: self.tz,
            partition: self.partition,
            offsets: self.offsets,
            key: self.key,
            key_partition: self.key_partition,
            header: self.header,
            event_type: self.event_type,
            grep: self.grep,
            filter: self.filter,
            isolation: self.isolation.map(|level| match level {
                Isolation::Committed => IsolationLevel::Committed,
                Isolation::Uncommitted => IsolationLevel::Uncommitted,
            }),
            limit,
        }
    }
}
