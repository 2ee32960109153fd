//! What becomes of damaged files.

use proptest::prelude::*;

use super::*;
use crate::codec::record_json;

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
        match drive(&mut reader, &mut kept, &mut (), &Cancel::default()) {
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
