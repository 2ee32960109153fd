//! The order of groups and partitions in a result, and what one row is.

use super::GroupLag;

/// What one row of a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LagRow {
    /// A group.
    Group,
    /// A topic of a group.
    Topic,
    /// A partition of a group.
    Partition,
    /// A member of a group.
    Member,
}

/// The order of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LagOrder {
    /// By group, topic and partition.
    #[default]
    Name,
    /// The largest lag first.
    Lag,
    /// The largest time lag first.
    Time,
    /// The latest end first; never comes before all.
    Eta,
}

/// Sorts groups and their partitions, and leaves out what is no problem (`problems`) or comes after the
/// first `top` rows.
pub fn arrange(
    groups: &mut Vec<GroupLag>,
    row: LagRow,
    order: LagOrder,
    top: Option<usize>,
    problems: bool,
) {
    if problems {
        groups.retain(|group| group.status.is_problem());
        for group in groups.iter_mut() {
            (group.partitions).retain(|partition| partition.status.is_problem());
        }
    }
    let largest_first = |a: Option<f64>, b: Option<f64>| {
        let key = |number: Option<f64>| number.unwrap_or(f64::NEG_INFINITY);
        key(b).total_cmp(&key(a))
    };
    #[expect(clippy::cast_precision_loss, reason = "an order of rows")]
    let number = |number: Option<i64>| number.map(|number| number as f64);
    let never =
        |eta: Option<f64>, done: bool| Some(if done { -1.0 } else { eta.unwrap_or(f64::MAX) });
    groups.sort_by(|a, b| match order {
        LagOrder::Lag => largest_first(number(a.lag), number(b.lag)),
        LagOrder::Time => largest_first(number(a.time_lag_ms), number(b.time_lag_ms)),
        LagOrder::Eta => largest_first(
            never(a.eta_s, a.lag == Some(0)),
            never(b.eta_s, b.lag == Some(0)),
        ),
        LagOrder::Name => a.group.cmp(&b.group),
    });
    for group in groups.iter_mut() {
        group.partitions.sort_by(|a, b| match order {
            LagOrder::Lag => largest_first(number(a.lag), number(b.lag)),
            LagOrder::Time => largest_first(number(a.time_lag_ms), number(b.time_lag_ms)),
            LagOrder::Eta => largest_first(
                never(a.eta_s, a.lag == Some(0)),
                never(b.eta_s, b.lag == Some(0)),
            ),
            LagOrder::Name => (&a.topic, a.partition).cmp(&(&b.topic, b.partition)),
        });
        if let (LagRow::Partition, Some(top)) = (row, top) {
            group.partitions.truncate(top);
        }
    }
    if let (LagRow::Group, Some(top)) = (row, top) {
        groups.truncate(top);
    }
}
