//! Drawing the plan: which offsets are read, where they go, what they will amount to, and what
//! stands against it.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::Arc,
};

use super::{
    args::{select_args, truncated},
    clusters::Clusters,
    inventory::{self, Inventory},
    look::{self, Judge, Looks, Sight},
    preflight::{self, Facts, Target, Verdict},
    rules::Rules,
    topic_ids,
    trial::Trial,
};
use crate::{
    cmd::{
        self, cluster,
        read::{FileSelection, Sources, TopicRead},
    },
    codec::shell::CommandLine,
    command::Context,
    event::{TimestampType, TopicPartition},
    failure::Failure,
    files::capture::CaptureReader,
    kafka::{
        Isolation,
        wire::{Client, OffsetQuestion, OffsetSpec, ReadOptions, ReadOrder},
    },
    pipeline::{Ended, Source, drive},
    replay::{
        AHEAD_MS, CheckpointLocation, Lateness, PartitionRange, Placing, Plan, Reach,
        ReplayRequest, Route, Stamping, Timestamps, TopicIds,
    },
    select::{Position, Selection},
    ui::Bar,
};

/// Offsets behind the index's answer that are looked at before it is believed.
const BEHIND: i64 = 50;

/// A plan with everything that is known about it.
pub(super) struct Drawn {
    pub(super) plan: Plan,
    pub(super) looks: Looks,
    /// Whether every record was looked at.
    pub(super) exact: bool,
    /// How far behind the window each topic is read, for the guarantee.
    pub(super) reaches: Vec<(Arc<str>, Reach)>,
    pub(super) verdict: Verdict,
    pub(super) placing: Placing,
    pub(super) isolation: Isolation,
}

/// Draws the plan of what was typed.
///
/// # Errors
/// A source or a target that is not there, a cluster that cannot be asked.
pub(super) fn draw(
    context: &Context,
    request: &ReplayRequest,
    clusters: &mut Clusters,
    sources: &Sources,
    (id, hash): (&str, &str),
) -> Result<Drawn, Failure> {
    let mut rules = Rules::parse(context, request)?;
    let source_cluster = clusters.source.as_ref().and_then(Client::cluster_id);
    let marker = Rules::marker(request, id, source_cluster.unwrap_or("-"))?;
    let mut trial = Trial::of(&mut rules, marker);
    let mut plan = Plan {
        id: id.to_owned(),
        hash: hash.to_owned(),
        begun: context.now,
        source_cluster: source_cluster.map(str::to_owned),
        target_cluster: clusters.target.cluster_id().map(str::to_owned),
        checkpoint_location: if clusters.same {
            CheckpointLocation::Group
        } else {
            CheckpointLocation::Topic
        },
        files: false,
        from_ms: rules.selection.window().from_ms,
        to_ms: rules.selection.window().to_ms,
        base_ms: context.now,
        routes: Vec::new(),
        ranges: Vec::new(),
        span: None,
        before: Vec::new(),
        kept: false,
        ids: TopicIds::default(),
    };
    let known = match sources {
        Sources::Topics(names) => {
            let asked = (&mut rules, &mut trial);
            topics(context, request, clusters, names, asked, &mut plan)?
        }
        Sources::Files(first, others) => files(
            context,
            request,
            clusters,
            (first, others),
            (&mut rules, &mut trial),
            &mut plan,
        )?,
    };
    let Known {
        looks,
        exact,
        reaches,
        isolation,
        source_partitions,
        targets,
    } = known;
    let stamps = looks
        .values()
        .fold(None, |all, looked| look::widest(all, looked.stamps));
    plan.ids = topic_ids::topic_ids(clusters, &plan.routes);
    plan.span = looks
        .values()
        .map(|looked| looked.estimate.earliest.zip(looked.estimate.latest))
        .fold(None, look::widest);
    plan.base_ms = plan
        .from_ms
        .or(stamps.map(|(oldest, _)| oldest))
        .unwrap_or(context.now);
    let target_partitions = plan.routes.first().map_or(0, |route| route.partitions);
    let placing = rules
        .placing
        .take()
        .unwrap_or_else(|| usual(source_partitions, &plan, target_partitions));
    let stamping = Stamping::new(rules.timestamps, plan.base_ms, plan.begun);
    let expired = match (rules.timestamps, stamps, &mut clusters.source) {
        (Timestamps::Original, Some((oldest, _)), Some(client)) => {
            expired(client, &plan, &targets, oldest, context.now)
        }
        _ => 0,
    };
    let mut verdict = preflight::judge(&Facts {
        plan: &plan,
        what: &request.spec,
        targets: &targets,
        looks: &looks,
        placing: &placing,
        stamping,
        same: clusters.same,
        expired,
        now: context.now,
    });
    trial.judge(request, &rules, exact, &mut verdict);
    verdict
        .warnings
        .extend(preflight::readers(&mut clusters.target, &plan.targets()));
    // Small partitions are looked at whole.
    let whole = !plan.files && looks.values().all(|looked| looked.estimate.is_exact());
    Ok(Drawn {
        plan,
        looks,
        exact: exact || whole,
        reaches,
        verdict,
        placing,
        isolation,
    })
}

