//! Karapace's comparison of two JSON schemas (`karapace/core/compatibility/jsonschema/checks.py`),
//! with its slips: what is said here of locations and of keywords that are never looked at is what
//! the registry does.

mod array;
mod combined;
mod object;
mod view;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

use self::view::Class;
pub use self::view::{View, Written};
use super::{
    super::{Node, NodeSet},
    confluent::Type,
    report::At,
    steps::{FEW_STEPS, KEPT, Steps},
    tree::{Outcome, Path, Tree},
};

/// An incompatibility.
#[derive(Clone, Debug)]
pub struct Finding<'s> {
    /// What it is in Confluent's words: Karapace took over most of its names.
    pub kind: Type,
    /// What Karapace calls it.
    pub name: &'static str,
    pub location: String,
    pub message: String,
    pub reader: View<'s>,
    pub writer: View<'s>,
    pub at: At<'s>,
}

/// What is wrong between two schemas; locations begin at them.
type Findings<'s> = Tree<(Wording, Finding<'s>)>;

/// Something that is wrong, and where.
type Item<'s> = (Path, Wording, Finding<'s>);

impl<'s> Findings<'s> {
    fn say(&mut self, (location, wording, finding): Item<'s>) {
        self.add(location, true, (wording, finding));
    }
}

/// One thing that is wrong.
fn only(item: Item<'_>) -> Findings<'_> {
    let mut found = Findings::default();
    found.say(item);
    found
}

/// How a location is written down. Both ways drop what they take for the root.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wording {
    /// Without its first character.
    Cut,
    /// Without its first step.
    Skipped,
}

/// Everything that keeps `reader` from reading what was written with `writer`; nothing of worth when
/// the steps are over.
pub fn incompatibilities<'s>(
    reader: &View<'s>,
    writer: &View<'s>,
    steps: &Steps,
) -> Vec<Finding<'s>> {
    let mut checker = Checker {
        memo: HashMap::new(),
        outcomes: HashMap::new(),
        properties: HashMap::new(),
        open: HashSet::new(),
        outcome_only: false,
        steps,
    };
    let found = checker.check(reader, writer, &[]);
    found.list(|location, (wording, finding)| {
        let joined = location.join("/");
        let location = match (wording, location.len()) {
            (_, 0 | 1) => joined,
            (Wording::Cut, _) => joined.chars().skip(1).collect(),
            (Wording::Skipped, _) => location[1..].join("/"),
        };
        Finding {
            location,
            ..finding.clone()
        }
    })
}

type Properties<'s> = BTreeMap<&'s str, View<'s>>;

/// The keys of a reader's schema and a writer's.
type Pair = ((usize, usize), (usize, usize));

struct Checker<'m, 's> {
    memo: HashMap<Pair, Rc<Findings<'s>>>,
    /// The pairs whose findings nobody asked for.
    outcomes: HashMap<Pair, Outcome>,
    /// The properties of schemas by their keys: each is compared with many others.
    properties: HashMap<(usize, usize), Rc<Properties<'s>>>,
    open: HashSet<Pair>,
    /// Whether findings are counted and not kept. The first one decides.
    outcome_only: bool,
    steps: &'m Steps,
}

