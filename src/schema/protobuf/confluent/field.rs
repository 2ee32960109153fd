//! `FieldSchemaDiff`: names, kinds, labels, and the types of messages.

use super::{
    Walk,
    types::{ScalarKind, Shape, Spelled},
};
use crate::schema::protobuf::{
    model::{Field, Label, MessageId, Origin, Target},
    side::Side,
    view::View,
};

/// A field on both sides.
#[derive(Clone, Copy)]
pub(super) struct Pair<'s> {
    pub old: View<'s>,
    pub new: View<'s>,
}

impl Pair<'_> {
    fn sides(self) -> (Side, Side) {
        (Side::field(self.old), Side::field(self.new))
    }
}

impl<'s> Walk<'s> {
    pub(super) fn field(&mut self, pair: Pair<'s>) {
        self.patience = self.patience.saturating_sub(1);
        if pair.old.field.name != pair.new.field.name {
            self.say("protobuf/field-name-changed", pair);
        }
        let one = Spelled::of(&pair.old.field.kind);
        let two = Spelled::of(&pair.new.field.kind);
        if let (Some(one), Some(two)) = (one, two) {
            let label = |field: &Field| field.label;
            let labels = (label(pair.old.field), label(pair.new.field));
            self.labels_and_types(labels, (&one, &two), pair);
        }
    }

    fn say(&mut self, id: &'static str, pair: Pair<'s>) {
        let (old, new) = pair.sides();
        self.add(id, old, new);
    }

    fn labels_and_types(
        &mut self,
        labels: (Option<Label>, Option<Label>),
        (one, two): (&Spelled<'s>, &Spelled<'s>),
        pair: Pair<'s>,
    ) {
        let one = self.original.shape(one, &self.scope);
        let two = self.update.shape(two, &self.scope);
        match (one, two) {
            (Shape::Scalar(one), Shape::Scalar(two)) if one != two => {
                self.say("protobuf/field-scalar-kind-changed", pair);
            }
            (Shape::Scalar(kind), Shape::Scalar(_)) => {
                // Only labels that are written on both sides are compared: in proto3 a field
                // without one that becomes repeated is none the wiser.
                if labels.0.is_some() && labels.1.is_some() && labels.0 != labels.1 {
                    let id = match kind {
                        ScalarKind::StringOrBytes => "protobuf/field-string-or-bytes-label-changed",
                        _ => "protobuf/field-numeric-label-changed",
                    };
                    self.say(id, pair);
                }
            }
            (Shape::Map(key, value), Shape::Map(other_key, other_value)) => {
                self.labels_and_types((None, None), (&key, &other_key), pair);
                self.labels_and_types((None, None), (&value, &other_value), pair);
            }
            (Shape::Message(one), Shape::Message(two)) => self.message_types(one, two, pair),
            _ => self.say("protobuf/field-kind-changed", pair),
        }
    }

    fn message_types(&mut self, one: &'s str, two: &'s str, pair: Pair<'s>) {
        let old = self.original.resolve(one, &self.scope);
        let new = self.update.resolve(two, &self.scope);
        let (Some((old_name, _)), Some((new_name, _))) = (old, new) else {
            if one != two {
                self.say("protobuf/field-named-type-changed", pair);
            }
            return;
        };
        // The registry looks the full name up in the scope once more.
        let old = self.original.resolve(old_name, &self.scope);
        let new = self.update.resolve(new_name, &self.scope);
        let (Some((_, old)), Some((_, new))) = (old, new) else {
            return;
        };
        let (old_file, new_file) = (self.original.file(old), self.update.file(new));
        let old_local = self.original.schema.local_name(old_name, old_file);
        let new_local = self.update.schema.local_name(new_name, new_file);
        if old_local != new_local {
            self.say("protobuf/field-named-type-changed", pair);
            return;
        }
        if let (Target::Message(old), Target::Message(new)) = (old, new)
            && !self.is_same_reference(old_file, new_file)
            && !self.imported(old, new, old_local)
        {
            self.say("protobuf/field-named-type-changed", pair);
        }
    }

    /// Whether both files are the schema itself, or the same version of the same subject. The
    /// registry compares subjects and versions; for us the same name and text are the same.
    fn is_same_reference(&self, old: usize, new: usize) -> bool {
        let one = &self.original.schema.files[old];
        let two = &self.update.schema.files[new];
        match (&one.origin, &two.origin) {
            (Origin::Own, Origin::Own) => true,
            (Origin::Own, _) | (_, Origin::Own) => false,
            _ => one.path == two.path && one.text == two.text,
        }
    }

    /// Compares messages of which at least one is imported, in a context of their own. Says
    /// whether they are compatible.
    fn imported(&mut self, old: MessageId, new: MessageId, local: &str) -> bool {
        if self.patience == 0
            && let Some(known) = self.known.get(&(old, new))
        {
            return *known;
        }
        self.known.insert((old, new), true);
        let parts: Vec<String> = local.split('.').map(str::to_owned).collect();
        let path = std::mem::replace(&mut self.path, parts.clone());
        let scope = std::mem::replace(&mut self.scope, parts);
        let packages = (self.original.package, self.update.package);
        let package = |schema: &'s crate::schema::protobuf::model::Schema, id: MessageId| {
            schema.files[schema.message(id).file].package()
        };
        self.original.package = package(self.original.schema, old);
        self.update.package = package(self.update.schema, new);
        let before = self.refused;
        self.message(old, new);
        let compatible = self.refused == before;
        (self.path, self.scope) = (path, scope);
        (self.original.package, self.update.package) = packages;
        self.known.insert((old, new), compatible);
        compatible
    }
}
