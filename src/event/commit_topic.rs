//! The topic that a committed offset is of, kept in the metadata of the commit.
//!
//! Kafka commits by name. A commit that is retried while its topic is deleted and created again is
//! stored for the new topic, where its offset means nothing.

use std::fmt;

const BEGINNING: &str = "evctl topic id ";
const CLUSTER: &str = " of cluster ";

/// The id of a topic, and of its cluster: tools that copy offsets to another cluster copy the
/// metadata along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitTopic {
    /// The topic's id, as Kafka's tools write it.
    pub id: String,
    /// The cluster's id.
    pub cluster: String,
}

impl CommitTopic {
    /// What the metadata of a commit say; `None` for those of other tools, and for empty ones.
    #[must_use]
    pub fn parse(metadata: &str) -> Option<Self> {
        let (id, cluster) = metadata.strip_prefix(BEGINNING)?.split_once(CLUSTER)?;
        Some(Self {
            id: id.to_owned(),
            cluster: cluster.to_owned(),
        })
    }
}

impl fmt::Display for CommitTopic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{BEGINNING}{}{CLUSTER}{}", self.id, self.cluster)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_of_other_tools_name_no_topic() {
        let topic = CommitTopic {
            id: "AAAAAAAAAAAAAAAAAAAAAQ".to_owned(),
            cluster: "c-1".to_owned(),
        };
        assert_eq!(CommitTopic::parse(&topic.to_string()), Some(topic));
        for foreign in ["", "by hand", "{\"id\":1}", "evctl topic id AAAA"] {
            assert_eq!(CommitTopic::parse(foreign), None, "{foreign}");
        }
    }
}
