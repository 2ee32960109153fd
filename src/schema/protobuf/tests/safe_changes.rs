//! Findings of one direction, what harms nobody, and what is shown of both sides.

use super::*;

#[test]
fn what_only_the_way_back_finds_is_fixed_on_the_way_there() {
    let fixes = |rules, old: &str, new: &str| -> Vec<String> {
        let changes = under(rules, old, new).changes.into_iter();
        let forward = changes.filter(|change| change.refused == [Direction::Forward]);
        forward.filter_map(|change| change.fix).collect()
    };
    let within = "message M { oneof o { string a = 1; string b = 2; } }";
    let outside = "message M { string a = 1; string b = 2; }";
    assert_eq!(
        fixes(Rules::Confluent, within, outside),
        [
            "keep the fields of M in `oneof o`, or update all consumers before more than one of \
             them is written"
        ]
    );
    assert_eq!(
        fixes(Rules::Semantic, within, outside),
        [
            "keep a, b in `oneof o`, or update all consumers before more than one of them is \
             written"
        ]
    );
    let (old, new) = (
        "message M { string a = 1; }",
        "message M { string a = 1; reserved 2; reserved \"b\"; }",
    );
    for rules in [Rules::BufWire, Rules::Apicurio] {
        let fixes = fixes(rules, old, new);
        assert!(!fixes.is_empty());
        for fix in fixes {
            assert!(fix.starts_with("nothing is needed for the data: "), "{fix}");
        }
    }
    let added = "message M { string a = 1; int32 c = 3; }";
    for rules in [Rules::BufWire, Rules::Apicurio] {
        let fixes = fixes(rules, old, added);
        assert!(!fixes.is_empty());
        for fix in fixes {
            assert!(
                fix.starts_with("update all consumers before `int32 c = 3` is used"),
                "{fix}"
            );
        }
    }
}

#[test]
fn one_thing_gone_and_another_new_at_one_path_are_two_changes() {
    let reserved = |number: u32| format!("message M {{ string a = 1; reserved {number}; }}");
    for rules in [Rules::BufWire, Rules::Apicurio] {
        let changes = under(rules, &reserved(2), &reserved(3)).changes;
        let refused: Vec<_> = changes
            .iter()
            .filter(|change| change.severity == Severity::Break)
            .map(|change| change.refused.as_slice())
            .collect();
        let expected = [[Direction::Backward], [Direction::Forward]];
        assert_eq!(refused, expected, "{rules:?}");
    }
}

#[test]
fn what_harms_nobody_is_listed_all_the_same() {
    let listed = |old: &str, new: &str| -> Vec<_> {
        let changes = under(Rules::Semantic, old, new).changes.into_iter();
        changes
            .map(|change| (change.id, change.severity, change.message))
            .collect()
    };
    let safe = |id, message: &str| (id, Severity::Safe, message.to_owned());
    assert_eq!(
        listed(
            "message M { int32 a = 1; string b = 2; }",
            "message M { int32 a = 1; reserved 2; reserved \"b\"; }"
        ),
        [safe(
            "protobuf/field-removed",
            "a field was removed: string b = 2"
        )]
    );
    assert_eq!(
        listed(
            "message M { oneof o { int32 a = 1; string b = 2; } }",
            "message M { oneof o { int32 a = 1; } reserved 2; reserved \"b\"; }"
        ),
        [safe(
            "protobuf/oneof-field-removed",
            "a field of a oneof was removed: string b = 2"
        )]
    );
    // What a risk is about is not told as safe beside it.
    for (old, new) in [
        ("int32 a = 1;", ""),
        ("int32 a = 1;", "string a = 1;"),
        ("int32 a = 1;", "int32 b = 1;"),
    ] {
        let within = |field: &str| format!("message M {{ {field} int32 z = 9; }}");
        let found = listed(&within(old), &within(new));
        let safe = found
            .iter()
            .filter(|(_, severity, _)| *severity == Severity::Safe);
        assert_eq!(safe.count(), 0, "{found:?}");
    }
}

#[test]
fn what_looks_alike_on_both_sides_is_told_apart_or_not_shown() {
    let values = |old: &str, new: &str, id: &str| {
        let changes = under(Rules::Confluent, old, new).changes.into_iter();
        let mut changes = changes.filter(|change| change.id == id);
        changes.next().map(|change| (change.old, change.new))
    };
    let some = |old: &str, new: &str| Some((Some(old.to_owned()), Some(new.to_owned())));
    assert_eq!(
        values(
            "message M { string a = 1; oneof pay { string b = 2; } }",
            "message M { oneof pay { string b = 2; string a = 1; } }",
            "protobuf/field-moved-to-existing-oneof"
        ),
        some("oneof pay { b }", "oneof pay { b, a }")
    );
    let nested = "message Money { int32 a = 1; }";
    assert_eq!(
        values(
            &format!("{nested} message M {{ Money total = 2; }}"),
            &format!("{nested} message M {{ Money total = 2; {nested} }}"),
            "protobuf/field-named-type-changed"
        ),
        some("Money total = 2", "M.Money total = 2")
    );
    assert_eq!(
        values(
            "package a; message M {}",
            "package b; message M {}",
            "protobuf/type-renamed"
        ),
        some("message a.M", "message b.M")
    );
    // The place in the file is no value.
    assert_eq!(
        values(
            "message M {} message N {}",
            "message N {} message M {}",
            "protobuf/message-moved"
        ),
        Some((None, None))
    );
    for rules in Rules::ALL {
        let old = "package a; message M { Money m = 1; optional int32 n = 2; oneof o { int32 x = 3; } \
                   string y = 4; } message Money {} enum E { Z = 0; }";
        let new = "package b; enum E { Z = 0; } message Money {} message M { Money m = 1; int32 n = 2; \
                   oneof o { int32 x = 3; string y = 4; } }";
        for change in under(rules, old, new).changes {
            assert!(
                change.old.is_none() || change.old != change.new,
                "{change:?}"
            );
        }
    }
}
