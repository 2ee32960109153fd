//! What changed though no registry refuses it: what is harmless, and what only looks so.

use std::collections::{HashMap, HashSet};

use super::{
    branches::branches,
    comparison::Spots,
    fields::fields,
    fix::aliases,
    model::{Enum, Kind, Name, Property, Schema, Shape, Type, TypeId, Use, same_json},
    refusal::content_spot,
    type_text::{cut, list_text, logical_text, quoted, type_text},
};
use crate::schema::{Breaks, Change, Node, Rules, Severity};

/// The differences that no refusal is about; `covered` is where there are refusals.
pub(super) fn risks(
    old: &Schema,
    new: &Schema,
    rules: Rules,
    covered: &HashSet<Spots>,
) -> Vec<Change> {
    let mut risks = Risks {
        old,
        new,
        rules,
        covered,
        changes: Vec::new(),
        seen: HashSet::new(),
        left: vec![(&old.root, &new.root)],
    };
    while let Some((old, new)) = risks.left.pop() {
        if risks.seen.insert((old.id, new.id)) {
            risks.pair(old, new);
        }
    }
    risks.changes
}

/// Those who read old data with the new schema.
pub(super) const NEW: &[Breaks] = &[Breaks::NewConsumers];
/// Those who read new data with the old schema.
pub(super) const OLD: &[Breaks] = &[Breaks::OldConsumers];
/// Everybody who reads the other's data.
pub(super) const BOTH: &[Breaks] = &[Breaks::NewConsumers, Breaks::OldConsumers];

/// Old and new value.
pub(super) type Values = (Option<String>, Option<String>);

pub(super) struct Risks<'s> {
    pub(super) old: &'s Schema,
    pub(super) new: &'s Schema,
    pub(super) rules: Rules,
    covered: &'s HashSet<Spots>,
    changes: Vec<Change>,
    seen: HashSet<(TypeId, TypeId)>,
    pub(super) left: Vec<(&'s Use, &'s Use)>,
}

impl<'s> Risks<'s> {
    /// Adds a harmless change, unless the same difference is refused.
    pub(super) fn safe(&mut self, id: &'static str, spots: Spots, values: Values, message: String) {
        if !self.covered.contains(&spots) {
            self.add(id, &[], spots, values, message, None);
        }
    }

    /// Adds a change with those whom it harms.
    pub(super) fn add(
        &mut self,
        id: &'static str,
        harmed: &[Breaks],
        spots: Spots,
        (old, new): Values,
        message: String,
        fix: Option<String>,
    ) {
        let (old_spot, new_spot) = spots;
        let (old_location, new_location) = (self.old.place(old_spot), self.new.place(new_spot));
        let path = match (&old, &new) {
            (Some(_), None) => &old_location.pointer,
            _ => &new_location.pointer,
        };
        let path = if path.is_empty() { "/" } else { path };
        self.changes.push(Change {
            id,
            registry_type: None,
            path: path.to_owned(),
            message,
            severity: match harmed.is_empty() {
                true => Severity::Safe,
                false => Severity::Risk,
            },
            refused: Vec::new(),
            breaks: harmed.to_vec(),
            old,
            new,
            old_location: Some(old_location),
            new_location: Some(new_location),
            fix,
        });
    }

    fn pair(&mut self, old: &'s Use, new: &'s Use) {
        let (was, is) = (self.old.get(old), self.new.get(new));
        match (&was.shape, &is.shape) {
            (Shape::Union(_), _) | (_, Shape::Union(_)) => return branches(self, old, new),
            (Shape::Array(was), Shape::Array(is)) | (Shape::Map(was), Shape::Map(is)) => {
                self.left.push((was, is));
            }
            (Shape::Enum(was), Shape::Enum(is)) => self.symbols((old, new), (was, is)),
            (Shape::Record(was), Shape::Record(is)) => fields(self, (old, new), (was, is)),
            _ if was.kind() != is.kind() => self.promotion((old, new), (was, is)),
            _ => {}
        }
        if is.kind().reads(was.kind()) {
            self.logical((old, new), (was, is));
            let what = is.name().map_or(is.kind().name(), |name| name.shown());
            let spots = (old.spot, new.spot);
            self.properties(what, spots, (was.properties(), is.properties()));
        }
        if let (Some(was), Some(is)) = (was.name(), is.name()) {
            self.names((old, new), (was, is));
        }
    }

