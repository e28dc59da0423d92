//! Which of the claims that were founded say what others say, in other words? Claims come in; those that do are merged.
//!
//! Copies and near-copies join when they are read, by what the store knows. Other words need the index, which is behind while
//! pages are read: asked then, it would join or not by who was faster, and a crawl that was killed and run again would come
//! to other claims than one that was not. So it is asked afterwards, once it has caught up, for all that was founded meanwhile.

use std::time::{Duration, Instant};

use claim_index::{ClaimIndex, Query};
use rayon::prelude::*;
use tokio::{task::spawn_blocking, time::sleep};

use super::{Error, Follower, POLL, Place, SharedIndex};
use crate::{
    domain::{Actor, Claim, ClaimId, Reason},
    store::{self, Added, Store, Union},
};

/// Changes looked through at once.
const CHANGES_PER_LOOK: u32 = 20_000;

/// How long to wait for whoever holds the index's writer.
const PATIENCE: Duration = Duration::from_secs(30);

impl Follower {
    /// Joins the claims founded since this was last done with those that surely say the same, and brings the index up to
    /// date, before and after. Gives how many were joined.
    pub async fn join_founded(&self) -> Result<u64, Error> {
        self.catch_up_with_vectors().await?;
        let joined = join(&self.store, &self.index).await?;
        if joined > 0 {
            self.catch_up_with_vectors().await?;
        }
        Ok(joined)
    }
}

/// The same while another process holds the index's writer, if that keeps up; else the next crawl does it.
pub(super) async fn join_beside_writer(store: &Store, place: &Place) -> Result<u64, Error> {
    let index = SharedIndex::open_read_only(place)?;
    let (wanted, begun) = (store.last_change().await?, Instant::now());
    while index.position() < wanted {
        if begun.elapsed() > PATIENCE {
            tracing::warn!("the index is behind; the next crawl looks for claims that say the same");
            return Ok(0);
        }
        sleep(POLL).await;
        index.current().reload()?;
    }
    join(store, &index).await
}

/// Which other claim says what this one says, as far as the index has come.
pub fn same_as(index: &ClaimIndex, claim: &Claim) -> Result<Option<ClaimId>, claim_index::Error> {
    let query = Query {
        text: claim.text.as_str().to_owned(),
        lang: Some(claim.lang),
        limit: 1,
    };
    let other = index.same_but(&query, &claim.id.to_string())?;
    Ok(other.and_then(|id| id.parse().ok()))
}

async fn join(store: &Store, index: &SharedIndex) -> Result<u64, Error> {
    let mut joined = 0;
    loop {
        let founded = store.unjoined(CHANGES_PER_LOOK).await?;
        joined += merge(store, pairs(index.current(), founded.claims).await?).await?;
        if founded.up_to >= store.last_change().await? {
            store.joined(founded.up_to).await?;
            return Ok(joined);
        }
        store.joined(founded.up_to).await?;
    }
}

/// Looked for on all cores in one state of the index, so that their order does not matter.
async fn pairs(index: ClaimIndex, claims: Vec<Claim>) -> Result<Vec<(ClaimId, ClaimId)>, Error> {
    let pair = move |claim: &Claim| Ok(same_as(&index, claim)?.map(|other| (claim.id, other)));
    let look = move || {
        let found = claims
            .par_iter()
            .map(pair)
            .collect::<Result<Vec<_>, claim_index::Error>>();
        found.map(|pairs| pairs.into_iter().flatten().collect())
    };
    Ok(spawn_blocking(look).await??)
}

/// Merges of each pair the first into the second, or the other way round: only what was founded by reading or by a report goes. So a new
/// fact-check's claim takes in what was seen of it before. A reviewer or an earlier pair may have brought them together, or
/// one of them elsewhere, meanwhile.
async fn merge(store: &Store, pairs: Vec<(ClaimId, ClaimId)>) -> Result<u64, Error> {
    let reason = Reason::parse("the index finds that both say the same").expect("words");
    let ids: Vec<ClaimId> = pairs.iter().flat_map(|(claim, other)| [*claim, *other]).collect();
    let untouched = store.untouched(&ids).await?;
    let goes = |(claim, other)| match (untouched.contains(&claim), untouched.contains(&other)) {
        (true, _) => Some((claim, other)),
        (false, true) => Some((other, claim)),
        (false, false) => None,
    };
    let mut merged = 0;
    for (claim, other) in pairs.into_iter().filter_map(goes) {
        let union = Union {
            claim: &claim,
            survivor: &other,
            reason: &reason,
        };
        match store.join(union, &Actor::Crawl).await {
            Ok(done) => merged += u64::from(matches!(done, Added::New(_))),
            Err(store::Error::SameClaim | store::Error::Merged(_) | store::Error::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(merged)
}
