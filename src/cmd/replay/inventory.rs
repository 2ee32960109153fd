//! Which topics and partitions capture files hold records of.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    cmd::read::FileSelection,
    command::Context,
    event::Record,
    failure::Failure,
    files::capture::{CaptureReader, Truncated},
    pipeline::{Ended, Fault, Flow, Sink, drive},
    replay::{Placing, Route},
    select::Selection,
    ui::Bar,
};

/// What files hold, of what is selected.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    /// The cluster that they were captured from.
    pub(super) cluster: Option<String>,
    /// Each topic with as many partitions as have to be there: a file tells the highest one that
    /// holds a record, not how many there were.
    pub(super) topics: Vec<(Arc<str>, i32)>,
}

impl Inventory {
    /// Looks through the files.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub(super) fn take(
        context: &Context,
        (first, others): (&Path, &[PathBuf]),
        truncated: Truncated,
        selection: &Selection,
    ) -> Result<Self, Failure> {
        let mut reader = CaptureReader::open(first, others, truncated)?;
        let cluster = reader.header().and_then(|header| header.cluster_id.clone());
        let mut topics = Topics::default();
        let mut bar = Bar::new(&context.ui, "looking");
        let mut selected = FileSelection::new(selection, &mut topics)?;
        if drive(&mut reader, &mut selected, &mut bar, &context.cancel)? == Ended::Cancelled {
            return Err(super::stopped(context));
        }
        let count = |(topic, highest)| (topic, highest + 1);
        Ok(Self {
            cluster,
            topics: topics.0.into_iter().map(count).collect(),
        })
    }
}

/// Where the records of files go by default: partitions are kept where every topic's fit.
pub(super) fn usual(topics: &[(Arc<str>, i32)], routes: &[Route]) -> Placing {
    let room = routes.first().map_or(0, |route| route.partitions);
    let alike = routes.iter().all(|route| route.partitions == room);
    let fits = topics.iter().all(|(_, count)| (1..=room).contains(count));
    if alike && fits {
        Placing::Keep
    } else {
        Placing::Key
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
