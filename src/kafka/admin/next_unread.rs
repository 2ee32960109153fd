//! The age of the next unread record, for every partition of every group: read where that is
//! allowed, else bisected by ListOffsets.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Detail, TopicEnds};
use crate::{
    event::TopicPartition,
    kafka::{
        Isolation,
        wire::{Cause, Client, OffsetQuestion, OffsetSpec, Sought, Unanswered},
    },
    lag::{
        NextRecord, View,
        bisect::{Bisection, Step},
    },
    pipeline::Cancel,
};

/// Next unread records, by partition and position.
#[derive(Debug, Default)]
pub struct NextUnread {
    next: HashMap<(TopicPartition, i64), NextRecord>,
    blocked: HashMap<TopicPartition, i64>,
    newest: HashMap<TopicPartition, i64>,
    /// Records up to the end, where they were counted.
    left: HashMap<(TopicPartition, i64), i64>,
    /// What was not answered.
    pub failures: Vec<String>,
}

/// The isolation with which the records of `view` are read.
pub(super) fn isolation(view: View) -> Isolation {
    match view {
        View::Both | View::Committed => Isolation::Committed,
        View::Uncommitted => Isolation::Uncommitted,
    }
}

impl NextUnread {
    /// Finds the next record from each of `positions`, which may be many for one partition.
    pub fn find(
        client: &mut Client,
        ends: &TopicEnds,
        positions: &HashSet<(TopicPartition, i64)>,
        view: View,
        now: i64,
        cancel: &Cancel,
    ) -> Self {
        let mut found = Self::default();
        let mut sought: BTreeMap<TopicPartition, Sought> = BTreeMap::new();
        for (at, position) in positions {
            let Some(bounds) = ends.bounds(at) else {
                continue;
            };
            let to = bounds.readable_end(view);
            if *position >= to {
                found.next.insert((at.clone(), *position), NextRecord::None);
                continue;
            }
            sought
                .entry(at.clone())
                .or_insert_with(|| Sought {
                    partition: at.clone(),
                    offsets: Vec::new(),
                    end: to,
                    count: true,
                })
                .offsets
                .push(*position);
        }
        let leader = |at: &TopicPartition| ends.leader(at);
        let mut unknown = Vec::new();
        for at in sought.keys() {
            match ends.newest(at) {
                Some(newest) => {
                    found.newest.insert(at.clone(), newest);
                }
                None => unknown.push(at.clone()),
            }
        }
        let sought: Vec<Sought> = sought.into_values().collect();
        let all: Vec<(TopicPartition, i64)> = (sought.iter())
            .flat_map(|sought| {
                sought
                    .offsets
                    .iter()
                    .map(|&offset| (sought.partition.clone(), offset))
            })
            .collect();
        let mut records = client.first_records(leader, sought, isolation(view), cancel);
        found.note(&records.failures);
        let mut denied = Vec::new();
        let mut failed: Option<(String, usize)> = None;
        for key in all {
            let next = match records.items.remove(&key) {
                Some(Ok(Some(record))) => {
                    if let Some(left) = record.left {
                        found.left.insert(key.clone(), left);
                    }
                    NextRecord::Found {
                        timestamp: record.timestamp,
                        timestamp_type: Some(record.timestamp_type),
                        method: "fetch",
                    }
                }
                Some(Ok(None)) => NextRecord::None,
                Some(Err(Cause::NotAuthorized { .. })) => {
                    denied.push(key);
                    continue;
                }
                Some(Err(cause)) => {
                    let first = || format!("{}: {cause}", key.0);
                    failed.get_or_insert_with(|| (first(), 0)).1 += 1;
                    NextRecord::Failed(cause.to_string())
                }
                None => NextRecord::Failed(match records.failures.first() {
                    Some(failure) => failure.to_string(),
                    None => "there was no time left to look".to_owned(),
                }),
            };
            found.next.insert(key, next);
        }
        if let Some((first, count)) = failed {
            let text = format!("{count} next records could not be read, the first of {first}");
            found.failures.push(text);
        }
        found.bisect(client, denied, now, cancel);
        found.find_newest(client, &unknown);
        if view != View::Uncommitted {
            found.find_blocked(client, ends, positions, cancel);
        }
        found
    }

    fn note(&mut self, failures: &[Unanswered]) {
        let texts = failures.iter();
        let texts = texts.map(|failure| format!("how old records are is not known: {failure}"));
        self.failures.extend(texts);
    }

    /// The next unread record from a position.
    pub fn next(&self, at: &TopicPartition, position: i64) -> NextRecord {
        let key = (at.clone(), position);
        self.next.get(&key).cloned().unwrap_or_default()
    }

    /// How many readable records there are from `position`; `None` when they were not counted.
    pub fn left(&self, at: &TopicPartition, position: i64) -> Option<i64> {
        self.left.get(&(at.clone(), position)).copied()
    }

