//! A replay that another machine began, from the checkpoints on the cluster.

use std::collections::BTreeMap;

use super::{clusters::Clusters, planning};
use crate::{
    cmd::read::Sources,
    command::Context,
    failure::Failure,
    kafka::wire::Client,
    replay::{CheckpointLocation, Plan, ReplayRequest, TopicIds},
    transfer::read_checkpoints,
};

/// The plan of a replay that another machine began; `None` when the cluster holds no checkpoints of
/// it.
///
/// # Errors
/// The cluster does not answer; the checkpoints are those of another replay.
pub(super) fn plan(
    context: &Context,
    request: &ReplayRequest,
    clusters: &mut Clusters,
    sources: &Sources,
    (id, hash): (&str, &str),
) -> Result<Option<Plan>, Failure> {
    let location = if clusters.same {
        CheckpointLocation::Group
    } else {
        CheckpointLocation::Topic
    };
    let checkpoints = read_checkpoints(&mut clusters.target, location, id, &context.cancel)?;
    let Some(first) = checkpoints.values().next() else {
        return Ok(None);
    };
    if !request.spec.has_hash(&first.metadata.replay) {
        return Err(Failure::another_replay(id, &first.metadata.replay, hash));
    }
    // Checkpoints outside of transactions say where the targets ended.
    let exactly_once = checkpoints.values().all(|one| one.metadata.ends.is_none());
    if exactly_once != request.options.exactly_once {
        return Err(Failure::other_guarantee(id, exactly_once));
    }
    let (source_cluster, topics) = match sources {
        Sources::Files(first, others) => {
            let found = planning::inventory(context, request, (first, others))?;
            (found.cluster, found.topics)
        }
        Sources::Topics(_) => {
            let cluster = clusters.source.as_ref().and_then(Client::cluster_id);
            let topics = checkpoints.keys().map(|at| (at.topic.clone(), 1));
            let topics: BTreeMap<_, _> = topics.collect();
            (cluster.map(str::to_owned), topics.into_iter().collect())
        }
    };
    let blank = Plan {
        id: id.to_owned(),
        hash: hash.to_owned(),
        begun: context.now,
        source_cluster,
        target_cluster: clusters.target.cluster_id().map(str::to_owned),
        checkpoint_location: location,
        files: clusters.source.is_none(),
        from_ms: None,
        to_ms: None,
        base_ms: context.now,
        routes: planning::routes(&mut clusters.target, request, &topics)?,
        ranges: Vec::new(),
        span: None,
        before: Vec::new(),
        kept: true,
        ids: TopicIds::default(),
    };
    Ok(blank.with_checkpoints(&checkpoints))
}
