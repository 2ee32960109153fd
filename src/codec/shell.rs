//! Command lines that evctl prints to be pasted: a name in one stays one word, whatever it is.

use std::{borrow::Cow, fmt};

use super::text::steers;

/// `text` as one word of a POSIX shell. A control character, which a terminal must not be sent, is
/// written by `printf`; only line breaks at the end stand as they are, as `$(…)` cuts them off.
#[must_use]
pub fn word(text: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,@+=%".contains(c);
    // A shell of today expands a word that begins with one of these.
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with(['=', '%']) {
        return Cow::Borrowed(text);
    }
    if !text.chars().any(steers) {
        return Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")));
    }
    let body = text.trim_end_matches('\n');
    let mut format = String::new();
    for character in body.chars() {
        let mut bytes = [0; 4];
        let bytes = character.encode_utf8(&mut bytes).as_bytes();
        match character {
            '%' => format.push_str("%%"),
            '\\' | '\'' => format.push_str(&octal(bytes)),
            _ if steers(character) => format.push_str(&octal(bytes)),
            _ => format.push(character),
        }
    }
    let breaks = &text[body.len()..];
    Cow::Owned(match (format.is_empty(), breaks.is_empty()) {
        (true, _) => format!("'{breaks}'"),
        (false, true) => format!("\"$(printf -- '{format}')\""),
        (false, false) => format!("\"$(printf -- '{format}')\"'{breaks}'"),
    })
}

fn octal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:03o}")).collect()
}

/// A command line in the making. What [`CommandLine::operand`] and [`CommandLine::option`] are given
/// are names of any kind; what the other functions are given stands as it is.
#[derive(Clone, Debug)]
pub struct CommandLine {
    command: String,
    operands: Vec<String>,
    options: Vec<String>,
}

impl CommandLine {
    /// `evctl` and a verb: `groups seek`.
    #[must_use]
    pub fn evctl(verb: &str) -> Self {
        Self {
            command: format!("evctl {verb}"),
            operands: Vec::new(),
            options: Vec::new(),
        }
    }

    /// No command: arguments that complete a line as it was typed.
    #[must_use]
    pub fn arguments() -> Self {
        Self {
            command: String::new(),
            operands: Vec::new(),
            options: Vec::new(),
        }
    }

    /// Adds an argument that belongs to no option.
    #[must_use]
    pub fn operand(mut self, name: impl Into<String>) -> Self {
        self.operands.push(name.into());
        self
    }

    /// Adds an option and its value.
    #[must_use]
    pub fn option(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.options.push(option(name, value.as_ref()));
        self
    }

    /// Adds text as it is: an option without a value, or a part that the reader has to fill in.
    #[must_use]
    pub fn and(mut self, text: &str) -> Self {
        self.options.push(text.to_owned());
        self
    }
}

/// An option and its value, which may begin with `-`.
#[must_use]
pub fn option(name: &str, value: &str) -> String {
    let separator = if value.starts_with('-') { '=' } else { ' ' };
    format!("{name}{separator}{}", word(value))
}

impl fmt::Display for CommandLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.operands.iter().map(|name| word(name)).collect();
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let options: Vec<&str> = self.options.iter().map(String::as_str).collect();
        let (first, rest) = names.split_at(names.len().min(1));
        let words = if self.operands.iter().any(|name| name.starts_with('-')) {
            [&[&*self.command], &*options, &["--"], &names].concat()
        } else {
            [&[&*self.command], first, &options, rest].concat()
        };
        out.write_str(words.join(" ").trim_start())
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    /// The words that `sh` makes of `text`.
    fn words(text: &str) -> Vec<String> {
        let script = format!("for word in {text}; do printf '%s\\0' \"$word\"; done");
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(output.status.success(), "{text}: {output:?}");
        let words = String::from_utf8(output.stdout).unwrap();
        words.split_terminator('\0').map(str::to_owned).collect()
    }

    #[test]
    fn a_plain_name_is_not_quoted_and_any_other_is() {
        assert_eq!(word("billing-1.x"), "billing-1.x");
        assert_eq!(word("a=b"), "a=b");
        assert_eq!(word("it's me"), r"'it'\''s me'");
        assert_eq!(word("$(rm)"), "'$(rm)'");
        assert_eq!(word("~"), "'~'");
        assert_eq!(word("=ls"), "'=ls'");
        assert_eq!(word(""), "''");
        assert_eq!(word("a\x1b%'"), r#""$(printf -- 'a\033%%\047')""#);
    }

    #[test]
    fn a_name_that_begins_with_a_dash_is_no_option() {
        let line = |name: &str| {
            let line = CommandLine::evctl("groups seek").operand(name);
            line.and("--create").option("-P", "my prod").to_string()
        };
        assert_eq!(
            line("billing"),
            "evctl groups seek billing --create -P 'my prod'"
        );
        assert_eq!(
            line("-rf"),
            "evctl groups seek --create -P 'my prod' -- -rf"
        );
        let line = CommandLine::evctl("produce").operand("orders");
        let line = line.and("-i json").operand("a b.ndjson").to_string();
        assert_eq!(line, "evctl produce orders -i json 'a b.ndjson'");
        assert_eq!(option("--topic", "-x y"), "--topic='-x y'");
        let rest = |topic: &str| {
            let line = CommandLine::arguments().operand(topic);
            line.option("--offsets", "0:3..").to_string()
        };
        assert_eq!(rest("orders"), "orders --offsets 0:3..");
        assert_eq!(rest("-orders"), "--offsets 0:3.. -- -orders");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn a_shell_makes_one_word_of_every_name(
            names in prop::collection::vec("[ -~\\n\\t\x1b\u{9b}\u{202e}é猫'\"$`\\\\;&|*?~#!{}=-]{0,12}", 1..24)
        ) {
            let typed: Vec<_> = names.iter().map(|name| word(name)).collect();
            for word in &typed {
                let body = word.trim_end_matches('\'').trim_end_matches('\n');
                prop_assert!(!body.chars().any(steers), "{:?}", word);
            }
            prop_assert_eq!(words(&typed.join(" ")), names);
        }
    }
}
