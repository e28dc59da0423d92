//! What the public asks to have checked: counted once, shown to nobody else, and its sender nowhere.

use http::Method;
use klarstelle::{
    cluster::{Home, Prints},
    config::Settings,
    domain::{Actor, Document, Lang, Mention, Timestamp, WebUrl},
    store::Origin,
};
use serde_json::{Value, json};

use crate::support::{
    app::{Ask, Reply, TestApp},
    databases, sqlite,
};

const RUMOUR: &str =
    "Die Stadt Wesselberg schließt bis zum 3. Oktober alle elf öffentlichen Spielplätze und verkauft die Grundstücke.";

async fn reported(app: &TestApp, body: Value) -> Reply {
    app.post("/v1/reports", &body).await.expect(201)
}

/// A page that says it, read by the crawler.
async fn seen(app: &TestApp, url: &str, quote: &str) {
    let document = Document {
        url: WebUrl::parse(url).expect("an address"),
        canonical_url: None,
        title: "Eine Seite".to_owned(),
        text: quote.to_owned(),
        lang: Lang::DE,
        author: None,
        published_at: None,
    };
    let mention = Mention {
        quote: quote.to_owned(),
        lang: Lang::DE,
        score: 0.8,
        speaker: Some("der Bürgermeister".to_owned()),
        reasons: Vec::new(),
    };
    let prints = Prints::of(&mention);
    let likenesses: Vec<_> = prints.likeness.iter().collect();
    let near = app.store.near_copies(&likenesses).await.expect("homes");
    let home = near.first().copied().unwrap_or(Home::New);
    let origin = Origin {
        source: None,
        at: Timestamp::now(),
        kept: None,
        answer: None,
    };
    let placed = [prints.place(mention, home)];
    let record = app.store.record(&document, &origin, &placed, &Actor::Crawl);
    record.await.expect("recorded");
    app.catch_up().await;
}

async fn outcome(app: &TestApp, text: &str) -> String {
    app.catch_up().await;
    app.post("/v1/lookup", &json!({"text": text}))
        .await
        .expect(200)
        .text("/outcome")
}

