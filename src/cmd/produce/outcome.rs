//! Fate of the records: counts, and the first failures with their places.

use std::{collections::BTreeMap, path::PathBuf};

use super::{failures::FailuresFile, place::Place};
use crate::{
    codec::record_json,
    exit::Exit,
    files::capture::CaptureWriteError,
    kafka::write::{Code, Log, Reports, Undelivered},
    ui::{Ui, Verbosity},
};

/// So many failures are shown one by one.
const SHOWN: usize = 5;

/// Takes the producer's reports.
#[derive(Debug)]
pub struct Outcome {
    /// Records that were certainly not written.
    pub failed: u64,
    /// Records that may have been written.
    pub unknown: u64,
    /// The first of both.
    pub shown: Vec<Shown>,
    causes: BTreeMap<Code, u64>,
    inputs: Vec<PathBuf>,
    limit: Option<u64>,
    failures: Option<FailuresFile>,
    log: Option<Ui>,
}

/// One record that was not acknowledged, for people.
#[derive(Clone, Debug)]
pub struct Shown {
    /// `FILE:LINE`
    pub place: String,
    /// Why.
    pub cause: String,
    /// Bytes of key, value and headers.
    pub size: usize,
    /// Whether it may have been written all the same.
    pub may_be_written: bool,
}

impl Outcome {
    /// Nothing has happened yet. `limit` is the topic's `max.message.bytes`.
    #[must_use]
    pub fn new(
        inputs: Vec<PathBuf>,
        limit: Option<u64>,
        failures: Option<FailuresFile>,
        ui: &Ui,
    ) -> Self {
        Self {
            failed: 0,
            unknown: 0,
            shown: Vec::new(),
            causes: BTreeMap::new(),
            inputs,
            limit,
            failures,
            log: (ui.verbosity() >= Verbosity::Debug).then(|| ui.clone()),
        }
    }

    /// Records that were not acknowledged.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.failed + self.unknown
    }

    /// Where a place is, for messages.
    #[must_use]
    pub fn show(&self, place: Place) -> String {
        place.show(&self.inputs)
    }

    /// Whether what is lost is to be written down.
    #[must_use]
    pub fn keeps_failures(&self) -> bool {
        self.failures.is_some()
    }

    /// The exit code: of the worst cause when nothing came through.
    #[must_use]
    pub fn exit(&self, acknowledged: u64) -> Exit {
        if self.lost() == 0 {
            return Exit::Ok;
        }
        if acknowledged > 0 || self.unknown > 0 {
            return Exit::Partial;
        }
        if self.causes.keys().any(|code| code.is_access()) {
            Exit::Unreachable
        } else if self.causes.keys().any(|code| code.is_missing()) {
            Exit::NotFound
        } else {
            Exit::Partial
        }
    }

    /// Finishes the file of failures.
    ///
    /// # Errors
    /// It could not be written.
    pub fn finish(&mut self) -> Result<(), CaptureWriteError> {
        self.failures.take().map_or(Ok(()), FailuresFile::finish)
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

impl Reports for Outcome {
    fn undelivered(&mut self, undelivered: &Undelivered<'_>) {
        let place = Place::unpack(undelivered.tag);
        if undelivered.may_be_written {
            self.unknown += 1;
        } else {
            self.failed += 1;
        }
        *self.causes.entry(undelivered.code).or_default() += 1;
        let size = undelivered.record.size();
        if self.shown.len() < SHOWN {
            self.shown.push(Shown {
                place: self.show(place),
                cause: self.cause(undelivered, size),
                size,
                may_be_written: undelivered.may_be_written,
            });
        }
        if let Some(file) = &mut self.failures {
            let mut record = undelivered.record;
            record.topic = "";
            if !place.partition_given {
                record.partition = -1;
            }
            if !place.timestamp_given {
                record.timestamp = -1;
            }
            file.add(|line| record_json::write(line, &record));
        }
    }

    fn log(&mut self, log: &Log) {
        if let Some(ui) = &self.log {
            ui.detail(format_args!("librdkafka: {}: {}", log.facility, log.text));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{
        event::{HeaderBuf, Record, RecordBuf, TimestampType},
        ui::Color,
    };

    fn outcome(failures: Option<FailuresFile>) -> Outcome {
        let ui = Ui::new(Color::Never, true, Verbosity::Quiet, false);
        Outcome::new(vec![PathBuf::from("a.txt")], Some(100), failures, &ui)
    }

    fn lose(outcome: &mut Outcome, place: Place, code: i32, may_be_written: bool) {
        let mut headers = HeaderBuf::default();
        headers.push(b"h", None);
        outcome.undelivered(&Undelivered {
            tag: place.pack(),
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
        let mut outcome = outcome(Some(FailuresFile::create(&path).unwrap()));
        lose(&mut outcome, Place::line(0, 1), 44, false);
        let given = Place {
            partition_given: true,
            timestamp_given: true,
            ..Place::line(0, 2)
        };
        lose(&mut outcome, given, 44, false);
        assert!(!path.exists(), "it appears when it is complete");
        outcome.finish().unwrap();
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
        outcome(Some(FailuresFile::create(&path).unwrap()))
            .finish()
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
            let mut outcome = outcome(Some(FailuresFile::create(path).unwrap()));
            lose(&mut outcome, Place::line(0, 1), 44, false);
            outcome.finish().unwrap();
            assert_eq!(reader.join().unwrap().lines().count(), 1);
            assert!(fs::metadata(path).unwrap().file_type().is_fifo());
        }
        assert!(FailuresFile::create(folder.path()).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn the_exit_code_is_that_of_the_worst_cause_when_nothing_came_through() {
        let exit = |code, may_be_written, acknowledged| {
            let mut outcome = outcome(None);
            lose(&mut outcome, Place::line(0, 1), code, may_be_written);
            outcome.exit(acknowledged)
        };
        assert_eq!(outcome(None).exit(0), Exit::Ok);
        assert_eq!(exit(29, false, 0), Exit::Unreachable);
        assert_eq!(exit(29, false, 1), Exit::Partial);
        assert_eq!(exit(-192, true, 0), Exit::Partial);
        assert_eq!(exit(-190, false, 0), Exit::NotFound);
        assert_eq!(exit(10, false, 0), Exit::Partial);
    }

    #[test]
    fn a_record_that_is_too_large_is_named_with_line_size_and_limit() {
        let mut outcome = outcome(None);
        lose(&mut outcome, Place::line(0, 17), 10, false);
        let shown = &outcome.shown[0];
        assert_eq!(shown.place, "a.txt:17");
        assert!(
            shown.cause.ends_with(
                "the topic takes 100 (max.message.bytes), of which a batch adds about 70"
            )
        );
    }
}
