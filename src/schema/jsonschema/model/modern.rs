//! Drafts 2019-09 and 2020-12, as Confluent turns what the library json-sKema loads into the
//! classes of the older one (`SchemaTranslator`): each keyword is a schema of its own, and they
//! are joined one after the other, so that the order of the keywords tells in some corners.

use super::{
    super::{
        super::{Node, Value},
        library::{Draft, id_of},
    },
    ArrayShape, Combined, Criterion, Id, Kind, Model, NumberShape, ObjectShape, Problem, Shape,
    Spot, StringShape, Unprocessed,
    legacy::{Scope, Targets, is_schema, names, number, unprocessed},
};

/// What holds the schemas that are joined.
#[derive(Clone, Copy, PartialEq)]
enum Parent {
    /// The keywords of a schema.
    Keywords,
    /// The items of `allOf` and its like.
    List(Criterion),
}

/// Keywords that json-sKema knows: they are not handed on as unprocessed.
const KNOWN: [&str; 52] = [
    "$schema",
    "$id",
    "$ref",
    "$anchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$vocabulary",
    "$comment",
    "$defs",
    "title",
    "description",
    "deprecated",
    "default",
    "type",
    "enum",
    "const",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "properties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "required",
    "minProperties",
    "maxProperties",
    "dependentRequired",
    "dependentSchemas",
    "items",
    "prefixItems",
    "unevaluatedItems",
    "contains",
    "minContains",
    "maxContains",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "readOnly",
];

impl<'s> Model<'s> {
    pub(super) fn load_modern(&mut self) -> Result<Id, Problem> {
        let document = &self.library.documents[0];
        let scope = Scope {
            draft: document.draft.unwrap_or(Draft::Twenty),
            base: document.base.as_str().into(),
        };
        let mut targets = Targets::default();
        let spot = self.start(0, &document.tree, "");
        let mut shape = self.modern(spot, &scope, &mut targets)?;
        // The library knows the ids of no other schema.
        shape.id = id_of(&document.tree, Some(scope.draft));
        let root = self.add(shape);
        while let Some((id, spot, scope)) = targets.open.pop() {
            self.shapes[id] = self.modern(spot, &scope, &mut targets)?;
        }
        self.arrange();
        Ok(root)
    }

