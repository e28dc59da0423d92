use std::{fs, path::Path};

use klarstelle::store::{Error, Store, StoreUrl};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, sqlite::SqliteConnectOptions};

use super::{assert_whole, claim, log};
use crate::support::databases;

/// Runs SQL behind the store's back.
async fn meddle(url: &StoreUrl, sql: &'static str) {
    match url {
        StoreUrl::Sqlite(path) => {
            let mut conn = SqliteConnectOptions::new()
                .filename(path)
                .create_if_missing(true)
                .connect()
                .await
                .unwrap();
            conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
            conn.close().await.unwrap();
        }
        StoreUrl::Postgres(url) => {
            let mut conn = PgConnection::connect(url).await.unwrap();
            conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
            conn.close().await.unwrap();
        }
    }
}

/// The file's bytes; of a server's database, nothing.
fn bytes(url: &StoreUrl) -> Option<Vec<u8>> {
    match url {
        StoreUrl::Sqlite(path) => Some(fs::read(path).unwrap()),
        StoreUrl::Postgres(_) => None,
    }
}

#[tokio::test]
async fn again_is_the_same_store() {
    for db in databases().await {
        let store = db.open().await;
        let made = claim(&store, "The dam at Akcadere is cracked").await;
        store.ping().await.unwrap();
        let id = *store.id();
        store.close().await;
        assert!(matches!(store.ping().await, Err(Error::Unreachable(_))), "closed");
        let store = db.open().await;
        assert_eq!(*store.id(), id);
        assert_eq!(store.summaries(&[made.id]).await.unwrap()[0].claim, made);
        assert_eq!(log(&store).await.len(), 1);
        assert_whole(&store).await;
    }
}

#[tokio::test]
async fn stores_have_identifiers_of_their_own() {
    for (one, other) in databases().await.iter().zip(&databases().await) {
        assert_ne!(one.open().await.id(), other.open().await.id());
    }
}

#[tokio::test]
async fn many_at_once_make_one_store() {
    for db in databases().await {
        let opening: Vec<_> = (0..6)
            .map(|_| {
                tokio::spawn({
                    let url = db.url.clone();
                    async move { Store::open(&url).await }
                })
            })
            .collect();
        let mut ids = std::collections::BTreeSet::new();
        for opened in opening {
            let store = opened.await.unwrap().unwrap();
            ids.insert(store.id().to_string());
            claim(&store, "Each of them writes").await;
        }
        assert_eq!(ids.len(), 1);
    }
}

#[tokio::test]
async fn a_store_from_the_future_is_left_alone() {
    for db in databases().await {
        db.open().await.close().await;
        meddle(
            &db.url,
            "INSERT INTO schema_versions (version, applied_at) VALUES (99, 0)",
        )
        .await;
        let before = bytes(&db.url);
        let refused = Store::open(&db.url).await;
        assert!(
            matches!(refused, Err(Error::FromTheFuture { found: 99, .. })),
            "{refused:?}"
        );
        assert_eq!(bytes(&db.url), before);
    }
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing() {
    for db in databases().await {
        // In the way of a table that the first migration makes last.
        meddle(&db.url, "CREATE VIEW api_keys AS SELECT 1 AS one").await;
        let failed = Store::open(&db.url).await;
        assert!(
            matches!(failed, Err(Error::Database(_) | Error::Damaged(_))),
            "{failed:?}"
        );
        meddle(&db.url, "DROP VIEW api_keys").await;
        claim(&db.open().await, "Now there is room").await;
    }
}

#[tokio::test]
async fn what_is_no_store_is_refused_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let other = dir.path().join("other.db");
    meddle(&StoreUrl::Sqlite(other.clone()), "CREATE TABLE recipes (name TEXT)").await;
    let text = dir.path().join("text.db");
    fs::write(&text, "This is a letter and no database. ".repeat(100)).unwrap();
    for path in [other, text] {
        let before = fs::read(&path).unwrap();
        let refused = Store::open(&StoreUrl::Sqlite(path.clone())).await;
        assert!(matches!(refused, Err(Error::Damaged(_))), "{refused:?}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[tokio::test]
async fn a_check_names_what_is_wrong() {
    let damage = [
        (
            "DELETE FROM changes WHERE number = 1",
            vec!["numbers missing in the change log: 1", "objects without a change: 1"],
        ),
        (
            "UPDATE claims SET sightings = 7",
            vec!["claims with a wrong number of sightings: 2"],
        ),
        (
            "UPDATE claims SET fact_checks = 7",
            vec!["claims with a wrong number of fact-checks: 2"],
        ),
        (
            "DELETE FROM claim_fingerprints",
            vec!["claims without a fingerprint: 2"],
        ),
        (
            "UPDATE counters SET value = 1",
            vec![
                "numbers missing in the change log: -1",
                "changes numbered above the counter: 1",
            ],
        ),
        (
            "UPDATE settings SET value = '0' WHERE name = 'normaliser'",
            vec!["keys made by normaliser 0"],
        ),
    ];
    for (sql, wanted) in damage {
        for db in databases().await {
            let store = db.open().await;
            claim(&store, "The dam at Akcadere is cracked").await;
            claim(&store, "The mayor sold the town hall").await;
            assert_whole(&store).await;
            store.close().await;
            meddle(&db.url, sql).await;
            let found = db.open().await.check().await.unwrap();
            assert_eq!(found.len(), wanted.len(), "{sql}: {found:?}");
            for (found, wanted) in found.iter().zip(&wanted) {
                assert!(found.starts_with(wanted), "{sql}: {found}");
            }
        }
    }
}

#[tokio::test]
async fn a_flipped_page_is_found() {
    let db = crate::support::sqlite();
    let StoreUrl::Sqlite(path) = &db.url else {
        panic!("a file")
    };
    let store = db.open().await;
    for number in 0..200 {
        claim(&store, &format!("Claim number {number} of those that fill some pages")).await;
    }
    store.close().await;
    let mut file = fs::read(path).unwrap();
    let page = 4096 * (file.len() / 4096 / 2);
    file[page..page + 64].fill(0xA5);
    fs::write(path, file).unwrap();
    match db.open_again().await {
        Err(error) => assert!(matches!(error, Error::Damaged(_)), "{error:?}"),
        Ok(store) => match store.check().await {
            Err(error) => assert!(matches!(error, Error::Damaged(_)), "{error:?}"),
            Ok(problems) => assert!(!problems.is_empty()),
        },
    }
}

#[tokio::test]
async fn files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let db = crate::support::sqlite();
    let StoreUrl::Sqlite(path) = &db.url else {
        panic!("a file")
    };
    let store = db.open().await;
    claim(&store, "So that there is something beside the file").await;
    let files: Vec<_> = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|file| file.unwrap())
        .collect();
    assert!(files.len() >= 2, "the write-ahead log stands beside it");
    for file in files {
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{:?}",
            file.path()
        );
    }
}

#[tokio::test]
async fn nowhere_is_unreachable() {
    let file = StoreUrl::Sqlite(Path::new("/nowhere/at/all.db").to_owned());
    let nonsense = StoreUrl::Postgres("no address".to_owned());
    for url in [file, nonsense] {
        let refused = Store::open(&url).await;
        assert!(matches!(refused, Err(Error::Unreachable(_))), "{refused:?}");
    }
    for db in databases().await {
        if let StoreUrl::Postgres(url) = &db.url {
            let missing = Store::open(&StoreUrl::Postgres(url.replace("/t", "/not_there_t"))).await;
            assert!(matches!(missing, Err(Error::Unreachable(_))), "{missing:?}");
        }
    }
}
