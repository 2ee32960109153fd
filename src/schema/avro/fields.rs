//! What changed in the fields of a record, as far as no registry refuses it.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{
    default::{Misfit, default_value, misfit},
    fix::aliases,
    model::{Field, Record, Schema, Use, same_json},
    refusal::content_spot,
    risks::{BOTH, NEW, OLD, Risks},
    type_text::{cut, list_text, suggested_default, type_text},
};
use crate::schema::Rules;

/// Looks through the fields of a record that is in both schemas.
pub(super) fn fields<'s>(
    risks: &mut Risks<'s>,
    pair: (&'s Use, &'s Use),
    (was, is): (&'s Record, &'s Record),
) {
    let mut order = Vec::new();
    let mut added = Vec::new();
    let mut kept = HashSet::new();
    for field in &is.fields {
        shadows(risks, pair.0, was, (is, field));
        let old = (was.by_name.get(&field.name)).or_else(|| {
            field
                .aliases
                .iter()
                .find_map(|alias| was.by_name.get(alias))
        });
        match old {
            Some(index) => {
                kept.insert(*index);
                order.push(*index);
                both(risks, &was.fields[*index], field);
            }
            None => added.push(field),
        }
    }
    let all = was.fields.iter().enumerate();
    let removed: Vec<_> = all
        .filter(|(index, _)| !kept.contains(index))
        .map(|(_, field)| field)
        .collect();
    if !order.is_sorted() {
        let spots = (
            content_spot(risks.old, pair.0),
            content_spot(risks.new, pair.1),
        );
        let message = format!("fields of \"{}\" in another order", is.name.shown());
        risks.safe("avro/fields-reordered", spots, (None, None), message);
    }
    let (removed, added) = renamed(risks, removed, added);
    for field in removed {
        gone(risks, field, pair.1);
    }
    for field in added {
        come(risks, pair.0, field);
    }
}

/// An alias that is the name of another field of the record takes the data of that field.
fn shadows(risks: &mut Risks<'_>, old: &Use, was: &Record, (is, field): (&Record, &Field)) {
    if field.aliases.is_empty() {
        return;
    }
    let names: HashSet<_> = field.aliases.iter().chain([&field.name]).collect();
    let named = names.iter().filter(|name| was.field(name).is_some());
    // The other registries refuse it.
    if risks.rules == Rules::Karapace && named.count() > 1 {
        let name = &field.name;
        let spots = (content_spot(risks.old, old), field.spot);
        let message = format!("more than one field of older data is \"{name}\" by its aliases");
        let fix = Some(format!(
            "remove from the aliases of \"{name}\" all names but one"
        ));
        let values = (None, Some(list_text(&field.aliases)));
        risks.add("avro/ambiguous-alias", NEW, spots, values, message, fix);
    }
    for alias in &field.aliases {
        let known = was
            .field(&field.name)
            .is_some_and(|was| was.aliases.contains(alias));
        if known || *alias == field.name || is.field(alias).is_none() {
            continue;
        }
        let name = &field.name;
        let spots = (content_spot(risks.old, old), field.spot);
        let message = format!(
            "\"{name}\" has the name of the field \"{alias}\" as an alias: Java then gives the \
             data of \"{alias}\" to \"{name}\" alone"
        );
        let fix = Some(format!("remove \"{alias}\" from the aliases of \"{name}\""));
        let values = (None, Some(alias.clone()));
        risks.add(
            "avro/alias-of-other-field",
            NEW,
            spots,
            values,
            message,
            fix,
        );
    }
}

/// A field of the old schema that has become one of the new.
fn both<'s>(risks: &mut Risks<'s>, was: &'s Field, is: &'s Field) {
    risks.left.push((&was.ty, &is.ty));
    let spots = (was.spot, is.spot);
    let name = &is.name;
    if was.name != *name {
        let id = "avro/field-renamed-with-alias";
        let values = (Some(was.name.clone()), Some(name.clone()));
        let message = format!("\"{}\" is now \"{name}\", found by its alias", was.name);
        // Without a default old consumers are refused, and with an alias they find it.
        if was.default.is_some() && !was.aliases.contains(name) {
            let message = format!("{message}: old consumers read their default instead");
            let fix = format!("write \"{name}\" only once all consumers have the new schema");
            risks.add(id, OLD, spots, values, message, Some(fix));
        } else {
            risks.safe(id, spots, values, message);
        }
    }
    risks.aliases(name, spots, &was.name, (&was.aliases, &is.aliases));
    risks.docs(name, spots, (&was.doc, &is.doc));
    let order = |field: &'s Field| field.order.as_deref().unwrap_or("ascending");
    if order(was) != order(is) {
        let message = format!("sort order of \"{name}\" changed");
        let values = (Some(order(was).to_owned()), Some(order(is).to_owned()));
        risks.safe("avro/order-changed", spots, values, message);
    }
    risks.properties(name, spots, (&was.properties, &is.properties));
    defaults(risks, was, is);
}

