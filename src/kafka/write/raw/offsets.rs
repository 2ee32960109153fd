//! Lists of offsets with all that a commit has, as librdkafka takes them. The safe interface knows
//! no leader epochs.

use std::collections::BTreeMap;

use rdkafka::{Offset, TopicPartitionList, bindings as sys};

use crate::event::{Commit, TopicPartition};

/// librdkafka's list of `offsets`. One below 0 is no offset of a record: such a place is left out.
#[must_use]
pub fn list(offsets: &BTreeMap<TopicPartition, Commit>) -> TopicPartitionList {
    let mut list = TopicPartitionList::with_capacity(offsets.len());
    for (at, commit) in offsets {
        if commit.offset < 0 || at.topic.contains('\0') {
            continue;
        }
        let mut element = list.add_partition(&at.topic, at.partition);
        let _ = element.set_offset(Offset::Offset(commit.offset));
        if !commit.metadata.is_empty() {
            element.set_metadata(&commit.metadata);
        }
        if let (Some(epoch), Some(last)) = (commit.leader_epoch, list.count().checked_sub(1)) {
            // SAFETY: the list is alive, and has an element with this index.
            let element = unsafe { nth(&list, last) };
            // SAFETY: as above; nobody else refers to it now.
            unsafe { sys::rd_kafka_topic_partition_set_leader_epoch(element, epoch) };
        }
    }
    list
}

/// # Safety
/// `list` has an element with this index.
unsafe fn nth(list: &TopicPartitionList, index: usize) -> *mut sys::rd_kafka_topic_partition_t {
    // SAFETY: a list that is borrowed is alive.
    let elements = unsafe { (*list.ptr()).elems };
    // SAFETY: the caller's promise.
    unsafe { elements.add(index) }
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::{super::event::bytes, *};

    /// What `list` says of each partition: what was committed, `None` for nothing.
    ///
    /// # Errors
    /// The first partition's code that is not 0.
    fn commits(list: &TopicPartitionList) -> Result<Vec<(TopicPartition, Option<Commit>)>, i32> {
        (0..list.count())
            .map(|index| {
                // SAFETY: the list is alive, and has an element with this index.
                let element = unsafe { nth(list, index) };
                // SAFETY: the element is alive as long as the list is borrowed.
                unsafe { commit(element) }
            })
            .collect()
    }

    /// # Safety
    /// `element` is alive, and nobody writes to it.
    unsafe fn commit(
        element: *mut sys::rd_kafka_topic_partition_t,
    ) -> Result<(TopicPartition, Option<Commit>), i32> {
        // SAFETY: the element is alive; only an address is taken.
        let code = unsafe { &raw const (*element).err };
        // SAFETY: a C enum is an int, initialised by librdkafka; as an int any value is valid.
        match unsafe { code.cast::<i32>().read() } {
            0 => {}
            code => return Err(code),
        }
        // SAFETY: the element is alive.
        let topic = unsafe { (*element).topic };
        // SAFETY: as above.
        let partition = unsafe { (*element).partition };
        // SAFETY: a C string that lives as long as the element.
        let topic = unsafe { CStr::from_ptr(topic) }.to_string_lossy();
        let at = TopicPartition::new(topic.as_ref(), partition);
        // SAFETY: as above.
        let offset = unsafe { (*element).offset };
        if offset < 0 {
            return Ok((at, None));
        }
        // SAFETY: as above.
        let epoch = unsafe { sys::rd_kafka_topic_partition_get_leader_epoch(element) };
        // SAFETY: as above.
        let metadata = unsafe { (*element).metadata };
        // SAFETY: as above.
        let length = unsafe { (*element).metadata_size };
        // SAFETY: the element owns `length` bytes at `metadata`, or it is null.
        let metadata = unsafe { bytes(metadata, length) }.unwrap_or_default();
        let commit = Commit {
            offset,
            leader_epoch: (epoch >= 0).then_some(epoch),
            metadata: String::from_utf8_lossy(metadata).into_owned(),
        };
        Ok((at, Some(commit)))
    }

    #[test]
    fn a_commit_keeps_all_it_has() {
        let commit = |offset, leader_epoch, metadata: &str| Commit {
            offset,
            leader_epoch,
            metadata: metadata.to_owned(),
        };
        let offsets = BTreeMap::from([
            (TopicPartition::new("a", 0), commit(7, Some(3), "{\"ä\":1}")),
            (TopicPartition::new("a", 2), commit(0, None, "")),
            (TopicPartition::new("b", 1), commit(-1, None, "no offset")),
        ]);
        let list = list(&offsets);
        let back: Vec<_> = commits(&list).unwrap();
        let expected: Vec<_> = offsets
            .into_iter()
            .filter(|(_, commit)| commit.offset >= 0)
            .map(|(at, commit)| (at, Some(commit)))
            .collect();
        assert_eq!(back, expected);
    }
}
