//! Strings that a regular expression matches, and strings of known formats.

use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};

/// A string in which a regular expression is found, when that is easily said: with this one of its
/// alternatives.
pub fn matching(pattern: &str, choice: usize) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, &mut text, choice, 0).then_some(text)
}

/// Longer strings are not made.
const LONGEST: usize = 200;

fn write(hir: &Hir, text: &mut String, choice: usize, depth: usize) -> bool {
    if depth > 32 || text.len() > LONGEST {
        return false;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            let literal = std::str::from_utf8(&literal.0).ok();
            literal.is_some_and(|literal| {
                text.push_str(literal);
                true
            })
        }
        HirKind::Class(Class::Unicode(class)) => {
            // A letter or a digit is the easiest to read.
            let ranges = || class.ranges().iter();
            let plain = ('a'..='z').chain('0'..='9').chain('A'..='Z');
            let plain: Vec<char> = plain
                .filter(|one| ranges().any(|range| range.start() <= *one && *one <= range.end()))
                .collect();
            let one = plain.get(choice % plain.len().max(1)).copied();
            let one = one.or_else(|| ranges().next().map(ClassUnicodeRange::start));
            text.extend(one);
            one.is_some()
        }
        HirKind::Class(Class::Bytes(_)) => false,
        HirKind::Repetition(repetition) => {
            (0..repetition.min).all(|_| write(&repetition.sub, text, choice, depth + 1))
        }
        HirKind::Capture(capture) => write(&capture.sub, text, choice, depth + 1),
        HirKind::Concat(parts) => parts
            .iter()
            .all(|part| write(part, text, choice, depth + 1)),
        HirKind::Alternation(parts) => parts
            .get(choice % parts.len())
            .is_some_and(|part| write(part, text, choice, depth + 1)),
    }
}

/// A string of a format.
pub fn of_format(name: &str) -> Option<&'static str> {
    Some(match name {
        "date-time" => "2024-02-29T12:30:00Z",
        "date" => "2024-02-29",
        "time" => "12:30:00Z",
        "duration" => "P1D",
        "email" | "idn-email" => "ada@example.org",
        "hostname" | "idn-hostname" => "example.org",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "uri" | "uri-reference" | "iri" | "iri-reference" => "https://example.org/a",
        "uri-template" => "https://example.org/{a}",
        "uuid" => "5e0e5a2c-7f0b-4e7a-9a53-0d4f5c1f2a3b",
        "json-pointer" => "/a/0",
        "relative-json-pointer" => "1/a",
        "regex" => "^a+$",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_match_what_they_were_made_for() {
        for pattern in [
            "^[0-9]{3}-[a-z]+$",
            "(foo|bar)+x?",
            r"^\d+\.\d{2}$",
            "",
            "^(a|b)c*$",
        ] {
            let text = matching(pattern, 0).unwrap();
            assert!(
                fancy_regex::Regex::new(pattern)
                    .unwrap()
                    .is_match(&text)
                    .unwrap(),
                "{pattern} {text}"
            );
        }
        assert_eq!(matching("(?=a)b", 0), None);
        assert_eq!(matching("[0-9]{900}", 0), None);
    }
}
