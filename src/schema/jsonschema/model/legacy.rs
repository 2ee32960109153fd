//! Drafts 4 to 7, as the library everit-json-schema loads them (`SchemaLoader`,
//! `SchemaExtractor`): every family of keywords becomes a schema of its own.

use std::{collections::HashMap, rc::Rc};

use super::{
    super::{
        super::{Node, Value},
        keywords::{self, ARRAY, NUMBER, OBJECT, STRING},
        library::{Draft, id_of},
    },
    ArrayShape, Combined, Criterion, Id, Kind, Model, NumberShape, ObjectShape, Problem, Shape,
    Spot, StringShape, Unprocessed, Wrong, hash,
};

const CONDITION: [&str; 3] = ["if", "then", "else"];

/// What stays the same while a schema and all that is written in it is loaded.
#[derive(Clone)]
pub(super) struct Scope {
    pub draft: Draft,
    pub base: Rc<str>,
}

impl Scope {
    /// The scope inside of a schema, which may have an id.
    pub fn inside(&self, node: &Node) -> Self {
        match id_of(node, Some(self.draft)) {
            Some(id) => Self {
                draft: self.draft,
                base: super::super::uri::resolve(&self.base, id).into(),
            },
            None => self.clone(),
        }
    }
}

/// Where references lead: what a schema that is referred to will be, by where it lies. It is not
/// the same schema as the one that is loaded in passing, like in the library.
#[derive(Default)]
pub(super) struct Targets<'s> {
    known: HashMap<*const Node, Id>,
    /// Those that have not been loaded yet.
    pub open: Vec<(Id, Spot<'s>, Scope)>,
}

impl<'s> Model<'s> {
    pub(super) fn load_legacy(&mut self) -> Result<Id, Problem> {
        let document = &self.library.documents[0];
        let draft = document.draft.filter(|draft| !draft.is_modern());
        let scope = Scope {
            draft: draft.unwrap_or(self.dialect.unnamed),
            base: document.base.as_str().into(),
        };
        let mut targets = Targets::default();
        let spot = self.start(0, &document.tree, "");
        let shape = self.legacy(spot, &scope, &mut targets)?;
        let root = self.add(shape);
        while let Some((id, spot, scope)) = targets.open.pop() {
            self.shapes[id] = self.legacy(spot, &scope, &mut targets)?;
        }
        self.arrange();
        Ok(root)
    }

