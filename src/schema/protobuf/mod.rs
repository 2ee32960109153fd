//! Protobuf: `.proto` files, what changed between two of them, and what that does to data.

mod apicurio;
mod buf;
mod catalogue;
mod confluent;
mod difference;
mod fix;
mod karapace;
mod lexer;
mod load;
mod model;
mod pairs;
mod parser;
mod reserved;
mod risks;
mod scalar;
mod semantic;
mod side;
#[cfg(test)]
mod tests;
mod validation;
mod view;
mod well_known;
mod witness;

use self::{buf::Category, difference::Difference};
pub use self::{
    catalogue::RULES,
    load::{parse, parse_files},
    model::Schema,
    validation::validation_errors,
    witness::witness,
};
use crate::schema::{Comparison, Rules};

/// What changed between two schemas under these rules, in both directions at once.
#[must_use]
pub fn compare(old: &Schema, new: &Schema, rules: Rules) -> Comparison {
    let mut comparison = match rules {
        Rules::Semantic => semantic::compare(old, new),
        rules => {
            let (backward, forward) = registry(old, new, rules);
            let mut comparison = difference::assemble(backward, forward);
            semantic::add_risks(&mut comparison, old, new);
            comparison
        }
    };
    difference::sort(&mut comparison.changes);
    comparison
}

/// What the rules find from old to new, and from new to old.
fn registry(old: &Schema, new: &Schema, rules: Rules) -> (Vec<Difference>, Vec<Difference>) {
    let both =
        |find: &dyn Fn(&Schema, &Schema) -> Vec<Difference>| (find(old, new), find(new, old));
    match rules {
        Rules::Karapace => both(&karapace::differences),
        Rules::Apicurio => both(&apicurio::differences),
        Rules::BufWire => both(&|one, two| buf::differences(one, two, Category::Wire)),
        Rules::BufWireJson => both(&|one, two| buf::differences(one, two, Category::WireJson)),
        // The policy LENIENT is about JSON Schema alone.
        Rules::Confluent | Rules::ConfluentLenient | Rules::Semantic => (
            confluent::differences(old, new, ("new", "old")),
            confluent::differences(new, old, ("old", "new")),
        ),
    }
}
