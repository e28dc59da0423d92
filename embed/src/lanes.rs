//! On which thread is a text worked on?
//!
//! On one of as many as there are processors, each a pool of its own with one thread: the multiplier splits its work over the
//! pool that it finds itself in, and one short text split over all processors would cost more processor time in all, and stand
//! in line behind whatever else the process gives to rayon's common pool (an import, say).

use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The threads of a model.
pub(crate) struct Lanes(Vec<Lane>);

struct Lane {
    pool: ThreadPool,
    waiting: AtomicUsize,
}

impl Lanes {
    pub(crate) fn new() -> Result<Self, rayon::ThreadPoolBuildError> {
        let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        (0..count).map(Lane::new).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Runs `work` on the lane that has least to do. No lock is held meanwhile, so callers that are rayon workers themselves,
    /// and take up other work while they wait, cannot block each other.
    pub(crate) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let lane = self
            .0
            .iter()
            .min_by_key(|lane| lane.waiting.load(Ordering::Relaxed))
            .expect("there is one");
        lane.waiting.fetch_add(1, Ordering::Relaxed);
        let result = lane.pool.install(work);
        lane.waiting.fetch_sub(1, Ordering::Relaxed);
        result
    }

    /// Does `work` for each part, on all lanes at once; the results are in the order of the parts.
    pub(crate) fn run_all<P: Send + Sync, T: Send>(&self, parts: &[P], work: impl Fn(&P) -> T + Sync) -> Vec<T> {
        if let [part] = parts {
            return vec![self.run(|| work(part))];
        }
        let next = AtomicUsize::new(0);
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < parts.len());
        let worker = || {
            std::iter::from_fn(take)
                .map(|number| (number, self.run(|| work(&parts[number]))))
                .collect()
        };
        let mut results: Vec<(usize, T)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.count().min(parts.len()))
                .map(|_| scope.spawn(worker))
                .collect();
            workers
                .into_iter()
                .flat_map(|worker| -> Vec<_> { worker.join().expect("no work panics") })
                .collect()
        });
        results.sort_unstable_by_key(|(number, _)| *number);
        results.into_iter().map(|(_, result)| result).collect()
    }
}

impl Lane {
    fn new(number: usize) -> Result<Self, rayon::ThreadPoolBuildError> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(1)
            .thread_name(move |_| format!("embed-{number}"))
            .build()?;
        Ok(Self {
            pool,
            waiting: AtomicUsize::new(0),
        })
    }
}
