//! The engine without a cluster: whatever goes wrong, and when, nothing is lost, and with
//! transactions nothing is there twice.

mod delivery;
mod memory;
mod source;

use std::{collections::BTreeMap, time::Duration};

use proptest::prelude::*;

use self::{
    delivery::MemoryDelivery,
    memory::{Failing, Memory, MemoryStore, is_sent, plan},
    source::{OpenMemory, Rules},
};
use super::{
    CheckpointStore, Claim, Outcome, Suspension, Timing, Transfer, TransferError, TransferParts,
    store_first_checkpoint, take_over,
};
use crate::{
    pipeline::{Ended, Fault, Permit},
    replay::{CheckpointLocation, CheckpointOwner},
};

/// How one transfer is run, again and again until it has come to the end.
#[derive(Clone, Debug)]
struct Scenario {
    location: CheckpointLocation,
    is_transactional: bool,
    records: i64,
    /// Records of one step of the source.
    turn: usize,
    /// Records in flight at most.
    queue: usize,
    /// Whether there is a checkpoint after each step, not only at the end.
    is_eager: bool,
    /// Whether a transaction has lasted too long as soon as it is open.
    is_late: bool,
    /// What goes wrong, by the number of the step at which it does.
    failing: BTreeMap<u32, Failing>,
}

impl Scenario {
    /// How long nothing may be acknowledged.
    fn stall(&self, memory: &Memory) -> Duration {
        match memory.0.borrow().is_silent {
            true => Duration::from_millis(50),
            false => Duration::from_secs(5),
        }
    }

    fn memory(&self) -> Memory {
        let plan = plan(self.location, self.records);
        Memory::new(plan, self.is_transactional, self.failing.clone())
    }
}

/// One run: from the checkpoints that are stored to the end, or to what breaks it.
fn run(
    scenario: &Scenario,
    memory: &Memory,
    number: u32,
) -> Result<(Result<Ended, Fault>, Outcome), TransferError> {
    let mut cluster = memory.clone();
    let plan = memory.0.borrow().plan.clone();
    let cancel = memory.begin_run();
    let permit = Permit::for_own_sandbox();
    let timeout = Duration::from_secs(if scenario.is_late { 0 } else { 10 });
    let mut delivery = Box::new(MemoryDelivery::new(memory, scenario.queue, timeout));
    let mut store = MemoryStore;
    take_over(&mut *delivery, &mut cluster, &plan, permit)?;
    let mut stored = store.read(&mut cluster, &cancel)?;
    let is_first = stored.is_empty();
    if is_first {
        store_first_checkpoint(&plan, &mut cluster, &mut store, &mut *delivery, false)?;
        stored = store.read(&mut cluster, &cancel)?;
    }
    let claim = Claim {
        cluster: &mut cluster,
        store: &mut store,
        delivery: &mut *delivery,
        plan: &plan,
        cancel: &cancel,
        owner: CheckpointOwner {
            host: "test".to_owned(),
            pid: number,
            begun: 0,
            nonce: 0,
            after: 0,
            unkept: None,
        },
        ended: None,
        is_first,
        is_shared: false,
    };
    let claimed = claim.claim(stored)?;
    memory.claimed();
    let interval = match scenario.is_eager {
        true => Duration::ZERO,
        false => Duration::MAX,
    };
    let mut watch = ();
    let mut rules = Rules::new(plan.targets().len());
    let transfer = Transfer::new(TransferParts {
        plan: &plan,
        decide: &mut rules,
        delivery,
        cluster: &mut cluster,
        store: &mut store,
        claimed,
        membership: None,
        watch: &mut watch,
        cancel,
        permit,
        stall: scenario.stall(memory),
        suspension: Suspension::default(),
        timing: Timing {
            checkpoint_interval: interval,
            transaction_age: interval,
            transaction_bytes: u64::MAX,
            pause: Duration::ZERO,
        },
        now: 0,
    });
    let mut source = OpenMemory {
        turn: scenario.turn,
    };
    Ok(transfer.run(&mut source))
}

/// Runs `scenario` until it has come to the end; what each run came to.
fn run_to_the_end(scenario: &Scenario, memory: &Memory) -> Vec<(Result<Ended, Fault>, Outcome)> {
    let mut outcomes = Vec::new();
    for number in 0..100 {
        match run(scenario, memory, number) {
            Ok((ended, outcome)) => {
                let is_done = memory.0.borrow().plan.is_done(&outcome.checkpoints);
                let is_over = matches!(ended, Ok(Ended::End));
                assert!(!is_over || is_done, "it ended before the end");
                outcomes.push((ended, outcome));
                if is_over {
                    return outcomes;
                }
            }
            Err(error) => drop(error.to_string()),
        }
    }
    panic!("no run came to the end");
}