/// A limit that a keyword sets (`AssertionCheck`).
struct Assertion {
    keyword: &'static str,
    added: (Type, &'static str),
    restricted: (Type, &'static str),
    /// Whether a lower value restricts more.
    upper: bool,
}

impl<'s> Checker<'_, 's> {
    /// `compatibility_rec`, with the location in front.
    fn check(&mut self, reader: &View<'s>, writer: &View<'s>, location: &[&str]) -> Findings<'s> {
        let mut all = Findings::default();
        if self.outcome_only {
            all.note(self.outcome(reader, writer));
            return all;
        }
        let found = stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.pair(reader, writer));
        all.nest(Path::of(location), found);
        all
    }

    fn is_compatible(&mut self, reader: &View<'s>, writer: &View<'s>) -> bool {
        self.outcome(reader, writer) != Outcome::Refused
    }

    /// What the comparison of two schemas comes to.
    fn outcome(&mut self, reader: &View<'s>, writer: &View<'s>) -> Outcome {
        if !self.steps.take(1) {
            return Outcome::Same;
        }
        let key = (reader.key(), writer.key());
        let known = self.memo.get(&key).map(|found| found.outcome());
        if let Some(outcome) = known.or_else(|| self.outcomes.get(&key).copied()) {
            return outcome;
        }
        if !self.open.insert(key) {
            return Outcome::Same;
        }
        let before = self.steps.left();
        let outcome_only = std::mem::replace(&mut self.outcome_only, true);
        let found = stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.compare(reader, writer));
        self.outcome_only = outcome_only;
        self.open.remove(&key);
        if before - self.steps.left() >= FEW_STEPS {
            self.outcomes.insert(key, found.outcome());
        }
        found.outcome()
    }

    fn pair(&mut self, reader: &View<'s>, writer: &View<'s>) -> Rc<Findings<'s>> {
        if !self.steps.take(KEPT) {
            return Rc::default();
        }
        let key = (reader.key(), writer.key());
        if let Some(found) = self.memo.get(&key) {
            return found.clone();
        }
        // Karapace never ends on a schema that contains itself: it writes references out.
        if !self.open.insert(key) {
            return Rc::default();
        }
        let found = self.compare(reader, writer);
        self.open.remove(&key);
        let found = Rc::new(found);
        self.memo.insert(key, found.clone());
        found
    }

    fn compare(&mut self, reader: &View<'s>, writer: &View<'s>) -> Findings<'s> {
        let whole = (reader, writer, At::Schema);
        match (reader.is_missing(), writer.is_missing()) {
            (false, true) => {
                let message = "schema added, previously used values may not be valid anymore";
                return only(cut(
                    Type::SchemaAdded,
                    "schema_added",
                    message.to_owned(),
                    &[],
                    whole,
                ));
            }
            (true, false) => {
                let message = "schema removed".to_owned();
                return only(cut(
                    Type::SchemaRemoved,
                    "schema_removed",
                    message,
                    &[],
                    whole,
                ));
            }
            _ => {}
        }
        let (one, two) = (reader.class(), writer.class());
        let numbers = one.is_number() && two.is_number();
        let combination = |class| matches!(class, Class::Combination(_));
        let combined = combination(one) || combination(two);
        let object = |view: &View<'s>, class| view.is_true() || class == Class::Instance("object");
        let objects = object(reader, one) && object(writer, two);
        if !numbers && !combined && !objects && one != two {
            return only(mismatch(reader, writer, one, two, &[]));
        }
        if numbers {
            return numerical(reader, writer, one, two);
        }
        if combined {
            return self.combinations(reader, writer);
        }
        if objects {
            let plain = |view: &View<'s>| {
                if view.is_true() {
                    View::AnyObject
                } else {
                    view.clone()
                }
            };
            return self.objects(&plain(reader), &plain(writer));
        }
        match one {
            // The sides do not change places inside of `not`.
            Class::Not => self.check(&reader.get("not"), &writer.get("not"), &["not"]),
            Class::Instance("string") => {
                let mut found = assertions(reader, writer, &[MAX_LENGTH, MIN_LENGTH]);
                found.extend(pattern(reader, writer));
                found
            }
            Class::Instance("array") => self.arrays(reader, writer),
            Class::Enum => enums(reader, writer),
            _ => Findings::default(),
        }
    }
}

/// An incompatibility whose location loses its first character.
fn cut<'s>(
    kind: Type,
    name: &'static str,
    message: String,
    location: &[&str],
    about: (&View<'s>, &View<'s>, At<'s>),
) -> Item<'s> {
    let (reader, writer, at) = about;
    let finding = Finding {
        kind,
        name,
        location: String::new(),
        message,
        reader: reader.clone(),
        writer: writer.clone(),
        at,
    };
    (Path::of(location), Wording::Cut, finding)
}

/// An incompatibility whose location loses its first step.
fn skipped<'s>(
    kind: Type,
    name: &'static str,
    message: String,
    location: &[&str],
    about: (&View<'s>, &View<'s>, At<'s>),
) -> Item<'s> {
    let (location, _, finding) = cut(kind, name, message, location, about);
    (location, Wording::Skipped, finding)
}

