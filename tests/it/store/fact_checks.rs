use klarstelle::{
    domain::{Action, FactCheckBody, FactCheckId, FactCheckOrigin, ObjectKind, OwnFactCheck, Rating, Verdict},
    store::{Added, Error},
};

use super::{assert_whole, external, external_check, own, own_check, reviewer, since, url};
use crate::support::databases;

#[tokio::test]
async fn entered_ones_are_known_by_their_identity() {
    for db in databases().await {
        let store = db.open().await;
        let check = external(1, "Salt heals");
        let made = external_check(&store, &check).await;
        assert_eq!((made.origin(), made.version), (FactCheckOrigin::External, 1));
        assert_eq!(made.verdict, Verdict::False, "by the rating table");
        assert_eq!(made.body, FactCheckBody::External(check.clone()));
        assert_eq!(store.fact_check(&made.id).await.unwrap(), Some(made.clone()));

        let mut rewritten = external(1, "Salt heals nothing");
        rewritten.publisher.name = " KLARBLICK ".to_owned();
        rewritten.url = Some(url("http://www.klarblick.example/checks/1/?utm_source=x"));
        let known = store.add_external(&rewritten, &reviewer()).await.unwrap();
        assert_eq!(known, Added::Known(made), "it changes only by re-import");
        assert_eq!(
            since(&store, 0).await,
            [(ObjectKind::FactCheck, 1, Action::Created)],
            "and is attached to nothing"
        );
    }
}

#[tokio::test]
async fn own_ones_are_corrected_version_by_version() {
    for db in databases().await {
        let store = db.open().await;
        let (writer, corrector) = (reviewer(), reviewer());
        let first = store.write_own(&own("First"), &writer).await.unwrap();
        let better = OwnFactCheck {
            verdict: Verdict::Misleading,
            ..own("Second")
        };
        let second = store.correct_own(&first.id, 1, &better, &corrector).await.unwrap();
        assert_eq!(
            (second.id, second.version, second.verdict),
            (first.id, 2, Verdict::Misleading)
        );
        assert_eq!(second.created_at, first.created_at);
        assert_eq!(store.fact_check(&first.id).await.unwrap(), Some(second.clone()));

        let versions = store.fact_check_versions(&first.id).await.unwrap();
        let read: Vec<_> = versions.iter().map(|v| (v.version, &v.body, &v.actor)).collect();
        assert_eq!(read, [(1, &first.body, &writer), (2, &second.body, &corrector)]);

        let stale = store.correct_own(&first.id, 1, &own("Third"), &writer).await;
        assert!(matches!(stale, Err(Error::Stale { current: 2 })), "{stale:?}");
        let log = [
            (ObjectKind::FactCheck, 1, Action::Created),
            (ObjectKind::FactCheck, 2, Action::Updated),
        ];
        assert_eq!(since(&store, 0).await, log);
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn only_own_ones_are_corrected() {
    for db in databases().await {
        let store = db.open().await;
        let theirs = external_check(&store, &external(1, "Salt heals")).await;
        let refused = store.correct_own(&theirs.id, 1, &own("Ours"), &reviewer()).await;
        assert!(matches!(refused, Err(Error::External)), "{refused:?}");
        let missing = store
            .correct_own(&FactCheckId::new(), 1, &own("None"), &reviewer())
            .await;
        assert!(
            matches!(missing, Err(Error::NotFound(ObjectKind::FactCheck))),
            "{missing:?}"
        );
        assert_eq!(store.fact_check(&FactCheckId::new()).await.unwrap(), None);
        assert!(store.fact_check_versions(&FactCheckId::new()).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn hold_any_text_and_number() {
    for db in databases().await {
        let store = db.open().await;
        let mut check = external(1, "NUL \0 and \u{1F9C2} and \"quotes\" and \\");
        check.title = "T\0".repeat(3);
        check.rating = Rating {
            text: "5/5".to_owned(),
            value: Some(0.1 + 0.2),
            worst: Some(-1.0),
            best: Some(1e300),
        };
        let made = external_check(&store, &check).await;
        let read = store.fact_check(&made.id).await.unwrap().unwrap();
        assert_eq!(read.body, FactCheckBody::External(check));

        let long = OwnFactCheck {
            text: "lang ".repeat(200_000),
            ..own("Long")
        };
        let made = store.write_own(&long, &reviewer()).await.unwrap();
        assert_eq!(
            store.fact_check(&made.id).await.unwrap().unwrap().body,
            FactCheckBody::Own(long)
        );
        assert_eq!(own_check(&store, "").await.version, 1);
    }
}
