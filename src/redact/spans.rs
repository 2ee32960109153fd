//! Replacing members of JSON in place: a walk over the bytes that builds nothing.

use crate::codec::json::{is_json, skip_white, string_end, value_end};

/// What stands in place of a member's value.
const REDACTED: &[u8] = b"\"[redacted]\"";

/// Names of members, and what is wanted of each: a tree.
#[derive(Debug, Default)]
pub struct Members {
    children: Vec<(String, Member)>,
}

#[derive(Debug)]
enum Member {
    /// The whole of it.
    Whole,
    /// Some of its own members.
    Within(Members),
}

impl Members {
    /// Adds the path `names`. What is wanted whole already stays so.
    pub fn add(&mut self, names: &[String]) {
        let Some((first, rest)) = names.split_first() else {
            return;
        };
        let index = self.children.iter().position(|(name, _)| name == first);
        let index = index.unwrap_or_else(|| {
            let within = Member::Within(Self::default());
            self.children.push((first.clone(), within));
            self.children.len() - 1
        });
        let member = &mut self.children[index].1;
        match member {
            _ if rest.is_empty() => *member = Member::Whole,
            Member::Within(members) => members.add(rest),
            Member::Whole => {}
        }
    }

    /// What is wanted of the member whose name stands as `name` between its quotes.
    fn of(&self, name: &[u8]) -> Option<&Member> {
        let decoded: String;
        let name = if name.contains(&b'\\') {
            let quoted = [b"\"", name, b"\""].concat();
            decoded = serde_json::from_slice(&quoted).ok()?;
            decoded.as_bytes()
        } else {
            name
        };
        let found = self
            .children
            .iter()
            .find(|(child, _)| child.as_bytes() == name);
        found.map(|(_, member)| member)
    }
}

/// What was replaced in a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// Nothing: what was appended is not to be used.
    Nothing,
    /// Only scalars where a path goes on. A string may hold the member as JSON of its own.
    Scalars,
    /// A member at the end of a path.
    Member,
}

/// Appends `json` with every one of `members` replaced, and every scalar but null that stands where
/// a path goes on. `None` when it is not JSON, or such a scalar itself.
pub fn replace(out: &mut Vec<u8>, json: &[u8], members: &Members) -> Option<Replaced> {
    let start = skip_white(json, 0);
    if !is_json(json) || !matches!(json.get(start), Some(b'{' | b'[' | b'n')) {
        return None;
    }
    let mut walk = Walk {
        json,
        out,
        kept: 0,
        replaced: Replaced::Nothing,
    };
    // Cannot fail in what is JSON; if it does, nobody may see it.
    walk.value(start, members).ok()?;
    let Walk { kept, replaced, .. } = walk;
    out.extend_from_slice(&json[kept..]);
    Some(replaced)
}

struct Walk<'a> {
    json: &'a [u8],
    out: &'a mut Vec<u8>,
    /// Up to here the input is in the output, or replaced there.
    kept: usize,
    replaced: Replaced,
}

