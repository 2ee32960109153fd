//! `capture verify` and `capture diff`.

use super::{verify::OutOfOrder, *};

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
