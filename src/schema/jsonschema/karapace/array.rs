//! Arrays (`compatibility_array`).

use super::{
    super::{confluent::Type, report::At},
    Checker, Incompatibilities, MAX_ITEMS, MIN_ITEMS, View, assertions, mismatch, only, skipped,
};

impl<'s> Checker<'_, 's> {
    pub(super) fn arrays(&mut self, reader: &View<'s>, writer: &View<'s>) -> Incompatibilities<'s> {
        let (mine, theirs) = (reader.get("items"), writer.get("items"));
        if mine.is_list() != theirs.is_list() {
            return only(mismatch(
                reader,
                writer,
                reader.class(),
                writer.class(),
                &[],
            ));
        }
        let tuple = mine.is_list();
        let list = |view: View<'s>| if tuple { view.items() } else { vec![view] };
        let (mine, theirs) = (list(mine), list(theirs));
        let mut found = Incompatibilities::default();
        let mut last = 0;
        for (index, (one, two)) in mine.iter().zip(&theirs).enumerate() {
            found.extend(self.check(one, two, &["items", &index.to_string()]));
            last = index;
        }
        let additional = reader.get("additionalItems");
        let restricts = !additional.is_missing() && !additional.is_true();
        if theirs.len() > mine.len() && restricts {
            // What is asked is whether the items go together with `true`: that is not what
            // `additionalItems` says, but it is what the registry compares them with.
            for (offset, item) in theirs[mine.len()..].iter().enumerate() {
                if !self.is_compatible(&View::Anything, item) {
                    let message = format!("Item in position {} is not compatible", last + offset);
                    let kind = Type::ItemRemovedNotCoveredByPartiallyOpenContentModel;
                    let about = (reader, writer, At::Item(mine.len() + offset));
                    found.say(skipped(
                        kind,
                        "item_removed_not_covered_by_partially_open_content_model",
                        message,
                        &["additionalItems"],
                        about,
                    ));
                }
            }
        }
        if mine.len() > theirs.len() {
            self.more_items(
                &mut found,
                reader,
                writer,
                &mine[theirs.len()..],
                (theirs.len(), last),
            );
        }
        let closed = |view: &View<'s>| tuple && view.get("additionalItems").is_false();
        if closed(reader) && !closed(writer) {
            let message = "Additional items are not longer allowed".to_owned();
            let about = (reader, writer, At::Keyword("additionalItems"));
            found.say(skipped(
                Type::AdditionalItemsRemoved,
                "additional_items_removed",
                message,
                &["additionalItems"],
                about,
            ));
        }
        found.extend(assertions(reader, writer, &[MAX_ITEMS, MIN_ITEMS]));
        found
    }

    /// The reader describes more items than the writer.
    fn more_items(
        &mut self,
        found: &mut Incompatibilities<'s>,
        reader: &View<'s>,
        writer: &View<'s>,
        more: &[View<'s>],
        (first, last): (usize, usize),
    ) {
        let additional = writer.get("additionalItems");
        if !additional.is_missing() && !additional.is_true() {
            // The first of them was taken when the pairs ran out, and is not looked at.
            for (offset, item) in more.iter().skip(1).enumerate() {
                if !self.is_compatible(item, &additional) {
                    let message =
                        "New element schema incompatible with the other version".to_owned();
                    let kind = Type::ItemAddedNotCoveredByPartiallyOpenContentModel;
                    let about = (reader, writer, At::Item(first + 1 + offset));
                    let index = (last + offset).to_string();
                    found.say(skipped(
                        kind,
                        "item_added_not_covered_by_partially_open_content_model",
                        message,
                        &["items", &index],
                        about,
                    ));
                }
            }
        }
        let message = format!("Elements starting from index {last} are now required");
        let about = (reader, writer, At::Item(first));
        found.say(skipped(
            Type::ItemAddedToOpenContentModel,
            "item_added_to_open_content_model",
            message,
            &[],
            about,
        ));
    }
}
