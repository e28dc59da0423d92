//! ETag, If-None-Match and If-Match.

use http::Method;
use serde_json::json;

use crate::support::{
    app::{Ask, TestApp},
    databases,
};

#[tokio::test]
async fn a_representation_is_sent_once_until_it_changes() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        let claim = app
            .review(Method::POST, "/v1/claims", &json!({"text": "Die Erde ist flach."}))
            .await
            .expect(201);
        let path = claim.header("location").to_owned();
        let first = app.get(&path).await.expect(200);
        let tag = first.header("etag").to_owned();
        let again = || Ask::new(Method::GET, &path).header("if-none-match", &tag);
        let same = app.send(again()).await.expect(304);
        assert!(same.bytes.is_empty());
        assert_eq!(
            (same.header("etag"), same.header("vary")),
            (tag.as_str(), "Authorization")
        );
        let own = json!({"origin": "own", "title": "T", "text": "T", "verdict": "false", "rating": {"text": "R"}, "language": "de"});
        let check = app.review(Method::POST, "/v1/fact-checks", &own).await.expect(201);
        let body = json!({"fact_check_id": check.text("/id")});
        app.review(Method::POST, &format!("{path}/attachments"), &body)
            .await
            .expect(201);
        let changed = app.send(again()).await.expect(200);
        assert_ne!(changed.header("etag"), tag);
    }
}

#[tokio::test]
async fn of_two_corrections_of_one_version_one_is_refused() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        let own = |text: &str| json!({"origin": "own", "title": "T", "text": text, "verdict": "false", "rating": {"text": "R"}, "language": "de"});
        let check = app
            .review(Method::POST, "/v1/fact-checks", &own("one"))
            .await
            .expect(201);
        let path = check.header("location").to_owned();
        let correct = |text: &str| {
            let ask = Ask::new(Method::PUT, &path)
                .key(app.reviewer())
                .header("if-match", "\"v1\"");
            app.send(ask.json(&own(text)))
        };
        let (one, other) = tokio::join!(correct("two"), correct("three"));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        assert_eq!(app.get(&path).await.expect(200).json()["version"], 2);
    }
}
