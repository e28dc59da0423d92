//! What must be in a store so that the contract's examples can be asked.

use http::Method;
use klarstelle::{
    cluster::{Home, Prints},
    domain::{Actor, Document, Lang, Mention, Timestamp, WebUrl},
    store::Origin,
};
use serde_json::json;

use crate::support::{app::TestApp, visits};

/// A claim entered by hand.
async fn entered(app: &TestApp) -> String {
    let claim = json!({"text": format!("Behauptung {}", uuid::Uuid::now_v7()), "language": "de"});
    let made = app.review(Method::POST, "/v1/claims", &claim).await;
    made.expect(201).text("/id")
}

/// A sighting of a claim in words of its own.
async fn seen(app: &TestApp, claim: &str) -> String {
    let quote = format!("Gesehen und gehört: {}", uuid::Uuid::now_v7());
    let claim = claim.parse().expect("a claim's identifier");
    let mention = Mention {
        quote: quote.clone(),
        lang: Lang::DE,
        score: 0.5,
        speaker: None,
        reasons: Vec::new(),
    };
    let placed = Prints::of(&mention).place(mention, Home::Known(claim));
    let url = format!("https://paper.example/{}", uuid::Uuid::now_v7());
    let document = Document {
        url: WebUrl::parse(&url).expect("an address"),
        canonical_url: None,
        title: String::new(),
        text: quote,
        lang: Lang::DE,
        author: None,
        published_at: None,
    };
    let origin = Origin {
        source: None,
        at: Timestamp::now(),
        kept: None,
        answer: None,
    };
    app.store
        .record(&document, &origin, &[placed], &Actor::Crawl)
        .await
        .expect("a document");
    let sightings = app.store.sightings(&claim, None, 1).await.expect("sightings");
    sightings.items[0].id.to_string()
}

/// A source that was visited twice, in vain the second time.
async fn visited(app: &TestApp) -> String {
    let feed = format!("https://rheinblick.example/{}.xml", uuid::Uuid::now_v7());
    let visits = [
        (Timestamp::now(), None),
        (Timestamp::now(), Some("status_503".to_owned())),
    ];
    let source = visits::Visited {
        url: &feed,
        visits: &visits,
    };
    visits::visit(&app.store, &source).await.to_string()
}

/// Objects that stand for those in the contract's examples: what the example names, what is in the store.
pub(super) async fn seeded(app: &TestApp) -> Vec<(&'static str, String)> {
    let claim = entered(app).await;
    let own = json!({"origin": "own", "title": "T", "text": "T", "verdict": "false", "rating": {"text": "R"}, "language": "de"});
    let check = app
        .review(Method::POST, "/v1/fact-checks", &own)
        .await
        .expect(201)
        .text("/id");
    let other = app
        .review(Method::POST, "/v1/fact-checks", &own)
        .await
        .expect(201)
        .text("/id");
    let path = format!("/v1/claims/{claim}/attachments");
    let attachment = app
        .review(Method::POST, &path, &json!({"fact_check_id": other}))
        .await
        .expect(201)
        .text("/id");
    let merged = entered(app).await;
    let into = json!({"into": claim, "reason": "dasselbe"});
    app.review(Method::POST, &format!("/v1/claims/{merged}/merge"), &into)
        .await
        .expect(200);
    let other = entered(app).await;
    let sighting = seen(app, &claim).await;
    let source = visited(app).await;
    let document = app.kept_document(&format!("https://rheinblick.example/{claim}")).await;
    let words = json!({"text": format!("Gemeldet wird {}", uuid::Uuid::now_v7())});
    let receipt = app.post("/v1/reports", &words).await.expect(201).text("/receipt");
    app.catch_up().await;
    vec![
        ("01936f5e-5c00-7000-8000-00000000c1a1", claim),
        ("01936f5e-5c00-7000-8000-00000000c1a2", merged),
        ("01936f5e-5c00-7000-8000-00000000c1a3", other),
        ("01936f5e-5c00-7000-8000-000000005eef", sighting),
        ("01936f5e-5c00-7000-8000-00000000fac7", check),
        ("01936f5e-5c00-7000-8000-00000000a77a", attachment),
        ("01936f5e-5c00-7000-8000-000000005ace", source),
        ("01936f5e-5c00-7000-8000-00000000d0c1", document.to_string()),
        ("4T7Z-0KQM-9XWB-C2HD", receipt),
    ]
}

pub(super) fn with_real_ids(text: &str, seeded: &[(&str, String)]) -> String {
    seeded
        .iter()
        .fold(text.to_owned(), |text, (example, real)| text.replace(example, real))
}
