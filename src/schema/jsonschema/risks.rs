//! Looks for what the registries do not compare: both schemas are walked side by side, through all
//! references, from property to property.

use std::collections::{HashMap, HashSet};

use super::{
    super::{Breaks, Change, Node, NodeSet, Severity, Value},
    equality::Equality,
    karapace::{View, Written},
    keywords,
    own::Own,
    report::{At, LocatedValue, locate_in},
    steps::{KEPT, Steps},
    tree::Path,
};

/// No more is told when the paths are longer than this together.
const MOST_TEXT: usize = 32 << 20;

/// Every change between the two schemas that the registries do not see; nothing of worth when the
/// steps are over.
pub fn risks<'s>(old: &View<'s>, new: &View<'s>, steps: &Steps) -> Vec<Change> {
    let mut walk = Walk {
        steps,
        equality: Equality::default(),
        seen: HashSet::new(),
        found: Vec::new(),
        text: 0,
        is_negated: false,
    };
    let mut open = vec![(old.clone(), new.clone(), Path::of(&["#"]), false)];
    while let Some((old, new, path, is_negated)) = open.pop() {
        if let (Some(old), Some(new)) = (old.referrer(), new.referrer()) {
            open.push((old, new, path.clone(), is_negated));
        }
        let key = (old.key(), new.key(), is_negated);
        if walk.seen.insert(key) && steps.take(KEPT) {
            walk.is_negated = is_negated;
            walk.schema(&old, &new, &path, &mut open);
        }
    }
    walk.found
}

/// The key of a schema, see [`View::key`].
type Key = (usize, usize);

struct Walk<'w> {
    steps: &'w Steps,
    equality: Equality,
    seen: HashSet<(Key, Key, bool)>,
    found: Vec<Change>,
    /// How long the paths of what was found are together.
    text: usize,
    /// Whether the schemas stand below `not`: what narrows them widens the whole.
    is_negated: bool,
}

/// Schemas that are still to be looked at, with their path, and whether they stand below `not`.
type Open<'s> = Vec<(View<'s>, View<'s>, Path, bool)>;