/// Where a claim might be seen by a stranger.
async fn public_places(app: &TestApp, claim: &str) -> String {
    app.catch_up().await;
    let mut all = String::new();
    for path in [
        "/v1/claims".to_owned(),
        "/v1/claims?q=Spielplätze".to_owned().replace('ä', "%C3%A4"),
        format!("/v1/claims/{claim}"),
        format!("/v1/claims/{claim}/sightings"),
        format!("/v1/claims/{claim}/timeline"),
        format!("/v1/claims/{claim}/history"),
        "/v1/lookup?url=https%3A%2F%2Fa.example%2F1".to_owned(),
    ] {
        all += &String::from_utf8_lossy(&app.get(&path).await.bytes);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_reports_say_is_shown_to_nobody_else() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        let text = RUMOUR.replace("Die Stadt Wesselberg", "Erna Nachbarin");
        let reply = reported(&app, json!({"text": text, "url": "https://a.example/1"})).await;
        let claim = reply.text("/claim_id");
        assert_eq!(outcome(&app, &text).await, "none");
        let shown = public_places(&app, &claim).await;
        assert!(!shown.contains("Erna"), "{shown}");
        let read = app.key(klarstelle::domain::Scope::Read).await;
        let path = format!("/v1/claims/{claim}");
        app.send(Ask::new(Method::GET, &path).key(&read)).await.expect(404);
        let list = app
            .send(Ask::new(Method::GET, &format!("{path}/reports")).key(&read))
            .await;
        assert_eq!(list.expect(403).code(), "scope_too_small");
        let changes = app.review(Method::GET, "/v1/changes?limit=1000", &json!({})).await;
        assert!(!String::from_utf8_lossy(&changes.bytes).contains("Erna"));
        assert_eq!(app.store.check().await.expect("a check"), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_that_says_it_gives_it_its_words() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        let sent = format!("{RUMOUR} Unfassbar!!");
        let claim = reported(&app, json!({"text": sent})).await.text("/claim_id");
        seen(&app, "https://rheinblick.example/1", RUMOUR).await;
        let found = app.get(&format!("/v1/claims/{claim}")).await.expect(200);
        assert_eq!(found.text("/claim/text"), RUMOUR);
        assert_eq!(found.text("/claim/origin"), "crawled");
        assert_eq!(outcome(&app, RUMOUR).await, "match");
        let shown = public_places(&app, &claim).await;
        assert!(!shown.contains("Unfassbar"), "{shown}");
        let sightings = app.get(&format!("/v1/claims/{claim}/sightings")).await.expect(200);
        assert_eq!(sightings.text("/items/0/speaker"), "der Bürgermeister");
        assert_eq!(app.store.check().await.expect("a check"), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_check_that_reviews_it_gives_it_its_words_too() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        let claim = reported(&app, json!({"text": RUMOUR.to_uppercase()}))
            .await
            .text("/claim_id");
        let entered = json!({"text": RUMOUR, "language": "de"});
        let known = app.review(Method::POST, "/v1/claims", &entered).await;
        // Nearly verbatim is one claim; otherwise there would be two.
        assert_eq!(known.text("/id"), claim);
        let found = app.get(&format!("/v1/claims/{claim}")).await.expect(200);
        assert_eq!(
            (found.text("/claim/text"), found.text("/claim/origin")),
            (RUMOUR.to_owned(), "entered".to_owned())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_joins_what_is_known_and_leaves_its_words_alone() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        seen(&app, "https://rheinblick.example/1", RUMOUR).await;
        let letter = format!(
            "Achtung, bitte alle weiterleiten! {RUMOUR} {}",
            "Macht euch das mal klar! ".repeat(12)
        );
        let reply = reported(&app, json!({"text": letter})).await;
        assert_eq!(reply.text("/state"), "known");
        assert_eq!(reply.text("/known/candidates/0/claim/id"), reply.text("/claim_id"));
        let found = app
            .get(&format!("/v1/claims/{}", reply.text("/claim_id")))
            .await
            .expect(200);
        assert_eq!(found.text("/claim/text"), RUMOUR);
        let summary = app.get("/v1/claims").await.json();
        assert_eq!(summary["items"].as_array().map(Vec::len), Some(1), "{summary}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_joins_the_one_claim_seen_there_or_waits() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        seen(&app, "https://rheinblick.example/1", RUMOUR).await;
        let known = reported(&app, json!({"url": "https://www.rheinblick.example/1/?utm_source=x"})).await;
        assert_eq!(known.text("/state"), "known");
        let waiting = reported(&app, json!({"url": "https://plausch.example/9"})).await;
        assert_eq!(waiting.text("/state"), "received");
        assert!(waiting.json().get("claim_id").is_none(), "{waiting:?}");
        app.post("/v1/reports", &json!({"url": "https://plausch.example/9/"}))
            .await
            .expect(200);
        let pages = app
            .review(Method::GET, "/v1/reported-pages", &json!({}))
            .await
            .expect(200)
            .json();
        let wanted = json!([{"url": "https://plausch.example/9", "request_count": 1}]);
        assert_eq!(pages["items"][0]["url"], wanted[0]["url"], "{pages}");
        assert_eq!(pages["items"].as_array().map(Vec::len), Some(1), "{pages}");
        seen(&app, "https://plausch.example/9", RUMOUR).await;
        let fate = app
            .get(&format!("/v1/reports/{}", waiting.text("/receipt")))
            .await
            .expect(200);
        assert_eq!(
            (fate.text("/state"), fate.text("/claim_id")),
            ("known".to_owned(), known.text("/claim_id"))
        );
        let pages = app
            .review(Method::GET, "/v1/reported-pages", &json!({}))
            .await
            .expect(200)
            .json();
        assert_eq!(pages["items"], json!([]));
        // A page that says two things stands for neither.
        let both = "https://plausch.example/12";
        seen(&app, both, RUMOUR).await;
        seen(
            &app,
            both,
            "Das Freibad Lindrath heizt sein Becken seit Montag mit Altöl.",
        )
        .await;
        let unclear = reported(&app, json!({"url": both})).await;
        assert_eq!(unclear.text("/state"), "received");
        assert!(unclear.json().get("claim_id").is_none(), "{unclear:?}");
        let pages = app.review(Method::GET, "/v1/reported-pages", &json!({})).await.json();
        assert_eq!(pages["items"][0]["url"], both, "{pages}");
    }
}

/// Two addresses ask about one claim in two wordings each: two requests are counted.
#[tokio::test(flavor = "multi_thread")]
async fn it_counts_once_for_a_sender_and_claim() {
    for db in databases().await {
        let mut settings = Settings::default();
        settings.server.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
        let app = TestApp::with(&db, &settings).await;
        let from = |address: &'static str, text: String| {
            let ask = Ask::new(Method::POST, "/v1/reports").header("x-forwarded-for", address);
            app.send(ask.json(&json!({"text": text})))
        };
        let near = format!("{RUMOUR} Unfassbar!!");
        let first = from("192.0.2.1", RUMOUR.to_owned()).await.expect(201);
        let again = from("192.0.2.1", near.clone()).await.expect(200);
        let other = from("192.0.2.2", near).await.expect(201);
        assert_eq!(first.text("/receipt"), again.text("/receipt"));
        assert_eq!(first.text("/claim_id"), other.text("/claim_id"));
        assert_ne!(first.text("/receipt"), other.text("/receipt"));
        let path = format!("/v1/claims/{}/reports", first.text("/claim_id"));
        let list = app.review(Method::GET, &path, &json!({})).await.expect(200).json();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(2), "{list}");
        assert_eq!(first.header("cache-control"), "no-store");
    }
}

/// Eight at once about one thing, each from another sender: one claim, eight requests.
#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_found_one_claim() {
    for db in databases().await {
        let mut settings = Settings::default();
        settings.server.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
        let app = TestApp::with(&db, &settings).await;
        let asks = (1..=8).map(|host| {
            let ask = Ask::new(Method::POST, "/v1/reports").header("x-forwarded-for", &format!("192.0.2.{host}"));
            app.send(ask.json(&json!({"text": RUMOUR})))
        });
        let replies = futures_util::future::join_all(asks).await;
        let claims: std::collections::BTreeSet<String> = replies.iter().map(|reply| reply.text("/claim_id")).collect();
        assert_eq!(claims.len(), 1, "{claims:?}");
        assert!(replies.iter().all(|reply| reply.status == 201));
        assert_eq!(app.store.check().await.expect("a check"), Vec::<String>::new());
    }
}

#[tokio::test]
async fn reports_have_a_limit_of_their_own_and_keys_have_none() {
    let db = sqlite();
    let mut settings = Settings::default();
    settings.reports.burst = 2;
    settings.reports.per_hour = 2;
    let app = TestApp::with(&db, &settings).await;
    let report = |number: u32| json!({"text": format!("Die Brücke Nummer {number} in Grünhagen ist gesperrt.")});
    for number in 0..2 {
        reported(&app, report(number)).await;
    }
    let refused = app.post("/v1/reports", &report(3)).await.expect(429);
    assert_eq!(refused.code(), "rate_limited");
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=1801).contains(&wait), "{wait}");
    app.get("/v1/claims").await.expect(200);
    app.review(Method::POST, "/v1/reports", &report(4)).await.expect(201);
}

