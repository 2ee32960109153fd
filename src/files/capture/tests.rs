//! Writing and reading together, on real files, and what becomes of damaged ones.

use std::{
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use proptest::prelude::*;

use super::*;
use crate::{
    codec::record_json,
    event::{Record, RecordBuf},
    files::open,
    pipeline::{Cancel, Ended, Fault, Flow, Gap, Sink, Source},
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
    let target = CaptureTarget::File(path.to_owned());
    let mut writer = CaptureWriter::create(target, &header(), None).unwrap();
    for record in records {
        assert_eq!(writer.record(&record.as_record()).unwrap(), Flow::Continue);
    }
    writer.finish(false, &[]).unwrap()
}

fn read_all(
    path: &Path,
    truncated: Truncated,
) -> (Vec<RecordBuf>, Result<Ended, String>, CaptureReader) {
    let mut reader = CaptureReader::open(path, &[], truncated).unwrap();
    let mut kept = Kept(Vec::new(), usize::MAX);
    let ended = reader.drive(&mut kept, &mut (), &Cancel::default());
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

#[test]
fn a_capture_file_has_a_header_records_and_a_last_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    let summary = capture(&path, &records(1));
    let text = fs::read_to_string(&path).unwrap();
    let (content, last) = text.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(
        content,
        concat!(
            r#"{"evctl":"capture/1","at":"2026-01-01T10:00:00Z","cluster_id":"abc","query":{"from":"-10m"},"#,
            r#""topics":[{"name":"orders","partitions":2,"timestamp_type":"CreateTime","cleanup_policy":null,"ranges":[[0,0,10],[1,5,6]]}]}"#,
            "\n",
            r#"{"topic":"orders","partition":0,"offset":0,"timestamp":1767261600000,"timestamp_type":"create","key":"k0","headers":[],"value":{"json":{"n":0}}}"#,
        )
    );
    let digest = ring::digest::digest(&ring::digest::SHA256, format!("{content}\n").as_bytes());
    let sha256 = layout::hex(&digest);
    assert_eq!(
        last,
        format!(r#"{{"evctl":"end","records":1,"sha256":"{sha256}","gaps":[],"truncated":false}}"#)
    );
    let bytes = text.len() as u64;
    assert_eq!(
        summary,
        CaptureSummary {
            files: vec![path],
            records: 1,
            bytes,
            sha256
        }
    );
}

#[test]
fn every_compression_gives_the_records_back() {
    let folder = tempfile::tempdir().unwrap();
    let sent = records(5_000);
    for name in ["a.ndjson", "a.ndjson.gz", "a.ndjson.zst"] {
        let path = folder.path().join(name);
        capture(&path, &sent);
        let (read, ended, reader) = read_all(&path, Truncated::Refuse);
        assert_eq!(ended, Ok(Ended::End), "{name}");
        assert!(read == sent, "{name}");
        assert_eq!(reader.header(), Some(&header()));
        assert!(reader.gaps().is_empty() && reader.incomplete().is_empty());
        assert!(verify(&path).unwrap().is_sound());
    }
    assert_eq!(listing(folder.path()).len(), 3);
}

#[test]
fn gaps_and_an_interruption_are_told_to_the_reader() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson.zst");
    let target = CaptureTarget::File(path.clone());
    let gap = Gap {
        topic: Arc::from("orders"),
        partition: 1,
        from: 5,
        to: 9,
        reason: "retention".to_owned(),
    };
    let writer = CaptureWriter::create(target, &header(), None).unwrap();
    writer.finish(true, std::slice::from_ref(&gap)).unwrap();
    let (read, ended, reader) = read_all(&path, Truncated::Refuse);
    assert_eq!((read, ended), (vec![], Ok(Ended::End)));
    assert_eq!(reader.gaps(), std::slice::from_ref(&gap));
    assert_eq!(
        reader.incomplete(),
        [Incomplete::Interrupted(path.display().to_string())]
    );
    let report = verify(&path).unwrap();
    assert!(report.interrupted && report.is_sound());
    assert_eq!(report.gaps, [gap]);
}

#[test]
fn a_capture_that_is_dropped_leaves_nothing_and_an_old_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson.zst");
    fs::write(&path, "old").unwrap();
    let target = CaptureTarget::File(path.clone());
    let mut writer = CaptureWriter::create(target, &header(), None).unwrap();
    for record in records(10_000) {
        writer.record(&record.as_record()).unwrap();
    }
    drop(writer);
    assert_eq!(listing(folder.path()), ["a.ndjson.zst"]);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    capture(&path, &records(1));
    assert!(verify(&path).unwrap().is_sound());
}

