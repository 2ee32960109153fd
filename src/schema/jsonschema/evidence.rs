//! What the rules say, weighed against values: the rules compare part by part, and a part can look
//! narrower than it is, or wider. Where no value is refused nobody breaks, and where one is the
//! rules do not help.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::{
    super::{Breaks, Change, Comparison, Direction, Severity},
    Schema,
    own::Own,
    witness::{Outcome, Search, Surprise, with_room},
};

/// Values are not looked for in larger schemas: the rules stand there.
const LARGEST: usize = 256 << 10;

/// No more changes are weighed; the rules stand for the others.
const MOST_CHANGES: usize = 100;

/// So many values are tried where nothing is refused.
const MOST_VALUES: usize = 1_500;

/// So many next to a registry's verdict, and in schemas of this size.
const MOST_BESIDE: usize = 100;
const LARGEST_BESIDE: usize = 16 << 10;

/// Values are looked for around so many changes.
const MOST_PATHS: usize = 40;

const BOTH: [(Direction, Breaks); 2] = [
    (Direction::Backward, Breaks::NewConsumers),
    (Direction::Forward, Breaks::OldConsumers),
];

/// Keeps what data suffers from: a change refuses a direction if a value proves it, if it is
/// certain, or if no value can be made that tells. Then looks for values that no change explains,
/// around these paths: they are the same when the schemas change places.
pub fn weigh<'p>(
    comparison: &mut Comparison,
    old: &Schema,
    new: &Schema,
    paths: impl Iterator<Item = &'p str>,
) {
    if comparison.changes.is_empty() || old.size.max(new.size) > LARGEST {
        return;
    }
    with_room(|| {
        for (direction, breaks) in BOTH {
            let Some(mut search) = Search::new(old, new, direction, &|| true) else {
                return;
            };
            let changes = comparison.changes.iter_mut();
            let refusing = changes.filter(|change| change.refused.contains(&direction));
            for change in refusing.take(MOST_CHANGES) {
                let found = search.because_of(change);
                if found == Outcome::Nothing && !is_certain(change, &search) {
                    acquit(change, direction, breaks);
                }
            }
        }
        let paths: BTreeSet<&str> = paths.collect();
        let paths = || paths.iter().copied().take(MOST_PATHS);
        for (direction, _) in BOTH {
            let mut changes = comparison.changes.iter();
            if changes.any(|change| change.refused.contains(&direction)) {
                continue;
            }
            let surprise = Search::new(old, new, direction, &|| true)
                .and_then(|mut search| search.surprise(paths(), MOST_VALUES));
            comparison
                .changes
                .extend(surprise.map(|surprise| refused(surprise, direction)));
        }
    });
    let accepts = |direction| {
        let mut changes = comparison.changes.iter();
        !changes.any(|change| change.refused.contains(&direction))
    };
    (comparison.backward, comparison.forward) =
        (accepts(Direction::Backward), accepts(Direction::Forward));
}

/// Adds values that are refused in a direction that a registry accepts, where nothing else that
/// was found tells of harm.
pub fn beside(comparison: &mut Comparison, old: &Schema, new: &Schema) {
    if comparison.changes.is_empty() || old.size.max(new.size) > LARGEST_BESIDE {
        return;
    }
    with_room(|| {
        for (direction, breaks) in BOTH {
            let mut changes = comparison.changes.iter();
            if changes.any(|change| change.breaks.contains(&breaks)) {
                continue;
            }
            let paths = comparison.changes.iter().take(MOST_PATHS);
            let paths = paths.map(|change| change.path.as_str());
            let surprise = Search::new(old, new, direction, &|| true)
                .and_then(|mut search| search.surprise(paths, MOST_BESIDE));
            comparison.changes.extend(surprise.map(|surprise| Change {
                severity: Severity::Risk,
                refused: Vec::new(),
                ..refused(surprise, direction)
            }));
        }
    });
}

/// No value was found that a change refuses in a direction.
fn acquit(change: &mut Change, direction: Direction, breaks: Breaks) {
    change.refused.retain(|one| *one != direction);
    if !change.refused.is_empty() {
        change.breaks.retain(|one| *one != breaks);
        return;
    }
    change.severity = Severity::Risk;
    change.message = format!(
        "{}; it may refuse values: no such value was found",
        change.message
    );
}

/// A value that is refused, as a change.
fn refused(surprise: Surprise, direction: Direction) -> Change {
    let rule = Own::RefusedValue.rule();
    let Surprise {
        document,
        path,
        reader,
        writer,
    } = surprise;
    let (who, breaks) = match direction {
        Direction::Backward => (
            "the old schema accepts and the new one",
            Breaks::NewConsumers,
        ),
        Direction::Forward => (
            "the new schema accepts and the old one",
            Breaks::OldConsumers,
        ),
    };
    let (old, new) = match direction {
        Direction::Backward => (writer, reader),
        Direction::Forward => (reader, writer),
    };
    Change {
        id: rule.id,
        registry_type: None,
        message: format!("a value that {who} refuses at '{path}': {document}"),
        path,
        severity: Severity::Break,
        refused: vec![direction],
        breaks: vec![breaks],
        old: old.value,
        new: new.value,
        old_location: old.place,
        new_location: new.place,
        fix: Some(rule.fix.to_owned()),
    }
}

/// Whether there is a value that a change refuses though none was found: names that are required
/// can be left out, and limits reach farther than values are tried.
fn is_certain(change: &Change, search: &Search<'_>) -> bool {
    let combined = [
        "/allOf", "/anyOf", "/oneOf", "/not", "/if", "/then", "/else",
    ];
    if combined.iter().any(|step| change.path.contains(step)) {
        return false;
    }
    let name = change.id.trim_start_matches("json/");
    let limits = ["length", "items", "minimum", "maximum"];
    if limits.iter().any(|limit| name.contains(limit))
        && ["-increased", "-decreased"]
            .iter()
            .any(|end| name.ends_with(end))
    {
        let number = |value: &Option<String>| value.as_ref()?.parse::<f64>().ok();
        let whole = |value| number(value).map(f64::floor);
        // The shortest strings of a format are not empty.
        let formats = name.starts_with("max-");
        return search.is_plain(&change.path, formats) && whole(&change.old) != whole(&change.new);
    }
    name.starts_with("required-") || name == "content-changed"
}