impl Walk<'_> {
    fn schema<'s>(&mut self, old: &View<'s>, new: &View<'s>, path: &Path, open: &mut Open<'s>) {
        let (Some(before), Some(after)) = (old.node(), new.node()) else {
            return;
        };
        if !matches!(
            (&before.value, &after.value),
            (Value::Object(_), Value::Object(_))
        ) {
            return;
        }
        let keywords = [
            (Own::Format, &["format"][..]),
            (Own::Condition, &["if", "then", "else"]),
            (Own::PropertyNames, &["propertyNames"]),
            (Own::Contains, &["contains"]),
            (Own::Content, &["contentEncoding", "contentMediaType"]),
        ];
        for (own, keywords) in keywords {
            self.keywords(own, keywords, (old, new), path);
        }
        self.patterns(old, new, path);
        self.required(old, new, path);
        self.types(old, new, path);
        self.exclusive_limits(old, new, path);
        below(old, new, path, self.is_negated, open);
    }

    /// Whom a change between two values harms: nobody when they are the same.
    fn changed<'s>(
        &mut self,
        pair: (Option<Written<'s>>, Option<Written<'s>>),
    ) -> &'static [Breaks] {
        match pair {
            (None, None) => &[],
            (None, Some(_)) => &[Breaks::NewConsumers],
            (Some(_), None) => &[Breaks::OldConsumers],
            (Some(one), Some(two)) => {
                if self.equality.holds(one, two, self.steps) {
                    return &[];
                }
                &[Breaks::NewConsumers, Breaks::OldConsumers]
            }
        }
    }

    /// Keywords that must stay as they are: the first of them that did not is reported.
    fn keywords<'s>(
        &mut self,
        own: Own,
        keywords: &[&'static str],
        pair: (&View<'s>, &View<'s>),
        path: &Path,
    ) {
        for keyword in keywords {
            let parts = (pair.0.unfollowed(keyword), pair.1.unfollowed(keyword));
            let breaks = self.changed(parts);
            if breaks.is_empty() {
                continue;
            }
            self.add(
                own,
                pair,
                At::Keyword(keyword),
                &path.join(*keyword),
                breaks,
            );
            return;
        }
    }

    fn patterns<'s>(&mut self, old: &View<'s>, new: &View<'s>, path: &Path) {
        let (before, after) = (old.get("patternProperties"), new.get("patternProperties"));
        let names = |view: &View<'s>| view.node().map(Node::members).unwrap_or_default();
        let members = names(&before).iter().chain(names(&after));
        let mut patterns: Vec<&'s str> = members.map(|member| &*member.name).collect();
        patterns.sort_unstable();
        patterns.dedup();
        for pattern in patterns {
            let breaks = self.changed((before.unfollowed(pattern), after.unfollowed(pattern)));
            if breaks.is_empty() {
                continue;
            }
            let at = At::Name("patternProperties", pattern);
            let path = path.join("patternProperties").join(pattern);
            self.add(Own::PatternProperty, (old, new), at, &path, breaks);
        }
    }

    /// Names that are required and declared nowhere.
    fn required<'s>(&mut self, old: &View<'s>, new: &View<'s>, path: &Path) {
        let sides = [
            (old, new, Breaks::NewConsumers),
            (new, old, Breaks::OldConsumers),
        ];
        for (before, after, breaks) in sides {
            let known: HashSet<&'s str> = texts(before, "required").into_iter().collect();
            let mut names = texts(after, "required");
            names.retain(|name| !known.contains(name));
            names.retain(|name| after.get("properties").get_name(name).is_none());
            for name in names {
                let path = path.join("required").join(name);
                self.add(
                    Own::RequiredName,
                    (old, new),
                    At::Name("required", name),
                    &path,
                    &[breaks],
                );
            }
        }
    }

    /// A type beside keywords that applied to that type alone.
    fn types<'s>(&mut self, old: &View<'s>, new: &View<'s>, path: &Path) {
        let sides = [
            (old, new, Breaks::NewConsumers),
            (new, old, Breaks::OldConsumers),
        ];
        for (before, after, breaks) in sides {
            let after = after.get("type");
            let names = after.node().into_iter();
            let names = names.flat_map(|node| node.items().iter().chain([node]));
            let names: Vec<&str> = names.filter_map(Node::text).collect();
            let mut keywords = names.iter().flat_map(|name| keywords::of_type(name));
            let speaks = keywords.any(|keyword| !before.get(keyword).is_missing());
            let listed = before.get("enum");
            let listed = listed.node().map(Node::items).unwrap_or_default();
            let refused = |value| !names.iter().any(|name| is_of(value, name));
            let unlisted = before.get("type").is_missing() && listed.iter().any(refused);
            if speaks && !tells_type(before) || !names.is_empty() && unlisted {
                let path = path.join("type");
                self.add(
                    Own::TypeRequired,
                    (old, new),
                    At::Keyword("type"),
                    &path,
                    &[breaks],
                );
            }
        }
    }

    /// `exclusiveMinimum: true` of draft 4.
    fn exclusive_limits<'s>(&mut self, old: &View<'s>, new: &View<'s>, path: &Path) {
        for keyword in ["exclusiveMinimum", "exclusiveMaximum"] {
            let is_set = |view: &View<'s>| view.get(keyword).is_true();
            let breaks = match (is_set(old), is_set(new)) {
                (false, true) => Breaks::NewConsumers,
                (true, false) => Breaks::OldConsumers,
                _ => continue,
            };
            let path = path.join(keyword);
            self.add(
                Own::ExclusiveLimit,
                (old, new),
                At::Keyword(keyword),
                &path,
                &[breaks],
            );
        }
    }

    /// Who is harmed where it would be somebody, were it not for `not`.
    fn harmed(&self, breaks: Breaks) -> Breaks {
        match breaks {
            Breaks::NewConsumers if self.is_negated => Breaks::OldConsumers,
            Breaks::OldConsumers if self.is_negated => Breaks::NewConsumers,
            breaks => breaks,
        }
    }

    fn add<'s>(
        &mut self,
        own: Own,
        (old, new): (&View<'s>, &View<'s>),
        at: At<'s>,
        path: &Path,
        breaks: &[Breaks],
    ) {
        if self.text >= MOST_TEXT {
            return;
        }
        let path = path.text();
        self.text += path.len();
        let (before, after) = (locate_in_view(old, at), locate_in_view(new, at));
        let rule = own.rule();
        self.found.push(Change {
            id: rule.id,
            registry_type: None,
            message: format!("{} at '{path}'", rule.title),
            path,
            severity: Severity::Risk,
            refused: Vec::new(),
            breaks: breaks.iter().map(|breaks| self.harmed(*breaks)).collect(),
            old: before.value,
            new: after.value,
            old_location: before.place,
            new_location: after.place,
            fix: Some(rule.fix.to_owned()),
        });
    }
}

/// Where something is below a schema.
pub fn locate_in_view(view: &View<'_>, at: At<'_>) -> LocatedValue {
    match view {
        View::Written(written) => locate_in(
            written.library,
            written.document,
            written.node,
            &view.pointer(),
            at,
        ),
        _ => LocatedValue::default(),
    }
}

