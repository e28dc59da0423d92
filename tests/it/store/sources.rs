use klarstelle::{
    domain::{Action, Actor, ObjectKind, SourceId, SourceKind},
    store::{Added, ChangeQuery, Error},
};

use super::{assert_whole, url};
use crate::support::databases;

#[tokio::test]
async fn are_set_once_and_unset() {
    for db in databases().await {
        let store = db.open().await;
        let feed = url("https://www.example.org/feed");
        let Added::New(source) = store
            .add_source(&feed, SourceKind::named("feed"), &Actor::Operator)
            .await
            .unwrap()
        else {
            panic!("it was not there before")
        };
        assert_eq!(store.sources().await.unwrap(), std::slice::from_ref(&source));

        let again = store
            .add_source(&url("http://example.org/feed/"), SourceKind::PAGE, &Actor::Operator)
            .await
            .unwrap();
        assert_eq!(again, Added::Known(source.clone()), "the same address, as it is");

        assert_eq!(store.remove_source(&source.id, &Actor::Operator).await.unwrap(), source);
        let gone = store.remove_source(&source.id, &Actor::Operator).await;
        assert!(matches!(gone, Err(Error::NotFound(ObjectKind::Source))), "{gone:?}");
        assert!(store.sources().await.unwrap().is_empty());

        let back = store
            .add_source(&feed, SourceKind::PAGE, &Actor::Operator)
            .await
            .unwrap();
        assert!(matches!(&back, Added::New(new) if new.id != source.id && new.kind == SourceKind::PAGE));

        let changes = store
            .changes(&ChangeQuery {
                limit: 10,
                ..ChangeQuery::default()
            })
            .await
            .unwrap();
        let log: Vec<_> = changes.iter().map(|c| (c.number, c.version, c.action)).collect();
        assert_eq!(
            log,
            [
                (1, 1, Action::Created),
                (2, 2, Action::Removed),
                (3, 1, Action::Created)
            ]
        );
        assert!(
            changes
                .iter()
                .all(|c| c.kind == ObjectKind::Source && c.actor == Actor::Operator)
        );
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn unknown_ones_cannot_be_removed() {
    for db in databases().await {
        let store = db.open().await;
        let gone = store.remove_source(&SourceId::new(), &Actor::Operator).await;
        assert!(matches!(gone, Err(Error::NotFound(ObjectKind::Source))));
        assert_eq!(store.last_change().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn many_at_once_are_one() {
    for db in databases().await {
        let store = db.open().await;
        let adding = (0..20).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .add_source(&url("https://example.org/"), SourceKind::PAGE, &Actor::Operator)
                    .await
                    .unwrap()
            })
        });
        let mut new = 0;
        for added in adding.collect::<Vec<_>>() {
            new += u32::from(matches!(added.await.unwrap(), Added::New(_)));
        }
        assert_eq!((new, store.last_change().await.unwrap()), (1, 1));
    }
}
