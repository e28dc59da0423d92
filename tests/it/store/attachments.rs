use klarstelle::{
    domain::{Action, AttachmentId, AttachmentState, ClaimId, FactCheckId, ObjectKind},
    store::Error,
};

use super::{assert_whole, claim, external, external_check, own_check, reason, reviewer, since};
use crate::support::databases;

#[tokio::test]
async fn tie_a_fact_check_to_a_claim_once() {
    for db in databases().await {
        let store = db.open().await;
        let (claim, check) = (
            claim(&store, "The bridge was closed in secret").await,
            own_check(&store, "The bridge").await,
        );
        let (before, by) = (store.last_change().await.unwrap(), reviewer());
        let made = store
            .attach(&claim.id, &check.id, Some(&reason("same bridge")), &by)
            .await
            .unwrap();
        assert_eq!(
            (made.claim_id, made.fact_check_id, made.version),
            (claim.id, check.id, 1)
        );
        assert_eq!((&made.state, &made.by), (&AttachmentState::Active, &by));
        assert_eq!(store.attachment(&made.id).await.unwrap(), Some(made.clone()));

        let again = store.attach(&claim.id, &check.id, None, &reviewer()).await;
        assert!(
            matches!(again, Err(Error::AlreadyAttached(id)) if id == made.id),
            "{again:?}"
        );
        assert_eq!(
            since(&store, before).await,
            [(ObjectKind::Attachment, 1, Action::Created)]
        );
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn say_what_is_missing() {
    for db in databases().await {
        let store = db.open().await;
        let (claim, check) = (
            claim(&store, "There is such a claim").await,
            own_check(&store, "There is").await,
        );
        let cases = [
            (ClaimId::new(), check.id, ObjectKind::Claim),
            (claim.id, FactCheckId::new(), ObjectKind::FactCheck),
            (ClaimId::new(), FactCheckId::new(), ObjectKind::Claim),
        ];
        for (claim, check, missing) in cases {
            let error = store.attach(&claim, &check, None, &reviewer()).await.unwrap_err();
            assert!(matches!(error, Error::NotFound(kind) if kind == missing), "{error:?}");
        }
        let error = store
            .withdraw(&AttachmentId::new(), &reason("none"), &reviewer())
            .await
            .unwrap_err();
        assert!(matches!(error, Error::NotFound(ObjectKind::Attachment)), "{error:?}");
        assert_eq!(store.attachment(&AttachmentId::new()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn are_withdrawn_once_and_stay_readable() {
    for db in databases().await {
        let store = db.open().await;
        let claim = claim(&store, "The bridge was closed in secret").await;
        let check = external_check(&store, &external(1, "another bridge")).await;
        let made = store.attach(&claim.id, &check.id, None, &reviewer()).await.unwrap();
        let (before, by, why) = (store.last_change().await.unwrap(), reviewer(), reason("another bridge"));
        let gone = store.withdraw(&made.id, &why, &by).await.unwrap();
        assert_eq!(gone.version, 2);
        assert!(
            matches!(&gone.state, AttachmentState::Withdrawn { by: who, reason, .. } if *who == by && *reason == why)
        );
        assert_eq!(store.attachment(&made.id).await.unwrap(), Some(gone.clone()));
        let again = store.withdraw(&made.id, &why, &by).await;
        assert!(matches!(again, Err(Error::AlreadyWithdrawn)), "{again:?}");
        assert_eq!(
            since(&store, before).await,
            [(ObjectKind::Attachment, 2, Action::Withdrawn)]
        );

        let back = store.attach(&claim.id, &check.id, None, &by).await.unwrap();
        let dossier = store.dossiers(&[claim.id]).await.unwrap().remove(0);
        let attached: Vec<_> = dossier.fact_checks.iter().map(|one| one.attachment.clone()).collect();
        assert_eq!(attached, [back, gone], "newest first, withdrawn ones too");
        assert!(dossier.fact_checks.iter().all(|one| one.fact_check == check));
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn dossiers_come_in_the_order_asked() {
    for db in databases().await {
        let store = db.open().await;
        let (bare, rich) = (
            claim(&store, "Nothing is known of this").await,
            claim(&store, "Much is known of this").await,
        );
        for number in 0..3 {
            let check = external_check(&store, &external(number, "much")).await;
            store.attach(&rich.id, &check.id, None, &reviewer()).await.unwrap();
        }
        let dossiers = store.dossiers(&[rich.id, ClaimId::new(), bare.id]).await.unwrap();
        let counts: Vec<_> = dossiers
            .iter()
            .map(|dossier| (dossier.claim.id, dossier.fact_checks.len()))
            .collect();
        assert_eq!(counts, [(rich.id, 3), (bare.id, 0)]);
    }
}
