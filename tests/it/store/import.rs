use klarstelle::{
    domain::{
        Action, Actor, Attachment, AttachmentState, ClaimId, ExternalFactCheck, FactCheckBody, ObjectKind, Publisher,
    },
    store::{ClaimQuery, ClaimSort, ImportBatch, ImportTally, Store},
};

use super::{assert_whole, claim, external, external_check, own_check, reason, reviewer, since, url};
use crate::support::databases;

async fn import(store: &Store, checks: &[ExternalFactCheck]) -> ImportTally {
    store
        .import(&ImportBatch::new(checks.to_vec()), &Actor::Import)
        .await
        .expect("a batch")
}

const fn tally(new: u64, changed: u64, unchanged: u64, claims_new: u64) -> ImportTally {
    ImportTally {
        new,
        changed,
        unchanged,
        claims_new,
    }
}

/// All claims, oldest first, with what is attached to each, oldest first.
async fn state(store: &Store) -> Vec<(String, Vec<Attachment>)> {
    let ids = store.claim_ids(None, 1_000).await.unwrap();
    let dossiers = store.dossiers(&ids).await.unwrap();
    let attachments = dossiers.into_iter().map(|dossier| {
        let attached = dossier.fact_checks.into_iter().rev().map(|one| one.attachment);
        (dossier.claim.text.as_str().to_owned(), attached.collect())
    });
    attachments.collect()
}

fn holds(attachment: &Attachment) -> bool {
    attachment.state == AttachmentState::Active
}

