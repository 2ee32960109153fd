//! A cluster, a delivery, a store of checkpoints and a source in memory, in which every step can
//! fail.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use crate::{
    event::{Commit, TopicPartition},
    kafka::wire::cause::Cause,
    pipeline::{Cancel, Permit, Signal},
    replay::{
        CheckpointLocation, CheckpointOwner, CheckpointTable, Checkpoints, PartitionRange, Plan,
        checkpoints_of_commits, commits_of, records_of, sign, signature,
    },
    transfer::{
        CheckpointStore, Delivery, TargetCluster, TransferError,
        hanging_transactions::LastTransaction,
        losses::{Losses, Origin},
        target_cluster::Targets,
    },
};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// A record is refused, and not written.
    RecordRefused,
    /// A record, or a commit, is not answered, and was not written.
    LostBefore,
    /// A record, or a commit, is written, and the answer is lost.
    LostAfter,
    /// A transaction has to be aborted.
    Aborted,
    /// A question is not answered.
    Silence,
    /// The coordinator ends the transaction, and fences the producer.
    Fenced,
    /// Another run takes over: it fences a transactional one and moves on, or signs.
    Rival,
    /// Ctrl-C.
    Signal,
    /// A target is deleted.
    TargetDeleted,
}

/// A record as it was written.
#[derive(Clone, Debug)]
pub struct Written {
    pub topic: usize,
    pub key: Vec<u8>,
    pub value: Option<Vec<u8>>,
    pub tag: u64,
}

/// What a run knows of its ownership of the checkpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ownership {
    /// It has not claimed them yet.
    Unclaimed,
    /// It has looked.
    Checked,
    /// It has stored checkpoints since it looked.
    Unchecked,
    /// It has looked, and another run owns them.
    Lost,
}

/// What the cluster holds.
pub struct State {
    pub plan: Plan,
    pub log: Vec<Written>,
    pub commits: BTreeMap<TopicPartition, Commit>,
    pub transaction: Option<(Vec<Written>, BTreeMap<TopicPartition, Commit>)>,
    /// The producer that has the transactional id.
    pub epoch: u64,
    pub is_transactional: bool,
    /// The number of the next step, and what goes wrong at which step.
    pub steps: u32,
    failing: BTreeMap<u32, Failing>,
    cancel: Cancel,
    /// Steps at which something went wrong.
    pub failed: u32,
    /// The step at which the first record of a source was acknowledged.
    pub first_delivery: u32,
    /// Whether the run owns the checkpoints, as far as it has looked since it stored some.
    ownership: Ownership,
    /// Whether no record is ever acknowledged.
    pub is_silent: bool,
}

/// The cluster, known to everything that uses it.
#[derive(Clone)]
pub struct Memory(pub Rc<RefCell<State>>);

/// Whether the rules of the tests send a record.
pub fn is_sent(range: usize, offset: i64) -> bool {
    !matches!((range as i64 + offset) % 7, 3 | 5)
}

pub fn key(range: usize, offset: i64) -> Vec<u8> {
    format!("{range}:{offset}").into_bytes()
}

impl Memory {
    pub fn new(plan: Plan, is_transactional: bool, failing: BTreeMap<u32, Failing>) -> Self {
        Self(Rc::new(RefCell::new(State {
            plan,
            log: Vec::new(),
            commits: BTreeMap::new(),
            transaction: None,
            epoch: 0,
            is_transactional,
            steps: 0,
            failing,
            cancel: Cancel::default(),
            failed: 0,
            first_delivery: u32::MAX,
            ownership: Ownership::Unclaimed,
            is_silent: false,
        })))
    }

    /// A run begins: a signal reaches it by `cancel`.
    pub fn begin_run(&self) -> Cancel {
        let cancel = Cancel::default();
        let mut state = self.0.borrow_mut();
        state.cancel = cancel.clone();
        state.ownership = Ownership::Unclaimed;
        cancel
    }

    /// The run has claimed the checkpoints.
    pub fn claimed(&self) {
        self.0.borrow_mut().ownership = Ownership::Checked;
    }

    /// What goes wrong at this step, of what can go wrong there.
    pub fn step(&self, possible: &[Failing]) -> Option<Failing> {
        let mut state = self.0.borrow_mut();
        let number = state.steps;
        state.steps += 1;
        let failing = state.failing.remove(&number)?;
        state.failed += 1;
        if failing == Failing::Signal {
            state.cancel.raise(Signal::Interrupt);
            return None;
        }
        if failing == Failing::Rival {
            state.rival();
        }
        possible.contains(&failing).then_some(failing)
    }

    /// How often each record was written for everybody to see.
    pub fn copies(&self) -> BTreeMap<Vec<u8>, usize> {
        let state = self.0.borrow();
        let mut copies = BTreeMap::new();
        let targets = state.plan.targets().len();
        for written in state.log.iter().filter(|one| one.topic < targets) {
            *copies.entry(written.key.clone()).or_default() += 1;
        }
        copies
    }

