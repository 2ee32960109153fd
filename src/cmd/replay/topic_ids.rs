//! Which topics a replay reads and writes: by id, as a topic that is deleted and created again keeps
//! its name.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    clusters::Clusters,
    plan::{Lane, Progress, Route},
    saved::Saved,
};
use crate::{
    cmd::cluster::before_writing,
    codec::shell::CommandLine,
    failure::{Failure, RUN_AGAIN},
    kafka::wire::WireError,
};

/// Topic ids by name; without those that a broker is too old to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TopicIds {
    pub(super) sources: BTreeMap<Arc<str>, String>,
    pub(super) targets: BTreeMap<Arc<str>, String>,
}

impl TopicIds {
    /// The ids of the topics of `routes`, as the clients have seen them first.
    pub(super) fn of(clusters: &Clusters, routes: &[Route]) -> Self {
        let sources = routes.iter().map(|route| &route.source);
        let targets = routes.iter().map(|route| &route.target);
        Self {
            sources: (clusters.source.as_ref())
                .map_or_else(BTreeMap::new, |client| client.topic_ids(sources)),
            targets: clusters.target.topic_ids(targets),
        }
    }

    /// From here on the clients take no other topics for these.
    pub(super) fn expect(&self, clusters: &mut Clusters) {
        if let Some(client) = &mut clusters.source {
            client.expect_topic_ids(&self.sources);
        }
        clusters.target.expect_topic_ids(&self.targets);
    }

    /// The ids of a lane's topic, and of the topic that its records go to.
    pub(super) fn of_lane(&self, lane: &Lane, routes: &[Route]) -> [Option<String>; 2] {
        let target = target_of(&lane.topic, routes).and_then(|target| self.targets.get(target));
        [self.sources.get(&lane.topic), target].map(Option::<&String>::cloned)
    }

    /// Takes the ids that stand beside `progress`.
    pub(super) fn take(&mut self, progress: &Progress, routes: &[Route]) {
        for (at, reached) in progress {
            if let Some(id) = &reached.note.source_id {
                self.sources.insert(at.topic.clone(), id.clone());
            }
            if let (Some(id), Some(target)) =
                (&reached.note.target_id, target_of(&at.topic, routes))
            {
                self.targets.insert(target.clone(), id.clone());
            }
        }
    }
}

/// Where records of `source` go; `None` for files whose records go to several topics.
fn target_of<'r>(source: &Arc<str>, routes: &'r [Route]) -> Option<&'r Arc<str>> {
    let of_topic = routes.iter().find(|route| route.source == *source);
    match (of_topic, routes) {
        (Some(route), _) => Some(&route.target),
        (None, [only]) => Some(&only.target),
        (None, _) => None,
    }
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
pub(super) fn refused_resume(error: WireError, saved: &Saved) -> Failure {
    let failure = before_writing(error);
    if failure.stale {
        begin_again(failure, &saved.plan.id, &saved.line())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn route(source: &str, target: &str) -> Route {
        Route {
            source: Arc::from(source),
            target: Arc::from(target),
            partitions: 1,
        }
    }

    fn lane(topic: &str) -> Lane {
        Lane {
            topic: Arc::from(topic),
            partition: 0,
            start: 0,
            end: 1,
        }
    }

    #[test]
    fn a_lane_has_the_ids_of_both_its_topics() {
        let ids = |names: &[&str]| {
            let each = names
                .iter()
                .map(|name| (Arc::from(*name), format!("{name}-id")));
            each.collect()
        };
        let ids = TopicIds {
            sources: ids(&["a", "b"]),
            targets: ids(&["x", "y"]),
        };
        let routes = [route("a", "x"), route("b", "y")];
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            ids.of_lane(&lane("b"), &routes),
            [text("b-id"), text("y-id")]
        );
        // A file is no topic; its records go to one topic, or to several.
        let file = lane("./orders.ndjson");
        assert_eq!(ids.of_lane(&file, &routes[..1]), [None, text("x-id")]);
        assert_eq!(ids.of_lane(&file, &routes), [None, None]);
    }
}
