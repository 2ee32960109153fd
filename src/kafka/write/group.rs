//! Membership of a consumer group: joining, heartbeats, commits. Records are never read through it:
//! the partitions it is given are paused here, and read by [`wire`](crate::kafka::wire).
//!
//! Rebalancing is taken apart: librdkafka's callback only notes what is wanted, and goes on when
//! the owner has had its turn. So partitions are let go of by the call of [`Group::poll`] after the
//! one that announced it, and everything can be committed in between.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use rdkafka::{
    ClientConfig, ClientContext, TopicPartitionList,
    bindings::rd_kafka_resp_err_t,
    config::RDKafkaLogLevel,
    consumer::{BaseConsumer, Consumer, ConsumerContext, RebalanceProtocol},
    error::KafkaError,
    types::RDKafkaErrorCode,
};

use super::{
    Code, GroupFence, Log,
    raw::{self, CommitError, Membership},
};
use crate::{
    event::{Commit, TopicPartition},
    kafka::{
        Settings,
        property::{self, Part},
    },
    pipeline::Permit,
};

/// How long the group's committed offsets may take to come: longer than Kafka takes to abort the
/// transaction of a member that died (its timeout, and 10 s more until somebody looks).
const COMMITTED: Duration = Duration::from_secs(40);
/// How long one call of [`Group::poll`] waits for them at least.
const LOOK: Duration = Duration::from_millis(500);
/// How often partitions are looked for that were added to a topic. librdkafka's own 5 minutes are
/// too long for records to wait.
const METADATA_REFRESH: &str = "topic.metadata.refresh.interval.ms";
const METADATA_REFRESH_MS: &str = "5000";
/// How many lines of log are kept for the owner.
const LOG_LINES: usize = 1_000;

/// Something the owner of a membership has to act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupEvent {
    /// These partitions are ours now; each with what the group has committed, `None` when that is
    /// nothing. What an open transaction may still change is waited for.
    Assigned(Vec<(TopicPartition, Option<Commit>)>),
    /// These partitions are ours until the next call of [`Group::poll`]: commit what was written
    /// out, and read no more of them.
    Revoked {
        /// The partitions.
        partitions: Vec<TopicPartition>,
        /// Whether they have been given away already, so that nothing can be committed any more.
        lost: bool,
    },
}

/// A membership that does not come about, or does not go on.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// librdkafka does not take a property, or does not start.
    #[error("the group member cannot start: {0}")]
    Start(String),
    /// The group, or a topic of it, refuses us.
    #[error("group {group:?}: {code}")]
    Refused {
        /// The group.
        group: String,
        /// Why.
        code: Code,
    },
    /// Offsets could not be committed, or asked for.
    #[error("offsets of group {group:?}: {code}")]
    Offsets {
        /// The group.
        group: String,
        /// Why.
        code: Code,
    },
    /// The coordinator did not answer in time.
    #[error("the coordinator of group {group:?} did not answer within {waited:?}")]
    Silent {
        /// The group.
        group: String,
        /// How long it had.
        waited: Duration,
    },
}

/// A member of a consumer group, on the thread that made it: it has to be polled at least every
/// `max.poll.interval.ms` (5 minutes). [`Group::close`] it by hand: dropping it costs 500 ms, and
/// has no deadline.
pub struct Group {
    consumer: BaseConsumer<Notes>,
    group: String,
    /// Partitions to be let go of by the next poll.
    leaving: Option<TopicPartitionList>,
    /// Partitions that were accepted, and when: the owner hears of them with their offsets.
    arriving: Option<(TopicPartitionList, Instant)>,
}

impl Group {
    /// Joins `group` for `topics`; the assignment comes from [`Group::poll`]. Both protocols work:
    /// the classic one, and Kafka 4's with `group.protocol=consumer`.
    ///
    /// # Errors
    /// [`GroupError::Start`].
    pub fn join(
        settings: &Settings,
        group: &str,
        topics: &[&str],
        _permit: Permit,
    ) -> Result<Self, GroupError> {
        let mut config = ClientConfig::new();
        for (name, value) in settings.for_librdkafka() {
            if property::class(&name).is_some_and(|class| class.reaches(Part::Membership)) {
                config.set(name, value);
            }
        }
        config
            .set("group.id", group)
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("allow.auto.create.topics", "false")
            // Offsets are asked for with stable ones required.
            .set("isolation.level", "read_committed")
            .set_log_level(RDKafkaLogLevel::Info);
        if config.get(METADATA_REFRESH).is_none() {
            config.set(METADATA_REFRESH, METADATA_REFRESH_MS);
        }
        let start = |error: KafkaError| GroupError::Start(error.to_string());
        let consumer: BaseConsumer<Notes> = config
            .create_with_context(Notes::default())
            .map_err(start)?;
        consumer.subscribe(topics).map_err(start)?;
        Ok(Self {
            consumer,
            group: group.to_owned(),
            leaving: None,
            arriving: None,
        })
    }

