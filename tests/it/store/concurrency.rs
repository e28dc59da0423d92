use std::future::Future;

use klarstelle::{
    domain::{Action, Actor, ClaimText, Lang, ObjectKind},
    ingest::Ingest,
    store::{Added, Error, ImportBatch, Store},
};

use super::{assert_whole, claim, external, log, mention, now, own, own_check, page, placed, reason, reviewer};
use crate::support::databases;

/// Runs the same work many times at once; its results.
async fn at_once<T, F>(times: usize, store: &Store, work: impl Fn(usize, Store) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let running: Vec<_> = (0..times)
        .map(|number| tokio::spawn(work(number, store.clone())))
        .collect();
    let mut results = Vec::new();
    for one in running {
        results.push(one.await.expect("no panic"));
    }
    results
}

#[tokio::test(flavor = "multi_thread")]
async fn one_wording_is_founded_once() {
    for db in databases().await {
        let store = db.open().await;
        let other = db.open().await;
        let made = at_once(50, &store, |number, store| {
            // Half of them through another handle, as another process would.
            let store = if number % 2 == 0 { store } else { other.clone() };
            let decoration = "!".repeat(number % 3);
            let text = ClaimText::parse(&format!("The dam at Akcadere is cracked{decoration}")).unwrap();
            async move { store.create_claim(&text, Lang::EN, &reviewer()).await.unwrap() }
        })
        .await;
        let new = made.iter().filter(|added| matches!(added, Added::New(_))).count();
        let ids: std::collections::BTreeSet<_> = made.into_iter().map(|added| added.into_inner().id).collect();
        assert_eq!((new, ids.len()), (1, 1));
        assert_eq!(log(&store).await.len(), 1);
        assert_whole(&store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_attachment_wins() {
    for db in databases().await {
        let store = db.open().await;
        let (claim, check) = (
            claim(&store, "The dam at Akcadere is cracked").await.id,
            own_check(&store, "The dam").await.id,
        );
        let results = at_once(20, &store, |_, store| async move {
            store.attach(&claim, &check, None, &reviewer()).await
        })
        .await;
        let won: Vec<_> = results.iter().flatten().map(|attachment| attachment.id).collect();
        assert_eq!(won.len(), 1);
        for lost in results.iter().filter_map(|result| result.as_ref().err()) {
            assert!(matches!(lost, Error::AlreadyAttached(id) if *id == won[0]), "{lost:?}");
        }
        let attachment = won[0];
        let results = at_once(20, &store, |_, store| async move {
            store.withdraw(&attachment, &reason("twice"), &reviewer()).await
        })
        .await;
        assert_eq!(results.iter().flatten().count(), 1);
        assert!(
            results
                .iter()
                .filter_map(|r| r.as_ref().err())
                .all(|error| matches!(error, Error::AlreadyWithdrawn))
        );
        assert_whole(&store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_correction_wins() {
    for db in databases().await {
        let store = db.open().await;
        let check = own_check(&store, "The dam").await.id;
        let results = at_once(20, &store, |number, store| async move {
            store
                .correct_own(&check, 1, &own(&format!("Version of {number}")), &reviewer())
                .await
        })
        .await;
        assert_eq!(results.iter().flatten().count(), 1);
        for lost in results.into_iter().filter_map(Result::err) {
            assert!(matches!(lost, Error::Stale { current: 2 }), "{lost:?}");
        }
        assert_eq!(store.fact_check_versions(&check).await.unwrap().len(), 2);
    }
}

/// Copies of one rumour, some with a word more, from as many writers as want to.
async fn spread(number: usize, store: Store) {
    let rumour = "The council of Wexmere pays every asylum seeker who arrives in the town before Easter a bonus of 2,500 pounds in \
                  cash, taken from the money that was meant for the repair of the old bridge";
    let ends = [
        "",
        "!!! 😡",
        " https://a.example/x",
        " unbelievable",
        " shameful",
        " please share",
        " RT",
    ];
    let quote = format!("{rumour}{}", ends[number % ends.len()]);
    let ingest = Ingest::new(store.clone(), Actor::Crawl);
    let document = page(&format!("https://posts.example/{number}"), &quote);
    let placed = [
        ingest.place(mention(&quote)).await.unwrap(),
        ingest.place(mention(&format!("{quote} again"))).await.unwrap(),
    ];
    store.record(&document, &now(), &placed, &Actor::Crawl).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_copies_of_one_rumour_found_one_claim() {
    for db in databases().await {
        let store = db.open().await;
        // Each with connections of its own, as other processes would have them.
        let others = [db.open().await, db.open().await, db.open().await];
        at_once(100, &store, |number, store| {
            let stores = [&store, &others[0], &others[1], &others[2]];
            spread(number, stores[number % 4].clone())
        })
        .await;
        let ids = store.claim_ids(None, 10).await.unwrap();
        assert_eq!(ids.len(), 1, "{:?}", store.summaries(&ids).await.unwrap());
        assert_eq!(store.summaries(&ids).await.unwrap()[0].claim.sightings, 100);
        assert_whole(&store).await;
    }
}

/// A writer's share: every kind of write, some of them about what other writers touch.
async fn write(number: usize, store: Store) {
    for step in 0..6 {
        let shared = format!("Everybody says that number {step} is true");
        let own_claim = claim(&store, &format!("Writer {number} says something in step {step}")).await;
        let check = own_check(&store, &format!("Check {number} {step}")).await;
        store.attach(&own_claim.id, &check.id, None, &reviewer()).await.unwrap();
        let batch: Vec<_> = (0..4)
            .map(|row| external(row, &format!("Imported claim {row}, version {step}")))
            .collect();
        store
            .import(&ImportBatch::new(batch.clone()), &Actor::Import)
            .await
            .unwrap();
        let document = page(&format!("https://paper.example/{step}"), &format!("by {number}"));
        store
            .record(&document, &now(), &[placed(&shared)], &Actor::Crawl)
            .await
            .unwrap();
        let elsewhere = page(&format!("https://paper.example/{number}/{step}"), "v1");
        store
            .record(&elsewhere, &now(), &[placed(&shared)], &Actor::Crawl)
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_numbered_without_gaps_in_commit_order() {
    for db in databases().await {
        let store = db.open().await;
        let other = db.open().await;
        let follower = tokio::spawn(follow(store.clone()));
        at_once(8, &store, |number, store| {
            write(number, if number % 2 == 0 { store } else { other.clone() })
        })
        .await;
        claim(&store, "The last claim of them all").await;
        let last = store.last_change().await.unwrap();
        let numbers: Vec<u64> = log(&store).await.iter().map(|change| change.number).collect();
        assert_eq!(numbers, (1..=last).collect::<Vec<_>>());
        follower
            .await
            .expect("what was read once stays, and nothing comes in before it");
        assert_whole(&store).await;
    }
}

/// Follows the log as the index does: a number that is missing when a later one is there would never be read.
async fn follow(store: Store) {
    let mut seen = 0;
    loop {
        let query = klarstelle::store::ChangeQuery {
            after: seen,
            limit: 1_000,
            ..Default::default()
        };
        let changes = store.changes(&query).await.unwrap();
        for change in &changes {
            assert_eq!(change.number, seen + 1);
            seen = change.number;
        }
        let last = changes
            .last()
            .filter(|change| change.kind == ObjectKind::Claim && change.action == Action::Created);
        if let Some(change) = last {
            let id = change.id.parse().unwrap();
            if store.summaries(&[id]).await.unwrap()[0].claim.text.as_str() == "The last claim of them all" {
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_batch_at_once_lands_once() {
    for db in databases().await {
        let store = db.open().await;
        let tallies = at_once(6, &store, |number, store| {
            let mut batch: Vec<_> = (0..120)
                .map(|n| external(n, &format!("Claim {} of the batch", n % 100)))
                .collect();
            if number % 2 == 1 {
                batch.reverse();
            }
            async move {
                store
                    .import(&ImportBatch::new(batch.clone()), &Actor::Import)
                    .await
                    .unwrap()
            }
        })
        .await;
        let sum = tallies
            .into_iter()
            .reduce(|mut sum, tally| {
                sum += tally;
                sum
            })
            .unwrap();
        assert_eq!(
            (sum.new, sum.changed, sum.unchanged, sum.claims_new),
            (120, 0, 600, 100)
        );
        assert_whole(&store).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_leaves_nothing_behind() {
    for db in databases().await {
        let store = db.open().await;
        for round in 0..30_u64 {
            let writing = tokio::spawn({
                let store = store.clone();
                async move { claim(&store, &format!("Claim {round} whose author hangs up")).await }
            });
            tokio::time::sleep(std::time::Duration::from_micros(round * 150)).await;
            writing.abort();
            let _ = writing.await;
        }
        claim(&store, "The store goes on").await;
        let numbers: Vec<u64> = log(&store).await.iter().map(|change| change.number).collect();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
        assert_eq!(numbers.len() as u64, store.counts().await.unwrap().claims);
        assert_whole(&store).await;
    }
}
