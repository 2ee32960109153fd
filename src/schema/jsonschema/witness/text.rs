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

/// So many strings of an expression are made.
const MOST_VARIED: usize = 160;

/// Strings in which an expression is found, with characters at which it and others part, and with
/// repetitions of several lengths.
pub fn varied(pattern: &str, others: &[&str], lengths: &[usize]) -> Vec<String> {
    let read = |pattern: &str| regex_syntax::Parser::new().parse(pattern).ok();
    let Some(hir) = read(pattern) else {
        return Vec::new();
    };
    let mut letters = vec!['a', '0', 'A', '-'];
    for other in others.iter().filter_map(|other| read(other)) {
        edges(&other, &mut letters, 0);
    }
    letters.sort_unstable();
    letters.dedup();
    let mut dice = Dice {
        state: 1,
        letters,
        lengths: lengths
            .iter()
            .copied()
            .filter(|length| *length <= LONGEST)
            .collect(),
    };
    let mut texts: Vec<String> = Vec::new();
    for _ in 0..MOST_VARIED {
        let mut text = String::new();
        if dice.write(&hir, &mut text, 0) {
            texts.push(text);
        }
    }
    texts
}

/// Adds the characters at which the classes of an expression begin and end, and those beside them.
fn edges(hir: &Hir, letters: &mut Vec<char>, depth: usize) {
    if depth > 32 || letters.len() > LONGEST {
        return;
    }
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            for range in class.ranges().iter().take(20) {
                let (start, end) = (range.start(), range.end());
                let beside = [u32::from(start).wrapping_sub(1), u32::from(end) + 1];
                letters.extend([start, end]);
                letters.extend(beside.into_iter().filter_map(char::from_u32));
            }
        }
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).unwrap_or_default();
            letters.extend(text.chars().take(20));
        }
        HirKind::Repetition(repetition) => edges(&repetition.sub, letters, depth + 1),
        HirKind::Capture(capture) => edges(&capture.sub, letters, depth + 1),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts
                .iter()
                .for_each(|part| edges(part, letters, depth + 1));
        }
        _ => {}
    }
}

/// Throws the same numbers every time.
struct Dice {
    state: u64,
    letters: Vec<char>,
    lengths: Vec<usize>,
}

impl Dice {
    /// One of so many.
    fn throw(&mut self, sides: usize) -> usize {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.state >> 33).unwrap_or_default() % sides.max(1)
    }

    fn write(&mut self, hir: &Hir, text: &mut String, depth: usize) -> bool {
        if depth > 32 || text.len() > LONGEST {
            return false;
        }
        match hir.kind() {
            HirKind::Class(Class::Unicode(class)) => {
                let holds = |one: char| {
                    let mut ranges = class.ranges().iter();
                    ranges.any(|range| range.start() <= one && one <= range.end())
                };
                let known: Vec<char> = self
                    .letters
                    .iter()
                    .copied()
                    .filter(|one| holds(*one))
                    .collect();
                let one = known.get(self.throw(known.len())).copied();
                let one = one.or_else(|| class.ranges().first().map(ClassUnicodeRange::start));
                text.extend(one);
                one.is_some()
            }
            HirKind::Repetition(repetition) => {
                let least = repetition.min as usize;
                let most = repetition.max.map_or(usize::MAX, |most| most as usize);
                let lengths = [least, least + 1, least + 2, most.min(LONGEST)];
                let known: Vec<usize> = lengths
                    .into_iter()
                    .chain(
                        self.lengths
                            .iter()
                            .map(|length| length.saturating_sub(text.len())),
                    )
                    .filter(|count| (least..=most).contains(count))
                    .filter(|count| *count < LONGEST || *count == least)
                    .collect();
                let count = known.get(self.throw(known.len())).copied().unwrap_or(least);
                (0..count).all(|_| self.write(&repetition.sub, text, depth + 1))
            }
            HirKind::Capture(capture) => self.write(&capture.sub, text, depth + 1),
            HirKind::Concat(parts) => parts.iter().all(|part| self.write(part, text, depth + 1)),
            HirKind::Alternation(parts) => {
                let part = self.throw(parts.len());
                self.write(&parts[part], text, depth + 1)
            }
            _ => write(hir, text, 0, depth),
        }
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

/// Whether a format has strings as long as one likes. Hosts and mailboxes end somewhere: a value
/// must prove it for them.
pub fn is_endless(format: &str) -> bool {
    beginning(format).is_some()
}

/// What can be followed by as many letters as one likes.
fn beginning(format: &str) -> Option<&'static str> {
    Some(match format {
        "uri" | "iri" => "urn:a:",
        "uri-reference" | "iri-reference" | "uri-template" | "regex" => "",
        "json-pointer" => "/",
        _ => return None,
    })
}

/// A string of a format with so many characters, for formats without a length of their own.
pub fn of_length(format: &str, length: usize) -> Option<String> {
    match format {
        "hostname" | "idn-hostname" => host(length),
        "email" | "idn-email" => {
            // 64 characters before the @ are the most.
            let name = length.checked_sub("@a.org".len())?.clamp(1, 64);
            let host = host(length.checked_sub(name + 1)?)?;
            Some(format!("{}@{host}", "a".repeat(name)))
        }
        format => {
            let beginning = beginning(format)?;
            let rest = length.checked_sub(beginning.len())?;
            Some(beginning.to_owned() + &"a".repeat(rest))
        }
    }
}

/// The name of a host, in labels that are short enough.
fn host(length: usize) -> Option<String> {
    let front = length.checked_sub(".org".len()).filter(|left| *left > 0)?;
    let letter = |index| match index % 50 {
        49 if index + 1 < front => '.',
        _ => 'a',
    };
    let front: String = (0..front).map(letter).collect();
    Some(front + ".org")
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
