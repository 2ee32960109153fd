//! Options that only fields of some types can have (`DescriptorBuilder::ValidateFieldOptions` of
//! protoc).

use super::{
    super::{
        model::{Field, Label, MessageId, Type, setting},
        scalar::Scalar,
        view::{Kind, View},
    },
    Search,
};
use crate::schema::validation_error::quoted;

impl<'s> Search<'s> {
    pub(super) fn field_options(&mut self) {
        for (message, field) in self.all_fields() {
            let kind = self.view(field, message).kind();
            for (option, is_right, owners) in [
                (
                    "packed",
                    packed(field, kind),
                    "repeated numbers, bools and enums",
                ),
                ("jstype", jstype(field), "fields of 64-bit integers"),
                ("lazy", lazy(field, kind, "lazy"), "fields of messages"),
                (
                    "unverified_lazy",
                    lazy(field, kind, "unverified_lazy"),
                    "fields of messages",
                ),
            ] {
                if let (false, Some(setting)) = (is_right, setting(&field.options, option)) {
                    let name = quoted(&field.name);
                    let text = format!("field {name} sets {option}, which is for {owners} alone");
                    self.add(self.field(field, message).at(setting.at), text);
                }
            }
        }
    }

    pub(super) fn view(&self, field: &'s Field, message: Option<MessageId>) -> View<'s> {
        View {
            schema: self.schema,
            file: self.index,
            message,
            field,
        }
    }
}

fn packed(field: &Field, kind: Kind) -> bool {
    let is_packable = kind.is_packable() || kind == Kind::Unknown;
    !is_true(field, "packed") || field.label == Some(Label::Repeated) && is_packable
}

fn jstype(field: &Field) -> bool {
    let is_set = setting(&field.options, "jstype").is_some_and(|set| set.value != "JS_NORMAL");
    !is_set
        || matches!(
            field.kind,
            Type::Scalar(
                Scalar::Int64
                    | Scalar::Uint64
                    | Scalar::Sint64
                    | Scalar::Fixed64
                    | Scalar::Sfixed64
            )
        )
}

/// Groups and messages that are encoded like groups cannot be lazy.
fn lazy(field: &Field, kind: Kind, option: &str) -> bool {
    !is_true(field, option) || matches!(kind, Kind::Message(_) | Kind::Entry | Kind::Unknown)
}

fn is_true(field: &Field, option: &str) -> bool {
    setting(&field.options, option).is_some_and(|set| set.value == "true")
}
