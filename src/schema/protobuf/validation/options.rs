//! Options: which there are, what values they take, and that each is set once
//! (`DescriptorBuilder::OptionInterpreter`), and the defaults of fields.

use std::collections::HashSet;

use super::{
    super::{
        model::{
            Enum, EnumValue, Field, Label, Message, MessageId, Schema, Setting, Target, Type,
            ValueKind, setting,
        },
        parser::{join, whole},
        scalar::Scalar,
        side::Side,
        view::camel,
    },
    Search,
    visibility::Visible,
};
use crate::schema::validation_error::quoted;

const NOT_DEFINED: &str = "is not defined, here nor in what is imported";

/// What takes options: the message of `descriptor.proto` that lists them, and its fields.
struct Owner {
    message: &'static str,
    options: &'static [(&'static str, Value)],
}

/// What an option's value is.
#[derive(Clone, Copy)]
enum Value {
    Bool,
    Text,
    /// One of these words.
    One(&'static [&'static str]),
    /// The same, and it may be set more than once.
    Some(&'static [&'static str]),
    /// Fields in braces, as often as one likes.
    Messages,
    /// Fields in braces or one by one, which are not looked at.
    Message,
    /// What protoc sets itself.
    Forbidden,
}

const FILE: Owner = Owner {
    message: "FileOptions",
    options: &[
        ("java_package", Value::Text),
        ("java_outer_classname", Value::Text),
        ("java_multiple_files", Value::Bool),
        ("java_generate_equals_and_hash", Value::Bool),
        ("java_string_check_utf8", Value::Bool),
        (
            "optimize_for",
            Value::One(&["SPEED", "CODE_SIZE", "LITE_RUNTIME"]),
        ),
        ("go_package", Value::Text),
        ("cc_generic_services", Value::Bool),
        ("java_generic_services", Value::Bool),
        ("py_generic_services", Value::Bool),
        ("deprecated", Value::Bool),
        ("cc_enable_arenas", Value::Bool),
        ("objc_class_prefix", Value::Text),
        ("csharp_namespace", Value::Text),
        ("swift_prefix", Value::Text),
        ("php_class_prefix", Value::Text),
        ("php_namespace", Value::Text),
        ("php_metadata_namespace", Value::Text),
        ("ruby_package", Value::Text),
    ],
};

const MESSAGE: Owner = Owner {
    message: "MessageOptions",
    options: &[
        ("message_set_wire_format", Value::Bool),
        ("no_standard_descriptor_accessor", Value::Bool),
        ("deprecated", Value::Bool),
        ("map_entry", Value::Forbidden),
        ("deprecated_legacy_json_field_conflicts", Value::Bool),
    ],
};

const FIELD: Owner = Owner {
    message: "FieldOptions",
    options: &[
        ("ctype", Value::One(&["STRING", "CORD", "STRING_PIECE"])),
        ("packed", Value::Bool),
        (
            "jstype",
            Value::One(&["JS_NORMAL", "JS_STRING", "JS_NUMBER"]),
        ),
        ("lazy", Value::Bool),
        ("unverified_lazy", Value::Bool),
        ("deprecated", Value::Bool),
        ("weak", Value::Bool),
        ("debug_redact", Value::Bool),
        (
            "retention",
            Value::One(&["RETENTION_UNKNOWN", "RETENTION_RUNTIME", "RETENTION_SOURCE"]),
        ),
        (
            "targets",
            Value::Some(&[
                "TARGET_TYPE_UNKNOWN",
                "TARGET_TYPE_FILE",
                "TARGET_TYPE_EXTENSION_RANGE",
                "TARGET_TYPE_MESSAGE",
                "TARGET_TYPE_FIELD",
                "TARGET_TYPE_ONEOF",
                "TARGET_TYPE_ENUM",
                "TARGET_TYPE_ENUM_ENTRY",
                "TARGET_TYPE_SERVICE",
                "TARGET_TYPE_METHOD",
            ]),
        ),
        ("edition_defaults", Value::Messages),
        ("feature_support", Value::Message),
        ("json_name", Value::Text),
    ],
};

const ONEOF: Owner = Owner {
    message: "OneofOptions",
    options: &[],
};

const RANGE: Owner = Owner {
    message: "ExtensionRangeOptions",
    options: &[
        ("declaration", Value::Messages),
        ("verification", Value::One(&["DECLARATION", "UNVERIFIED"])),
    ],
};