/// Partitions are kept where every target has as many as its source.
fn usual(source_partitions: i32, plan: &Plan, target_partitions: i32) -> Placing {
    let alike = plan
        .routes
        .iter()
        .all(|route| route.partitions == target_partitions);
    if alike {
        Placing::usual(source_partitions, target_partitions)
    } else {
        Placing::Key
    }
}

/// What is known of the sources.
struct Known {
    looks: Looks,
    exact: bool,
    reaches: Vec<(Arc<str>, Reach)>,
    isolation: Isolation,
    /// -1 when they have different numbers of them.
    source_partitions: i32,
    targets: Vec<Target>,
}

/// Finds the topics that are written to, for sources with so many partitions each.
///
/// # Errors
/// One of them is not there.
pub(super) fn routes(
    client: &mut Client,
    request: &ReplayRequest,
    sources: &[(Arc<str>, i32)],
) -> Result<Vec<Route>, Failure> {
    let spec = &request.spec;
    if request.spec.target_follows_source() && sources.iter().any(|(source, _)| source.is_empty()) {
        return Err(Failure::usage(format!(
            "records of the file name no topic that {:?} could stand for",
            spec.target()
        ))
        .hint("--to-topic NAME says where all of them go"));
    }
    let mut routes = Vec::new();
    for (source, partitions) in sources {
        let name = spec.target_of(source);
        if request.spec.in_place && name != **source {
            return Err(Failure::usage(format!(
                "--in-place writes into topic {source:?} itself, and --to-topic names {name:?}"
            ))
            .hint("leave out one of both"));
        }
        let found = cluster::topics(client, "replay", vec![name.clone()]).map_err(|failure| {
            if failure.exit == crate::exit::Exit::NotFound {
                let line = CommandLine::evctl("topics create").operand(name);
                let line = line.and(&format!("-p {partitions}"));
                failure.hint(format!("{line} makes it"))
            } else {
                failure
            }
        })?;
        for topic in found {
            routes.push(Route {
                source: source.clone(),
                target: topic.name.clone(),
                partitions: i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX),
            });
        }
    }
    Ok(routes)
}

/// Where partitions go by default, for a replay that is gone on with.
///
/// # Errors
/// A source that cannot be asked, or read.
pub(super) fn usual_again(
    context: &Context,
    request: &ReplayRequest,
    clusters: &mut Clusters,
    sources: &Sources,
    plan: &Plan,
) -> Result<Placing, Failure> {
    let target = plan.routes.first().map_or(0, |route| route.partitions);
    let Some(client) = &mut clusters.source else {
        let Sources::Files(first, others) = sources else {
            return Ok(Placing::Key);
        };
        let selection = select_args(&request.spec.selection).selection(context.now, None)?;
        let truncated = truncated(&request.options);
        let found = Inventory::take(context, (first, others), truncated, &selection)?;
        return Ok(inventory::usual(&found.topics, &plan.routes));
    };
    let sources: Vec<&str> = plan.routes.iter().map(|route| &*route.source).collect();
    let found = client.metadata(&sources)?;
    let mut counts = found.iter().map(|topic| topic.partitions.len());
    let one = counts.next().unwrap_or(0);
    let alike = counts.all(|count| count == one);
    let source = if alike {
        i32::try_from(one).unwrap_or(-1)
    } else {
        -1
    };
    Ok(usual(source, plan, target))
}

