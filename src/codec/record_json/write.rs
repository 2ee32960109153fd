//! Writing a record as one line of JSON, without allocating.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    codec::json::{
        is_compact_syntax, is_container_syntax, write_compact, write_integer, write_string,
    },
    event::Record,
};

/// Appends `record` as one JSON object without a newline. Every member is always there, in one
/// order, so that equal records are equal lines.
pub fn write(out: &mut Vec<u8>, record: &Record<'_>) {
    out.extend_from_slice(b"{\"topic\":");
    if record.topic.is_empty() {
        out.extend_from_slice(b"null");
    } else {
        write_string(out, record.topic);
    }
    out.extend_from_slice(b",\"partition\":");
    write_known(out, record.partition.into());
    out.extend_from_slice(b",\"offset\":");
    write_known(out, record.offset);
    out.extend_from_slice(b",\"timestamp\":");
    write_known(out, record.timestamp);
    out.extend_from_slice(b",\"timestamp_type\":\"");
    out.extend_from_slice(record.timestamp_type.as_str().as_bytes());
    out.extend_from_slice(b"\",\"key\":");
    write_bytes(out, record.key);
    out.extend_from_slice(b",\"headers\":[");
    for (index, (name, value)) in record.headers.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.push(b'[');
        write_name(out, name);
        out.push(b',');
        write_bytes(out, value);
        out.push(b']');
    }
    out.extend_from_slice(b"],\"value\":");
    write_bytes(out, record.value);
    out.push(b'}');
}

/// Appends the JSON form of bytes: `null`, text, JSON or base64.
pub fn write_bytes(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    let Some(bytes) = bytes else {
        out.extend_from_slice(b"null");
        return;
    };
    match simdutf8::basic::from_utf8(bytes) {
        // Most JSON is compact: one pass over it is enough.
        Ok(_) if is_compact_syntax(bytes) => write_json(out, bytes),
        Ok(text) => write_text(out, text),
        Err(_) => write_base64(out, bytes),
    }
}

fn write_json(out: &mut Vec<u8>, json: &[u8]) {
    out.extend_from_slice(b"{\"json\":");
    out.extend_from_slice(json);
    out.push(b'}');
}

/// JSON with white space in it is verbatim too, where it fits into a line and what stands around it
/// does not change it; else the text stands beside what it says.
fn write_text(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    if !is_container_syntax(bytes) {
        return write_string(out, text);
    }
    let ends_in_brackets = matches!(bytes, [b'{' | b'[', .., b'}' | b']']);
    if ends_in_brackets && memchr::memchr2(b'\n', b'\r', bytes).is_none() {
        return write_json(out, bytes);
    }
    out.extend_from_slice(b"{\"json\":");
    write_compact(out, bytes);
    out.extend_from_slice(b",\"text\":");
    write_string(out, text);
    out.push(b'}');
}

/// A header's name is text even where it looks like JSON.
fn write_name(out: &mut Vec<u8>, name: &[u8]) {
    match simdutf8::basic::from_utf8(name) {
        Ok(text) => write_string(out, text),
        Err(_) => write_base64(out, name),
    }
}

fn write_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(b"{\"base64\":\"");
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let written = STANDARD.encode_slice(bytes, &mut out[start..]);
    debug_assert_eq!(written, Ok(out.len() - start));
    out.extend_from_slice(b"\"}");
}

/// -1 stands for "unknown" in a record, which is `null` in JSON.
fn write_known(out: &mut Vec<u8>, number: i64) {
    if number == -1 {
        out.extend_from_slice(b"null");
    } else {
        write_integer(out, number);
    }
}
