//! The comparison of two schemas under the rules that were asked for.

use std::collections::{HashMap, HashSet};

use super::{
    super::{Breaks, Change, Comparison, Direction, Rule, Rules, Severity},
    CONFLUENT, Schema, apicurio,
    confluent::{self, Policy, Type},
    difference::Difference,
    evidence,
    fix::{Whose, fix, later, stay},
    karapace::{self, Incompatibility, View},
    model::{Dialect, Model},
    own::Own,
    report::LocatedValue,
    risks::{locate_in_view, risks},
    steps::Steps,
};

/// Compares two schemas in both directions.
#[must_use]
pub fn compare(old: &Schema, new: &Schema, rules: Rules) -> Comparison {
    compare_within(old, new, rules, &Steps::default())
}

/// [`compare`] in at most so many steps.
pub(super) fn compare_within(
    old: &Schema,
    new: &Schema,
    rules: Rules,
    steps: &Steps,
) -> Comparison {
    let mut comparison = match rules {
        Rules::ConfluentLenient => confluent(old, new, Policy::Lenient, steps),
        Rules::Karapace => karapace(old, new, steps),
        Rules::Apicurio => apicurio(old, new, steps),
        Rules::Semantic => semantic(old, new, steps),
        _ => confluent(old, new, Policy::Strict, steps),
    };
    if steps.are_over() {
        return Comparison {
            is_cut: true,
            ..Comparison::default()
        };
    }
    comparison.changes.sort_by_cached_key(|change| {
        let place = change
            .new_location
            .as_ref()
            .or(change.old_location.as_ref());
        (
            change.severity,
            place.map(|place| (place.file.clone(), place.at)),
        )
    });
    comparison
}

/// The models of both schemas. They were read when they were parsed: they can be read.
fn models<'s>(
    old: &'s Schema,
    new: &'s Schema,
    dialect: Dialect,
) -> Option<(Model<'s>, Model<'s>)> {
    let model = |schema: &'s Schema| Model::new(&schema.library, dialect).ok();
    Some((model(old)?, model(new)?))
}

/// Puts what both directions found together: what they refuse for the same reason at the same
/// place is one change.
fn join(changes: Vec<Change>, forward: Vec<Change>) -> Comparison {
    let mut comparison = Comparison {
        backward: changes.iter().all(|change| change.refused.is_empty()),
        forward: forward.is_empty(),
        changes,
        is_cut: false,
    };
    let mut twins: HashMap<(&str, String), Vec<usize>> = HashMap::new();
    for (index, change) in comparison.changes.iter().enumerate().rev() {
        if !change.refused.is_empty() {
            twins
                .entry((change.id, change.path.clone()))
                .or_default()
                .push(index);
        }
    }
    for change in forward {
        match twins
            .get_mut(&(change.id, change.path.clone()))
            .and_then(Vec::pop)
        {
            Some(twin) => {
                comparison.changes[twin].refused.push(Direction::Forward);
                comparison.changes[twin].breaks.push(Breaks::OldConsumers);
            }
            None => comparison.changes.push(change),
        }
    }
    comparison
}

/// Confluent's rules.
fn confluent(old: &Schema, new: &Schema, policy: Policy, steps: &Steps) -> Comparison {
    let Some((mut one, mut two)) = models(old, new, CONFLUENT) else {
        return Comparison::default();
    };
    let mut comparison = judged(&one, &two, policy, steps);
    if one.has_chains() || two.has_chains() {
        (one.deep, two.deep) = (true, true);
        hidden(&mut comparison, judged(&one, &two, Policy::Data, steps));
    }
    let risks = risks(&View::root(&old.library), &View::root(&new.library), steps);
    comparison.changes.extend(risks);
    if steps.are_over() {
        return comparison;
    }
    evidence::beside(&mut comparison, old, new);
    comparison
}