/// A default is used when older data has no such field: it belongs to what that data means.
fn defaults(risks: &mut Risks<'_>, was: &Field, is: &Field) {
    let name = &is.name;
    let spots = (was.default_spot(), is.default_spot());
    let shown = |field: &Field| field.default.as_ref().map(|node| cut(&node.to_json()));
    let values = (shown(was), shown(is));
    match (&was.default, &is.default) {
        (None, None) => return,
        (None, Some(_)) => {
            let message = format!("default added to \"{name}\"");
            risks.safe("avro/default-added", spots, values, message);
        }
        (Some(default), None) => {
            let message = format!(
                "default of \"{name}\" removed: data from before the field cannot be read any more"
            );
            let fix = format!(
                "keep \"default\": {} in \"{name}\"",
                cut(&default.to_json())
            );
            risks.add(
                "avro/default-removed",
                NEW,
                spots,
                values,
                message,
                Some(fix),
            );
        }
        (Some(old), Some(new)) if !same_json(old, new) => {
            let message = format!(
                "default of \"{name}\" changed: data from before the field reads otherwise"
            );
            let fix = format!("keep \"default\": {} in \"{name}\"", cut(&old.to_json()));
            risks.add(
                "avro/default-changed",
                NEW,
                spots,
                values,
                message,
                Some(fix),
            );
        }
        _ => {}
    }
    let bad = misfit(risks.new, is);
    if bad.is_some() && misfit(risks.old, was) != bad {
        default_fits(risks, spots, is);
    }
}

fn default_fits(risks: &mut Risks<'_>, spots: super::comparison::Spots, field: &Field) {
    let name = &field.name;
    let default = field.default.as_ref().map(|node| cut(&node.to_json()));
    let shown = default.clone().unwrap_or_default();
    let ty = type_text(risks.new, &field.ty);
    let values = (None, default);
    match misfit(risks.new, field) {
        None => {}
        Some(Misfit::Type) => {
            let message = format!("default {shown} of \"{name}\" is no {ty}");
            let example = suggested_default(risks.new, &field.ty);
            let example = example.map_or_else(String::new, |json| format!(", such as {json}"));
            let fix = Some(format!("give \"{name}\" a default of its type{example}"));
            risks.add("avro/invalid-default", NEW, spots, values, message, fix);
        }
        Some(Misfit::Specification) => {
            let message = format!("default {shown} of \"{name}\" is no {ty} by the specification");
            let example = suggested_default(risks.new, &field.ty);
            let example = example.map_or_else(String::new, |json| format!(", such as {json}"));
            let fix = Some(format!("give \"{name}\" a default of its type{example}"));
            risks.add(
                "avro/default-against-specification",
                NEW,
                spots,
                values,
                message,
                fix,
            );
        }
        Some(Misfit::Branch) => {
            let message =
                format!("default {shown} of \"{name}\" is not of the first branch of {ty}");
            let fix = Some(format!(
                "put the branch of the default first in the type of \"{name}\""
            ));
            risks.add(
                "avro/default-of-later-branch",
                NEW,
                spots,
                values,
                message,
                fix,
            );
        }
    }
}

/// Takes out the pairs of a removed and an added field that look like one field with a new name:
/// of the same type, both with defaults. Nobody notices that their values are lost.
fn renamed<'s>(
    risks: &mut Risks<'s>,
    removed: Vec<&'s Field>,
    added: Vec<&'s Field>,
) -> (Vec<&'s Field>, Vec<&'s Field>) {
    let mut lost: HashMap<String, VecDeque<&Field>> = HashMap::new();
    for field in removed.iter().filter(|field| field.default.is_some()) {
        let ty = type_text(risks.old, &field.ty);
        lost.entry(ty).or_default().push_back(field);
    }
    let mut found = HashSet::new();
    let mut left = Vec::new();
    for field in added {
        let ty = type_text(risks.new, &field.ty);
        let old = lost.get_mut(&ty).filter(|_| field.default.is_some());
        let Some(old) = old.and_then(VecDeque::pop_front) else {
            left.push(field);
            continue;
        };
        found.insert(&old.name);
        let (from, to) = (&old.name, &field.name);
        let message = format!(
            "\"{from}\" is gone and \"{to}\" is new, both {ty} with defaults: if it is the same \
             field, its values are lost without an error"
        );
        let fix = Some(format!("add {} to \"{to}\"", aliases(from)));
        let values = (Some(from.clone()), Some(to.clone()));
        let spots = (old.spot, field.spot);
        let id = "avro/field-renamed-without-alias";
        risks.add(id, BOTH, spots, values, message, fix);
        if misfit(risks.new, field).is_some() {
            default_fits(risks, (old.spot, field.default_spot()), field);
        }
    }
    let removed = removed
        .into_iter()
        .filter(|field| !found.contains(&field.name));
    (removed.collect(), left)
}

/// A field that only the old schema has. Without a default there it is refused.
fn gone(risks: &mut Risks<'_>, field: &Field, record: &Use) {
    if field.default.is_some() {
        let spots = (field.spot, content_spot(risks.new, record));
        let values = (Some(described(risks.old, field)), None);
        let message = format!("\"{}\" removed", field.name);
        risks.safe("avro/field-removed", spots, values, message);
    }
}

/// A field that only the new schema has. Without a default there it is refused.
fn come(risks: &mut Risks<'_>, record: &Use, field: &Field) {
    let Some(default) = &field.default else {
        return;
    };
    let spots = (content_spot(risks.old, record), field.spot);
    let bad = misfit(risks.new, field);
    // Refused by what the specification says, and not by the registries.
    let unreadable = default_value(risks.new, &field.ty, default).is_none();
    let refused = unreadable && risks.rules == Rules::Semantic;
    if !refused {
        default_fits(risks, spots, field);
    }
    if !matches!(bad, Some(Misfit::Type | Misfit::Specification)) {
        let values = (None, Some(described(risks.new, field)));
        let default = cut(&default.to_json());
        let message = format!("\"{}\" added with default {default}", field.name);
        risks.safe("avro/field-added", spots, values, message);
    }
}

fn described(schema: &Schema, field: &Field) -> String {
    format!("{}: {}", field.name, type_text(schema, &field.ty))
}
