//! What concerns partitions, grouped by topic as requests carry it.

/// Groups items by their topic. Items of one topic must stand together: a topic that comes back later
/// is a second group, which brokers understand, too.
pub(super) fn by_topic<K: PartialEq, T>(
    items: impl IntoIterator<Item = (K, T)>,
) -> impl Iterator<Item = (K, Vec<T>)> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    for (topic, item) in items {
        match groups.last_mut() {
            Some((last, items)) if *last == topic => items.push(item),
            _ => groups.push((topic, vec![item])),
        }
    }
    groups.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_one_topic_share_a_group() {
        let grouped: Vec<_> = by_topic([("a", 0), ("a", 1), ("b", 0)]).collect();
        assert_eq!(grouped, [("a", vec![0, 1]), ("b", vec![0])]);
        assert_eq!(by_topic(std::iter::empty::<(&str, i32)>()).count(), 0);
    }
}
