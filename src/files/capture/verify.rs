//! Is a capture file whole, unchanged and in order?

use std::{collections::HashMap, path::Path, sync::Arc};

use super::{CaptureError, CaptureHeader, file::CaptureFile};
use crate::{event::RecordBuf, pipeline::Gap};

/// How many places out of order are listed.
const PLACES: usize = 10;

/// What [`verify`] found.
#[derive(Debug)]
pub struct VerifyReport {
    /// The file's name.
    pub name: String,
    /// Its header; `None` for plain NDJSON, which has neither checksum nor last line.
    pub header: Option<CaptureHeader>,
    /// Records that were read.
    pub records: u64,
    /// The checksum, in hex; `None` when the last line was not reached or does not fit.
    pub sha256: Option<String>,
    /// Whether the capture was interrupted and says so.
    pub interrupted: bool,
    /// Whether another part of the split capture follows this one.
    pub more: bool,
    /// What the capture says it could not read.
    pub gaps: Vec<Gap>,
    /// Records whose offset does not follow the one before it in their partition.
    pub out_of_order: u64,
    /// The first ten of them.
    pub places: Vec<OutOfOrder>,
    /// What ended the reading before the end.
    pub error: Option<CaptureError>,
}

/// A record whose offset is not above the one before it in its partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfOrder {
    /// The line it stands on.
    pub line: u64,
    /// Its topic.
    pub topic: Arc<str>,
    /// Its partition.
    pub partition: i32,
    /// The offset of the one before it.
    pub before: i64,
    /// Its own offset.
    pub offset: i64,
}

#[cfg(test)]
impl VerifyReport {
    /// Whether the file is what its writer left: read to its end, unchanged and in order. A
    /// capture that was interrupted is sound, it only holds less.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.error.is_none() && self.out_of_order == 0
    }
}

/// Reads the whole file at `path`; `-` is stdin.
///
/// # Errors
/// It cannot be opened, or has the header of another version. What is wrong behind that is part
/// of the report.
pub fn verify(path: &Path) -> Result<VerifyReport, CaptureError> {
    let mut file = CaptureFile::open(path)?;
    let mut report = VerifyReport {
        name: file.name(),
        header: file.header().cloned(),
        records: 0,
        sha256: None,
        interrupted: false,
        more: false,
        gaps: Vec::new(),
        out_of_order: 0,
        places: Vec::new(),
        error: None,
    };
    let mut record = RecordBuf::default();
    let mut offsets = Offsets::default();
    loop {
        match file.next(&mut record) {
            Ok(Some(line)) => report.note(offsets.out_of_order(&record, line)),
            Ok(None) => {
                if file.header().is_none() && file.records() == 0 {
                    report.error = Some(CaptureError::Empty(file.name()));
                }
                break;
            }
            Err(error) => {
                report.error = Some(error);
                break;
            }
        }
    }
    report.records = file.records();
    if let Some(last) = file.last() {
        report.sha256 = Some(last.sha256.clone());
        report.interrupted = last.truncated;
        report.more = last.more;
        report.gaps = last.gaps().collect();
    }
    Ok(report)
}

impl VerifyReport {
    fn note(&mut self, place: Option<OutOfOrder>) {
        let Some(place) = place else { return };
        self.out_of_order += 1;
        if self.places.len() < PLACES {
            self.places.push(place);
        }
    }
}

/// The last offset of each partition.
#[derive(Default)]
struct Offsets(HashMap<(Arc<str>, i32), i64>);

impl Offsets {
    fn out_of_order(&mut self, record: &RecordBuf, line: u64) -> Option<OutOfOrder> {
        if record.offset == -1 {
            return None;
        }
        let partition = (Arc::clone(&record.topic), record.partition);
        let before = self.0.insert(partition, record.offset)?;
        (before >= record.offset).then(|| OutOfOrder {
            line,
            topic: Arc::clone(&record.topic),
            partition: record.partition,
            before,
            offset: record.offset,
        })
    }
}
