//! The work of a search, counted where it is done: a schema whose parts refer to each other describes
//! documents of any size.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use serde_json::Value as Json;

use super::{super::karapace::View, sample::Taste};

/// So many values are sampled in one search: they take about half a second.
const MOST_SAMPLED: usize = 200_000;

/// The key of a schema, see [`View::key`].
type Key = (usize, usize);

/// The values that may still be sampled, and whether there is time.
pub struct Budget<'t> {
    left: Cell<usize>,
    has_time: &'t dyn Fn() -> bool,
    /// The samples of schemas by their keys: the same ones are asked for around every change.
    samples: RefCell<HashMap<(Key, Taste), (Json, bool)>>,
}

impl<'t> Budget<'t> {
    /// The budget of one search.
    pub fn new(has_time: &'t dyn Fn() -> bool) -> Self {
        Self {
            left: Cell::new(MOST_SAMPLED),
            has_time,
            samples: RefCell::default(),
        }
    }

    /// Takes the work of some values; false when the search is over.
    pub fn take(&self, values: usize) -> bool {
        let left = self.left.get().saturating_sub(values);
        self.left.set(if (self.has_time)() { left } else { 0 });
        !self.is_over()
    }

    /// A sample of a schema, made once.
    pub fn once(
        &self,
        view: &View<'_>,
        taste: Taste,
        make: impl FnOnce() -> (Json, bool),
    ) -> (Json, bool) {
        let key = (view.key(), taste);
        if let Some(known) = self.samples.borrow().get(&key) {
            return known.clone();
        }
        let made = make();
        self.samples.borrow_mut().insert(key, made.clone());
        made
    }

    /// Whether nothing more is sampled: what was not found yet may be there all the same.
    pub fn is_over(&self) -> bool {
        self.left.get() == 0
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::schema::{
        Source,
        jsonschema::{Schema, parse, witness::sample::sampled},
    };

    /// 30 levels, each with the next one in every place of these.
    fn levels(places: &[&str]) -> Schema {
        let level = |level: usize| {
            let next = format!(r##"{{"$ref":"#/$defs/d{}"}}"##, level + 1);
            let places = places.iter().map(|place| place.replace("NEXT", &next));
            format!(r#""d{level}":{{{}}}"#, places.collect::<Vec<_>>().join(","))
        };
        let levels: Vec<String> = (0..30).map(level).collect();
        let levels = levels.join(",");
        let text = format!(
            r##"{{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{{{levels},"d30":{{}}}},"$ref":"#/$defs/d0"}}"##
        );
        parse(&Source::new("schema.json", &text), &[]).unwrap()
    }

    #[test]
    fn a_search_samples_as_much_as_there_is_time_for() {
        for places in [
            &[r#""prefixItems":[NEXT,NEXT],"items":NEXT,"contains":NEXT"#][..],
            &[r#""properties":{"a":NEXT,"b":NEXT}"#],
            &[
                r#""anyOf":[NEXT,NEXT]"#,
                r#""items":NEXT"#,
                r#""minItems":3"#,
            ],
        ] {
            let schema = levels(places);
            let (view, asked) = (View::root(&schema.library), Cell::new(0));
            let has_time = || {
                asked.set(asked.get() + 1);
                asked.get() <= 1_000
            };
            let budget = Budget::new(&has_time);
            for choice in 0..100 {
                sampled(&view, Taste { full: true, choice }, &budget);
            }
            assert!(budget.is_over(), "{places:?}");
            // Each sample asks once more, and each value on its way.
            assert!(asked.get() < 2_000, "{places:?}: {}", asked.get());

            // With all the time there is, the values are counted.
            asked.set(0);
            let all_time = || {
                asked.set(asked.get() + 1);
                true
            };
            let mut budget = Budget::new(&all_time);
            budget.left = Cell::new(1_000);
            for choice in 0..100 {
                sampled(&view, Taste { full: true, choice }, &budget);
            }
            assert!(asked.get() < 4_000, "{places:?}: {}", asked.get());
            assert!(budget.is_over(), "{places:?}");
        }
    }

    #[test]
    fn a_sample_is_made_once() {
        let schema = levels(&[r#""properties":{"a":NEXT}"#]);
        let view = View::root(&schema.library);
        let budget = Budget::new(&|| true);
        let taste = Taste {
            full: true,
            choice: 0,
        };
        let sample = sampled(&view, taste, &budget);
        let left = budget.left.get();
        assert!(left < MOST_SAMPLED);
        assert_eq!(sampled(&view, taste, &budget), sample);
        assert_eq!(budget.left.get(), left);
        sampled(
            &view,
            Taste {
                full: false,
                ..taste
            },
            &budget,
        );
        assert!(budget.left.get() < left);
    }
}
