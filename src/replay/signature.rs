//! The signature of the run that owns the checkpoints of a replay, and what they say of earlier
//! runs.

use super::{Checkpoint, CheckpointOwner, Checkpoints};

/// The run that signed `checkpoints`: the first partition's carries the signature.
#[must_use]
pub fn signature(checkpoints: &Checkpoints) -> Option<&CheckpointOwner> {
    checkpoints.values().next()?.metadata.run.as_ref()
}

/// Adds the first partition of all `stored` checkpoints to the `news`, signed; nothing without an
/// owner.
pub fn sign(news: &mut Checkpoints, stored: &Checkpoints, owner: Option<&CheckpointOwner>) {
    if let (Some(owner), Some((at, first))) = (owner, stored.first_key_value()) {
        let entry = news.entry(at.clone());
        let first = entry.or_insert_with(|| first.clone());
        first.metadata.run = Some(owner.clone());
    }
}

/// Records that `checkpoints` count as written.
#[must_use]
pub fn records_written(checkpoints: &Checkpoints) -> u64 {
    checkpoints.values().map(|one| one.metadata.sent).sum()
}

/// The sum of the targets' end offsets at the checkpoint beyond which records were written again.
/// Members of `--share` store checkpoints of their own partitions only: of those that were lost, the
/// earliest counts. `None` when no checkpoint tells.
#[must_use]
pub fn ends_at_checkpoint(checkpoints: &Checkpoints) -> Option<i64> {
    let lost = checkpoints.values().filter(|one| is_unfinished(one));
    let lost = lost.filter_map(|one| one.metadata.ends).min();
    lost.or_else(|| {
        checkpoints
            .values()
            .filter_map(|one| one.metadata.ends)
            .max()
    })
}

/// Whether a member of `--share` still held the partition, before its end.
#[must_use]
pub fn is_unfinished(checkpoint: &Checkpoint) -> bool {
    checkpoint.metadata.held && checkpoint.next < checkpoint.metadata.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{event::TopicPartition, replay::CheckpointMetadata};

    fn owner(nonce: u32) -> CheckpointOwner {
        CheckpointOwner {
            host: "a".to_owned(),
            pid: 1,
            begun: 1_767_261_600_000,
            nonce,
            after: 7,
            unkept: None,
        }
    }

    fn checkpoints(partitions: &[i32], next: i64) -> Checkpoints {
        let checkpoint = Checkpoint {
            next,
            metadata: CheckpointMetadata {
                replay: "h".to_owned(),
                start: 0,
                end: 9,
                from_ms: None,
                to_ms: None,
                begun: 0,
                base_ms: 0,
                sent: 3,
                failed: 0,
                ends: Some(1),
                run: None,
                held: false,
                source_id: None,
                target_id: None,
            },
        };
        let each = partitions.iter();
        each.map(|number| (TopicPartition::new("t", *number), checkpoint.clone()))
            .collect()
    }

    #[test]
    fn each_checkpoint_signs_the_first_partition_whether_it_has_moved_or_not() {
        let stored = checkpoints(&[0, 1, 2], 4);
        for (moved, expected) in [(&[0, 1][..], 5), (&[1, 2], 4), (&[], 4)] {
            let mut news = checkpoints(moved, 5);
            sign(&mut news, &stored, Some(&owner(1)));
            assert_eq!(signature(&news), Some(&owner(1)), "{moved:?}");
            assert_eq!(news.values().next().unwrap().next, expected, "{moved:?}");
        }
        let mut news = checkpoints(&[1], 5);
        sign(&mut news, &stored, None);
        assert_eq!((news.len(), signature(&news)), (1, None));
        assert_eq!(records_written(&stored), 9);
    }

    #[test]
    fn what_a_lost_member_wrote_is_counted_from_the_first_checkpoint_of_its_partitions() {
        for (held, next, expected) in [
            (&[0, 1][..], 4, 10),
            (&[1], 4, 20),
            (&[], 4, 30),
            // At its end nothing is written again.
            (&[0, 1], 9, 30),
        ] {
            let mut stored = checkpoints(&[0, 1, 2], next);
            for ((at, one), ends) in stored.iter_mut().zip([10, 20, 30]) {
                one.metadata.ends = Some(ends);
                one.metadata.held = held.contains(&at.partition);
            }
            assert_eq!(
                ends_at_checkpoint(&stored),
                Some(expected),
                "{held:?} {next}"
            );
        }
    }

    #[test]
    fn runs_of_one_moment_are_told_apart_and_named() {
        assert!(!owner(1).is(&owner(2)));
        let named = "process 1 on host \"a\", begun 2026-01-01T10:00:00.000Z";
        assert_eq!(owner(1).to_string(), named);
    }
}
