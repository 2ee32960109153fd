//! Each form from what its tool really prints.

use proptest::prelude::*;

use super::{Form, detect, read};
use crate::{codec::record_json, event::RecordBuf};

/// The records of `document` in our own form, one a line.
fn ours(form: Form, document: &[u8]) -> String {
    assert_eq!(detect(document), Some(form));
    let mut out = Vec::new();
    read(form, document, &mut |record: RecordBuf| {
        record_json::write(&mut out, &record.as_record());
        out.push(b'\n');
    })
    .unwrap();
    String::from_utf8(out).unwrap()
}

fn error(form: Form, document: &str) -> String {
    read(form, document.as_bytes(), &mut |_| {})
        .unwrap_err()
        .to_string()
}

#[test]
fn kcat_keeps_null_empty_and_binary() {
    let line = b"{\"topic\":\"t\",\"partition\":0,\"offset\":4,\"tstype\":\"logappend\",\"ts\":12,\"broker\":1,\"headers\":[\"a\",\"1\",\"a\",null],\"key\":null,\"payload\":\"\xff\\n\"}";
    assert_eq!(
        ours(Form::Kcat, line),
        "{\"topic\":\"t\",\"partition\":0,\"offset\":4,\"timestamp\":12,\"timestamp_type\":\"log-append\",\"key\":null,\"headers\":[[\"a\",\"1\"],[\"a\",null]],\"value\":{\"base64\":\"/wo=\"}}\n"
    );
    let tombstone = ours(Form::Kcat, br#"{"topic":"t","key":"","payload":null}"#);
    assert!(tombstone.ends_with("\"key\":\"\",\"headers\":[],\"value\":null}\n"));
    assert!(error(Form::Kcat, r#"{"topic":"t","key":""}"#).contains("missing field `payload`"));
    assert!(error(Form::Kcat, r#"{"payload":{"a":1}}"#).contains("not the JSON that kcat writes"));
    assert!(error(Form::Kcat, r#"{"payload":"","headers":["a"]}"#).contains("no value"));
}

#[test]
fn kaf_has_times_in_rfc_3339_and_no_null() {
    let line = br#"{"topic":"t","partition":1,"offset":2,"timestamp":"2026-01-01T11:00:00.123+01:00","headers":[{"key":"h","value":"v"}],"key":"","payload":"{\"a\":1}"}"#;
    assert_eq!(
        ours(Form::Kaf, line),
        "{\"topic\":\"t\",\"partition\":1,\"offset\":2,\"timestamp\":1767261600123,\"timestamp_type\":\"create\",\"key\":\"\",\"headers\":[[\"h\",\"v\"]],\"value\":{\"json\":{\"a\":1}}}\n"
    );
    let none = br#"{"topic":"t","timestamp":"0001-01-01T00:00:00Z","headers":null,"payload":""}"#;
    assert!(ours(Form::Kaf, none).contains("\"timestamp\":null"));
    assert!(error(Form::Kaf, r#"{"payload":"","timestamp":"x"}"#).contains("an RFC 3339 time"));
}

#[test]
fn kafkactl_is_indented_and_names_no_topic() {
    let document = br#"{
	"Partition": 2,
	"Offset": 7,
	"Headers": {
		"b": "2",
		"a": "1"
	},
	"Key": "k",
	"Value": null,
	"Timestamp": "2026-01-01T10:00:00.123Z"
}"#;
    assert_eq!(
        ours(Form::Kafkactl, document),
        "{\"topic\":null,\"partition\":2,\"offset\":7,\"timestamp\":1767261600123,\"timestamp_type\":\"create\",\"key\":\"k\",\"headers\":[[\"a\",\"1\"],[\"b\",\"2\"]],\"value\":null}\n"
    );
    assert!(
        error(Form::Kafkactl, r#"{"Partition":0,"Offset":1}"#).contains("missing field `Value`")
    );
}

#[test]
fn rpk_leaves_out_what_is_null() {
    let line = br#"{"topic":"t","key":"k","value":"v","headers":[{"key":"h","value":""}],"timestamp":5,"partition":0,"offset":9}"#;
    assert_eq!(
        ours(Form::Rpk, line),
        "{\"topic\":\"t\",\"partition\":0,\"offset\":9,\"timestamp\":5,\"timestamp_type\":\"create\",\"key\":\"k\",\"headers\":[[\"h\",\"\"]],\"value\":\"v\"}\n"
    );
    let tombstone =
        b"{\n  \"topic\": \"t\",\n  \"timestamp\": 5,\n  \"partition\": 0,\n  \"offset\": 9\n}";
    assert!(ours(Form::Rpk, tombstone).ends_with("\"key\":null,\"headers\":[],\"value\":null}\n"));
    let bare = r#"{"topic":"t","value_size":3,"timestamp":5,"partition":0,"offset":9}"#;
    assert!(error(Form::Rpk, bare).contains("--meta-only"));
}

#[test]
fn an_msk_event_holds_many_records() {
    let event = br#"{"eventSource":"aws:kafka","bootstrapServers":"b:9092","records":{
        "mytopic-0":[
            {"topic":"mytopic","partition":0,"offset":15,"timestamp":1545084650987,"timestampType":"CREATE_TIME",
             "key":"cmVjb3JkS2V5","value":"eyJrZXkiOiJ2YWx1ZSJ9","headers":[{"h":[104,101]},{"h":[-1,255]},{"n":null}]},
            {"topic":"mytopic","partition":0,"offset":16,"timestamp":1,"timestampType":"LOG_APPEND_TIME","value":""}]}}"#;
    assert_eq!(
        ours(Form::Msk, event),
        concat!(
            r#"{"topic":"mytopic","partition":0,"offset":15,"timestamp":1545084650987,"timestamp_type":"create","key":"recordKey","headers":[["h","he"],["h",{"base64":"//8="}],["n",null]],"value":{"json":{"key":"value"}}}"#,
            "\n",
            r#"{"topic":"mytopic","partition":0,"offset":16,"timestamp":1,"timestamp_type":"log-append","key":null,"headers":[],"value":""}"#,
            "\n"
        )
    );
    let wrong =
        r#"{"records":{"a-0":[{"topic":"a","partition":0,"offset":0,"headers":[{"h":[256]}]}]}}"#;
    assert!(error(Form::Msk, wrong).contains("not a byte"));
}

#[test]
fn our_own_form_is_told_from_rpk_and_from_no_form() {
    for ours in [
        r#"{"value":"a"}"#,
        r#"{"topic":"t","partition":0,"offset":1,"timestamp":2,"value":"a"#,
        r#"{"evctl":"capture/1","at":"2026"#,
        r#"{"value":"a","headers":[["a","b"]]}"#,
        r#" {"key":"k","value":{"json":{"payload":1}}}"#,
    ] {
        assert_eq!(detect(ours.as_bytes()), Some(Form::Evctl), "{ours}");
    }
    for none in [
        "",
        "text",
        "[1]",
        "{}",
        "{\"id\":1}",
        "{\"",
        "{\"a\"",
        "{1",
        "12",
        "{\"a\":}",
    ] {
        assert_eq!(detect(none.as_bytes()), None, "{none}");
    }
}

proptest! {
    #[test]
    fn damaged_documents_are_errors_or_records_but_never_a_panic(
        index in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        const FORMS: [Form; 6] = [Form::Evctl, Form::Kcat, Form::Kaf, Form::Kafkactl, Form::Rpk, Form::Msk];
        for document in [
            r#"{"topic":"t","partition":0,"offset":4,"tstype":"create","ts":12,"headers":["a","1","a",null],"key":null,"payload":"x"}"#,
            r#"{"Partition":2,"Offset":7,"Headers":{"b":"2"},"Key":"k","Value":null,"Timestamp":"2026-01-01T10:00:00.123Z"}"#,
            r#"{"records":{"a-0":[{"topic":"a","partition":0,"offset":0,"value":"YQ==","headers":[{"h":[-1,25]}]}]}}"#,
            r#"{"topic":"t","key":"k","value":"v","headers":[{"key":"h","value":""}],"timestamp":5,"partition":0,"offset":9}"#,
        ] {
            let mut bytes = document.as_bytes().to_vec();
            let at = index.index(bytes.len());
            bytes[at] = byte;
            bytes.truncate(cut.index(2 * bytes.len()));
            let _ = detect(&bytes);
            for form in FORMS {
                // An answer of either kind will do.
                let _ = read(form, &bytes, &mut |_| {});
            }
        }
    }
}
