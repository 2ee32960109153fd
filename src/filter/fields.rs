//! Which members of a record, and of a JSON value, a jq expression can look at, so that only those
//! are built.
//!
//! A walk over the syntax tree that follows where the record itself may be the input. It errs to
//! one side only: whatever it does not understand is taken to look at everything.

use jaq_core::{
    load::{
        lex::StrPart,
        parse::{BinaryOp, Pattern, Term},
    },
    path::Part,
};

use crate::codec::projection::Projection;

/// What `expression` can look at; everything where it does not parse.
pub fn fields_of(expression: &str) -> Projection {
    let mut fields = Fields::default();
    match jaq_core::load::parse(expression, |parser| parser.term()) {
        Some(term) => fields.visit(&term, Input::Record),
        None => fields.whole(Input::Record),
    }
    fields.projection
}

/// What the terms that were visited so far can look at.
#[derive(Debug, Default)]
struct Fields {
    projection: Projection,
}

impl Fields {
    fn visit(&mut self, term: &Term<&str>, input: Input) {
        let mut all = |terms: &[Term<&str>]| terms.iter().for_each(|term| self.visit(term, input));
        match term {
            Term::Num(_)
            | Term::Var(_)
            | Term::Break(_)
            | Term::Call("true" | "false" | "null" | "empty" | "not" | "now", _) => {}
            Term::Str(_, parts) => self.visit_text(parts, input),
            Term::Arr(items) => items.iter().for_each(|items| self.visit(items, input)),
            Term::Neg(term) | Term::Label(_, term) => self.visit(term, input),
            Term::TryCatch(body, handler) => {
                self.visit(body, input);
                // The handler's input is the error, which may quote the record's parts only.
                handler
                    .iter()
                    .for_each(|term| self.visit(term, Input::Other));
            }
            Term::Obj(entries) => {
                for (key, value) in entries {
                    match (key, value, literal(key)) {
                        (_, None, Some(name)) if input == Input::Record => {
                            self.projection.add(name);
                        }
                        (_, None, Some(name)) if input == Input::Value => {
                            self.projection.add_of_value(name);
                        }
                        (Term::Var(_), None, _) => {}
                        (_, None, _) => self.whole(input),
                        _ => {
                            self.visit(key, input);
                            value.iter().for_each(|value| self.visit(value, input));
                        }
                    }
                }
            }
            Term::IfThenElse(branches, otherwise) => {
                for (condition, branch) in branches {
                    self.visit(condition, input);
                    self.visit(branch, input);
                }
                match otherwise {
                    Some(branch) => self.visit(branch, input),
                    // `if c then t end` yields its input where c is false.
                    None => self.whole(input),
                }
            }
            Term::Path(head, path) => self.visit_path(head, &path.0, input),
            Term::BinOp(left, operator, right) => self.visit_operator(left, operator, right, input),
            // These hand their input to their arguments and to nothing else.
            Term::Call(
                "select" | "first" | "last" | "any" | "all" | "isempty" | "limit" | "error",
                arguments,
            ) if !arguments.is_empty() => all(arguments),
            Term::Call(_, arguments) if input == Input::Other => all(arguments),
            Term::Id | Term::Recurse | Term::Call(..) | Term::Def(..) | Term::Fold(..) => {
                self.whole(input);
            }
        }
    }

    fn visit_text(&mut self, parts: &[StrPart<&str, Term<&str>>], input: Input) {
        for part in parts {
            if let StrPart::Term(term) = part {
                self.visit(term, input);
            }
        }
    }

    fn visit_path<O>(&mut self, head: &Term<&str>, path: &[(Part<Term<&str>>, O)], input: Input) {
        let mut path = path.iter();
        match (head, input) {
            (Term::Id, Input::Other) => {}
            (Term::Id, _) => match (input, next_name(&mut path)) {
                (Input::Record, Some("value")) => match next_name(&mut path.clone()) {
                    Some(name) => self.projection.add_of_value(name),
                    None => self.projection.add("value"),
                },
                (Input::Record, Some(name)) => self.projection.add(name),
                (Input::Value, Some(name)) => self.projection.add_of_value(name),
                _ => self.whole(input),
            },
            _ => self.visit(head, input),
        }
        for (part, _) in path {
            match part {
                Part::Index(index) => self.visit(index, input),
                Part::Range(from, to) => {
                    from.iter()
                        .chain(to)
                        .for_each(|term| self.visit(term, input));
                }
            }
        }
    }

    fn visit_operator(
        &mut self,
        left: &Term<&str>,
        operator: &BinaryOp<&str>,
        right: &Term<&str>,
        input: Input,
    ) {
        match operator {
            BinaryOp::Pipe(None) if input == Input::Record && is_value(left) => {
                self.visit(right, Input::Value);
            }
            BinaryOp::Pipe(None) => {
                self.visit(left, input);
                self.visit(right, if passes_on(left) { input } else { Input::Other });
            }
            BinaryOp::Pipe(Some(Pattern::Var(_)))
            | BinaryOp::Comma
            | BinaryOp::Alt
            | BinaryOp::Or
            | BinaryOp::And
            | BinaryOp::Math(_)
            | BinaryOp::Cmp(_) => {
                self.visit(left, input);
                self.visit(right, input);
            }
            // Destructuring, and assignments, which yield the whole input changed.
            _ => self.whole(input),
        }
    }