/// What really happens to data: what nobody has written cannot be refused, and what no registry
/// looks at is refused all the same.
fn semantic(old: &Schema, new: &Schema, steps: &Steps) -> Comparison {
    let Some((mut one, mut two)) = models(old, new, CONFLUENT) else {
        return Comparison::default();
    };
    (one.deep, two.deep) = (true, true);
    let found = both_ways(&one, &two, Policy::Data, steps);
    let mut comparison = joined(&one, &two, Policy::Data, &found);
    for mut risk in risks(&View::root(&old.library), &View::root(&new.library), steps) {
        for (breaks, direction, verdict) in [
            (
                Breaks::NewConsumers,
                Direction::Backward,
                &mut comparison.backward,
            ),
            (
                Breaks::OldConsumers,
                Direction::Forward,
                &mut comparison.forward,
            ),
        ] {
            if risk.breaks.contains(&breaks) {
                risk.refused.push(direction);
                risk.severity = Severity::Break;
                *verdict = false;
            }
        }
        comparison.changes.push(risk);
    }
    if steps.are_over() {
        return comparison;
    }
    let paths = found.iter().flatten().map(|found| found.path.as_str());
    evidence::weigh(&mut comparison, old, new, paths);
    comparison
}

/// Both directions of Confluent's comparison.
fn judged(old: &Model<'_>, new: &Model<'_>, policy: Policy, steps: &Steps) -> Comparison {
    joined(old, new, policy, &both_ways(old, new, policy, steps))
}

/// What is found in both directions.
fn both_ways<'s>(
    old: &Model<'s>,
    new: &Model<'s>,
    policy: Policy,
    steps: &Steps,
) -> [Vec<Difference<'s, Type>>; 2] {
    [(old, new), (new, old)].map(|(one, two)| confluent::differences(one, two, policy, steps))
}