#[test]
fn a_target_that_cannot_be_written_is_named() {
    let target = CaptureTarget::File(PathBuf::from("/no/such/folder/a.ndjson"));
    let error = CaptureWriter::create(target, &header(), None)
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "cannot write \"/no/such/folder/a.ndjson\""
    );
    let full = CaptureTarget::File(PathBuf::from("/dev/full"));
    let mut writer = CaptureWriter::create(full, &header(), None).unwrap();
    writer.record(&records(1)[0].as_record()).unwrap();
    assert!(writer.finish(false, &[]).is_err());
    assert!(fs::metadata("/dev/full").is_ok());
}

#[test]
fn parts_hold_no_more_than_was_asked_and_are_whole_in_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson.gz");
    let target = CaptureTarget::File(path);
    let mut writer = CaptureWriter::create(target, &header(), Some(10_000)).unwrap();
    let sent = records(200);
    for record in &sent {
        writer.record(&record.as_record()).unwrap();
    }
    let summary = writer.finish(false, &[]).unwrap();
    assert_eq!(summary.records, 200);
    let names = [
        "a.0001.ndjson.gz",
        "a.0002.ndjson.gz",
        "a.0003.ndjson.gz",
        "a.0004.ndjson.gz",
    ];
    assert_eq!(listing(folder.path()), names);
    let mut reader =
        CaptureReader::open(&summary.files[0], &summary.files[1..], Truncated::Refuse).unwrap();
    let mut kept = Kept(Vec::new(), usize::MAX);
    let ended = reader
        .drive(&mut kept, &mut (), &Cancel::default())
        .unwrap();
    assert_eq!(ended, Ended::End);
    assert!(kept.0 == sent);
    for part in &summary.files {
        assert!(verify(part).unwrap().is_sound());
        let mut text = String::new();
        open(part).unwrap().read_to_string(&mut text).unwrap();
        assert!(text.len() <= 10_000, "{}", text.len());
    }
}

/// A stream that a test can look into.
#[derive(Clone, Default)]
struct Shared(Arc<std::sync::Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_stream_gets_the_same_lines_as_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    capture(&path, &records(3));
    let stream = Shared::default();
    let target = CaptureTarget::Stream(Box::new(stream.clone()));
    let mut writer = CaptureWriter::create(target, &header(), None).unwrap();
    for record in records(3) {
        writer.record(&record.as_record()).unwrap();
        assert_eq!(writer.idle().unwrap(), Flow::Continue);
    }
    let summary = writer.finish(false, &[]).unwrap();
    assert_eq!(summary.files, Vec::<PathBuf>::new());
    assert_eq!(*stream.0.lock().unwrap(), fs::read(&path).unwrap());
    let split = CaptureTarget::Stream(Box::new(Shared::default()));
    assert!(CaptureWriter::create(split, &header(), Some(1)).is_err());
}

#[test]
fn a_reader_that_went_away_is_an_end_and_not_an_error() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let target = CaptureTarget::Stream(Box::new(Gone));
    let mut writer = CaptureWriter::create(target, &header(), None).unwrap();
    let record = records(1).remove(0);
    let stopped = (0..1_000_000).any(|_| writer.record(&record.as_record()).unwrap() == Flow::Stop);
    assert!(stopped);
    assert!(writer.finish(true, &[]).is_ok());
}

#[test]
fn fixtures_by_hand_need_neither_header_nor_last_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    fs::write(
        &path,
        "\n{\"value\":\"a\"}\r\n\n{\"value\":null,\"key\":\"k\"}",
    )
    .unwrap();
    let (read, ended, reader) = read_all(&path, Truncated::Refuse);
    assert_eq!((read.len(), ended), (2, Ok(Ended::End)));
    assert_eq!(reader.header(), None);
    fs::write(
        &path,
        "{\"value\":\"a\"}\n{\"value\":{\"a\":1}}\n{\"value\":\"b\"}\n",
    )
    .unwrap();
    let (read, ended, _) = read_all(&path, Truncated::Refuse);
    assert_eq!(read.len(), 1);
    assert!(
        ended
            .unwrap_err()
            .contains("a.ndjson:2:10: a bare JSON object is not bytes")
    );
    fs::write(&path, "").unwrap();
    assert_eq!(read_all(&path, Truncated::Refuse).0.len(), 0);
}

