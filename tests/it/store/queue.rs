//! The queue: an order that explains itself.

use klarstelle::{
    cluster::{Home, Prints},
    domain::{Actor, ClaimId, Lang, Mention, Timestamp},
    store::{Origin, QueueQuery, Store, Waiting},
};

use super::{claim, external, external_check, page, reviewer};
use crate::support::databases;

fn day(number: i64) -> Timestamp {
    Timestamp::from_millis(Timestamp::of_day(number).as_millis() + 3_600_000)
}

const TODAY: i64 = 20_780;

/// So many sightings of a claim on a day.
async fn seen(store: &Store, claim: &ClaimId, worth: f32, on: i64, times: u32) {
    for number in 0..times {
        let quote = format!("In words of its own {on} {number} {worth}");
        let mention = Mention {
            quote: quote.clone(),
            lang: Lang::EN,
            score: worth,
            speaker: None,
            reasons: Vec::new(),
        };
        let placed = Prints::of(&mention).place(mention, Home::Known(*claim));
        let document = page(&format!("https://a.example/{claim}/{on}/{number}"), &quote);
        let origin = Origin {
            source: None,
            at: day(on),
            kept: None,
            answer: None,
        };
        let recorded = store.record(&document, &origin, &[placed], &Actor::Crawl).await;
        assert_eq!(recorded.expect("recorded").sightings_new, 1);
    }
}

async fn queue(store: &Store, limit: u32) -> Vec<Waiting> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let query = QueueQuery {
            lang: None,
            at: day(TODAY),
            after,
            limit,
        };
        let page = store.queue(&query).await.expect("the queue");
        all.extend(page.items);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_is_the_product_of_the_factors_that_are_shown() {
    for db in databases().await {
        let store = db.open().await;
        let mut claims = Vec::new();
        for number in 0..6 {
            claims.push(
                claim(&store, &format!("Statement number {number} about the river"))
                    .await
                    .id,
            );
        }
        seen(&store, &claims[0], 0.9, TODAY, 12).await;
        seen(&store, &claims[1], 0.9, TODAY - 10, 12).await;
        seen(&store, &claims[2], 0.2, TODAY - 3, 2).await;
        seen(&store, &claims[3], 0.4, TODAY - 100, 3).await;
        for limit in [100, 1, 4] {
            let all = queue(&store, limit).await;
            assert_eq!(all.len(), 6, "{all:?}");
            for waiting in &all {
                let off = (waiting.factors.product() - waiting.score).abs();
                assert!(off < 0.000_002, "{waiting:?}");
            }
            assert!(all.is_sorted_by(|a, b| (a.score, a.claim.id) > (b.score, b.claim.id)));
            assert_eq!(all[0].claim.id, claims[0]);
            assert!(all[0].factors.growth > 2.9 && all[0].counts.week == 12, "{:?}", all[0]);
        }
        let all = queue(&store, 100).await;
        let of = |claim: &ClaimId| all.iter().find(|waiting| waiting.claim.id == *claim).expect("it waits");
        assert_eq!(
            (of(&claims[1]).counts.week, of(&claims[1]).counts.month_before),
            (0, 12)
        );
        assert!((of(&claims[1]).factors.growth - 0.5).abs() < 1e-9);
        assert_eq!(of(&claims[1]).counts.silent_days, 10);
        assert!(
            (of(&claims[1]).counts.worth - 0.9).abs() < 1e-6,
            "the best of its mentions"
        );
        let silent = of(&claims[3]).counts.silent_days;
        assert_eq!(silent, 100, "since it was said last, not since it was entered");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_or_merged_is_not_in_it_and_comes_back() {
    for db in databases().await {
        let store = db.open().await;
        let one = claim(&store, "The river is poisoned").await.id;
        let other = claim(&store, "Poison was poured into the river").await.id;
        let check = external_check(&store, &external(1, "Something else entirely")).await;
        let actor = reviewer();
        let attachment = store.attach(&one, &check.id, None, &actor).await.expect("attached");
        let waiting: Vec<ClaimId> = queue(&store, 10).await.iter().map(|waiting| waiting.claim.id).collect();
        assert!(waiting.contains(&other) && !waiting.contains(&one), "{waiting:?}");
        store
            .withdraw(&attachment.id, &super::reason("wrong"), &actor)
            .await
            .expect("withdrawn");
        seen(&store, &other, 0.9, TODAY, 3).await;
        let union = klarstelle::store::Union {
            claim: &other,
            survivor: &one,
            reason: &super::reason("the same"),
        };
        store.merge(union, &actor).await.expect("merged");
        let all = queue(&store, 10).await;
        let found = all
            .iter()
            .find(|waiting| waiting.claim.id == one)
            .expect("it waits again");
        assert_eq!(
            (found.claim.sightings, found.counts.week),
            (3, 3),
            "both claims' sightings count"
        );
        assert!((found.counts.worth - 0.9).abs() < 1e-6);
        assert!(all.iter().all(|waiting| waiting.claim.id != other));
        assert_eq!(store.check().await.expect("a check"), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_read_in_one_language() {
    for db in databases().await {
        let store = db.open().await;
        claim(&store, "The river is poisoned").await;
        for (lang, wanted) in [(Lang::EN, 1), (Lang::DE, 0)] {
            let query = QueueQuery {
                lang: Some(lang),
                at: day(TODAY),
                after: None,
                limit: 10,
            };
            assert_eq!(store.queue(&query).await.expect("the queue").items.len(), wanted);
        }
    }
}
