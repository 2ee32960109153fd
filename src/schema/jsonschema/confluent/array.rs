//! Arrays (`ArraySchemaDiff`): lists, tuples, and the content model of a tuple.

use super::{
    super::{
        model::{ArrayShape, Id, Model, Unprocessed},
        report::At,
        tree::Path,
    },
    differ::{Differ, List},
    types::Type,
};

impl<'s> Differ<'_, 's> {
    pub(super) fn arrays(
        &mut self,
        list: &mut List<'s>,
        pair: (Id, Id),
        one: &ArrayShape,
        two: &ArrayShape,
    ) {
        self.compare(list, self.path().join("items"), one.all, two.all);
        self.tuples(list, pair, one, two);
        self.additional_items(list, pair, one, two);
        self.unevaluated(
            list,
            pair,
            "unevaluatedItems",
            |extra| extra.unevaluated_items,
            UNEVALUATED,
        );
        self.limits(list, pair, "maxItems", (one.max, two.max), MAX_ITEMS);
        self.limits(list, pair, "minItems", (one.min, two.min), MIN_ITEMS);
        match (one.unique, two.unique) {
            (true, false) => self.add_keyword(list, Type::UniqueItemsRemoved, pair, "uniqueItems"),
            (false, true) => self.add_keyword(list, Type::UniqueItemsAdded, pair, "uniqueItems"),
            _ => {}
        }
        let (old, new) = (
            self.first().shape(pair.0).unprocessed,
            self.second().shape(pair.1).unprocessed,
        );
        self.limits(
            list,
            pair,
            "maxContains",
            (old.max_contains, new.max_contains),
            MAX_CONTAINS,
        );
        self.limits(
            list,
            pair,
            "minContains",
            (old.min_contains, new.min_contains),
            MIN_CONTAINS,
        );
    }

    fn tuples(&mut self, list: &mut List<'s>, pair: (Id, Id), one: &ArrayShape, two: &ArrayShape) {
        let ids = (Some(pair.0), Some(pair.1));
        let before = one.items.as_deref().unwrap_or_default();
        let after = two.items.as_deref().unwrap_or_default();
        for index in 0..before.len().max(after.len()) {
            let path = self.path().join(format!("items/{index}"));
            let kind = match (before.get(index), after.get(index)) {
                (Some(old), Some(new)) => {
                    self.compare(list, path, Some(*old), Some(*new));
                    continue;
                }
                (Some(old), None) => self.item_removed(list, pair, two, *old, &path),
                (None, Some(new)) => self.item_added(list, pair, one, *new, &path),
                (None, None) => continue,
            };
            self.add(list, kind, path, ids, At::Item(index));
        }
    }

    fn item_removed(
        &mut self,
        list: &mut List<'s>,
        pair: (Id, Id),
        two: &ArrayShape,
        old: Id,
        path: &Path,
    ) -> Type {
        let extra = self.second().shape(pair.1).unprocessed;
        if is_open(self.second(), two, extra) {
            return Type::ItemRemovedFromOpenContentModel;
        }
        if let Some(partial) = partial(self.second(), two, extra) {
            let trial = self.trial(path.clone(), old, partial);
            let covered = trial.is_compatible();
            list.extend(trial);
            return if covered {
                Type::ItemRemovedIsCoveredByPartiallyOpenContentModel
            } else {
                Type::ItemRemovedNotCoveredByPartiallyOpenContentModel
            };
        }
        if self.first().shape(old).is_false() {
            Type::ItemWithFalseRemovedFromClosedContentModel
        } else {
            Type::ItemRemovedFromClosedContentModel
        }
    }

    fn item_added(
        &mut self,
        list: &mut List<'s>,
        pair: (Id, Id),
        one: &ArrayShape,
        new: Id,
        path: &Path,
    ) -> Type {
        let extra = self.first().shape(pair.0).unprocessed;
        if is_open(self.first(), one, extra) {
            return if self.second().shape(new).is_empty() {
                Type::ItemWithEmptySchemaAddedToOpenContentModel
            } else {
                Type::ItemAddedToOpenContentModel
            };
        }
        let Some(partial) = partial(self.first(), one, extra) else {
            return Type::ItemAddedToClosedContentModel;
        };
        let trial = self.trial(path.clone(), partial, new);
        let covered = trial.is_compatible();
        list.extend(trial);
        if covered {
            Type::ItemAddedIsCoveredByPartiallyOpenContentModel
        } else {
            Type::ItemAddedNotCoveredByPartiallyOpenContentModel
        }
    }

    fn additional_items(
        &mut self,
        list: &mut List<'s>,
        pair: (Id, Id),
        one: &ArrayShape,
        two: &ArrayShape,
    ) {
        let kind = match (
            one.additional,
            two.additional,
            one.additional_schema,
            two.additional_schema,
        ) {
            (true, false, None, _) if one.items.is_some() => {
                return self.add_harmless(
                    list,
                    Type::AdditionalItemsRemoved,
                    pair,
                    "additionalItems",
                );
            }
            (true, false, ..) => Type::AdditionalItemsRemoved,
            (false, true, ..) => Type::AdditionalItemsAdded,
            (_, _, None, Some(_)) => Type::AdditionalItemsNarrowed,
            (_, _, Some(_), None) => Type::AdditionalItemsExtended,
            (_, _, old, new) => {
                return self.compare(list, self.path().join("additionalItems"), old, new);
            }
        };
        self.add_keyword(list, kind, pair, "additionalItems");
    }
}

/// Whether further items may be there, and be anything.
fn is_open<'s>(model: &Model<'s>, array: &ArrayShape, extra: Unprocessed<'s>) -> bool {
    array.additional
        && array.additional_schema.is_none()
        && extra
            .unevaluated_items
            .is_none_or(|id| model.shape(id).is_empty())
}

/// What further items must be.
fn partial<'s>(model: &Model<'s>, array: &ArrayShape, extra: Unprocessed<'s>) -> Option<Id> {
    let unevaluated = extra.unevaluated_items.filter(|id| {
        let shape = model.shape(*id);
        array.additional && !shape.is_false() && !shape.is_empty()
    });
    array.additional_schema.or(unevaluated)
}

const MAX_ITEMS: [Type; 4] = [
    Type::MaxItemsAdded,
    Type::MaxItemsRemoved,
    Type::MaxItemsIncreased,
    Type::MaxItemsDecreased,
];
const MIN_ITEMS: [Type; 4] = [
    Type::MinItemsAdded,
    Type::MinItemsRemoved,
    Type::MinItemsIncreased,
    Type::MinItemsDecreased,
];
const MAX_CONTAINS: [Type; 4] = [
    Type::MaxContainsAdded,
    Type::MaxContainsRemoved,
    Type::MaxContainsIncreased,
    Type::MaxContainsDecreased,
];
const MIN_CONTAINS: [Type; 4] = [
    Type::MinContainsAdded,
    Type::MinContainsRemoved,
    Type::MinContainsIncreased,
    Type::MinContainsDecreased,
];
const UNEVALUATED: [Type; 4] = [
    Type::UnevaluatedItemsAdded,
    Type::UnevaluatedItemsRemoved,
    Type::UnevaluatedItemsExtended,
    Type::UnevaluatedItemsNarrowed,
];
