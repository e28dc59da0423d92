//! What must be in a store so that the contract's examples can be asked.

use http::Method;
use klarstelle::domain::Timestamp;
use serde_json::json;

use crate::support::{app::TestApp, visits};

/// Objects that stand for those in the contract's examples: what the example names, what is in the store.
pub(super) async fn seeded(app: &TestApp) -> Vec<(&'static str, String)> {
    let claim = json!({"text": format!("Behauptung {}", uuid::Uuid::now_v7()), "language": "de"});
    let claim = app
        .review(Method::POST, "/v1/claims", &claim)
        .await
        .expect(201)
        .text("/id");
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
    let feed = format!("https://rheinblick.example/{}.xml", uuid::Uuid::now_v7());
    let visits = [
        (Timestamp::now(), None),
        (Timestamp::now(), Some("status_503".to_owned())),
    ];
    let source = visits::Visited {
        url: &feed,
        visits: &visits,
    };
    let source = visits::visit(&app.store, &source).await.to_string();
    let document = app.kept_document(&format!("https://rheinblick.example/{claim}")).await;
    app.catch_up().await;
    vec![
        ("01936f5e-5c00-7000-8000-00000000c1a1", claim),
        ("01936f5e-5c00-7000-8000-00000000fac7", check),
        ("01936f5e-5c00-7000-8000-00000000a77a", attachment),
        ("01936f5e-5c00-7000-8000-000000005ace", source),
        ("01936f5e-5c00-7000-8000-00000000d0c1", document.to_string()),
    ]
}

pub(super) fn with_real_ids(text: &str, seeded: &[(&str, String)]) -> String {
    seeded
        .iter()
        .fold(text.to_owned(), |text, (example, real)| text.replace(example, real))
}
