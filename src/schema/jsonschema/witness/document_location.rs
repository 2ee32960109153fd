//! Where in a document a change tells: the registries' paths are ways through a schema, and a way
//! through a schema is one through the documents it describes.

use serde_json::Value as Json;

use super::{super::karapace::View, probe::CHOICES, text};

/// A step into a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Name(String),
    Index(usize),
}

/// A place in a document, and what both schemas say of it.
#[derive(Clone, Debug)]
pub struct DocumentLocation<'s> {
    pub way: Vec<Step>,
    pub writer: View<'s>,
    pub reader: View<'s>,
    /// What both say of the value that is one step further, when the change is about that.
    pub name: Option<String>,
}

impl DocumentLocation<'_> {
    /// Whether a schema there has more alternatives than are tried.
    pub fn is_wide(&self) -> bool {
        [&self.writer, &self.reader].iter().any(|view| {
            let mut keywords = ["anyOf", "oneOf"].iter();
            keywords.any(|keyword| view.get(keyword).items().len() > CHOICES)
        })
    }

    /// Whether a document has a value there.
    pub fn is_in(&self, document: &Json) -> bool {
        let value = self
            .way
            .iter()
            .try_fold(document, |value, step| match step {
                Step::Name(name) => value.get(name),
                Step::Index(index) => value.get(index),
            });
        value.is_some()
    }
}

/// The places that a path leads to: the nearest one first, then those around it, up to the whole
/// document.
pub fn places<'s>(writer: &View<'s>, reader: &View<'s>, path: &str) -> Vec<DocumentLocation<'s>> {
    let mut here = DocumentLocation {
        way: Vec::new(),
        writer: writer.clone(),
        reader: reader.clone(),
        name: None,
    };
    let mut places = vec![here.clone()];
    let mut steps = path
        .trim_start_matches('#')
        .split('/')
        .filter(|step| !step.is_empty())
        .peekable();
    while let Some(step) = steps.next() {
        match step {
            "properties" | "patternProperties" => {
                let Some(name) = steps.next() else {
                    break;
                };
                let into = |view: &View<'s>| view.get(step).get_name(name).unwrap_or(View::Missing);
                let some = if step == "properties" {
                    name.to_owned()
                } else {
                    text::matching(name, 0).unwrap_or_else(|| name.to_owned())
                };
                here = DocumentLocation {
                    way: [&here.way[..], &[Step::Name(some)]].concat(),
                    writer: into(&here.writer),
                    reader: into(&here.reader),
                    name: None,
                };
            }
            "items" => {
                let index = steps.peek().and_then(|step| step.parse::<usize>().ok());
                if index.is_some() {
                    steps.next();
                }
                let into = |view: &View<'s>| match index {
                    Some(index) => view
                        .get("items")
                        .items()
                        .get(index)
                        .cloned()
                        .unwrap_or(View::Missing),
                    None => view.get("items"),
                };
                here = DocumentLocation {
                    way: [&here.way[..], &[Step::Index(index.unwrap_or(0))]].concat(),
                    writer: into(&here.writer),
                    reader: into(&here.reader),
                    name: None,
                };
            }
            "additionalProperties" if steps.peek().is_some() => {
                let into = |view: &View<'s>| view.get(step);
                here = DocumentLocation {
                    way: [&here.way[..], &[Step::Name("extra".to_owned())]].concat(),
                    writer: into(&here.writer),
                    reader: into(&here.reader),
                    name: None,
                };
            }
            "required" | "dependencies" => {
                here.name = steps.next().map(str::to_owned);
            }
            // The parts of a combination say something of the same value, each of its own.
            "allOf" | "anyOf" | "oneOf" => {
                steps.next();
                continue;
            }
            _ => break,
        }
        places.push(here.clone());
    }
    // A name that only one of them has is still told by what holds it.
    places.reverse();
    places
}
