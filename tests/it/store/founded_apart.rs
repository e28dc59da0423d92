//! Claims that were founded apart and say the same in other words.

use klarstelle::{
    domain::ClaimId,
    indexer::{Follower, SharedIndex},
    store::{ImportBatch, Union},
};

use super::*;
use crate::support::databases;

const RUMOUR: &str = "The council of Wexmere pays every asylum seeker a bonus of 2,500 pounds in cash";

/// Founds a claim of its own, as if the store could not tell that it is a near-copy.
async fn found(store: &Store, number: u32, quote: &str) {
    let mut apart = placed(quote);
    (apart.near, apart.bands) = (None, None);
    let document = page(&format!("https://posts.example/{number}"), quote);
    store
        .record(&document, &now(), &[apart], &Actor::Crawl)
        .await
        .expect("recorded");
}

async fn texts(store: &Store) -> Vec<String> {
    let ids = store.claim_ids(None, 10).await.expect("claims");
    let found = store.summaries(&ids).await.expect("summaries");
    let mut texts: Vec<String> = found.iter().map(|one| one.claim.text.as_str().to_owned()).collect();
    texts.sort();
    texts
}

#[tokio::test(flavor = "multi_thread")]
async fn what_says_the_same_is_joined_once_the_index_has_caught_up() {
    for db in databases().await {
        let store = db.open().await;
        let follower = Follower::new(store.clone(), SharedIndex::in_memory().expect("an index")).expect("free");
        let shout = format!("{}!!!", RUMOUR.to_uppercase());
        let other = RUMOUR.replace("2,500", "25,000");
        for (number, quote) in [RUMOUR, &shout, &other].into_iter().enumerate() {
            found(&store, number as u32, quote).await;
        }
        assert_eq!(follower.join_founded().await.expect("joined"), 1);
        assert_eq!(texts(&store).await, [RUMOUR, &other], "the better wording stays");
        assert_eq!(follower.join_founded().await.expect("joined"), 0);

        // A claim founded later joins those of before.
        found(&store, 9, &shout.replace("!!!", "!!!!! 😡")).await;
        assert_eq!(follower.join_founded().await.expect("joined"), 1);
        assert_eq!(texts(&store).await, [RUMOUR, &other]);
        assert_eq!(store.check().await.expect("checked"), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reviewer_has_parted_is_not_joined_again() {
    for db in databases().await {
        let store = db.open().await;
        let index = SharedIndex::in_memory().expect("an index");
        let follower = Follower::new(store.clone(), index).expect("free");
        found(&store, 1, RUMOUR).await;
        found(&store, 2, &format!("{}!!!", RUMOUR.to_uppercase())).await;
        let ids: Vec<ClaimId> = store.claim_ids(None, 2).await.expect("claims");
        let reason = reason("one of them is satire");
        let union = Union {
            claim: &ids[0],
            survivor: &ids[1],
            reason: &reason,
        };
        store.merge(union, &Actor::Operator).await.expect("merged");
        store.split(union, &Actor::Operator).await.expect("split");
        assert_eq!(follower.join_founded().await.expect("nothing"), 0);
        assert_eq!(store.claim_ids(None, 10).await.expect("claims").len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_check_takes_in_what_was_seen_before() {
    for db in databases().await {
        let store = db.open().await;
        let follower = Follower::new(store.clone(), SharedIndex::in_memory().expect("an index")).expect("free");
        found(&store, 1, &format!("{}!!!", RUMOUR.to_uppercase())).await;
        assert_eq!(follower.join_founded().await.expect("nothing"), 0);
        let batch = ImportBatch::new(vec![external(1, RUMOUR)]);
        store.import(&batch, &Actor::Import).await.expect("imported");
        assert_eq!(follower.join_founded().await.expect("joined"), 1);
        let ids = store.claim_ids(None, 10).await.expect("claims");
        let [one] = &store.summaries(&ids).await.expect("one")[..] else {
            panic!("{ids:?}")
        };
        assert_eq!((one.claim.sightings, one.fact_checks), (1, 1));
        assert_eq!(one.claim.text.as_str(), RUMOUR);
    }
}
