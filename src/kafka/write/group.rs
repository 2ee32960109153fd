//! Membership of a consumer group: joining, heartbeats, commits. Nothing is read through it:
//! librdkafka speaks for the member, and is never told to read what the group gives it. So it sends
//! no Fetch and no `OffsetFetch`; records and stored offsets are read by
//! [`wire`](crate::kafka::wire).
//!
//! Rebalancing is taken apart: librdkafka's callback only notes what is wanted, and goes on when
//! the owner has had its turn. So partitions are let go of by the call of [`Group::poll`] after the
//! one that announced it, and everything can be committed in between.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rdkafka::{
    ClientConfig, ClientContext, TopicPartitionList,
    bindings::rd_kafka_resp_err_t,
    config::RDKafkaLogLevel,
    consumer::{BaseConsumer, Consumer, ConsumerContext, RebalanceProtocol},
    error::KafkaError,
    topic_partition_list::TopicPartitionListElem,
    types::RDKafkaErrorCode,
};

use super::{
    Code, GroupFence, Log, StoredOffsets,
    raw::{self, CommitError, Membership},
};
use crate::{
    event::{Commit, TopicPartition},
    kafka::{
        Settings,
        property::{self, Part},
        wire::{ConnectError, WireError},
    },
    pipeline::Permit,
};

/// How often partitions are looked for that were added to a topic. librdkafka's own 5 minutes are
/// too long for records to wait.
const METADATA_REFRESH: &str = "topic.metadata.refresh.interval.ms";
const METADATA_REFRESH_MS: &str = "5000";
/// How long a member that is dropped may take to leave.
const LEAVE: Duration = Duration::from_secs(1);
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
    /// Offsets could not be committed.
    #[error("offsets of group {group:?}: {code}")]
    Offsets {
        /// The group.
        group: String,
        /// Why.
        code: Code,
    },
    /// Stored offsets cannot be had.
    #[error(transparent)]
    Stored(#[from] WireError),
    /// The coordinator did not answer a commit in time.
    #[error("the coordinator of group {group:?} did not answer a commit within {} s", .waited.as_secs())]
    Silent {
        /// The group.
        group: String,
        /// How long it had.
        waited: Duration,
    },
}

impl From<ConnectError> for GroupError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Settings(error) => Self::Start(error.to_string()),
            ConnectError::Wire(error) => Self::Stored(error),
        }
    }
}