fn mismatch<'s>(
    reader: &View<'s>,
    writer: &View<'s>,
    one: Class<'s>,
    two: Class<'s>,
    location: &[&str],
) -> Item<'s> {
    let message = format!(
        "type {} is not compatible with type {}",
        one.name(),
        two.name()
    );
    cut(
        Type::TypeChanged,
        "type_changed",
        message,
        location,
        (reader, writer, At::Schema),
    )
}

fn float(node: Option<&Node>) -> Option<f64> {
    node?.number()?.parse().ok()
}

fn numerical<'s>(
    reader: &View<'s>,
    writer: &View<'s>,
    one: Class<'s>,
    two: Class<'s>,
) -> Findings<'s> {
    let mut found = assertions(
        reader,
        writer,
        &[MAXIMUM, MINIMUM, EXCLUSIVE_MAXIMUM, EXCLUSIVE_MINIMUM],
    );
    let (mine, theirs) = (reader.get("multipleOf"), writer.get("multipleOf"));
    let about = (reader, writer, At::Keyword("multipleOf"));
    if !mine.is_missing() && theirs.is_missing() {
        found.say(skipped(
            Type::MultipleOfAdded,
            "multiple_added",
            introduced("multipleOf"),
            &[],
            about,
        ));
    }
    if let (Some(mine), Some(theirs)) = (float(mine.node()), float(theirs.node())) {
        if mine > theirs {
            let message = format!("Multiple must not increase ({mine} > {theirs})");
            found.say(skipped(
                Type::MultipleOfExpanded,
                "multiple_expanded",
                message,
                &[],
                about,
            ));
        } else if mine.to_bits() != theirs.to_bits() && theirs % mine != 0.0 {
            let message =
                format!("{mine} must be an integer multiple of {theirs} ({theirs} % {mine} = 0)");
            found.say(skipped(
                Type::MultipleOfChanged,
                "multiple_changed",
                message,
                &[],
                about,
            ));
        }
    }
    if one == Class::Instance("integer") && two == Class::Instance("number") {
        let message = "Writer produces numbers while reader only accepted integers".to_owned();
        let about = (reader, writer, At::Keyword("type"));
        found.say(skipped(
            Type::TypeNarrowed,
            "type_narrowed",
            message,
            &[],
            about,
        ));
    }
    found
}

/// What is never there when this is said, and said all the same.
fn introduced(keyword: &str) -> String {
    format!("Introduced incompatible assertion {keyword} with value None")
}

fn assertions<'s>(reader: &View<'s>, writer: &View<'s>, list: &[Assertion]) -> Findings<'s> {
    let mut found = Findings::default();
    for one in list {
        let (mine, theirs) = (reader.get(one.keyword), writer.get(one.keyword));
        let about = (reader, writer, At::Keyword(one.keyword));
        if !mine.is_missing() && theirs.is_missing() {
            found.say(skipped(
                one.added.0,
                one.added.1,
                introduced(one.keyword),
                &[],
                about,
            ));
        }
        let (Some(mine), Some(theirs)) = (mine.node(), theirs.node()) else {
            continue;
        };
        let (low, high) = if one.upper {
            (mine, theirs)
        } else {
            (theirs, mine)
        };
        if float(Some(low)) < float(Some(high)) && float(Some(low)).is_some() {
            let message = format!(
                "More restrictive assertion {} from {} to {}",
                one.keyword,
                theirs.to_json(),
                mine.to_json()
            );
            found.say(skipped(
                one.restricted.0,
                one.restricted.1,
                message,
                &[],
                about,
            ));
        }
    }
    found
}