    fn promotion(&mut self, (old, new): (&Use, &Use), (was, is): (&Type, &Type)) {
        let (from, to) = (was.kind(), is.kind());
        if !to.reads(from) {
            return;
        }
        let spots = (old.spot, new.spot);
        let values = (
            Some(type_text(self.old, old)),
            Some(type_text(self.new, new)),
        );
        let message = format!("{} is read as {}", from.name(), to.name());
        match (from, to) {
            (Kind::Bytes, Kind::String) => {
                let message = format!("{message}: bytes that are not UTF-8 are no text");
                let fix = "add a field with a default for the text".to_owned();
                self.add(
                    "avro/bytes-as-string",
                    NEW,
                    spots,
                    values,
                    message,
                    Some(fix),
                );
            }
            (Kind::Int | Kind::Long, Kind::Float) | (Kind::Long, Kind::Double) => {
                let exact = if to == Kind::Float { "2^24" } else { "2^53" };
                let message = format!("{message}: numbers beyond {exact} are rounded");
                let fix = format!("keep {}", from.name());
                self.add(
                    "avro/lossy-promotion",
                    NEW,
                    spots,
                    values,
                    message,
                    Some(fix),
                );
            }
            _ => self.safe("avro/type-promoted", spots, values, message),
        }
    }

    fn logical(&mut self, (old, new): (&Use, &Use), (was, is): (&Type, &Type)) {
        if was.logical() == is.logical() {
            return;
        }
        let decimals = [was.logical(), is.logical()]
            .into_iter()
            .all(|logical| (logical.as_ref()).is_some_and(|logical| logical.name == "decimal"));
        let values = (logical_text(self.old, old), logical_text(self.new, new));
        // A precision or a scale has no meaning for other logical types.
        let scales = [was.logical(), is.logical()].map(|logical| Some(logical?.scale));
        let scaled = decimals && scales[0] != scales[1];
        if values.0 == values.1 || (scaled && self.rules == Rules::Semantic) {
            return;
        }
        let spots = (old.spot, new.spot);
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        let change = format!("{} to {}", shown(&values.0), shown(&values.1));
        let (id, message) = match decimals {
            true if scaled => (
                "avro/decimal-changed",
                format!("decimal changed from {change}: the same bytes are another number"),
            ),
            true => (
                "avro/decimal-changed",
                format!(
                    "decimal changed from {change}: some readers refuse more digits than theirs"
                ),
            ),
            false => (
                "avro/logical-type-changed",
                format!("logical type changed from {change}: the same data means something else"),
            ),
        };
        let fix = match &values.0 {
            Some(kept) => format!("keep {kept} here, and add a field for the other meaning"),
            None => "leave it as it is, and add a field for the other meaning".to_owned(),
        };
        self.add(id, BOTH, spots, values, message, Some(fix));
    }

    fn symbols(&mut self, (old, new): (&Use, &Use), (was, is): (&Enum, &Enum)) {
        let spots = (content_spot(self.old, old), content_spot(self.new, new));
        let values = || (Some(list_text(&was.symbols)), Some(list_text(&is.symbols)));
        let name = is.name.shown();
        let (removed, added) = (is.lacking(was), was.lacking(is));
        for (symbols, reader, harmed) in [(&removed, is, NEW), (&added, was, OLD)] {
            let default = reader.default.as_ref();
            let Some(default) = default.filter(|default| reader.symbols.contains(default)) else {
                continue;
            };
            if !symbols.is_empty() {
                let lost = quoted(symbols);
                let who = if harmed == NEW { "new" } else { "old" };
                let message = format!("{who} consumers read {lost} as \"{default}\"");
                let fix = format!("make sure that {who} consumers of \"{name}\" can live with it");
                let id = "avro/enum-default-swallows-symbols";
                self.add(id, harmed, spots, values(), message, Some(fix));
            }
        }
        if !added.is_empty() && was.default.is_none() {
            let message = format!("{} added to \"{name}\"", quoted(&added));
            self.safe("avro/symbols-added", spots, values(), message);
        }
        if removed.is_empty() && added.is_empty() && was.symbols != is.symbols {
            let message = format!("symbols of \"{name}\" in another order");
            self.safe("avro/symbols-reordered", spots, values(), message);
        }
        if was.default == is.default {
            return;
        }
        let values = (was.default.clone(), is.default.clone());
        let (id, harmed, message) = match &values {
            (None, _) => ("avro/enum-default-added", &[][..], "default added"),
            (_, None) => ("avro/enum-default-removed", NEW, "default removed"),
            _ => ("avro/enum-default-changed", NEW, "default changed"),
        };
        let fix = (!harmed.is_empty()).then(|| {
            values
                .0
                .as_ref()
                .map(|default| format!("keep \"default\": \"{default}\""))
        });
        let message = format!("{message} for unknown symbols of \"{name}\"");
        self.add(id, harmed, spots, values, message, fix.flatten());
    }

