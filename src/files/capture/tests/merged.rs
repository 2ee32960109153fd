//! Files merged by time.

use super::*;

/// Records of partition `partition` with these timestamps.
fn at(partition: i32, timestamps: &[i64]) -> Vec<RecordBuf> {
    std::iter::zip(0.., timestamps)
        .map(|(offset, &timestamp)| RecordBuf {
            partition,
            offset,
            timestamp,
            ..records(1).remove(0)
        })
        .collect()
}

/// Timestamps of all records in `paths`, merged by time, and how many bytes were counted of all.
fn merged(paths: &[PathBuf]) -> (Vec<i64>, u64, u64) {
    let reader = CaptureReader::open(&paths[0], &paths[1..], Truncated::Refuse).unwrap();
    let mut reader = reader.by_time().unwrap();
    let mut kept = Kept(Vec::new(), usize::MAX);
    let ended = drive(&mut reader, &mut kept, &mut (), &Cancel::default());
    assert_eq!(ended.unwrap(), Ended::End);
    let timestamps = kept.0.iter().map(|record| record.timestamp).collect();
    (timestamps, reader.progress().done, reader.progress().total)
}

#[test]
fn the_earliest_record_of_all_files_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a.ndjson", "b.ndjson.zst", "c.ndjson.gz"].map(|name| folder.path().join(name));
    // A file keeps its own order, also where its timestamps go backwards.
    capture(&paths[0], &at(0, &[10, 40, 5, 50]));
    capture(&paths[1], &at(1, &[20, 41]));
    capture(&paths[2], &[]);
    assert_eq!(merged(&paths).0, [10, 20, 40, 5, 41, 50]);
    let other_way = [paths[2].clone(), paths[1].clone(), paths[0].clone()];
    assert_eq!(merged(&other_way).0, [10, 20, 40, 5, 41, 50]);
}

#[test]
fn the_parts_of_a_split_capture_follow_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("split.ndjson");
    let mut writer = to_file(&path, Existing::Replace, Some(1));
    // The second part begins with a record that is older than all of the first.
    for record in at(0, &[30, 10, 20]) {
        assert_eq!(writer.record(&record.as_record()).unwrap(), Flow::Continue);
    }
    let (summary, written) = writer.finish(false, &[]);
    written.unwrap();
    assert_eq!(summary.files.len(), 3);
    let alone = folder.path().join("alone.ndjson");
    capture(&alone, &at(1, &[15, 25]));
    let parts = &summary.files;
    let mixed = [&parts[1], &alone, &parts[0], &parts[2]].map(Clone::clone);
    assert_eq!(merged(&mixed).0, [15, 25, 30, 10, 20]);
}

#[test]
fn all_bytes_of_all_files_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a.ndjson", "b.ndjson"].map(|name| folder.path().join(name));
    capture(&paths[0], &at(0, &[1, 3]));
    capture(&paths[1], &at(1, &[2]));
    let sizes = paths.iter().map(|path| fs::metadata(path).unwrap().len());
    let (_, done, total) = merged(&paths);
    assert_eq!(total, sizes.sum::<u64>());
    // The last lines hold no record, and are not waited for.
    assert!(done > total / 2 && done <= total, "{done} of {total}");
}