    /// Lets go of what was revoked before, and waits up to `timeout` for news.
    ///
    /// # Errors
    /// The group refuses us, or the offsets of what was assigned cannot be had.
    pub fn poll(&mut self, timeout: Duration) -> Result<Option<GroupEvent>, GroupError> {
        self.let_go();
        if let Some((list, since)) = self.arriving.take() {
            return self.welcome(list, since, timeout);
        }
        self.serve(timeout);
        let next = self.notes().next();
        match next {
            None => Ok(None),
            Some(Note::Refused(code)) => Err(GroupError::Refused {
                group: self.group.clone(),
                code,
            }),
            Some(Note::Assign(list)) => {
                self.take_on(&list)?;
                self.welcome(list, Instant::now(), timeout)
            }
            Some(Note::Revoke(list)) => {
                let partitions = list.elements().iter().map(|one| partition(one)).collect();
                self.leaving = Some(list);
                Ok(Some(GroupEvent::Revoked {
                    partitions,
                    lost: self.consumer.assignment_lost(),
                }))
            }
        }
    }

    /// Commits the offset of the next record to read of each partition, and all that belongs to
    /// it; waits up to `deadline` for the coordinator's word.
    ///
    /// # Errors
    /// It was refused, as when the partitions belong to another member by now, or not answered.
    pub fn commit_with(
        &mut self,
        offsets: &BTreeMap<TopicPartition, Commit>,
        deadline: Duration,
    ) -> Result<(), GroupError> {
        raw::commit(&self.consumer, offsets, deadline)
            .map_err(|error| self.offsets(error, deadline))
    }

    /// What the group has committed of `partitions`, be they this member's or not; waits up to
    /// `deadline`.
    ///
    /// # Errors
    /// It was refused, or not answered.
    pub fn committed(
        &self,
        partitions: &[TopicPartition],
        deadline: Duration,
    ) -> Result<Vec<(TopicPartition, Option<Commit>)>, GroupError> {
        let mut list = TopicPartitionList::with_capacity(partitions.len());
        for at in partitions {
            list.add_partition(&at.topic, at.partition);
        }
        raw::committed(&self.consumer, &list, deadline)
            .map_err(|error| self.offsets(error, deadline))
    }

    /// The right to commit offsets of this group in a transaction, for as long as the partitions
    /// that were assigned last are ours: to be asked for anew for each transaction, after a poll
    /// that had no news. A member that was thrown out gets one that fits nothing.
    #[must_use]
    pub fn fence(&self) -> GroupFence {
        GroupFence::of_member(Membership::of(&self.consumer))
    }

    /// Leaves the group. What was not committed before is the next member's to read again.
    pub fn close(mut self, deadline: Duration) {
        self.say_goodbye();
        if self.consumer.close_queue().is_err() {
            return;
        }
        let began = Instant::now();
        while !self.consumer.closed() && began.elapsed() < deadline {
            self.serve(Duration::from_millis(1));
        }
    }

    /// Gives librdkafka the answers it still waits for, and lets it have those it will ask for at
    /// once: else it would never come to leaving.
    fn say_goodbye(&mut self) {
        self.let_go();
        loop {
            let next = self.notes().next();
            match next {
                Some(Note::Assign(list)) => {
                    let _ = accept(&self.consumer, &list);
                }
                Some(Note::Revoke(list)) => {
                    let _ = give_back(&self.consumer, &list);
                }
                Some(Note::Refused(_)) => {}
                None => break,
            }
        }
        self.notes().leaving = true;
    }

    /// Takes what librdkafka wrote to its log since the last call.
    pub fn take_log(&mut self) -> Vec<Log> {
        self.notes().log.drain(..).collect()
    }

    /// Runs librdkafka's callbacks, which take notes. Should a record slip in between assignment
    /// and pause, it is forgotten: its offset is never stored.
    fn serve(&self, timeout: Duration) {
        if let Some(Err(error)) = self.consumer.poll(timeout) {
            let code = code(&error);
            // Its own troubles with connections librdkafka mends by itself.
            let fatal = matches!(error, KafkaError::MessageConsumptionFatal(_));
            if fatal || (code.0 > 0 && !is_passing(code)) {
                self.notes().events.push_back(Note::Refused(code));
            }
        }
    }