#[expect(
    clippy::too_many_lines,
    reason = "one question after the other, each used by the next"
)]
fn topics(
    context: &Context,
    request: &ReplayRequest,
    clusters: &mut Clusters,
    names: &[String],
    (rules, trial): (&mut Rules, &mut Trial),
    plan: &mut Plan,
) -> Result<Known, Failure> {
    let Some(client) = &mut clusters.source else {
        return Err(Failure::usage("no topic is named"));
    };
    let found = cluster::topics(client, "replay", names.to_vec())?;
    let counts: Vec<(Arc<str>, i32)> = (found.iter())
        .map(|topic| {
            let count = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
            (topic.name.clone(), count)
        })
        .collect();
    plan.routes = routes(&mut clusters.target, request, &counts)?;
    let mut reaches = Vec::new();
    let mut largest = 0;
    let mut compacted = true;
    for topic in &found {
        let keys = [
            "message.timestamp.type",
            "max.message.bytes",
            "cleanup.policy",
        ];
        let config = client.topic_config(&topic.name, &keys)?.unwrap_or_default();
        let appended =
            config.get("message.timestamp.type").map(String::as_str) == Some("LogAppendTime");
        let by = if appended {
            TimestampType::LogAppend
        } else {
            TimestampType::Create
        };
        reaches.push((topic.name.clone(), rules.lateness.reach(by)));
        let limit: u64 = (config.get("max.message.bytes"))
            .and_then(|bytes| bytes.parse().ok())
            .unwrap_or(u64::MAX);
        largest = largest.max(limit);
        compacted &= config
            .get("cleanup.policy")
            .is_some_and(|policy| policy == "compact");
    }
    let range = ranged(
        &rules.selection,
        rules.event_time.is_records(),
        rules.lateness,
    );
    let stall = request.options.stall_timeout();
    let read = TopicRead::resolve(
        context,
        client,
        found,
        &range,
        &select_args(&request.spec.selection),
        stall,
    )?;
    let isolation = read.isolation;
    let assignment = read.assignment;
    plan.ranges = (assignment.ranges.into_iter())
        .map(|range| PartitionRange {
            topic: range.topic,
            partition: range.partition,
            start: range.start,
            end: range.end,
        })
        .collect();
    let options = ReadOptions {
        isolation,
        order: ReadOrder::Arrival,
        from_ms: None,
        to_ms: None,
        stall_timeout: stall,
    };
    let mut judge = Judge {
        window: plan.window(),
        event_time: &mut rules.event_time,
        filter: &mut rules.filter,
        trial,
        now: context.now,
    };
    if let Some(to) = plan.to_ms {
        cut(context, client, plan, &reaches, to, &options, &mut judge)?;
    }
    let targets = preflight::targets(&mut clusters.target, &names_of(&plan.routes))?;
    // Whether a record would be refused is only known for certain when each was looked at.
    let risky = targets.iter().any(|target| {
        (target.is_compacted() && !compacted)
            || target
                .max_message_bytes()
                .is_some_and(|limit| limit < largest)
    });
    let exact = request.options.exact || risky;
    let looks = if exact {
        let options = ReadOptions {
            from_ms: judge
                .event_time
                .is_records()
                .then_some(plan.from_ms)
                .flatten(),
            ..options
        };
        let mut bar = Bar::new(&context.ui, "looking");
        look::all(
            client,
            &plan.ranges,
            &options,
            &mut judge,
            &mut bar,
            &context.cancel,
        )?
    } else {
        let mut looks = look::sample(client, &plan.ranges, &options, &mut judge, &context.cancel)?;
        let ahead = targets.iter().filter_map(Target::ahead).min();
        if let Some(ahead) = ahead {
            let newest = newest(client, plan, context.now.saturating_add(ahead));
            let found = look::sample(client, &newest, &options, &mut judge, &context.cancel)?;
            for (at, seen) in found {
                looks.entry(at).or_default().see_newest(&seen);
            }
        }
        looks
    };
    let one = counts.first().map_or(0, |(_, count)| *count);
    let alike = counts.iter().all(|(_, count)| *count == one);
    Ok(Known {
        looks,
        exact,
        reaches,
        isolation,
        source_partitions: if alike { one } else { -1 },
        targets,
    })
}

/// The newest record of each range that has one after `until`, as a range of its own: samples may
/// have missed it. Who cannot be asked has none.
fn newest(client: &mut Client, plan: &Plan, until: i64) -> Vec<PartitionRange> {
    let partitions: Vec<TopicPartition> = plan.ranges.iter().map(PartitionRange::at).collect();
    let Ok(leaders) = client.find_leaders(partitions.iter()) else {
        return Vec::new();
    };
    let question = OffsetQuestion {
        isolation: Isolation::Committed,
        partitions: (partitions.iter())
            .map(|at| (at, OffsetSpec::MaxTimestamp))
            .collect(),
    };
    let found = client.find_places(|at| leaders.get(at).map(|(leader, _)| *leader), &[question]);
    let places = found.items.into_iter().next().unwrap_or_default();
    let newest = plan.ranges.iter().filter_map(|range| {
        let place = places.get(&range.at())?.as_ref().ok()?.as_ref()?;
        let inside = (range.start..range.end).contains(&place.offset);
        (inside && place.timestamp? > until).then(|| PartitionRange {
            start: place.offset,
            end: place.offset + 1,
            ..range.clone()
        })
    });
    newest.collect()
}