const ENUM: Owner = Owner {
    message: "EnumOptions",
    options: &[
        ("allow_alias", Value::Bool),
        ("deprecated", Value::Bool),
        ("deprecated_legacy_json_field_conflicts", Value::Bool),
    ],
};

const VALUE: Owner = Owner {
    message: "EnumValueOptions",
    options: &[
        ("deprecated", Value::Bool),
        ("debug_redact", Value::Bool),
        ("feature_support", Value::Message),
    ],
};

const SERVICE: Owner = Owner {
    message: "ServiceOptions",
    options: &[("deprecated", Value::Bool)],
};

const METHOD: Owner = Owner {
    message: "MethodOptions",
    options: &[
        ("deprecated", Value::Bool),
        (
            "idempotency_level",
            Value::One(&["IDEMPOTENCY_UNKNOWN", "NO_SIDE_EFFECTS", "IDEMPOTENT"]),
        ),
    ],
};

impl<'s> Search<'s> {
    /// `visible`: only given when all imports are there, so that an option that is not found does
    /// not exist.
    pub(super) fn options(&mut self, visible: Option<&Visible<'_>>) {
        let (schema, file) = (self.schema, self.file);
        let package = file.package();
        let within = |side: Side| (side, visible);
        let side = Side::file(schema, self.index);
        self.settings(&FILE, &file.options, package, &within(side));
        for (id, message) in self.messages() {
            let scope = message.full_name.as_str();
            let side = within(Side::message(schema, id));
            self.settings(&MESSAGE, &message.options, scope, &side);
            self.settings(&RANGE, &message.range_options, scope, &side);
            for (index, oneof) in message.oneofs.iter().enumerate() {
                let side = within(Side::oneof(schema, id, index));
                self.settings(&ONEOF, &oneof.options, scope, &side);
            }
            for field in message.fields.iter().chain(&message.extensions) {
                self.options_of_field(field, Some(id), scope, visible);
            }
        }
        for field in &file.extensions {
            self.options_of_field(field, None, package, visible);
        }
        for (id, one) in self.enumerations() {
            let scope = one.full_name.as_str();
            let side = within(Side::enumeration(schema, id));
            self.settings(&ENUM, &one.options, scope, &side);
            for value in &one.values {
                let side = within(Side::value(schema, id, value));
                self.settings(&VALUE, &value.options, scope, &side);
            }
        }
        for service in &file.services {
            let side = Side::file(schema, self.index).at(service.at);
            let scope = join(package, &service.name);
            self.settings(&SERVICE, &service.options, &scope, &within(side));
            for method in &service.methods {
                let side = Side::file(schema, self.index).at(method.at);
                self.settings(&METHOD, &method.options, &scope, &within(side));
            }
        }
    }

    fn options_of_field(
        &mut self,
        field: &'s Field,
        message: Option<MessageId>,
        scope: &str,
        visible: Option<&Visible<'_>>,
    ) {
        let side = self.field(field, message);
        let settings: Vec<Setting> = field
            .options
            .iter()
            .filter(|one| one.name != "default")
            .cloned()
            .collect();
        self.settings(&FIELD, &settings, scope, &(side.clone(), visible));
        let name = quoted(&field.name);
        let defaults: Vec<&Setting> = field
            .options
            .iter()
            .filter(|one| one.name == "default")
            .collect();
        if let [_, again, ..] = defaults.as_slice() {
            let text = format!("field {name} has two defaults");
            self.add(side.clone().at(again.at), text);
        }
        if let (Some(default), false) = (defaults.first(), self.is_proto3())
            && let Some(wrong) = self.default(field, default)
        {
            let text = format!("field {name} {wrong}");
            self.add(side.clone().at(default.at), text);
        }
        if let Some(json_name) = setting(&field.options, "json_name")
            && let Some(wrong) = wrong_json_name(field, &json_name.value)
        {
            self.add(side.at(json_name.at), format!("field {name} {wrong}"));
        }
    }

    /// What is wrong with the default of a field.
    fn default(&self, field: &Field, default: &Setting) -> Option<String> {
        if field.label == Some(Label::Repeated) || matches!(field.kind, Type::Map(..)) {
            return Some("has a default, which repeated fields cannot have".to_owned());
        }
        let wrong = match &field.kind {
            Type::Scalar(scalar) => of_scalar(*scalar, default)?,
            Type::Group(_) => return Some("has a default, which groups cannot have".to_owned()),
            Type::Map(..) => return None,
            Type::Named(name) => match name.target? {
                Target::Message(_) => {
                    return Some("has a default, which messages cannot have".to_owned());
                }
                Target::Enum(id) => of_enum(self.schema.enumeration(id), default)?,
            },
        };
        Some(format!("has a default that is {wrong}"))
    }

