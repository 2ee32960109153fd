//! Which topics a replay reads and writes: by id, as a topic that is deleted and created again keeps
//! its name.

use std::collections::BTreeMap;

use super::clusters::Clusters;
use crate::{
    cmd::cluster::before_writing,
    codec::shell::CommandLine,
    failure::{Failure, RUN_AGAIN},
    kafka::wire::WireError,
    replay::{Route, TopicIds},
    transfer::StateFile,
};

/// The ids of the topics of `routes`, as the clients have seen them first.
pub(super) fn topic_ids(clusters: &Clusters, routes: &[Route]) -> TopicIds {
    let sources = routes.iter().map(|route| &route.source);
    let targets = routes.iter().map(|route| &route.target);
    TopicIds {
        sources: (clusters.source.as_ref())
            .map_or_else(BTreeMap::new, |client| client.topic_ids(sources)),
        targets: clusters.target.topic_ids(targets),
    }
}

/// From here on the clients take no other topics for those of `ids`.
pub(super) fn expect(ids: &TopicIds, clusters: &mut Clusters) {
    if let Some(client) = &mut clusters.source {
        client.expect_topic_ids(&ids.sources);
    }
    clusters.target.expect_topic_ids(&ids.targets);
}

/// Asks whether the topics of `routes` are still the ones that the clients have seen first.
///
/// # Errors
/// One was deleted and created again, or a cluster cannot be asked.
pub(super) fn compare(clusters: &mut Clusters, routes: &[Route]) -> Result<(), WireError> {
    let targets: Vec<&str> = routes.iter().map(|route| &*route.target).collect();
    clusters.target.check_topic_ids(&targets)?;
    if let Some(client) = &mut clusters.source {
        let sources: Vec<&str> = routes.iter().map(|route| &*route.source).collect();
        client.check_topic_ids(&sources)?;
    }
    Ok(())
}

/// A topic was created again before a replay goes on.
pub(super) fn refused_resume(error: WireError, saved: &StateFile) -> Failure {
    let failure = before_writing(error);
    if failure.stale {
        begin_again(failure, &saved.plan.id, &saved.request.arguments())
    } else {
        failure
    }
}

/// What begins a replay again whose topic is gone.
pub(super) fn begin_again(mut failure: Failure, id: &str, line: &str) -> Failure {
    failure.hints.retain(|hint| hint != RUN_AGAIN);
    failure
        .hint(format!(
            "{} forgets this replay",
            CommandLine::evctl("replay cancel").operand(id)
        ))
        .hint(format!("evctl replay {line} then begins again"))
}
