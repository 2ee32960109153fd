//! Bounds on what a jq expression may build.

use std::{fmt, fs};

use jaq_json::{Rc, Val};

/// Levels of nesting that a value may have. Values are dropped, compared and written recursively.
const DEPTH: u32 = 1_000;

/// Bytes that one record may add to the memory of the process, or one value to the output.
pub const MEMORY: u64 = 256 << 20;

/// A bound that an expression exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The part of the stack that an expression may take.
    Stack,
    /// The memory that one record, or one value, may take.
    Memory,
    /// The levels that a value may be nested.
    Depth,
}

impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stack => out.write_str("the expression recurses too deeply"),
            Self::Memory => write!(
                out,
                "the expression takes more than {} MiB of memory",
                MEMORY >> 20
            ),
            Self::Depth => write!(
                out,
                "the expression builds a value nested more than {DEPTH} deep"
            ),
        }
    }
}

/// Whether `value` can be written. Parts that stand in it several times count each time.
pub fn check(value: &Val) -> Result<(), Limit> {
    let mut left = MEMORY;
    check_part(value, DEPTH, &mut left)
}

fn check_part(value: &Val, depth: u32, left: &mut u64) -> Result<(), Limit> {
    let length = match value {
        Val::TStr(text) | Val::BStr(text) => text.len(),
        _ => 0,
    };
    let size = (size_of::<Val>() + length) as u64;
    *left = left.checked_sub(size).ok_or(Limit::Memory)?;
    let inside = || depth.checked_sub(1).ok_or(Limit::Depth);
    match value {
        Val::Arr(items) => {
            let depth = inside()?;
            items
                .iter()
                .try_for_each(|item| check_part(item, depth, left))
        }
        Val::Obj(members) => {
            let depth = inside()?;
            members.iter().try_for_each(|(name, value)| {
                check_part(name, depth, left)?;
                check_part(value, depth, left)
            })
        }
        _ => Ok(()),
    }
}

/// Drops `value` without recursion.
pub fn drop_deep(value: Val) {
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match value {
            Val::Arr(items) => left.extend(Rc::try_unwrap(items).into_iter().flatten()),
            Val::Obj(members) => {
                let members = Rc::try_unwrap(members).into_iter().flatten();
                left.extend(members.flat_map(|(name, value)| [name, value]));
            }
            _ => {}
        }
    }
}

/// Bytes of memory that the process holds; `None` where the system does not tell as Linux does.
pub fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let (_, rest) = status.split_once("VmRSS:")?;
    let kilobytes: u64 = rest.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes << 10)
}
