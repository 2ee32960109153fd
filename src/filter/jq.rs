//! jq expressions over records, compiled once (jaq).

use std::{
    fmt::{self, Write},
    iter,
    sync::Arc,
};

use jaq_core::{
    Compiler, Ctx, Vars,
    compile::Undefined,
    load::{self, Arena, File, Loader},
};
use jaq_json::Val;

use super::{
    caret::caret,
    fields::fields_of,
    interruption::{Memory, Steps, Watched, caught},
    jq_input::jq_input,
    limits::{self, Limit},
    natives,
};
use crate::{
    codec::projection::{NAMES, Projection, VALUE},
    envelope::Event,
};

/// A compiled expression.
pub struct Jq {
    program: jaq_core::Filter<Watched>,
    /// The members that the expression can look at.
    projection: Projection,
    /// The members that are built for it; all of `projection`, and perhaps more.
    input: Arc<Projection>,
    memory: Memory,
}

impl fmt::Debug for Jq {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Jq")
            .field("projection", &self.projection)
            .finish_non_exhaustive()
    }
}

impl Jq {
    /// Compiles `expression`.
    ///
    /// # Errors
    /// The first thing in it that is not jq, with the place it stands at.
    pub fn compile(expression: &str) -> Result<Self, JqError> {
        let replaced = load::parse(natives::DEFINITIONS, |parser| parser.defs());
        let prelude = (replaced.into_iter().flatten())
            .chain(jaq_core::defs())
            .chain(jaq_std::defs())
            .chain(jaq_json::defs());
        let arena = Arena::default();
        let file = File {
            code: expression,
            path: (),
        };
        let modules = Loader::new(prelude)
            .load(&arena, file)
            .map_err(|errors| JqError::loading(expression, &errors))?;
        let program = Compiler::default()
            .with_funs(natives::functions())
            .compile(modules)
            .map_err(|errors| JqError::compiling(expression, &errors))?;
        let projection = fields_of(expression);
        Ok(Self {
            program,
            input: Arc::new(projection.clone()),
            projection,
            memory: Memory::default(),
        })
    }

    /// What the expression yields for `event`, one after the other. An error ends it; its text is
    /// made only when it is asked for.
    pub fn run<'s>(
        &'s self,
        event: &Event<'_>,
    ) -> impl Iterator<Item = Result<Val, Raised>> + use<'s> {
        self.run_on(self.input(event))
    }

    /// The same expression with the members `names` of the record in its input, whole, even where
    /// it does not look at them.
    #[must_use]
    pub fn with_members(mut self, names: &[&str]) -> Self {
        for name in names {
            self.projection.add(name);
        }
        self.input = Arc::new(self.projection.clone());
        self
    }

    /// What the expression sees of `event`.
    #[must_use]
    pub fn input(&self, event: &Event<'_>) -> Val {
        jq_input(event, &self.input)
    }

    /// Whether the expression can look at member `name` of the record.
    #[must_use]
    pub fn sees(&self, name: &str) -> bool {
        let index = NAMES.iter().position(|known| *known == name);
        index.is_some_and(|index| self.projection.contains(index))
    }

    /// As [`Jq::run`], over an input of [`Jq::input`].
    pub fn run_on(&self, input: Val) -> impl Iterator<Item = Result<Val, Raised>> + use<'_> {
        let mut input = Some(input);
        let mut outputs = None;
        iter::from_fn(move || {
            let next = caught(|| {
                if let Some(input) = input.take() {
                    let steps = Steps::new(&self.program.lut, &self.memory);
                    let context = Ctx::<Watched>::new(steps, Vars::new([]));
                    outputs = Some(self.program.id.run((context, input)));
                }
                outputs.as_mut()?.next()
            });
            let value = match next {
                // Not jaq's `unwrap_valr`, which ends the process where an expression says `halt`.
                Ok(next) => match next? {
                    Ok(value) => value,
                    Err(raised) => {
                        return Some(Err(raised.get_err().map_or(Raised::Halt, Raised::Error)));
                    }
                },
                Err(limit) => {
                    outputs = None;
                    return Some(Err(Raised::Exceeds(limit)));
                }
            };
            if let Err(limit) = limits::check(&value) {
                // First the program, which would drop the last reference recursively.
                outputs = None;
                limits::drop_deep(value);
                return Some(Err(Raised::Exceeds(limit)));
            }
            Some(Ok(value))
        })
    }
}

/// Lets `expressions` over the same events share one input, so that it is built once per event.
///
/// Those that look at the whole value keep an input of their own: the others are often asked first,
/// and answer from a few members.
pub fn share_input<'j>(expressions: impl IntoIterator<Item = &'j mut Jq>) {
    let mut sharing: Vec<&mut Jq> = (expressions.into_iter())
        .filter(|jq| !jq.projection.contains(VALUE))
        .collect();
    let mut shared = Projection::default();
    sharing.iter().for_each(|jq| shared.extend(&jq.projection));
    let shared = Arc::new(shared);
    for jq in &mut sharing {
        jq.input = Arc::clone(&shared);
    }
}