/// A member of a consumer group, on the thread that made it: it has to be polled at least every
/// `max.poll.interval.ms` (5 minutes). [`Group::close`] it by hand: dropping it gives it little time.
pub struct Group {
    consumer: Arc<BaseConsumer<Notes>>,
    group: String,
    settings: Settings,
    permit: Permit,
    /// Partitions were revoked, to be let go of by the next poll.
    leaving: bool,
    /// The offsets of partitions that were accepted: the owner hears of both together.
    arriving: Option<StoredOffsets>,
    /// The last commit was not answered in time: librdkafka would wait for it before it leaves.
    silent: bool,
    left: bool,
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
        permit: Permit,
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
            consumer: Arc::new(consumer),
            group: group.to_owned(),
            settings: settings.clone(),
            permit,
            leaving: false,
            arriving: None,
            silent: false,
            left: false,
        })
    }

    /// Lets go of what was revoked before, and waits up to `timeout` for news.
    ///
    /// # Errors
    /// The group refuses us, or the offsets of what was assigned cannot be had.
    pub fn poll(&mut self, timeout: Duration) -> Result<Option<GroupEvent>, GroupError> {
        self.let_go();
        if self.arriving.is_some() {
            return self.welcome(timeout);
        }
        self.serve(timeout);
        let next = self.notes().next();
        match next {
            None => Ok(None),
            Some(Note::Refused(code)) => Err(GroupError::Refused {
                group: self.group.clone(),
                code,
            }),
            Some(Note::Assign(partitions)) => {
                accept(&self.consumer).map_err(|error| GroupError::Offsets {
                    group: self.group.clone(),
                    code: code(&error),
                })?;
                self.arriving = Some(self.ask_stored(partitions));
                self.welcome(timeout)
            }
            Some(Note::Revoke(partitions)) => {
                self.leaving = true;
                Ok(Some(GroupEvent::Revoked {
                    partitions,
                    lost: self.consumer.assignment_lost(),
                }))
            }
        }
    }

    /// Commits the offset of the next record to read of each partition, and all that belongs to
    /// it; waits for the coordinator's word as long as `patience` says, which is asked again while
    /// it waits.
    ///
    /// # Errors
    /// It was refused, as when the partitions belong to another member by now, or not answered.
    pub fn commit_with(
        &mut self,
        offsets: &BTreeMap<TopicPartition, Commit>,
        patience: &dyn Fn() -> Duration,
    ) -> Result<(), GroupError> {
        let began = Instant::now();
        let left = || patience().checked_sub(began.elapsed());
        let committed = raw::commit(&self.consumer, offsets, &left);
        self.silent = committed == Err(CommitError::Silent);
        let group = || self.group.clone();
        committed.map_err(|error| match error {
            CommitError::Silent => GroupError::Silent {
                group: group(),
                waited: began.elapsed(),
            },
            CommitError::Code(code) => GroupError::Offsets {
                group: group(),
                code: Code(code),
            },
        })
    }

    /// Whether the group has given this member partitions whose offsets are being asked for.
    #[must_use]
    pub fn asks_for_stored(&self) -> bool {
        self.arriving.is_some()
    }

    /// Whether the last commit was not answered in time.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.silent
    }

    /// Asks for what the group has stored of `partitions`, be they this member's or not.
    #[must_use]
    pub fn ask_stored(&self, partitions: Vec<TopicPartition>) -> StoredOffsets {
        StoredOffsets::ask(&self.settings, &self.group, partitions, self.permit)
    }

    /// The right to commit offsets of this group in a transaction, for as long as the partitions
    /// that were assigned last are ours: to be asked for anew for each transaction, after a poll
    /// that had no news. A member that was thrown out gets one that fits nothing.
    #[must_use]
    pub fn fence(&self) -> GroupFence {
        GroupFence::of_member(Membership::of(&self.consumer))
    }

    /// Leaves the group within `deadline`. What was not committed before is the next member's to read
    /// again.
    pub fn close(mut self, deadline: Duration) {
        self.leave(deadline);
    }

    fn leave(&mut self, deadline: Duration) {
        self.left = true;
        self.say_goodbye();
        let deadline = if self.silent {
            Duration::ZERO
        } else {
            deadline
        };
        if self.consumer.close_queue().is_err() {
            return;
        }
        let began = Instant::now();
        while !self.consumer.closed() {
            if began.elapsed() >= deadline {
                // It is never dropped: that would wait for ever. Its threads end with the process.
                let _ = Arc::into_raw(Arc::clone(&self.consumer));
                return;
            }
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
                Some(Note::Assign(_)) => {
                    let _ = accept(&self.consumer);
                }
                Some(Note::Revoke(_)) => {
                    let _ = give_back(&self.consumer);
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

    /// Runs librdkafka's callbacks, which take notes.
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

    /// Tells of what was accepted once its offsets are there; the next poll looks again when they
    /// are not yet.
    fn welcome(&mut self, timeout: Duration) -> Result<Option<GroupEvent>, GroupError> {
        let Some(arriving) = &self.arriving else {
            return Ok(None);
        };
        let stored = arriving.answer(timeout)?;
        if stored.is_some() {
            self.arriving = None;
        }
        Ok(stored.map(GroupEvent::Assigned))
    }

    fn let_go(&mut self) {
        if std::mem::take(&mut self.leaving) {
            // A failure means that we do not hold them any more, which is what is wanted.
            let _ = give_back(&self.consumer);
        }
    }

    fn notes(&self) -> std::sync::MutexGuard<'_, Noted> {
        self.consumer.context().lock()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.left {
            self.leave(LEAVE);
        }
    }
}

/// Accepts an assignment, and gives librdkafka none of it to read. It keeps what the group has given
/// the member apart from what it reads: heartbeats, commits and rebalances go by the former.
fn accept(consumer: &BaseConsumer<Notes>) -> Result<(), KafkaError> {
    let nothing = TopicPartitionList::new();
    match consumer.rebalance_protocol() {
        RebalanceProtocol::Cooperative => consumer.incremental_assign(&nothing),
        _ => consumer.assign(&nothing),
    }
}

fn give_back(consumer: &BaseConsumer<Notes>) -> Result<(), KafkaError> {
    match consumer.rebalance_protocol() {
        RebalanceProtocol::Cooperative => consumer.incremental_unassign(&TopicPartitionList::new()),
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
    Assign(Vec<TopicPartition>),
    Revoke(Vec<TopicPartition>),
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
                accept(consumer)
            } else {
                give_back(consumer)
            };
            return;
        }
        let partitions = list.elements().iter().map(|one| partition(one)).collect();
        let note = if assigned {
            Note::Assign(partitions)
        } else {
            Note::Revoke(partitions)
        };
        self.lock().events.push_back(note);
    }
}

fn partition(element: &TopicPartitionListElem<'_>) -> TopicPartition {
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
