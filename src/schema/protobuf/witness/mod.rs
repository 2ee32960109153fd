//! Witnesses: a message of the writer's schema is put on the wire and read with the reader's, and
//! what is shown is what came out. Nothing is shown that did not go wrong.

mod changed_element;
mod datum;
mod json;
mod sample;
mod wire;

use self::{
    changed_element::{Subject, subject},
    datum::{Datum, Values},
};
use super::{
    buf,
    model::{EnumId, MessageId, Schema},
    view::{Cardinality, Kind, View},
};
use crate::schema::{Breaks, Change, Direction, Severity};

/// A value written with one schema that the other misreads, loses or refuses, on one line:
/// `{"total": 5000000000} is read as {"total": 705032704}`. `None` when nothing was found that
/// really goes wrong, as for all that is safe.
#[must_use]
pub fn witness(old: &Schema, new: &Schema, change: &Change) -> Option<String> {
    if change.severity == Severity::Safe {
        return None;
    }
    let subject = subject(old, new, change)?;
    let directions = directions(change);
    // What was reserved is about data of long ago, which neither schema writes.
    let harmed = [Breaks::NewConsumers, Breaks::OldConsumers];
    let is_about_data =
        harmed.iter().any(|who| change.breaks.contains(who)) && !change.id.contains("/reserv");
    let mut attempts = directions.iter().map(|direction| match direction {
        Direction::Backward => (old, new, &subject.old, &subject.new),
        Direction::Forward => (new, old, &subject.new, &subject.old),
    });
    attempts.find_map(|(writer, reader, written, read)| {
        let attempt = Attempt {
            writer,
            reader,
            written,
            read,
        };
        let by_wire = if is_about_data {
            attempt.by_wire()
        } else {
            None
        };
        by_wire
            .or_else(|| attempt.by_default(change))
            .or_else(|| attempt.by_json(change))
    })
}

/// Those in which the change harms consumers; for what only harms JSON, both.
fn directions(change: &Change) -> Vec<Direction> {
    let mut directions = change.refused.clone();
    if directions.is_empty() {
        let harmed = [
            (Breaks::NewConsumers, Direction::Backward),
            (Breaks::OldConsumers, Direction::Forward),
        ];
        let harmed = harmed.iter().filter(|(who, _)| change.breaks.contains(who));
        directions.extend(harmed.map(|(_, direction)| *direction));
    }
    if directions.is_empty() && change.breaks.contains(&Breaks::Json) {
        return vec![Direction::Backward, Direction::Forward];
    }
    directions
}

/// One writer and one reader, and what of each the change is about.
struct Attempt<'s> {
    writer: &'s Schema,
    reader: &'s Schema,
    written: &'s Subject,
    read: &'s Subject,
}

