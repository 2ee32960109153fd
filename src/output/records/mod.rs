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
            form.write(&mut out, &record.as_record());
        }
        form.settle(&mut out);
        String::from_utf8(out).unwrap()
    }
}