    /// The timestamp of the first record behind an open transaction; `None` when none is open.
    pub fn blocked_since(&self, at: &TopicPartition) -> Option<i64> {
        self.blocked.get(at).copied()
    }

    /// The largest timestamp of a partition.
    pub fn newest(&self, at: &TopicPartition) -> Option<i64> {
        self.newest.get(at).copied()
    }

    /// All searches take their steps together: a round is one request per position and partition.
    fn bisect(
        &mut self,
        client: &mut Client,
        denied: Vec<(TopicPartition, i64)>,
        now: i64,
        cancel: &Cancel,
    ) {
        let mut searches: Vec<_> = denied
            .into_iter()
            .map(|key| {
                let search = Bisection::new(key.1, now + 1);
                (key, search)
            })
            .collect();
        while !searches.is_empty() && !cancel.is_raised() {
            // A partition stands once in a request, so each position has a request of its own.
            let mut questions: Vec<OffsetQuestion<'_>> = Vec::new();
            let mut asked: Vec<(usize, usize)> = Vec::new();
            let mut turn: HashMap<&TopicPartition, usize> = HashMap::new();
            for (index, ((at, _), search)) in searches.iter().enumerate() {
                let Step::Ask(time) = search.step() else {
                    continue;
                };
                let round = turn.entry(at).or_insert(0);
                if questions.len() <= *round {
                    questions.push(OffsetQuestion {
                        isolation: Isolation::Uncommitted,
                        partitions: Vec::new(),
                    });
                }
                if let Some(question) = questions.get_mut(*round) {
                    question.partitions.push((at, OffsetSpec::AtOrAfter(time)));
                    asked.push((index, *round));
                }
                *round += 1;
            }
            let answers = client.list_offsets(&questions);
            self.note(&answers.failures);
            let answers: Vec<_> = asked
                .into_iter()
                .map(|(index, round)| {
                    let at = searches.get(index).map(|((at, _), _)| at);
                    let place = answers
                        .items
                        .get(round)
                        .zip(at)
                        .and_then(|(places, at)| places.get(at));
                    let answer = match place {
                        Some(Ok(place)) => {
                            Ok(place.map(|place| (place.offset, place.timestamp.unwrap_or(-1))))
                        }
                        Some(Err(cause)) => Err(cause.to_string()),
                        None => Err("its leader did not answer".to_owned()),
                    };
                    (index, answer)
                })
                .collect();
            let mut failed = HashMap::new();
            for (index, answer) in answers {
                match answer {
                    Ok(place) => {
                        if let Some((_, search)) = searches.get_mut(index) {
                            search.answer(place);
                        }
                    }
                    Err(why) => {
                        failed.insert(index, why);
                    }
                }
            }
            let mut open = Vec::new();
            for (index, (key, search)) in searches.into_iter().enumerate() {
                let next = match (failed.remove(&index), search.step()) {
                    (Some(why), _) => NextRecord::Failed(why),
                    (None, Step::Found(Some(timestamp))) => NextRecord::Found {
                        timestamp,
                        timestamp_type: None,
                        method: "bisect",
                    },
                    (None, Step::Found(None)) => {
                        NextRecord::Failed("its records have no timestamps".to_owned())
                    }
                    (None, Step::Ask(_)) => {
                        open.push((key, search));
                        continue;
                    }
                };
                self.next.insert(key, next);
            }
            searches = open;
        }
    }

    fn find_newest(&mut self, client: &mut Client, unknown: &[TopicPartition]) {
        if unknown.is_empty() {
            return;
        }
        let newest = [Detail::LastRecord(Isolation::Uncommitted)];
        let found = client.watermarks(unknown, &newest);
        self.note(&found.failures);
        for (at, watermarks) in found.items {
            let last = watermarks.ok().and_then(|known| known.records.ok()?.last);
            if let Some(timestamp) = last.and_then(|last| last.timestamp) {
                self.newest.insert(at, timestamp);
            }
        }
    }

    /// Finds the first record behind each open transaction.
    fn find_blocked(
        &mut self,
        client: &mut Client,
        ends: &TopicEnds,
        positions: &HashSet<(TopicPartition, i64)>,
        cancel: &Cancel,
    ) {
        let mut blocked: Vec<Sought> = Vec::new();
        for (at, _) in positions {
            if let Some(bounds) = ends.bounds(at)
                && bounds.stable_end < bounds.end
                && !blocked.iter().any(|sought| sought.partition == *at)
            {
                blocked.push(Sought {
                    partition: at.clone(),
                    offsets: vec![bounds.stable_end],
                    end: bounds.end,
                    count: false,
                });
            }
        }
        if blocked.is_empty() {
            return;
        }
        let isolation = Isolation::Uncommitted;
        let found = client.first_records(|at| ends.leader(at), blocked, isolation, cancel);
        self.note(&found.failures);
        for ((at, _), record) in found.items {
            if let Ok(Some(record)) = record
                && record.timestamp >= 0
            {
                self.blocked.insert(at, record.timestamp);
            }
        }
    }
}
