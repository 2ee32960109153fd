//! What a SOURCE argument names: a topic, or a file of records.

use std::path::PathBuf;

/// Endings that make an argument a file.
const FILE_ENDINGS: [&str; 6] = [".ndjson", ".jsonl", ".json", ".avro", ".gz", ".zst"];

/// What a capture file is called beyond its name while it is written.
const UNFINISHED: &str = ".part";

/// Something records are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceName {
    /// A topic of the cluster.
    Topic(String),
    /// A capture file.
    File(PathBuf),
    /// A capture on standard input.
    Stdin,
}

impl SourceName {
    /// Tells topics from files: an argument is a file when it is `-`, contains a `/` or ends like
    /// one; `topic:NAME` and `file:PATH` force it.
    #[must_use]
    pub fn parse(argument: &str) -> Self {
        if let Some(name) = argument.strip_prefix("topic:") {
            return Self::Topic(name.to_owned());
        }
        if let Some(path) = argument.strip_prefix("file:") {
            return Self::File(PathBuf::from(path));
        }
        if argument == "-" {
            return Self::Stdin;
        }
        let name = argument.strip_suffix(UNFINISHED).unwrap_or(argument);
        if argument.contains('/') || FILE_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
            return Self::File(PathBuf::from(argument));
        }
        Self::Topic(argument.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_from_topics_by_their_look_or_by_force() {
        let file = |path: &str| SourceName::File(PathBuf::from(path));
        let topic = |name: &str| SourceName::Topic(name.to_owned());
        assert_eq!(SourceName::parse("-"), SourceName::Stdin);
        assert_eq!(SourceName::parse("orders"), topic("orders"));
        assert_eq!(SourceName::parse("orders.v1"), topic("orders.v1"));
        assert_eq!(SourceName::parse("a/b"), file("a/b"));
        assert_eq!(SourceName::parse("cap.ndjson.zst"), file("cap.ndjson.zst"));
        assert_eq!(SourceName::parse("cap.gz.part"), file("cap.gz.part"));
        assert_eq!(SourceName::parse("orders.part"), topic("orders.part"));
        assert_eq!(SourceName::parse("topic:cap.json"), topic("cap.json"));
        assert_eq!(SourceName::parse("file:orders"), file("orders"));
        assert_eq!(SourceName::parse("topic:-"), topic("-"));
    }
}
