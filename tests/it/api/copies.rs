//! Kept copies: what is shown of them, to whom, and what is not.

use std::fs;

use http::Method;
use klarstelle::domain::{DocumentId, Scope};
use scraper::{Html, Selector};

use crate::support::{
    app::{Ask, Reply, TestApp},
    copies::{self, cases},
    databases, sqlite,
};

/// What an element of a copy may say of itself.
const HARMLESS: &[&str] = &["lang", "dir", "colspan", "rowspan", "datetime"];

async fn ask(app: &TestApp, id: &DocumentId) -> Reply {
    let path = format!("/v1/documents/{id}/copy");
    app.send(Ask::new(Method::GET, &path).key(app.reviewer())).await
}

async fn shown(app: &TestApp, id: &DocumentId) -> String {
    let reply = ask(app, id).await.expect(200);
    String::from_utf8(reply.bytes.to_vec()).expect("UTF-8")
}

/// Elements that load or run something, and attributes that do: none may be in a copy.
fn assert_inert(page: &str, what: &str) {
    let html = Html::parse_document(page);
    let strange = "script, style, link, img, picture, source, video, audio, track, iframe, frame, frameset, object, embed, \
                   applet, form, input, button, select, textarea, base, svg, math, template, noscript, area, map, \
                   marquee, bgsound, [href], [src], [style], [id], [name], [class]";
    let strange = Selector::parse(strange).expect("a selector");
    let body = Selector::parse("body").expect("a selector");
    let body = html.select(&body).next().expect("a body");
    let found: Vec<_> = body.select(&strange).map(|element| element.html()).collect();
    assert!(found.is_empty(), "{what}: {found:?}");
    for element in body.descendent_elements() {
        for (name, _) in element.value().attrs() {
            assert!(HARMLESS.contains(&name), "{what}: {}", element.html());
        }
    }
    let policy = Selector::parse("[http-equiv]").expect("a selector");
    let policies = html.select(&policy).count();
    assert_eq!(policies, 1, "our policy, and no other: {what}");
}

#[tokio::test]
async fn every_case_is_shown_and_can_do_nothing() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    for case in cases() {
        let id = copies::document(&app.store, app.archive(), &case.url, &case.content_type, &case.body()).await;
        let page = shown(&app, &id).await;
        let (_, main) = page.split_once("<main").expect("a main part");
        for wanted in &case.shows {
            assert!(main.contains(wanted), "{}: no {wanted} in {main}", case.file);
        }
        for hidden in &case.hides {
            assert!(!main.contains(hidden), "{}: {hidden} in {main}", case.file);
        }
        assert_inert(&page, &case.file);
        assert!(page.contains("abgerufen am") && page.contains("fetched at"), "{page}");
        assert!(
            page.contains("2026-05-02T08:30:00.000Z") && page.contains(&case.url),
            "{page}"
        );
    }
}

#[tokio::test]
async fn no_payload_comes_through() {
    let payloads = include_str!("../../../fixtures/xss/payloads.txt");
    let db = sqlite();
    let app = TestApp::on(&db).await;
    for (number, payload) in payloads.lines().enumerate() {
        for (kind, body) in [
            ("text/html", format!("<html><body><p>davor {payload} danach</p>")),
            ("text/plain", format!("davor {payload}")),
            ("application/json", serde_json::json!({"text": payload}).to_string()),
        ] {
            let url = format!("https://rheinblick.example/{number}/{kind}");
            let id = copies::document(&app.store, app.archive(), &url, kind, body.as_bytes()).await;
            assert_inert(&shown(&app, &id).await, payload);
        }
    }
}

#[tokio::test]
async fn each_version_has_its_own_copy() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        let url = "https://rheinblick.example/damm";
        let mut ids = Vec::new();
        for text in ["Der Damm ist gebrochen.", "Der Damm haelt stand."] {
            let kept = copies::keep(app.archive(), url, "text/html", text.as_bytes()).await;
            ids.push(copies::record(&app.store, url, text, Some(kept)).await);
        }
        assert_eq!(ids[0], ids[1]);
        for (query, wanted) in [("", "stand"), ("?version=1", "gebrochen"), ("?version=2", "stand")] {
            let path = format!("/v1/documents/{}/copy{query}", ids[0]);
            let reply = app
                .send(Ask::new(Method::GET, &path).key(app.reviewer()))
                .await
                .expect(200);
            assert!(String::from_utf8_lossy(&reply.bytes).contains(wanted), "{query}");
        }
    }
}

#[tokio::test]
async fn sightings_lead_to_the_copy() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let url = "https://rheinblick.example/damm";
    let kept = copies::keep(app.archive(), url, "text/html", b"<p>Der Damm ist <b>dicht</b>.").await;
    let id = copies::sighted(&app.store, url, "Der Damm ist dicht.", Some(kept)).await;
    let claims = app.get("/v1/claims").await.expect(200);
    let claim = claims.text("/items/0/claim/id");
    let sightings = app.get(&format!("/v1/claims/{claim}/sightings")).await.expect(200);
    assert_eq!(sightings.text("/items/0/document_id"), id.to_string());
    assert!(shown(&app, &id).await.contains("ist <b>dicht</b>."));
}

#[tokio::test]
async fn copies_are_for_reviewers() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let id = app.kept_document("https://rheinblick.example/damm").await;
    let path = format!("/v1/documents/{id}/copy");
    assert_eq!(app.get(&path).await.expect(401).code(), "key_required");
    let reader = app.key(Scope::Read).await;
    let reply = app.send(Ask::new(Method::GET, &path).key(&reader)).await.expect(403);
    assert_eq!(reply.code(), "scope_too_small");
    assert_eq!(reply.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn what_cannot_be_shown_says_why() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let without = copies::record(
        &app.store,
        "https://rheinblick.example/ohne",
        "Nichts davon ist da.",
        None,
    )
    .await;
    assert_eq!(ask(&app, &without).await.expect(404).code(), "copy_not_kept");

    let id = app.kept_document("https://rheinblick.example/damm").await;
    let entry = fs::read_dir(app.archive())
        .expect("the folder")
        .next()
        .expect("a file")
        .expect("an entry");
    let mut bytes = fs::read(entry.path()).expect("the file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    fs::write(entry.path(), &bytes).expect("meddled");
    assert_eq!(ask(&app, &id).await.expect(500).code(), "copy_damaged");
    fs::remove_file(entry.path()).expect("removed");
    assert_eq!(ask(&app, &id).await.expect(410).code(), "copy_gone");
}
