//! The text format itself (version 0.0.4): families with their HELP and TYPE, labels, values.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

/// A metric: all of its series have the same labels.
pub(super) struct Family<const LABELS: usize> {
    name: &'static str,
    help: &'static str,
    kind: &'static str,
    labels: [&'static str; LABELS],
}

impl<const LABELS: usize> Family<LABELS> {
    /// A value that goes up and down.
    pub(super) const fn gauge(
        name: &'static str,
        help: &'static str,
        labels: [&'static str; LABELS],
    ) -> Self {
        let kind = "gauge";
        Self {
            name,
            help,
            kind,
            labels,
        }
    }

    /// A gauge whose name ends in `_sum`. `promtool check metrics` reserves that suffix for
    /// histograms and summaries, and finds fault with a gauge that has it.
    pub(super) const fn untyped(
        name: &'static str,
        help: &'static str,
        labels: [&'static str; LABELS],
    ) -> Self {
        let kind = "untyped";
        Self {
            name,
            help,
            kind,
            labels,
        }
    }
}

/// What a series says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    Whole(i64),
    Real(f64),
}

impl Value {
    /// Milliseconds, as Prometheus' base unit.
    pub(super) fn seconds(ms: i64) -> Self {
        #[expect(
            clippy::cast_precision_loss,
            reason = "2^53 ms are 285,000 years, and Prometheus' numbers have no more bits"
        )]
        let seconds = ms as f64 / 1000.0;
        Self::Real(seconds)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Whole(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

/// Writes families, one after the other.
pub(super) struct Exposition<'a> {
    out: &'a mut dyn Write,
    line: String,
}

impl<'a> Exposition<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            line: String::new(),
        }
    }

    /// One family: the values of its labels, and what each series says. Without a value there is
    /// no series, and without a series no family.
    pub(super) fn family<'v, const LABELS: usize>(
        &mut self,
        family: &Family<LABELS>,
        series: impl IntoIterator<Item = ([&'v str; LABELS], Option<Value>)>,
    ) -> io::Result<()> {
        let mut is_begun = false;
        for (labels, value) in series {
            let Some(value) = value.filter(is_number) else {
                continue;
            };
            if !is_begun {
                is_begun = true;
                let Family {
                    name, help, kind, ..
                } = family;
                write!(self.out, "# HELP {name} {help}\n# TYPE {name} {kind}\n")?;
            }
            self.series(family, labels, value)?;
        }
        Ok(())
    }

    fn series<const LABELS: usize>(
        &mut self,
        family: &Family<LABELS>,
        labels: [&str; LABELS],
        value: Value,
    ) -> io::Result<()> {
        let line = &mut self.line;
        line.clear();
        line.push_str(family.name);
        for (index, (name, content)) in family.labels.iter().zip(labels).enumerate() {
            line.push(if index == 0 { '{' } else { ',' });
            line.push_str(name);
            line.push_str("=\"");
            escape(line, content);
            line.push('"');
        }
        if LABELS > 0 {
            line.push('}');
        }
        // A string takes everything.
        let _ = match value {
            Value::Whole(number) => writeln!(line, " {number}"),
            Value::Real(number) => writeln!(line, " {number}"),
        };
        self.out.write_all(line.as_bytes())
    }
}

fn is_number(value: &Value) -> bool {
    match value {
        Value::Whole(_) => true,
        Value::Real(number) => number.is_finite(),
    }
}

/// The three characters that a label's value cannot hold as they are.
fn escape(line: &mut String, content: &str) {
    for character in content.chars() {
        match character {
            '\\' => line.push_str("\\\\"),
            '"' => line.push_str("\\\""),
            '\n' => line.push_str("\\n"),
            character => line.push(character),
        }
    }
}