    /// The schema that a reference leads to.
    pub(super) fn target(
        &mut self,
        spot: &Spot<'s>,
        reference: &Node,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Id, Problem> {
        let text = reference.text().unwrap_or_default();
        let library = self.library;
        let found = library
            .find(spot.document, &scope.base, text)
            .ok_or_else(|| Problem {
                document: spot.document,
                at: reference.at,
                kind: Wrong::Reference(text.to_owned()),
            })?;
        if let Some(id) = targets.known.get(&std::ptr::from_ref(found.node)) {
            return Ok(*id);
        }
        let spot = self.start(found.document, found.node, &found.pointer);
        let id = self.add(Shape::new(Kind::Empty, spot));
        targets.known.insert(found.node, id);
        let draft = library.documents[found.document].draft;
        let draft = draft.filter(|draft| draft.is_modern() == scope.draft.is_modern());
        let scope = Scope {
            draft: draft.unwrap_or(scope.draft),
            base: found.base.into(),
        };
        targets.open.push((id, spot, scope));
        Ok(id)
    }

    fn child(
        &mut self,
        spot: Spot<'s>,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Id, Problem> {
        let scope = scope.inside(spot.node);
        let shape = stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            self.legacy(spot, &scope, targets)
        })?;
        Ok(self.add(shape))
    }

    fn child_of(
        &mut self,
        spot: &Spot<'s>,
        keyword: &'s str,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Option<Id>, Problem> {
        let Some(spot) = self
            .below(spot, keyword)
            .filter(|spot| is_schema(spot.node))
        else {
            return Ok(None);
        };
        self.child(spot, scope, targets).map(Some)
    }

    /// The schemas under the names of an object.
    fn children(
        &mut self,
        spot: &Spot<'s>,
        keyword: &'s str,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Vec<(&'s str, Id)>, Problem> {
        let Some(spot) = self.below(spot, keyword) else {
            return Ok(Vec::new());
        };
        let mut children = Vec::new();
        for member in spot.node.members() {
            if is_schema(&member.node) {
                let child = self.named(&spot, &member.name, &member.node);
                children.push((member.name.as_str(), self.child(child, scope, targets)?));
            }
        }
        Ok(children)
    }

    fn list(
        &mut self,
        spot: &Spot<'s>,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Vec<Id>, Problem> {
        let mut list = Vec::new();
        for (index, node) in spot.node.items().iter().enumerate() {
            let child = self.item(spot, index, node);
            list.push(self.child(child, scope, targets)?);
        }
        Ok(list)
    }

    fn legacy(
        &mut self,
        spot: Spot<'s>,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Shape<'s>, Problem> {
        let node = spot.node;
        match node.value {
            Value::Bool(true) => return Ok(Shape::new(Kind::True, spot)),
            Value::Bool(false) => return Ok(Shape::new(Kind::False, spot)),
            Value::Object(_) => {}
            _ => return Ok(Shape::new(Kind::Empty, spot)),
        }
        let mut used: Vec<&'static str> = Vec::new();
        let mut kinds =
            if let Some(reference) = node.get("$ref").filter(|node| node.text().is_some()) {
                used.push("$ref");
                let target = self.target(&spot, reference, scope, targets)?;
                vec![Kind::Reference {
                    text: reference.text().unwrap_or_default(),
                    target,
                }]
            } else {
                self.families(&spot, scope, targets, &mut used)?
            };
        let kind = match kinds.len() {
            0 => Kind::Empty,
            1 => kinds.swap_remove(0),
            _ => {
                let parts = kinds
                    .into_iter()
                    .map(|kind| self.add(Shape::new(kind, spot)))
                    .collect();
                Kind::Combined(Combined {
                    criterion: Criterion::All,
                    generated: true,
                    parts,
                })
            }
        };
        let mut shape = Shape::new(kind, spot);
        let text = |name: &str| node.get(name).and_then(Node::text);
        shape.id = text(scope.draft.id_keyword());
        shape.title = text("title");
        shape.description = text("description");
        shape.default = node.get("default").filter(|_| self.dialect.defaults);
        used.extend([scope.draft.id_keyword(), "title", "description"]);
        if self.dialect.defaults {
            used.push("default");
        }
        if scope.draft == Draft::Seven {
            used.extend(["readOnly", "writeOnly"]);
        }
        shape.unprocessed = unprocessed(node, &used);
        Ok(shape)
    }

    /// A kind for each family of keywords, in the order in which the library looks for them.
    fn families(
        &mut self,
        spot: &Spot<'s>,
        scope: &Scope,
        targets: &mut Targets<'s>,
        used: &mut Vec<&'static str>,
    ) -> Result<Vec<Kind<'s>>, Problem> {
        let node = spot.node;
        let mut kinds = Vec::new();
        if let Some(values) = node.get("enum") {
            used.push("enum");
            kinds.push(Kind::Enum(values.items().iter().collect()));
        }
        for criterion in [Criterion::All, Criterion::Any, Criterion::One] {
            if let Some(list) = self.below(spot, criterion.keyword()) {
                used.push(criterion.keyword());
                let parts = self.list(&list, scope, targets)?;
                kinds.push(Kind::Combined(Combined {
                    criterion,
                    generated: false,
                    parts,
                }));
            }
        }
        if let Some(negated) = self.child_of(spot, "not", scope, targets)? {
            used.push("not");
            kinds.push(Kind::Not(negated));
        }
        if let Some(value) = node.get("const").filter(|_| scope.draft != Draft::Four) {
            used.push("const");
            kinds.push(Kind::Const(value));
        }
        self.typed(spot, scope, targets, used, &mut kinds)?;
        let object = &OBJECT[..if scope.draft == Draft::Four { 7 } else { 8 }];
        let array = &ARRAY[..if scope.draft == Draft::Four { 5 } else { 6 }];
        for (family, kind) in [
            (array, "array"),
            (object, "object"),
            (&NUMBER[..], "number"),
            (&STRING[..], "string"),
        ] {
            let says = family.iter().any(|keyword| node.get(keyword).is_some());
            if says && !used.contains(&family[0]) {
                used.extend(family);
                if let Some(kind) = self.family(spot, kind, false, scope, targets)? {
                    kinds.push(kind);
                }
            }
        }
        if scope.draft >= Draft::Seven
            && CONDITION.iter().any(|keyword| node.get(keyword).is_some())
        {
            used.extend(CONDITION);
            let mut parts = [None; 3];
            for (part, keyword) in parts.iter_mut().zip(CONDITION) {
                *part = self.child_of(spot, keyword, scope, targets)?;
            }
            kinds.push(Kind::Conditional(parts));
        }
        Ok(kinds)
    }

    /// What `type` says, one type or several.
    fn typed(
        &mut self,
        spot: &Spot<'s>,
        scope: &Scope,
        targets: &mut Targets<'s>,
        used: &mut Vec<&'static str>,
        kinds: &mut Vec<Kind<'s>>,
    ) -> Result<(), Problem> {
        let Some(types) = spot.node.get("type") else {
            return Ok(());
        };
        used.push("type");
        let mut uses = |name: &str| used.extend(keywords::of_type(name));
        for name in types
            .items()
            .iter()
            .filter_map(Node::text)
            .chain(types.text())
        {
            self.note_type(spot, types, name);
        }
        if let Some(name) = types.text() {
            uses(name);
            kinds.extend(self.family(spot, name, true, scope, targets)?);
            return Ok(());
        }
        let mut parts = Vec::new();
        for name in types.items().iter().filter_map(Node::text) {
            uses(name);
            if let Some(kind) = self.family(spot, name, true, scope, targets)? {
                parts.push(self.add(Shape::new(kind, *spot)));
            }
        }
        kinds.push(Kind::Combined(Combined {
            criterion: Criterion::Any,
            generated: false,
            parts,
        }));
        Ok(())
    }

    /// The schema of one type; `None` for a type that there is not.
    fn family(
        &mut self,
        spot: &Spot<'s>,
        name: &str,
        strict: bool,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Option<Kind<'s>>, Problem> {
        let node = spot.node;
        Ok(Some(match name {
            "string" => Kind::String(StringShape {
                strict,
                min: node.get("minLength").and_then(Node::integer),
                max: node.get("maxLength").and_then(Node::integer),
                pattern: node.get("pattern").and_then(Node::text),
                format: node.get("format").and_then(Node::text),
            }),
            "number" | "integer" => {
                Kind::Number(number(node, strict, name == "integer", scope.draft))
            }
            "boolean" => Kind::Boolean,
            "null" => Kind::Null,
            "array" => Kind::Array(Box::new(self.array(spot, strict, scope, targets)?)),
            "object" => Kind::Object(Box::new(self.object(spot, strict, scope, targets)?)),
            _ => return Ok(None),
        }))
    }

    fn array(
        &mut self,
        spot: &Spot<'s>,
        strict: bool,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<ArrayShape, Problem> {
        let node = spot.node;
        let mut array = ArrayShape {
            strict,
            min: node.get("minItems").and_then(Node::integer),
            max: node.get("maxItems").and_then(Node::integer),
            unique: node.get("uniqueItems").and_then(Node::boolean) == Some(true),
            ..ArrayShape::default()
        };
        match node.get("additionalItems").map(|node| &node.value) {
            Some(Value::Bool(allowed)) => array.additional = *allowed,
            Some(_) => {
                array.additional_schema = self.child_of(spot, "additionalItems", scope, targets)?;
            }
            None => {}
        }
        if let Some(items) = self.below(spot, "items") {
            if matches!(items.node.value, Value::Array(_)) {
                array.items =
                    Some(self.list(&items, scope, targets)?).filter(|items| !items.is_empty());
            } else if is_schema(items.node) {
                array.all = Some(self.child(items, scope, targets)?);
            }
        }
        if scope.draft != Draft::Four {
            array.contains = self.child_of(spot, "contains", scope, targets)?;
        }
        // What would be additional to a list whose items are all described?
        array.additional |= array.all.is_some() || array.additional_schema.is_some();
        Ok(array)
    }

    fn object(
        &mut self,
        spot: &Spot<'s>,
        strict: bool,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<ObjectShape<'s>, Problem> {
        let node = spot.node;
        let mut object = ObjectShape {
            strict,
            min: node.get("minProperties").and_then(Node::integer),
            max: node.get("maxProperties").and_then(Node::integer),
            required: names(node.get("required")),
            properties: self
                .children(spot, "properties", scope, targets)?
                .into_iter()
                .collect(),
            patterns: self.children(spot, "patternProperties", scope, targets)?,
            schema_dependencies: (self.children(spot, "dependencies", scope, targets)?)
                .into_iter()
                .collect(),
            ..ObjectShape::default()
        };
        match node.get("additionalProperties").map(|node| &node.value) {
            Some(Value::Bool(allowed)) => object.additional = *allowed,
            Some(_) => {
                object.additional_schema =
                    self.child_of(spot, "additionalProperties", scope, targets)?;
            }
            None => {}
        }
        for member in node
            .get("dependencies")
            .map(Node::members)
            .unwrap_or_default()
        {
            if !member.node.items().is_empty() {
                object
                    .property_dependencies
                    .insert(&member.name, names(Some(&member.node)));
            }
        }
        if scope.draft >= Draft::Six {
            object.names = self.child_of(spot, "propertyNames", scope, targets)?;
        }
        Ok(object)
    }
}