    fn modern(
        &mut self,
        spot: Spot<'s>,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Shape<'s>, Problem> {
        let scope = &scope.inside(spot.node);
        match spot.node.value {
            Value::Bool(true) => Ok(Shape::new(Kind::True, spot)),
            Value::Bool(false) => Ok(Shape::new(Kind::False, spot)),
            Value::Object(_) => stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
                self.composite(spot, scope, targets)
            }),
            _ => Ok(Shape::new(Kind::Empty, spot)),
        }
    }

    /// A schema with all its keywords.
    fn composite(
        &mut self,
        spot: Spot<'s>,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Shape<'s>, Problem> {
        let mut first = None;
        for member in spot.node.members() {
            if let Some(shape) = self.keyword(&spot, &member.name, scope, targets)? {
                first = Some(match first {
                    Some(joined) => self.join(Parent::Keywords, joined, shape),
                    None => shape,
                });
            }
        }
        let mut joined = first.unwrap_or_else(|| self.generated(spot, Criterion::All, Vec::new()));
        let late = [
            "properties",
            "patternProperties",
            "unevaluatedItems",
            "unevaluatedProperties",
        ];
        for keyword in late {
            if let Some(shape) = self.late_keyword(&spot, keyword, scope, targets)? {
                joined = self.join(Parent::Keywords, joined, shape);
            }
        }
        if let Kind::Combined(Combined {
            criterion: Criterion::All,
            generated: true,
            parts,
        }) = &joined.kind
        {
            match parts.as_slice() {
                [] => joined.kind = Kind::Empty,
                [only] => joined = self.shapes[*only].clone(),
                _ => {}
            }
        }
        joined.spot = spot;
        let text = |name: &str| spot.node.get(name).and_then(Node::text);
        joined.title = text("title");
        joined.description = text("description");
        // A default of null is none to this library.
        let default = spot
            .node
            .get("default")
            .filter(|node| node.value != Value::Null);
        joined.default = default.filter(|_| self.dialect.defaults);
        let left = unprocessed(spot.node, &KNOWN);
        joined.unprocessed.connect_type = left.connect_type;
        joined.unprocessed.content_encoding = left.content_encoding;
        joined.unprocessed.content_media_type = left.content_media_type;
        joined.unprocessed.hash = left.hash;
        Ok(joined)
    }

    fn nested(
        &mut self,
        spot: &Spot<'s>,
        keyword: &'s str,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Option<Shape<'s>>, Problem> {
        let Some(child) = self
            .below(spot, keyword)
            .filter(|spot| is_schema(spot.node))
        else {
            return Ok(None);
        };
        self.modern(child, scope, targets).map(Some)
    }

    fn nested_list(
        &mut self,
        spot: &Spot<'s>,
        keyword: &'s str,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Vec<Shape<'s>>, Problem> {
        let mut list = Vec::new();
        if let Some(spot) = self.below(spot, keyword) {
            for (index, node) in spot.node.items().iter().enumerate() {
                let child = self.item(&spot, index, node);
                list.push(self.modern(child, scope, targets)?);
            }
        }
        Ok(list)
    }

    fn nested_map(
        &mut self,
        spot: &Spot<'s>,
        keyword: &'s str,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Vec<(&'s str, Id)>, Problem> {
        let mut map = Vec::new();
        if let Some(spot) = self.below(spot, keyword) {
            for member in spot.node.members() {
                let child = self.named(&spot, &member.name, &member.node);
                let shape = self.modern(child, scope, targets)?;
                map.push((member.name.as_str(), self.add(shape)));
            }
        }
        Ok(map)
    }

    /// The schema that one keyword stands for.
    fn keyword(
        &mut self,
        spot: &Spot<'s>,
        keyword: &'s str,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Option<Shape<'s>>, Problem> {
        let Some(value) = spot.node.get(keyword) else {
            return Ok(None);
        };
        let integer = value.integer();
        let kind = match keyword {
            "$ref" | "$dynamicRef" if value.text().is_some() => {
                let target = self.target(spot, value, scope, targets)?;
                Kind::Reference {
                    text: value.text().unwrap_or_default(),
                    target,
                }
            }
            "type" => return Ok(self.types(spot, value)),
            // They count for nothing, and yet they stand between their neighbours.
            "format" | "readOnly" | "writeOnly" => {
                return Ok(Some(self.generated(*spot, Criterion::All, Vec::new())));
            }
            "enum" => Kind::Enum(value.items().iter().collect()),
            "const" => Kind::Const(value),
            "minLength" => Kind::String(StringShape {
                min: integer,
                ..StringShape::default()
            }),
            "maxLength" => Kind::String(StringShape {
                max: integer,
                ..StringShape::default()
            }),
            "pattern" => Kind::String(StringShape {
                pattern: value.text(),
                ..StringShape::default()
            }),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                let all = number(spot.node, false, false, scope.draft);
                Kind::Number(only(&all, keyword))
            }
            "allOf" => {
                return self
                    .combination(spot, Criterion::All, scope, targets)
                    .map(Some);
            }
            "anyOf" => {
                return self
                    .combination(spot, Criterion::Any, scope, targets)
                    .map(Some);
            }
            "oneOf" => {
                return self
                    .combination(spot, Criterion::One, scope, targets)
                    .map(Some);
            }
            "not" => match self.nested(spot, "not", scope, targets)? {
                Some(negated) => Kind::Not(self.add(negated)),
                None => return Ok(None),
            },
            "if" => {
                let mut parts = [None; 3];
                for (part, keyword) in parts.iter_mut().zip(["if", "then", "else"]) {
                    let nested = self.nested(spot, keyword, scope, targets)?;
                    *part = nested.map(|shape| self.add(shape));
                }
                Kind::Conditional(parts)
            }
            _ => return self.container_keyword(spot, keyword, scope, targets),
        };
        Ok(Some(Shape::new(kind, *spot)))
    }

    /// The keywords of arrays and objects.
    fn container_keyword(
        &mut self,
        spot: &Spot<'s>,
        keyword: &'s str,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Option<Shape<'s>>, Problem> {
        let Some(value) = spot.node.get(keyword) else {
            return Ok(None);
        };
        let mut array = ArrayShape::default();
        let mut object = ObjectShape::default();
        let mut extra = Unprocessed::default();
        let mut is_array = true;
        match keyword {
            "minItems" => array.min = value.integer(),
            "maxItems" => array.max = value.integer(),
            "uniqueItems" => array.unique = value.boolean() == Some(true),
            "contains" => {
                let nested = self.nested(spot, keyword, scope, targets)?;
                array.contains = nested.map(|shape| self.add(shape));
                let limit = |name: &str| spot.node.get(name).and_then(Node::integer);
                extra.min_contains = limit("minContains").or(Some(1));
                extra.max_contains = limit("maxContains");
            }
            "items" | "prefixItems" | "additionalItems" => {
                array = self.items(spot, keyword, scope, targets)?;
            }
            _ => is_array = false,
        }
        match keyword {
            _ if is_array => {}
            "minProperties" => object.min = value.integer(),
            "maxProperties" => object.max = value.integer(),
            "required" => object.required = names(Some(value)),
            "propertyNames" => {
                let nested = self.nested(spot, keyword, scope, targets)?;
                object.names = nested.map(|shape| self.add(shape));
            }
            "additionalProperties" => match self.nested(spot, keyword, scope, targets)? {
                Some(shape) if shape.is_false() => object.additional = false,
                Some(shape) if matches!(shape.kind, Kind::True) => {}
                Some(shape) => object.additional_schema = Some(self.add(shape)),
                None => return Ok(None),
            },
            "dependentRequired" => {
                for member in value
                    .members()
                    .iter()
                    .filter(|member| !member.node.items().is_empty())
                {
                    object
                        .property_dependencies
                        .insert(&member.name, names(Some(&member.node)));
                }
            }
            "dependentSchemas" => {
                let map = self.nested_map(spot, keyword, scope, targets)?;
                object.schema_dependencies = map.into_iter().collect();
            }
            _ => return Ok(None),
        }
        let kind = if is_array {
            Kind::Array(Box::new(array))
        } else {
            Kind::Object(Box::new(object))
        };
        Ok(Some(Shape {
            unprocessed: extra,
            ..Shape::new(kind, *spot)
        }))
    }

    /// `items` beside `prefixItems`, and the tuples of 2019-09 with their `additionalItems`, which
    /// the registry does not read at all.
    fn items(
        &mut self,
        spot: &Spot<'s>,
        keyword: &'s str,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<ArrayShape, Problem> {
        let node = spot.node;
        let is_list = |name: &str| node.get(name).is_some_and(|node| !node.items().is_empty());
        let mut array = ArrayShape::default();
        if keyword == "prefixItems" || (keyword == "items" && is_list("items")) {
            let list = self.nested_list(spot, keyword, scope, targets)?;
            let list: Vec<Id> = list.into_iter().map(|shape| self.add(shape)).collect();
            array.items = Some(list).filter(|list| !list.is_empty());
            return Ok(array);
        }
        if keyword == "additionalItems" && !is_list("items") {
            return Ok(array);
        }
        let tuple = keyword == "additionalItems" || is_list("prefixItems");
        match self.nested(spot, keyword, scope, targets)? {
            Some(shape) if shape.is_false() => array.additional = false,
            Some(shape) if matches!(shape.kind, Kind::True) => {}
            Some(shape) if tuple => array.additional_schema = Some(self.add(shape)),
            Some(shape) => array.all = Some(self.add(shape)),
            None => {}
        }
        Ok(array)
    }

    /// The keywords that the library keeps apart and visits last.
    fn late_keyword(
        &mut self,
        spot: &Spot<'s>,
        keyword: &'s str,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Option<Shape<'s>>, Problem> {
        let mut object = ObjectShape::default();
        let mut extra = Unprocessed::default();
        match keyword {
            "properties" | "patternProperties" => {
                let map = self.nested_map(spot, keyword, scope, targets)?;
                if map.is_empty() {
                    return Ok(None);
                }
                if keyword == "properties" {
                    object.properties = map.into_iter().collect();
                } else {
                    object.patterns = map;
                }
            }
            _ => {
                let Some(shape) = self.nested(spot, keyword, scope, targets)? else {
                    return Ok(None);
                };
                let id = Some(self.add(shape));
                if keyword == "unevaluatedItems" {
                    extra.unevaluated_items = id;
                    let kind = Kind::Array(Box::default());
                    return Ok(Some(Shape {
                        unprocessed: extra,
                        ..Shape::new(kind, *spot)
                    }));
                }
                extra.unevaluated_properties = id;
            }
        }
        Ok(Some(Shape {
            unprocessed: extra,
            ..Shape::new(Kind::Object(Box::new(object)), *spot)
        }))
    }

    fn types(&mut self, spot: &Spot<'s>, types: &Node) -> Option<Shape<'s>> {
        for name in types
            .items()
            .iter()
            .filter_map(Node::text)
            .chain(types.text())
        {
            self.note_type(spot, types, name);
        }
        if let Some(name) = types.text() {
            return Some(Shape::new(typed(name)?, *spot));
        }
        let kinds = types
            .items()
            .iter()
            .filter_map(Node::text)
            .filter_map(typed);
        let parts = kinds
            .map(|kind| self.add(Shape::new(kind, *spot)))
            .collect();
        Some(self.generated(*spot, Criterion::Any, parts))
    }

    fn combination(
        &mut self,
        spot: &Spot<'s>,
        criterion: Criterion,
        scope: &Scope,
        targets: &mut Targets<'s>,
    ) -> Result<Shape<'s>, Problem> {
        let list = self.nested_list(spot, criterion.keyword(), scope, targets)?;
        let empty = Combined {
            criterion,
            generated: false,
            parts: Vec::new(),
        };
        let mut joined = Shape::new(Kind::Combined(empty), *spot);
        for shape in list {
            joined = self.join(Parent::List(criterion), joined, shape);
        }
        Ok(joined)
    }

    fn generated(&self, spot: Spot<'s>, criterion: Criterion, parts: Vec<Id>) -> Shape<'s> {
        Shape::new(
            Kind::Combined(Combined {
                criterion,
                generated: true,
                parts,
            }),
            spot,
        )
    }

    /// Two schemas as one (`SchemaContext.join`).
    fn join(&mut self, parent: Parent, one: Shape<'s>, two: Shape<'s>) -> Shape<'s> {
        let spot = one.spot;
        if merges(&one.kind, &two.kind) {
            return merge(one, two);
        }
        for (types, other) in [(&one, &two), (&two, &one)] {
            if let Some(mut parts) = self.types_with(types, other) {
                self.gather(&mut parts, other.clone());
                return self.generated(spot, Criterion::Any, parts);
            }
        }
        let mut parts = Vec::new();
        if let (Parent::List(criterion), Kind::Combined(list)) = (parent, &one.kind) {
            parts.clone_from(&list.parts);
            parts.extend(self.flat(two));
            let list = Combined {
                criterion,
                generated: false,
                parts,
            };
            return Shape::new(Kind::Combined(list), spot);
        }
        for id in [self.flat(one), self.flat(two)].concat() {
            let part = self.shapes[id].clone();
            self.gather(&mut parts, part);
        }
        self.generated(spot, Criterion::All, parts)
    }

    /// The parts of a generated `anyOf` that has one of the same class as `other`.
    fn types_with(&self, types: &Shape<'s>, other: &Shape<'s>) -> Option<Vec<Id>> {
        let Kind::Combined(Combined {
            criterion: Criterion::Any,
            generated: true,
            parts,
        }) = &types.kind
        else {
            return None;
        };
        let class = std::mem::discriminant(&other.kind);
        let has = parts
            .iter()
            .any(|part| std::mem::discriminant(&self.shapes[*part].kind) == class);
        has.then(|| parts.clone())
    }

    /// Adds a part, or merges it into the first one of its class.
    fn gather(&mut self, parts: &mut Vec<Id>, shape: Shape<'s>) {
        for part in parts.iter_mut() {
            if merges(&self.shapes[*part].kind, &shape.kind) {
                let merged = merge(self.shapes[*part].clone(), shape);
                *part = self.add(merged);
                return;
            }
        }
        parts.push(self.add(shape));
    }

    /// The parts of a generated `allOf`; any other schema alone.
    fn flat(&mut self, shape: Shape<'s>) -> Vec<Id> {
        match shape.kind {
            Kind::Combined(Combined {
                criterion: Criterion::All,
                generated: true,
                parts,
            }) => parts,
            _ => vec![self.add(shape)],
        }
    }
}

fn typed<'s>(name: &str) -> Option<Kind<'s>> {
    Some(match name {
        "string" => Kind::String(StringShape {
            strict: true,
            ..StringShape::default()
        }),
        "number" | "integer" => Kind::Number(NumberShape {
            strict: true,
            integer: name == "integer",
            ..NumberShape::default()
        }),
        "boolean" => Kind::Boolean,
        "null" => Kind::Null,
        "array" => Kind::Array(Box::new(ArrayShape {
            strict: true,
            ..ArrayShape::default()
        })),
        "object" => Kind::Object(Box::new(ObjectShape {
            strict: true,
            ..ObjectShape::default()
        })),
        _ => return None,
    })
}

/// One of a number's keywords alone.
fn only<'s>(all: &NumberShape<'s>, keyword: &str) -> NumberShape<'s> {
    let mut one = NumberShape::default();
    match keyword {
        "minimum" => one.minimum = all.minimum,
        "maximum" => one.maximum = all.maximum,
        "exclusiveMinimum" => one.exclusive_minimum = all.exclusive_minimum,
        "exclusiveMaximum" => one.exclusive_maximum = all.exclusive_maximum,
        _ => one.multiple_of = all.multiple_of,
    }
    one
}

fn merges(one: &Kind<'_>, two: &Kind<'_>) -> bool {
    matches!(
        (one, two),
        (Kind::Array(_), Kind::Array(_))
            | (Kind::Number(_), Kind::Number(_))
            | (Kind::Object(_), Kind::Object(_))
            | (Kind::String(_), Kind::String(_))
    )
}

/// What both say; the second has the last word (`SchemaUtils.merge`).
fn merge<'s>(mut one: Shape<'s>, two: Shape<'s>) -> Shape<'s> {
    match (&mut one.kind, two.kind) {
        (Kind::String(into), Kind::String(from)) => {
            into.strict |= from.strict;
            into.min = from.min.or(into.min);
            into.max = from.max.or(into.max);
            into.pattern = from.pattern.or(into.pattern);
        }
        (Kind::Number(into), Kind::Number(from)) => {
            into.strict |= from.strict;
            into.integer |= from.integer;
            into.minimum = from.minimum.or(into.minimum);
            into.maximum = from.maximum.or(into.maximum);
            into.exclusive_minimum = from.exclusive_minimum.or(into.exclusive_minimum);
            into.exclusive_maximum = from.exclusive_maximum.or(into.exclusive_maximum);
            into.multiple_of = from.multiple_of.or(into.multiple_of);
        }
        (Kind::Object(into), Kind::Object(from)) => merge_objects(into, *from),
        (Kind::Array(into), Kind::Array(from)) => {
            into.strict |= from.strict;
            into.unique |= from.unique;
            into.min = from.min.or(into.min);
            into.max = from.max.or(into.max);
            into.all = from.all.or(into.all);
            into.items = from.items.or_else(|| into.items.take());
            into.additional_schema = from.additional_schema.or(into.additional_schema);
            into.additional &= from.additional;
            into.additional |= into.additional_schema.is_some() || into.all.is_some();
            into.contains = from.contains.or(into.contains);
        }
        _ => {}
    }
    let (into, from) = (&mut one.unprocessed, two.unprocessed);
    into.min_contains = from.min_contains.or(into.min_contains);
    into.max_contains = from.max_contains.or(into.max_contains);
    into.unevaluated_items = from.unevaluated_items.or(into.unevaluated_items);
    into.unevaluated_properties = from.unevaluated_properties.or(into.unevaluated_properties);
    into.hash = into.hash.wrapping_add(from.hash);
    into.connect_type = from.connect_type.or(into.connect_type);
    one.title = two.title.or(one.title);
    one.description = two.description.or(one.description);
    one.default = two.default.or(one.default);
    one
}

fn merge_objects<'s>(into: &mut ObjectShape<'s>, from: ObjectShape<'s>) {
    into.strict |= from.strict;
    into.properties.extend(from.properties);
    into.required.extend(from.required);
    into.additional &= from.additional;
    into.additional_schema = from.additional_schema.or(into.additional_schema);
    into.patterns.extend(from.patterns);
    into.names = from.names.or(into.names);
    into.min = from.min.or(into.min);
    into.max = from.max.or(into.max);
    into.property_dependencies
        .extend(from.property_dependencies);
    into.schema_dependencies.extend(from.schema_dependencies);
}