    /// The records that have to be written, by key.
    pub fn wanted(&self) -> BTreeSet<Vec<u8>> {
        let state = self.0.borrow();
        let ranges = state.plan.ranges.iter().enumerate();
        ranges
            .flat_map(|(index, range)| {
                (range.start..range.end)
                    .filter(move |offset| is_sent(index, *offset))
                    .map(move |offset| key(index, offset))
            })
            .collect()
    }

    /// Everything before the checkpoints is written, and with transactions nothing else.
    ///
    /// # Panics
    /// It is not so.
    pub fn check(&self) {
        let copies = self.copies();
        let state = self.0.borrow();
        let mut before = BTreeSet::new();
        for (at, checkpoint) in &state.checkpoints() {
            let index = state.plan.ranges.iter().position(|one| one.at() == *at);
            let index = index.unwrap();
            let start = state.plan.ranges[index].start;
            let sent = (start..checkpoint.next).filter(|offset| is_sent(index, *offset));
            let sent: Vec<_> = sent.map(|offset| key(index, offset)).collect();
            assert_eq!(checkpoint.metadata.sent, sent.len() as u64, "{at}");
            before.extend(sent);
        }
        let written: BTreeSet<_> = copies.keys().cloned().collect();
        let lost: Vec<_> = before.difference(&written).collect();
        assert!(lost.is_empty(), "stored, and not written: {lost:?}");
        if state.is_transactional {
            assert_eq!(before, written, "committed without its checkpoint");
            let twice = copies.iter().find(|(_, count)| **count > 1);
            assert_eq!(twice, None);
        }
    }
}

impl State {
    fn checkpoints(&self) -> Checkpoints {
        match self.plan.checkpoint_location {
            CheckpointLocation::Group => checkpoints_of_commits(self.commits.clone()),
            CheckpointLocation::Topic => {
                let mut table = CheckpointTable::default();
                let index = self.plan.targets().len();
                for one in self.log.iter().filter(|one| one.topic == index) {
                    table.apply(Some(&one.key), one.value.as_deref());
                }
                table.remove(&self.plan.id).unwrap_or_default()
            }
            CheckpointLocation::Nowhere => Checkpoints::new(),
        }
    }

    fn set_checkpoints(&mut self, news: &Checkpoints) {
        match self.plan.checkpoint_location {
            CheckpointLocation::Group => self.commits.extend(commits_of(news)),
            CheckpointLocation::Topic => {
                let topic = self.plan.targets().len();
                for (key, value) in records_of(&self.plan.id, news) {
                    self.log.push(Written {
                        topic,
                        key,
                        value: Some(value),
                        tag: Origin::CHECKPOINT,
                    });
                }
            }
            CheckpointLocation::Nowhere => {}
        }
    }

    /// Another run takes over. A transactional one moves the first range that is not done.
    fn rival(&mut self) {
        let stored = self.checkpoints();
        let mut news = Checkpoints::new();
        if self.is_transactional {
            self.transaction = None;
            self.epoch += 1;
            for (index, range) in self.plan.ranges.clone().iter().enumerate() {
                let Some(mut checkpoint) = stored.get(&range.at()).cloned() else {
                    continue;
                };
                let end = range.end.min(checkpoint.next + 3);
                for offset in (checkpoint.next..end).filter(|offset| is_sent(index, *offset)) {
                    checkpoint.metadata.sent += 1;
                    self.log.push(Written {
                        topic: index % self.plan.targets().len(),
                        key: key(index, offset),
                        value: None,
                        tag: 0,
                    });
                }
                if checkpoint.next < end {
                    checkpoint.next = end;
                    news.insert(range.at(), checkpoint);
                    break;
                }
            }
        } else {
            let owner = CheckpointOwner {
                host: "rival".to_owned(),
                pid: self.steps,
                begun: 0,
                nonce: 0,
                after: 0,
                unkept: None,
            };
            sign(&mut news, &stored, Some(&owner));
        }
        self.set_checkpoints(&news);
    }
}

/// An error of a question that is not answered, and passes.
fn silence() -> TransferError {
    TransferError::UnknownEnd {
        at: TopicPartition::new("target", 0),
        cause: Cause::Closed,
    }
}

impl TargetCluster for Memory {
    fn lost_target(&mut self, _: &Targets) -> Option<TransferError> {
        let failing = self.step(&[Failing::TargetDeleted])?;
        assert_eq!(failing, Failing::TargetDeleted);
        Some(TransferError::TopicDeleted {
            topic: "target".to_owned(),
            partitions: Some(1),
        })
    }

    fn lost_source(&mut self, _: &Plan) -> Result<Option<TransferError>, TransferError> {
        Ok(None)
    }

