//! Pairs of the two sides of a graph, as many as there can be (`MaximumCardinalityMatch`).

/// For each vertex of the first side the one of the second side that it is paired with. `edges`
/// lists for each vertex of the first side those it may be paired with, in order of preference.
pub fn pairs(edges: &[Vec<usize>], second: usize) -> Vec<Option<usize>> {
    let mut first_of = vec![None; second];
    let mut second_of = vec![None; edges.len()];
    // Whoever finds somebody free takes them; after that, pairs are rearranged.
    for (vertex, others) in edges.iter().enumerate() {
        if let Some(other) = others.iter().find(|other| first_of[**other].is_none()) {
            first_of[*other] = Some(vertex);
            second_of[vertex] = Some(*other);
        }
    }
    let mut dead_ends = vec![false; second];
    for vertex in 0..edges.len() {
        if second_of[vertex].is_none() {
            rearrange(edges, vertex, &mut first_of, &mut second_of, &mut dead_ends);
        }
    }
    second_of
}

/// Looks for a row of pairs which, rearranged, leaves somebody for `start`, breadth first. Those that
/// were looked at in vain are `dead_ends`: no later row leads through them.
fn rearrange(
    edges: &[Vec<usize>],
    start: usize,
    first_of: &mut [Option<usize>],
    second_of: &mut [Option<usize>],
    dead_ends: &mut Vec<bool>,
) {
    let mut came_from = vec![None; first_of.len()];
    let mut seen = dead_ends.clone();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(vertex) = queue.pop_front() {
        for other in &edges[vertex] {
            if std::mem::replace(&mut seen[*other], true) {
                continue;
            }
            came_from[*other] = Some(vertex);
            if let Some(taken) = first_of[*other] {
                queue.push_back(taken);
                continue;
            }
            let mut free = Some(*other);
            while let Some(other) = free {
                let Some(vertex) = came_from[other] else {
                    return;
                };
                free = second_of[vertex].replace(other);
                first_of[other] = Some(vertex);
            }
            return;
        }
    }
    *dead_ends = seen;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_rearranged_so_that_everybody_has_one() {
        let edges = vec![vec![0, 1], vec![0], vec![1, 2]];
        assert_eq!(pairs(&edges, 3), [Some(1), Some(0), Some(2)]);
        let edges = vec![vec![0], vec![0], vec![]];
        assert_eq!(pairs(&edges, 1), [Some(0), None, None]);
    }
}
