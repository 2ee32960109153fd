//! Objects (`ObjectSchemaDiffVisitor`).

use std::collections::BTreeSet;

use super::{
    super::{
        confluent::both,
        model::{Id, ObjectShape},
        report::At,
    },
    List, Side, Type, Visitor,
    simple::Limit,
};

/// What is said of members that come and go: changed, added, removed.
type Members = [Type; 3];

impl<'s> Visitor<'_, 's> {
    pub(super) fn objects(
        &mut self,
        list: &mut List<'s>,
        pair: (Side, Side),
        one: &ObjectShape<'s>,
        two: &ObjectShape<'s>,
    ) {
        let set = |names: &[&'s str]| names.iter().copied().collect();
        self.members(
            list,
            pair,
            "required",
            (set(&one.required), set(&two.required)),
            REQUIRED,
        );
        if self.walk.is_decided(list) {
            return;
        }
        self.names(list, pair, one.names, two.names);
        self.limit(
            list,
            pair,
            "minProperties",
            (one.min, two.min),
            MIN_PROPERTIES,
        );
        self.limit(
            list,
            pair,
            "maxProperties",
            (one.max, two.max),
            MAX_PROPERTIES,
        );
        let (before, after) = (&one.property_dependencies, &two.property_dependencies);
        let keys = (
            before.keys().copied().collect(),
            after.keys().copied().collect(),
        );
        self.members(list, pair, "dependencies", keys, DEPENDENCIES);
        for (name, new) in after {
            if let Some(old) = before.get(name) {
                self.members(
                    list,
                    pair,
                    &format!("dependencies/{name}"),
                    (set(old), set(new)),
                    DEPENDENCY,
                );
            }
        }
        let additional = (one.additional_schema, two.additional_schema);
        if self.flag(
            list,
            pair,
            "additionalProperties",
            (one.additional, two.additional),
            ADDITIONAL,
        ) && two.additional
        {
            // The path is the registry's own slip.
            self.schema_or_anything(
                list,
                pair,
                "schemaOfAdditionalItems",
                "additionalProperties",
                additional,
                SCHEMA_OF_ADDITIONAL,
            );
        }
        self.patterns(list, pair, one, two);
        let keys = (
            one.schema_dependencies.keys().copied().collect(),
            two.schema_dependencies.keys().copied().collect(),
        );
        self.members(list, pair, "dependencies", keys, SCHEMA_DEPENDENCIES);
        for (name, new) in &two.schema_dependencies {
            if let Some(old) = one.schema_dependencies.get(name) {
                let (old, new) = (Side { id: *old, ..pair.0 }, Side { id: *new, ..pair.1 });
                self.nested(list, &format!("dependencies/{name}"), old, new);
            }
        }
        self.properties(list, pair, one, two);
    }

    fn names(&mut self, list: &mut List<'s>, pair: (Side, Side), one: Option<Id>, two: Option<Id>) {
        match (one, two) {
            (None, Some(_)) => {
                self.add(
                    list,
                    Type::ObjectTypePropertySchemaAdded,
                    "properties",
                    pair,
                    At::Keyword("propertyNames"),
                );
            }
            (Some(old), Some(new)) => {
                let (old, new) = (Side { id: old, ..pair.0 }, Side { id: new, ..pair.1 });
                self.nested(list, "properties", old, new);
            }
            _ => {}
        }
    }

    fn members(
        &self,
        list: &mut List<'s>,
        pair: (Side, Side),
        path: &str,
        (one, two): (BTreeSet<&'s str>, BTreeSet<&'s str>),
        [changed, added, removed]: Members,
    ) {
        let keyword = match path.split('/').next() {
            Some("required") => "required",
            Some("patternProperties") => "patternProperties",
            _ => "dependencies",
        };
        for name in one.difference(&two) {
            self.add(list, removed, path, pair, At::Name(keyword, name));
        }
        for name in two.difference(&one) {
            self.add(list, added, path, pair, At::Name(keyword, name));
        }
        if one != two {
            self.add(list, changed, path, pair, At::Keyword(keyword));
        }
    }

    fn patterns(
        &mut self,
        list: &mut List<'s>,
        pair: (Side, Side),
        one: &ObjectShape<'s>,
        two: &ObjectShape<'s>,
    ) {
        let keys = |object: &ObjectShape<'s>| {
            object
                .patterns
                .iter()
                .map(|(pattern, _)| *pattern)
                .collect()
        };
        self.members(
            list,
            pair,
            "patternProperties",
            (keys(one), keys(two)),
            PATTERNS,
        );
        for (pattern, new) in &two.patterns {
            if let Some((_, old)) = one.patterns.iter().find(|(old, _)| old == pattern) {
                let (old, new) = (Side { id: *old, ..pair.0 }, Side { id: *new, ..pair.1 });
                self.nested(list, &format!("patternProperties/{pattern}"), old, new);
            }
        }
    }

    fn properties(
        &mut self,
        list: &mut List<'s>,
        pair: (Side, Side),
        one: &ObjectShape<'s>,
        two: &ObjectShape<'s>,
    ) {
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for (name, old, new) in both(&one.properties, &two.properties) {
            if self.walk.is_decided(list) {
                return;
            }
            let old = old.map(|id| Side { id: *id, ..pair.0 });
            let new = new.map(|id| Side { id: *id, ..pair.1 });
            match (old, new) {
                (Some(old), Some(new)) => self.property(list, name, old, new),
                (None, Some(new)) => added.push((name, new)),
                (Some(old), None) => removed.push((name, old)),
                (None, None) => {}
            }
        }
        let schema = |id: Option<Id>, side: Side| id.map(|id| Side { id, ..side });
        let (old_schema, new_schema) = (
            schema(one.additional_schema, pair.0),
            schema(two.additional_schema, pair.1),
        );
        if let Some((name, _)) = added.first() {
            let sides: Vec<Side> = added.iter().map(|(_, side)| *side).collect();
            let permits = (one.additional, two.additional);
            let kind = self.added_kind(&sides, permits, old_schema, ADDED);
            self.add(
                list,
                kind,
                "propertySchemasAdded",
                pair,
                At::Name("properties", name),
            );
        }
        if let Some((name, _)) = removed.first() {
            let sides: Vec<Side> = removed.iter().map(|(_, side)| *side).collect();
            let kind = self.removed_kind(&sides, two.additional, new_schema, REMOVED);
            self.add(
                list,
                kind,
                "propertySchemasRemoved",
                pair,
                At::Name("properties", name),
            );
        }
    }

    /// What it means that schemas were added where there was something else to say of them
    /// (`DiffUtil.diffSubSchemasAdded`).
    pub(super) fn added_kind(
        &mut self,
        added: &[Side],
        (old_permits, new_permits): (bool, bool),
        old_schema: Option<Side>,
        [extended, narrowed, changed]: [Type; 3],
    ) -> Type {
        if !old_permits {
            return extended;
        }
        let Some(schema) = old_schema else {
            return narrowed;
        };
        if !new_permits && added.iter().all(|side| self.is_compatible(schema, *side)) {
            return narrowed;
        }
        if new_permits && added.iter().all(|side| self.is_compatible(*side, schema)) {
            return extended;
        }
        changed
    }

    /// The same for schemas that were removed (`DiffUtil.diffSubSchemasRemoved`).
    pub(super) fn removed_kind(
        &mut self,
        removed: &[Side],
        new_permits: bool,
        new_schema: Option<Side>,
        [narrowed, covered, extended, changed]: [Type; 4],
    ) -> Type {
        match new_schema {
            _ if !new_permits => narrowed,
            None => extended,
            Some(schema) if removed.iter().all(|side| self.is_compatible(*side, schema)) => covered,
            Some(_) => changed,
        }
    }

    /// What is additional became a schema, or is none any longer (`DiffUtil.diffSchemaOrTrue`).
    pub(super) fn schema_or_anything(
        &mut self,
        list: &mut List<'s>,
        pair: (Side, Side),
        path: &str,
        keyword: &'static str,
        (one, two): (Option<Id>, Option<Id>),
        [unchanged, extended, narrowed, changed]: [Type; 4],
    ) {
        let at = At::Keyword(keyword);
        match (one, two) {
            (Some(_), None) => self.add(list, extended, path, pair, at),
            (None, Some(_)) => self.add(list, narrowed, path, pair, at),
            (Some(old), Some(new)) => {
                let sides = (Side { id: old, ..pair.0 }, Side { id: new, ..pair.1 });
                self.both_ways(
                    list,
                    path,
                    pair,
                    sides,
                    at,
                    [unchanged, extended, narrowed, changed],
                );
            }
            (None, None) => {}
        }
    }
}

