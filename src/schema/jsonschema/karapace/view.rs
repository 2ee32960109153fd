//! A schema as Karapace sees it: JSON whose references are replaced by what they lead to, and
//! whose newer keywords are called by their names of draft 7 (`jsonschema/utils.py`). References
//! are followed only when somebody looks, so that recursion is no matter.

use std::{collections::HashSet, rc::Rc};

use super::super::{
    super::{Node, Value},
    library::{Draft, Library, escape, id_of},
    uri,
};

/// A value in a schema; `Missing` is Python's `None`.
#[derive(Clone, Debug)]
pub enum View<'s> {
    Missing,
    /// `True` where nobody wrote it.
    Anything,
    /// `{"type": "object"}` where nobody wrote it.
    AnyObject,
    Written(Written<'s>),
}

/// A value that stands in a document.
#[derive(Clone, Debug)]
pub struct Written<'s> {
    pub library: &'s Library,
    pub document: usize,
    pub node: &'s Node,
    base: Rc<str>,
    trail: Rc<Trail>,
    /// The one of its types that is meant.
    only: Option<&'s str>,
    /// The schema whose reference led here, where its other keywords count as well: since draft
    /// 2019-09.
    referrer: Option<Rc<Self>>,
}

#[derive(Debug)]
struct Trail {
    up: Option<Rc<Trail>>,
    step: String,
}

/// What kind of schema it is (`get_type_of`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class<'s> {
    /// `true` or `false`
    Boolean,
    Instance(&'s str),
    Combination(&'static str),
    Not,
    Enum,
}

impl Class<'_> {
    /// What Python prints for it.
    pub fn name(self) -> String {
        match self {
            Self::Boolean => {
                "<class 'karapace.core.compatibility.jsonschema.types.BooleanSchema'>".to_owned()
            }
            Self::Instance(name) => format!("Instance.{}", name.to_uppercase()),
            Self::Combination("allOf") => "Subschema.ALL_OF".to_owned(),
            Self::Combination("anyOf") => "Subschema.ANY_OF".to_owned(),
            Self::Combination(_) => "Subschema.ONE_OF".to_owned(),
            Self::Not => "Subschema.NOT".to_owned(),
            Self::Enum => "Keyword.ENUM".to_owned(),
        }
    }

    /// The keyword or the type (`get_name_of`).
    pub fn value(self) -> String {
        match self {
            Self::Boolean => String::new(),
            Self::Instance(name) => name.to_owned(),
            Self::Combination(keyword) => keyword.to_owned(),
            Self::Not => "not".to_owned(),
            Self::Enum => "enum".to_owned(),
        }
    }

    pub fn is_number(self) -> bool {
        matches!(self, Self::Instance("number" | "integer"))
    }
}

/// References that lead to references are followed so far: each of many may begin such a row.
const MOST_HOPS: usize = 1_000;

impl<'s> Written<'s> {
    /// What stands below, before a reference in it is followed.
    pub fn child(&self, step: &str, node: &'s Node) -> Self {
        let trail = Rc::new(Trail {
            up: Some(self.trail.clone()),
            step: format!("/{}", escape(step)),
        });
        Self {
            node,
            trail,
            base: self.base.clone(),
            only: None,
            referrer: None,
            ..*self
        }
    }

    /// Takes the schema's own id as the base of the references in it.
    pub fn enter(&mut self) {
        let draft = self.library.documents[self.document]
            .draft
            .unwrap_or(Draft::Seven);
        if let Some(id) = id_of(self.node, Some(draft)) {
            self.base = uri::resolve(&self.base, id).into();
        }
    }

    /// The text of its reference.
    pub fn reference(&self) -> Option<&'s str> {
        self.node.get("$ref").and_then(Node::text)
    }

    /// The schema that its reference leads to, one step and no further; it must be entered.
    pub fn target(&self) -> Option<Self> {
        let target = self
            .library
            .find(self.document, &self.base, self.reference()?)?;
        Some(Self {
            library: self.library,
            document: target.document,
            node: target.node,
            base: target.base.into(),
            trail: Rc::new(Trail {
                up: None,
                step: target.pointer,
            }),
            only: None,
            referrer: None,
        })
    }
}

impl<'s> View<'s> {
    /// The whole schema.
    pub fn root(library: &'s Library) -> Self {
        let document = &library.documents[0];
        let trail = Rc::new(Trail {
            up: None,
            step: String::new(),
        });
        let base = document.base.as_str().into();
        Self::written(Written {
            library,
            document: 0,
            node: &document.tree,
            base,
            trail,
            only: None,
            referrer: None,
        })
    }

    fn written(mut at: Written<'s>) -> Self {
        let mut followed = HashSet::new();
        at.enter();
        while at.reference().is_some() {
            let Some(mut target) = at.target() else {
                return Self::Anything;
            };
            // References in a circle lead nowhere.
            if !followed.insert(std::ptr::from_ref(at.node)) || followed.len() > MOST_HOPS {
                return Self::Anything;
            }
            let draft = at.library.documents[at.document].draft;
            if draft.is_some_and(Draft::is_modern) {
                target.referrer = Some(Rc::new(at));
            }
            target.enter();
            at = target;
        }
        Self::Written(at)
    }

    /// The schema whose reference led here, for the keywords beside it; `None` where they do not
    /// count.
    pub fn referrer(&self) -> Option<Self> {
        let Self::Written(at) = self else {
            return None;
        };
        at.referrer.as_deref().cloned().map(Self::Written)
    }

