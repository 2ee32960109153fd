//! Karapace's comparison of two JSON schemas (`karapace/core/compatibility/jsonschema/checks.py`),
//! with its slips: what is said here of locations and of keywords that are never looked at is what
//! the registry does.

mod array;
mod combined;
mod object;
mod view;

use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use self::view::Class;
pub use self::view::{View, Written};
use super::{
    super::{Node, NodeSet},
    confluent::Type,
    report::At,
    steps::Steps,
    tree::{Outcome, Path, Tree},
    walk::{Comparer, Walk},
};

/// An incompatibility.
#[derive(Clone, Debug)]
pub struct Incompatibility<'s> {
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
type Incompatibilities<'s> = Tree<Item<'s>>;

/// Something that is wrong.
type Item<'s> = (Wording, Incompatibility<'s>);

/// Something that is wrong, and where.
type Located<'s> = (Path, Wording, Incompatibility<'s>);

impl<'s> Incompatibilities<'s> {
    fn say(&mut self, (location, wording, finding): Located<'s>) {
        self.add(location, true, (wording, finding));
    }
}

/// One thing that is wrong.
fn only(item: Located<'_>) -> Incompatibilities<'_> {
    let mut found = Incompatibilities::default();
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
) -> Vec<Incompatibility<'s>> {
    let mut checker = Checker {
        // Karapace never ends on a schema that contains itself: it writes references out.
        walk: Walk::new(steps, None),
        properties: HashMap::new(),
    };
    let found = checker.check(reader, writer, &[]);
    found.list(|location, (wording, finding)| {
        let joined = location.join("/");
        let location = match (wording, location.len()) {
            (_, 0 | 1) => joined,
            (Wording::Cut, _) => joined.chars().skip(1).collect(),
            (Wording::Skipped, _) => location[1..].join("/"),
        };
        Incompatibility {
            location,
            ..finding.clone()
        }
    })
}

type Properties<'s> = BTreeMap<&'s str, View<'s>>;

/// The keys of a reader's schema and a writer's.
type Pair = ((usize, usize), (usize, usize));

struct Checker<'m, 's> {
    walk: Walk<'m, Pair, Item<'s>>,
    /// The properties of schemas by their keys: each is compared with many others.
    properties: HashMap<(usize, usize), Rc<Properties<'s>>>,
}

impl<'m, 's> Comparer<'m> for Checker<'m, 's> {
    type Pair = Pair;
    type Difference = Item<'s>;

    fn walk(&mut self) -> &mut Walk<'m, Self::Pair, Self::Difference> {
        &mut self.walk
    }
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
    fn check(
        &mut self,
        reader: &View<'s>,
        writer: &View<'s>,
        location: &[&str],
    ) -> Incompatibilities<'s> {
        let mut all = Incompatibilities::default();
        if self.walk.is_outcome_only() {
            all.note(self.outcome(reader, writer));
            return all;
        }
        let pair = Some((reader.key(), writer.key()));
        let found = self.differences_of(pair, |checker| checker.compare(reader, writer));
        all.nest(Path::of(location), found);
        all
    }

    fn is_compatible(&mut self, reader: &View<'s>, writer: &View<'s>) -> bool {
        self.outcome(reader, writer) != Outcome::Refused
    }

    /// What the comparison of two schemas comes to.
    fn outcome(&mut self, reader: &View<'s>, writer: &View<'s>) -> Outcome {
        if !self.walk.take_step() {
            return Outcome::Same;
        }
        let pair = Some((reader.key(), writer.key()));
        self.outcome_of(pair, |checker| checker.compare(reader, writer))
    }

    fn compare(&mut self, reader: &View<'s>, writer: &View<'s>) -> Incompatibilities<'s> {
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
            _ => Incompatibilities::default(),
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
) -> Located<'s> {
    let (reader, writer, at) = about;
    let finding = Incompatibility {
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
) -> Located<'s> {
    let (location, _, finding) = cut(kind, name, message, location, about);
    (location, Wording::Skipped, finding)
}

fn mismatch<'s>(
    reader: &View<'s>,
    writer: &View<'s>,
    one: Class<'s>,
    two: Class<'s>,
    location: &[&str],
) -> Located<'s> {
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
) -> Incompatibilities<'s> {
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

fn assertions<'s>(
    reader: &View<'s>,
    writer: &View<'s>,
    list: &[Assertion],
) -> Incompatibilities<'s> {
    let mut found = Incompatibilities::default();
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

fn pattern<'s>(reader: &View<'s>, writer: &View<'s>) -> Incompatibilities<'s> {
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
        _ => Incompatibilities::default(),
    }
}

fn enums<'s>(reader: &View<'s>, writer: &View<'s>) -> Incompatibilities<'s> {
    let (mine, theirs) = (reader.get("enum"), writer.get("enum"));
    let mine = mine.node().map(Node::items).unwrap_or_default();
    let theirs = theirs.node().map(Node::items).unwrap_or_default();
    let mine = NodeSet::of(mine);
    let gone = theirs.iter().filter(|value| !mine.has(value));
    let gone: Vec<String> = gone
        .map(|node| node.text().map_or_else(|| node.to_json(), str::to_owned))
        .collect();
    if gone.is_empty() {
        return Incompatibilities::default();
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