#[tokio::test]
async fn hostile_reports_are_refused_and_nothing_of_them_is_said_again() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let long = "kanarienvogel ".repeat(800);
    for (body, pointer) in [
        (json!({}), ""),
        (json!({"quote": "kanarienvogel"}), ""),
        (json!({"text": ""}), "/text"),
        (json!({"text": "?! \u{1F600}"}), "/text"),
        (json!({"text": long}), "/text"),
        (json!({"text": "a", "quote": "kanarienvogel ".repeat(80)}), "/quote"),
        (json!({"text": "a", "url": "javascript:kanarienvogel"}), "/url"),
        (json!({"url": "https://kanarienvogel:x@a.example/"}), "/url"),
        (json!({"text": "a", "language": "kanarienvogel!"}), "/language"),
        (json!({"text": null}), "/text"),
        (json!({"text": "a", "name": "kanarienvogel"}), "/name"),
    ] {
        let reply = app.post("/v1/reports", &body).await.expect(422);
        let said = String::from_utf8_lossy(&reply.bytes).into_owned();
        assert!(!said.contains("kanarienvogel"), "{said}");
        assert_eq!(reply.text("/errors/0/pointer"), pointer, "{said}");
    }
    assert_eq!(app.store.last_change().await.expect("a number"), 0);
    let nasty = "<script>alert(1)</script>\u{0}\u{202E} Die Stadt' OR 1=1; DROP TABLE reports; --";
    reported(&app, json!({"text": nasty})).await;
    assert_eq!(app.store.check().await.expect("a check"), Vec::<String>::new());
}

