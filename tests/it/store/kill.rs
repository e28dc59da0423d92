//! What was acknowledged survives `kill -9`, at whatever moment.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use klarstelle::{
    domain::Actor,
    store::{ImportBatch, Store, StoreUrl},
};

use super::{assert_whole, claim, external, log, now, own_check, page, placed, reviewer};
use crate::support::databases;

/// Tells a copy of this process that it is the writer, and where to write.
const WRITER: &str = "KLARSTELLE_TEST_WRITER";
const NAME: &str = "store::kill::acknowledged_writes_survive";
const ROUNDS: u32 = 20;

#[tokio::test]
async fn acknowledged_writes_survive() {
    if let Ok(url) = env::var(WRITER) {
        write_until_killed(&read(&url)).await;
    }
    for db in databases().await {
        let mut acknowledged = 0;
        for _ in 0..ROUNDS {
            let ids = write_and_kill(&db.url);
            acknowledged += ids.len();
            let store = db.open().await;
            for id in ids {
                assert!(
                    !store.changes(&of(&id)).await.unwrap().is_empty(),
                    "{id} was acknowledged and is gone"
                );
            }
            let numbers: Vec<u64> = log(&store).await.iter().map(|change| change.number).collect();
            assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
            assert_whole(&store).await;
            store.close().await;
        }
        assert!(
            acknowledged >= ROUNDS as usize,
            "a writer that acknowledges nothing is no test"
        );
        println!("{acknowledged} acknowledged writes survived {ROUNDS} kills");
    }
}

fn of(id: &str) -> klarstelle::store::ChangeQuery {
    klarstelle::store::ChangeQuery {
        limit: 1,
        id: Some(id.to_owned()),
        ..Default::default()
    }
}

fn written(url: &StoreUrl) -> String {
    match url {
        StoreUrl::Sqlite(path) => path.to_str().expect("a readable path").to_owned(),
        StoreUrl::Postgres(url) => url.clone(),
    }
}

fn read(url: &str) -> StoreUrl {
    if url.starts_with("postgres:") {
        StoreUrl::Postgres(url.to_owned())
    } else {
        StoreUrl::Sqlite(url.into())
    }
}

/// Lets a copy of this process write, kills it at some moment; what it had acknowledged by then.
fn write_and_kill(url: &StoreUrl) -> Vec<String> {
    let mut writer = Command::new(env::current_exe().expect("the test binary"))
        .args(["--exact", NAME, "--nocapture"])
        .env(WRITER, written(url))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a second process");
    let lines = BufReader::new(writer.stdout.take().expect("its output")).lines();
    let mut acknowledged = lines
        .map_while(Result::ok)
        .filter_map(|line| Some(line.strip_prefix("acknowledged ")?.to_owned()));
    let mut ids: Vec<String> = acknowledged.by_ref().take(1 + any() as usize % 40).collect();
    std::thread::sleep(Duration::from_micros(u64::from(any()) % 20_000));
    writer.kill().expect("kill -9");
    ids.extend(acknowledged);
    writer.wait().expect("its end");
    ids
}

/// Writes everything that can be written, from three tasks at once, and says what was acknowledged.
async fn write_until_killed(url: &StoreUrl) {
    let store = Store::open(url).await.expect("the store opens after a kill");
    let writers = [
        tokio::spawn(reviews(store.clone())),
        tokio::spawn(imports(store.clone())),
        tokio::spawn(crawls(store)),
    ];
    for writer in writers {
        writer.await.expect("no panic");
    }
}

fn acknowledge(id: impl std::fmt::Display) {
    println!("acknowledged {id}");
}

fn any() -> u32 {
    getrandom::u32().expect("a random number")
}

async fn reviews(store: Store) {
    loop {
        let claim = claim(&store, &format!("A reviewer entered claim number {}", any())).await;
        acknowledge(claim.id);
        let check = own_check(&store, "A check").await;
        acknowledge(check.id);
        acknowledge(
            store
                .attach(&claim.id, &check.id, None, &reviewer())
                .await
                .expect("an attachment")
                .id,
        );
    }
}

async fn imports(store: Store) {
    loop {
        let batch: Vec<_> = (0..50)
            .map(|_| external(any(), &format!("Imported claim number {}", any())))
            .collect();
        store
            .import(&ImportBatch::new(batch.clone()), &Actor::Import)
            .await
            .expect("a batch");
        for check in &batch {
            let at = store
                .claims_at(&check.url.as_ref().expect("an address").key())
                .await
                .expect("claims");
            acknowledge(at[0]);
        }
    }
}

async fn crawls(store: Store) {
    loop {
        let quotes = [any(), any()].map(|number| placed(&format!("Crawled claim number {number} of the page")));
        let document = page(&format!("https://paper.example/{}", any()), "v1");
        store
            .record(&document, &now(), &quotes, &Actor::Crawl)
            .await
            .expect("a document");
        for claim in store.claims_at(&document.url.key()).await.expect("claims") {
            acknowledge(claim);
        }
    }
}
