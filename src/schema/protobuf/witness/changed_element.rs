//! What a change is about, found again by its places.

use crate::schema::{
    Change, SchemaLocation,
    protobuf::{
        model::{EnumId, MessageId, Schema, Type},
        view::{Kind, View},
    },
};

/// A message on one side, and which of its fields or oneofs matters.
#[derive(Clone, Debug, Default)]
pub(super) struct Subject {
    pub message: Option<MessageId>,
    pub fields: Vec<usize>,
    pub oneof: Option<usize>,
    /// The number of the enum's value that it is about.
    pub value: Option<i32>,
}

impl Subject {
    /// The one field that it is about.
    pub fn view<'s>(&self, schema: &'s Schema) -> Option<View<'s>> {
        let (message, field) = (self.message?, *self.fields.first()?);
        Some(View::of(
            schema,
            message,
            &schema.message(message).fields[field],
        ))
    }
}

/// Both sides of a change.
pub(super) struct Subjects {
    pub old: Subject,
    pub new: Subject,
}

/// What a change is about, where that is a field, a oneof, or a value of an enum that a field has.
pub(super) fn subject(old: &Schema, new: &Schema, change: &Change) -> Option<Subjects> {
    let (before, after) = (change.old_location.as_ref()?, change.new_location.as_ref()?);
    let subjects = Subjects {
        old: at(old, before, change.old.is_some()),
        new: at(new, after, change.new.is_some()),
    };
    if subjects.old.message.is_some() && subjects.new.message.is_some() {
        return Some(subjects);
    }
    let enums = (enumeration(old, before)?, enumeration(new, after)?);
    let value = |schema: &Schema, place: &SchemaLocation, id: EnumId| {
        let name = place.pointer.rsplit('.').next()?;
        schema.enumeration(id).named(name).map(|value| value.number)
    };
    let mut subjects = with_enum((old, enums.0), (new, enums.1))?;
    subjects.old.value = value(old, before, enums.0);
    subjects.new.value = value(new, after, enums.1);
    Some(subjects)
}

/// A field, a oneof or a message at this place.
fn at(schema: &Schema, place: &SchemaLocation, is_there: bool) -> Subject {
    if let (Some(message), false) = (message(schema, place, &place.pointer), is_there) {
        return Subject {
            message: Some(message),
            ..Subject::default()
        };
    }
    let Some((within, name)) = place.pointer.rsplit_once('.') else {
        return Subject::default();
    };
    let Some(id) = message(schema, place, within) else {
        return Subject::default();
    };
    let one = schema.message(id);
    let field = one.fields.iter().position(|field| field.name == name);
    Subject {
        message: Some(id),
        fields: field.into_iter().collect(),
        oneof: one.oneofs.iter().position(|oneof| oneof.name == name),
        value: None,
    }
}

fn message(schema: &Schema, place: &SchemaLocation, name: &str) -> Option<MessageId> {
    let ids = (0..schema.messages.len()).map(MessageId);
    let is_it = |id: &MessageId| {
        schema.message_name(*id) == name
            && schema.files[schema.message(*id).file].name == place.file
    };
    ids.into_iter().find(is_it)
}

/// The enum at this place, or that of the value there.
fn enumeration(schema: &Schema, place: &SchemaLocation) -> Option<EnumId> {
    let named = |name: &str| {
        let ids = (0..schema.enums.len()).map(EnumId);
        ids.into_iter().find(|id| {
            schema.enum_name(*id) == name
                && schema.files[schema.enumeration(*id).file].name == place.file
        })
    };
    let of_value = || {
        place
            .pointer
            .rsplit_once('.')
            .and_then(|(name, _)| named(name))
    };
    named(&place.pointer).or_else(of_value)
}

/// A field that has the enum on both sides, in messages of the same name.
fn with_enum(
    (old, before): (&Schema, EnumId),
    (new, after): (&Schema, EnumId),
) -> Option<Subjects> {
    let messages = (0..old.messages.len()).map(MessageId);
    messages.into_iter().find_map(|one| {
        let name = old.message_name(one);
        let two = (0..new.messages.len()).map(MessageId);
        let two = two.into_iter().find(|two| new.message_name(*two) == name)?;
        View::all(old, one).enumerate().find_map(|(index, view)| {
            let is_plain = !matches!(view.field.kind, Type::Map(..));
            let other = new.message(two).field(view.field.number)?;
            let other_index = *new.message(two).numbers.get(&view.field.number)?;
            let same = view.kind() == Kind::Enum(before)
                && View::of(new, two, other).kind() == Kind::Enum(after);
            (is_plain && same).then(|| Subjects {
                old: Subject {
                    message: Some(one),
                    fields: vec![index],
                    ..Subject::default()
                },
                new: Subject {
                    message: Some(two),
                    fields: vec![other_index],
                    ..Subject::default()
                },
            })
        })
    })
}