impl Attempt<'_> {
    /// Puts messages on the wire until one is misread.
    fn by_wire(&self) -> Option<String> {
        let (one, two) = (self.written.message?, self.read.message?);
        let meant = self.written.value.map(|value| Datum::Whole(value.into()));
        let is_meant =
            |values: &Vec<Datum>| meant.as_ref().is_none_or(|meant| values.contains(meant));
        let tried = self.written.fields.iter().find_map(|field| {
            let view = View::of(self.writer, one, &self.writer.message(one).fields[*field]);
            let candidates = sample::candidates(self.writer, view).into_iter();
            candidates
                .filter(is_meant)
                .find_map(|values| self.read_back(one, two, vec![(view.field.number, values)]))
        });
        tried
            .or_else(|| self.all_at_once(one, two))
            .or_else(|| self.nothing(one, two))
    }

    /// The members of the reader's oneof together.
    fn all_at_once(&self, one: MessageId, two: MessageId) -> Option<String> {
        let oneof = self.read.oneof?;
        let mut values = Vec::new();
        let mut taken = Vec::new();
        for member in self.reader.message(two).members(oneof) {
            let Some(field) = self.writer.message(one).field(member.number) else {
                continue;
            };
            // Members of one oneof of the writer are never together.
            if field.oneof.is_some_and(|oneof| taken.contains(&oneof)) {
                continue;
            }
            taken.extend(field.oneof);
            let view = View::of(self.writer, one, field);
            let sample = sample::candidates(self.writer, view).pop()?;
            values.push((field.number, sample));
        }
        self.read_back(one, two, values)
    }

    /// A message without the field, for a reader that requires it.
    fn nothing(&self, one: MessageId, two: MessageId) -> Option<String> {
        let message = self.reader.message(two);
        let requires = self.read.fields.iter().any(|field| {
            let view = View::of(self.reader, two, &message.fields[*field]);
            view.cardinality() == Cardinality::Required
        });
        requires
            .then(|| self.read_back(one, two, Vec::new()))
            .flatten()
    }

    /// Writes, reads, and tells what went wrong.
    fn read_back(&self, one: MessageId, two: MessageId, values: Values) -> Option<String> {
        let written = sample::with_required(self.writer, one, values);
        let bytes = wire::write(self.writer, one, &written)?;
        let shown = json::object(self.writer, one, &written);
        match wire::read(self.reader, two, &bytes) {
            Err(refusal) => Some(format!("{shown} is refused: {refusal}")),
            Ok(read) => {
                let seen = json::object(self.reader, two, &read);
                // A number may be that of another value of an enum, or of another field.
                let is_meant = !self.is_about_numbers() || shown == seen;
                let is_same = datum::same(&written, &read) && is_meant;
                (!is_same).then(|| format!("{shown} is read as {seen}"))
            }
        }
    }

    fn is_about_numbers(&self) -> bool {
        let number = |subject: &Subject, schema| subject.view(schema).map(|one| one.field.number);
        let (one, two) = (
            number(self.written, self.writer),
            number(self.read, self.reader),
        );
        self.written.value.is_some() || (one.is_some() && two.is_some() && one != two)
    }

    /// An empty message that means something else to the reader.
    fn by_default(&self, change: &Change) -> Option<String> {
        if !change.id.contains("default") {
            return None;
        }
        let (one, two) = (
            self.written.view(self.writer)?,
            self.read.view(self.reader)?,
        );
        let (before, after) = (buf::default(one)?, buf::default(two)?);
        if buf::same(&before, &after) {
            return None;
        }
        let shown = |view: View<'_>, default| {
            let datum = Datum::from_default(default);
            let values = vec![(view.field.number, vec![datum])];
            view.message
                .map(|id| json::object(view.schema, id, &values))
        };
        Some(format!(
            "{{}} means {} and is read as {}",
            shown(one, before)?,
            shown(two, after)?
        ))
    }

    /// JSON whose names the reader does not know.
    fn by_json(&self, change: &Change) -> Option<String> {
        let is_about_names = change.breaks.contains(&Breaks::Json)
            || change.id.ends_with("-same-name")
            || change.id.ends_with("-same-json-name");
        let (one, two) = (
            self.written.view(self.writer)?,
            self.read.view(self.reader)?,
        );
        if let (Kind::Enum(before), Kind::Enum(after)) = (one.kind(), two.kind()) {
            return self.enum_by_json(one, before, after);
        }
        if !is_about_names || !one.field.number.eq(&two.field.number) {
            return None;
        }
        let name = one.json_name();
        let message = self.reader.message(two.message?);
        let is_known = View::all(self.reader, two.message?)
            .any(|view| view.field.name == name || view.json_name() == name);
        if is_known {
            return None;
        }
        let values = vec![(
            one.field.number,
            sample::candidates(self.writer, one).pop()?,
        )];
        let shown = json::object(self.writer, one.message?, &values);
        Some(format!(
            "{shown} as JSON is refused: {} has no field {name:?}",
            message.name
        ))
    }

    /// The name of a value that the reader's enum does not have.
    fn enum_by_json(&self, view: View<'_>, before: EnumId, after: EnumId) -> Option<String> {
        let number = self.written.value?;
        let name = &self.writer.enumeration(before).value(number)?.name;
        let reader = self.reader.enumeration(after);
        if reader.named(name).is_some() {
            return None;
        }
        let values = vec![(view.field.number, vec![Datum::Whole(number.into())])];
        let shown = json::object(self.writer, view.message?, &values);
        Some(format!(
            "{shown} as JSON is refused: {} has no value {name:?}",
            reader.name
        ))
    }
}
