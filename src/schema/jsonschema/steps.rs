//! The work of a comparison, counted: schemas whose parts refer to each other can be paired in more
//! ways than anybody waits for.

use std::cell::Cell;

/// A comparison of more steps has no result: they take about a second.
const MOST: usize = 4_000_000;

/// The steps of a pair whose differences are kept, which takes 150 bytes.
pub const KEPT: usize = 4;

/// An outcome that took fewer steps is computed again rather than kept: a thousand alternatives make
/// a million pairs.
pub const FEW_STEPS: usize = 4;

/// The steps that a comparison may still take.
#[derive(Debug)]
pub struct Steps(Cell<usize>);

impl Default for Steps {
    fn default() -> Self {
        Self(Cell::new(MOST))
    }
}

impl Steps {
    /// Takes some steps; false when none is left.
    pub fn take(&self, count: usize) -> bool {
        self.0.set(self.left().saturating_sub(count));
        !self.are_over()
    }

    /// How many are left.
    pub fn left(&self) -> usize {
        self.0.get()
    }

    /// Whether none is left: what was found until then says nothing of the schemas.
    pub fn are_over(&self) -> bool {
        self.left() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Schema,
            comparison::compare_within,
            karapace::{View, incompatibilities},
            parse,
        },
        *,
    };
    use crate::schema::{Rules, Source};

    fn read(text: &str) -> Schema {
        parse(&Source::new("schema.json", text), &[]).unwrap()
    }

    /// The steps of a comparison with these rules.
    fn steps_of(old: &str, new: &str, rules: Rules) -> usize {
        let steps = Steps::default();
        let comparison = compare_within(&read(old), &read(new), rules, &steps);
        assert!(!comparison.is_cut && comparison.backward, "{rules:?}");
        Steps::default().left() - steps.left()
    }

    #[test]
    fn the_steps_of_a_comparison_grow_with_the_schema() {
        let orders = |count: usize| {
            let order = |index| {
                format!(
                    r##""p{index}":{{"type":"object","required":["id"],"properties":{{"id":{{"type":"string","maxLength":36}},"lines":{{"type":"array","items":{{"$ref":"#/definitions/line"}}}}}}}}"##
                )
            };
            let all: Vec<String> = (0..count).map(order).collect();
            format!(
                r##"{{"type":"object","properties":{{{}}},"definitions":{{"line":{{"type":"object","properties":{{"sku":{{"type":"string"}},"count":{{"type":"integer","minimum":1}}}}}}}}}}"##,
                all.join(",")
            )
        };
        for rules in super::super::tests::ALL {
            let [few, many] = [10, 200].map(|count| {
                let old = orders(count);
                let new = old
                    .replace("36", "40")
                    .replace("\"minimum\":1", "\"minimum\":0");
                steps_of(&old, &new, rules)
            });
            // Twenty times the schema.
            assert!(few > 0 && many <= 20 * few, "{rules:?}: {few}, {many}");
        }
    }

    #[test]
    fn karapace_pairs_alternatives_with_those_in_their_places_first() {
        let objects = |most: usize| -> Vec<String> {
            let object = |index| {
                format!(
                    r#"{{"type":"object","properties":{{"a{index}":{{"type":"string","maxLength":{most}}}}}}}"#
                )
            };
            (0..300).map(object).collect()
        };
        let one_of = |parts: &[String]| read(&format!(r#"{{"oneOf":[{}]}}"#, parts.join(",")));
        let (short, long) = (objects(1), objects(2));
        let mut reversed = long.clone();
        reversed.reverse();
        let mut other = long.clone();
        other[150] = r#"{"type":"string"}"#.to_owned();
        // All pairs are 90,000.
        for (reader, writer, is_refused, most) in [
            (&long, &short, false, 2_000),
            (&short, &long, true, 2_000),
            (&other, &short, true, 2_000),
            (&reversed, &short, false, 200_000),
        ] {
            let (reader, writer, steps) = (one_of(reader), one_of(writer), Steps::default());
            let views = [&reader, &writer].map(|schema| View::root(&schema.library));
            let found = incompatibilities(&views[0], &views[1], &steps);
            assert_eq!(!found.is_empty(), is_refused);
            let used = Steps::default().left() - steps.left();
            assert!(used < most, "{used}");
        }
    }
}