    /// The input itself is looked at. A closure may be called with it as input from anywhere,
    /// which is why definitions count as well.
    fn whole(&mut self, input: Input) {
        match input {
            Input::Record => self.projection.add_all(),
            Input::Value => self.projection.add("value"),
            Input::Other => {}
        }
    }
}

/// What a term may be applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    /// The record, perhaps.
    Record,
    /// The record's value, perhaps.
    Value,
    /// Certainly something else: another part, or what was made of parts.
    Other,
}

/// Whether `term` is `.value` and nothing else.
fn is_value(term: &Term<&str>) -> bool {
    match term {
        Term::Path(head, path) => {
            let mut parts = path.0.iter();
            matches!(**head, Term::Id)
                && next_name(&mut parts) == Some("value")
                && parts.next().is_none()
        }
        _ => false,
    }
}

/// The name that the next part of a path goes to, where it is a plain name.
fn next_name<'t, 's: 't, O: 't>(
    path: &mut impl Iterator<Item = &'t (Part<Term<&'s str>>, O)>,
) -> Option<&'s str> {
    match path.next()? {
        (Part::Index(index), _) => literal(index),
        _ => None,
    }
}

/// Whether `term` may yield its own input.
fn passes_on(term: &Term<&str>) -> bool {
    match term {
        Term::Num(_)
        | Term::Str(..)
        | Term::Arr(_)
        | Term::Obj(_)
        | Term::Neg(_)
        | Term::BinOp(_, BinaryOp::Or | BinaryOp::And | BinaryOp::Cmp(_), _) => false,
        Term::Path(_, path) => path.0.is_empty(),
        Term::BinOp(_, BinaryOp::Pipe(_), right) => passes_on(right),
        Term::BinOp(left, BinaryOp::Comma | BinaryOp::Alt, right) => {
            passes_on(left) || passes_on(right)
        }
        _ => true,
    }
}

/// The text of a plain string such as the `value` in `.value` or `."value"`.
fn literal<'s>(term: &Term<&'s str>) -> Option<&'s str> {
    match term {
        Term::Str(None, parts) => match parts.as_slice() {
            [StrPart::Str(text)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::projection::NAMES;

    fn names(expression: &str) -> Vec<String> {
        let fields = fields_of(expression);
        let named = NAMES
            .iter()
            .enumerate()
            .filter(|(index, _)| fields.contains(*index));
        let of_value = fields.of_value().unwrap_or_default();
        named
            .map(|(_, name)| (*name).to_owned())
            .chain(of_value.iter().map(|name| format!("value.{name}")))
            .collect()
    }

    #[test]
    fn only_what_an_expression_mentions_is_built() {
        for (expression, fields) in [
            (".value.total > 500", &["value.total"][..]),
            (".value[\"total\"]?", &["value.total"]),
            (".value | .key == .offset", &["value.key", "value.offset"]),
            (
                ".value | select(.a > 1 and .b.c) | .d",
                &["value.a", "value.b", "value.d"],
            ),
            (".value | {a, b: .c}", &["value.a", "value.c"]),
            (".value | length", &["value"]),
            (".value | . as $v | 1", &["value"]),
            (".value | .[]", &["value"]),
            (".value.a, .value", &["value"]),
            (".value[0]", &["value"]),
            (".value[.key]", &["key", "value"]),
            (".value.a[.offset]", &["offset", "value.a"]),
            (
                ".\"key\" == \"a\" and .headers[\"x\"] != null",
                &["key", "headers"],
            ),
            (
                "select(.partition == 3) | .offset",
                &["partition", "offset"],
            ),
            ("select(.value.a) | .value.b", &["value.a", "value.b"]),
            (".value.items | any(.[]; .topic == \"x\")", &["value.items"]),
            ("{key, total: .value.total}", &["key", "value.total"]),
            ("\"\\(.topic)/\\(.partition)\"", &["topic", "partition"]),
            (".value as $v | $v.total > .size", &["value", "size"]),
            (
                "if .key then .value else .id end | .x",
                &["key", "value", "id"],
            ),
            (".nonsense", &[]),
            ("true", &[]),
            ("[.key, .type] | join(\",\")", &["key", "type"]),
            ("try .value.x catch .key", &["value.x"]),
            (".value // .key | length", &["key", "value"]),
        ] {
            assert_eq!(names(expression), fields, "{expression}");
        }
    }

    #[test]
    fn what_may_look_at_the_record_itself_builds_everything() {
        for expression in [
            ".",
            "..",
            "keys",
            "to_entries",
            ".[\"a\", \"b\"]",
            ".[.key]",
            ".value = 1",
            "tojson",
            "select(.key) | keys",
            "def f: .; f",
            "reduce .value as $x (0; . + $x)",
            ".[]",
            ". as {key: $k} | $k",
            "if .key then 1 end",
            "(.) | .key | .",
            "recurse",
            "does not parse (",
        ] {
            assert_eq!(names(expression), NAMES, "{expression}");
        }
    }
}
