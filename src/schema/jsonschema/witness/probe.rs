//! The documents that are tried: samples of the writer's schema with something put into the place
//! of a change that the writer's schema may allow and the reader's may not.

use std::{cell::Cell, collections::HashSet, rc::Rc};

use serde_json::{Map, Value as Json, json};

use super::{
    super::{super::Node, karapace::View},
    budget::Budget,
    constraints::Constraints,
    document_location::{DocumentLocation, Step},
    sample::{Taste, json, number_of, sample, sampled},
    text,
};

/// How many alternatives are tried.
pub const CHOICES: usize = 12;

/// Documents are put together so far down.
const DEEPEST: usize = 12;

/// A place has no more values to try than this, counted with all that they hold.
const MOST_VALUES: usize = 60_000;

/// What may be in a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scope {
    /// Anything that the writer's schema lets pass.
    Allowed,
    /// What it speaks of, and nothing that it merely does not forbid.
    Declared,
}

/// All documents that are worth a try, the likeliest first.
pub fn documents<'a>(
    (root, reader): (&'a View<'a>, &'a View<'a>),
    places: &'a [DocumentLocation<'a>],
    scope: Scope,
    budget: &'a Budget<'a>,
) -> impl Iterator<Item = Json> + 'a {
    places.iter().flat_map(move |place| {
        let probes = Rc::new(Probes::of(place, scope, budget).list);
        let varied = Rc::new(Cell::new(false));
        let another = Rc::clone(&varied);
        let tastes = (0..CHOICES)
            .take_while(move |choice| *choice == 0 || another.get())
            .flat_map(|choice| [false, true].map(|full| Taste { full, choice }));
        let mut seen = HashSet::new();
        // What only the reader requires is there as well, so that its absence hides nothing.
        let bases = tastes.flat_map(move |taste| {
            let sample = |view, taste| {
                let (document, varies) = sampled(view, taste, budget);
                varied.set(varied.get() || varies);
                document
            };
            let base = sample(root, taste);
            let least = Taste {
                full: false,
                ..taste
            };
            let all = (scope == Scope::Allowed).then(|| with(&base, &sample(reader, least), 0));
            all.into_iter().chain([base])
        });
        let bases = bases.filter(move |base| seen.insert(base.to_string()));
        let some = if place.way.is_empty() { 3 * CHOICES } else { 8 };
        bases.take(some).flat_map(move |base| {
            let (probes, around, count) = (Rc::clone(&probes), base.clone(), probes.len());
            let fewer = without(&base, place);
            let put = move |index: usize| put(&around, &place.way, &probes[index]);
            std::iter::once(base)
                .chain(fewer)
                .chain((0..count).filter_map(put))
        })
    })
}

/// An object with those members of another one that it does not have.
fn with(base: &Json, other: &Json, depth: usize) -> Json {
    let (Json::Object(one), Json::Object(two)) = (base, other) else {
        return base.clone();
    };
    if depth > DEEPEST {
        return base.clone();
    }
    let mut both = one.clone();
    for (name, value) in two {
        let member = one.get(name);
        let member = member.map_or_else(|| value.clone(), |member| with(member, value, depth + 1));
        both.insert(name.clone(), member);
    }
    Json::Object(both)
}

/// The document with a value at a place; what is on the way is made when it is missing.
fn put(base: &Json, way: &[Step], value: &Json) -> Option<Json> {
    let mut document = base.clone();
    let mut here = &mut document;
    for step in way {
        match step {
            Step::Name(name) => {
                if !here.is_object() {
                    *here = Json::Object(Map::new());
                }
                here = here
                    .as_object_mut()?
                    .entry(name.clone())
                    .or_insert(Json::Null);
            }
            Step::Index(index) => {
                if !here.is_array() {
                    *here = Json::Array(Vec::new());
                }
                let items = here.as_array_mut()?;
                while items.len() <= *index {
                    items.push(Json::Null);
                }
                here = items.get_mut(*index)?;
            }
        }
    }
    *here = value.clone();
    Some(document)
}

/// The document without the name that a place is about, and without its last step.
fn without(base: &Json, place: &DocumentLocation<'_>) -> Vec<Json> {
    let mut documents = Vec::new();
    let (last, before) = match place.way.split_last() {
        Some((Step::Name(last), before)) => (Some(last), before),
        _ => (None, &place.way[..]),
    };
    for (way, name) in [(&place.way[..], place.name.as_ref()), (before, last)] {
        let Some(name) = name else {
            continue;
        };
        let mut document = base.clone();
        let held = way
            .iter()
            .try_fold(&mut document, |value, step| match step {
                Step::Name(name) => value.get_mut(name),
                Step::Index(index) => value.get_mut(index),
            });
        if held
            .and_then(Json::as_object_mut)
            .and_then(|object| object.remove(name))
            .is_some()
        {
            documents.push(document);
        }
    }
    documents
}

/// Values for a place: what either schema says of it, and what lies just beyond.
struct Probes<'b> {
    budget: &'b Budget<'b>,
    list: Vec<Json>,
    seen: HashSet<String>,
    left: usize,
    scope: Scope,
}

