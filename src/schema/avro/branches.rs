//! What changed in the branches of a union, as far as no registry refuses it.

use std::collections::{HashMap, HashSet};

use super::{
    model::{Schema, Type, Use},
    risks::Risks,
    type_text::type_text,
};

/// Looks through the branches of a union; a type that is none is a union of itself.
pub(super) fn branches<'s>(risks: &mut Risks<'s>, old: &'s Use, new: &'s Use) {
    let (was, is) = (risks.old.branches(old), risks.new.branches(new));
    let matched = matches(risks, was, is);
    let pairs = was.iter().zip(&matched);
    risks
        .left
        .extend(pairs.filter_map(|(branch, index)| Some((branch, is.get((*index)?)?))));
    for (branch, _) in was
        .iter()
        .zip(&matched)
        .filter(|(_, index)| index.is_none())
    {
        let text = type_text(risks.old, branch);
        let message = format!("{text} removed from the union");
        let spots = (branch.spot, new.spot);
        risks.safe("avro/branch-removed", spots, (Some(text), None), message);
    }
    let kept: HashSet<_> = matched.iter().flatten().collect();
    for (_, branch) in is
        .iter()
        .enumerate()
        .filter(|(index, _)| !kept.contains(index))
    {
        let text = type_text(risks.new, branch);
        let message = format!("{text} added to the union");
        let spots = (old.spot, branch.spot);
        risks.safe("avro/branch-added", spots, (None, Some(text)), message);
    }
    if !matched.iter().flatten().is_sorted() {
        let values = (
            Some(type_text(risks.old, old)),
            Some(type_text(risks.new, new)),
        );
        let spots = (old.spot, new.spot);
        let message = "branches in another order".to_owned();
        risks.safe("avro/branches-reordered", spots, values, message);
    }
}

/// So many branches are looked at for promotions: a legal union has eight primitive types.
const MOST_PROMOTED: usize = 1_000;

/// The index of the new branch that each old one has become: one of its kind, and of its name if
/// it has one, or else one that it can be promoted to.
fn matches(risks: &Risks<'_>, was: &[Use], is: &[Use]) -> Vec<Option<usize>> {
    let (old, new): (&Schema, &Schema) = (risks.old, risks.new);
    let mut pairs = was.iter().zip(is);
    if was.len() == is.len() && pairs.all(|(was, is)| alike(old.get(was), new.get(is))) {
        // As in nearly all unions there are.
        return (0..was.len()).map(Some).collect();
    }
    let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, branch) in is.iter().enumerate() {
        for key in new.get(branch).keys() {
            by_key.entry(key).or_default().push(index);
        }
    }
    let mut free: Vec<bool> = vec![true; is.len()];
    let mut matched = Vec::with_capacity(was.len());
    for branch in was {
        let kind = old.get(branch).kind();
        let keys = old.get(branch).keys().into_iter();
        let mut found = keys.filter_map(|key| by_key.get(key)).flatten().copied();
        let found = found.find(|index| free[*index] && new.get(&is[*index]).kind() == kind);
        if let Some(index) = found {
            free[index] = false;
        }
        matched.push(found);
    }
    let unmatched = was.iter().zip(&mut matched).take(MOST_PROMOTED);
    for (branch, place) in unmatched {
        let kind = old.get(branch).kind();
        if place.is_some() || !kind.is_primitive() {
            continue;
        }
        let wider = |index: &usize| free[*index] && new.get(&is[*index]).kind().reads(kind);
        *place = (0..is.len().min(MOST_PROMOTED)).find(wider);
        if let Some(index) = *place {
            free[index] = false;
        }
    }
    matched
}

/// Whether two branches are the same at first sight.
fn alike(was: &Type, is: &Type) -> bool {
    let full = |ty| Type::name(ty).map(|name| &name.full);
    was.kind() == is.kind() && full(was) == full(is)
}