fn pattern<'s>(reader: &View<'s>, writer: &View<'s>) -> Findings<'s> {
    let (mine, theirs) = (reader.get("pattern"), writer.get("pattern"));
    let about = (reader, writer, At::Keyword("pattern"));
    match (mine.node(), theirs.node()) {
        (Some(_), None) => only(skipped(
            Type::PatternAdded,
            "pattern_added",
            introduced("pattern"),
            &[],
            about,
        )),
        (Some(mine), Some(theirs)) if !mine.equals(theirs) => {
            let text = |node: &Node| node.text().unwrap_or_default().to_owned();
            let message = format!(
                "Assertion of pattern changed from {} to {}",
                text(theirs),
                text(mine)
            );
            only(skipped(
                Type::PatternChanged,
                "pattern_changed",
                message,
                &[],
                about,
            ))
        }
        _ => Findings::default(),
    }
}

fn enums<'s>(reader: &View<'s>, writer: &View<'s>) -> Findings<'s> {
    let (mine, theirs) = (reader.get("enum"), writer.get("enum"));
    let mine = mine.node().map(Node::items).unwrap_or_default();
    let theirs = theirs.node().map(Node::items).unwrap_or_default();
    let mine = NodeSet::of(mine);
    let gone = theirs.iter().filter(|value| !mine.has(value));
    let gone: Vec<String> = gone
        .map(|node| node.text().map_or_else(|| node.to_json(), str::to_owned))
        .collect();
    if gone.is_empty() {
        return Findings::default();
    }
    let message = format!(
        "some of enum options are no longer valid {}",
        gone.join(", ")
    );
    let about = (reader, writer, At::Keyword("enum"));
    only(cut(
        Type::EnumArrayNarrowed,
        "enum_array_narrowed",
        message,
        &["enum"],
        about,
    ))
}

const MAXIMUM: Assertion = Assertion {
    keyword: "maximum",
    added: (Type::MaximumAdded, "maximum_added"),
    restricted: (Type::MaximumDecreased, "maximum_decreased"),
    upper: true,
};
const MINIMUM: Assertion = Assertion {
    keyword: "minimum",
    added: (Type::MinimumAdded, "minimum_added"),
    restricted: (Type::MinimumIncreased, "minimum_increased"),
    upper: false,
};
const EXCLUSIVE_MAXIMUM: Assertion = Assertion {
    keyword: "exclusiveMaximum",
    added: (Type::ExclusiveMaximumAdded, "maximum_exclusive_added"),
    restricted: (
        Type::ExclusiveMaximumDecreased,
        "maximum_exclusive_decreased",
    ),
    upper: true,
};
const EXCLUSIVE_MINIMUM: Assertion = Assertion {
    keyword: "exclusiveMinimum",
    added: (Type::ExclusiveMinimumAdded, "minimum_exclusive_added"),
    restricted: (
        Type::ExclusiveMinimumIncreased,
        "minimum_exclusive_increased",
    ),
    upper: false,
};
const MAX_LENGTH: Assertion = Assertion {
    keyword: "maxLength",
    added: (Type::MaxLengthAdded, "max_length_added"),
    restricted: (Type::MaxLengthDecreased, "max_length_decreased"),
    upper: true,
};
const MIN_LENGTH: Assertion = Assertion {
    keyword: "minLength",
    added: (Type::MinLengthAdded, "min_length_added"),
    restricted: (Type::MinLengthIncreased, "min_length_increased"),
    upper: false,
};
const MAX_PROPERTIES: Assertion = Assertion {
    keyword: "maxProperties",
    added: (Type::MaxPropertiesAdded, "max_properties_added"),
    restricted: (Type::MaxPropertiesDecreased, "max_properties_decreased"),
    upper: true,
};
const MIN_PROPERTIES: Assertion = Assertion {
    keyword: "minProperties",
    added: (Type::MinPropertiesAdded, "min_properties_added"),
    restricted: (Type::MinPropertiesIncreased, "min_properties_increased"),
    upper: false,
};
const MAX_ITEMS: Assertion = Assertion {
    keyword: "maxItems",
    added: (Type::MaxItemsAdded, "max_items_added"),
    restricted: (Type::MaxItemsDecreased, "max_items_decreased"),
    upper: true,
};
const MIN_ITEMS: Assertion = Assertion {
    keyword: "minItems",
    added: (Type::MinItemsAdded, "min_items_added"),
    restricted: (Type::MinItemsIncreased, "min_items_increased"),
    upper: false,
};
