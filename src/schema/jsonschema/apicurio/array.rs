//! Arrays (`ArraySchemaDiffVisitor`).

use super::{
    super::{
        model::{ArrayShape, Id},
        report::At,
    },
    List, Side, Type, Visitor,
    simple::Limit,
};

impl<'s> Visitor<'_, 's> {
    pub(super) fn arrays(
        &mut self,
        list: &mut List<'s>,
        pair: (Side, Side),
        one: &ArrayShape,
        two: &ArrayShape,
    ) {
        self.limit(list, pair, "minItems", (one.min, two.min), MIN_ITEMS);
        self.limit(list, pair, "maxItems", (one.max, two.max), MAX_ITEMS);
        self.flag(list, pair, "uniqueItems", (one.unique, two.unique), UNIQUE);
        let added = (Type::ArrayTypeAllItemSchemaAdded, "items");
        self.schema(list, pair, "allItemSchema", (one.all, two.all), added);
        let additional = (one.additional_schema, two.additional_schema);
        if self.flag(
            list,
            pair,
            "additionalItems",
            (one.additional, two.additional),
            ADDITIONAL,
        ) && two.additional
        {
            self.schema_or_anything(
                list,
                pair,
                "schemaOfAdditionalItems",
                "additionalItems",
                additional,
                SCHEMA_OF_ADDITIONAL,
            );
        }
        if two.items.is_some() {
            self.tuples(list, pair, one, two);
        }
        let added = (Type::ArrayTypeContainedItemSchemaAdded, "contains");
        self.schema(
            list,
            pair,
            "containedItemSchema",
            (one.contains, two.contains),
            added,
        );
    }

    /// A schema that the updated side has.
    fn schema(
        &mut self,
        list: &mut List<'s>,
        pair: (Side, Side),
        path: &str,
        schemas: (Option<Id>, Option<Id>),
        (added, keyword): (Type, &'static str),
    ) {
        match schemas {
            (None, Some(_)) => self.add(list, added, path, pair, At::Keyword(keyword)),
            (Some(old), Some(new)) => {
                let (old, new) = (Side { id: old, ..pair.0 }, Side { id: new, ..pair.1 });
                self.nested(list, path, old, new);
            }
            _ => {}
        }
    }

    fn tuples(
        &mut self,
        list: &mut List<'s>,
        pair: (Side, Side),
        one: &ArrayShape,
        two: &ArrayShape,
    ) {
        let side = |ids: &Option<Vec<Id>>, side: Side| -> Vec<Side> {
            ids.iter()
                .flatten()
                .map(|id| Side { id: *id, ..side })
                .collect()
        };
        let (before, after) = (side(&one.items, pair.0), side(&two.items, pair.1));
        for (index, (old, new)) in before.iter().zip(&after).enumerate() {
            self.nested(list, &format!("items/{index}"), *old, *new);
        }
        let size = before.len().min(after.len());
        let at = At::Item(size);
        if after.len() > size {
            let schema = one.additional_schema.map(|id| Side { id, ..pair.0 });
            let kind = self.added_kind(
                &after[size..],
                (one.additional, two.additional),
                schema,
                ADDED,
            );
            self.add(list, kind, "addItemSchema", pair, at);
        }
        if before.len() > size {
            let schema = two.additional_schema.map(|id| Side { id, ..pair.1 });
            let kind = self.removed_kind(&before[size..], two.additional, schema, REMOVED);
            self.add(list, kind, "removeItemSchema", pair, at);
        }
    }
}

const MIN_ITEMS: Limit = [
    Type::ArrayTypeMinItemsAdded,
    Type::ArrayTypeMinItemsRemoved,
    Type::ArrayTypeMinItemsIncreased,
    Type::ArrayTypeMinItemsDecreased,
];
const MAX_ITEMS: Limit = [
    Type::ArrayTypeMaxItemsAdded,
    Type::ArrayTypeMaxItemsRemoved,
    Type::ArrayTypeMaxItemsIncreased,
    Type::ArrayTypeMaxItemsDecreased,
];
const UNIQUE: [Type; 2] = [
    Type::ArrayTypeUniqueItemsFalseToTrue,
    Type::ArrayTypeUniqueItemsTrueToFalse,
];
const ADDITIONAL: [Type; 2] = [
    Type::ArrayTypeAdditionalItemsFalseToTrue,
    Type::ArrayTypeAdditionalItemsTrueToFalse,
];
const SCHEMA_OF_ADDITIONAL: [Type; 4] = [
    Type::ArrayTypeSchemaOfAdditionalItemsUnchanged,
    Type::ArrayTypeAdditionalItemsExtended,
    Type::ArrayTypeAdditionalItemsNarrowed,
    Type::ArrayTypeSchemaOfAdditionalItemsChanged,
];
const ADDED: [Type; 3] = [
    Type::ArrayTypeItemSchemasExtended,
    Type::ArrayTypeItemSchemasNarrowed,
    Type::ArrayTypeItemSchemasChanged,
];
const REMOVED: [Type; 4] = [
    Type::ArrayTypeItemSchemasNarrowed,
    Type::ArrayTypeItemSchemasNarrowedCompatibleWithAdditionalProperties,
    Type::ArrayTypeItemSchemasExtended,
    Type::ArrayTypeItemSchemasChanged,
];
