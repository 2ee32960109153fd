//! Targets that exist, that are taken, or that cannot be written to their end.

use super::*;

fn large(offset: i64) -> RecordBuf {
    RecordBuf {
        value: Some(vec![b'x'; 600_000]),
        ..records(offset + 1).remove(usize::try_from(offset).unwrap())
    }
}

/// Writes until it fails, and gives the error.
fn fill(writer: &mut CaptureWriter) -> Fault {
    (0..100)
        .find_map(|offset| writer.record(&large(offset).as_record()).err())
        .unwrap()
}

#[test]
fn after_a_failed_write_nothing_is_claimed() {
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    let targets = [
        CaptureTarget::File(PathBuf::from("/dev/full"), Existing::Refuse),
        CaptureTarget::Stream(Box::new(full())),
    ];
    for target in targets {
        let mut writer = CaptureWriter::create(target, &header(), None).unwrap();
        let error = fill(&mut writer);
        assert!(
            error
                .source()
                .unwrap()
                .to_string()
                .contains("No space left")
        );
        assert!(writer.has_failed());
        let (summary, written) = writer.finish(true, &[]);
        assert!(written.is_ok(), "it was told before");
        assert_eq!(summary.saved, Saved::Before([].into()));
        assert_eq!((summary.records, summary.files), (0, vec![]));
    }
    // So little that only the end fails.
    let target = CaptureTarget::Stream(Box::new(full()));
    let mut writer = CaptureWriter::create(target, &header(), None).unwrap();
    writer.record(&records(1)[0].as_record()).unwrap();
    let (summary, written) = writer.finish(false, &[]);
    assert!(written.is_err());
    assert_eq!(
        (summary.records, summary.saved),
        (0, Saved::Before([].into()))
    );
    assert!(fs::metadata("/dev/full").is_ok());
}

#[test]
fn a_split_capture_that_fails_counts_the_parts_that_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    let mut writer = to_file(&path, Existing::Refuse, Some(500_000));
    for offset in 0..3 {
        writer.record(&large(offset).as_record()).unwrap();
    }
    // The fourth part cannot be made: two parts are whole, the third is closed for it.
    fs::create_dir(folder.path().join("a.0004.ndjson.part")).unwrap();
    let error = writer.record(&large(3).as_record()).unwrap_err();
    assert!(error.to_string().contains("a.0004.ndjson"), "{error}");
    let (summary, written) = writer.finish(true, &[]);
    assert!(written.is_ok());
    assert_eq!((summary.records, summary.files.len()), (3, 3));
    let next = crate::event::TopicPartition::new("orders", 0);
    assert_eq!(summary.saved, Saved::Before([(next, 3)].into()));
    let mut held = 0;
    for file in &summary.files {
        held += verify(file).unwrap().records;
    }
    assert_eq!(held, 3);
}

#[test]
fn a_file_that_exists_stays_and_so_does_what_a_crash_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    capture(&path, &records(1));
    let error = check_target(&path, Existing::Refuse, false).unwrap_err();
    assert!(matches!(error, CaptureWriteError::Exists(_)), "{error}");
    assert!(check_target(&path, Existing::Replace, false).is_ok());
    fs::remove_file(&path).unwrap();

    let left = folder.path().join("a.ndjson.part");
    fs::write(&left, "left").unwrap();
    let error = check_target(&path, Existing::Refuse, false).unwrap_err();
    assert!(matches!(error, CaptureWriteError::Unfinished(_)), "{error}");
    // Another evctl that is still at work keeps its file, with --force too.
    let writer = to_file(&path, Existing::Replace, None);
    let target = CaptureTarget::File(path.clone(), Existing::Replace);
    let error = CaptureWriter::create(target, &header(), None)
        .err()
        .unwrap();
    assert!(matches!(error, CaptureWriteError::InProgress(_)), "{error}");
    // Nor is a file replaced that was made meanwhile: the new one stays beside it.
    let mut other = writer;
    other.record(&records(1)[0].as_record()).unwrap();
    assert!(other.finish(false, &[]).1.is_ok());
    fs::remove_file(&path).unwrap();
    let writer = to_file(&path, Existing::Refuse, None);
    fs::write(&path, "newer").unwrap();
    let error = writer.finish(false, &[]).1.unwrap_err();
    assert!(matches!(error, CaptureWriteError::Exists(_)), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"newer");
    assert!(verify(&left).unwrap().is_sound());
}

#[test]
fn a_truncated_capture_replaces_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson.gz");
    capture(&path, &records(9));
    let mut writer = to_file(&path, Existing::Replace, None);
    writer.record(&records(1)[0].as_record()).unwrap();
    let (summary, written) = writer.finish(true, &[]);
    written.unwrap();
    assert_eq!(summary.files, [folder.path().join("a.ndjson.gz.part")]);
    assert_eq!(verify(&path).unwrap().records, 9);
    let report = verify(&summary.files[0]).unwrap();
    assert!(report.is_sound() && report.interrupted);
}

#[test]
fn a_name_that_no_command_takes_for_a_file_is_refused() {
    for name in ["a.txt", "a", "a.ndjson.bz2", "a.part", "x.gz/a"] {
        let error = check_target(Path::new(name), Existing::Replace, false).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{name:?} does not end in .ndjson, .jsonl, .json, .gz, .zst")
        );
    }
    for name in ["a.ndjson", "x/a.jsonl.zst", "a.gz", "/dev/null"] {
        assert!(
            check_target(Path::new(name), Existing::Refuse, false).is_ok(),
            "{name}"
        );
    }
}

#[test]
fn an_empty_file_is_not_sound() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.ndjson", "a.ndjson.gz", "a.ndjson.zst"] {
        let path = folder.path().join(name);
        fs::write(&path, "").unwrap();
        match verify(&path) {
            Ok(report) => assert!(!report.is_sound(), "{name}"),
            Err(error) => assert!(error.to_string().contains(name), "{error}"),
        }
    }
    let blank = folder.path().join("blank.ndjson");
    fs::write(&blank, "\n\n").unwrap();
    assert!(!verify(&blank).unwrap().is_sound());
}