const REQUIRED: Members = [
    Type::ObjectTypeRequiredPropertiesChanged,
    Type::ObjectTypeRequiredPropertiesMemberAdded,
    Type::ObjectTypeRequiredPropertiesMemberRemoved,
];
const DEPENDENCIES: Members = [
    Type::ObjectTypePropertyDependenciesKeysChanged,
    Type::ObjectTypePropertyDependenciesKeysMemberAdded,
    Type::ObjectTypePropertyDependenciesKeysMemberRemoved,
];
const DEPENDENCY: Members = [
    Type::ObjectTypePropertyDependenciesValueMemberChanged,
    Type::ObjectTypePropertyDependenciesValueMemberAdded,
    Type::ObjectTypePropertyDependenciesValueMemberRemoved,
];
const SCHEMA_DEPENDENCIES: Members = [
    Type::ObjectTypeSchemaDependenciesChanged,
    Type::ObjectTypeSchemaDependenciesMemberAdded,
    Type::ObjectTypeSchemaDependenciesMemberRemoved,
];
const PATTERNS: Members = [
    Type::ObjectTypePatternPropertyKeysChanged,
    Type::ObjectTypePatternPropertyKeysMemberAdded,
    Type::ObjectTypePatternPropertyKeysMemberRemoved,
];
const MIN_PROPERTIES: Limit = [
    Type::ObjectTypeMinPropertiesAdded,
    Type::ObjectTypeMinPropertiesRemoved,
    Type::ObjectTypeMinPropertiesIncreased,
    Type::ObjectTypeMinPropertiesDecreased,
];
const MAX_PROPERTIES: Limit = [
    Type::ObjectTypeMaxPropertiesAdded,
    Type::ObjectTypeMaxPropertiesRemoved,
    Type::ObjectTypeMaxPropertiesIncreased,
    Type::ObjectTypeMaxPropertiesDecreased,
];
const ADDITIONAL: [Type; 2] = [
    Type::ObjectTypeAdditionalPropertiesFalseToTrue,
    Type::ObjectTypeAdditionalPropertiesTrueToFalse,
];
const SCHEMA_OF_ADDITIONAL: [Type; 4] = [
    Type::ObjectTypeAdditionalPropertiesSchemaUnchanged,
    Type::ObjectTypeAdditionalPropertiesExtended,
    Type::ObjectTypeAdditionalPropertiesNarrowed,
    Type::ObjectTypeAdditionalPropertiesSchemaChanged,
];
const ADDED: [Type; 3] = [
    Type::ObjectTypePropertySchemasExtended,
    Type::ObjectTypePropertySchemasNarrowed,
    Type::ObjectTypePropertySchemasChanged,
];
const REMOVED: [Type; 4] = [
    Type::ObjectTypePropertySchemasNarrowed,
    Type::ObjectTypePropertySchemasNarrowedCompatibleWithAdditionalProperties,
    Type::ObjectTypePropertySchemasExtended,
    Type::ObjectTypePropertySchemasChanged,
];
