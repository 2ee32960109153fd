//! Features of editions: names, values, where they can be set (`FeatureSet` of descriptor.proto),
//! and the fields they fit (`DescriptorBuilder::ValidateFieldFeatures` of protoc).

use super::{
    super::{
        model::{Field, Label, MessageId, Setting, Type, ValueKind, setting},
        scalar::Scalar,
        side::Side,
        view::{Cardinality, Kind, is_closed},
    },
    Search,
};
use crate::schema::validation_error::quoted;

/// A feature of `google.protobuf.FeatureSet`.
struct Feature {
    name: &'static str,
    values: &'static [&'static str],
    /// Messages of options in which it can be set; all when there is none.
    owners: &'static [&'static str],
    /// The edition that introduced it.
    since: u32,
}

const OF_FIELDS: &[&str] = &["FieldOptions", "FileOptions"];

const FEATURES: [Feature; 8] = [
    Feature {
        name: "field_presence",
        values: &["EXPLICIT", "IMPLICIT", "LEGACY_REQUIRED"],
        owners: OF_FIELDS,
        since: 2023,
    },
    Feature {
        name: "enum_type",
        values: &["OPEN", "CLOSED"],
        owners: &["EnumOptions", "FileOptions"],
        since: 2023,
    },
    Feature {
        name: "repeated_field_encoding",
        values: &["PACKED", "EXPANDED"],
        owners: OF_FIELDS,
        since: 2023,
    },
    Feature {
        name: "utf8_validation",
        values: &["VERIFY", "NONE"],
        owners: OF_FIELDS,
        since: 2023,
    },
    Feature {
        name: "message_encoding",
        values: &["LENGTH_PREFIXED", "DELIMITED"],
        owners: OF_FIELDS,
        since: 2023,
    },
    Feature {
        name: "json_format",
        values: &["ALLOW", "LEGACY_BEST_EFFORT"],
        owners: &["MessageOptions", "EnumOptions", "FileOptions"],
        since: 2023,
    },
    Feature {
        name: "enforce_naming_style",
        values: &["STYLE2024", "STYLE_LEGACY", "STYLE2026"],
        owners: &[],
        since: 2024,
    },
    Feature {
        name: "default_symbol_visibility",
        values: &["EXPORT_ALL", "EXPORT_TOP_LEVEL", "LOCAL_ALL", "STRICT"],
        owners: &["FileOptions"],
        since: 2024,
    },
];

impl<'s> Search<'s> {
    /// What is wrong with a feature set in the options `owner`. The name is empty for all features
    /// in braces, whose parts are settings of their own.
    pub(super) fn feature(&self, owner: &str, name: &str, set: &Setting) -> Option<String> {
        if name.is_empty() {
            return (set.kind != ValueKind::Braces)
                .then(|| "must be features in braces".to_owned());
        }
        let Some(feature) = FEATURES.iter().find(|feature| feature.name == name) else {
            return Some("is not one of google.protobuf.FeatureSet".to_owned());
        };
        if self.edition() < Some(feature.since) {
            return Some(format!("came with edition {}", feature.since));
        }
        if set.kind != ValueKind::Word || !feature.values.contains(&set.value.as_str()) {
            return Some(format!("must be one of {}", feature.values.join(", ")));
        }
        let fits = feature.owners.is_empty() || feature.owners.contains(&owner);
        (!fits).then(|| {
            let owners = feature.owners.join(" and ");
            format!("cannot be set in {owner}, only in {owners}")
        })
    }

    pub(super) fn features(&mut self) {
        if self.edition().is_none() {
            return;
        }
        if let Some(presence) = setting(&self.file.options, "features.field_presence")
            && presence.value == "LEGACY_REQUIRED"
        {
            let side = Side::file(self.schema, self.index).at(presence.at);
            self.add(
                side,
                "a file cannot make all its fields required".to_owned(),
            );
        }
        for (message, field) in self.all_fields() {
            let name = quoted(&field.name);
            for (feature, wrong) in self.misfits(field, message) {
                let set = setting(&field.options, &format!("features.{feature}"));
                let side = self.field(field, message);
                let at = set.map_or(field.name_at, |set| set.at);
                self.add(side.at(at), format!("field {name} {wrong}"));
            }
        }
    }

    /// Features that do not fit a field, and why not.
    fn misfits(
        &self,
        field: &'s Field,
        message: Option<MessageId>,
    ) -> Vec<(&'static str, &'static str)> {
        let view = self.view(field, message);
        let kind = view.kind();
        let is_repeated = field.label == Some(Label::Repeated) || kind == Kind::Entry;
        let own = |name: &str| {
            let set = setting(&field.options, &format!("features.{name}"));
            set.map(|set| set.value.as_str())
        };
        let mut wrong = Vec::new();
        let presence = match own("field_presence") {
            Some("LEGACY_REQUIRED") if field.extendee.is_some() => {
                Some("is an extension, which cannot be required")
            }
            Some(_) if is_repeated => Some("is repeated and has no field presence to set"),
            Some(_) if field.oneof.is_some() => {
                Some("is in a oneof and has no field presence to set")
            }
            Some(_) if field.extendee.is_some() => {
                Some("is an extension and has no field presence to set")
            }
            Some("IMPLICIT") if matches!(kind, Kind::Message(_) | Kind::Group(_)) => {
                Some("is a message, which cannot have implicit presence")
            }
            _ => None,
        };
        wrong.extend(presence.map(|why| ("field_presence", why)));
        let is_packable = kind.is_packable() || kind == Kind::Unknown;
        let encoding = match own("repeated_field_encoding") {
            Some(_) if !is_repeated => {
                Some("is not repeated and has no encoding of repeated fields")
            }
            Some("PACKED") if !is_packable => {
                Some("is not packed: only repeated numbers, bools and enums are")
            }
            _ => None,
        };
        wrong.extend(encoding.map(|why| ("repeated_field_encoding", why)));
        if own("utf8_validation").is_some() && !has_strings(&field.kind) {
            wrong.push(("utf8_validation", "has no strings whose UTF-8 is validated"));
        }
        let is_message = matches!(kind, Kind::Message(_) | Kind::Group(_) | Kind::Unknown);
        if own("message_encoding").is_some() && !is_message {
            wrong.push((
                "message_encoding",
                "has no messages whose encoding can be set",
            ));
        }
        if view.cardinality() == Cardinality::Implicit {
            if setting(&field.options, "default").is_some() {
                wrong.push((
                    "field_presence",
                    "has implicit presence and cannot have a default",
                ));
            }
            if let Kind::Enum(id) = kind
                && is_closed(self.schema, self.schema.enumeration(id))
            {
                wrong.push((
                    "field_presence",
                    "has implicit presence, for which its enum must be open",
                ));
            }
        }
        wrong
    }
}

fn has_strings(kind: &Type) -> bool {
    match kind {
        Type::Scalar(scalar) => *scalar == Scalar::String,
        Type::Map(key, value) => *key == Scalar::String || has_strings(value),
        Type::Named(_) | Type::Group(_) => false,
    }
}
