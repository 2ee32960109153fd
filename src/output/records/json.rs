//! `-o json`: a record as one line of JSON, the form that capture files hold and `produce` takes.

use crate::{
    codec::record_json,
    envelope::Event,
    output::{Form, Terminal},
};

/// One object per line.
#[derive(Debug)]
pub struct Json(pub Terminal);

impl Form for Json {
    #[inline]
    fn write(&mut self, out: &mut Vec<u8>, event: &Event<'_>) {
        let record = event.record();
        let start = out.len();
        record_json::write(out, record);
        self.0.settle_json(out, start);
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::records::testing::{printed, record};

    #[test]
    fn each_record_is_a_line_of_json() {
        let text = printed(
            Json(Terminal::Yes),
            &[
                record("{\"a\":1}"),
                record("\u{9b}"),
                record("{\"a\":\t\"\u{9b}\"}"),
            ],
        );
        let lines: Vec<_> = text.lines().collect();
        assert!(
            lines[0].ends_with(r#""value":{"json":{"a":1}}}"#),
            "{}",
            lines[0]
        );
        assert!(lines[1].ends_with(r#""value":"\u009b"}"#), "{}", lines[1]);
        // A tab between tokens stays: its escape would be no JSON.
        let spaced = "\"value\":{\"json\":{\"a\":\t\"\\u009b\"}}}";
        assert!(lines[2].ends_with(spaced), "{}", lines[2]);
        assert_eq!(lines.len(), 3);
    }
}