    fn ends(&mut self, targets: &Targets) -> Result<i64, TransferError> {
        match self.step(&[Failing::Silence]) {
            Some(_) => Err(silence()),
            None => {
                let state = self.0.borrow();
                let log = state.log.iter().filter(|one| one.topic < targets.len());
                Ok(i64::try_from(log.count()).unwrap())
            }
        }
    }

    fn refresh(&mut self) -> Result<(), TransferError> {
        match self.step(&[Failing::Silence]) {
            Some(_) => Err(silence()),
            None => Ok(()),
        }
    }

    fn last_transaction(&mut self, _: &str) -> Result<Option<LastTransaction>, TransferError> {
        match self.step(&[Failing::Silence]) {
            Some(_) => Err(silence()),
            None => Ok(None),
        }
    }

    fn end_transaction(
        &mut self,
        _: &Plan,
        _: &LastTransaction,
        _: Permit,
    ) -> Result<(), TransferError> {
        Ok(())
    }
}

/// Stores checkpoints in a [`Memory`].
pub struct MemoryStore;

impl CheckpointStore<Memory> for MemoryStore {
    fn read(&mut self, memory: &mut Memory, _: &Cancel) -> Result<Checkpoints, TransferError> {
        match memory.step(&[Failing::Silence]) {
            Some(_) => Err(silence()),
            None => Ok(memory.0.borrow().checkpoints()),
        }
    }

    fn read_new(&mut self, memory: &mut Memory) -> Result<Option<Checkpoints>, TransferError> {
        if memory.step(&[Failing::Silence]).is_some() {
            return Err(silence());
        }
        let mut state = memory.0.borrow_mut();
        let stored = state.checkpoints();
        let is_rival = signature(&stored).is_some_and(|owner| owner.host == "rival");
        state.ownership = match is_rival {
            true => Ownership::Lost,
            false => Ownership::Checked,
        };
        Ok(Some(stored))
    }

    fn write(
        &mut self,
        memory: &mut Memory,
        delivery: &mut dyn Delivery,
        news: &Checkpoints,
    ) -> Result<(), TransferError> {
        let location = memory.0.borrow().plan.checkpoint_location;
        if location == CheckpointLocation::Topic {
            return write_as_records(memory, delivery, news);
        }
        let failing = memory.step(&[Failing::LostBefore, Failing::LostAfter]);
        {
            let mut state = memory.0.borrow_mut();
            assert_ne!(state.ownership, Ownership::Lost, "stored over another run");
            assert_ne!(
                state.ownership,
                Ownership::Unchecked,
                "stored without a look"
            );
            if failing != Some(Failing::LostBefore) {
                state.set_checkpoints(news);
                if failing.is_none() && state.ownership == Ownership::Checked {
                    state.ownership = Ownership::Unchecked;
                }
            }
        }
        memory.check();
        match failing {
            Some(_) => Err(silence()),
            None => Ok(()),
        }
    }
}

fn write_as_records(
    memory: &Memory,
    delivery: &mut dyn Delivery,
    news: &Checkpoints,
) -> Result<(), TransferError> {
    let (id, index) = {
        let state = memory.0.borrow();
        (state.plan.id.clone(), state.plan.targets().len())
    };
    let mut losses = Losses::default();
    let is_transactional = delivery.transactional_id().is_some();
    if is_transactional {
        delivery.begin()?;
    }
    for (key, value) in records_of(&id, news) {
        let record = crate::transfer::compacted_topic::record(&key, Some(&value));
        while !delivery.send(index, &record, Origin::CHECKPOINT, &mut losses) {
            delivery.poll(Duration::ZERO, &mut losses);
        }
    }
    delivery.settle(Duration::ZERO, &|| false, &mut losses);
    if losses.count > 0 {
        return Err(TransferError::NotBegun(None));
    }
    if is_transactional {
        delivery.commit(Duration::ZERO, &mut losses)?;
    }
    Ok(())
}

/// A plan of two source partitions with `records` each, and another topic with one.
pub fn plan(location: CheckpointLocation, records: i64) -> Plan {
    let range = |topic: &str, partition| PartitionRange {
        topic: Arc::from(topic),
        partition,
        start: 5,
        end: 5 + records,
    };
    let route = |source: &str, target: &str| crate::replay::Route {
        source: Arc::from(source),
        target: Arc::from(target),
        partitions: 2,
    };
    Plan {
        id: "copy".to_owned(),
        hash: "h".to_owned(),
        begun: 0,
        source_cluster: None,
        target_cluster: None,
        checkpoint_location: location,
        files: false,
        from_ms: None,
        to_ms: None,
        base_ms: 0,
        routes: vec![route("a", "x"), route("b", "y")],
        ranges: vec![range("a", 0), range("a", 1), range("b", 0)],
        span: None,
        before: Vec::new(),
        kept: true,
        ids: crate::replay::TopicIds::default(),
    }
}