fn joined(
    old: &Model<'_>,
    new: &Model<'_>,
    policy: Policy,
    [backward, forward]: &[Vec<Difference<'_, Type>>; 2],
) -> Comparison {
    let whose = match policy {
        Policy::Data => Whose::Other,
        _ => Whose::Confluent,
    };
    let changes = backward
        .iter()
        .map(|found| change(old, new, found, Direction::Backward, whose))
        .collect();
    let forward = forward.iter().filter(|found| found.refused);
    let forward = forward
        .map(|found| change(old, new, found, Direction::Forward, whose))
        .collect();
    join(changes, forward)
}

/// A difference as a change. The forward run compared the new schema with the old one.
fn change(
    old: &Model<'_>,
    new: &Model<'_>,
    found: &Difference<'_, Type>,
    direction: Direction,
    whose: Whose,
) -> Change {
    let (newer, older) = match direction {
        Direction::Backward => ("new", "old"),
        Direction::Forward => ("old", "new"),
    };
    let message = confluent::description(found.kind, &found.path, newer, older);
    let sides = found.sides(old, new, direction);
    let mut change = safe(found.kind.rule(), &found.path, message, sides);
    if found.refused {
        refuse(&mut change, direction);
        change.fix = fix(found.kind, &change, found.at, whose);
    } else if harms(found.kind) {
        change.severity = Severity::Risk;
        change.breaks = vec![Breaks::NewConsumers];
        change.fix = fix(found.kind, &change, found.at, whose);
    }
    change
}

/// A change that harms nobody.
fn safe(rule: &Rule, path: &str, message: String, [before, after]: [LocatedValue; 2]) -> Change {
    Change {
        id: rule.id,
        registry_type: rule.registry_type,
        path: path.to_owned(),
        message,
        severity: Severity::Safe,
        refused: Vec::new(),
        breaks: Vec::new(),
        old: before.value,
        new: after.value,
        old_location: before.place,
        new_location: after.place,
        fix: None,
    }
}

/// Makes a change one that breaks in a direction.
fn refuse(change: &mut Change, direction: Direction) {
    change.severity = Severity::Break;
    change.refused = vec![direction];
    change.breaks = vec![harmed(direction)];
}

/// Who is harmed by what is refused in a direction.
fn harmed(direction: Direction) -> Breaks {
    match direction {
        Direction::Backward => Breaks::NewConsumers,
        Direction::Forward => Breaks::OldConsumers,
    }
}

/// Whether data suffers from what a policy accepts: a default is no value to those who validate,
/// and the lenient policy accepts what refuses old data.
fn harms(kind: Type) -> bool {
    !Policy::Data.accepts(kind)
        || matches!(
            kind,
            Type::AdditionalPropertiesNarrowed | Type::UnevaluatedPropertiesNarrowed
        )
}

/// Adds what breaks behind references that the registry does not follow.
fn hidden(comparison: &mut Comparison, everything: Comparison) {
    let seen: HashSet<(Option<&str>, String)> = comparison
        .changes
        .iter()
        .map(|change| (change.registry_type, change.path.clone()))
        .collect();
    let broken = everything
        .changes
        .into_iter()
        .filter(|change| !change.refused.is_empty());
    for mut change in
        broken.filter(|change| !seen.contains(&(change.registry_type, change.path.clone())))
    {
        let rule = Own::Hidden.rule();
        change.message = format!("{}: {}", rule.title, change.message);
        (change.id, change.registry_type) = (rule.id, None);
        (change.severity, change.refused) = (Severity::Risk, Vec::new());
        comparison.changes.push(change);
    }
}

/// Adds what a registry accepts in a direction though data breaks.
fn unseen(comparison: &mut Comparison, old: &Schema, new: &Schema, steps: &Steps) {
    if steps.are_over() || !comparison.backward && !comparison.forward {
        return;
    }
    let everything = semantic(old, new, steps);
    for mut change in everything.changes {
        let accepted = |direction: &Direction| match direction {
            Direction::Backward => comparison.backward,
            Direction::Forward => comparison.forward,
        };
        change.refused.retain(accepted);
        if change.refused.is_empty() {
            continue;
        }
        change.breaks = change.refused.drain(..).map(harmed).collect();
        (change.registry_type, change.severity) = (None, Severity::Risk);
        comparison.changes.push(change);
    }
}

/// Apicurio's rules.
fn apicurio(old: &Schema, new: &Schema, steps: &Steps) -> Comparison {
    let Some((one, two)) = models(old, new, apicurio::DIALECT) else {
        return Comparison::default();
    };
    let list = |old: &Model<'_>, new: &Model<'_>, direction| {
        let mut found = apicurio::differences(old, new, steps);
        found.retain(|found| !found.kind.is_nothing());
        if direction == Direction::Forward {
            found.retain(|found| found.refused);
        }
        found
            .iter()
            .map(|found| apicurio_change(&one, &two, found, direction))
            .collect::<Vec<Change>>()
    };
    let mut comparison = join(
        list(&one, &two, Direction::Backward),
        list(&two, &one, Direction::Forward),
    );
    unseen(&mut comparison, old, new, steps);
    comparison
}

fn apicurio_change(
    old: &Model<'_>,
    new: &Model<'_>,
    found: &Difference<'_, apicurio::Type>,
    direction: Direction,
) -> Change {
    let rule = found.kind.rule();
    let sides = found.sides(old, new, direction);
    let mut change = safe(rule, &found.path, rule.title.to_owned(), sides);
    if found.refused {
        refuse(&mut change, direction);
        change.fix = match direction {
            Direction::Backward => stay(&change, found.at),
            Direction::Forward => Some(later(&change, found.at)),
        };
    }
    change
}

/// Karapace's rules: it only has words for what it refuses.
fn karapace(old: &Schema, new: &Schema, steps: &Steps) -> Comparison {
    let (one, two) = (View::root(&old.library), View::root(&new.library));
    let list = |reader: &View<'_>, writer: &View<'_>, direction| {
        let found = karapace::incompatibilities(reader, writer, steps);
        found
            .iter()
            .map(|finding| karapace_change(finding, direction))
            .collect::<Vec<Change>>()
    };
    let mut comparison = join(
        list(&two, &one, Direction::Backward),
        list(&one, &two, Direction::Forward),
    );
    unseen(&mut comparison, old, new, steps);
    comparison
}

fn karapace_change(finding: &Incompatibility<'_>, direction: Direction) -> Change {
    let (reader, writer) = (
        locate_in_view(&finding.reader, finding.at),
        locate_in_view(&finding.writer, finding.at),
    );
    let sides = match direction {
        Direction::Backward => [writer, reader],
        Direction::Forward => [reader, writer],
    };
    let message = finding.message.clone();
    let mut change = safe(finding.kind.rule(), &finding.location, message, sides);
    change.registry_type = Some(finding.name);
    refuse(&mut change, direction);
    change.fix = fix(finding.kind, &change, finding.at, Whose::Other);
    change
}