#[test]
fn a_sink_that_has_enough_and_a_signal_stop_the_reading() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    capture(&path, &records(9));
    let mut reader = CaptureReader::open(&path, &[], Truncated::Refuse).unwrap();
    let mut kept = Kept(Vec::new(), 4);
    let cancel = Cancel::default();
    assert_eq!(
        reader.drive(&mut kept, &mut (), &cancel).unwrap(),
        Ended::Stopped
    );
    assert_eq!(kept.0.len(), 4);
    cancel.raise(crate::pipeline::Signal::Interrupt);
    assert_eq!(
        reader.drive(&mut kept, &mut (), &cancel).unwrap(),
        Ended::Cancelled
    );
}

#[test]
fn changed_lines_are_noticed_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    capture(&path, &records(3));
    let whole = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let cases = [
        (
            whole.replace("\"k1\"", "\"k9\""),
            "a.ndjson:5: the checksum is wrong",
        ),
        (
            lines[..2].join("\n") + "\n" + lines[4] + "\n",
            "a.ndjson:3: the last line counts 3 records, and there are 1",
        ),
        (
            whole.clone() + "{\"value\":null}\n",
            "a.ndjson:5: something follows the last line",
        ),
        (
            lines[..4].join("\n") + "\n{\"evctl\":\"end\"}\n",
            "a.ndjson:5: not the last line of a capture file: missing field `records`",
        ),
        (
            whole.replace("\"offset\":1", "\"offset\":x"),
            "a.ndjson:3:42: not valid JSON",
        ),
        (
            lines[..4].join("\n") + "\n",
            "is truncated: it ends after 3 records",
        ),
        (
            lines[..4].join("\n"),
            "is truncated: it ends after 2 records",
        ),
        (
            whole[..whole.len() - 9].to_owned(),
            "is truncated: it ends after 3 records",
        ),
    ];
    for (text, message) in cases {
        fs::write(&path, text).unwrap();
        let error = read_all(&path, Truncated::Refuse).1.unwrap_err();
        assert!(error.contains(message), "{error}");
        let report = verify(&path).unwrap();
        assert_eq!((report.is_sound(), report.sha256), (false, None));
    }
    fs::write(&path, lines[0].replace("capture/1", "capture/2")).unwrap();
    let error = CaptureReader::open(&path, &[], Truncated::Allow)
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .contains(":1: a capture of version \"capture/2\""),
        "{error}"
    );
    fs::write(&path, lines[0].replace("\"topics\":[", "\"topics\":[1,")).unwrap();
    let error = CaptureReader::open(&path, &[], Truncated::Allow)
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .contains(":1: not the header of a capture file"),
        "{error}"
    );
}

#[test]
fn a_truncated_file_gives_what_it_has_and_may_be_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let sent = records(20_000);
    for name in ["a.ndjson", "a.ndjson.gz", "a.ndjson.zst"] {
        let path = folder.path().join(name);
        capture(&path, &sent);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() * 9 / 10]).unwrap();
        let (read, ended, _) = read_all(&path, Truncated::Refuse);
        assert!(
            ended.unwrap_err().contains("is truncated: it ends after"),
            "{name}"
        );
        assert!(!read.is_empty() && read[..] == sent[..read.len()], "{name}");
        let (again, ended, reader) = read_all(&path, Truncated::Allow);
        assert_eq!((again.len(), ended), (read.len(), Ok(Ended::End)), "{name}");
        assert_eq!(
            reader.incomplete(),
            [Incomplete::NoLastLine(path.display().to_string())]
        );
    }
}

#[test]
fn verify_finds_offsets_that_do_not_rise() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    let mut sent = records(4);
    sent.swap(1, 2);
    sent[3].partition = 1;
    capture(&path, &sent);
    let report = verify(&path).unwrap();
    assert!(!report.is_sound());
    assert_eq!(report.out_of_order, 1);
    let place = OutOfOrder {
        line: 4,
        topic: Arc::from("orders"),
        partition: 0,
        before: 2,
        offset: 1,
    };
    assert_eq!(report.places, [place]);
}

