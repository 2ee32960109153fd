//! From what was typed to a plan: names are looked up, and the planner is given what it asks for.

use std::{path::PathBuf, sync::Arc};

use super::{
    args::{select_args, truncated},
    clusters::Clusters,
    topic_ids,
};
use crate::{
    cmd::{
        self, cluster,
        read::{Sources, profile_redacts},
    },
    codec::shell::CommandLine,
    command::Context,
    exit::Exit,
    failure::Failure,
    files::capture::CaptureReader,
    kafka::wire::Client,
    replay::{
        CheckpointLocation, PartitionRange, Placing, Plan, ReplayRequest, Route, Rules, Samples,
        TopicIds,
    },
    select::{FileRange, Window},
    transfer::{FileInventory, PlannedReplay, Planner, SampledSource, TopicRead},
    ui::Bar,
};

/// Understands what was typed.
///
/// # Errors
/// An option that cannot be understood, named; options that do not go together.
pub(super) fn rules(context: &Context, request: &ReplayRequest) -> Result<Rules, Failure> {
    let selection = &request.spec.selection;
    let args = select_args(selection);
    let selected = args.selection(context.now, selection.limit)?;
    // The window is asked for apart: it may be one of another time.
    let filter = args.filter(Window::default())?;
    let mut rules = Rules::new(request, selected, filter, context.now)?;
    if !request.spec.redact.is_empty() || profile_redacts(context)? {
        rules.withhold_reasons();
    }
    Ok(rules)
}

/// Plans what was typed.
///
/// # Errors
/// A source or a target that is not there, a cluster that cannot be asked.
pub(super) fn plan(
    context: &Context,
    request: &ReplayRequest,
    clusters: &mut Clusters,
    sources: &Sources,
    (id, hash): (&str, &str),
) -> Result<PlannedReplay, Failure> {
    let rules = rules(context, request)?;
    let window = rules.selection.window();
    let plan = Plan {
        id: id.to_owned(),
        hash: hash.to_owned(),
        begun: context.now,
        source_cluster: request.spec.source_cluster.clone(),
        target_cluster: request.spec.target_cluster.clone(),
        checkpoint_location: if clusters.same {
            CheckpointLocation::Group
        } else {
            CheckpointLocation::Topic
        },
        files: false,
        from_ms: window.from_ms,
        to_ms: window.to_ms,
        base_ms: context.now,
        routes: Vec::new(),
        ranges: Vec::new(),
        span: None,
        before: Vec::new(),
        kept: false,
        ids: TopicIds::default(),
    };
    let mut planner = Planner::new(request, rules, plan, context.now, &context.cancel)?;
    let sampled = match sources {
        Sources::Topics(names) => topics(context, clusters, names, &mut planner)?,
        Sources::Files(first, others) => files(context, clusters, (first, others), &mut planner)?,
    };
    planner.plan.ids = topic_ids::topic_ids(clusters, &planner.plan.routes);
    let (source, target) = (clusters.source.as_mut(), &mut clusters.target);
    Ok(planner.finish(source, target, clusters.same, sampled))
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
    if spec.target_follows_source() && sources.iter().any(|(source, _)| source.is_empty()) {
        return Err(Failure::usage(format!(
            "records of the file name no topic that {:?} could stand for",
            spec.target()
        ))
        .hint("--to-topic NAME says where all of them go"));
    }
    let mut routes = Vec::new();
    for (source, partitions) in sources {
        let name = spec.target_of(source);
        if spec.in_place && name != **source {
            return Err(Failure::usage(format!(
                "--in-place writes into topic {source:?} itself, and --to-topic names {name:?}"
            ))
            .hint("leave out one of both"));
        }
        let found = cluster::topics(client, "replay", vec![name.clone()]).map_err(|failure| {
            if failure.exit == Exit::NotFound {
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
                partitions: count(topic.partitions.len()),
            });
        }
    }
    Ok(routes)
}

fn count(partitions: usize) -> i32 {
    i32::try_from(partitions).unwrap_or(i32::MAX)
}

/// Where partitions go by default, for a replay that is resumed.
///
/// # Errors
/// A source that cannot be asked, or read.
pub(super) fn default_placing(
    context: &Context,
    request: &ReplayRequest,
    clusters: &mut Clusters,
    sources: &Sources,
    plan: &Plan,
) -> Result<Placing, Failure> {
    let Some(client) = &mut clusters.source else {
        let Sources::Files(first, others) = sources else {
            return Ok(Placing::Key);
        };
        let found = inventory(context, request, (first, others))?;
        return Ok(Placing::default_of_files(&found.topics, &plan.routes));
    };
    let sources: Vec<&str> = plan.routes.iter().map(|route| &*route.source).collect();
    let found = client.metadata(&sources)?;
    let counts: Vec<i32> = (found.iter())
        .map(|topic| count(topic.partitions.len()))
        .collect();
    Ok(Placing::default_of_topics(&counts, &plan.routes))
}

