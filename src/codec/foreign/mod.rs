//! The record JSON of other tools, so that what was saved with them can be produced by us.
//!
//! Each reads what its tool prints, as far as the tool says it: what a form cannot express stands
//! at the head of its file.

mod fields;
mod kaf;
mod kafkactl;
mod kcat;
mod msk;
mod rpk;

#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;

use super::{
    json::{skip_white, string_end, value_end},
    record_json::{self, ReadError},
};
use crate::event::RecordBuf;

/// Whose JSON it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Our own ([`record_json`]).
    Evctl,
    /// `kcat -J`
    Kcat,
    /// `kaf consume --output json-each-row`
    Kaf,
    /// `kafkactl consume -o json`
    Kafkactl,
    /// `rpk topic consume`, `kcl consume --json`
    Rpk,
    /// The event that AWS Lambda hands to a function behind Amazon MSK or another Kafka.
    Msk,
}

impl Form {
    /// The form's name in messages and options; our own is `json`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Evctl => "json",
            Self::Kcat => "kcat",
            Self::Kaf => "kaf",
            Self::Kafkactl => "kafkactl",
            Self::Rpk => "rpk",
            Self::Msk => "msk",
        }
    }
}

/// Why a document is not of the form it was taken for.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// Our own form was not met.
    #[error(transparent)]
    Record(#[from] ReadError),
    /// Another tool's form was not met; the place is the one within the document.
    #[error("not the JSON that {form} writes: {source}")]
    Form {
        /// The form's name.
        form: &'static str,
        /// What is wrong, with line and column within the document.
        source: serde_json::Error,
    },
}

/// Reads one JSON document, which is one record or, for [`Form::Msk`], any number of them.
///
/// # Errors
/// What does not fit the form; records before it have been emitted.
pub fn read(
    form: Form,
    document: &[u8],
    emit: &mut dyn FnMut(RecordBuf),
) -> Result<(), ForeignError> {
    match form {
        Form::Evctl => {
            let mut record = RecordBuf::default();
            record_json::read(document, &mut record)?;
            emit(record);
        }
        Form::Kcat => emit(parse::<kcat::Message>(form, document)?.into()),
        Form::Kaf => emit(parse::<kaf::Message>(form, document)?.into()),
        Form::Kafkactl => emit(parse::<kafkactl::Message>(form, document)?.into()),
        Form::Rpk => emit(parse::<rpk::Message>(form, document)?.into()),
        Form::Msk => parse::<msk::Event>(form, document)?
            .into_records()
            .for_each(emit),
    }
    Ok(())
}

fn parse<T: DeserializeOwned>(form: Form, document: &[u8]) -> Result<T, ForeignError> {
    serde_json::from_slice(document).map_err(|source| ForeignError::Form {
        form: form.as_str(),
        source,
    })
}

/// Guesses the form from the start of an input, which may be cut anywhere; `None` when it does not
/// look like any of them.
#[must_use]
pub fn detect(start: &[u8]) -> Option<Form> {
    let members = members(start);
    let value_of = |name: &str| {
        members
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    };
    let has = |name: &str| value_of(name).is_some();
    // rpk and kcl write these last; a header of theirs is an object, one of ours a pair.
    let ends_as_rpk = members.iter().rev().map(|(name, _)| *name).take(3).eq([
        "offset",
        "partition",
        "timestamp",
    ]);
    let object_headers = value_of("headers").is_some_and(|list| {
        list.first() == Some(&b'[') && list.get(skip_white(list, 1)) == Some(&b'{')
    });
    if has("evctl") {
        Some(Form::Evctl)
    } else if has("eventSource") || (has("records") && !has("value")) {
        Some(Form::Msk)
    } else if has("payload") {
        Some(if has("timestamp") {
            Form::Kaf
        } else {
            Form::Kcat
        })
    } else if has("Partition") && has("Offset") {
        Some(Form::Kafkactl)
    } else if ends_as_rpk || (object_headers && has("topic")) {
        Some(Form::Rpk)
    } else {
        has("value").then_some(Form::Evctl)
    }
}

/// The members of the object that `start` begins with, as far as it goes; a value that is cut
/// is there up to the cut.
fn members(start: &[u8]) -> Vec<(&str, &[u8])> {
    let mut members = Vec::new();
    let mut at = skip_white(start, 0);
    let mut before = b'{';
    while start.get(at) == Some(&before) {
        before = b',';
        let open = skip_white(start, at + 1);
        let Some(close) = (start.get(open) == Some(&b'"')).then(|| string_end(start, open + 1))
        else {
            break;
        };
        let Ok(close) = close else { break };
        let colon = skip_white(start, close);
        if start.get(colon) != Some(&b':') {
            break;
        }
        let begin = skip_white(start, colon + 1);
        let end = value_end::<true>(start, begin);
        let Ok(name) = std::str::from_utf8(&start[open + 1..close - 1]) else {
            break;
        };
        members.push((name, &start[begin..end.unwrap_or(start.len())]));
        let Ok(end) = end else { break };
        at = skip_white(start, end);
    }
    members
}
