//! `klarstelle cluster` and `klarstelle eval-cluster`.

use klarstelle::{
    cluster::{Home, Prints},
    domain::{Actor, Document, Lang, Mention, Timestamp, WebUrl},
    store::{Origin, Store, StoreUrl},
};

use crate::support::process::klarstelle;

const RUMOUR: &str = "The council of Wexmere pays every asylum seeker a bonus of 2,500 pounds in cash";

/// Sees a text in a claim of its own, however alike others are.
async fn see(store: &Store, number: u32, quote: &str) {
    let mention = Mention {
        quote: quote.to_owned(),
        lang: Lang::EN,
        score: 0.5,
        speaker: None,
        reasons: Vec::new(),
    };
    let document = Document {
        url: WebUrl::parse(&format!("https://posts.example/{number}")).unwrap(),
        canonical_url: None,
        title: String::new(),
        text: quote.to_owned(),
        lang: Lang::EN,
        author: None,
        published_at: None,
    };
    let origin = Origin {
        source: None,
        at: Timestamp::now(),
        kept: None,
        answer: None,
    };
    let mut placed = Prints::of(&mention).place(mention, Home::New);
    // As an older version left it: without the prints by which the store would have joined them.
    (placed.near, placed.bands) = (None, None);
    store
        .record(&document, &origin, &[placed], &Actor::Crawl)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_founded_apart_are_found_and_merged_when_asked_for() {
    let data = tempfile::tempdir().expect("folder");
    let url = StoreUrl::Sqlite(data.path().join("store.sqlite3"));
    let store = Store::open(&url).await.unwrap();
    see(&store, 1, RUMOUR).await;
    see(&store, 2, &format!("{}!!!", RUMOUR.to_uppercase())).await;
    see(&store, 3, &RUMOUR.replace("2,500", "25,000")).await;
    assert_eq!(store.claim_ids(None, 10).await.unwrap().len(), 3);

    let found = klarstelle(data.path(), &["cluster", "--format", "json"]).json();
    assert_eq!(
        (&found["looked_at"], &found["merged"]),
        (&3.into(), &false.into()),
        "{found}"
    );
    assert!(!found["pairs"].as_array().unwrap().is_empty(), "{found}");
    assert_eq!(store.claim_ids(None, 10).await.unwrap().len(), 3, "only said");

    let merged = klarstelle(data.path(), &["cluster", "--merge"]);
    assert_eq!(merged.code, 0, "{}", merged.stderr);
    assert_eq!(store.claim_ids(None, 10).await.unwrap().len(), 2, "{}", merged.stdout);
    let again = klarstelle(data.path(), &["cluster", "--merge", "--format", "json"]).json();
    assert_eq!(again["pairs"], serde_json::json!([]), "{again}");
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    assert_eq!(klarstelle(data.path(), &["verify"]).code, 0);
}

#[test]
fn clusters_are_measured_in_a_store_of_their_own() {
    let data = tempfile::tempdir().expect("folder");
    let measure = |more: &[&str]| {
        let files = [
            "eval-cluster",
            "--claims",
            "fixtures/matching/tr/claimreviews.ndjson",
            "--queries",
            "fixtures/matching/tr/queries.jsonl",
            "--qrels",
            "fixtures/matching/tr/qrels.tsv",
            "--format",
            "json",
        ];
        klarstelle(data.path(), &[&files[..], more].concat()).json()
    };
    let report = measure(&[]);
    assert_eq!(
        (&report["claims"], &report["texts"]),
        (&62.into(), &147.into()),
        "{report}"
    );
    let of = |report: &serde_json::Value, path: &str| report.pointer(path).unwrap().as_f64().unwrap();
    assert!(of(&report, "/pairwise/precision") >= 0.95, "{report}");
    assert!(
        of(&report, "/b_cubed/f1") > of(&report, "/b_cubed_single/f1"),
        "{report}"
    );
    let copies = measure(&["--copies-only"]);
    assert!(
        of(&copies, "/pairwise/recall") < of(&report, "/pairwise/recall"),
        "{copies}"
    );
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "nothing is left");
}
