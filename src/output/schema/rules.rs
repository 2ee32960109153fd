//! Results of `evctl schema rules`.

use crate::{
    output::{
        Screen,
        report::{Report, row},
    },
    schema::Rule,
};

row! {
    struct RuleRow {
        id: &'static str,
        title: &'static str,
        registry_type: Option<&'static str> => wide,
        why: &'static str => wide,
        fix: &'static str => wide,
        source: &'static str => wide,
    }
}

/// A list of rules.
#[must_use]
pub fn rule_list<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Report {
    let rows = rules.into_iter().map(|rule| RuleRow {
        id: rule.id,
        title: rule.title,
        registry_type: rule.registry_type,
        why: rule.why,
        fix: rule.fix,
        source: rule.source,
    });
    Report::of("evctl.schema-rules/1", "rules", rows)
}

/// The explanation of a rule.
#[must_use]
pub fn explanation(rule: &Rule, screen: &Screen) -> Vec<u8> {
    let mut text = Vec::new();
    let mut put = |line: &str| screen.fold(&mut text, "", "", line);
    put(rule.id);
    put(&format!("  {}", rule.title));
    put("");
    put(rule.why);
    put("");
    put(&format!("fix: {}", rule.fix));
    if let Some(name) = rule.registry_type {
        put(&format!("registry: {name}"));
    }
    put(&format!("source: {}", rule.source));
    text
}
