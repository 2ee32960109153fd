//! Objects (`compatibility_object`).

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::{
    super::{
        super::{Node, Value},
        confluent::Type,
        report::At,
        tree::Outcome,
    },
    Checker, Incompatibilities, MAX_PROPERTIES, MIN_PROPERTIES, Properties, View, assertions,
    skipped,
};

impl<'s> Checker<'_, 's> {
    pub(super) fn objects(
        &mut self,
        reader: &View<'s>,
        writer: &View<'s>,
    ) -> Incompatibilities<'s> {
        let mut found = Incompatibilities::default();
        let (mine, theirs) = (self.properties(reader), self.properties(writer));
        let gone: Vec<&'s str> = only_in(&theirs, &mine);
        let new: Vec<&'s str> = only_in(&mine, &theirs);
        let unknown = !gone.is_empty() && !is_open(reader);
        let restricted = !unknown && !new.is_empty() && is_open(writer);
        if self.walk.is_outcome_only() && restricted {
            found.note(Outcome::Refused);
            return found;
        }
        for (name, one) in &*mine {
            if self.walk.is_outcome_only() && !found.is_empty() {
                return found;
            }
            let Some(two) = theirs.get(name) else {
                continue;
            };
            // It looks for `required` inside of the property, as draft 3 had it.
            if !two.get("required").is_truthy() && one.get("required").is_truthy() {
                let message = format!("Property {name} became required");
                let about = (one, two, At::Keyword("required"));
                found.say(skipped(
                    Type::RequiredAttributeAdded,
                    "required_attribute_added",
                    message,
                    &["properties", name],
                    about,
                ));
            }
            found.extend(self.check(one, two, &["properties", name]));
        }
        if unknown {
            for name in gone {
                self.unknown_to_reader(&mut found, reader, writer, name, &theirs[name]);
            }
        } else if restricted {
            let message = format!(
                "Restricting acceptable values of properties is an incompatible change. The following properties {} accepted any value because of the lack of validation (the object schema had neither patternProperties nor additionalProperties), now these values are restricted.",
                new.join(", ")
            );
            let about = (reader, writer, At::Name("properties", new[0]));
            found.say(skipped(
                Type::PropertyAddedToOpenContentModel,
                "property_added_to_open_content_model",
                message,
                &["properties"],
                about,
            ));
        } else {
            for name in new {
                self.unknown_to_writer(&mut found, reader, writer, name, &mine[name]);
            }
        }
        self.dependencies(&mut found, reader, writer);
        found.extend(assertions(
            reader,
            writer,
            &[MAX_PROPERTIES, MIN_PROPERTIES],
        ));
        let (one, two) = (
            reader.get("additionalProperties"),
            writer.get("additionalProperties"),
        );
        if !one.is_missing() && two.is_missing() {
            let message = "additionalProperties instroduced".to_owned();
            let about = (reader, writer, At::Keyword("additionalProperties"));
            found.say(skipped(
                Type::AdditionalPropertiesNarrowed,
                "additional_properties_narrowed",
                message,
                &["additionalProperties"],
                about,
            ));
        }
        if one.is_truthy() && two.is_truthy() {
            found.extend(self.check(&one, &two, &["additionalProperties"]));
        }
        found
    }

    fn properties(&mut self, view: &View<'s>) -> Rc<Properties<'s>> {
        let properties = || view.get("properties").members().into_iter().collect();
        let known = self.properties.entry(view.key());
        Rc::clone(known.or_insert_with(|| Rc::new(properties())))
    }

    fn unknown_to_reader(
        &mut self,
        found: &mut Incompatibilities<'s>,
        reader: &View<'s>,
        writer: &View<'s>,
        name: &'s str,
        theirs: &View<'s>,
    ) {
        let about = (reader, writer, At::Name("properties", name));
        let partial = partial(reader, name);
        if partial.is_missing() {
            let message = format!("The property {name} is not accepted anymore");
            found.say(skipped(
                Type::PropertyRemovedFromClosedContentModel,
                "property_removed_from_closed_content_model",
                message,
                &["properties"],
                about,
            ));
            return;
        }
        let nested = self.check(&partial, theirs, &["properties"]);
        if nested.is_empty() {
            return;
        }
        found.extend(nested);
        let message = format!("property {name} is not compatible");
        let kind = Type::PropertyRemovedNotCoveredByPartiallyOpenContentModel;
        found.say(skipped(
            kind,
            "property_removed_not_covered_by_partially_open_content_model",
            message,
            &["properties"],
            about,
        ));
    }

    fn unknown_to_writer(
        &mut self,
        found: &mut Incompatibilities<'s>,
        reader: &View<'s>,
        writer: &View<'s>,
        name: &'s str,
        mine: &View<'s>,
    ) {
        let about = (reader, writer, At::Name("properties", name));
        let partial = partial(writer, name);
        if !partial.is_missing() && !partial.is_false() && !self.is_compatible(mine, &partial) {
            let message = "incompatible schemas".to_owned();
            let kind = Type::PropertyAddedNotCoveredByPartiallyOpenContentModel;
            found.say(skipped(
                kind,
                "property_added_not_covered_by_partially_open_content_model",
                message,
                &["properties"],
                about,
            ));
        }
        // The default is looked for in a property that is called `required`.
        let required = reader.get("required");
        let required = required.node().map(Node::items).unwrap_or_default();
        let properties = reader.get("properties");
        let default = properties.get("required").get("default");
        if required.iter().any(|one| one.text() == Some(name)) && default.is_missing() {
            let message = format!("Property {name} added without a default");
            let kind = Type::RequiredPropertyAddedToUnopenContentModel;
            found.say(skipped(
                kind,
                "required_property_added_to_unopen_content_model",
                message,
                &["properties"],
                about,
            ));
        }
    }

    fn dependencies(
        &mut self,
        found: &mut Incompatibilities<'s>,
        reader: &View<'s>,
        writer: &View<'s>,
    ) {
        let mine: BTreeMap<&'s str, View<'s>> =
            reader.get("dependencies").members().into_iter().collect();
        for (name, theirs) in writer.get("dependencies").members() {
            let about = (reader, writer, At::Name("dependencies", name));
            let Some(mine) = mine.get(name).filter(|mine| mine.is_truthy()) else {
                let message = "incompatible dependency array".to_owned();
                found.say(skipped(
                    Type::DependencyArrayAdded,
                    "dependency_array_added",
                    message,
                    &[],
                    about,
                ));
                continue;
            };
            let new: Vec<String> = names(&theirs)
                .difference(&names(mine))
                .map(|name| format!("'{name}'"))
                .collect();
            if !new.is_empty() {
                let message = format!("new dependencies {{{}}}", new.join(", "));
                found.say(skipped(
                    Type::DependencyArrayExtended,
                    "dependency_array_extended",
                    message,
                    &[],
                    about,
                ));
            }
        }
        let mine: BTreeMap<&'s str, View<'s>> = reader
            .get("dependentSchemas")
            .members()
            .into_iter()
            .collect();
        for (name, theirs) in writer.get("dependentSchemas").members() {
            let mine = mine.get(name).cloned().unwrap_or(View::Missing);
            found.extend(self.check(&mine, &theirs, &[]));
        }
    }
}

