//! Lists in pages, sorted, filtered and searched.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use crate::support::{
    app::{Ask, TestApp},
    databases,
};

fn texts(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().expect("items");
    items
        .iter()
        .map(|item| item["claim"]["text"].as_str().expect("a text").to_owned())
        .collect()
}

/// All pages, by following `Link`.
async fn all(app: &TestApp, start: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = Some(start.to_owned());
    while let Some(path) = next {
        let page = app.get(&path).await.expect(200);
        found.extend(texts(&page.json()));
        let link = page.header("link");
        assert_eq!(link.is_empty(), page.json().get("next").is_none(), "{link}");
        next = link
            .strip_prefix('<')
            .and_then(|l| l.split('>').next())
            .map(str::to_owned);
    }
    found
}

async fn with_claims(app: &TestApp, count: usize) {
    for number in 0..count {
        let body = json!({"text": format!("Behauptung {number} über Holzöfen"), "language": "de"});
        app.review(Method::POST, "/v1/claims", &body).await.expect(201);
    }
}

#[tokio::test]
async fn pages_hold_every_claim_once_newest_first() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        with_claims(&app, 7).await;
        let wanted: Vec<String> = (0..7).rev().map(|n| format!("Behauptung {n} über Holzöfen")).collect();
        assert_eq!(all(&app, "/v1/claims?limit=3").await, wanted);
        assert_eq!(all(&app, "/v1/claims?limit=7&sort=newest").await, wanted);
        let seen: BTreeSet<String> = all(&app, "/v1/claims?limit=2&sort=most_seen")
            .await
            .into_iter()
            .collect();
        assert_eq!(seen.len(), 7);
    }
}

#[tokio::test]
async fn a_cursor_fits_its_own_list_only() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        with_claims(&app, 3).await;
        let cursor = app
            .get("/v1/claims?limit=1&sort=newest")
            .await
            .expect(200)
            .text("/next");
        let path = format!("/v1/claims?limit=1&sort=most_seen&cursor={cursor}");
        assert_eq!(app.get(&path).await.expect(400).code(), "invalid_cursor");
        let path = format!("/v1/claims?limit=1&q=Holz&cursor={cursor}");
        assert_eq!(app.get(&path).await.expect(400).code(), "invalid_cursor");
    }
}

#[tokio::test]
async fn claims_are_found_by_words_and_sorted_out_by_fact_check() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        with_claims(&app, 5).await;
        let other = json!({"text": "Zitronenwasser heilt jede Grippe", "language": "de"});
        let other = app.review(Method::POST, "/v1/claims", &other).await.expect(201);
        let own = json!({"origin": "own", "title": "T", "text": "T", "verdict": "false", "rating": {"text": "R"}, "language": "de"});
        let check = app.review(Method::POST, "/v1/fact-checks", &own).await.expect(201);
        let path = format!("{}/attachments", other.header("location"));
        app.review(Method::POST, &path, &json!({"fact_check_id": check.text("/id")}))
            .await
            .expect(201);
        app.catch_up().await;
        assert_eq!(all(&app, "/v1/claims?q=holz%C3%B6fen&limit=2").await.len(), 5);
        let lemon = ["Zitronenwasser heilt jede Grippe"];
        for path in [
            "/v1/claims?q=grippe+zitronenwasser",
            "/v1/claims?q=zitronenwasser&checked=yes",
            "/v1/claims?checked=yes",
        ] {
            assert_eq!(all(&app, path).await, lemon, "{path}");
        }
        for path in [
            "/v1/claims?q=zitronenwasser&checked=no",
            "/v1/claims?q=zitronenwasser+holz%C3%B6fen",
        ] {
            assert!(all(&app, path).await.is_empty(), "{path}");
        }
        assert_eq!(all(&app, "/v1/claims?checked=no").await.len(), 5);
    }
}

#[tokio::test]
async fn the_change_log_is_read_in_order_and_filtered() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        with_claims(&app, 5).await;
        let ask = |path: &str| app.send(Ask::new(Method::GET, path).key(app.reviewer()));
        let first = ask("/v1/changes?limit=2").await.expect(200);
        assert_eq!(first.header("link"), "</v1/changes?limit=2&after=2>; rel=\"next\"");
        let rest = ask("/v1/changes?after=2").await.expect(200);
        assert_eq!(rest.header("link"), "");
        let numbers: Vec<u64> = rest.json()["items"]
            .as_array()
            .expect("items")
            .iter()
            .filter_map(|c| c["number"].as_u64())
            .collect();
        assert_eq!(numbers, [3, 4, 5]);
        let id = first.text("/items/1/id");
        let one = ask(&format!("/v1/changes?id={id}&kind=claim")).await.expect(200).json();
        assert_eq!(one["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(one["last_change"], 5);
        let none = ask("/v1/changes?kind=source").await.expect(200).json();
        assert_eq!(none["items"], json!([]));
        assert_eq!(
            ask("/v1/changes?kind=person")
                .await
                .expect(422)
                .text("/errors/0/parameter"),
            "kind"
        );
    }
}
