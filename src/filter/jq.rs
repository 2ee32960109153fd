//! jq expressions over records, compiled once (jaq).

use std::fmt::{self, Write};

use jaq_core::{
    Compiler, Ctx, Vars,
    compile::Undefined,
    data::JustLut,
    load::{self, Arena, File, Loader},
};
use jaq_json::Val;

use super::{
    caret::caret,
    fields::{Fields, NAMES},
    view::view,
};
use crate::event::Record;

/// A compiled expression.
pub struct Jq {
    program: jaq_core::Filter<JustLut<Val>>,
    fields: Fields,
}

impl fmt::Debug for Jq {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Jq")
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}

impl Jq {
    /// Compiles `expression`.
    ///
    /// # Errors
    /// The first thing in it that is not jq, with the place it stands at.
    pub fn compile(expression: &str) -> Result<Self, JqError> {
        let prelude = jaq_core::defs()
            .chain(jaq_std::defs())
            .chain(jaq_json::defs());
        let functions = jaq_core::funs()
            .chain(jaq_std::funs())
            .chain(jaq_json::funs());
        let arena = Arena::default();
        let file = File {
            code: expression,
            path: (),
        };
        let modules = Loader::new(prelude)
            .load(&arena, file)
            .map_err(|errors| JqError::loading(expression, &errors))?;
        let program = Compiler::default()
            .with_funs(functions)
            .compile(modules)
            .map_err(|errors| JqError::compiling(expression, &errors))?;
        Ok(Self {
            program,
            fields: Fields::of(expression),
        })
    }

    /// What the expression yields for `record`, one after the other. An error ends it; its text is
    /// made only when it is asked for.
    pub fn run<'s>(
        &'s self,
        record: &Record<'_>,
    ) -> impl Iterator<Item = Result<Val, Raised>> + use<'s> {
        self.run_on(self.input(record))
    }

    /// The same expression with the members `names` of the record in its input, whole, even where
    /// it does not look at them.
    #[must_use]
    pub fn with_members(mut self, names: &[&str]) -> Self {
        for name in names {
            self.fields.add(name);
        }
        self
    }

    /// What the expression sees of `record`.
    #[must_use]
    pub fn input(&self, record: &Record<'_>) -> Val {
        view(record, &self.fields)
    }

    /// As [`Jq::run`], over an input of [`Jq::input`].
    pub fn run_on(&self, input: Val) -> impl Iterator<Item = Result<Val, Raised>> + use<'_> {
        let context = Ctx::<JustLut<Val>>::new(&self.program.lut, Vars::new([]));
        let outputs = self.program.id.run((context, input));
        // Not jaq's `unwrap_valr`, which ends the process where an expression says `halt`.
        outputs.map(|output| output.map_err(|raised| Raised(raised.get_err().ok())))
    }
}

/// Appends `value` as compact JSON.
pub fn write_json(out: &mut Vec<u8>, value: &Val) {
    // Writing to memory cannot fail.
    let _ = jaq_json::write::write(out, &jaq_json::write::Pp::default(), 0, value);
}

/// An error that an expression raised while it ran.
#[derive(Debug)]
pub struct Raised(Option<jaq_json::Error>);

impl fmt::Display for Raised {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(error) = &self.0 else {
            return out.write_str("the expression wants to halt");
        };
        // The error quotes the value it is about, however large.
        let mut text = Excerpt {
            text: String::new(),
            left: 200,
        };
        match write!(text, "{error}") {
            Ok(()) => out.write_str(&text.text),
            Err(fmt::Error) => write!(out, "{}…", text.text),
        }
    }
}

/// Takes so many characters and refuses the rest.
struct Excerpt {
    text: String,
    left: usize,
}

impl Write for Excerpt {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(character);
        }
        Ok(())
    }
}

/// An expression that does not compile. Displayed with a caret under the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at column {column}\n{}", caret(expression, *column))]
pub struct JqError {
    expression: String,
    /// In characters, from 1.
    column: usize,
    message: String,
}

