//! Events that others wrote: the conformance tests of CloudEvents, and the changes in Debezium's
//! documentation. They are no part of this repository; see `suites.rs`.

use std::fs;

use evctl::{
    envelope::{Attribute, EnvelopeKind, EventDecoder},
    event::{HeaderBuf, RecordBuf},
};
use serde_json::Value;

use crate::suites::folder;

fn record(headers: &[(String, String)], value: &str) -> RecordBuf {
    let mut buffer = HeaderBuf::default();
    for (name, value) in headers {
        buffer.push(name.as_bytes(), Some(value.as_bytes()));
    }
    RecordBuf {
        headers: buffer,
        value: Some(value.into()),
        ..RecordBuf::default()
    }
}

/// The rows of the table that follows `title` in a scenario, without its heading.
fn table(scenario: &str, title: &str) -> Vec<(String, String)> {
    let (_, rest) = scenario.split_once(title).unwrap();
    let rows = (rest.lines().skip(2)).map_while(|line| line.trim().strip_prefix('|'));
    rows.map(|row| {
        let mut cells = row.split('|').map(|cell| cell.trim().to_owned());
        (cells.next().unwrap(), cells.next().unwrap())
    })
    .collect()
}

#[test]
fn cloud_events_are_read_as_their_conformance_tests_say() {
    let file =
        folder("cloudevents-conformance").join("data/features/kafka-protocol-binding.feature");
    let text = fs::read_to_string(file).unwrap();
    let mut checked = 0;
    for scenario in text.split("Scenario").skip(1) {
        let payload = scenario.split("\"\"\"").nth(1).unwrap();
        let content_types: Vec<&str> = match scenario.split_once("| contentType") {
            Some((_, rest)) => (rest.lines().skip(1))
                .map(|line| line.trim().trim_matches('|').trim())
                .filter(|line| !line.is_empty())
                .collect(),
            None => vec![""],
        };
        for content_type in content_types {
            let mut headers = table(scenario, "Kafka headers:");
            for (_, value) in &mut headers {
                *value = value.replace("<contentType>", content_type);
            }
            let record = record(&headers, payload);
            let record = record.as_record();
            let event = EventDecoder::inferred().event(&record);
            assert_eq!(event.kind(), Some(EnvelopeKind::CloudEvents), "{scenario}");
            for (name, wanted) in table(scenario, "attributes are:") {
                let attribute = match name.as_str() {
                    "id" => Attribute::Id,
                    "type" => Attribute::Type,
                    "source" => Attribute::Source,
                    "time" => Attribute::Time,
                    _ => continue,
                };
                assert_eq!(
                    event.attribute(attribute).as_deref(),
                    Some(&*wanted),
                    "{name}"
                );
                assert_eq!(
                    event.cloud_event_attribute(attribute).as_deref(),
                    Some(&*wanted)
                );
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 3 * 4);
}

#[test]
fn debeziums_own_examples_are_recognised() {
    let mut changes = 0;
    for file in fs::read_dir(folder("debezium-docs").join("data")).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        let payload = json.get("payload").unwrap_or(&json);
        let kind = if json["specversion"].is_string() {
            EnvelopeKind::CloudEvents
        } else if payload["op"].is_string() && payload["source"].is_object() {
            changes += 1;
            EnvelopeKind::Debezium
        } else {
            EnvelopeKind::Plain
        };
        let record = record(&[], &text);
        let record = record.as_record();
        let event = EventDecoder::inferred().event(&record);
        assert_eq!(event.kind(), Some(kind), "{}", path.display());
        let connector = payload["source"]["connector"].as_str();
        if let (EnvelopeKind::Debezium, Some(connector)) = (kind, connector) {
            let wanted = format!("io.debezium.connector.{connector}.DataChangeEvent");
            assert_eq!(event.attribute(Attribute::Type).as_deref(), Some(&*wanted));
        }
    }
    assert!(changes > 50, "{changes}");
}
