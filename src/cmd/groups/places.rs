//! Where partitions begin and end, each with its own answer.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    event::TopicPartition,
    exit::Exit,
    failure::Failure,
    kafka::{
        admin::{Detail, NoWatermarks},
        wire::{
            Cause, Client, GROUP_SUBSCRIBED_TO_TOPIC, NON_EMPTY_GROUP, TopicMetadata,
            UNKNOWN_MEMBER_ID,
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

impl From<NoWatermarks> for Trouble {
    fn from(why: NoWatermarks) -> Self {
        let text = match why {
            NoWatermarks::Refused(cause) => return Self::from(&cause),
            NoWatermarks::Silent(silent) => format!("broker {silent}"),
            why => why.to_string(),
        };
        Self {
            exit: Exit::Unreachable,
            text,
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
    let mut details = vec![Detail::Start, Detail::end_for(isolation), Detail::End];
    details.extend(time.map(|ms| Detail::AtOrAfter(ms, isolation)));
    let led: Vec<TopicPartition> = (leaders.iter())
        .filter(|(_, leader)| leader.is_ok())
        .map(|(at, _)| at.clone())
        .collect();
    let mut found = client.watermarks(&led, &details).items;
    Ok(leaders
        .into_iter()
        .map(|(at, leader)| {
            let watermarks = found.remove(&at).unwrap_or(Err(NoWatermarks::LeftOut));
            let place = leader.and_then(|leader| {
                let watermarks = watermarks.map_err(Trouble::from)?;
                let records = watermarks.records.as_ref().map_err(Trouble::from)?;
                Ok(Place {
                    leader,
                    bounds: Bounds {
                        earliest: watermarks.start.unwrap_or(0),
                        latest: watermarks.end_for(isolation).unwrap_or(0),
                        end: watermarks.end.unwrap_or(0),
                    },
                    late: records.at_or_after.map(|place| place.offset),
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