/// What has to hold in the end.
fn check(scenario: &Scenario, memory: &Memory, outcomes: &[(Result<Ended, Fault>, Outcome)]) {
    let copies = memory.copies();
    let wanted = memory.wanted();
    let missing: Vec<_> = wanted
        .iter()
        .filter(|key| !copies.contains_key(*key))
        .collect();
    assert!(missing.is_empty(), "lost: {missing:?}");
    assert_eq!(copies.len(), wanted.len(), "records that nobody wanted");
    let twice: usize = copies.values().map(|count| count - 1).sum();
    if scenario.is_transactional {
        assert_eq!(twice, 0, "twice: {copies:?}");
        return;
    }
    // Each run tells how many records the next one writes again at most.
    let told = outcomes.iter().map(|(_, outcome)| {
        let since = outcome.sent.saturating_sub(outcome.tally.sent);
        outcome.behind + since
    });
    let told: u64 = told.sum();
    assert!(twice as u64 <= told, "{twice} twice, {told} told");
    // A run that another one has replaced does not come to the end.
    let replaced = outcomes.iter().filter(|(_, outcome)| outcome.is_replaced);
    let replaced: Vec<_> = replaced.map(|(ended, _)| ended.is_err()).collect();
    assert!(replaced.iter().all(|is_err| *is_err));
}

const PLAIN: Scenario = Scenario {
    location: CheckpointLocation::Group,
    is_transactional: false,
    records: 9,
    turn: 4,
    queue: 3,
    is_eager: true,
    is_late: false,
    failing: BTreeMap::new(),
};

#[test]
fn each_fault_at_each_step_is_survived() {
    let faults = [
        Failing::RecordRefused,
        Failing::LostBefore,
        Failing::LostAfter,
        Failing::Aborted,
        Failing::Silence,
        Failing::Fenced,
        Failing::Rival,
        Failing::Signal,
        Failing::TargetDeleted,
    ];
    let mut failed = BTreeMap::new();
    for location in [CheckpointLocation::Group, CheckpointLocation::Topic] {
        for number in 0..8 {
            let scenario = Scenario {
                location,
                is_transactional: number & 1 == 0,
                is_eager: number & 2 == 0,
                is_late: number & 4 == 0,
                ..PLAIN
            };
            for fault in faults {
                for step in 0..40 {
                    let failing = BTreeMap::from([(step, fault)]);
                    let scenario = Scenario {
                        failing,
                        ..scenario.clone()
                    };
                    let memory = scenario.memory();
                    let outcomes = run_to_the_end(&scenario, &memory);
                    check(&scenario, &memory, &outcomes);
                    *failed.entry(format!("{fault:?}")).or_insert(0) += memory.0.borrow().failed;
                }
            }
        }
    }
    assert_eq!(failed.len(), faults.len());
    assert!(failed.values().all(|count| *count > 300), "{failed:?}");
}

#[test]
fn records_before_one_that_is_refused_are_in_the_checkpoint() {
    for location in [CheckpointLocation::Group, CheckpointLocation::Topic] {
        let scenario = Scenario {
            location,
            is_eager: false,
            queue: 50,
            turn: 50,
            ..PLAIN
        };
        // Without a fault, to learn at which step the first record is acknowledged.
        let first = scenario.memory();
        run_to_the_end(&scenario, &first);
        let first = first.0.borrow().first_delivery;
        let refused = 7;
        let scenario = Scenario {
            failing: BTreeMap::from([(first + refused, Failing::RecordRefused)]),
            ..scenario
        };
        let memory = scenario.memory();
        let (ended, outcome) = run(&scenario, &memory, 0).unwrap();
        let error = ended.unwrap_err().downcast::<TransferError>().unwrap();
        let TransferError::Undelivered(undelivered) = *error else {
            panic!("{error:?}");
        };
        let range = undelivered.range.unwrap();
        let plan = memory.0.borrow().plan.clone();
        for one in &plan.ranges {
            let next = outcome.checkpoints[&one.at()].next;
            let expected = if *one == range {
                undelivered.offset
            } else {
                one.end
            };
            assert_eq!(next, expected, "{}", one.at());
        }
        // All others of its range that were written are written again.
        let behind = (undelivered.offset + 1..range.end).filter(|offset| {
            is_sent(
                plan.ranges.iter().position(|one| *one == range).unwrap(),
                *offset,
            )
        });
        assert_eq!(outcome.behind, behind.count() as u64);
    }
}