#[tokio::test]
async fn a_reviewer_who_merges_makes_only_the_survivor_public() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        let one = reported(
            &app,
            json!({"text": "Das Freibad Lindrath heizt sein Becken mit Altöl."}),
        )
        .await;
        let other = reported(
            &app,
            json!({"text": "In Lindrath wird Altöl im Schwimmbad verbrannt, sagt Erna."}),
        )
        .await;
        let (one, other) = (one.text("/claim_id"), other.text("/claim_id"));
        let merge = json!({"into": one, "reason": "dasselbe"});
        app.review(Method::POST, &format!("/v1/claims/{other}/merge"), &merge)
            .await
            .expect(200);
        app.get(&format!("/v1/claims/{one}")).await.expect(404);
        app.get(&format!("/v1/claims/{other}")).await.expect(404);
        let entered = json!({"text": "Das Freibad in Lindrath verheizt Altöl.", "language": "de"});
        let public = app
            .review(Method::POST, "/v1/claims", &entered)
            .await
            .expect(201)
            .text("/id");
        let merge = json!({"into": public, "reason": "dasselbe"});
        app.review(Method::POST, &format!("/v1/claims/{one}/merge"), &merge)
            .await
            .expect(200);
        app.get(&format!("/v1/claims/{other}")).await.expect(308);
        let found = app.get(&format!("/v1/claims/{public}")).await.expect(200);
        assert!(!String::from_utf8_lossy(&found.bytes).contains("Erna"));
        assert_eq!(app.store.check().await.expect("a check"), Vec::<String>::new());
    }
}

/// A report in other words than those of a page that comes later stands with it afterwards, and keeps its own words to itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_a_page_makes_later_stands_for_the_reported_one() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        let sent = format!("{}!!! 😡", RUMOUR.to_uppercase());
        let reported = reported(&app, json!({"text": sent})).await.text("/claim_id");
        let document = Document {
            url: WebUrl::parse("https://rheinblick.example/2").expect("an address"),
            canonical_url: None,
            title: String::new(),
            text: RUMOUR.to_owned(),
            lang: Lang::DE,
            author: None,
            published_at: None,
        };
        let mention = Mention {
            quote: RUMOUR.to_owned(),
            lang: Lang::DE,
            score: 0.8,
            speaker: None,
            reasons: Vec::new(),
        };
        let origin = Origin {
            source: None,
            at: Timestamp::now(),
            kept: None,
            answer: None,
        };
        // Founded apart, as other words would be.
        let mut apart = Prints::of(&mention).place(mention, Home::New);
        (apart.near, apart.bands) = (None, None);
        let apart = [apart];
        let record = app.store.record(&document, &origin, &apart, &Actor::Crawl);
        record.await.expect("recorded");
        assert_eq!(app.join().await, 1);
        let ids = app.store.claim_ids(None, 10).await.expect("claims");
        let found = app.get(&format!("/v1/claims/{}", ids[0])).await.expect(200);
        assert_eq!(found.text("/claim/text"), RUMOUR);
        for claim in [&reported, &ids[0].to_string()] {
            let shown = public_places(&app, claim).await;
            assert!(!shown.contains("WESSELBERG"), "{shown}");
        }
        let entries = app.store.entries(&ids).await.expect("an entry");
        assert!(
            entries[0]
                .wordings
                .iter()
                .all(|wording| !wording.text.contains("WESSELBERG"))
        );
        assert_eq!(app.store.check().await.expect("a check"), Vec::<String>::new());
    }
}