#[tokio::test]
async fn founds_claims_and_attaches() {
    for db in databases().await {
        let store = db.open().await;
        let known = claim(&store, "Salt in the ear heals a cold within a day").await;
        let batch = [
            external(1, "Salt in the ear heals a cold within a day"),
            external(2, "The mayor sold the town hall to a bank"),
            external(3, "the mayor sold the town hall to a bank!"),
        ];
        assert_eq!(import(&store, &batch).await, tally(3, 0, 0, 1));
        let state = state(&store).await;
        assert_eq!(
            state.iter().map(|(_, attached)| attached.len()).collect::<Vec<_>>(),
            [1, 2]
        );
        assert!(
            state
                .iter()
                .flat_map(|(_, attached)| attached)
                .all(|one| one.by == Actor::Import && holds(one))
        );
        let seen = store
            .claims_at(&url("https://klarblick.example/checks/1").key())
            .await
            .unwrap();
        assert_eq!(seen, [known.id]);
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn twice_writes_nothing() {
    for db in databases().await {
        let store = db.open().await;
        let mut batch: Vec<_> = (0..40)
            .map(|n| external(n, &format!("Claim {} of the batch", n % 30)))
            .collect();
        batch[7].rating.value = Some(f64::NAN);
        batch[8].title = "NUL \0".to_owned();
        assert_eq!(import(&store, &batch).await, tally(40, 0, 0, 30));
        let (before, was) = (store.last_change().await.unwrap(), state(&store).await);
        assert_eq!(import(&store, &batch).await, tally(0, 0, 40, 0));
        batch.reverse();
        assert_eq!(import(&store, &batch).await, tally(0, 0, 40, 0));
        assert_eq!((store.last_change().await.unwrap(), state(&store).await), (before, was));
        assert_eq!(import(&store, &[]).await, tally(0, 0, 0, 0));
    }
}

#[tokio::test]
async fn a_rewritten_check_is_a_new_version() {
    for db in databases().await {
        let store = db.open().await;
        let old = external(1, "Salt in the ear heals a cold");
        import(&store, std::slice::from_ref(&old)).await;
        let before = store.last_change().await.unwrap();
        let mut new = ExternalFactCheck {
            title: "Corrected".to_owned(),
            ..old.clone()
        };
        new.rating.text = "Mostly false".to_owned();
        new.appearances = vec![url("https://forum.example/42")];
        assert_eq!(import(&store, &[new.clone()]).await, tally(0, 1, 0, 0));
        assert_eq!(
            since(&store, before).await,
            [(ObjectKind::FactCheck, 2, Action::Updated)],
            "its attachment stays"
        );

        let claims = store.claims_at(&url("https://forum.example/42").key()).await.unwrap();
        let dossier = store.dossiers(&claims).await.unwrap().remove(0);
        assert_eq!(dossier.fact_checks[0].fact_check.body, FactCheckBody::External(new));
        let versions = store
            .fact_check_versions(&dossier.fact_checks[0].fact_check.id)
            .await
            .unwrap();
        assert_eq!(versions[0].body, FactCheckBody::External(old.clone()));

        assert_eq!(
            import(&store, &[old]).await,
            tally(0, 1, 0, 0),
            "taken back is changed, too"
        );
        assert!(
            store
                .claims_at(&url("https://forum.example/42").key())
                .await
                .unwrap()
                .is_empty()
        );
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn a_check_of_another_claim_moves() {
    for db in databases().await {
        let store = db.open().await;
        let old = external(1, "Salt in the ear heals a cold");
        import(&store, std::slice::from_ref(&old)).await;
        let mine = claim(&store, "Kitchen salt is a medicine against colds").await;
        let check = store.dossiers(&store.claim_ids(None, 1).await.unwrap()).await.unwrap()[0].fact_checks[0]
            .fact_check
            .id;
        store.attach(&mine.id, &check, None, &reviewer()).await.unwrap();

        let new = ExternalFactCheck {
            claim_reviewed: "Onion juice in the ear heals a cold".to_owned(),
            ..old.clone()
        };
        assert_eq!(import(&store, std::slice::from_ref(&new)).await, tally(0, 1, 0, 1));
        let now = state(&store).await;
        assert!(!holds(&now[0].1[0]), "left behind");
        assert!(holds(&now[1].1[0]), "a reviewer's stays");
        assert!(holds(&now[2].1[0]), "the new one");

        assert_eq!(import(&store, &[new]).await, tally(0, 0, 1, 0));
        assert_eq!(state(&store).await, now);
        assert_eq!(import(&store, &[old]).await, tally(0, 1, 0, 0));
        let back = state(&store).await;
        let active = |claim: usize| back[claim].1.iter().filter(|one| holds(one)).count();
        assert_eq!(
            [active(0), active(1), active(2)],
            [1, 1, 0],
            "it comes back where only an import took it away"
        );
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn never_brings_back_what_a_reviewer_withdrew() {
    for db in databases().await {
        let store = db.open().await;
        let check = external(1, "Salt in the ear heals a cold");
        import(&store, std::slice::from_ref(&check)).await;
        let attachment = state(&store).await[0].1[0].clone();
        store
            .withdraw(&attachment.id, &reason("satire"), &reviewer())
            .await
            .unwrap();
        let rated = ExternalFactCheck {
            title: "With another title".to_owned(),
            ..check.clone()
        };
        let moved = ExternalFactCheck {
            claim_reviewed: "Something else altogether is true".to_owned(),
            ..check.clone()
        };
        for again in [check.clone(), rated, moved, check] {
            import(&store, &[again]).await;
            assert!(!state(&store).await[0].1.iter().any(holds));
        }
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn attaches_what_was_entered_before() {
    for db in databases().await {
        let store = db.open().await;
        let check = external(1, "Salt in the ear heals a cold");
        external_check(&store, &check).await;
        assert_eq!(import(&store, &[check]).await, tally(0, 0, 1, 1));
        assert!(holds(&state(&store).await[0].1[0]));
    }
}

#[tokio::test]
async fn repetitions_in_a_batch_are_one_check() {
    for db in databases().await {
        let store = db.open().await;
        let early = external(1, "Salt in the ear heals a cold");
        let late = ExternalFactCheck {
            title: "The later row stands".to_owned(),
            ..early.clone()
        };
        let batch = [early.clone(), early, late.clone()];
        assert_eq!(import(&store, &batch).await, tally(1, 0, 2, 1));
        assert_eq!(import(&store, &batch).await, tally(0, 0, 3, 0));
        let dossier = store
            .dossiers(&store.claim_ids(None, 1).await.unwrap())
            .await
            .unwrap()
            .remove(0);
        assert_eq!(dossier.fact_checks[0].fact_check.body, FactCheckBody::External(late));
    }
}

#[tokio::test]
async fn one_page_may_review_several_claims() {
    for db in databases().await {
        let store = db.open().await;
        let (salt, onion) = (
            external(1, "Salt in the ear heals a cold"),
            external(1, "Onion juice heals a cold"),
        );
        let anchored = ExternalFactCheck {
            url: Some(url("https://klarblick.example/checks/1#3")),
            ..external(1, "Garlic heals a cold")
        };
        let batch = [salt.clone(), onion.clone(), anchored.clone()];
        assert_eq!(import(&store, &batch).await, tally(3, 0, 0, 3));
        let before = store.last_change().await.unwrap();
        for again in [[onion, anchored, salt], batch] {
            assert_eq!(import(&store, &again).await, tally(0, 0, 3, 0), "in whatever order");
        }
        assert_eq!(store.last_change().await.unwrap(), before);
        let at = store
            .claims_at(&url("https://klarblick.example/checks/1").key())
            .await
            .unwrap();
        assert_eq!(at.len(), 3);
    }
}

#[tokio::test]
async fn tells_checks_apart_by_publisher_and_url_or_identifier() {
    for db in databases().await {
        let store = db.open().await;
        let base = external(1, "Salt in the ear heals a cold");
        let unlinked = ExternalFactCheck {
            url: None,
            ..base.clone()
        };
        let named = |name: &str| Publisher {
            name: name.to_owned(),
            site: None,
        };
        let batch = [
            base.clone(),
            unlinked.clone(),
            ExternalFactCheck {
                identifier: Some("kb-2".to_owned()),
                ..unlinked.clone()
            },
            ExternalFactCheck {
                identifier: None,
                ..unlinked.clone()
            },
            ExternalFactCheck {
                publisher: named("Mizan"),
                ..base.clone()
            },
            ExternalFactCheck {
                publisher: named(" klarblick "),
                ..unlinked
            },
            ExternalFactCheck {
                url: Some(url("https://klarblick.example/checks/1?utm_medium=feed")),
                ..base
            },
        ];
        assert_eq!(
            import(&store, &batch).await,
            tally(5, 0, 2, 1),
            "the last two are the second and the first"
        );
    }
}

#[tokio::test]
async fn takes_hostile_claims() {
    for db in databases().await {
        let store = db.open().await;
        let huge = "unendlich ".repeat(20_000);
        let batch = [
            external(1, &huge),
            external(2, "\u{1F600}\u{1F600}"),
            external(3, ""),
            external(4, "NUL \0 inside"),
        ];
        assert_eq!(
            import(&store, &batch).await,
            tally(4, 0, 0, 2),
            "no letter, no claim; too long, cut"
        );
        assert_eq!(import(&store, &batch).await, tally(0, 0, 4, 0));
        let query = ClaimQuery {
            sort: ClaimSort::Newest,
            checked: None,
            after: None,
            limit: 10,
        };
        let longest = store
            .claims(&query)
            .await
            .unwrap()
            .items
            .iter()
            .map(|one| one.claim.text.as_str().chars().count())
            .max();
        assert_eq!(longest, Some(4_999), "5000 characters, less a blank at the end");
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn of_a_batch_all_or_nothing_lands() {
    for db in databases().await {
        let store = db.open().await;
        let claim: ClaimId = claim(&store, "A claim that is there").await.id;
        let check = own_check(&store, "A check that is there").await;
        store.attach(&claim, &check.id, None, &reviewer()).await.unwrap();
        let before = store.counts().await.unwrap();
        let importing = {
            let store = store.clone();
            let batch: Vec<_> = (0..2_000)
                .map(|n| external(n, &format!("Claim {n} that is cut off")))
                .collect();
            tokio::spawn(async move { store.import(&ImportBatch::new(batch.clone()), &Actor::Import).await })
        };
        tokio::time::sleep(std::time::Duration::from_millis(40)).await;
        importing.abort();
        let done = importing.await.is_ok();
        let after = store.counts().await.unwrap();
        assert!(done || after == before, "{after:?}");
        assert_eq!(
            import(&store, &[external(1, "Afterwards it goes on")]).await.new,
            u64::from(!done)
        );
        assert_whole(&store).await;
    }
}
