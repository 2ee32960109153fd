//! Every rule that a change of Protobuf can come from, as data.

mod apicurio;
mod buf;
mod confluent;
mod karapace;
mod own;

use crate::schema::Rule;

const PARTS: [&[Rule]; 5] = [
    &confluent::RULES,
    &karapace::RULES,
    &apicurio::RULES,
    &buf::RULES,
    &own::RULES,
];

const TOTAL: usize = {
    let (mut total, mut part) = (0, 0);
    while part < PARTS.len() {
        total += PARTS[part].len();
        part += 1;
    }
    total
};

static ALL: [Rule; TOTAL] = {
    let mut all = [PARTS[0][0]; TOTAL];
    let (mut next, mut part) = (0, 0);
    while part < PARTS.len() {
        let mut index = 0;
        while index < PARTS[part].len() {
            all[next] = PARTS[part][index];
            next += 1;
            index += 1;
        }
        part += 1;
    }
    all
};

/// The rules of the registries and of buf, and evctl's own.
pub static RULES: &[Rule] = &ALL;

/// The rule with this id.
pub(super) fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// A rule that a registry has a name for.
const fn registry(
    id: &'static str,
    registry_type: &'static str,
    [title, why, fix]: [&'static str; 3],
    source: &'static str,
) -> Rule {
    Rule {
        id,
        registry_type: Some(registry_type),
        title,
        why,
        fix,
        source,
    }
}
