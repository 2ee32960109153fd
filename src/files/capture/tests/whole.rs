//! What is written comes back.

use std::io::{Read, Write};

use super::*;
use crate::{files::open, pipeline::Gap};

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
            sha256,
            saved: Saved::All,
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
    let gap = Gap {
        topic: Arc::from("orders"),
        partition: 1,
        from: 5,
        to: 9,
        reason: "retention".to_owned(),
    };
    let writer = to_file(&path, Existing::Refuse, None);
    writer.finish(true, std::slice::from_ref(&gap)).1.unwrap();
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
    let mut writer = to_file(&path, Existing::Replace, None);
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
    let target = PathBuf::from("/no/such/folder/a.ndjson");
    let target = CaptureTarget::File(target, Existing::Refuse);
    let error = CaptureWriter::create(target, &header(), None)
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "cannot write \"/no/such/folder/a.ndjson\""
    );
}

#[test]
fn parts_hold_no_more_than_was_asked_and_are_whole_in_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson.gz");
    let mut writer = to_file(&path, Existing::Refuse, Some(10_000));
    let sent = records(200);
    for record in &sent {
        writer.record(&record.as_record()).unwrap();
    }
    let summary = writer.finish(false, &[]).0;
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
    let ended = drive(&mut reader, &mut kept, &mut (), &Cancel::default()).unwrap();
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
    let summary = writer.finish(false, &[]).0;
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
    let (summary, written) = writer.finish(true, &[]);
    assert!(written.is_ok());
    assert_eq!(summary.saved, Saved::Unknown, "nobody knows what arrived");
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
        drive(&mut reader, &mut kept, &mut (), &cancel).unwrap(),
        Ended::Stopped
    );
    assert_eq!(kept.0.len(), 4);
    cancel.raise(crate::pipeline::Signal::Interrupt);
    assert_eq!(
        drive(&mut reader, &mut kept, &mut (), &cancel).unwrap(),
        Ended::Cancelled
    );
}