    fn child(at: &Written<'s>, step: &str, node: &'s Node) -> Self {
        Self::written(at.child(step, node))
    }

    /// The value of a keyword before a reference in it is followed.
    pub fn unfollowed(&self, keyword: &str) -> Option<Written<'s>> {
        let Self::Written(at) = self else {
            return None;
        };
        Some(at.child(keyword, at.node.get(keyword)?))
    }

    /// The value of a keyword, by its name of draft 7.
    pub fn get(&self, keyword: &str) -> Self {
        let Self::Written(at) = self else {
            return Self::Missing;
        };
        let prefix = at.node.get("prefixItems").is_some();
        let keyword = match keyword {
            "items" if prefix => "prefixItems",
            "additionalItems" if prefix && at.node.get(keyword).is_none() => "items",
            "dependencies" if at.node.get(keyword).is_none() => "dependentRequired",
            _ => keyword,
        };
        at.node
            .get(keyword)
            .map_or(Self::Missing, |node| Self::child(at, keyword, node))
    }

    /// The member of this very name.
    pub fn get_name(&self, name: &str) -> Option<Self> {
        let Self::Written(at) = self else {
            return None;
        };
        Some(Self::child(at, name, at.library.step(at.node, name)?))
    }

    /// The members of an object.
    pub fn members(&self) -> Vec<(&'s str, Self)> {
        let Self::Written(at) = self else {
            return Vec::new();
        };
        let members = at.node.members().iter();
        members
            .map(|member| {
                (
                    member.name.as_str(),
                    Self::child(at, &member.name, &member.node),
                )
            })
            .collect()
    }

    /// The items of an array.
    pub fn items(&self) -> Vec<Self> {
        let Self::Written(at) = self else {
            return Vec::new();
        };
        let items = at.node.items().iter().enumerate();
        items
            .map(|(index, item)| Self::child(at, &index.to_string(), item))
            .collect()
    }

    /// The value as it was written.
    pub fn node(&self) -> Option<&'s Node> {
        match self {
            Self::Written(at) => Some(at.node),
            _ => None,
        }
    }

    /// The JSON pointer of it.
    pub fn pointer(&self) -> String {
        let Self::Written(at) = self else {
            return String::new();
        };
        let mut steps = Vec::new();
        let mut trail = Some(&at.trail);
        while let Some(link) = trail {
            steps.push(link.step.as_str());
            trail = link.up.as_ref();
        }
        steps.iter().rev().copied().collect()
    }

    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// Whether it is `True`.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Anything) || self.node().and_then(Node::boolean) == Some(true)
    }

    /// Whether it is `False`.
    pub fn is_false(&self) -> bool {
        self.node().and_then(Node::boolean) == Some(false)
    }

    /// Whether Python takes it for true.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Missing => false,
            Self::Anything | Self::AnyObject => true,
            Self::Written(at) => match &at.node.value {
                Value::Null => false,
                Value::Bool(value) => *value,
                Value::Number(number) => number.parse::<f64>().is_ok_and(|number| number != 0.0),
                Value::String(text) => !text.is_empty(),
                Value::Array(items) => !items.is_empty(),
                Value::Object(members) => !members.is_empty(),
            },
        }
    }

    /// Whether it is an array.
    pub fn is_list(&self) -> bool {
        self.node()
            .is_some_and(|node| matches!(node.value, Value::Array(_)))
    }

    /// The parts of a combination, also of one that several types stand for
    /// (`maybe_get_subschemas_and_type`).
    pub fn parts(&self) -> Option<(Vec<Self>, Class<'s>)> {
        let Self::Written(at) = self else {
            return None;
        };
        let types = at
            .node
            .get("type")
            .filter(|types| matches!(types.value, Value::Array(_)));
        if let Some(types) = types.filter(|_| at.only.is_none()) {
            let parts = types.items().iter().filter_map(Node::text);
            let parts = parts.map(|name| {
                Self::Written(Written {
                    only: Some(name),
                    ..at.clone()
                })
            });
            return Some((parts.collect(), Class::Combination("anyOf")));
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            if at.node.get(keyword).is_some() {
                return Some((self.get(keyword).items(), Class::Combination(keyword)));
            }
        }
        let negated = self.get("not");
        (!negated.is_missing()).then(|| (vec![negated], Class::Not))
    }

    /// What kind of schema it is.
    pub fn class(&self) -> Class<'s> {
        let at = match self {
            Self::Missing => return Class::Instance("null"),
            Self::Anything => return Class::Boolean,
            Self::AnyObject => return Class::Instance("object"),
            Self::Written(at) => at,
        };
        if let Some((_, class)) = self.parts() {
            return class;
        }
        match &at.node.value {
            Value::Null => Class::Instance("null"),
            Value::Bool(_) => Class::Boolean,
            _ => match at.only.or_else(|| at.node.get("type").and_then(Node::text)) {
                Some(name) if !name.is_empty() => Class::Instance(name),
                _ if at.node.get("enum").is_some() => Class::Enum,
                _ => Class::Instance("object"),
            },
        }
    }

    /// What makes it the same as another one.
    pub fn key(&self) -> (usize, usize) {
        match self {
            Self::Missing => (0, 0),
            Self::Anything => (1, 0),
            Self::AnyObject => (2, 0),
            Self::Written(at) => {
                let only = at.only.map_or(0, |only| only.as_ptr() as usize);
                (std::ptr::from_ref(at.node) as usize, only)
            }
        }
    }
}