    /// The options of one element, whose names are looked for in `scope`.
    fn settings(
        &mut self,
        owner: &Owner,
        settings: &[Setting],
        scope: &str,
        (side, visible): &(Side, Option<&Visible<'_>>),
    ) {
        let mut seen = HashSet::new();
        for one in settings {
            let name = quoted(&one.name);
            let (wrong, repeated) = match one.name.strip_prefix('(') {
                Some(rest) => self.custom(owner, rest, one, scope, *visible),
                None => self.built_in(owner, one, scope, *visible),
            };
            if let Some(wrong) = wrong {
                self.add(side.clone().at(one.at), format!("option {name} {wrong}"));
            } else if !repeated && !seen.insert(&one.name) {
                let text = format!("option {name} is set twice");
                self.add(side.clone().at(one.at), text);
            }
        }
    }

    /// What is wrong with an option of Protobuf's own, and whether it may be set again.
    fn built_in(
        &self,
        owner: &Owner,
        one: &Setting,
        scope: &str,
        visible: Option<&Visible<'_>>,
    ) -> (Option<String>, bool) {
        let (first, rest) = one.name.split_once('.').unwrap_or((&one.name, ""));
        if first == "features" {
            let repeated = rest.is_empty() || rest.starts_with('(');
            let custom = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
            let wrong = match custom {
                _ if self.edition().is_none() => {
                    Some("is a feature, which only editions have".to_owned())
                }
                Some((name, _))
                    if visible.is_some_and(|visible| {
                        extension(self.schema, name, scope, visible).is_none()
                    }) =>
                {
                    Some(NOT_DEFINED.to_owned())
                }
                Some(_) => None,
                None => self.feature(owner.message, rest, one),
            };
            return (wrong, repeated);
        }
        if let Some(wrong) = self.edition().and_then(|year| removed(first, year)) {
            return (Some(wrong.to_owned()), true);
        }
        let known = owner.options.iter().find(|(name, _)| *name == first);
        let Some((_, value)) = known else {
            let wrong = format!("is not one of google.protobuf.{}", owner.message);
            return (Some(wrong), true);
        };
        let expected = match value {
            Value::Bool if one.kind != ValueKind::Word || !is_bool(&one.value) => "true or false",
            Value::Text if one.kind != ValueKind::Text => "a string in quotes",
            Value::One(words) | Value::Some(words)
                if one.kind != ValueKind::Word || !words.contains(&one.value.as_str()) =>
            {
                return (Some(format!("must be one of {}", words.join(", "))), true);
            }
            Value::Forbidden => return (Some("cannot be set".to_owned()), true),
            Value::Message | Value::Messages => return (None, true),
            _ => return (None, matches!(value, Value::Some(_))),
        };
        (Some(format!("must be {expected}")), true)
    }

    /// The same of one that an extension defines; `rest` is its name behind the parenthesis.
    fn custom(
        &self,
        owner: &Owner,
        rest: &str,
        one: &Setting,
        scope: &str,
        visible: Option<&Visible<'_>>,
    ) -> (Option<String>, bool) {
        let Some((name, below)) = rest.split_once(')') else {
            return (None, true);
        };
        let Some(visible) = visible else {
            return (None, true);
        };
        let Some(extension) = extension(self.schema, name, scope, visible) else {
            return (Some(NOT_DEFINED.to_owned()), true);
        };
        let extendee = extension.extendee.as_ref();
        let extendee = extendee.map_or("", |extendee| extendee.written.as_str());
        let last = extendee.rsplit('.').next().unwrap_or_default();
        if last != owner.message {
            let wrong = format!("extends {extendee}, not google.protobuf.{}", owner.message);
            return (Some(wrong), true);
        }
        if !below.is_empty() {
            return (None, true);
        }
        let wrong = match &extension.kind {
            Type::Scalar(scalar) => of_scalar(*scalar, one),
            Type::Named(name) => match name.target {
                Some(Target::Enum(id)) => of_enum(self.schema.enumeration(id), one),
                Some(Target::Message(_)) if one.kind != ValueKind::Braces => {
                    Some("not a message in braces".to_owned())
                }
                _ => None,
            },
            _ => None,
        };
        let wrong = wrong.map(|wrong| format!("has a value that is {wrong}"));
        (wrong, extension.label == Some(Label::Repeated))
    }
}

/// The extension of a name as written in a scope.
fn extension<'s>(
    schema: &'s Schema,
    name: &str,
    scope: &str,
    visible: &Visible<'_>,
) -> Option<&'s Field> {
    let find = |full_name: &str| {
        let files = schema.files.iter().enumerate();
        let files = files.filter(|(index, _)| visible.has_file(*index));
        let in_files = files.flat_map(|(_, file)| {
            let named = move |field: &&Field| join(file.package(), &field.name) == full_name;
            file.extensions.iter().filter(named)
        });
        let messages = schema.messages.iter();
        let messages = messages.filter(|message| visible.has_file(message.file));
        let in_messages = messages.flat_map(|message: &Message| {
            let named = move |field: &&Field| join(&message.full_name, &field.name) == full_name;
            message.extensions.iter().filter(named)
        });
        in_files.chain(in_messages).next()
    };
    if let Some(absolute) = name.strip_prefix('.') {
        return find(absolute);
    }
    let mut scope = scope;
    loop {
        if let Some(found) = find(&join(scope, name)) {
            return Some(found);
        }
        if scope.is_empty() {
            return None;
        }
        scope = scope.rfind('.').map_or("", |dot| &scope[..dot]);
    }
}