impl<'b> Probes<'b> {
    fn of(place: &DocumentLocation<'_>, scope: Scope, budget: &'b Budget<'b>) -> Self {
        let mut probes = Self {
            budget,
            list: Vec::new(),
            seen: HashSet::new(),
            left: MOST_VALUES,
            scope,
        };
        let views = [&place.writer, &place.reader];
        let patterns: Vec<&str> = views
            .iter()
            .flat_map(|view| Constraints::of(view, 0).texts)
            .collect();
        let views = match scope {
            Scope::Allowed => &views[..],
            Scope::Declared => &views[..1],
        };
        for &view in views {
            let mut wholes = HashSet::new();
            let mut all = Json::Null;
            let other = if std::ptr::eq(view, &place.writer) {
                &place.reader
            } else {
                &place.writer
            };
            probes.only_here(view, other);
            probes.excluded(view);
            let mut varied = false;
            for choice in 0..CHOICES {
                if choice > 0 && !varied || budget.is_over() {
                    break;
                }
                let constraints = Constraints::of(view, choice);
                probes.extend(constraints.values.iter().take(200).map(|value| json(value)));
                probes.strings(&constraints, choice);
                if choice == 0 {
                    probes.texts(&constraints, &patterns);
                }
                probes.numbers(&constraints);
                for full in [true, false] {
                    let (whole, varies) = sampled(view, Taste { full, choice }, budget);
                    varied |= varies;
                    if !wholes.insert(whole.to_string()) {
                        continue;
                    }
                    probes.add(whole.clone());
                    if whole.is_object() {
                        // What several alternatives ask for, together.
                        all = if all.is_null() {
                            whole.clone()
                        } else {
                            with(&all, &whole, 0)
                        };
                        probes.add(all.clone());
                    }
                    match &whole {
                        Json::Array(items) => probes.arrays(items, &constraints, choice),
                        Json::Object(object) => probes.objects(object, &constraints),
                        _ => {}
                    }
                }
            }
        }
        probes.extend(others());
        probes.extend([
            json!(""),
            json!(0),
            json!(1),
            json!(1.5),
            json!(-1),
            json!([]),
        ]);
        probes
    }

    fn add(&mut self, value: Json) {
        let weight = weight(&value);
        if weight <= self.left && self.seen.insert(value.to_string()) {
            self.left -= weight;
            self.list.push(value);
        }
    }

    fn extend(&mut self, values: impl IntoIterator<Item = Json>) {
        for value in values {
            self.add(value);
        }
    }

    fn strings(&mut self, constraints: &Constraints<'_>, choice: usize) {
        for keyword in ["minLength", "maxLength"] {
            let lengths = sizes(constraints, keyword).filter(|length| *length <= 3_000);
            self.extend(lengths.map(|length| json!("a".repeat(length))));
        }
        for pattern in &constraints.texts {
            self.extend(text::matching(pattern, choice).map(Json::String));
            self.extend([json!("~"), json!("0"), json!("aa")]);
        }
        if let Some(format) = constraints.format {
            self.extend(text::of_format(format).map(|text| json!(text)));
            for keyword in ["minLength", "maxLength"] {
                let lengths = sizes(constraints, keyword).filter(|length| *length <= 3_000);
                let texts = lengths.filter_map(|length| text::of_length(format, length));
                self.extend(texts.map(Json::String));
            }
            self.add(json!("of no format"));
        }
    }

    /// Strings of an expression, with characters that tell it from the others.
    fn texts(&mut self, constraints: &Constraints<'_>, patterns: &[&str]) {
        let limits = ["minLength", "maxLength"];
        let lengths: Vec<usize> = limits
            .iter()
            .flat_map(|keyword| sizes(constraints, keyword))
            .collect();
        for pattern in &constraints.texts {
            let texts = text::varied(pattern, patterns, &lengths);
            self.extend(texts.into_iter().map(Json::String));
        }
    }

    /// The values of an enum and the alternatives that the other schema does not have: they are
    /// likely to tell, and may be far back in a long list.
    fn only_here(&mut self, view: &View<'_>, other: &View<'_>) {
        for keyword in ["enum", "anyOf", "oneOf"] {
            let theirs: HashSet<String> = alternatives(other, keyword)
                .into_iter()
                .map(|(text, _)| text)
                .collect();
            let mine = alternatives(view, keyword).into_iter();
            for (_, item) in mine.filter(|(text, _)| !theirs.contains(text)).take(200) {
                match item.node() {
                    Some(node) if keyword == "enum" => self.add(json(node)),
                    _ => {
                        let sample = |full| sample(&item, Taste { full, choice: 0 }, self.budget);
                        self.extend([true, false].map(sample));
                    }
                }
            }
        }
    }