    fn names(&mut self, (old, new): (&Use, &Use), (was, is): (&Name, &Name)) {
        let spots = (self.old.name_spot(old), self.new.name_spot(new));
        let values = (Some(was.shown().to_owned()), Some(is.shown().to_owned()));
        let (from, to) = (was.shown(), is.shown());
        if was.simple() == is.simple() && was.namespace() != is.namespace() {
            let id = "avro/namespace-changed";
            if is.aliases.contains(&was.full) {
                let message = format!("\"{from}\" is now \"{to}\", with the old name as an alias");
                self.safe(id, spots, values, message);
            } else {
                let message = format!(
                    "\"{from}\" is now \"{to}\": registries compare names without namespaces, \
                     some readers with them"
                );
                let fix = format!("add {} to \"{to}\"", aliases(from));
                let harmed = &[
                    Breaks::NewConsumers,
                    Breaks::OldConsumers,
                    Breaks::GeneratedCode,
                ];
                self.add(id, harmed, spots, values, message, Some(fix));
            }
        } else if was.simple() != is.simple() && is.aliases.contains(&was.full) {
            // Old consumers that do not know the new name are refused.
            let message = format!("\"{from}\" is now \"{to}\", found by its alias");
            self.safe("avro/type-renamed-with-alias", spots, values, message);
        }
        self.aliases(to, spots, &was.full, (&was.aliases, &is.aliases));
        self.docs(to, spots, (&was.doc, &is.doc));
    }

    /// Aliases of a thing that came and went; its own old name as one needs no word.
    pub(super) fn aliases(
        &mut self,
        of: &str,
        spots: Spots,
        old_name: &str,
        (was, is): (&[String], &[String]),
    ) {
        if was == is {
            return;
        }
        let values = || (Some(list_text(was)), Some(list_text(is)));
        let (before, after): (HashSet<_>, HashSet<_>) = (was.iter().collect(), is.iter().collect());
        let new = |alias: &&String| !before.contains(alias) && *alias != old_name;
        let added: Vec<_> = is.iter().filter(new).collect();
        if !added.is_empty() {
            let message = format!("{} added to the aliases of \"{of}\"", quoted(&added));
            self.safe("avro/alias-added", spots, values(), message);
        }
        let gone = |alias: &&String| !after.contains(alias) && *alias != of;
        let removed: Vec<_> = was.iter().filter(gone).collect();
        if !removed.is_empty() {
            let names = quoted(&removed);
            let message = format!("\"{of}\" no longer reads data that calls it {names}");
            let fix = Some(format!("keep {names} in the aliases of \"{of}\""));
            self.add("avro/alias-removed", NEW, spots, values(), message, fix);
        }
    }

    pub(super) fn docs(
        &mut self,
        of: &str,
        spots: Spots,
        (was, is): (&Option<String>, &Option<String>),
    ) {
        if was != is {
            let shown = |doc: &Option<String>| doc.as_deref().map(cut);
            let values = (shown(was), shown(is));
            let message = format!("documentation of \"{of}\" changed");
            self.safe("avro/doc-changed", spots, values, message);
        }
    }

    /// Members without a meaning to Avro; tools give them one.
    pub(super) fn properties(
        &mut self,
        of: &str,
        spots: Spots,
        (was, is): (&[Property], &[Property]),
    ) {
        if was.is_empty() && is.is_empty() {
            return;
        }
        let before: HashMap<_, _> = was.iter().map(|(name, node)| (name, node)).collect();
        let after: HashMap<_, _> = is.iter().map(|(name, node)| (name, node)).collect();
        let same = |name: &&String| match (before.get(name), after.get(name)) {
            (Some(was), Some(is)) => same_json(was, is),
            _ => false,
        };
        let names = before.keys().chain(after.keys()).copied();
        let mut names: Vec<_> = names.filter(|name| !same(name)).collect();
        names.sort_unstable();
        names.dedup();
        let Some(first) = names.first() else {
            return;
        };
        let value = |node: Option<&&Node>| node.map(|node| cut(&node.to_json()));
        let values = (value(before.get(first)), value(after.get(first)));
        let message = format!("{} of \"{of}\" changed", quoted(&names));
        self.safe("avro/property-changed", spots, values, message);
    }
}
