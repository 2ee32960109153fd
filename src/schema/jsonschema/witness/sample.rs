//! Documents that a schema is likely to accept.

use serde_json::{Map, Number, Value as Json, json};

use super::{
    super::{super::Node, karapace::View},
    budget::Budget,
    constraints::Constraints,
    text,
};

/// What kind of document is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Taste {
    /// All properties instead of those that are required.
    pub full: bool,
    /// Which of the alternatives is taken.
    pub choice: usize,
}

/// Deeper documents are cut off.
const DEEPEST: usize = 12;

/// How many values that are not required a document has at most: each level shares them out.
const MOST_OPTIONAL: usize = 400;

/// No document takes more work than this: what is left of it is null then.
const MOST_WORK: usize = 5_000;

/// A document of a schema.
pub fn sample(view: &View<'_>, taste: Taste, budget: &Budget<'_>) -> Json {
    sampled(view, taste, budget).0
}

/// The same, and whether another choice makes another one.
pub fn sampled(view: &View<'_>, taste: Taste, budget: &Budget<'_>) -> (Json, bool) {
    budget.once(view, taste, || {
        let mut sampler = Sampler {
            budget,
            choice: taste.choice,
            left: MOST_WORK,
            varied: false,
        };
        let share = if taste.full { MOST_OPTIONAL } else { 0 };
        let document = sampler.value(view, 0, share);
        (document, sampler.varied || sampler.left == 0)
    })
}

/// A value as the validator knows it.
pub fn json(node: &Node) -> Json {
    serde_json::from_str(&node.to_json()).unwrap_or(Json::Null)
}

struct Sampler<'b> {
    budget: &'b Budget<'b>,
    choice: usize,
    /// How much work may still be done.
    left: usize,
    /// Whether there was a choice.
    varied: bool,
}

impl Sampler<'_> {
    fn value(&mut self, view: &View<'_>, depth: usize, share: usize) -> Json {
        if depth > DEEPEST || self.left == 0 || !self.budget.take(1) {
            return Json::Null;
        }
        let choice = self.choice;
        let constraints = Constraints::of(view, choice);
        self.left = self
            .left
            .saturating_sub(1 + constraints.properties.len() / 2);
        self.budget.take(constraints.properties.len() / 2);
        self.varied |= constraints.varied;
        if let Some(value) = constraints
            .values
            .get(choice % constraints.values.len().max(1))
        {
            return json(value);
        }
        match constraints.types.first().copied() {
            Some("object") => self.object(&constraints, depth, share),
            Some("array") => self.array(&constraints, depth, share),
            Some("integer" | "number") => number(&constraints),
            Some("boolean") => Json::Bool(true),
            Some("null") => Json::Null,
            _ => string(&constraints, choice),
        }
    }

    fn array(&mut self, constraints: &Constraints<'_>, depth: usize, share: usize) -> Json {
        let least = constraints.count("minItems").unwrap_or(0).min(1_000);
        let most = constraints.count("maxItems").unwrap_or(usize::MAX);
        let share_of_each = share / constraints.tuple.len().max(least).max(1);
        let mut items = Vec::new();
        for view in &constraints.tuple {
            items.push(self.value(view, depth + 1, share_of_each));
        }
        let wanted = least
            .max(usize::from(share > 0 && constraints.tuple.is_empty()))
            .max(items.len());
        if let Some(contains) = constraints.contains.as_ref().filter(|_| items.is_empty()) {
            items.push(self.value(contains, depth + 1, share_of_each));
        }
        // Each item takes another alternative, so that they are not all the same.
        let choice = self.choice;
        while items.len() < wanted {
            self.choice = choice + items.len();
            let item = match &constraints.items {
                Some(view) => self.value(view, depth + 1, share_of_each),
                None => json!(items.len()),
            };
            items.push(item);
        }
        self.choice = choice;
        items.truncate(most);
        Json::Array(items)
    }

    fn object(&mut self, constraints: &Constraints<'_>, depth: usize, share: usize) -> Json {
        let mut object = Map::new();
        let mut names: Vec<&str> = constraints.required.clone();
        names.extend(constraints.properties.keys().take(share));
        let share = share.saturating_sub(names.len()) / names.len().max(1);
        let mut index = 0;
        while let Some(name) = names.get(index).copied() {
            index += 1;
            let views = constraints.properties.get(name);
            if object.contains_key(name)
                || views.is_some_and(|views| views.iter().any(View::is_false))
            {
                continue;
            }
            object.insert(
                name.to_owned(),
                self.property(constraints, name, depth, share),
            );
            let needed = constraints
                .dependencies
                .iter()
                .filter(|(first, _)| *first == name);
            names.extend(needed.flat_map(|(_, others)| others.iter().copied()));
        }
        let least = constraints.count("minProperties").unwrap_or(0).min(1_000);
        let mut extra: Vec<&str> = constraints.properties.keys().copied().collect();
        extra.retain(|name| !object.contains_key(*name));
        while object.len() < least {
            let name = extra
                .pop()
                .map_or_else(|| format!("extra{}", object.len()), str::to_owned);
            let value = self.property(constraints, &name, depth, 0);
            object.insert(name, value);
        }
        Json::Object(object)
    }

    fn property(
        &mut self,
        constraints: &Constraints<'_>,
        name: &str,
        depth: usize,
        share: usize,
    ) -> Json {
        let declared = constraints.properties.get(name).and_then(|views| {
            // The one that says most is the best guess for all of them.
            views
                .iter()
                .max_by_key(|view| view.node().map_or(0, |node| node.members().len()))
        });
        match declared.or(constraints.additional.as_ref()) {
            Some(view) => self.value(view, depth + 1, share),
            None => json!("a"),
        }
    }
}

fn string(constraints: &Constraints<'_>, choice: usize) -> Json {
    let known = constraints
        .texts
        .iter()
        .find_map(|pattern| text::matching(pattern, choice));
    let known = known.or_else(|| {
        constraints
            .format
            .and_then(text::of_format)
            .map(str::to_owned)
    });
    let mut text = known.unwrap_or_else(|| "a".to_owned());
    let least = constraints.count("minLength").unwrap_or(0);
    while text.chars().count() < least.min(100_000) {
        text.push('a');
    }
    if let Some(most) = constraints.count("maxLength") {
        text = text.chars().take(most).collect();
    }
    Json::String(text)
}

/// A number as JSON: whole when it is.
pub fn number_of(value: f64) -> Json {
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return json!(value as i64);
    }
    Number::from_f64(value).map_or(Json::Null, Json::Number)
}

fn number(constraints: &Constraints<'_>) -> Json {
    let step = constraints.limit("multipleOf").unwrap_or(1.0);
    let low = constraints
        .limit("minimum")
        .or(constraints.limit("exclusiveMinimum").map(|low| low + step));
    let high = constraints.limit("maximum").or(constraints
        .limit("exclusiveMaximum")
        .map(|high| high - step));
    let value = match (low, high) {
        (Some(low), _) => (low / step).ceil() * step,
        (None, Some(high)) => (high.min(step) / step).floor() * step,
        (None, None) => step,
    };
    number_of(value)
}
