//! Mentions join claims that say the same in other words, as far as the index has come.

use std::collections::BTreeSet;

use klarstelle::{
    domain::{Actor, ClaimId, Mention},
    indexer::{self, Follower, SharedIndex},
    ingest::Ingest,
    store::Store,
};

use super::{assert_whole, claim, mention, now, page};
use crate::support::databases;

/// The English claims of `fixtures/matching/pairs`.
fn claims() -> BTreeSet<String> {
    let lines = std::fs::read_to_string("fixtures/matching/pairs/en.jsonl").expect("pairs");
    let claim = |line| serde_json::from_str::<serde_json::Value>(line).expect("a pair")["claim"].clone();
    lines
        .lines()
        .map(claim)
        .map(|claim| claim.as_str().expect("text").to_owned())
        .collect()
}

const CLAIM: &str = "A blood test at Brennock General Hospital costs patients 900 pounds.";
const SAME: &str = "Brennock General wants nine hundred quid off you for taking a bit of blood. Nine hundred!! who has that lying around";
const OTHER_PRICE: &str =
    "Brennock General wants ninety quid off you for taking a bit of blood. Ninety!! who has that lying around";

async fn home(store: &Store, ingest: &Ingest, number: u32, mention: Mention) -> ClaimId {
    let document = page(&format!("https://posts.example/{number}"), &mention.quote);
    let placed = ingest.place(mention.clone()).await.unwrap();
    store.record(&document, &now(), &[placed], &Actor::Crawl).await.unwrap();
    let url = document.url.key();
    store.claims_at(&url).await.unwrap()[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn other_words_join_and_another_number_does_not() {
    for db in databases().await {
        let store = db.open().await;
        for text in claims() {
            claim(&store, &text).await;
        }
        let known = claim(&store, CLAIM).await.id;
        let index = SharedIndex::in_memory().unwrap();
        let follower = Follower::new(store.clone(), index.clone()).unwrap();
        let plain = Ingest::new(store.clone(), Actor::Crawl);
        let asking = plain.clone().asking(indexer::matcher(&index));

        let behind = home(&store, &asking, 1, mention(&format!("{SAME} these days"))).await;
        assert_ne!(behind, known, "the index knows nothing yet");
        let reason = super::reason("founded apart");
        let union = klarstelle::store::Union {
            claim: &behind,
            survivor: &known,
            reason: &reason,
        };
        store.merge(union, &Actor::Operator).await.unwrap();

        follower.catch_up().await.unwrap();
        assert_eq!(home(&store, &asking, 2, mention(SAME)).await, known);
        assert_ne!(home(&store, &asking, 3, mention(OTHER_PRICE)).await, known);
        assert_whole(&store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_index_only_copies_join() {
    let db = crate::support::sqlite();
    let store = db.open().await;
    let known = claim(&store, CLAIM).await.id;
    let plain = Ingest::new(store.clone(), Actor::Crawl);
    assert_ne!(home(&store, &plain, 1, mention(SAME)).await, known);
    assert_eq!(home(&store, &plain, 2, mention(&CLAIM.to_uppercase())).await, known);
}
