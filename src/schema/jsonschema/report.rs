//! Changes as they are reported: their places in both files, their values on one line.

use super::{
    super::{Member, Node, SchemaLocation, Value},
    library::{Library, escape},
    model::{Id, Model},
};

/// What a change is about, below a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At<'s> {
    /// The schema as a whole.
    Schema,
    /// One keyword.
    Keyword(&'static str),
    /// What a keyword says of a name.
    Name(&'static str, &'s str),
    /// The schema of one place in a tuple.
    Item(usize),
}

/// Longer values are cut off.
const LONGEST: usize = 72;

/// What a name of a property is in a path: its last step.
pub fn last_step(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// The location of a part of a schema, and its value.
#[derive(Clone, Debug, Default)]
pub struct LocatedValue {
    /// `None` when it is unknown.
    pub place: Option<SchemaLocation>,
    /// On one line; `None` when the part is missing: the location is then that of what would hold it.
    pub value: Option<String>,
}

/// Looks for something below a schema of a model.
pub fn locate(model: &Model<'_>, id: Option<Id>, at: At<'_>) -> LocatedValue {
    let Some(id) = id else {
        return LocatedValue::default();
    };
    let spot = model.shape(id).spot;
    locate_in(
        model.library,
        spot.document,
        spot.node,
        &model.pointer(&spot),
        at,
    )
}

/// Looks for something below a schema that stands at `pointer`.
pub fn locate_in(
    library: &Library,
    document: usize,
    node: &Node,
    pointer: &str,
    at: At<'_>,
) -> LocatedValue {
    let file = &library.documents[document].file;
    let place = |pointer: String, at| {
        Some(SchemaLocation {
            pointer,
            file: file.clone(),
            at,
        })
    };
    let here = place(pointer.to_owned(), node.at);
    let missing = LocatedValue {
        place: here.clone(),
        value: None,
    };
    let member = |holder: &Node, pointer: &str, name: &str| {
        let member = holder
            .members()
            .iter()
            .rev()
            .find(|member| member.name == name)?;
        let pointer = format!("{pointer}/{}", escape(name));
        Some(LocatedValue {
            place: place(pointer, member.at),
            value: Some(brief(&member.node)),
        })
    };
    match at {
        At::Schema => {
            let value = node.get("type").map_or_else(|| brief(node), brief);
            LocatedValue {
                place: here,
                value: Some(value),
            }
        }
        At::Keyword(keyword) => {
            let found = spellings(keyword)
                .iter()
                .find_map(|keyword| member(node, pointer, keyword));
            found.unwrap_or(missing)
        }
        At::Name("required", name) => {
            let items = node.get("required").map(Node::items).unwrap_or_default();
            let listed = items
                .iter()
                .enumerate()
                .find(|(_, item)| item.text() == Some(name));
            if let Some((index, item)) = listed {
                let pointer = format!("{pointer}/required/{index}");
                return LocatedValue {
                    place: place(pointer, item.at),
                    value: Some("required".to_owned()),
                };
            }
            let declared = node.get("properties");
            let declared =
                declared.and_then(|node| member(node, &format!("{pointer}/properties"), name));
            declared.map_or(missing, |value| LocatedValue {
                value: Some("optional".to_owned()),
                ..value
            })
        }
        At::Name(keyword, name) => {
            let found = spellings(keyword).iter().find_map(|keyword| {
                let holder = node.get(keyword)?;
                member(holder, &format!("{pointer}/{keyword}"), name)
            });
            found.unwrap_or(missing)
        }
        At::Item(index) => {
            let found = ["prefixItems", "items"].iter().find_map(|keyword| {
                let item = node.get(keyword)?.items().get(index)?;
                let pointer = format!("{pointer}/{keyword}/{index}");
                Some(LocatedValue {
                    place: place(pointer, item.at),
                    value: Some(brief(item)),
                })
            });
            found.unwrap_or(missing)
        }
    }
}

/// What a keyword is called in this draft or that.
fn spellings(keyword: &'static str) -> [&'static str; 3] {
    match keyword {
        "$id" => ["$id", "id", "$id"],
        "additionalItems" => ["additionalItems", "items", "additionalItems"],
        "dependencies" => ["dependencies", "dependentRequired", "dependentSchemas"],
        _ => [keyword; 3],
    }
}

/// Two schemas by what makes them different, where their types alone would look the same.
pub fn tell_apart(
    one: (&Model<'_>, Option<Id>),
    two: (&Model<'_>, Option<Id>),
    sides: &mut [LocatedValue; 2],
) {
    let [before, after] = sides;
    let (Some(old), Some(new)) = (one.1, two.1) else {
        return;
    };
    if before.value != after.value {
        return;
    }
    let (old, new) = (one.0.shape(old).spot.node, two.0.shape(new).spot.node);
    before.value = only_here(old, new);
    after.value = only_here(new, old);
}

/// The members of a schema that another one does not have, or not like that.
fn only_here(node: &Node, other: &Node) -> Option<String> {
    let members = node.members().iter().filter(|member| {
        let same = other.get(&member.name);
        !same.is_some_and(|same| same.equals(&member.node))
    });
    let members: Vec<Member> = members.cloned().collect();
    (!members.is_empty()).then(|| {
        brief(&Node {
            at: node.at,
            value: Value::Object(members),
        })
    })
}

/// A value as JSON on one line, cut off where it gets long.
pub fn brief(node: &Node) -> String {
    let mut text = String::new();
    write(node, &mut text);
    if text.chars().count() <= LONGEST {
        return text;
    }
    let mut cut: String = text.chars().take(LONGEST - 1).collect();
    cut.push('…');
    cut
}

/// Writes no more of a value than is shown.
fn write(node: &Node, text: &mut String) {
    if text.len() > 4 * LONGEST {
        return;
    }
    match &node.value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate().take(LONGEST) {
                text.push_str(if index > 0 { "," } else { "" });
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, member) in members.iter().enumerate().take(LONGEST) {
                text.push_str(if index > 0 { "," } else { "" });
                let name = Value::String(member.name.chars().take(LONGEST).collect());
                text.push_str(
                    &Node {
                        at: member.at,
                        value: name,
                    }
                    .to_json(),
                );
                text.push(':');
                write(&member.node, text);
            }
            text.push('}');
        }
        Value::String(long) if long.len() > 4 * LONGEST => {
            let value = Value::String(long.chars().take(LONGEST).collect());
            text.push_str(&Node { at: node.at, value }.to_json());
        }
        _ => text.push_str(&node.to_json()),
    }
}
