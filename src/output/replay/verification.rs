//! The result of `evctl replay verify`.

use std::collections::BTreeSet;

use crate::{
    output::report::{Report, row},
    replay::{RecordPlace, Verified},
};

row! {
    /// A replay that was compared with its source.
    pub struct VerifiedReplay<'a> {
        id: &'a str,
        expected: Option<u64>,
        found: u64,
        missing: Option<u64>,
        doubled: u64,
        first_missing: Option<Vec<String>>,
        first_doubled: Vec<String>,
    }
}

/// The result for the replay called `id`. Which records a limit let pass is not known any more: with
/// `limited`, what is expected and missing is unknown.
#[must_use]
pub fn verified_replay(id: &str, verified: &Verified, limited: bool) -> Report {
    let names = |places: &BTreeSet<RecordPlace>| places.iter().map(ToString::to_string).collect();
    let row = VerifiedReplay {
        id,
        expected: (!limited).then_some(verified.expected),
        found: verified.found,
        missing: (!limited).then_some(verified.missing),
        doubled: verified.doubled,
        first_missing: (!limited).then(|| names(&verified.first_missing)),
        first_doubled: names(&verified.first_doubled),
    };
    Report::of("evctl.replay-verify/1", "replays", [row])
}
