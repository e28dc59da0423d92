//! Retention, with the default limits and a clock that is moved.

use klarstelle::{
    config::Settings,
    domain::{Actor, ExternalFactCheck, Lang, Publisher, Rating, Timestamp},
    erasure::{self, Limits, Retained},
    store::ClaimQuery,
};

use super::{Desk, PRAISED, SAID, SHARED, canary_page, document, read};
use crate::support::{databases, remains};

fn defaults() -> Limits {
    let retention = Settings::default().retention;
    Limits {
        unanswered_days: retention.unanswered_days,
        answered_days: retention.answered_days,
        copies_days: retention.copies_days,
        requests_days: retention.requests_days,
    }
}

fn in_days(days: i64) -> Timestamp {
    Timestamp::from_millis(Timestamp::now().as_millis() + days * 86_400_000)
}

async fn retain(desk: &Desk, limits: Limits, days: i64) -> Retained {
    erasure::retain(&desk.store, &desk.places, &limits, in_days(days))
        .await
        .expect("retained")
}

/// A check of what the shared claim says.
async fn check(desk: &Desk) {
    let check = ExternalFactCheck {
        publisher: Publisher {
            name: "Klarblick".to_owned(),
            site: None,
        },
        url: None,
        identifier: Some("kb-1".to_owned()),
        title: "Die Bäder bleiben offen".to_owned(),
        description: String::new(),
        claim_reviewed: "Alle Bäder in Lindrath schließen".to_owned(),
        rating: Rating {
            text: "Falsch".to_owned(),
            ..Rating::default()
        },
        lang: Lang::DE,
        published_at: None,
        appearances: vec![],
    };
    let check = desk
        .store
        .add_external(&check, &Actor::Operator)
        .await
        .expect("entered")
        .into_inner();
    let claim = desk.claim(SHARED).await.expect("a claim");
    desk.store
        .attach(&claim, &check.id, None, &Actor::Operator)
        .await
        .expect("attached");
}

async fn quotes(desk: &Desk, words: &str) -> Vec<String> {
    let claim = desk.claim(words).await.expect("known by its print");
    let sightings = desk.store.sightings(&claim, None, 10).await.expect("sightings").items;
    sightings.into_iter().map(|sighting| sighting.quote).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_ninety_days_hash_and_address_are_left_of_what_nobody_checked() {
    for db in databases().await {
        let desk = Desk::open(db).await;
        assert_eq!(
            retain(&desk, defaults(), 89).await,
            Retained::default(),
            "nothing is old yet"
        );
        let retained = retain(&desk, defaults(), 91).await;
        assert_eq!((retained.documents, retained.quotes), (3, 4));
        assert_eq!(retained.left.remains, Vec::<String>::new());
        let found = desk.canaries().await;
        let store = if desk.store.is_file() {
            "store.db"
        } else {
            "documents: "
        };
        assert!(
            found.iter().all(|found| found.contains(store)),
            "only its address is left: {found:?}"
        );
        for word in [SAID, PRAISED, "Kanarientitel", "Kanarienautorin", "Schwimmbäder"] {
            let dirs = [desk.dir.path(), desk.store_dir()];
            let files: Vec<_> = dirs.iter().flat_map(|dir| remains::holding(dir, word)).collect();
            assert!(
                files.is_empty() && remains::rows(&desk.db.url, word).await.is_empty(),
                "{word}: {files:?}"
            );
        }
        assert_eq!(quotes(&desk, SAID).await, [""]);
        desk.assert_whole().await;
        let listed = desk.store.claims(&ClaimQuery {
            sort: klarstelle::store::ClaimSort::Newest,
            checked: None,
            after: None,
            limit: 10,
        });
        assert!(
            listed.await.expect("a list").items.is_empty(),
            "claims without words are not listed"
        );
        let changes = desk.store.last_change().await.expect("a number");
        assert_eq!(retain(&desk, defaults(), 92).await, Retained::default());
        assert_eq!(
            desk.store.last_change().await.expect("a number"),
            changes,
            "again, nothing is left to do"
        );

        // Read again unchanged, nothing comes back; said again, the claim has its words again, and all its sightings.
        read(&desk.store, &canary_page(), &[SAID], None).await.expect("known");
        assert_eq!(quotes(&desk, SAID).await, [""]);
        let repeated = document("https://nachbar.example/2", "", "Schon wieder.", None);
        read(&desk.store, &repeated, &[SAID], None).await.expect("recorded");
        let claim = desk.claim(SAID).await.expect("a claim");
        assert_eq!(desk.text(&claim).await, SAID);
        assert_eq!(quotes(&desk, SAID).await.len(), 2);
        // Changed, it is read anew.
        let reread = klarstelle::domain::Document {
            title: "Neu".to_owned(),
            ..canary_page()
        };
        read(&desk.store, &reread, &[SAID], None).await.expect("recorded");
        assert_eq!(quotes(&desk, SAID).await, [SAID, SAID]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_checked_keeps_its_quotes_and_its_copy() {
    for db in databases().await {
        let desk = Desk::open(db).await;
        check(&desk).await;
        let retained = retain(&desk, defaults(), 91).await;
        assert_eq!(
            (retained.documents, retained.quotes),
            (3, 2),
            "quotes of claims without a check go"
        );
        assert_eq!(quotes(&desk, SHARED).await.len(), 2);
        assert!(
            quotes(&desk, SHARED)
                .await
                .iter()
                .all(|quote| quote.starts_with(SHARED))
        );
        assert_eq!(quotes(&desk, SAID).await, [""]);
        for word in ["Kanarientitel", "Kanarienautorin"] {
            assert!(remains::rows(&desk.db.url, word).await.is_empty(), "{word}");
            assert!(
                remains::holding(desk.store_dir(), word)
                    .iter()
                    .all(|file| file.to_string_lossy().contains("/archive/")),
                "{word}"
            );
        }
        for (document, kept) in [(desk.page, 1), (desk.neighbour, 1), (desk.stranger, 0)] {
            let copies = desk
                .store
                .copies(&document)
                .await
                .expect("asked")
                .expect("stays")
                .copies;
            assert_eq!(copies.len(), kept);
            if kept == 1 {
                klarstelle::copy::find(&desk.store, desk.places.archive.clone(), &document, None)
                    .await
                    .expect("evidence");
            }
        }
        desk.assert_whole().await;
    }
}

/// Each key alone, and the others off.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_limit_is_its_own() {
    const OFF: Limits = Limits {
        unanswered_days: 0,
        answered_days: 0,
        copies_days: 0,
        requests_days: 0,
    };
    for (limits, wanted) in [
        (OFF, (0, 0, 0)),
        (
            Limits {
                unanswered_days: 7,
                ..OFF
            },
            (1, 2, 0),
        ),
        (
            Limits {
                answered_days: 7,
                ..OFF
            },
            (2, 0, 0),
        ),
        (Limits { copies_days: 7, ..OFF }, (0, 0, 2)),
    ] {
        let desk = Desk::open(crate::support::sqlite()).await;
        check(&desk).await;
        assert_eq!(retain(&desk, limits, 6).await, Retained::default(), "{limits:?}");
        let retained = retain(&desk, limits, 8).await;
        let found = (retained.documents, retained.quotes, retained.archive.records);
        assert_eq!(found, wanted, "{limits:?}");
    }
}