impl JqError {
    fn new(expression: &str, at: &str, message: String) -> Self {
        let start = load::span(expression, at).start;
        let before = expression.get(..start).unwrap_or(expression);
        Self {
            expression: expression.to_owned(),
            column: before.chars().count() + 1,
            message,
        }
    }

    fn loading(expression: &str, errors: &load::Errors<&str, ()>) -> Self {
        use load::Error::{Io, Lex, Parse};
        let end = &expression[expression.len()..];
        match errors.first().map(|(_, error)| error) {
            Some(Io(list)) if let Some((at, _)) = list.first() => {
                Self::new(expression, at, "modules cannot be loaded".to_owned())
            }
            Some(Lex(list)) if let Some((expected, at)) = list.first() => {
                Self::new(expression, at, format!("expected {}", expected.as_str()))
            }
            Some(Parse(list)) if let Some((expected, at)) = list.first() => {
                Self::new(expression, at, format!("expected {}", expected.as_str()))
            }
            _ => Self::new(expression, end, "not a jq expression".to_owned()),
        }
    }

    fn compiling(expression: &str, errors: &jaq_core::compile::Errors<&str, ()>) -> Self {
        let first = errors.first().and_then(|(_, list)| list.first());
        let Some((name, undefined)) = first else {
            let end = &expression[expression.len()..];
            return Self::new(expression, end, "not a jq expression".to_owned());
        };
        let message = match undefined {
            Undefined::Filter(0) if NAMES.contains(name) => {
                format!("there is no function {name}; a member of the record is written .{name}")
            }
            Undefined::Filter(0) => format!("there is no function {name}"),
            Undefined::Filter(arity) => format!("there is no function {name}/{arity}"),
            other => format!("there is no {} {name}", other.as_str()),
        };
        Self::new(expression, name, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::RecordBuf;

    fn record(value: &str) -> RecordBuf {
        RecordBuf {
            value: Some(value.as_bytes().to_vec()),
            ..RecordBuf::default()
        }
    }

    fn run(expression: &str, value: &str) -> Vec<Result<String, String>> {
        let jq = Jq::compile(expression).unwrap();
        let outputs = jq.run(&record(value).as_record());
        outputs
            .map(|output| {
                output
                    .map(|val| val.to_string())
                    .map_err(|error| error.to_string())
            })
            .collect()
    }

    #[test]
    fn an_expression_yields_any_number_of_outputs() {
        assert_eq!(
            run(".value.items[]", r#"{"items":[1,"a"]}"#),
            [Ok("1".to_owned()), Ok("\"a\"".to_owned())]
        );
        assert!(run("empty", "1").is_empty());
    }

    #[test]
    fn an_error_while_running_is_a_value_and_never_long() {
        assert_eq!(
            run(".value.x", "7"),
            [Err("cannot index 7 with \"x\"".to_owned())]
        );
        let long = run(".value.x", &"y".repeat(9_000)).remove(0).unwrap_err();
        assert!(long.chars().count() <= 201 && long.ends_with('…'), "{long}");
        assert_eq!(
            run("halt", "1"),
            [Err("the expression wants to halt".to_owned())]
        );
    }

    #[test]
    fn what_does_not_compile_is_shown_with_its_column() {
        let shown = |expression| Jq::compile(expression).unwrap_err().to_string();
        assert_eq!(
            shown("value.total > 100"),
            "there is no function value; a member of the record is written .value at column 1\n  \
             value.total > 100\n  ^"
        );
        assert_eq!(
            shown(".ä | (.b"),
            "expected token at column 2\n  .ä | (.b\n   ^"
        );
        assert_eq!(
            shown(".a | (.b"),
            "expected closing parenthesis at column 9\n  .a | (.b\n          ^"
        );
        assert_eq!(
            shown(".a |\n .b + $x"),
            "there is no variable $x at column 12\n   .b + $x\n        ^"
        );
        assert_eq!(shown(".a |"), "expected term at column 5\n  .a |\n      ^");
    }
}
