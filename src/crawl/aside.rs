//! Work that takes milliseconds of a processor, such as taking a page apart, comes in; what it came to goes out.
//!
//! It is done off the async threads, in which other hosts' answers would wait, and in as many threads as there are processors:
//! more at once end no earlier, and each thread that ever took a page apart keeps the room that it took.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use tokio::sync::oneshot;

/// Does such work. It panics as the work does. The work waits for nothing and nobody: a thread that waits for its own share of
/// something else may be given it meanwhile.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, waiting) = oneshot::channel();
    rayon::spawn(move || {
        // Nothing of the work is seen after its panic but the panic. Whoever went away takes nothing.
        let _gone = done.send(catch_unwind(AssertUnwindSafe(work)));
    });
    let done = waiting.await.expect("what was done is sent, whatever came of it");
    done.unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use std::{
        num::NonZero,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        thread::available_parallelism,
        time::Duration,
    };

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn no_more_at_once_than_there_are_processors() {
        let most = available_parallelism().map_or(1, NonZero::get);
        let (now, peak) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = |number| {
            let (now, peak) = (now.clone(), peak.clone());
            aside(move || {
                peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                now.fetch_sub(1, Ordering::SeqCst);
                number
            })
        };
        let done = join_all((0..4 * most).map(work)).await;
        assert_eq!(done, (0..4 * most).collect::<Vec<_>>());
        assert!(peak.load(Ordering::SeqCst) <= most);
    }

    #[tokio::test]
    async fn a_panic_is_the_callers_and_nobody_elses() {
        for _ in 0..2 * available_parallelism().map_or(1, NonZero::get) {
            let work = tokio::spawn(aside(|| panic!("as wanted")));
            assert!(work.await.is_err_and(|stopped| stopped.is_panic()));
        }
        assert_eq!(aside(|| 7).await, 7);
    }
}