impl Walk<'_> {
    /// Passes the value at `start`, in which `members` are wanted; where it ends. Recurses no
    /// deeper than JSON may nest.
    fn value(&mut self, start: usize, members: &Members) -> Result<usize, usize> {
        let closing = match self.json.get(start) {
            Some(b'{') => b'}',
            Some(b'[') => b']',
            Some(b'n') => return value_end::<true>(self.json, start),
            _ => {
                if self.replaced == Replaced::Nothing {
                    self.replaced = Replaced::Scalars;
                }
                return self.redact(start);
            }
        };
        let mut at = skip_white(self.json, start + 1);
        while self.json.get(at) != Some(&closing) {
            at = if closing == b'}' {
                self.member(at, members)?
            } else {
                self.value(at, members)?
            };
            at = skip_white(self.json, at);
            if self.json.get(at) == Some(&b',') {
                at = skip_white(self.json, at + 1);
            }
        }
        Ok(at + 1)
    }

    /// Passes a name, its colon and its value.
    fn member(&mut self, start: usize, members: &Members) -> Result<usize, usize> {
        let name_end = string_end(self.json, start + 1)?;
        let wanted = members.of(&self.json[start + 1..name_end - 1]);
        let colon = skip_white(self.json, name_end);
        let value = skip_white(self.json, colon + 1);
        match wanted {
            None => value_end::<true>(self.json, value),
            Some(Member::Within(members)) => self.value(value, members),
            Some(Member::Whole) => {
                self.replaced = Replaced::Member;
                self.redact(value)
            }
        }
    }

    /// Replaces the value at `start`; where it ends.
    fn redact(&mut self, start: usize) -> Result<usize, usize> {
        let end = value_end::<true>(self.json, start)?;
        self.out.extend_from_slice(&self.json[self.kept..start]);
        self.out.extend_from_slice(REDACTED);
        self.kept = end;
        Ok(end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn members(paths: &[&str]) -> Members {
        let mut members = Members::default();
        for path in paths {
            let names: Vec<_> = path.split('.').map(str::to_owned).collect();
            members.add(&names);
        }
        members
    }

    fn replaced(paths: &[&str], json: &str) -> Option<String> {
        let mut out = Vec::new();
        let replaced = replace(&mut out, json.as_bytes(), &members(paths))?;
        Some(if replaced != Replaced::Nothing {
            String::from_utf8(out).unwrap()
        } else {
            json.to_owned()
        })
    }

    #[test]
    fn only_the_value_at_the_path_is_replaced() {
        for (paths, json, wanted) in [
            (
                &["card.pan"][..],
                " { \"card\" : { \"pan\" :  \"4111\" , \"x\":1.50 } }\n",
                " { \"card\" : { \"pan\" :  \"[redacted]\" , \"x\":1.50 } }\n",
            ),
            (
                &["a"],
                r#"{"a":{"b":[1,{}]},"c":2}"#,
                r#"{"a":"[redacted]","c":2}"#,
            ),
            (
                &["a"],
                r#"{"a":null,"b":{"a":1}}"#,
                r#"{"a":"[redacted]","b":{"a":1}}"#,
            ),
            (&["a.b"], r#"{"b":2}"#, r#"{"b":2}"#),
            (&["a", "a.b"], r#"{"a":{"b":1}}"#, r#"{"a":"[redacted]"}"#),
            (&["a.b", "a"], r#"{"a":{"b":1}}"#, r#"{"a":"[redacted]"}"#),
            (
                &["a.b", "a.c"],
                r#"{"a":{"c":"\"}","b":-1e3},"d":[]}"#,
                r#"{"a":{"c":"[redacted]","b":"[redacted]"},"d":[]}"#,
            ),
        ] {
            assert_eq!(replaced(paths, json).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn arrays_are_gone_through_at_every_depth() {
        assert_eq!(
            replaced(
                &["items.email"],
                r#"{"items":[{"email":1},[{"email":2}, null],{"x":3},{}],"x":4}"#
            )
            .as_deref(),
            Some(
                r#"{"items":[{"email":"[redacted]"},[{"email":"[redacted]"}, null],{"x":3},{}],"x":4}"#
            )
        );
        assert_eq!(
            replaced(&["email"], r#"[{"email":1}]"#).as_deref(),
            Some(r#"[{"email":"[redacted]"}]"#)
        );
    }

    #[test]
    fn every_member_of_a_name_is_found_however_it_is_written() {
        assert_eq!(
            replaced(&["pan"], r#"{"pan":1,"p\u0061n":2,"pan":3,"pan ":4}"#).as_deref(),
            Some(r#"{"pan":"[redacted]","p\u0061n":"[redacted]","pan":"[redacted]","pan ":4}"#)
        );
        assert_eq!(
            replaced(&["ż\"\\"], r#"{"\u017c\"\\":1}"#).as_deref(),
            Some(r#"{"\u017c\"\\":"[redacted]"}"#)
        );
    }

    #[test]
    fn scalars_where_a_path_goes_on_are_replaced() {
        for (paths, json, wanted) in [
            (
                &["a.b"][..],
                r#"{"a": 1 ,"b":"x"}"#,
                r#"{"a": "[redacted]" ,"b":"x"}"#,
            ),
            (
                &["a.b.c", "d"],
                r#"{"a":{"b":true},"e":false}"#,
                r#"{"a":{"b":"[redacted]"},"e":false}"#,
            ),
            (
                &["a.b"],
                r#"{"a":["{\"b\":1}",[2],{"b":3}]}"#,
                r#"{"a":["[redacted]",["[redacted]"],{"b":"[redacted]"}]}"#,
            ),
            (
                &["a"],
                r#"[1,{"a":2}]"#,
                r#"["[redacted]",{"a":"[redacted]"}]"#,
            ),
        ] {
            assert_eq!(replaced(paths, json).as_deref(), Some(wanted));
        }
        let found = |json: &str| replace(&mut Vec::new(), json.as_bytes(), &members(&["a.b"]));
        assert_eq!(found(r#"{"a":null}"#), Some(Replaced::Nothing));
        assert_eq!(found(r#"{"a":"x"}"#), Some(Replaced::Scalars));
        assert_eq!(found(r#"{"a":["x",{"b":1},"x"]}"#), Some(Replaced::Member));
    }

    #[test]
    fn what_has_no_members_is_said() {
        assert_eq!(replaced(&["pan"], " null ").as_deref(), Some(" null "));
        for scalar in ["1", "\"pan\"", "-1.5", " true ", r#""{\"pan\":1}""#] {
            assert_eq!(replaced(&["pan"], scalar), None);
        }
        for not_json in ["", "pan", r#"{"pan":1,}"#, "{} {}", "{'pan':1}", "nan"] {
            assert_eq!(replaced(&["pan"], not_json), None);
        }
        let deep = format!("{}{}", "[".repeat(129), "]".repeat(129));
        assert_eq!(replaced(&["pan"], &deep), None);
        let deep = format!("{}{{\"pan\":1}}{}", "[".repeat(127), "]".repeat(127));
        assert!(replaced(&["pan"], &deep).unwrap().contains("[redacted]"));
    }

    /// The same by rules that are easy to see: on a tree.
    fn model(value: &mut Value, path: &[String]) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| model(item, path)),
            Value::Object(map) => {
                if let Some(member) = map.get_mut(&path[0]) {
                    if path.len() == 1 {
                        *member = Value::from("[redacted]");
                    } else {
                        model(member, &path[1..]);
                    }
                }
            }
            Value::Null => {}
            scalar => *scalar = Value::from("[redacted]"),
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i8>().prop_map(Into::into),
            "[a\"\\\\\n]{0,3}".prop_map(Into::into)
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            let name = prop::sample::select(vec!["a", "b", "c\"", "\n"]).prop_map(str::to_owned);
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map(name, inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_walk_does_what_a_tree_would(
            value in json(),
            paths in prop::collection::vec(
                prop::collection::vec(prop::sample::select(vec!["a", "b", "c\"", "\n"]).prop_map(str::to_owned), 1..4),
                1..4,
            ),
            pretty in any::<bool>(),
        ) {
            let text = if pretty {
                serde_json::to_string_pretty(&value).unwrap()
            } else {
                value.to_string()
            };
            let mut wanted = value.clone();
            let mut members = Members::default();
            for path in &paths {
                model(&mut wanted, path);
                members.add(path);
            }
            let mut out = Vec::new();
            let replaced = replace(&mut out, text.as_bytes(), &members);
            if !matches!(value, Value::Null | Value::Array(_) | Value::Object(_)) {
                prop_assert_eq!(replaced, None);
                return Ok(());
            }
            let replaced = replaced.unwrap() != Replaced::Nothing;
            prop_assert_eq!(replaced, wanted != value);
            let out = if replaced { String::from_utf8(out).unwrap() } else { text };
            let got: Value = serde_json::from_str(&out).unwrap();
            prop_assert_eq!(&got, &wanted);
            if !pretty {
                prop_assert_eq!(out, wanted.to_string());
            }
        }
    }
}
