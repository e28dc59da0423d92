//! Work on the store comes in; beside it, or after it, the index is brought up to date by whoever holds its writer.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::{Error, Follower, Place, SharedIndex, joining::join_beside_writer};
use crate::store::Store;

/// How often the index is brought up to date beside the work: each commit is a segment more that every question looks through,
/// and nobody asks meanwhile.
const BESIDE: Duration = Duration::from_secs(1);

/// Brings the index in a directory up to date, unless somebody else holds its writer.
///
/// Gives the change number reached, or `None` if the writer is held: then its holder follows the change log anyway.
pub async fn catch_up_if_free(store: &Store, place: &Place) -> Result<Option<u64>, Error> {
    match follower_if_free(store, place)? {
        Some(follower) => follower.catch_up_with_vectors().await.map(Some),
        None => Ok(None),
    }
}

fn follower_if_free(store: &Store, place: &Place) -> Result<Option<Follower>, Error> {
    match SharedIndex::open(place).and_then(|index| Follower::new(store.clone(), index)) {
        Ok(follower) => Ok(Some(follower)),
        Err(Error::Index(claim_index::Error::Busy)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Does some work on the store, and brings the index up to date beside it, so that both take hardly longer than one. If
/// somebody else holds the index's writer, its holder follows the change log anyway.
pub async fn beside<T>(store: &Store, place: &Place, work: impl Future<Output = T>) -> (T, Result<(), Error>) {
    match follower_if_free(store, place) {
        Ok(follower) => {
            let (done, indexed) = accompanied(follower, work).await;
            (done, indexed.map(drop))
        }
        Err(error) => (work.await, Err(error)),
    }
}

/// Does the same with work that founds claims, and then [joins](Follower::join_founded) those that say what others say;
/// gives how many did.
pub async fn beside_founding<T>(
    store: &Store,
    place: &Place,
    work: impl Future<Output = T>,
) -> (T, Result<u64, Error>) {
    let follower = match follower_if_free(store, place) {
        Ok(follower) => follower,
        Err(error) => return (work.await, Err(error)),
    };
    let (done, indexed) = accompanied(follower, work).await;
    let joined = match indexed {
        Ok(Some(follower)) => follower.join_founded().await,
        Ok(None) => join_beside_writer(store, place).await,
        Err(error) => Err(error),
    };
    (done, joined)
}

/// Gives the follower back, if there is one.
async fn accompanied<T>(
    follower: Option<Follower>,
    work: impl Future<Output = T>,
) -> (T, Result<Option<Follower>, Error>) {
    let Some(follower) = follower else {
        return (work.await, Ok(None));
    };
    let (stop, stopped) = watch::channel(false);
    let following = tokio::spawn(catch_up_until(stopped, follower));
    let done = work.await;
    stop.send_replace(true);
    let indexed = following.await.unwrap_or_else(|panicked| Err(panicked.into()));
    (done, indexed.map(Some))
}

async fn catch_up_until(mut stop: watch::Receiver<bool>, follower: Follower) -> Result<Follower, Error> {
    loop {
        let (is_last_round, begun) = (*stop.borrow(), Instant::now());
        follower.catch_up().await?;
        if is_last_round {
            follower.catch_up_with_vectors().await?;
            return Ok(follower);
        }
        // Where keeping up takes long, it is done in fewer and larger steps.
        let pause = BESIDE.max(begun.elapsed());
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}