/// A number's schema.
pub(super) fn number(node: &Node, strict: bool, integer: bool, draft: Draft) -> NumberShape<'_> {
    let value = |name: &str| node.get(name).filter(|node| node.number().is_some());
    let flag = |name: &str| node.get(name).and_then(Node::boolean) == Some(true);
    let limit = |name: &str| value(name).filter(|_| draft != Draft::Four);
    NumberShape {
        strict,
        integer,
        minimum: value("minimum"),
        maximum: value("maximum"),
        exclusive_minimum: limit("exclusiveMinimum"),
        exclusive_maximum: limit("exclusiveMaximum"),
        minimum_is_exclusive: flag("exclusiveMinimum"),
        maximum_is_exclusive: flag("exclusiveMaximum"),
        multiple_of: value("multipleOf"),
    }
}

/// The strings of an array.
pub(super) fn names(node: Option<&Node>) -> Vec<&str> {
    node.map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(Node::text)
        .collect()
}

pub(super) fn is_schema(node: &Node) -> bool {
    matches!(node.value, Value::Object(_) | Value::Bool(_))
}

/// What nobody took.
pub(super) fn unprocessed<'s>(node: &'s Node, used: &[&str]) -> Unprocessed<'s> {
    let left = |name: &str| node.get(name).filter(|_| !used.contains(&name));
    Unprocessed {
        connect_type: left("connect.type").and_then(Node::text),
        min_contains: left("minContains").and_then(Node::integer),
        max_contains: left("maxContains").and_then(Node::integer),
        content_encoding: left("contentEncoding"),
        content_media_type: left("contentMediaType"),
        hash: hash::of_members(
            node.members()
                .iter()
                .filter(|one| !used.contains(&one.name.as_str())),
        ),
        ..Unprocessed::default()
    }
}