    /// Accepts an assignment, paused.
    fn take_on(&self, list: &TopicPartitionList) -> Result<(), GroupError> {
        accept(&self.consumer, list)
            .and_then(|()| self.consumer.pause(list))
            .map_err(|error| GroupError::Offsets {
                group: self.group.clone(),
                code: code(&error),
            })
    }

    /// Looks for the offsets of what was accepted; the next poll does so again when they cannot be
    /// had yet.
    fn welcome(
        &mut self,
        list: TopicPartitionList,
        since: Instant,
        timeout: Duration,
    ) -> Result<Option<GroupEvent>, GroupError> {
        match raw::committed(&self.consumer, &list, timeout.max(LOOK)) {
            Ok(committed) => Ok(Some(GroupEvent::Assigned(committed))),
            Err(CommitError::Silent) if since.elapsed() < COMMITTED => {
                self.arriving = Some((list, since));
                Ok(None)
            }
            Err(error) => Err(self.offsets(error, COMMITTED)),
        }
    }

    fn let_go(&mut self) {
        if let Some(list) = self.leaving.take() {
            // A failure means that we do not hold them any more, which is what is wanted.
            let _ = give_back(&self.consumer, &list);
        }
    }

    fn offsets(&self, error: CommitError, waited: Duration) -> GroupError {
        let group = self.group.clone();
        match error {
            CommitError::Silent => GroupError::Silent { group, waited },
            CommitError::Code(code) => GroupError::Offsets {
                group,
                code: Code(code),
            },
        }
    }

    fn notes(&self) -> std::sync::MutexGuard<'_, Noted> {
        self.consumer.context().lock()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.say_goodbye();
    }
}

fn accept(consumer: &BaseConsumer<Notes>, list: &TopicPartitionList) -> Result<(), KafkaError> {
    match consumer.rebalance_protocol() {
        RebalanceProtocol::Cooperative => consumer.incremental_assign(list),
        _ => consumer.assign(list),
    }
}

fn give_back(consumer: &BaseConsumer<Notes>, list: &TopicPartitionList) -> Result<(), KafkaError> {
    match consumer.rebalance_protocol() {
        RebalanceProtocol::Cooperative => consumer.incremental_unassign(list),
        _ => consumer.unassign(),
    }
}

impl std::fmt::Debug for Group {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Group")
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}

/// What librdkafka wants, in order.
enum Note {
    Assign(TopicPartitionList),
    Revoke(TopicPartitionList),
    Refused(Code),
}

#[derive(Default)]
struct Noted {
    events: VecDeque<Note>,
    /// Nobody will act on notes any more.
    leaving: bool,
    log: VecDeque<Log>,
}

impl Noted {
    fn next(&mut self) -> Option<Note> {
        self.events.pop_front()
    }
}

/// Takes notes in librdkafka's callbacks. A lock, because its log comes from threads of its own.
#[derive(Default)]
struct Notes(Mutex<Noted>);

impl Notes {
    fn lock(&self) -> std::sync::MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Notes {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, text: &str) {
        let mut noted = self.lock();
        if noted.log.len() < LOG_LINES {
            noted.log.push_back(Log {
                level: level as i32,
                facility: facility.to_owned(),
                text: text.to_owned(),
            });
        }
    }

    /// Comes from `poll`, too.
    fn error(&self, _: KafkaError, _: &str) {}
}

impl ConsumerContext for Notes {
    fn rebalance(
        &self,
        consumer: &BaseConsumer<Self>,
        code: rd_kafka_resp_err_t,
        list: &mut TopicPartitionList,
    ) {
        let assigned = code == rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
        if self.lock().leaving {
            let _ = if assigned {
                accept(consumer, list)
            } else {
                give_back(consumer, list)
            };
            return;
        }
        let note = if assigned {
            Note::Assign(list.clone())
        } else {
            Note::Revoke(list.clone())
        };
        self.lock().events.push_back(note);
    }
}

fn partition(
    element: &rdkafka::topic_partition_list::TopicPartitionListElem<'_>,
) -> TopicPartition {
    TopicPartition::new(element.topic(), element.partition())
}

fn code(error: &KafkaError) -> Code {
    Code(error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail) as i32)
}

/// What a rebalance or a coordinator's move brings along, and librdkafka deals with: coordinator
/// loading, not available, moved; illegal generation, unknown member, rebalancing, member id
/// required, fenced or stale member epoch.
fn is_passing(code: Code) -> bool {
    matches!(code.0, 14 | 15 | 16 | 22 | 25 | 27 | 79 | 110 | 113)
}
