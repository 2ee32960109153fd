//! Unions: what is written as any of several types, or read as one of them.

use super::{Checker, Location, PATIENCE, Pair, PairRefusal, Part, ROOT, Token};
use crate::schema::{
    Rules,
    avro::{
        model::{Kind, Use},
        refusal::RefusalKind,
        resolve::choose_branch,
    },
};

impl<'s> Checker<'s> {
    /// A writer's union of which the reader's union must read every branch. Java forgets where it
    /// is when it looks at a branch.
    pub(super) fn unions(&mut self, (reader, writer): Pair<'s>, at: Location) -> Vec<Part<'s>> {
        let mut parts = Vec::new();
        for (index, branch) in self.writer.branches(writer).iter().enumerate() {
            let pair = self.pair(reader, branch, ROOT);
            if self.pairs[pair].parts.is_empty() {
                continue;
            }
            let message = self.wording.lacking_branch(self.writer.get(branch).kind());
            let because = self.pairs[pair].parts.iter().find_map(|part| match part {
                Part::Refusal(found) => found.because,
                Part::Pair(_) => None,
            });
            let at = self.step(at, Token::Index(index));
            parts.push(Part::Refusal(PairRefusal {
                kind: RefusalKind::MissingUnionBranch,
                location: at,
                message,
                reader,
                writer: branch,
                field: None,
                because,
            }));
        }
        parts
    }

    /// A writer's union of which a reader that is none must read every branch.
    pub(super) fn every_branch(
        &mut self,
        (reader, writer): Pair<'s>,
        at: Location,
    ) -> Vec<Part<'s>> {
        let mut parts = Vec::new();
        for (index, branch) in self.writer.branches(writer).iter().enumerate() {
            let at = self.step(at, Token::Index(index));
            let pair = self.pair(reader, branch, at);
            parts.extend(self.part(pair));
        }
        parts
    }

    /// A reader's union of which one branch must read what is no union.
    pub(super) fn some_branch(
        &mut self,
        (reader, writer): Pair<'s>,
        at: Location,
    ) -> Vec<Part<'s>> {
        let mut because = None;
        for branch in self.candidates(reader, writer) {
            let pair = self.pair(branch, writer, ROOT);
            if self.pairs[pair].parts.is_empty() {
                return Vec::new();
            }
            if because.is_none() && self.may_read(branch, writer) {
                because = Some(pair);
            }
        }
        let message = self.wording.lacking_type(self.writer.get(writer).kind());
        vec![Part::Refusal(PairRefusal {
            kind: RefusalKind::MissingUnionBranch,
            location: at,
            message,
            reader,
            writer,
            field: None,
            because,
        })]
    }

    /// The branches of a reader's union to try: all, as long as there is patience.
    pub(super) fn candidates(&mut self, reader: &'s Use, writer: &'s Use) -> Vec<&'s Use> {
        let written = self.writer.get(writer);
        if self.rules == Rules::Semantic {
            let chosen = choose_branch(self.reader, reader, written);
            return chosen.into_iter().collect();
        }
        let mut branches = self.reader.likely(reader, written);
        if self.looks > PATIENCE {
            branches.retain(|branch| self.may_read(branch, writer));
        }
        branches
    }

    /// Whether a branch can read a type at all, as far as names and kinds tell.
    pub(super) fn may_read(&self, branch: &Use, writer: &Use) -> bool {
        let (read, written) = (self.reader.get(branch), self.writer.get(writer));
        match (read.name(), written.name()) {
            (Some(read), Some(written)) => self.same_name(read, written),
            _ => read.kind() == Kind::Union || read.kind().reads(written.kind()),
        }
    }
}