/// Appends `value` as compact JSON.
pub fn write_json(out: &mut Vec<u8>, value: &Val) {
    // Writing to memory cannot fail.
    let _ = jaq_json::write::write(out, &jaq_json::write::Pp::default(), 0, value);
}

/// What ended an expression before its last output.
#[derive(Debug)]
pub enum Raised {
    /// An error.
    Error(jaq_json::Error),
    /// `halt`.
    Halt,
    /// A bound of expressions.
    Exceeds(Limit),
}

impl fmt::Display for Raised {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = match self {
            Self::Error(error) => error,
            Self::Halt => return out.write_str("the expression wants to halt"),
            Self::Exceeds(limit) => return limit.fmt(out),
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
    use crate::{envelope::EventDecoder, event::RecordBuf};

    /// An expression is bounded by what the process takes: tests that take much run one by one.
    static MEMORY_OF_THE_PROCESS: std::sync::Mutex<()> = std::sync::Mutex::new(());

    fn record(value: &str) -> RecordBuf {
        RecordBuf {
            value: Some(value.as_bytes().to_vec()),
            ..RecordBuf::default()
        }
    }

    fn run(expression: &str, value: &str) -> Vec<Result<String, String>> {
        let jq = Jq::compile(expression).unwrap();
        let record = record(value);
        let outputs = jq.run(&EventDecoder::inferred().event(&record.as_record()));
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
    fn a_recursion_without_end_is_an_error_and_a_long_one_is_not() {
        let deep = [Err("the expression recurses too deeply".to_owned())];
        for endless in [
            "def f: 1 + f; f",
            "def f: {a: f}; f",
            "path(def f: f | .a; f)",
        ] {
            assert_eq!(run(endless, "1"), deep, "{endless}");
        }
        for long in [
            "last(range(9000; 0; -1))",
            "[limit(9000; repeat(1))] | length - 8999",
        ] {
            assert_eq!(run(long, "1"), [Ok("1".to_owned())], "{long}");
        }
        let counted = "[range(2)], [range(0; 9; 3)], [range(0, 1; 2)]";
        assert_eq!(
            run(counted, "1").into_iter().collect::<Result<Vec<_>, _>>(),
            Ok(["[0,1]", "[0,3,6]", "[0,1,1]"].map(str::to_owned).to_vec())
        );
    }

    #[test]
    fn json_nested_deeply_is_an_error_and_never_a_stack_overflow() {
        let poison = "[".repeat(200_000);
        let error = "\"cannot parse JSON that is nested more than 128 deep\"";
        for expression in [
            ".value | fromjson",
            "[.value | strings | fromjson]",
            ".value |= fromjson",
            ".value | tonumber",
        ] {
            let outputs = run(expression, &poison);
            assert_eq!(outputs, [Err(error.to_owned())], "{expression}");
        }
        assert_eq!(
            run(".value | [fromjson]", "1 [2] #"),
            [Ok("[1,[2]]".to_owned())]
        );
        assert_eq!(run(".value | tojson", "[1]"), [Ok("\"[1]\"".to_owned())]);
    }

    #[test]
    fn a_value_built_deeply_is_an_error() {
        let _alone = MEMORY_OF_THE_PROCESS.lock();
        let error = "the expression builds a value nested more than 1000 deep";
        let deep = "reduce range(100000) as $x (null; [.])";
        for expression in [
            deep.to_owned(),
            deep.replace("[.]", "{a: .}"),
            format!(".value = ({deep})"),
            format!("({deep}) as $x | $x, 1"),
        ] {
            let outputs = run(&expression, "1");
            assert_eq!(outputs, [Err(error.to_owned())], "{expression}");
        }
        let shallow = "[reduce range(900) as $x (null; [.])] | length";
        assert_eq!(run(shallow, "1"), [Ok("1".to_owned())]);
    }

    #[test]
    fn memory_of_an_expression_is_bounded() {
        let _alone = MEMORY_OF_THE_PROCESS.lock();
        let error = "the expression takes more than 256 MiB of memory";
        for expression in [
            "[range(1e9) | \"x\" * 10000]",
            "reduce range(40) as $x ([1]; . + .) | length",
            "reduce range(40) as $x (\"x\"; . + .) | length",
            "reduce range(40) as $x (1; [., .])",
            "reduce range(40) as $x (1; [., .]) | try tojson catch error",
        ] {
            let outputs = run(expression, "1");
            let raised = outputs[0].as_ref().unwrap_err();
            assert_eq!(raised.trim_matches('"'), error, "{expression}");
        }
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
