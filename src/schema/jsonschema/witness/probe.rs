//! The documents that are tried: samples of the writer's schema with something put into the place
//! of a change that the writer's schema may allow and the reader's may not.

use std::{collections::HashSet, rc::Rc};

use serde_json::{Map, Value as Json, json};

use super::{
    super::karapace::View,
    facts::Facts,
    place::{Place, Step},
    sample::{Taste, json, number_of, sample},
    text,
};

/// How many alternatives are tried.
const CHOICES: usize = 12;

/// A place has no more values to try than this, counted with all that they hold.
const MOST_VALUES: usize = 60_000;

/// All documents that are worth a try, the likeliest first.
pub fn documents<'a>(
    root: &'a View<'a>,
    places: &'a [Place<'a>],
) -> impl Iterator<Item = Json> + 'a {
    places.iter().flat_map(move |place| {
        let probes = Rc::new(Probes::of(place).list);
        let tastes =
            (0..CHOICES).flat_map(|choice| [false, true].map(|full| Taste { full, choice }));
        let mut seen = HashSet::new();
        let bases = tastes.map(|taste| sample(root, taste));
        let bases = bases.filter(move |base| seen.insert(base.to_string()));
        let some = if place.way.is_empty() { 2 * CHOICES } else { 6 };
        bases.take(some).flat_map(move |base| {
            let (probes, around, count) = (Rc::clone(&probes), base.clone(), probes.len());
            let fewer = without(&base, place);
            let put = move |index: usize| put(&around, &place.way, &probes[index]);
            std::iter::once(base)
                .chain((0..count).filter_map(put))
                .chain(fewer)
        })
    })
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
fn without(base: &Json, place: &Place<'_>) -> Vec<Json> {
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
struct Probes {
    list: Vec<Json>,
    seen: HashSet<String>,
    left: usize,
}

impl Probes {
    fn of(place: &Place<'_>) -> Self {
        let mut probes = Self {
            list: Vec::new(),
            seen: HashSet::new(),
            left: MOST_VALUES,
        };
        for view in [&place.writer, &place.reader] {
            let mut wholes = HashSet::new();
            for choice in 0..CHOICES {
                let facts = Facts::of(view, choice);
                probes.extend(facts.values.iter().take(200).map(|value| json(value)));
                probes.strings(&facts, choice);
                probes.numbers(&facts);
                for full in [true, false] {
                    let whole = sample(view, Taste { full, choice });
                    if !wholes.insert(whole.to_string()) {
                        continue;
                    }
                    probes.add(whole.clone());
                    match &whole {
                        Json::Array(items) => probes.arrays(items, &facts, choice),
                        Json::Object(object) => probes.objects(object, &facts),
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

    fn strings(&mut self, facts: &Facts<'_>, choice: usize) {
        for keyword in ["minLength", "maxLength"] {
            let lengths = sizes(facts, keyword).filter(|length| *length <= 3_000);
            self.extend(lengths.map(|length| json!("a".repeat(length))));
        }
        for pattern in &facts.texts {
            self.extend(text::matching(pattern, choice).map(Json::String));
            self.extend([json!("~"), json!("0"), json!("aa")]);
        }
        if let Some(format) = facts.format {
            self.extend(text::of_format(format).map(|text| json!(text)));
            self.add(json!("of no format"));
        }
    }

    fn numbers(&mut self, facts: &Facts<'_>) {
        let step = facts.limit("multipleOf").unwrap_or(1.0);
        for keyword in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
            if let Some(limit) = facts.limit(keyword) {
                let near = [limit, limit - step, limit + step, limit - 0.5, limit + 0.5];
                self.extend(near.map(number_of));
            }
        }
        if facts.limit("multipleOf").is_some() {
            let multiples = [step, step * 2.0, step * 3.0, step * 5.0, step + 1.0];
            self.extend(multiples.map(number_of));
        }
    }

    /// Arrays with another item, and of other sizes.
    fn arrays(&mut self, items: &[Json], facts: &Facts<'_>, choice: usize) {
        let one = facts.items.as_ref().map_or(json!(choice), |view| {
            sample(view, Taste { full: true, choice })
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
            for size in sizes(facts, keyword).filter(|size| *size <= 100) {
                self.add((0..size).map(|_| one.clone()).collect());
                self.add((0..size).map(|index| json!(index)).collect());
                self.add((0..size).map(|index| json!(format!("a{index}"))).collect());
            }
        }
    }

    /// Objects with a property more or less, and of other sizes.
    fn objects(&mut self, object: &Map<String, Json>, facts: &Facts<'_>) {
        for (name, value) in object.iter().take(100) {
            let mut fewer = object.clone();
            fewer.remove(name);
            self.add(Json::Object(fewer));
            self.add(json!({ name: value }));
        }
        let patterns = facts.patterns.iter();
        let patterns = patterns.filter_map(|(pattern, _)| text::matching(pattern, 0));
        let first = facts.dependencies.iter().map(|(name, _)| name);
        let names = first.chain(facts.properties.keys()).chain(&facts.required);
        let names = names.map(|name| (*name).to_owned()).chain(patterns);
        let strange = ["extra", "Extra_Name 1"].map(str::to_owned);
        for name in strange.into_iter().chain(names).take(100) {
            for value in others() {
                let mut more = object.clone();
                more.insert(name.clone(), value);
                self.add(Json::Object(more));
            }
        }
        for (name, needed) in &facts.dependencies {
            let names = needed.iter().chain([name]);
            self.add(names.map(|name| ((*name).to_owned(), json!("a"))).collect());
        }
        for keyword in ["minProperties", "maxProperties"] {
            for size in sizes(facts, keyword).filter(|size| *size <= 100) {
                let known = object
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone()));
                let extra = (0..size).map(|index| (format!("more{index}"), json!("a")));
                self.add(Json::Object(known.chain(extra).take(size).collect()));
            }
        }
    }
}

/// A value of each kind.
fn others() -> [Json; 5] {
    [json!("a"), json!(7), json!(null), json!({}), json!(true)]
}

/// The sizes around a limit.
fn sizes(facts: &Facts<'_>, keyword: &str) -> impl Iterator<Item = usize> + use<> {
    let limit = facts.count(keyword).into_iter();
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