fn names_of(routes: &[Route]) -> Vec<Arc<str>> {
    let names: std::collections::BTreeSet<Arc<str>> =
        routes.iter().map(|route| route.target.clone()).collect();
    names.into_iter().collect()
}

/// The selection whose offsets hold everything that is meant: by another time than the records',
/// records may be stamped as much earlier as they may come late.
fn ranged(selection: &Selection, by_record: bool, lateness: Lateness) -> Selection {
    let mut range = selection.clone();
    if by_record {
        return range;
    }
    if let Position::Time { ms, zone } = selection.from {
        range.from = match lateness.reach(TimestampType::Create) {
            Reach::Late(late) => Position::Time {
                ms: ms.saturating_sub(i64::try_from(late.as_millis()).unwrap_or(i64::MAX)),
                zone,
            },
            Reach::InOrder | Reach::End => Position::Earliest,
        };
    }
    range
}

/// Ends ranges at the first record that is later than the window by more than the lateness: behind it
/// nothing is looked for any more. An answer of the index is not believed, and the range read to its
/// end, when it names a record of the future, or when records of the window stand behind it.
fn cut(
    context: &Context,
    client: &mut Client,
    plan: &mut Plan,
    reaches: &[(Arc<str>, Reach)],
    to: i64,
    options: &ReadOptions,
    judge: &mut Judge<'_>,
) -> Result<(), Failure> {
    // No index tells where times before 1970 end.
    let until: HashMap<&Arc<str>, i64> = (reaches.iter())
        .filter_map(|(topic, reach)| Some((topic, reach.until(to).filter(|ms| *ms >= 0)?)))
        .collect();
    let ranges: Vec<(TopicPartition, OffsetSpec)> = (plan.ranges.iter())
        .filter_map(|range| {
            let until = until.get(&range.topic)?;
            (range.start < range.end).then(|| (range.at(), OffsetSpec::AtOrAfter(*until)))
        })
        .collect();
    let leaders = client.find_leaders(ranges.iter().map(|(at, _)| at))?;
    let question = OffsetQuestion {
        isolation: options.isolation,
        partitions: ranges.iter().map(|(at, spec)| (at, *spec)).collect(),
    };
    let found = client.find_places(|at| leaders.get(at).map(|(leader, _)| *leader), &[question]);
    let mut ends = BTreeMap::new();
    for places in found.items {
        for (at, place) in places {
            let Ok(Some(place)) = place else { continue };
            let future = place
                .timestamp
                .is_some_and(|ms| ms > context.now.saturating_add(AHEAD_MS));
            if !future {
                ends.insert(at, place.offset);
            }
        }
    }
    let behind: Vec<PartitionRange> = (plan.ranges.iter())
        .filter_map(|range| {
            let end = *ends.get(&range.at())?;
            (end < range.end).then(|| PartitionRange {
                start: end.max(range.start),
                end: (end + BEHIND).min(range.end),
                ..range.clone()
            })
        })
        .collect();
    let mut doubtful = look::sample(client, &behind, options, judge, &context.cancel)?;
    let far: Vec<PartitionRange> = (plan.ranges.iter())
        .filter_map(|range| {
            let end = *ends.get(&range.at())?;
            (end + BEHIND < range.end).then(|| PartitionRange {
                start: end + BEHIND,
                ..range.clone()
            })
        })
        .collect();
    for (at, looked) in look::sample(client, &far, options, judge, &context.cancel)? {
        doubtful.entry(at).or_default().add(&looked);
    }
    for range in &mut plan.ranges {
        let in_window = doubtful
            .get(&range.at())
            .is_some_and(|looked| looked.estimate.records > 0);
        if let Some(end) = ends.get(&range.at()).filter(|_| !in_window) {
            range.end = range.end.min((*end).max(range.start));
        }
    }
    Ok(())
}

