//! Records that were not acknowledged: counts, the first of them, and the file that keeps all.

use std::{collections::BTreeSet, path::PathBuf};

use crate::{
    codec::record_json,
    files::{FailuresFile, capture::CaptureWriteError, inputs::InputLocation},
    kafka::write::{Code, Log, Reports, Undelivered},
};

/// The most records that are described one by one.
const DESCRIBED: usize = 5;

/// A record that was not acknowledged.
#[derive(Clone, Debug)]
pub struct UndeliveredRecord {
    /// `FILE:LINE`
    pub place: String,
    /// Why.
    pub cause: String,
    /// Bytes of key, value and headers.
    pub size: usize,
    /// Whether it may have been written all the same.
    pub may_be_written: bool,
}

/// The records of a run that were not acknowledged.
#[derive(Clone, Debug, Default)]
pub struct UndeliveredRecords {
    /// Records that were certainly not written.
    pub failed: u64,
    /// Records that may have been written.
    pub unknown: u64,
    /// The first of both, at most five.
    pub first: Vec<UndeliveredRecord>,
    /// The error codes of all.
    pub codes: BTreeSet<Code>,
}

impl UndeliveredRecords {
    /// The number of records.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.failed + self.unknown
    }
}

/// Takes the producer's reports.
pub struct DeliveryReports {
    undelivered: UndeliveredRecords,
    inputs: Vec<PathBuf>,
    /// The topic's `max.message.bytes`; `None` when it is not known.
    limit: Option<u64>,
    file: Option<FailuresFile>,
    log: Box<dyn Fn(&Log)>,
}

impl DeliveryReports {
    /// Reports about records of `inputs`, of which `file` keeps those that are not acknowledged.
    /// `limit` is the topic's `max.message.bytes`. `log` takes the lines of librdkafka's log.
    #[must_use]
    pub fn new(
        inputs: Vec<PathBuf>,
        limit: Option<u64>,
        file: Option<FailuresFile>,
        log: Box<dyn Fn(&Log)>,
    ) -> Self {
        Self {
            undelivered: UndeliveredRecords::default(),
            inputs,
            limit,
            file,
            log,
        }
    }

    /// `FILE:LINE` of a location.
    #[must_use]
    pub fn show(&self, location: InputLocation) -> String {
        location.show(&self.inputs)
    }

    /// Whether a file keeps the records that are not acknowledged.
    #[must_use]
    pub fn keeps_failures(&self) -> bool {
        self.file.is_some()
    }

    /// Completes the file of failures, and returns the records that were not acknowledged.
    pub fn finish(self) -> (UndeliveredRecords, Result<(), CaptureWriteError>) {
        let finished = self.file.map_or(Ok(()), FailuresFile::finish);
        (self.undelivered, finished)
    }

    fn cause(&self, undelivered: &Undelivered<'_>, size: usize) -> String {
        match (undelivered.code, self.limit) {
            (Code::TOO_LARGE, Some(limit)) => {
                format!(
                    "{size} bytes, and the topic takes {limit} (max.message.bytes), of which a \
                     batch adds about 70"
                )
            }
            (Code::TOO_LARGE, None) => format!("{size} bytes: {}", undelivered.code),
            (code, _) => code.to_string(),
        }
    }
}

impl Reports for DeliveryReports {
    fn undelivered(&mut self, undelivered: &Undelivered<'_>) {
        let location = InputLocation::unpack(undelivered.tag);
        let size = undelivered.record.size();
        if self.undelivered.first.len() < DESCRIBED {
            let described = UndeliveredRecord {
                place: self.show(location),
                cause: self.cause(undelivered, size),
                size,
                may_be_written: undelivered.may_be_written,
            };
            self.undelivered.first.push(described);
        }
        let all = &mut self.undelivered;
        if undelivered.may_be_written {
            all.unknown += 1;
        } else {
            all.failed += 1;
        }
        all.codes.insert(undelivered.code);
        if let Some(file) = &mut self.file {
            let mut record = undelivered.record;
            record.topic = "";
            if !location.has_partition {
                record.partition = -1;
            }
            if !location.has_timestamp {
                record.timestamp = -1;
            }
            file.add(|line| record_json::write(line, &record));
        }
    }

