//! The end of jq expressions that do not end by themselves.
//!
//! jaq cannot be interrupted, but it asks for the program's lookup table at every step. That call
//! unwinds the stack, without the panic hook, once the command is to stop, or the expression has
//! recursed too deeply or taken too much memory.

use std::{
    any::Any,
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::OnceLock,
    time::{Duration, Instant},
};

use jaq_core::{DataT, Lut, data::HasLut};
use jaq_json::Val;

use super::limits::{Limit, MEMORY, resident};
use crate::event::Record;

/// Bytes of stack that an expression may take. Commands evaluate expressions on the main thread,
/// whose stack has 8 MiB; unwinding needs some of the rest.
const STACK: usize = if cfg!(test) { 1 << 20 } else { 4 << 20 };

/// Whether a running expression has to stop.
static STOPS: OnceLock<Box<dyn Fn() -> bool + Send + Sync>> = OnceLock::new();

/// Ends every expression that still runs once `stops` is true. `stops` is asked at every step of
/// an expression; only the first call of this function counts.
pub fn stop_expressions_when(stops: impl Fn() -> bool + Send + Sync + 'static) {
    let _ = STOPS.set(Box::new(stops));
}

/// A jq expression was still running when the command had to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a jq expression did not end")]
pub struct Interrupted;

/// The record for which an expression was interrupted; it was not taken.
#[derive(Debug, thiserror::Error)]
#[error("{interrupted} on {record}")]
pub struct InterruptedRecord {
    interrupted: Interrupted,
    record: String,
}

impl InterruptedRecord {
    /// `interrupted` came within the expression for `record`.
    #[must_use]
    pub fn new(interrupted: Interrupted, record: &Record<'_>) -> Self {
        Self {
            interrupted,
            record: format!("{}/{}@{}", record.topic, record.partition, record.offset),
        }
    }
}

/// Runs `work`, which evaluates expressions.
///
/// # Errors
/// An expression in it was interrupted. What `work` changed before that stays.
pub fn interruptible<T>(work: impl FnOnce() -> T) -> Result<T, Interrupted> {
    caught(work)
}

/// Runs `work` up to a jaq step that unwinds with an `E`.
pub(super) fn caught<T, E: Any>(work: impl FnOnce() -> T) -> Result<T, E> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| match payload.downcast::<E>() {
        Ok(end) => *end,
        Err(payload) => panic::resume_unwind(payload),
    })
}

/// The values and the data of an expression that runs.
pub(super) struct Watched;

impl DataT for Watched {
    type V<'a> = Val;
    type Data<'a> = Steps<'a>;
}

/// The program of an expression; every step passes here.
#[derive(Clone, Copy)]
pub(super) struct Steps<'a> {
    lut: &'a Lut<Watched>,
    memory: &'a Memory,
    stops: Option<&'static (dyn Fn() -> bool + Send + Sync)>,
    /// Where the stack was when the expression began.
    stack: usize,
}

impl<'a> Steps<'a> {
    pub(super) fn new(lut: &'a Lut<Watched>, memory: &'a Memory) -> Self {
        memory.reset();
        Self {
            lut,
            memory,
            stops: STOPS.get().map(Box::as_ref),
            stack: stack(),
        }
    }
}

impl<'a> HasLut<'a, Watched> for Steps<'a> {
    fn lut(&self) -> &'a Lut<Watched> {
        if self.stops.is_some_and(|stops| stops()) {
            panic::resume_unwind(Box::new(Interrupted));
        }
        if self.stack.abs_diff(stack()) > STACK {
            panic::resume_unwind(Box::new(Limit::Stack));
        }
        if self.memory.is_exceeded() {
            panic::resume_unwind(Box::new(Limit::Memory));
        }
        self.lut
    }
}

/// The memory that an expression takes for one record, looked at once in a while: `. + .` doubles
/// a value with five steps, so the clock is read at every eighth.
#[derive(Default)]
pub(super) struct Memory {
    steps: Cell<u32>,
    /// When memory was last looked at.
    looked: Cell<Option<Instant>>,
    /// What the process held at first.
    before: Cell<Option<u64>>,
}

impl Memory {
    /// Time between two looks. Expressions that end before never look.
    const INTERVAL: Duration = Duration::from_millis(1);

    fn reset(&self) {
        self.looked.set(None);
        self.before.set(None);
    }

    fn is_exceeded(&self) -> bool {
        let steps = self.steps.get().wrapping_add(1);
        self.steps.set(steps);
        steps.is_multiple_of(8) && self.look()
    }

    fn look(&self) -> bool {
        let now = Instant::now();
        let Some(looked) = self.looked.get() else {
            self.looked.set(Some(now));
            return false;
        };
        if now - looked < Self::INTERVAL {
            return false;
        }
        self.looked.set(Some(now));
        match (self.before.get(), resident()) {
            (Some(before), Some(resident)) => resident > before + MEMORY,
            (_, resident) => {
                self.before.set(resident);
                false
            }
        }
    }
}

/// Roughly where the stack is.
#[inline(never)]
fn stack() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(&here).addr()
}
