use klarstelle::{
    domain::{Action, Actor, ObjectKind, SourceKind, Timestamp},
    store::{ChangeQuery, ImportBatch, Touched},
};

use super::{claim, external, log, now, own, own_check, page, placed, reason, reviewer, url};
use crate::support::databases;

#[tokio::test]
async fn say_who_did_what_and_when() {
    for db in databases().await {
        let store = db.open().await;
        let (begin, by) = (Timestamp::now(), reviewer());
        let check = store.write_own(&own("First"), &by).await.unwrap();
        store
            .correct_own(&check.id, 1, &own("Second"), &Actor::Operator)
            .await
            .unwrap();
        let changes = log(&store).await;
        let who: Vec<_> = changes
            .iter()
            .map(|one| (one.number, one.actor.clone(), one.action, one.version))
            .collect();
        assert_eq!(
            who,
            [(1, by, Action::Created, 1), (2, Actor::Operator, Action::Updated, 2)]
        );
        assert!(
            changes
                .iter()
                .all(|one| one.at >= begin && one.at <= Timestamp::now() && one.id == check.id.to_string())
        );
    }
}

#[tokio::test]
async fn can_be_asked_for_by_number_kind_and_object() {
    for db in databases().await {
        let store = db.open().await;
        let claim = claim(&store, "The dam at Akcadere is cracked").await;
        let check = own_check(&store, "The dam").await;
        store
            .add_source(&url("https://paper.example/"), SourceKind::PAGE, &Actor::Operator)
            .await
            .unwrap();
        store.attach(&claim.id, &check.id, None, &reviewer()).await.unwrap();
        let numbers = async |query: ChangeQuery| -> Vec<u64> {
            store
                .changes(&query)
                .await
                .unwrap()
                .iter()
                .map(|change| change.number)
                .collect()
        };
        let all = ChangeQuery {
            limit: 10,
            ..ChangeQuery::default()
        };
        assert_eq!(numbers(all.clone()).await, [1, 2, 3, 4]);
        assert_eq!(
            numbers(ChangeQuery {
                after: 2,
                ..all.clone()
            })
            .await,
            [3, 4]
        );
        assert_eq!(
            numbers(ChangeQuery {
                after: 1,
                limit: 2,
                ..all.clone()
            })
            .await,
            [2, 3]
        );
        assert_eq!(
            numbers(ChangeQuery {
                kind: Some(ObjectKind::FactCheck),
                ..all.clone()
            })
            .await,
            [2]
        );
        assert_eq!(
            numbers(ChangeQuery {
                id: Some(claim.id.to_string()),
                ..all.clone()
            })
            .await,
            [1]
        );
        let neither = ChangeQuery {
            kind: Some(ObjectKind::Source),
            id: Some(claim.id.to_string()),
            ..all.clone()
        };
        assert!(numbers(neither).await.is_empty());
        assert!(numbers(ChangeQuery { after: 4, ..all }).await.is_empty());
        assert_eq!(store.last_change().await.unwrap(), 4);
    }
}

#[tokio::test]
async fn failed_writes_leave_no_change() {
    for db in databases().await {
        let store = db.open().await;
        let (claim, check) = (
            claim(&store, "The dam at Akcadere is cracked").await,
            own_check(&store, "The dam").await,
        );
        store.attach(&claim.id, &check.id, None, &reviewer()).await.unwrap();
        for _ in 0..3 {
            assert!(store.attach(&claim.id, &check.id, None, &reviewer()).await.is_err());
            assert!(store.correct_own(&check.id, 9, &own("x"), &reviewer()).await.is_err());
        }
        own_check(&store, "The next one").await;
        let numbers: Vec<u64> = log(&store).await.iter().map(|change| change.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4], "without a gap");
    }
}

#[tokio::test]
async fn every_kind_touches_its_claims() {
    for db in databases().await {
        let store = db.open().await;
        let touched = async |after: u64| store.touched(after, 100).await.unwrap();
        let dam = claim(&store, "The dam at Akcadere is cracked").await.id;
        assert_eq!(
            touched(0).await,
            Touched {
                claims: vec![dam],
                up_to: 1,
                erases: false,
            }
        );

        let check = own_check(&store, "The dam").await;
        assert_eq!(
            touched(1).await,
            Touched {
                claims: vec![],
                up_to: 2,
                erases: false,
            },
            "attached to nothing yet"
        );
        let attachment = store.attach(&dam, &check.id, None, &reviewer()).await.unwrap();
        assert_eq!(touched(2).await.claims, [dam]);
        store
            .correct_own(&check.id, 1, &own("The dam, again"), &reviewer())
            .await
            .unwrap();
        assert_eq!(touched(3).await.claims, [dam]);
        store
            .withdraw(&attachment.id, &reason("another dam"), &reviewer())
            .await
            .unwrap();
        assert_eq!(touched(4).await.claims, [dam]);
        store
            .correct_own(&check.id, 2, &own("Of no claim's concern"), &reviewer())
            .await
            .unwrap();
        assert!(touched(5).await.claims.is_empty());

        let quote = placed("the dam at AKCADERE is cracked");
        store
            .record(&page("https://paper.example/1", "v1"), &now(), &[quote], &Actor::Crawl)
            .await
            .unwrap();
        assert_eq!(touched(6).await.claims, [dam]);
        store
            .add_source(&url("https://paper.example/"), SourceKind::PAGE, &Actor::Operator)
            .await
            .unwrap();
        assert_eq!(
            touched(7).await,
            Touched {
                claims: vec![],
                up_to: 8,
                erases: false,
            }
        );
        assert_eq!(
            touched(8).await,
            Touched {
                claims: vec![],
                up_to: 8,
                erases: false,
            }
        );
        assert_eq!(
            touched(99).await,
            Touched {
                claims: vec![],
                up_to: 99,
                erases: false,
            }
        );
    }
}

#[tokio::test]
async fn following_them_step_by_step_reaches_every_claim() {
    for db in databases().await {
        let store = db.open().await;
        let batch: Vec<_> = (0..50)
            .map(|n| external(n, &format!("Claim {n} to be followed")))
            .collect();
        store
            .import(&ImportBatch::new(batch.clone()), &Actor::Import)
            .await
            .unwrap();
        let (mut after, mut followed) = (0, std::collections::BTreeSet::new());
        loop {
            let touched = store.touched(after, 7).await.unwrap();
            if touched.up_to == after {
                break;
            }
            assert!(touched.up_to - after <= 7);
            followed.extend(touched.claims);
            after = touched.up_to;
        }
        assert_eq!(after, store.last_change().await.unwrap());
        assert_eq!(
            followed.into_iter().collect::<Vec<_>>(),
            store.claim_ids(None, 100).await.unwrap()
        );
    }
}
