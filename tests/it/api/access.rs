//! Who may do what: keys, scopes, limits, other origins, hosts.

use http::Method;
use klarstelle::{
    api::{Access, Verb},
    config::Settings,
    domain::{Scope, Timestamp},
    review::keys::{self, NewKey},
};
use serde_json::json;

use crate::support::{
    app::{Ask, TestApp},
    databases, sqlite,
};

/// An identifier that names nothing.
const NOTHING: &str = "01936f5e-5c00-7000-8000-000000000000";

fn method(verb: Verb) -> Method {
    verb.as_str().parse().expect("a method")
}

fn filled(path: &str) -> String {
    path.split('/')
        .map(|segment| if segment.starts_with('{') { NOTHING } else { segment })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn every_operation_asks_for_the_key_that_it_names() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let reader = app.key(Scope::Read).await;
    for operation in app.service.operations().to_vec() {
        let ask = || Ask::new(method(operation.verb), &filled(operation.path)).json(&json!({}));
        let stranger = app.send(ask()).await.status.as_u16();
        let reading = app.send(ask().key(&reader)).await.status.as_u16();
        let reviewing = app.send(ask().key(app.reviewer())).await.status.as_u16();
        let found = (stranger == 401, reading == 403, reviewing == 401 || reviewing == 403);
        let wanted = match operation.access {
            Access::Probe | Access::Page | Access::Public => (false, false, false),
            Access::Key(Scope::Read) => (true, false, false),
            Access::Key(Scope::Review) => (true, true, false),
        };
        assert_eq!(found, wanted, "{}", operation.name);
    }
}

#[tokio::test]
async fn a_key_that_opens_nothing_is_refused_even_where_none_is_needed() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        let new = |expires_at| NewKey {
            name: "test".into(),
            scope: Scope::Review,
            expires_at,
        };
        let (_, expired) = keys::issue(&app.store, new(Some(Timestamp::from_millis(1))))
            .await
            .expect("a key");
        let (revoked_key, revoked) = keys::issue(&app.store, new(None)).await.expect("a key");
        let now = Timestamp::now();
        app.store.revoke_key(&revoked_key.id, now).await.expect("revoked");
        let good = app.reviewer().to_owned();
        let other = if good.ends_with('0') { '1' } else { '0' };
        let mistyped = format!("{}{other}", &good[..good.len() - 1]);
        for (key, code) in [
            ("garbage", "key_invalid"),
            (mistyped.as_str(), "key_invalid"),
            ("", "key_invalid"),
            (expired.as_str(), "key_expired"),
            (revoked.as_str(), "key_revoked"),
        ] {
            for path in ["/v1/claims", "/v1/changes"] {
                let reply = app.send(Ask::new(Method::GET, path).key(key)).await.expect(401);
                assert_eq!(reply.code(), code, "{path}");
                assert!(reply.header("www-authenticate").starts_with("Bearer"), "{reply:?}");
            }
        }
    }
}

#[tokio::test]
async fn keys_do_not_belong_into_addresses_or_other_schemes() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    for query in ["key=x", "api_key=x", "access_token=x", "q=klar_0_0_0", "KEY=x"] {
        let reply = app.get(&format!("/v1/claims?{query}")).await.expect(400);
        assert_eq!(reply.code(), "key_in_query", "{query}");
    }
    let basic = Ask::new(Method::GET, "/v1/changes").header("authorization", "Basic a2xhcjp4");
    assert_eq!(app.send(basic).await.expect(401).code(), "key_invalid");
    let key = app.reviewer().to_owned();
    let twice = Ask::new(Method::GET, "/v1/changes").key(&key).key(&key);
    assert_eq!(app.send(twice).await.expect(401).code(), "key_invalid");
    let lower = Ask::new(Method::GET, "/v1/changes").header("authorization", &format!("bearer {key}"));
    app.send(lower).await.expect(200);
}

#[tokio::test]
async fn strangers_do_not_learn_who_did_it_or_why() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let claim = app
        .review(Method::POST, "/v1/claims", &json!({"text": "Eine Behauptung."}))
        .await
        .expect(201);
    let check = json!({"origin": "own", "title": "T", "text": "T", "verdict": "false", "rating": {"text": "R"}, "language": "de"});
    let check = app.review(Method::POST, "/v1/fact-checks", &check).await.expect(201);
    let body = json!({"fact_check_id": check.text("/id"), "reason": "geheimer Grund"});
    let path = format!("/v1/claims/{}/attachments", claim.text("/id"));
    let attachment = app.review(Method::POST, &path, &body).await.expect(201);
    let attachment = format!("/v1/attachments/{}", attachment.text("/id"));
    let reason = json!({"reason": "geheimer Grund"});
    app.review(Method::POST, &format!("{attachment}/withdraw"), &reason)
        .await
        .expect(200);
    let check = check.text("/id");
    for path in [
        attachment,
        format!("/v1/claims/{}", claim.text("/id")),
        format!("/v1/fact-checks/{check}/versions"),
        format!("/v1/fact-checks/{check}/versions/1"),
    ] {
        let public = String::from_utf8(app.get(&path).await.expect(200).bytes.to_vec()).expect("text");
        let known = app
            .send(Ask::new(Method::GET, &path).key(app.reviewer()))
            .await
            .expect(200);
        let known = String::from_utf8(known.bytes.to_vec()).expect("text");
        assert!(
            !public.contains("geheim") && !public.contains("key:"),
            "{path}: {public}"
        );
        assert!(known.contains("key:"), "{path}: {known}");
    }
}