/// Records of the plan that are older than their target keeps.
fn expired(client: &mut Client, plan: &Plan, targets: &[Target], oldest: i64, now: i64) -> u64 {
    let mut partitions = Vec::new();
    for route in &plan.routes {
        let target = targets.iter().find(|target| target.name == route.target);
        let Some(kept) = target.and_then(Target::kept) else {
            continue;
        };
        let until = now.saturating_sub(kept);
        if oldest >= until {
            continue;
        }
        for range in plan
            .ranges
            .iter()
            .filter(|range| range.topic == route.source)
        {
            partitions.push((range.at(), OffsetSpec::AtOrAfter(until), range));
        }
    }
    if partitions.is_empty() {
        return 0;
    }
    let Ok(leaders) = client.find_leaders(partitions.iter().map(|(at, ..)| at)) else {
        return 0;
    };
    let question = OffsetQuestion {
        isolation: Isolation::Committed,
        partitions: partitions.iter().map(|(at, spec, _)| (at, *spec)).collect(),
    };
    let found = client.find_places(|at| leaders.get(at).map(|(leader, _)| *leader), &[question]);
    let places = found.items.into_iter().next().unwrap_or_default();
    let before =
        |(at, _, range): &(TopicPartition, OffsetSpec, &PartitionRange)| match places.get(at) {
            Some(Ok(Some(place))) => (place.offset.min(range.end) - range.start).max(0),
            Some(Ok(None)) => range.end - range.start,
            _ => 0,
        };
    partitions.iter().map(before).sum::<i64>().cast_unsigned()
}

fn files(
    context: &Context,
    request: &ReplayRequest,
    clusters: &mut Clusters,
    (first, others): (&PathBuf, &[PathBuf]),
    (rules, trial): (&mut Rules, &mut Trial),
    plan: &mut Plan,
) -> Result<Known, Failure> {
    plan.files = true;
    let stdin = std::iter::once(first)
        .chain(others)
        .any(|path| path.as_os_str() == "-");
    let name: Arc<str> = Arc::from(
        std::iter::once(first)
            .chain(others)
            .map(|path| path.display().to_string())
            .collect::<Vec<_>>()
            .join(","),
    );
    let mut judge = Judge {
        window: plan.window(),
        event_time: &mut rules.event_time,
        filter: &mut rules.filter,
        trial: &mut *trial,
        now: context.now,
    };
    let mut looks = Looks::new();
    let mut sources: Vec<(Arc<str>, i32)> = Vec::new();
    let mut records = i64::MAX;
    if stdin {
        plan.checkpoint_location = CheckpointLocation::Nowhere;
        sources.push((Arc::from(""), 0));
        if request.spec.target_follows_source() {
            return Err(Failure::usage(
                "standard input is read once: --to-topic must name a topic",
            )
            .hint("save it in a file to have {topic} known before"));
        }
    } else {
        let mut reader = CaptureReader::open(first, others, truncated(&request.options))?;
        plan.source_cluster = reader.header().and_then(|header| header.cluster_id.clone());
        let cluster = plan.source_cluster.as_deref().unwrap_or("-");
        let marker = Rules::marker(request, &plan.id, cluster)?;
        judge.trial.mark_with(marker);
        let mut sight = Sight::new(&mut judge, false);
        let mut bar = Bar::new(&context.ui, "looking");
        let ended = {
            let mut selected = FileSelection::new(&rules.selection, &mut sight)?;
            drive(&mut reader, &mut selected, &mut bar, &context.cancel)?
        };
        if ended == Ended::Cancelled {
            return Err(super::stopped(context));
        }
        cmd::read::warn_of_incomplete(context, &reader);
        records = i64::try_from(reader.progress().records).unwrap_or(i64::MAX);
        sources.extend(
            sight
                .topics
                .iter()
                .map(|(topic, highest)| (topic.clone(), highest + 1)),
        );
        if sources.is_empty() && !request.spec.target_follows_source() {
            // The target is looked at although nothing goes there.
            sources.push((Arc::from(""), 0));
        }
        let mut all = look::Looked::default();
        for looked in sight.looks().values() {
            all.add(looked);
        }
        all.estimate.offsets = records.unsigned_abs();
        all.estimate.looked_at = records.unsigned_abs();
        looks.insert(TopicPartition::new(name.clone(), 0), all);
        trial.redacted = cmd::read::redacted(&name, reader.redacted());
    }
    plan.ranges = vec![PartitionRange {
        topic: name,
        partition: 0,
        start: 0,
        end: records,
    }];
    plan.routes = routes(&mut clusters.target, request, &sources)?;
    let targets = preflight::targets(&mut clusters.target, &names_of(&plan.routes))?;
    let room = plan.routes.first().map_or(0, |route| route.partitions);
    let fits = inventory::usual(&sources, &plan.routes) == Placing::Keep;
    Ok(Known {
        looks,
        exact: !stdin,
        reaches: Vec::new(),
        isolation: Isolation::Committed,
        source_partitions: if fits { room } else { -1 },
        targets,
    })
}
