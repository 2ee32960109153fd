//! Parts of split captures know which capture they belong to.

use super::*;

fn split(path: &Path, existing: Existing, count: i64) -> CaptureSummary {
    let mut writer = to_file(path, existing, Some(10_000));
    for record in records(count) {
        writer.record(&record.as_record()).unwrap();
    }
    let (summary, written) = writer.finish(false, &[]);
    written.unwrap();
    summary
}

fn read(files: &[PathBuf], truncated: Truncated) -> Result<Vec<Incomplete>, String> {
    let mut reader = CaptureReader::open(&files[0], &files[1..], truncated).unwrap();
    let mut kept = Kept(Vec::new(), usize::MAX);
    let ended = drive(&mut reader, &mut kept, &mut (), &Cancel::default());
    ended.map_err(|error| error.to_string())?;
    Ok(reader.incomplete().to_vec())
}

fn missing(files: &[PathBuf]) -> Option<u32> {
    let mut sets = SplitSets::default();
    for file in files {
        let report = verify(file).unwrap();
        assert!(report.is_sound());
        sets.note(file, report.header.unwrap().part.as_ref(), report.more);
    }
    sets.missing().map(|part| part.number)
}

#[test]
fn parts_without_a_neighbour_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let files = split(&folder.path().join("a.ndjson.zst"), Existing::Refuse, 200).files;
    assert_eq!(files.len(), 4);
    assert_eq!(missing(&files), None);
    assert_eq!(missing(&files[1..2]), None, "the others are there");
    assert_eq!(read(&files, Truncated::Refuse), Ok(vec![]));

    // As after a kill: whole parts, but not the last ones.
    fs::remove_file(&files[3]).unwrap();
    assert_eq!(missing(&files[..3]), Some(4));
    assert_eq!(missing(&files[..1]), None, "the next one is there");
    let error = read(&files[..3], Truncated::Refuse).unwrap_err();
    assert!(
        error.starts_with("part 4 of the split capture is missing"),
        "{error}"
    );
    let allowed = read(&files[..3], Truncated::Allow).unwrap();
    assert!(matches!(&allowed[..], [Incomplete::MissingPart(part)] if part.number == 4));

    fs::remove_file(&files[0]).unwrap();
    assert_eq!(missing(&files[1..2]), Some(1));
}

#[test]
fn parts_of_two_captures_are_not_taken_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["old", "new"].map(|name| {
        let folder = folder.path().join(name);
        fs::create_dir(&folder).unwrap();
        split(&folder.join("a.ndjson"), Existing::Refuse, 200).files
    });
    fs::copy(&old[2], &new[2]).unwrap();
    assert_eq!(missing(&new), Some(3));
    assert!(
        read(&new, Truncated::Refuse)
            .unwrap_err()
            .contains("part 3")
    );
}

#[test]
fn a_smaller_capture_replaces_all_parts_of_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    assert_eq!(split(&path, Existing::Refuse, 200).files.len(), 4);
    let error = check_target(&path, Existing::Refuse, true).unwrap_err();
    assert!(matches!(error, CaptureWriteError::Exists(_)), "{error}");
    let new = split(&path, Existing::Replace, 100);
    assert_eq!(listing(folder.path()), ["a.0001.ndjson", "a.0002.ndjson"]);
    assert_eq!(new.files.len(), 2);
    assert_eq!(missing(&new.files), None);
}

#[test]
fn an_interrupted_capture_replaces_no_part_of_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    let old = split(&path, Existing::Refuse, 200);
    let mut writer = to_file(&path, Existing::Replace, Some(10_000));
    for record in records(100) {
        writer.record(&record.as_record()).unwrap();
    }
    let (summary, written) = writer.finish(true, &[]);
    written.unwrap();
    let parts = ["a.0001.ndjson.part", "a.0002.ndjson.part"];
    assert_eq!(summary.files, parts.map(|name| folder.path().join(name)));
    assert_eq!(missing(&old.files), None);
    assert_eq!(read(&old.files, Truncated::Refuse), Ok(vec![]));
    // What it has is whole, too, and says that it is not all.
    let incomplete = read(&summary.files, Truncated::Refuse).unwrap();
    assert!(matches!(&incomplete[..], [Incomplete::Interrupted(_)]));
    assert_eq!(split(&path, Existing::Replace, 100).files.len(), 2);
    assert_eq!(listing(folder.path()).len(), 2, "what was left is gone");
}