/// The schemas in two schemas that belong together.
fn below<'s>(old: &View<'s>, new: &View<'s>, path: &Path, is_negated: bool, open: &mut Open<'s>) {
    let mut both = |one: View<'s>, two: View<'s>, steps: &[&str]| {
        if !is_plain(&one) || !is_plain(&two) {
            let path = steps
                .iter()
                .fold(path.clone(), |path, step| path.join(*step));
            let negates = steps == ["not"];
            open.push((one, two, path, is_negated != negates));
        }
    };
    both(old.get("not"), new.get("not"), &["not"]);
    for keyword in [
        "additionalProperties",
        "additionalItems",
        "unevaluatedProperties",
        "unevaluatedItems",
    ] {
        both(old.get(keyword), new.get(keyword), &[keyword]);
    }
    for keyword in ["properties", "dependentSchemas", "dependencies"] {
        let named = new.get(keyword);
        for (name, before) in old.get(keyword).members() {
            if let Some(after) = named.get_name(name) {
                both(before, after, &[keyword, name]);
            }
        }
    }
    let (one, two) = (old.get("items"), new.get("items"));
    if one.is_list() {
        for (index, (one, two)) in one.items().into_iter().zip(two.items()).enumerate() {
            both(one, two, &["items", &index.to_string()]);
        }
    } else {
        both(one, two, &["items"]);
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        // Those that stayed as they were have nobody else to go with; the others are paired in
        // their order, as nothing tells which of them belong together.
        let (mut one, mut two) = (old.get(keyword).items(), new.get(keyword).items());
        if one.len() != two.len() {
            let [before, after] = [&one, &two].map(|parts| Twins::of(parts));
            // What their references lead to can differ all the same.
            for (index, part) in two.iter().enumerate() {
                if let Some(twin) = before.get(part) {
                    both(twin.clone(), part.clone(), &[keyword, &index.to_string()]);
                }
            }
            one.retain(|part| after.get(part).is_none());
            two.retain(|part| before.get(part).is_none());
        }
        for (index, (one, two)) in one.into_iter().zip(two).enumerate() {
            both(one, two, &[keyword, &index.to_string()]);
        }
    }
}

/// Schemas that are written, by what they say.
struct Twins<'s> {
    nodes: NodeSet<'s>,
    views: HashMap<*const Node, View<'s>>,
}

impl<'s> Twins<'s> {
    fn of(parts: &[View<'s>]) -> Self {
        let mut views = HashMap::new();
        for part in parts {
            if let Some(node) = part.node() {
                views
                    .entry(std::ptr::from_ref(node))
                    .or_insert_with(|| part.clone());
            }
        }
        let nodes = NodeSet::of(parts.iter().filter_map(View::node));
        Self { nodes, views }
    }

    /// The first schema that says the same.
    fn get(&self, part: &View<'s>) -> Option<&View<'s>> {
        let twin = self.nodes.get(part.node()?)?;
        self.views.get(&std::ptr::from_ref(twin))
    }
}

fn texts<'s>(view: &View<'s>, keyword: &str) -> Vec<&'s str> {
    let list = view.get(keyword);
    list.node()
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(Node::text)
        .collect()
}

/// Whether a schema says nothing that registries do not look at.
fn is_plain(view: &View<'_>) -> bool {
    let plain = [
        "$ref",
        "type",
        "title",
        "description",
        "default",
        "examples",
    ];
    let is_plain = view.node().is_none_or(|node| {
        node.members()
            .iter()
            .all(|member| plain.contains(&&*member.name))
    });
    is_plain
        && view
            .referrer()
            .is_none_or(|referrer| self::is_plain(&referrer))
}

/// Whether a schema, or one that it is combined with, may say what type its values have.
fn tells_type(view: &View<'_>) -> bool {
    let tells = |view: &View<'_>| {
        ["type", "enum", "const", "$ref"]
            .iter()
            .any(|keyword| !view.get(keyword).is_missing())
    };
    let parts = ["allOf", "anyOf", "oneOf"].map(|keyword| view.get(keyword).items());
    tells(view) || parts.iter().flatten().any(tells)
}

/// Whether a value is of a type.
fn is_of(value: &Node, name: &str) -> bool {
    match (&value.value, name) {
        (Value::Null, "null")
        | (Value::Bool(_), "boolean")
        | (Value::Number(_), "number")
        | (Value::String(_), "string")
        | (Value::Array(_), "array")
        | (Value::Object(_), "object") => true,
        (Value::Number(text), "integer") => text
            .parse::<f64>()
            .is_ok_and(|number| number.fract() == 0.0),
        _ => false,
    }
}
