//! A difference between two schemas as the comparers of Confluent and Apicurio list it.

use super::{
    super::Direction,
    model::{Id, Model},
    report::{At, LocatedValue, locate, tell_apart},
};

/// A difference of a registry's `kind`.
#[derive(Clone, Debug)]
pub struct Difference<'s, K> {
    pub kind: K,
    /// The registry's path; empty until the comparison is listed.
    pub path: String,
    /// The schemas that were compared; `None` where there was none.
    pub old: Option<Id>,
    pub new: Option<Id>,
    /// The part of them that differs.
    pub at: At<'s>,
    /// Whether the registry refuses the new schema because of it.
    pub refused: bool,
}

impl<K> Difference<'_, K> {
    /// Both sides, first that of `old`. A comparison in the forward direction took the new schema for the
    /// old one.
    pub fn sides(
        &self,
        old: &Model<'_>,
        new: &Model<'_>,
        direction: Direction,
    ) -> [LocatedValue; 2] {
        let (before, after) = match direction {
            Direction::Backward => (self.old, self.new),
            Direction::Forward => (self.new, self.old),
        };
        let mut sides = [locate(old, before, self.at), locate(new, after, self.at)];
        if self.at == At::Schema {
            tell_apart((old, before), (new, after), &mut sides);
        }
        sides
    }
}
