//! Strings, numbers, lists of values and conditions.

use super::{
    super::{
        super::{Node, NodeSet},
        confluent::{divides, float},
        library::Draft,
        model::{Id, NumberShape, StringShape},
        report::At,
    },
    List, Side, Type, Visitor,
};

/// The types of a limit: added, removed, increased, decreased.
pub(super) type Limit = [Type; 4];

impl<'s> Visitor<'_, 's> {
    /// Says how a limit changed, and whether it is there and did not.
    pub(super) fn limit<N: PartialOrd>(
        &self,
        list: &mut List<'s>,
        pair: (Side, Side),
        keyword: &'static str,
        (one, two): (Option<N>, Option<N>),
        [added, removed, increased, decreased]: Limit,
    ) -> bool {
        let kind = match (one, two) {
            (None, Some(_)) => added,
            (Some(_), None) => removed,
            (Some(one), Some(two)) if one < two => increased,
            (Some(one), Some(two)) if one > two => decreased,
            (one, _) => return one.is_some(),
        };
        self.add(list, kind, keyword, pair, At::Keyword(keyword));
        false
    }

    /// Says whether something is true that was not, or the other way round.
    pub(super) fn flag(
        &self,
        list: &mut List<'s>,
        pair: (Side, Side),
        keyword: &'static str,
        (one, two): (bool, bool),
        [set, cleared]: [Type; 2],
    ) -> bool {
        if one == two {
            return true;
        }
        self.add(
            list,
            if two { set } else { cleared },
            keyword,
            pair,
            At::Keyword(keyword),
        );
        false
    }

    pub(super) fn strings(
        &self,
        list: &mut List<'s>,
        pair: (Side, Side),
        one: &StringShape<'s>,
        two: &StringShape<'s>,
    ) {
        let (before, after) = (
            self.shape(pair.0).unprocessed,
            self.shape(pair.1).unprocessed,
        );
        let contents = [
            (
                "contentEncoding",
                before.content_encoding,
                after.content_encoding,
                ENCODING,
            ),
            (
                "contentMediaType",
                before.content_media_type,
                after.content_media_type,
                MEDIA_TYPE,
            ),
        ];
        for (keyword, one, two, types) in contents {
            let text = |node: Option<&Node>| node.map(Node::to_json);
            self.text(list, pair, keyword, (text(one), text(two)), types);
        }
        // What the updated schema does not have is not visited.
        if two.min.is_some() {
            self.limit(list, pair, "minLength", (one.min, two.min), MIN_LENGTH);
        }
        if two.max.is_some() {
            self.limit(list, pair, "maxLength", (one.max, two.max), MAX_LENGTH);
        }
        if two.pattern.is_some() {
            self.text(list, pair, "pattern", (one.pattern, two.pattern), PATTERN);
        }
        let format =
            |side: Side, name: Option<&'s str>| name.filter(|name| self.knows_format(side, name));
        self.text(
            list,
            pair,
            "format",
            (format(pair.0, one.format), format(pair.1, two.format)),
            FORMAT,
        );
    }

    fn text<T: PartialEq>(
        &self,
        list: &mut List<'s>,
        pair: (Side, Side),
        keyword: &'static str,
        values: (Option<T>, Option<T>),
        [added, removed, changed]: [Type; 3],
    ) {
        let kind = match values {
            (None, Some(_)) => added,
            (Some(_), None) => removed,
            (Some(one), Some(two)) if one != two => changed,
            _ => return,
        };
        self.add(list, kind, keyword, pair, At::Keyword(keyword));
    }

    /// Whether the library validates a format in this draft; it drops all others.
    fn knows_format(&self, side: Side, name: &str) -> bool {
        let model = if side.new { self.new } else { self.old };
        let draft = model.library.draft().unwrap_or(Draft::Four);
        let (four, six, seven) = (
            ["date-time", "uri", "email", "ipv4", "ipv6", "hostname"],
            ["json-pointer", "uri-reference", "uri-template"],
            ["date", "time", "regex", "relative-json-pointer"],
        );
        four.contains(&name)
            || (draft >= Draft::Six && six.contains(&name))
            || (draft >= Draft::Seven && seven.contains(&name))
    }

    pub(super) fn numbers(
        &self,
        list: &mut List<'s>,
        pair: (Side, Side),
        one: &NumberShape<'s>,
        two: &NumberShape<'s>,
    ) {
        let integer = one.integer || float(one.multiple_of) == Some(1.0);
        self.flag(list, pair, "type", (integer, two.integer), INTEGER);
        let lower = |shape: &NumberShape<'s>| {
            let exclusive = shape.exclusive_minimum.is_some() || shape.minimum_is_exclusive;
            (float(shape.exclusive_minimum.or(shape.minimum)), exclusive)
        };
        let ((low, low_exclusive), (new_low, new_exclusive)) = (lower(one), lower(two));
        if self.limit(list, pair, "minimum", (low, new_low), MINIMUM) {
            self.flag(
                list,
                pair,
                "exclusiveMinimum",
                (low_exclusive, new_exclusive),
                IS_MINIMUM_EXCLUSIVE,
            );
        }
        let upper = |shape: &NumberShape<'s>| {
            let exclusive = shape.exclusive_maximum.is_some() || shape.maximum_is_exclusive;
            (float(shape.exclusive_maximum.or(shape.maximum)), exclusive)
        };
        let ((high, high_exclusive), (new_high, new_exclusive)) = (upper(one), upper(two));
        if self.limit(list, pair, "maximum", (high, new_high), MAXIMUM) {
            self.flag(
                list,
                pair,
                "exclusiveMaximum",
                (high_exclusive, new_exclusive),
                IS_MAXIMUM_EXCLUSIVE,
            );
        }
        let kind = match (float(one.multiple_of), float(two.multiple_of)) {
            (None, None) => return,
            (None, Some(_)) => Type::NumberTypeMultipleOfAdded,
            (Some(_), None) => Type::NumberTypeMultipleOfRemoved,
            (Some(one), Some(two)) if one.to_bits() == two.to_bits() => return,
            (one, two) if divides(two, one) => Type::NumberTypeMultipleOfUpdatedIsDivisible,
            _ => Type::NumberTypeMultipleOfUpdatedIsNotDivisible,
        };
        self.add(list, kind, "multipleOf", pair, At::Keyword("multipleOf"));
    }

    pub(super) fn enums(
        &self,
        list: &mut List<'s>,
        pair: (Side, Side),
        one: &[&'s Node],
        two: &[&'s Node],
    ) {
        let at = At::Keyword("enum");
        let [before, after] = [one, two].map(|values| NodeSet::of(values.iter().copied()));
        let gone = one.iter().filter(|value| !after.has(value)).count();
        let new = two.iter().filter(|value| !before.has(value)).count();
        if gone > 0 {
            self.add(list, Type::EnumTypeValuesMemberRemoved, "enum", pair, at);
        }
        if new > 0 {
            self.add(list, Type::EnumTypeValuesMemberAdded, "enum", pair, at);
        }
        if gone + new > 0 {
            self.add(list, Type::EnumTypeValuesChanged, "enum", pair, at);
        }
    }

    pub(super) fn constants(
        &self,
        list: &mut List<'s>,
        pair: (Side, Side),
        one: &'s Node,
        two: &'s Node,
    ) {
        if !one.equals(two) {
            self.add(
                list,
                Type::ConstTypeValueChanged,
                "const",
                pair,
                At::Keyword("const"),
            );
        }
    }

    pub(super) fn conditions(
        &mut self,
        list: &mut List<'s>,
        pair: (Side, Side),
        one: &[Option<Id>; 3],
        two: &[Option<Id>; 3],
    ) {
        for (index, (keyword, added, types)) in CONDITIONS.into_iter().enumerate() {
            let (old, new) = (one[index], two[index]);
            let Some(new) = new.map(|id| Side { id, ..pair.1 }) else {
                continue;
            };
            let at = At::Keyword(keyword);
            match old.map(|id| Side { id, ..pair.0 }) {
                Some(old) => self.both_ways(list, keyword, pair, (old, new), at, types),
                None => self.add(list, added, keyword, pair, at),
            }
        }
    }
}

const ENCODING: [Type; 3] = [
    Type::StringTypeContentEncodingAdded,
    Type::StringTypeContentEncodingRemoved,
    Type::StringTypeContentEncodingChanged,
];
const MEDIA_TYPE: [Type; 3] = [
    Type::StringTypeContentMediaTypeAdded,
    Type::StringTypeContentMediaTypeRemoved,
    Type::StringTypeContentMediaTypeChanged,
];
const PATTERN: [Type; 3] = [
    Type::StringTypePatternAdded,
    Type::StringTypePatternRemoved,
    Type::StringTypePatternChanged,
];
const FORMAT: [Type; 3] = [
    Type::StringTypeFormatAdded,
    Type::StringTypeFormatRemoved,
    Type::StringTypeFormatChanged,
];
const MIN_LENGTH: Limit = [
    Type::StringTypeMinLengthAdded,
    Type::StringTypeMinLengthRemoved,
    Type::StringTypeMinLengthIncreased,
    Type::StringTypeMinLengthDecreased,
];
const MAX_LENGTH: Limit = [
    Type::StringTypeMaxLengthAdded,
    Type::StringTypeMaxLengthRemoved,
    Type::StringTypeMaxLengthIncreased,
    Type::StringTypeMaxLengthDecreased,
];
const MINIMUM: Limit = [
    Type::NumberTypeMinimumAdded,
    Type::NumberTypeMinimumRemoved,
    Type::NumberTypeMinimumIncreased,
    Type::NumberTypeMinimumDecreased,
];
const MAXIMUM: Limit = [
    Type::NumberTypeMaximumAdded,
    Type::NumberTypeMaximumRemoved,
    Type::NumberTypeMaximumIncreased,
    Type::NumberTypeMaximumDecreased,
];
const INTEGER: [Type; 2] = [
    Type::NumberTypeIntegerRequiredFalseToTrue,
    Type::NumberTypeIntegerRequiredTrueToFalse,
];
const IS_MINIMUM_EXCLUSIVE: [Type; 2] = [
    Type::NumberTypeIsMinimumExclusiveFalseToTrue,
    Type::NumberTypeIsMinimumExclusiveTrueToFalse,
];
const IS_MAXIMUM_EXCLUSIVE: [Type; 2] = [
    Type::NumberTypeIsMaximumExclusiveFalseToTrue,
    Type::NumberTypeIsMaximumExclusiveTrueToFalse,
];
const CONDITIONS: [(&str, Type, [Type; 4]); 3] = [
    (
        "if",
        Type::ConditionalTypeIfSchemaAdded,
        [
            Type::ConditionalTypeIfSchemaCompatibleBoth,
            Type::ConditionalTypeIfSchemaCompatibleBackwardNotForward,
            Type::ConditionalTypeIfSchemaCompatibleForwardNotBackward,
            Type::ConditionalTypeIfSchemaCompatibleNone,
        ],
    ),
    (
        "then",
        Type::ConditionalTypeThenSchemaAdded,
        [
            Type::ConditionalTypeThenSchemaCompatibleBoth,
            Type::ConditionalTypeThenSchemaCompatibleBackwardNotForward,
            Type::ConditionalTypeThenSchemaCompatibleForwardNotBackward,
            Type::ConditionalTypeThenSchemaCompatibleNone,
        ],
    ),
    (
        "else",
        Type::ConditionalTypeElseSchemaAdded,
        [
            Type::ConditionalTypeElseSchemaCompatibleBoth,
            Type::ConditionalTypeElseSchemaCompatibleBackwardNotForward,
            Type::ConditionalTypeElseSchemaCompatibleForwardNotBackward,
            Type::ConditionalTypeElseSchemaCompatibleNone,
        ],
    ),
];
