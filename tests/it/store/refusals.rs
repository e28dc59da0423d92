//! What the server's errors become.

use klarstelle::{
    domain::{ClaimText, Lang},
    store::{Error, Store, StoreUrl},
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::{assert_whole, log, reviewer};
use crate::support::databases;

async fn run(url: &StoreUrl, sql: String) {
    if let StoreUrl::Postgres(url) = url {
        let mut conn = PgConnection::connect(url).await.unwrap();
        conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
        conn.close().await.unwrap();
    }
}

/// Makes the server refuse new claims with a code, so many times.
async fn refuse(url: &StoreUrl, code: &str, times: u32) {
    let sql = format!(
        "DROP TRIGGER IF EXISTS refuse ON claims; DROP SEQUENCE IF EXISTS tries; CREATE SEQUENCE tries; \
         CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END IF; \
         RETURN NEW; END $$; \
         CREATE TRIGGER refuse BEFORE INSERT ON claims FOR EACH ROW EXECUTE FUNCTION refuse()"
    );
    run(url, sql).await;
}

async fn create(store: &Store, text: &str) -> Result<(), Error> {
    let text = ClaimText::parse(text).unwrap();
    store.create_claim(&text, Lang::EN, &reviewer()).await.map(drop)
}

/// Tells one kind of error.
type Is = fn(&Error) -> bool;

#[tokio::test]
async fn each_code_has_its_meaning() {
    let [_, db] = databases().await;
    let store = db.open().await;
    let cases: [(&str, Is); 9] = [
        ("53100", |error| matches!(error, Error::Full(_))),
        ("53200", |error| matches!(error, Error::Busy(_))),
        ("55P03", |error| matches!(error, Error::Busy(_))),
        ("57014", |error| matches!(error, Error::Busy(_))),
        ("40001", |error| matches!(error, Error::Busy(_))),
        ("57P03", |error| matches!(error, Error::Unreachable(_))),
        ("58030", |error| matches!(error, Error::Unreachable(_))),
        ("XX001", |error| matches!(error, Error::Damaged(_))),
        ("23514", |error| matches!(error, Error::Database(_))),
    ];
    for (code, is_right) in cases {
        refuse(&db.url, code, 1_000).await;
        let error = create(&store, "Will never be written").await.unwrap_err();
        assert!(is_right(&error), "{code}: {error:?}");
    }
    assert!(log(&store).await.is_empty());
    assert_whole(&store).await;
}

#[tokio::test]
async fn work_undone_by_others_is_done_again() {
    let [_, db] = databases().await;
    let store = db.open().await;
    for (number, code) in ["40001", "40P01"].into_iter().enumerate() {
        refuse(&db.url, code, 3).await;
        create(&store, &format!("Written in the fourth attempt {number}"))
            .await
            .unwrap();
    }
    refuse(&db.url, "58030", 1).await;
    let error = create(&store, "A disk that fails is no matter of trying")
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    assert_eq!(log(&store).await.len(), 2);
}

#[tokio::test]
async fn a_server_that_was_restarted_is_found_again() {
    let [_, db] = databases().await;
    let store = db.open().await;
    create(&store, "Written before all connections broke").await.unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    run(&db.url, end.to_owned()).await;
    create(&store, "Written after all connections broke").await.unwrap();
    assert_eq!(log(&store).await.len(), 2);
}
