//! Which topics and partitions capture files hold records of.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    event::Record,
    files::capture::CaptureReader,
    pipeline::{Cancel, Ended, Fault, FileSelection, Flow, Sink, Watch, drive},
    select::FileRange,
};

/// What files hold, of what is selected.
#[derive(Debug, Default)]
pub struct FileInventory {
    /// The cluster that they were captured from.
    pub cluster: Option<String>,
    /// Each topic with as many partitions as have to be there: a file tells the highest one that
    /// holds a record, not how many there were.
    pub topics: Vec<(Arc<str>, i32)>,
}

impl FileInventory {
    /// Reads the files to their end; `None` when `cancel` is raised before.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn take(
        mut reader: CaptureReader,
        range: FileRange,
        watch: &mut dyn Watch,
        cancel: &Cancel,
    ) -> Result<Option<Self>, Fault> {
        let cluster = reader.header().and_then(|header| header.cluster_id.clone());
        let mut topics = Topics::default();
        let mut selected = FileSelection::of(range, &mut topics);
        if drive(&mut reader, &mut selected, watch, cancel)? == Ended::Cancelled {
            return Ok(None);
        }
        let count = |(topic, highest)| (topic, highest + 1);
        Ok(Some(Self {
            cluster,
            topics: topics.0.into_iter().map(count).collect(),
        }))
    }
}

/// The highest partition of each topic.
#[derive(Default)]
struct Topics(BTreeMap<Arc<str>, i32>);

impl Sink for Topics {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        match self.0.get_mut(record.topic) {
            Some(highest) => *highest = (*highest).max(record.partition),
            None => drop(self.0.insert(record.topic.into(), record.partition)),
        }
        Ok(Flow::Continue)
    }
}
