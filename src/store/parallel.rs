//! Comes in: many values and some thinking about each. Goes out: the results, thought out on all cores.

use std::{num::NonZero, thread};

/// Fewer values are done sooner than threads are started.
const WORTH_IT: usize = 64;

/// Applies a function to each value, in order.
pub(super) fn map<'a, T: Sync, R: Send>(values: &'a [T], think: impl Fn(&'a T) -> R + Sync) -> Vec<R> {
    if values.len() < WORTH_IT {
        return values.iter().map(think).collect();
    }
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = |part: &'a [T]| part.iter().map(&think).collect::<Vec<R>>();
    thread::scope(|scope| {
        let parts = values.chunks(values.len().div_ceil(cores));
        let running: Vec<_> = parts.map(|part| scope.spawn(move || share(part))).collect();
        running
            .into_iter()
            .flat_map(|part| part.join().expect("no panic in it"))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_keep_their_order() {
        for length in [0, 1, 63, 64, 65, 1_000] {
            let values: Vec<u32> = (0..length).collect();
            let doubled: Vec<u32> = values.iter().map(|value| value * 2).collect();
            assert_eq!(super::map(&values, |value| value * 2), doubled);
        }
    }
}