#[test]
fn a_checkpoint_that_is_refused_is_no_record_of_the_source() {
    let scenario = Scenario {
        location: CheckpointLocation::Topic,
        turn: 1,
        queue: 1,
        ..PLAIN
    };
    let first = scenario.memory();
    run_to_the_end(&scenario, &first);
    let (first, last) = (first.0.borrow().first_delivery, first.0.borrow().steps);
    for step in first..last {
        let scenario = Scenario {
            failing: BTreeMap::from([(step, Failing::RecordRefused)]),
            ..scenario.clone()
        };
        let memory = scenario.memory();
        let (_, outcome) = run(&scenario, &memory, 0).unwrap();
        let written: usize = memory.copies().values().sum();
        assert!(outcome.sent <= written as u64, "{step}: {outcome:?}");
        assert!(outcome.behind <= 1, "{step}: {outcome:?}");
    }
}

#[test]
fn a_run_in_transactions_survives_a_fault_that_passes() {
    let faults = [
        Failing::LostBefore,
        Failing::LostAfter,
        Failing::Aborted,
        Failing::Silence,
    ];
    let mut runs = 0;
    for location in [CheckpointLocation::Group, CheckpointLocation::Topic] {
        for (fault, step) in faults
            .into_iter()
            .flat_map(|one| (0..50).map(move |step| (one, step)))
        {
            let scenario = Scenario {
                location,
                is_transactional: true,
                failing: BTreeMap::from([(step, fault)]),
                ..PLAIN
            };
            let memory = scenario.memory();
            // Before the transfer begins, a fault ends the command.
            let Ok((ended, outcome)) = run(&scenario, &memory, 0) else {
                continue;
            };
            assert!(
                matches!(ended, Ok(Ended::End)),
                "{fault:?} {step}: {ended:?}"
            );
            assert_eq!(
                outcome.tally.sent,
                memory.wanted().len() as u64,
                "{fault:?} {step}"
            );
            runs += 1;
        }
    }
    assert!(runs > 300, "{runs}");
}

#[test]
fn a_delivery_that_never_answers_is_a_stall() {
    for is_transactional in [false, true] {
        let scenario = Scenario {
            is_transactional,
            ..PLAIN
        };
        let memory = scenario.memory();
        memory.0.borrow_mut().is_silent = true;
        let (ended, outcome) = run(&scenario, &memory, 0).unwrap();
        let error = ended.unwrap_err().downcast::<TransferError>().unwrap();
        assert!(matches!(*error, TransferError::Stalled { .. }), "{error:?}");
        assert_eq!(outcome.tally.sent, 0);
        assert!(outcome.checkpoints.values().all(|one| one.next == 5));
    }
}

fn failing() -> impl Strategy<Value = Failing> {
    prop_oneof![
        Just(Failing::RecordRefused),
        Just(Failing::LostBefore),
        Just(Failing::LostAfter),
        Just(Failing::Aborted),
        Just(Failing::Silence),
        Just(Failing::Fenced),
        Just(Failing::Rival),
        Just(Failing::Signal),
        Just(Failing::TargetDeleted),
    ]
}

fn scenario() -> impl Strategy<Value = Scenario> {
    let location = prop_oneof![
        Just(CheckpointLocation::Group),
        Just(CheckpointLocation::Topic)
    ];
    let failing = prop::collection::btree_map(0_u32..120, failing(), 0..12);
    let booleans = (any::<bool>(), any::<bool>(), any::<bool>());
    (
        location,
        booleans,
        1_i64..20,
        1_usize..12,
        1_usize..6,
        failing,
    )
        .prop_map(
            |(location, (is_transactional, is_eager, is_late), records, turn, queue, failing)| {
                Scenario {
                    location,
                    is_transactional,
                    records,
                    turn,
                    queue,
                    is_eager,
                    is_late,
                    failing,
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_fails_nothing_is_lost_and_in_transactions_nothing_is_there_twice(
        scenario in scenario()
    ) {
        let memory = scenario.memory();
        let outcomes = run_to_the_end(&scenario, &memory);
        check(&scenario, &memory, &outcomes);
    }
}