/// What files hold.
///
/// # Errors
/// One of them cannot be read.
pub(super) fn inventory(
    context: &Context,
    request: &ReplayRequest,
    (first, others): (&PathBuf, &[PathBuf]),
) -> Result<FileInventory, Failure> {
    let selection = select_args(&request.spec.selection).selection(context.now, None)?;
    let reader = CaptureReader::open(first, others, truncated(&request.options))?;
    let mut bar = Bar::new(&context.ui, "looking");
    let range = FileRange::new(&selection)?;
    FileInventory::take(reader, range, &mut bar, &context.cancel)?
        .ok_or_else(|| super::stopped(context))
}

fn topics(
    context: &Context,
    clusters: &mut Clusters,
    names: &[String],
    planner: &mut Planner<'_>,
) -> Result<SampledSource, Failure> {
    let Some(client) = &mut clusters.source else {
        return Err(Failure::usage("no topic is named"));
    };
    let request = planner.request;
    let found = cluster::topics(client, "replay", names.to_vec())?;
    let counts: Vec<(Arc<str>, i32)> = (found.iter())
        .map(|topic| (topic.name.clone(), count(topic.partitions.len())))
        .collect();
    planner.plan.routes = routes(&mut clusters.target, request, &counts)?;
    let selection = planner.rules.covering_selection();
    let args = select_args(&request.spec.selection);
    let stall = request.options.stall_timeout();
    let read = TopicRead::resolve(context, client, found, &selection, &args, stall)?;
    let isolation = read.isolation;
    planner.plan.ranges = (read.assignment.ranges.into_iter())
        .map(|range| PartitionRange {
            topic: range.topic,
            partition: range.partition,
            start: range.start,
            end: range.end,
        })
        .collect();
    let partitions: Vec<i32> = counts.iter().map(|(_, count)| *count).collect();
    let mut bar = Bar::new(&context.ui, "looking");
    let both = (client, &mut clusters.target);
    Ok(planner.sample_topics(both, &partitions, isolation, &mut bar)?)
}

fn files(
    context: &Context,
    clusters: &mut Clusters,
    (first, others): (&PathBuf, &[PathBuf]),
    planner: &mut Planner<'_>,
) -> Result<SampledSource, Failure> {
    let request = planner.request;
    let paths = || std::iter::once(first).chain(others);
    let stdin = paths().any(|path| path.as_os_str() == "-");
    let names: Vec<String> = paths().map(|path| path.display().to_string()).collect();
    let name: Arc<str> = Arc::from(names.join(","));
    let mut samples = Samples::new();
    let mut topics: Vec<(Arc<str>, i32)> = Vec::new();
    let mut records = i64::MAX;
    if stdin {
        planner.plan.checkpoint_location = CheckpointLocation::Nowhere;
        topics.push((Arc::from(""), 0));
        if request.spec.target_follows_source() {
            return Err(Failure::usage(
                "standard input is read once: --to-topic must name a topic",
            )
            .hint("save it in a file to have {topic} known before"));
        }
    } else {
        let mut reader = CaptureReader::open(first, others, truncated(&request.options))?;
        let cluster = reader.header().and_then(|header| header.cluster_id.clone());
        planner.set_source_cluster(cluster)?;
        let range = FileRange::new(&planner.rules.selection)?;
        let mut bar = Bar::new(&context.ui, "looking");
        let found = planner
            .sample_files(&mut reader, range, &name, &mut bar)?
            .ok_or_else(|| super::stopped(context))?;
        drop(bar);
        cmd::read::warn_of_incomplete(context, &reader);
        (samples, topics, records) = (found.samples, found.topics, found.records);
        if topics.is_empty() && !request.spec.target_follows_source() {
            // The target is checked although nothing goes there.
            topics.push((Arc::from(""), 0));
        }
        planner.trial.redacted = cmd::read::redacted(&name, reader.redacted());
    }
    planner.plan.files = true;
    planner.plan.ranges = vec![PartitionRange {
        topic: name,
        partition: 0,
        start: 0,
        end: records,
    }];
    planner.plan.routes = routes(&mut clusters.target, request, &topics)?;
    Ok(planner.files(&mut clusters.target, samples, &topics, !stdin)?)
}
