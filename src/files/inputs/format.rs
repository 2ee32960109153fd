//! The formats of inputs, and the guess at one.

use crate::codec::{csv::CsvColumns, foreign};

/// The format of inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputFormat {
    /// Each line is a value
    #[default]
    Lines,
    /// evctl's own JSON, one record a line; capture files are that, too
    Json,
    /// Comma-separated, the first line names the columns: key, value, header.NAME, …
    Csv,
    /// Each file is one value
    Raw,
    /// What kcat -J writes
    Kcat,
    /// What kaf consume -o json-each-row writes
    Kaf,
    /// What kafkactl consume -o json writes
    Kafkactl,
    /// What rpk topic consume writes
    Rpk,
    /// The event that AWS Lambda gets from Amazon MSK
    Msk,
    /// Guess from the start of the first input, and say what was guessed
    Auto,
}

impl InputFormat {
    /// The name of the format, as it is typed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Raw => "raw",
            Self::Kcat => "kcat",
            Self::Kaf => "kaf",
            Self::Kafkactl => "kafkactl",
            Self::Rpk => "rpk",
            Self::Msk => "msk",
            Self::Auto => "auto",
        }
    }

    /// The format that an input with this start has; [`Self::Lines`] when it looks like no other.
    #[must_use]
    pub fn guess(start: &[u8]) -> Self {
        if let Some(form) = foreign::detect(start) {
            return match form {
                foreign::Form::Evctl => Self::Json,
                foreign::Form::Kcat => Self::Kcat,
                foreign::Form::Kaf => Self::Kaf,
                foreign::Form::Kafkactl => Self::Kafkactl,
                foreign::Form::Rpk => Self::Rpk,
                foreign::Form::Msk => Self::Msk,
            };
        }
        let line = start
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match CsvColumns::parse(line.split(|byte| *byte == b',')) {
            Ok(_) => Self::Csv,
            Err(_) => Self::Lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_takes_an_input_for_what_it_looks_like() {
        assert_eq!(InputFormat::guess(b"key,value\na,b\n"), InputFormat::Csv);
        assert_eq!(
            InputFormat::guess(b"{\"value\":\"a\"}\n"),
            InputFormat::Json
        );
        assert_eq!(
            InputFormat::guess(b"{\"id\":1,\"total\":2}\n"),
            InputFormat::Lines
        );
        assert_eq!(InputFormat::guess(b"hello\n"), InputFormat::Lines);
        assert_eq!(InputFormat::guess(b""), InputFormat::Lines);
    }
}
