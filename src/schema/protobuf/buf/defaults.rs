//! `FIELD_SAME_DEFAULT` (`field_default.go`).

use super::{Check, describe, option_side};
use crate::schema::protobuf::{
    model::setting,
    parser::whole,
    scalar::Scalar,
    view::{Kind, View},
};

/// What is read where nothing was written.
#[derive(Clone, Debug)]
pub(in crate::schema::protobuf) enum Default {
    Text(String),
    Whole(i128),
    Fraction(f64),
}

impl Check<'_> {
    pub(super) fn same_default(&mut self, one: View<'_>, two: View<'_>) {
        let (Some(before), Some(after)) = (default(one), default(two)) else {
            return;
        };
        if (is_zero(&before) && is_zero(&after)) || same(&before, &after) {
            return;
        }
        let text = format!(
            "{} changed default value from {} to {}.",
            describe(two),
            show(one, &before),
            show(two, &after)
        );
        let old = option_side(one, one.field, "default");
        let new = option_side(two, two.field, "default");
        self.add("protobuf/buf-field-same-default", text, old, new);
    }
}

/// The default of a single scalar or enum: what is set, else zero, or the first value of an enum.
pub(in crate::schema::protobuf) fn default(view: View<'_>) -> Option<Default> {
    if view.is_many() {
        return None;
    }
    let set = setting(&view.field.options, "default").map(|setting| setting.value.as_str());
    Some(match view.kind() {
        Kind::Scalar(Scalar::String | Scalar::Bytes) => {
            Default::Text(set.unwrap_or_default().to_owned())
        }
        Kind::Scalar(Scalar::Bool) => Default::Whole(i128::from(set == Some("true"))),
        Kind::Scalar(Scalar::Float) => {
            let number = set.map_or(0.0, fraction);
            #[expect(clippy::cast_possible_truncation, reason = "so is the field")]
            let number = number as f32;
            Default::Fraction(f64::from(number))
        }
        Kind::Scalar(Scalar::Double) => Default::Fraction(set.map_or(0.0, fraction)),
        Kind::Scalar(_) => Default::Whole(set.map_or(0, number)),
        Kind::Enum(id) => {
            let one = view.schema.enumeration(id);
            let named = set.and_then(|name| one.named(name));
            let value = named.or_else(|| one.values.first());
            Default::Whole(value.map_or(0, |value| i128::from(value.number)))
        }
        _ => return None,
    })
}

fn number(text: &str) -> i128 {
    match text.strip_prefix('-') {
        Some(rest) => -whole(rest.trim()).unwrap_or(0),
        None => whole(text).unwrap_or(0),
    }
}

fn fraction(text: &str) -> f64 {
    match text {
        "inf" => f64::INFINITY,
        "-inf" => f64::NEG_INFINITY,
        "nan" | "-nan" => f64::NAN,
        text => text.trim_end_matches(['f', 'F']).parse().unwrap_or(0.0),
    }
}

fn is_zero(default: &Default) -> bool {
    match default {
        Default::Text(text) => text.is_empty(),
        Default::Whole(number) => *number == 0,
        // Go's zero: minus zero is none.
        Default::Fraction(number) => number.to_bits() == 0,
    }
}

/// Numbers are compared whatever their types; texts only with texts.
pub(in crate::schema::protobuf) fn same(one: &Default, two: &Default) -> bool {
    #[expect(
        clippy::cast_precision_loss,
        reason = "compared as the greater of both"
    )]
    let number = |default: &Default| match default {
        Default::Whole(number) => *number as f64,
        Default::Fraction(number) => *number,
        Default::Text(_) => f64::NAN,
    };
    match (one, two) {
        (Default::Text(one), Default::Text(two)) => one == two,
        (Default::Text(_), _) | (_, Default::Text(_)) => false,
        (Default::Whole(one), Default::Whole(two)) => one == two,
        (one, two) => {
            let (one, two) = (number(one), number(two));
            #[expect(clippy::cast_possible_truncation, reason = "a float on one side")]
            let close = (one as f32).to_bits() == (two as f32).to_bits();
            (one.is_nan() && two.is_nan()) || one.to_bits() == two.to_bits() || close
        }
    }
}

fn show(view: View<'_>, default: &Default) -> String {
    match (view.kind(), default) {
        (Kind::Enum(id), Default::Whole(number)) => {
            let one = view.schema.enumeration(id);
            let value = i32::try_from(*number)
                .ok()
                .and_then(|number| one.value(number));
            let value = value.map_or_else(|| number.to_string(), |value| value.name.clone());
            format!("{}.{value}", one.name)
        }
        (Kind::Scalar(Scalar::Bool), Default::Whole(number)) => (*number != 0).to_string(),
        (Kind::Scalar(Scalar::Bytes), Default::Text(text)) => {
            let bytes: Vec<String> = text.bytes().map(|byte| format!("0x{byte:X}")).collect();
            format!("[{}]", bytes.join(","))
        }
        (_, Default::Text(text)) => format!("{text:?}"),
        (_, Default::Whole(number)) => number.to_string(),
        #[expect(clippy::cast_possible_truncation, reason = "so is the field")]
        (Kind::Scalar(Scalar::Float), Default::Fraction(number)) if number.is_finite() => {
            (*number as f32).to_string()
        }
        (_, Default::Fraction(number)) => match *number {
            number if number.is_nan() => "NaN".to_owned(),
            f64::INFINITY => "+Inf".to_owned(),
            f64::NEG_INFINITY => "-Inf".to_owned(),
            number => number.to_string(),
        },
    }
}