/// An option that an edition does not have any more.
fn removed(option: &str, edition: u32) -> Option<&'static str> {
    match option {
        "packed" => Some("is not for editions: set features.repeated_field_encoding"),
        "java_string_check_utf8" => {
            Some("is not for editions: set features.(pb.java).utf8_validation")
        }
        "ctype" if edition >= 2024 => {
            Some("is not for edition 2024: set features.(pb.cpp).string_type")
        }
        "java_multiple_files" if edition >= 2024 => Some("was removed in edition 2024"),
        _ => None,
    }
}

/// What is wrong with a `json_name` (`Parser::ParseJsonName` and `DescriptorBuilder` of protoc).
fn wrong_json_name(field: &Field, json_name: &str) -> Option<&'static str> {
    if field.extendee.is_some() && json_name != camel(&field.name) {
        return Some("is an extension, which cannot have a json_name");
    }
    if json_name.contains('\0') {
        return Some("has a json_name with a null character");
    }
    let is_extension = json_name.starts_with('[') && json_name.ends_with(']');
    is_extension.then_some("has a json_name in brackets, as extensions have in JSON")
}

fn is_bool(word: &str) -> bool {
    matches!(word, "true" | "false")
}

/// What a value is instead of one of an enum.
fn of_enum(one: &Enum, setting: &Setting) -> Option<String> {
    let is_there = |value: &EnumValue| value.name == setting.value;
    if setting.kind != ValueKind::Word {
        return Some(format!(
            "not the name of a value of enum {}",
            quoted(&one.name)
        ));
    }
    (!one.values.iter().any(is_there)).then(|| {
        format!(
            "{}, which enum {} does not have",
            quoted(&setting.value),
            quoted(&one.name)
        )
    })
}

/// What a value is instead of one of a scalar type.
fn of_scalar(scalar: Scalar, setting: &Setting) -> Option<String> {
    let kind = setting.kind;
    let (least, most): (i128, i128) = match scalar {
        Scalar::Bool => {
            let right = kind == ValueKind::Word && is_bool(&setting.value);
            return (!right).then(|| "neither true nor false".to_owned());
        }
        Scalar::String | Scalar::Bytes => {
            return (kind != ValueKind::Text).then(|| "not a string in quotes".to_owned());
        }
        Scalar::Float | Scalar::Double => {
            let word = setting.value.trim_start_matches('-');
            let right = kind == ValueKind::Number || matches!(word, "inf" | "nan");
            return (!right || kind == ValueKind::Text).then(|| "not a number".to_owned());
        }
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => (i32::MIN.into(), i32::MAX.into()),
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => (i64::MIN.into(), i64::MAX.into()),
        Scalar::Uint32 | Scalar::Fixed32 => (0, u32::MAX.into()),
        Scalar::Uint64 | Scalar::Fixed64 => (0, u64::MAX.into()),
    };
    let digits = setting.value.trim_start_matches('-');
    let negative = digits.len() < setting.value.len();
    let number = whole(digits).filter(|_| kind == ValueKind::Number);
    let Some(number) = number.map(|number| if negative { -number } else { number }) else {
        return Some("not a whole number".to_owned());
    };
    let outside = !(least..=most).contains(&number) || negative && least == 0;
    outside.then(|| format!("{number}, which is no {}", scalar.keyword()))
}