fn only_in<'s>(one: &Properties<'s>, other: &Properties<'s>) -> Vec<&'s str> {
    let names = one.keys().copied();
    names.filter(|name| !other.contains_key(name)).collect()
}

/// The strings of an array, the names of an object.
fn names<'s>(view: &View<'s>) -> BTreeSet<&'s str> {
    let Some(node) = view.node() else {
        return BTreeSet::new();
    };
    let members = node.members().iter().map(|member| member.name.as_str());
    members
        .chain(node.items().iter().filter_map(Node::text))
        .collect()
}

/// Whether undeclared properties may be there, with any value (`is_object_content_model_open`).
fn is_open(view: &View<'_>) -> bool {
    let additional = view.get("additionalProperties");
    let patterns = view.get("patternProperties");
    let is_schema = view
        .node()
        .is_none_or(|node| matches!(node.value, Value::Object(_)));
    is_schema && patterns.members().is_empty() && (additional.is_missing() || additional.is_true())
}

/// What an undeclared property must be. A pattern has to match from the name's beginning on.
fn partial<'s>(view: &View<'s>, name: &str) -> View<'s> {
    let patterns = view.get("patternProperties").members();
    let matching = patterns
        .into_iter()
        .find(|(pattern, _)| super::super::confluent::matches(&format!("^(?:{pattern})"), name));
    matching.map_or_else(|| view.get("additionalProperties"), |(_, schema)| schema)
}
