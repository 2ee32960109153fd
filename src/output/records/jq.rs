//! `--jq EXPR`: what an expression yields for each record, one compact JSON per line.

use crate::{
    envelope::Event,
    filter::{Errors, Jq, write_json},
    output::{Form, Terminal},
};

/// Several outputs are several lines, none is none; an error is counted and ends that record.
#[derive(Debug)]
pub struct Yield {
    jq: Jq,
    terminal: Terminal,
    errors: Errors,
}

impl Yield {
    /// Prints what `jq` yields.
    #[must_use]
    pub fn new(jq: Jq, terminal: Terminal) -> Self {
        Self {
            jq,
            terminal,
            errors: Errors::default(),
        }
    }
}

impl Form for Yield {
    fn write(&mut self, out: &mut Vec<u8>, event: &Event<'_>) {
        self.errors.try_one();
        for output in self.jq.run(event) {
            match output {
                Ok(value) => {
                    let start = out.len();
                    write_json(out, &value);
                    self.terminal.settle_json(out, start);
                    out.push(b'\n');
                }
                Err(raised) => return self.errors.add(event.record(), &raised),
            }
        }
    }

    fn errors(&self) -> (u64, Option<&str>) {
        self.errors.seen()
    }

    fn fails_on_all(&self) -> bool {
        self.errors.are_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{envelope::EventDecoder, event::RecordBuf, output::records::testing::record};

    fn write(form: &mut Yield, out: &mut Vec<u8>, record: &RecordBuf) {
        form.write(out, &EventDecoder::inferred().event(&record.as_record()));
    }

    #[test]
    fn every_output_is_a_line_and_errors_are_counted() {
        let jq = Jq::compile(".value.items[], error(\"no\")").unwrap();
        let mut form = Yield::new(jq, Terminal::Yes);
        let mut out = Vec::new();
        let items = record("{\"items\":[1.50,{\"a\":\"\\u009b\"}]}");
        write(&mut form, &mut out, &items);
        write(&mut form, &mut out, &record("7"));
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "1.50\n{\"a\":\"\\u009b\"}\n"
        );
        assert_eq!(form.errors(), (2, Some("orders/3@1042: \"no\"")));
        assert!(form.fails_on_all());
        let jq = Jq::compile(".value.a").unwrap();
        let mut form = Yield::new(jq, Terminal::No);
        assert!(!form.fails_on_all(), "nothing was tried");
        let mut out = Vec::new();
        write(&mut form, &mut out, &record("7"));
        assert!(form.fails_on_all());
        write(&mut form, &mut out, &record("{}"));
        assert!(!form.fails_on_all(), "one came through");
    }
}