#[test]
fn diff_tells_missing_from_changed_records() {
    let folder = tempfile::tempdir().unwrap();
    let (left, right) = (
        folder.path().join("a.ndjson"),
        folder.path().join("b.ndjson.zst"),
    );
    let sent = records(10);
    let mut other = sent.clone();
    other[2].value = None;
    other[2].key = None;
    other.remove(7);
    other.remove(5);
    other.push(RecordBuf {
        offset: 77,
        ..RecordBuf::default()
    });
    capture(&left, &sent);
    capture(&right, &other);
    let report = diff(&left, &right, Ignore::default(), 10).unwrap();
    assert_eq!(report.records, (10, 9));
    assert_eq!(
        report.differences,
        [
            Difference::Changed {
                left: 4,
                right: 4,
                members: vec!["key", "value"]
            },
            Difference::OnlyLeft(7),
            Difference::OnlyLeft(9),
            Difference::OnlyRight(10),
        ]
    );
    let back = diff(&right, &left, Ignore::default(), 1).unwrap();
    assert_eq!((back.count, back.differences.len()), (4, 1));
}

#[test]
fn diff_can_leave_out_offsets_and_topics() {
    let folder = tempfile::tempdir().unwrap();
    let (left, right) = (
        folder.path().join("a.ndjson"),
        folder.path().join("b.ndjson"),
    );
    let mut other = records(10);
    for record in &mut other {
        record.offset += 100;
        record.topic = Arc::from("copy");
    }
    capture(&left, &records(10));
    capture(&right, &other);
    let ignore = Ignore {
        topic: true,
        offset: true,
    };
    assert_eq!(diff(&left, &right, ignore, 10).unwrap().count, 0);
    assert_eq!(
        diff(&left, &right, Ignore::default(), 10).unwrap().count,
        10
    );
    let report = diff(
        &left,
        &right,
        Ignore {
            topic: true,
            offset: false,
        },
        1,
    )
    .unwrap();
    let members = vec!["offset"];
    assert_eq!(
        report.differences,
        [Difference::Changed {
            left: 2,
            right: 2,
            members
        }]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_records_come_back(sent in prop::collection::vec(record_json::tests::record(), 0..20)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ndjson.zst");
        capture(&path, &sent);
        let (read, ended, _) = read_all(&path, Truncated::Refuse);
        prop_assert_eq!(ended, Ok(Ended::End));
        prop_assert_eq!(read, sent);
    }

    #[test]
    fn a_damaged_file_is_an_error_with_its_line_and_never_a_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..5_u8), 1..4),
        suffix in prop::sample::select(vec!["ndjson", "ndjson.gz", "ndjson.zst"]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a").with_extension(suffix);
        let sent = records(12);
        capture(&path, &sent);
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        for (index, byte, kind) in damage {
            let at = index.index(bytes.len().max(1));
            match kind {
                0 => bytes.truncate(at),
                1 if at < bytes.len() => bytes[at] ^= 1 << (byte % 8),
                2 if at < bytes.len() => { bytes.remove(at); }
                3 => bytes.insert(at.min(bytes.len()), byte),
                _ => bytes.extend_from_slice(&whole[at.min(whole.len())..]),
            }
        }
        fs::write(&path, &bytes).unwrap();
        let Ok(mut reader) = CaptureReader::open(&path, &[], Truncated::Refuse) else {
            return Ok(());
        };
        let mut kept = Kept(Vec::new(), usize::MAX);
        match reader.drive(&mut kept, &mut (), &Cancel::default()) {
            // Only what leaves the lines as they were may pass: a header that lost its mark is
            // no capture any more, and fails as a record.
            Ok(_) => prop_assert!(kept.0 == sent || kept.0.is_empty(), "{:?}", kept.0),
            Err(error) => {
                let error = error.to_string();
                let located = error.contains("truncated") || error.contains("a.ndjson")
                    && error.contains(|letter: char| letter.is_ascii_digit());
                prop_assert!(located, "{}", error);
            }
        }
    }
}
