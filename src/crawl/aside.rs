//! Work that takes milliseconds of a processor, such as taking a page apart, comes in; what it came to goes out.
//!
//! It is done off the async threads, in which other hosts' answers would wait, and as many at once as there are processors: more
//! at once end no earlier, and each has its page's tree and its thread's heap in memory.

use std::{num::NonZero, panic::resume_unwind, sync::LazyLock, thread::available_parallelism};

use tokio::{sync::Semaphore, task::spawn_blocking};

/// A place for each processor, for all runs of this process.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, NonZero::get)));

/// Does such work. It panics as the work does.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let place = PLACES.acquire().await.expect("the semaphore is never closed");
    // The work goes on when the caller goes away: its place is free only afterwards.
    let done = spawn_blocking(move || {
        let done = work();
        drop(place);
        done
    });
    done.await.unwrap_or_else(|stopped| resume_unwind(stopped.into_panic()))
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
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
    async fn a_panic_frees_its_place() {
        for _ in 0..2 * available_parallelism().map_or(1, NonZero::get) {
            let work = tokio::spawn(aside(|| panic!("as wanted")));
            assert!(work.await.is_err_and(|stopped| stopped.is_panic()));
        }
        assert_eq!(aside(|| 7).await, 7);
    }
}
