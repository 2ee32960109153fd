//! What the checkers say held against what happens to data.

use apache_avro::{reader::datum::GenericDatumReader, types::Value as Theirs};
use serde_json::{Value as Json, json};

use super::{
    Schema,
    binary::write,
    compare, parse,
    random::{Dice, Maker, change, value},
    resolve::read,
    value::Value,
    witness,
};
use crate::schema::{Comparison, Direction, Rules, Source};

/// How many pairs are tried.
const PAIRS: u64 = 3_000;

fn schema(json: &Json) -> Schema {
    let text = json.to_string();
    parse(&Source::new("x.avsc", &text), &[]).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Pairs of an old and a new schema, the same in every run.
fn pairs() -> impl Iterator<Item = (Json, Json, Dice)> {
    let pairs = (0..PAIRS).map(|seed| {
        let mut dice = Dice(seed);
        let old = Maker::new(&mut dice).schema();
        let mut new = old.clone();
        for _ in 0..1 + dice.below(3) {
            change(&mut new, &mut dice);
        }
        (old, new, dice)
    });
    // The definition of a type that is used elsewhere may have been left out.
    let reads = |json: &Json| parse(&Source::new("x.avsc", &json.to_string()), &[]).is_ok();
    pairs.filter(move |(old, new, _)| reads(old) && reads(new))
}

/// A random value, written.
fn written(schema: &Schema, dice: &mut Dice) -> Option<(Value, Vec<u8>)> {
    let value = value(schema, &schema.root, dice, 12)?;
    let mut bytes = Vec::new();
    write(schema, &schema.root, &value, &mut bytes).unwrap();
    Some((value, bytes))
}

/// Whether new consumers were told of what may keep them from reading.
fn warned(comparison: &Comparison) -> bool {
    let warnings = [
        "avro/alias-of-other-field",
        "avro/ambiguous-alias",
        "avro/invalid-default",
    ];
    let mut changes = comparison.changes.iter();
    changes.any(|change| warnings.contains(&change.id))
}

#[test]
fn what_is_compatible_is_read() {
    let mut values = 0;
    for (old, new, mut dice) in pairs() {
        let (was, is) = (schema(&old), schema(&new));
        for rules in [Rules::Confluent, Rules::Karapace, Rules::Semantic] {
            let comparison = compare(&was, &is, rules);
            if !comparison.backward || (rules != Rules::Semantic && warned(&comparison)) {
                continue;
            }
            for _ in 0..4 {
                let Some((value, bytes)) = written(&was, &mut dice) else {
                    continue;
                };
                values += 1;
                let read = read(&is, &was, &bytes);
                assert!(read.is_ok(), "{rules:?} {read:?} {value:?}\n{old}\n{new}");
            }
        }
    }
    assert!(values > 1_000);
}

#[test]
fn what_is_incompatible_has_a_witness() {
    for rules in [Rules::Confluent, Rules::Karapace, Rules::Semantic] {
        let (mut pairs_refused, mut pairs_shown, mut refused, mut shown) = (0, 0, 0, 0);
        for (old, new, _) in pairs() {
            let (was, is) = (schema(&old), schema(&new));
            let comparison = compare(&was, &is, rules);
            for direction in [Direction::Backward, Direction::Forward] {
                let changes = comparison.changes.iter();
                let breaks = changes.filter(|change| change.refused == [direction]);
                let found: Vec<_> = breaks.map(|change| witness(&was, &is, change)).collect();
                if found.is_empty() {
                    continue;
                }
                pairs_refused += 1;
                pairs_shown += usize::from(found.iter().any(Option::is_some));
                refused += found.len();
                shown += found.iter().flatten().count();
                for witness in found.into_iter().flatten() {
                    assert!(serde_json::from_str::<Json>(&witness).is_ok(), "{witness}");
                    assert!(!witness.contains('\n'));
                }
            }
        }
        assert!(pairs_shown * 100 >= pairs_refused * 95);
        assert!(shown * 100 >= refused * 95);
    }
}

#[test]
fn what_is_written_is_read_back_here_and_by_apache_avro() {
    let mut values = 0;
    for (old, _, mut dice) in pairs().take(1_000) {
        let ours = schema(&old);
        let Ok(theirs) = apache_avro::Schema::parse_str(&old.to_string()) else {
            continue;
        };
        for _ in 0..3 {
            let Some((value, bytes)) = written(&ours, &mut dice) else {
                continue;
            };
            assert_eq!(read(&ours, &ours, &bytes), Ok(value.clone()), "{old}");
            let reader = GenericDatumReader::builder(&theirs).build().unwrap();
            let mut rest = &bytes[..];
            let decoded = reader.read_value(&mut rest).unwrap();
            assert!(rest.is_empty(), "{old}");
            assert!(same(&value, &decoded), "{value:?}\n{decoded:?}\n{old}");
            values += 1;
        }
    }
    assert!(values > 1_000);
}

fn same(ours: &Value, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        (Value::Boolean(ours), Theirs::Boolean(theirs)) => ours == theirs,
        (Value::Int(ours), Theirs::Int(theirs)) => ours == theirs,
        (Value::Long(ours), Theirs::Long(theirs) | Theirs::TimestampMillis(theirs)) => {
            ours == theirs
        }
        (Value::Float(ours), Theirs::Float(theirs)) => ours == theirs,
        (Value::Double(ours), Theirs::Double(theirs)) => ours == theirs,
        (Value::Bytes(ours), Theirs::Bytes(theirs))
        | (Value::Fixed(ours), Theirs::Fixed(_, theirs)) => ours == theirs,
        // Its bytes are its own business.
        (Value::Null, Theirs::Null) | (Value::Bytes(_), Theirs::Decimal(_)) => true,
        (Value::String(ours), Theirs::String(theirs)) => ours == theirs,
        (Value::Enum(ours), Theirs::Enum(theirs, _)) => *ours == *theirs as usize,
        (Value::Union(ours, inner), Theirs::Union(theirs, value)) => {
            *ours == *theirs as usize && same(inner, value)
        }
        (Value::Array(ours), Theirs::Array(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|(ours, theirs)| same(ours, theirs))
        }
        (Value::Map(ours), Theirs::Map(theirs)) => {
            let mut entries = ours.iter();
            ours.len() == theirs.len()
                && entries
                    .all(|(name, value)| theirs.get(name).is_some_and(|theirs| same(value, theirs)))
        }
        (Value::Record(ours), Theirs::Record(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|(ours, (_, theirs))| same(ours, theirs))
        }
        _ => false,
    }
}