    fn log(&mut self, log: &Log) {
        (self.log)(log);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::event::{HeaderBuf, Record, RecordBuf, TimestampType};

    fn reports(file: Option<FailuresFile>) -> DeliveryReports {
        let log = Box::new(|_: &Log| {});
        DeliveryReports::new(vec![PathBuf::from("a.txt")], Some(100), file, log)
    }

    fn lose(
        reports: &mut DeliveryReports,
        location: InputLocation,
        code: i32,
        may_be_written: bool,
    ) {
        let mut headers = HeaderBuf::default();
        headers.push(b"h", None);
        reports.undelivered(&Undelivered {
            tag: location.pack(),
            code: Code(code),
            may_be_written,
            record: Record {
                topic: "orders",
                partition: 3,
                offset: -1,
                timestamp: 5,
                timestamp_type: TimestampType::Create,
                key: None,
                value: Some(b""),
                headers: headers.as_headers(),
            },
        });
    }

    #[test]
    fn the_file_of_failures_holds_what_the_input_said_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("left.ndjson");
        let mut reports = reports(Some(FailuresFile::create(&path).unwrap()));
        lose(&mut reports, InputLocation::line(0, 1), 44, false);
        let given = InputLocation {
            has_partition: true,
            has_timestamp: true,
            ..InputLocation::line(0, 2)
        };
        lose(&mut reports, given, 44, false);
        assert!(!path.exists(), "it appears when it is complete");
        reports.finish().1.unwrap();
        let mut record = RecordBuf::default();
        let text = fs::read(&path).unwrap();
        let lines: Vec<_> = text.split_inclusive(|byte| *byte == b'\n').collect();
        record_json::read(lines[0], &mut record).unwrap();
        assert_eq!((record.partition, record.timestamp), (-1, -1));
        assert_eq!(
            (record.key.as_deref(), record.value.as_deref()),
            (None, Some(&b""[..]))
        );
        assert_eq!(record.headers.as_headers().last("h"), Some(None));
        record_json::read(lines[1], &mut record).unwrap();
        assert_eq!((record.partition, record.timestamp), (3, 5));
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn without_failures_the_file_is_empty_and_replaces_an_older_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("left.ndjson");
        fs::write(&path, "stale").unwrap();
        reports(Some(FailuresFile::create(&path).unwrap()))
            .finish()
            .1
            .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
    }

    #[test]
    fn no_file_of_failures_takes_the_place_of_a_pipe_or_a_folder() {
        use std::os::unix::fs::FileTypeExt;

        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        for path in [&pipe, &link] {
            let reader = std::thread::spawn({
                let pipe = pipe.clone();
                move || fs::read_to_string(pipe).unwrap()
            });
            let mut reports = reports(Some(FailuresFile::create(path).unwrap()));
            lose(&mut reports, InputLocation::line(0, 1), 44, false);
            reports.finish().1.unwrap();
            assert_eq!(reader.join().unwrap().lines().count(), 1);
            assert!(fs::metadata(path).unwrap().file_type().is_fifo());
        }
        assert!(FailuresFile::create(folder.path()).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_record_that_is_too_large_is_named_with_line_size_and_limit() {
        let mut reports = reports(None);
        lose(&mut reports, InputLocation::line(0, 17), 10, false);
        let shown = &reports.undelivered.first[0];
        assert_eq!(shown.place, "a.txt:17");
        assert!(
            shown.cause.ends_with(
                "the topic takes 100 (max.message.bytes), of which a batch adds about 70"
            )
        );
    }
}
