//! The forms of a record, one file each.

pub mod columns;
mod csv;
mod format;
mod jq;
mod json;
mod pretty;
mod pretty_json;
mod table;
mod template;
mod value;

pub use self::{
    columns::{ColumnError, Columns},
    csv::{Csv, quote},
    format::{Format, UnknownFormat},
    jq::Yield,
    json::Json,
    pretty::Pretty,
    table::Table,
    template::{Template, TemplateError},
    value::{Raw, Value},
};

#[cfg(test)]
pub(super) mod testing {
    use crate::{
        envelope::EventDecoder,
        event::{HeaderBuf, RecordBuf},
        output::Form,
    };

    /// `orders/3@1042` with a key and two headers.
    pub fn record(value: &str) -> RecordBuf {
        let mut headers = HeaderBuf::default();
        headers.push(b"x", Some(b"1"));
        headers.push(b"y", None);
        RecordBuf {
            topic: "orders".into(),
            partition: 3,
            offset: 1042,
            timestamp: 1_767_261_600_123,
            key: Some(b"order-17".to_vec()),
            value: Some(value.as_bytes().to_vec()),
            headers,
            ..RecordBuf::default()
        }
    }

    /// What `form` makes of `records`.
    pub fn printed(mut form: impl Form, records: &[RecordBuf]) -> String {
        let mut out = Vec::new();
        for record in records {
            form.write(
                &mut out,
                &EventDecoder::inferred().event(&record.as_record()),
            );
        }
        form.settle(&mut out);
        String::from_utf8(out).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, option, prelude::*};

    use super::*;
    use crate::{
        codec::{csv::NullMark, text::steers},
        envelope::EventDecoder,
        event::{HeaderBuf, RecordBuf},
        filter::Jq,
        output::{Form, Screen, Terminal},
    };

    fn hostile() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            vec(any::<u8>(), 0..40),
            any::<String>().prop_map(String::into_bytes),
            "[\\x00-\\x20\u{7f}-\u{9f}\u{202e}a\"{}]{0,12}".prop_map(String::into_bytes),
            "\\{\"[a\u{9b}\u{7f}]{1,3}\":\\[1, \"\u{202e}\"\\]\\}".prop_map(String::into_bytes),
        ]
    }

    fn any_record() -> impl Strategy<Value = RecordBuf> {
        let headers = vec((hostile(), option::of(hostile())), 0..3);
        (option::of(hostile()), option::of(hostile()), headers).prop_map(|(key, value, list)| {
            let mut headers = HeaderBuf::default();
            for (name, value) in list {
                headers.push(&name, value.as_deref());
            }
            RecordBuf {
                key,
                value,
                headers,
                ..testing::record("")
            }
        })
    }

    type Printed = Box<dyn FnMut(&RecordBuf) -> String>;

    fn every_form(terminal: Terminal) -> Vec<(&'static str, Printed)> {
        fn form(mut form: impl Form + 'static) -> Printed {
            Box::new(move |record| {
                let mut out = Vec::new();
                form.write(
                    &mut out,
                    &EventDecoder::inferred().event(&record.as_record()),
                );
                form.settle(&mut out);
                String::from_utf8_lossy(&out).into_owned()
            })
        }
        let columns = || Columns::parse("key,value,headers,.value,header.a").unwrap();
        let screen = Screen::new(terminal, 80, false);
        vec![
            ("value", form(Value(terminal))),
            ("raw", form(Raw(terminal))),
            ("json", form(Json(terminal))),
            ("pretty", form(Pretty(screen))),
            (
                "template",
                form(Template::parse("%t %k %s %h %R", terminal).unwrap()),
            ),
            ("jq", form(Yield::new(Jq::compile(".").unwrap(), terminal))),
            (
                "csv",
                form(Csv::new(columns(), NullMark::default(), terminal)),
            ),
            ("table", form(Table::new(columns(), screen))),
        ]
    }

    proptest! {
        #[test]
        fn no_form_sends_a_terminal_what_could_steer_it(record in any_record()) {
            for (name, mut print) in every_form(Terminal::Yes) {
                let text = print(&record);
                let steering = text.chars().find(|&c| steers(c) && !matches!(c, '\n' | '\t'));
                prop_assert_eq!(steering, None, "{}: {:?}", name, text);
            }
        }

        #[test]
        fn no_form_panics_off_a_terminal(record in any_record()) {
            for (_, mut print) in every_form(Terminal::No) {
                print(&record);
            }
        }
    }
}