    /// What a schema, or a part of it, forbids or takes for a condition.
    fn excluded(&mut self, view: &View<'_>) {
        let parts = ["allOf", "anyOf", "oneOf"].map(|keyword| view.get(keyword).items());
        for part in std::iter::once(view).chain(parts.iter().flatten()).take(20) {
            for condition in [part.get("not"), part.get("if")] {
                if condition.is_missing() {
                    continue;
                }
                for choice in 0..4 {
                    let constraints = Constraints::of(&condition, choice);
                    self.extend(constraints.values.iter().take(20).map(|value| json(value)));
                    self.strings(&constraints, choice);
                    self.numbers(&constraints);
                    self.add(sample(
                        &condition,
                        Taste { full: true, choice },
                        self.budget,
                    ));
                }
            }
        }
    }

    fn numbers(&mut self, constraints: &Constraints<'_>) {
        let step = constraints.limit("multipleOf").unwrap_or(1.0);
        for keyword in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
            if let Some(limit) = constraints.limit(keyword) {
                let near = [limit, limit - step, limit + step, limit - 0.5, limit + 0.5];
                self.extend(near.map(number_of));
            }
        }
        if constraints.limit("multipleOf").is_some() {
            let multiples = [step, step * 2.0, step * 3.0, step * 5.0, step + 1.0];
            self.extend(multiples.map(number_of));
        }
    }

    /// Arrays with another item, and of other sizes.
    fn arrays(&mut self, items: &[Json], constraints: &Constraints<'_>, choice: usize) {
        if self.scope == Scope::Declared
            && constraints.items.is_none()
            && !constraints.tuple.is_empty()
        {
            return;
        }
        let one = constraints.items.as_ref().map_or(json!(choice), |view| {
            sample(view, Taste { full: true, choice }, self.budget)
        });
        let first = items.first().unwrap_or(&one).clone();
        self.add(json!([first, first]));
        self.add(items.iter().chain([&one]).cloned().collect());
        for index in 0..items.len() {
            for other in others() {
                let mut items = items.to_vec();
                items[index] = other;
                self.add(Json::Array(items));
            }
        }
        for keyword in ["minItems", "maxItems", "minContains", "maxContains"] {
            for size in sizes(constraints, keyword).filter(|size| *size <= 100) {
                self.add((0..size).map(|_| one.clone()).collect());
                self.add((0..size).map(|index| json!(index)).collect());
                self.add((0..size).map(|index| json!(format!("a{index}"))).collect());
            }
        }
    }

    /// Objects with a property more or less, and of other sizes.
    fn objects(&mut self, object: &Map<String, Json>, constraints: &Constraints<'_>) {
        for (name, value) in object.iter().take(100) {
            let mut fewer = object.clone();
            fewer.remove(name);
            self.add(Json::Object(fewer));
            self.add(json!({ name: value }));
        }
        if self.scope == Scope::Declared {
            return;
        }
        let patterns = constraints.patterns.iter();
        let patterns = patterns.filter_map(|(pattern, _)| text::matching(pattern, 0));
        let first = constraints.dependencies.iter().map(|(name, _)| name);
        let names = first
            .chain(constraints.properties.keys())
            .chain(&constraints.required);
        let names = names.map(|name| (*name).to_owned()).chain(patterns);
        let strange = ["extra", "Extra_Name 1"].map(str::to_owned);
        for name in strange.into_iter().chain(names).take(100) {
            for value in others() {
                let mut more = object.clone();
                more.insert(name.clone(), value);
                self.add(Json::Object(more));
            }
        }
        for (name, needed) in &constraints.dependencies {
            let names = needed.iter().chain([name]);
            self.add(names.map(|name| ((*name).to_owned(), json!("a"))).collect());
        }
        for keyword in ["minProperties", "maxProperties"] {
            for size in sizes(constraints, keyword).filter(|size| *size <= 100) {
                let known = object
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone()));
                let extra = (0..size).map(|index| (format!("more{index}"), json!("a")));
                self.add(Json::Object(known.chain(extra).take(size).collect()));
            }
        }
    }
}

/// What a list of a schema holds, each with its text.
fn alternatives<'s>(view: &View<'s>, keyword: &str) -> Vec<(String, View<'s>)> {
    let items = view.get(keyword).items().into_iter();
    let text = |item: &View<'s>| item.node().map(Node::to_json).unwrap_or_default();
    items.map(|item| (text(&item), item)).collect()
}

/// A value of each kind.
fn others() -> [Json; 5] {
    [json!("a"), json!(7), json!(null), json!({}), json!(true)]
}

/// The sizes around a limit.
fn sizes(constraints: &Constraints<'_>, keyword: &str) -> impl Iterator<Item = usize> + use<> {
    let limit = constraints.count(keyword).into_iter();
    limit.flat_map(|limit| [limit.saturating_sub(1), limit, limit + 1])
}

/// How many values a value has in it.
pub fn weight(value: &Json) -> usize {
    1 + match value {
        Json::Array(items) => items.iter().map(weight).sum(),
        Json::Object(members) => members.values().map(weight).sum(),
        Json::String(text) => text.len() / 16,
        _ => 0,
    }
}
