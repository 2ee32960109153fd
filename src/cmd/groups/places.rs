//! Where partitions begin and end, each with its own answer.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    event::TopicPartition,
    exit::Exit,
    failure::Failure,
    kafka::{
        Isolation,
        wire::{
            Cause, Client, FoundPlaces, GROUP_SUBSCRIBED_TO_TOPIC, NON_EMPTY_GROUP, OffsetQuestion,
            OffsetSpec, TopicMetadata, UNKNOWN_MEMBER_ID,
        },
    },
    offsets::Bounds,
};

/// `LEADER_NOT_AVAILABLE` of Kafka's `Errors.java`.
const NO_LEADER: i16 = 5;

/// Why nothing is known of a partition, or nothing was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// What a command ends with that has nothing else to tell.
    pub(super) exit: Exit,
    /// The cause in words.
    pub(super) text: String,
}

impl From<&Cause> for Trouble {
    fn from(cause: &Cause) -> Self {
        /// Where somebody has joined meanwhile.
        const LIVE: [i16; 3] = [
            NON_EMPTY_GROUP,
            GROUP_SUBSCRIBED_TO_TOPIC,
            UNKNOWN_MEMBER_ID,
        ];
        let (exit, why) = match cause {
            Cause::Broker { code, .. } if LIVE.contains(code) => {
                (Exit::Refused, ": a member of the group is in the way")
            }
            cause if cause.is_not_found() => (Exit::NotFound, ""),
            _ => (Exit::Unreachable, ""),
        };
        Self {
            exit,
            text: format!("{cause}{why}"),
        }
    }
}

/// What a partition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The broker that leads it.
    pub(super) leader: i32,
    /// Its offsets.
    pub(super) bounds: Bounds,
    /// The first offset that is late enough; `None` when none is, or nobody asked.
    pub(super) late: Option<i64>,
}

/// What became of the question about each partition.
pub(super) type Places = BTreeMap<TopicPartition, Result<Place, Trouble>>;

/// Looks `partitions` up, and where each has records of `time` (ms) or later; in one round to each
/// leader.
///
/// # Errors
/// No broker answered.
pub(super) fn look_up(
    client: &mut Client,
    partitions: &BTreeSet<TopicPartition>,
    time: Option<i64>,
) -> Result<Places, Failure> {
    let isolation = client.settings().isolation;
    let leaders = leaders(client, partitions)?;
    let question = |spec, isolation| OffsetQuestion {
        isolation,
        partitions: partitions.iter().map(|at| (at, spec)).collect(),
    };
    let mut questions = vec![
        question(OffsetSpec::Earliest, Isolation::Uncommitted),
        question(OffsetSpec::Latest, isolation),
        question(OffsetSpec::Latest, Isolation::Uncommitted),
    ];
    if let Some(ms) = time {
        questions.push(question(OffsetSpec::AtOrAfter(ms), isolation));
    }
    let leader = |at: &TopicPartition| leaders.get(at)?.as_ref().ok().copied();
    let mut found = client.find_places(leader, &questions);
    let silent = found.failures.pop();
    let mut answers = found.items.into_iter();
    let [earliest, latest, end, late] = [(); 4].map(|()| answers.next().unwrap_or_default());
    Ok(leaders
        .into_iter()
        .map(|(at, leader)| {
            let place = leader.and_then(|leader| {
                let offset = |places: &FoundPlaces| match places.get(&at) {
                    Some(Ok(place)) => Ok(place.map(|place| place.offset)),
                    Some(Err(cause)) => Err(Trouble::from(cause)),
                    None => Err(Trouble {
                        exit: Exit::Unreachable,
                        text: silent.as_ref().map_or_else(
                            || "the broker left it out".to_owned(),
                            |silent| format!("broker {silent}"),
                        ),
                    }),
                };
                Ok(Place {
                    leader,
                    bounds: Bounds {
                        earliest: offset(&earliest)?.unwrap_or(0),
                        latest: offset(&latest)?.unwrap_or(0),
                        end: offset(&end)?.unwrap_or(0),
                    },
                    late: time.map_or(Ok(None), |_| offset(&late))?,
                })
            });
            (at, place)
        })
        .collect())
}

/// Who leads each of `partitions`, or why nobody does.
fn leaders(
    client: &mut Client,
    partitions: &BTreeSet<TopicPartition>,
) -> Result<BTreeMap<TopicPartition, Result<i32, Trouble>>, Failure> {
    let topics: BTreeSet<&str> = partitions.iter().map(|at| &*at.topic).collect();
    let topics: Vec<&str> = topics.into_iter().collect();
    let found = if topics.is_empty() {
        Vec::new()
    } else {
        client.metadata_now(&topics)?
    };
    let topics: BTreeMap<&str, &TopicMetadata> =
        found.iter().map(|topic| (&*topic.name, topic)).collect();
    let leader = |at: &TopicPartition| {
        let topic = topics.get(&*at.topic);
        if let Some(cause) = topic.and_then(|topic| topic.error.as_ref()) {
            return Err(Trouble::from(cause));
        }
        let known = topic.into_iter().flat_map(|topic| &topic.partitions);
        match known.clone().find(|known| known.partition == at.partition) {
            None => Err(Trouble {
                exit: Exit::NotFound,
                text: format!("the topic has no partition {}", at.partition),
            }),
            Some(known) => known.leader.ok_or_else(|| Trouble {
                exit: Exit::Unreachable,
                text: Cause::of_code(NO_LEADER, &at.to_string())
                    .map_or_else(String::new, |cause| cause.to_string()),
            }),
        }
    };
    Ok(partitions
        .iter()
        .map(|at| (at.clone(), leader(at)))
        .collect())
}