/// Things that do not belong where they are put.
const JUNK: [&str; 12] = [
    "null",
    "[]",
    "{}",
    "7",
    "\"\"",
    "\".\"",
    "\"R1\"",
    "[\"R1\"]",
    "{\"type\":[]}",
    "true",
    "{\"type\":\"fixed\",\"name\":\"a..b\",\"size\":9e99}",
    "[[\"null\"],[]]",
];

#[test]
fn no_schema_is_too_strange() {
    for (old, mut new, mut dice) in pairs() {
        for _ in 0..1 + dice.below(3) {
            spoil(&mut new, &mut dice);
        }
        let strange = parse(&Source::new("x.avsc", &new.to_string()), &[]);
        let Ok(strange) = strange else {
            continue;
        };
        let usual = schema(&old);
        for rules in [Rules::Confluent, Rules::Karapace, Rules::Semantic] {
            for change in compare(&usual, &strange, rules).changes {
                let _ = witness(&usual, &strange, &change);
            }
            assert!(
                compare(&strange, &strange, rules)
                    .changes
                    .iter()
                    .all(|change| {
                        // An exception of Java's, and what only the specification minds.
                        change.refused.is_empty()
                            || rules == Rules::Semantic
                            || change.id == "avro/ambiguous-alias"
                    }),
                "{new}"
            );
        }
    }
}

fn spoil(json: &mut Json, dice: &mut Dice) {
    let junk: Json = serde_json::from_str(dice.pick::<&str>(&JUNK)).unwrap_or(json!(0));
    match json {
        Json::Object(members) if !members.is_empty() && dice.chance(80) => {
            let at = dice.below(members.len());
            match members.values_mut().nth(at) {
                Some(member) => spoil(member, dice),
                None => *json = junk,
            }
        }
        Json::Array(items) if !items.is_empty() && dice.chance(80) => {
            let at = dice.below(items.len());
            spoil(&mut items[at], dice);
        }
        _ => *json = junk,
    }
}
