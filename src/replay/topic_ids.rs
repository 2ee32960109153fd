//! Which topics a replay reads and writes: by id, as a topic that is deleted and created again keeps
//! its name.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Checkpoints, PartitionRange, Route};

/// Topic ids by name; without those that a broker is too old to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicIds {
    /// The topics that are read.
    pub sources: BTreeMap<Arc<str>, String>,
    /// The topics that are written to.
    pub targets: BTreeMap<Arc<str>, String>,
}

impl TopicIds {
    /// The ids of a range's topic, and of the topic that its records go to.
    #[must_use]
    pub fn of_range(&self, range: &PartitionRange, routes: &[Route]) -> [Option<String>; 2] {
        let target = target_of(&range.topic, routes).and_then(|target| self.targets.get(target));
        [self.sources.get(&range.topic), target].map(Option::<&String>::cloned)
    }

    /// Adds the ids that are stored beside `checkpoints`.
    pub fn take(&mut self, checkpoints: &Checkpoints, routes: &[Route]) {
        for (at, checkpoint) in checkpoints {
            if let Some(id) = &checkpoint.metadata.source_id {
                self.sources.insert(at.topic.clone(), id.clone());
            }
            if let (Some(id), Some(target)) =
                (&checkpoint.metadata.target_id, target_of(&at.topic, routes))
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

    fn range(topic: &str) -> PartitionRange {
        PartitionRange {
            topic: Arc::from(topic),
            partition: 0,
            start: 0,
            end: 1,
        }
    }

    #[test]
    fn a_range_has_the_ids_of_both_its_topics() {
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
            ids.of_range(&range("b"), &routes),
            [text("b-id"), text("y-id")]
        );
        // A file is no topic; its records go to one topic, or to several.
        let file = range("./orders.ndjson");
        assert_eq!(ids.of_range(&file, &routes[..1]), [None, text("x-id")]);
        assert_eq!(ids.of_range(&file, &routes), [None, None]);
    }
}