#[tokio::test]
async fn a_stranger_is_limited_and_a_key_holder_is_not() {
    let db = sqlite();
    let mut settings = Settings::default();
    settings.server.anonymous_per_minute = 1;
    settings.server.anonymous_burst = 3;
    let app = TestApp::with(&db, &settings).await;
    let first = app.get("/v1/claims").await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"anonymous\";q=3;w=180");
    assert_eq!(first.header("ratelimit"), "\"anonymous\";r=2");
    app.get("/no/such/address").await.expect(404);
    app.send(Ask::new(Method::GET, "/v1/claims").key("guess"))
        .await
        .expect(401);
    for ask in [
        Ask::new(Method::GET, "/v1/claims"),
        Ask::new(Method::GET, "/no/such/address"),
        Ask::new(Method::GET, "/v1/claims").key("guess"),
        Ask::new(Method::POST, "/v1/lookup").json(&json!({"text": "x"})),
    ] {
        let reply = app.send(ask).await.expect(429);
        assert_eq!(reply.code(), "rate_limited");
        assert!(reply.header("retry-after").parse::<u64>().expect("seconds") >= 1);
    }
    app.get("/healthz").await.expect(200);
    app.get("/metrics").await.expect(200);
    for _ in 0..5 {
        app.send(Ask::new(Method::GET, "/v1/claims").key(app.reviewer()))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn other_origins_may_use_what_is_public_without_credentials() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    for operation in app.service.operations().to_vec() {
        let path = filled(operation.path);
        let is_public = operation.access == Access::Public;
        let preflight = Ask::new(Method::OPTIONS, &path)
            .header("origin", "https://rheinblick.example")
            .header("access-control-request-method", operation.verb.as_str())
            .header("access-control-request-headers", "content-type");
        let answers = [
            app.send(preflight).await.expect(204),
            app.send(Ask::new(method(operation.verb), &path).header("origin", "https://rheinblick.example"))
                .await,
        ];
        for answer in answers {
            let allowed = answer.header("access-control-allow-origin");
            assert_eq!(
                allowed,
                if is_public { "*" } else { "" },
                "{} {answer:?}",
                operation.name
            );
            assert_eq!(answer.header("access-control-allow-credentials"), "");
        }
    }
}

#[tokio::test]
async fn every_get_answers_head_and_every_address_options_and_others_are_told_what_fits() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    for operation in app.service.operations().to_vec() {
        let path = filled(operation.path);
        let options = app.send(Ask::new(Method::OPTIONS, &path)).await.expect(204);
        assert!(
            options
                .header("allow")
                .split(", ")
                .any(|m| m == operation.verb.as_str()),
            "{path}"
        );
        let allowed = options.header("allow").to_owned();
        let wrong = ["DELETE", "PATCH", "TRACE", "BREW"];
        for wrong in wrong
            .into_iter()
            .filter(|wrong| !allowed.split(", ").any(|m| m == *wrong))
        {
            let ask = Ask::new(wrong.parse().expect("a method"), &path).header("x-http-method-override", "GET");
            let refused = app.send(ask).await.expect(405);
            assert_eq!(refused.code(), "method_not_allowed");
            assert_eq!(refused.header("allow"), options.header("allow"));
        }
        if operation.verb == Verb::Get {
            let get = app.get(&path).await;
            let head = app.send(Ask::new(Method::HEAD, &path)).await;
            assert_eq!(head.status, get.status, "{path}");
            assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
            assert!(head.bytes.is_empty(), "{path}");
        }
    }
}

#[tokio::test]
async fn only_hosts_that_are_served_are_answered() {
    let db = sqlite();
    let mut settings = Settings::default();
    settings.server.allowed_hosts = vec!["klarstelle.example".into()];
    let app = TestApp::with(&db, &settings).await;
    app.get("/v1/claims").await.expect(200);
    let mut foreign = Ask::new(Method::GET, "/v1/claims");
    foreign
        .0
        .headers_mut()
        .insert("host", "evil.example".parse().expect("a host"));
    assert_eq!(app.send(foreign).await.expect(421).code(), "host_not_served");
    let twice = Ask::new(Method::GET, "/v1/claims").header("host", "klarstelle.example");
    assert_eq!(app.send(twice).await.expect(400).code(), "malformed_request");
    let mut none = Ask::new(Method::GET, "/v1/claims");
    none.0.headers_mut().remove("host");
    assert_eq!(app.send(none).await.expect(400).code(), "malformed_request");
}

#[tokio::test]
async fn every_answer_says_how_it_may_be_used() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    for path in [
        "/v1/claims",
        "/docs",
        "/docs/errors",
        "/openapi.yaml",
        "/no/such/address",
        "/healthz",
    ] {
        let reply = app.get(path).await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert!(
            reply.header("content-security-policy").contains("default-src 'none'"),
            "{path}"
        );
        assert_eq!(reply.header("x-request-id").len(), 36, "{path}");
    }
    let asked = Ask::new(Method::GET, "/v1/claims").header("x-request-id", "mine");
    assert_ne!(app.send(asked).await.header("x-request-id"), "mine");
    let lookup = app
        .post("/v1/lookup", &json!({"text": "Stimmt das?"}))
        .await
        .expect(200);
    assert_eq!(lookup.header("cache-control"), "no-store");
}
