//! What has to be known of the topic before the first record is sent.

use std::time::Duration;

use crate::{
    cli::Context,
    exit::Exit,
    failure::Failure,
    kafka::{Settings, write},
    ui::Prompt,
};

/// The topic as it is.
#[derive(Clone, Debug)]
pub struct TopicFacts {
    /// How many partitions it has.
    pub partitions: i32,
    /// Those of them that have a leader now.
    pub led: Vec<i32>,
    /// Its `max.message.bytes`; `None` when that may not be asked.
    pub max_message_bytes: Option<u64>,
}

/// The topic that is meant, chosen on the terminal when `topic` is `None`, and what is known of it.
///
/// # Errors
/// The cluster does not answer, there is no such topic, or none was named and nobody can choose.
pub fn run(
    _context: &Context,
    settings: &Settings,
    topic: Option<&str>,
) -> Result<(String, TopicFacts), Failure> {
    let topics = write::probe(settings, Duration::from_secs(10)).map_err(|error| {
        Failure::new(Exit::Unreachable, "the cluster does not answer").cause(error)
    })?;
    let named = match topic {
        Some(topic) => topic.to_owned(),
        None => {
            let names: Vec<String> = topics.iter().map(|topic| topic.0.clone()).collect();
            let chosen = Prompt
                .choose("topic", &names)
                .and_then(|index| names.get(index).cloned());
            chosen.ok_or_else(|| {
                Failure::usage("no topic is named").hint("evctl produce TOPIC [FILE]…")
            })?
        }
    };
    let Some((_, partitions, led)) = topics.iter().find(|topic| topic.0 == named) else {
        let names = topics.iter().map(|topic| topic.0.as_str());
        let failure = Failure::new(Exit::NotFound, format!("there is no topic {named:?}"));
        return Err(match nearest(&named, names) {
            Some(near) => failure.hint(format!("did you mean {near:?}?")),
            None => failure,
        });
    };
    let facts = TopicFacts {
        partitions: *partitions,
        led: led.clone(),
        max_message_bytes: None,
    };
    Ok((named, facts))
}

/// The name that looks most like `name`, if any looks like it at all.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}
