//! Writing and reading together, on real files.

mod compare;
mod damaged;
mod merged;
mod split;
mod unwritable;
mod whole;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::*;
use crate::{
    event::{Record, RecordBuf},
    pipeline::{Cancel, Ended, Fault, Flow, Sink, Source, drive},
};

/// Keeps what it is given, up to a limit.
struct Kept(Vec<RecordBuf>, usize);

impl Sink for Kept {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        self.0.push(record.into());
        Ok(if self.0.len() < self.1 {
            Flow::Continue
        } else {
            Flow::Stop
        })
    }
}

fn header() -> CaptureHeader {
    CaptureHeader {
        at: "2026-01-01T10:00:00Z".to_owned(),
        cluster_id: Some("abc".to_owned()),
        query: serde_json::json!({"from": "-10m"}),
        topics: vec![TopicInfo {
            name: "orders".to_owned(),
            partitions: 2,
            timestamp_type: Some("CreateTime".to_owned()),
            cleanup_policy: None,
            ranges: vec![(0, 0, 10), (1, 5, 6)],
        }],
        ..CaptureHeader::default()
    }
}

fn records(count: i64) -> Vec<RecordBuf> {
    (0..count)
        .map(|offset| RecordBuf {
            topic: Arc::from("orders"),
            partition: 0,
            offset,
            timestamp: 1_767_261_600_000 + offset,
            key: Some(format!("k{offset}").into_bytes()),
            value: Some(format!("{{\"n\":{offset}}}").into_bytes()),
            ..RecordBuf::default()
        })
        .collect()
}

fn capture(path: &Path, records: &[RecordBuf]) -> CaptureSummary {
    let mut writer = to_file(path, Existing::Replace, None);
    for record in records {
        assert_eq!(writer.record(&record.as_record()).unwrap(), Flow::Continue);
    }
    let (summary, written) = writer.finish(false, &[]);
    written.unwrap();
    summary
}

fn to_file(path: &Path, existing: Existing, split: Option<u64>) -> CaptureWriter {
    let target = CaptureTarget::File(path.to_owned(), existing);
    CaptureWriter::create(target, &header(), split).unwrap()
}

fn read_all(
    path: &Path,
    truncated: Truncated,
) -> (Vec<RecordBuf>, Result<Ended, String>, CaptureReader) {
    let mut reader = CaptureReader::open(path, &[], truncated).unwrap();
    let mut kept = Kept(Vec::new(), usize::MAX);
    let ended = drive(&mut reader, &mut kept, &mut (), &Cancel::default());
    (kept.0, ended.map_err(|error| error.to_string()), reader)
}

fn listing(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
