//! `kill -9` at random moments: every acknowledged write is in the store and, after catching up, in the index.

use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::process::{Server, heavy, http_client, klarstelle};

/// Rounds in CI; a quick run makes do with fewer.
fn rounds() -> u64 {
    if heavy() { 50 } else { 5 }
}

/// A small generator with a fixed seed (xorshift64*): moments differ from round to round, not from run to run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }
}

/// What the service acknowledged.
#[derive(Default)]
struct Ledger {
    claims: BTreeSet<String>,
    attachments: BTreeSet<String>,
}

/// Writes until the connection dies: a claim, a fact-check, an attachment, over and over.
async fn write(base: String, key: String, round: u64, writer: u64) -> Ledger {
    let client = http_client();
    let mut ledger = Ledger::default();
    for n in 0.. {
        let name = format!("runde{round}schreiber{writer}nummer{n}");
        let text = format!("Angeblich steht {name} morgen ohne Strom da.");
        let Some(claim) = post(
            &client,
            &base,
            &key,
            "/v1/claims",
            json!({"text": text, "language": "de"}),
        )
        .await
        else {
            break;
        };
        ledger.claims.insert(claim.clone());
        let check = json!({"origin": "external", "publisher": {"name": "Prüfstelle"}, "title": format!("Kein Stromausfall: {name}"),
            "url": format!("https://pruefstelle.example/{name}"), "claim_reviewed": text, "rating": {"text": "Falsch"}, "language": "de"});
        let Some(check) = post(&client, &base, &key, "/v1/fact-checks", check).await else {
            break;
        };
        let path = format!("/v1/claims/{claim}/attachments");
        let Some(attachment) = post(&client, &base, &key, &path, json!({"fact_check_id": check})).await else {
            break;
        };
        ledger.attachments.insert(attachment);
    }
    ledger
}

/// The id that the service gave, once it acknowledged.
async fn post(client: &reqwest::Client, base: &str, key: &str, path: &str, body: Value) -> Option<String> {
    let answer = client
        .post(format!("{base}{path}"))
        .bearer_auth(key)
        .json(&body)
        .send()
        .await
        .ok()?;
    let status = answer.status();
    let body: Value = answer.json().await.ok()?;
    assert!(status.is_success(), "{path}: {status} {body}");
    body["id"].as_str().map(str::to_owned)
}

async fn round(number: u64, data_dir: &Path, key: &str, chance: &mut Chance, ledger: &mut Ledger) {
    let server = Server::start(data_dir);
    let mut writers = JoinSet::new();
    for writer in 0..3 {
        writers.spawn(write(server.base.clone(), key.to_owned(), number, writer));
    }
    tokio::time::sleep(Duration::from_millis(30 + chance.below(500))).await;
    server.kill_9();
    while let Some(written) = writers.join_next().await {
        let written = written.expect("writer");
        ledger.claims.extend(written.claims);
        ledger.attachments.extend(written.attachments);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_write_survives_kill_9() {
    let dir = tempfile::tempdir().expect("folder");
    let data_dir = dir.path().join("data");
    let key = klarstelle(&data_dir, &["key", "create", "--name", "kill"]).stdout_line();
    let mut ledger = Ledger::default();
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for number in 0..rounds() {
        round(number, &data_dir, &key, &mut chance, &mut ledger).await;
    }
    assert!(
        ledger.claims.len() as u64 > rounds(),
        "hardly anything was written: {}",
        ledger.claims.len()
    );

    let server = Server::start(&data_dir);
    let client = http_client();
    all_there(&client, &server.base, &key, &ledger).await;
    caught_up(&client, &server.base).await;
    server.stop();

    let verified = klarstelle(&data_dir, &["verify", "--format", "json"]);
    assert_eq!(verified.code, 0, "{}{}", verified.stdout, verified.stderr);
    let doctor = klarstelle(&data_dir, &["doctor"]);
    assert_eq!(doctor.code, 0, "{}", doctor.stdout);
    println!(
        "{} rounds, {} claims and {} attachments acknowledged, all there",
        rounds(),
        ledger.claims.len(),
        ledger.attachments.len()
    );
}

async fn all_there(client: &reqwest::Client, base: &str, key: &str, ledger: &Ledger) {
    let claims = ledger.claims.iter().map(|id| format!("/v1/claims/{id}"));
    let attachments = ledger.attachments.iter().map(|id| format!("/v1/attachments/{id}"));
    for path in claims.chain(attachments) {
        let answer = client
            .get(format!("{base}{path}"))
            .bearer_auth(key)
            .send()
            .await
            .expect("answer");
        assert_eq!(answer.status(), 200, "acknowledged, and gone: {path}");
    }
}

/// Waits until the index stands where the store stands.
async fn caught_up(client: &reqwest::Client, base: &str) {
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        let meta: Value = client
            .get(format!("{base}/v1/meta"))
            .send()
            .await
            .expect("meta")
            .json()
            .await
            .expect("json");
        if meta["last_change"] == meta["index_position"] && meta["last_change"].as_u64() > Some(0) {
            return;
        }
        assert!(Instant::now() < end, "the index does not catch up: {meta}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
