//! Advice of changes, and changes that follow it and are safe.

use super::*;

fn fixes(old: &str, new: &str) -> Vec<String> {
    let changes = between(old, new, Rules::Confluent).changes.into_iter();
    changes.filter_map(|change| change.fix).collect()
}

#[test]
fn a_lost_branch_is_kept_in_its_union() {
    assert_eq!(
        fixes(&of(r#"["null","int"]"#), &of(r#""int""#)),
        ["keep null in the union of \"f\""]
    );
    assert_eq!(
        fixes(&of(r#"["null","int"]"#), &of(r#"["null","string"]"#)),
        [
            "keep int in the union of \"f\"",
            "write string in \"f\" only once all consumers have the new schema"
        ]
    );
    // It was in no union.
    assert_eq!(
        fixes(&of(r#""int""#), &of(r#"["null","string"]"#)),
        [
            "add int to the union of \"f\"",
            "write null in \"f\" only once all consumers have the new schema",
            "write string in \"f\" only once all consumers have the new schema"
        ]
    );
}

#[test]
fn an_alias_is_the_way_to_rename_for_new_consumers() {
    let named = |name: &str, more: &str| {
        of(&format!(
            r#"{{"type":"enum","name":"{name}","symbols":["A"]{more}}}"#
        ))
    };
    let fix = "add \"aliases\": [\"shop.E\"] to \"shop.F\", or keep the name \"shop.E\": an alias \
               in the new schema does not help old consumers";
    assert_eq!(fixes(&named("E", ""), &named("F", "")), [fix]);
    // Whoever has followed the advice gets no other.
    for (new, severity) in [
        (named("other.E", ""), Severity::Risk),
        (named("other.E", r#","aliases":["shop.E"]"#), Severity::Safe),
    ] {
        let changes = between(&named("E", ""), &new, Rules::Confluent).changes;
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].id, "avro/namespace-changed");
        assert_eq!(changes[0].severity, severity);
        assert_eq!(changes[0].fix.is_some(), severity == Severity::Risk);
    }
    let renamed = named("F", r#","aliases":["shop.E"]"#);
    let changes = between(&named("E", ""), &renamed, Rules::Confluent).changes;
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].refused, FORWARD);
}

#[test]
fn a_field_that_is_found_by_its_alias_harms_nobody_twice() {
    let old = |more: &str| record(&format!(r#"{{"name":"a","type":"int"{more}}}"#));
    let new = record(r#"{"name":"b","type":"int","default":0,"aliases":["a"]}"#);
    let found = |more: &str| {
        let changes = between(&old(more), &new, Rules::Confluent).changes;
        let mut named = changes
            .into_iter()
            .filter(|change| change.id == "avro/field-renamed-with-alias");
        let change = named.next().unwrap();
        (change.severity, change.breaks)
    };
    let risk = (Severity::Risk, vec![Breaks::OldConsumers]);
    assert_eq!(found(r#","default":0"#), risk);
    // They are refused, which is told.
    assert_eq!(found(""), (Severity::Safe, Vec::new()));
    // They find it, too.
    let aliased = r#","default":0,"aliases":["b"]"#;
    assert_eq!(found(aliased), (Severity::Safe, Vec::new()));
}

#[test]
fn symbols_that_either_side_lacks_are_two_changes() {
    let symbols = |symbols: &str| {
        of(&format!(
            r#"{{"type":"enum","name":"E","symbols":[{symbols}]}}"#
        ))
    };
    let (old, new) = (
        symbols(r#""NEW","PAID","SHIPPED""#),
        symbols(r#""NEW","PAID","RETURNED""#),
    );
    for (rules, lost, added) in [
        (Rules::Confluent, "[SHIPPED]", "[RETURNED]"),
        (Rules::Karapace, "{'SHIPPED'}", "{'RETURNED'}"),
    ] {
        let changes = between(&old, &new, rules).changes;
        let told: Vec<_> = changes
            .iter()
            .map(|change| (change.message.as_str(), &change.refused[..]))
            .collect();
        assert_eq!(told, [(lost, BACKWARD), (added, FORWARD)]);
        assert!(changes[0].fix.as_ref().unwrap().contains("SHIPPED"));
        assert!(changes[1].fix.as_ref().unwrap().contains("RETURNED"));
        let (old, new) = (schema("old.avsc", &old), schema("new.avsc", &new));
        let witness = |index: usize| witness(&old, &new, &changes[index]);
        assert_eq!(witness(0).as_deref(), Some(r#"{"f":"SHIPPED"}"#));
        assert_eq!(witness(1).as_deref(), Some(r#"{"f":"RETURNED"}"#));
    }
    // Neither is told as the other to who approves of one.
    let version = |text: &str| crate::schema::Schema::Avro(schema("v.avsc", text));
    let olds = [crate::schema::diff::Version {
        label: "v1".to_owned(),
        schema: version(&old),
    }];
    let diff = crate::schema::Diff::new(&olds, &version(&new), Rules::Confluent, None).unwrap();
    assert_eq!(diff.changes.len(), 2);
    assert_ne!(diff.changes[0].fingerprint, diff.changes[1].fingerprint);
}
