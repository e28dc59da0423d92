//! Every bad input that the documentation names an answer for.

use http::Method;
use serde_json::{Value, json};

use crate::support::{
    app::{Ask, Reply, TestApp},
    databases, sqlite,
};

async fn look_up(app: &TestApp, bytes: impl Into<bytes::Bytes>) -> Reply {
    app.send(Ask::new(Method::POST, "/v1/lookup").bytes(bytes)).await
}

#[tokio::test]
async fn strange_texts_are_answered_with_nothing_known() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        app.review(Method::POST, "/v1/claims", &json!({"text": "Die Erde ist flach."}))
            .await
            .expect(201);
        app.catch_up().await;
        let longest = 60 * 1024;
        for text in [
            "🔥🔥🔥".to_owned(),
            "?!… — ()".to_owned(),
            "Wort ".repeat(longest / 5),
            "a".repeat(longest),
            "(".repeat(longest),
            "((".repeat(10_000) + "erde" + &")".repeat(10_000),
            "+( -( t:/.*a.{30}/ \"x\"~9999 [* TO *]".repeat(500),
            "erde\u{0}flach".to_owned(),
            "\u{202e}\u{200b}\u{feff}x".to_owned(),
            "\u{fdfa}".repeat(10_000),
            "e\u{301}".repeat(10_000),
        ] {
            let reply = app.post("/v1/lookup", &json!({"text": text})).await.expect(200);
            let outcome = reply.text("/outcome");
            assert!(
                outcome == "none" || text.contains("erde"),
                "{outcome} for {:?}…",
                text.chars().next()
            );
        }
        let search = format!("/v1/claims?q={}", "(".repeat(200));
        app.get(&search).await.expect(200);
    }
}

#[tokio::test]
async fn a_lookup_that_asks_nothing_or_too_much_is_refused() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    for (body, pointer) in [
        (json!({"text": ""}), "/text"),
        (json!({"text": " \n\t\u{0} "}), "/text"),
        (json!({}), ""),
        (json!({"text": "a", "url": "https://a.example/"}), ""),
        (json!({"url": "https://a.example/", "language": "de"}), "/language"),
        (json!({"text": "a", "language": "deutsch"}), "/language"),
        (json!({"text": null}), "/text"),
        (json!({"text": 5}), "/text"),
        (json!({"text": ["a"]}), "/text"),
        (json!({"text": "a", "limit": 5}), "/limit"),
        (json!(["a"]), ""),
        (json!("a"), ""),
        (json!(null), ""),
    ] {
        let reply = app.post("/v1/lookup", &body).await.expect(422);
        assert_eq!(reply.code(), "invalid_body", "{body}");
        assert_eq!(reply.text("/errors/0/pointer"), pointer, "{body}");
    }
    let megabyte = json!({"text": "a".repeat(1024 * 1024)}).to_string();
    assert_eq!(look_up(&app, megabyte).await.expect(413).code(), "body_too_large");
    let most = json!({"text": "a".repeat(65_536 - r#"{"text":""}"#.len())}).to_string();
    look_up(&app, most.clone()).await.expect(200);
    look_up(&app, most + " ").await.expect(413);
}

#[tokio::test]
async fn only_addresses_of_the_web_are_looked_up() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    for url in [
        "javascript:alert(1)",
        " java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "https://user:secret@a.example/",
        "https://",
        "a.example",
        "",
        " https://a.example/",
        "https://a.example/\r\nX: y",
        &format!("https://a.example/{}", "a".repeat(2048)),
    ] {
        let reply = app.post("/v1/lookup", &json!({"url": url})).await.expect(422);
        assert_eq!(
            (reply.code().as_str(), reply.text("/errors/0/pointer").as_str()),
            ("invalid_body", "/url"),
            "{url:?}"
        );
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let plain = app
            .get(&format!("/v1/lookup?{}", query.append_pair("url", url).finish()))
            .await
            .expect(422);
        assert_eq!(plain.text("/errors/0/parameter"), "url", "{url:?}");
    }
}

#[tokio::test]
async fn what_is_not_json_is_refused_as_such() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for bytes in [
        "".as_bytes().to_vec(),
        b"{\"text\":\"\\ud800\"}".to_vec(),
        b"{\"text\":\"\\ud800\\u0041\"}".to_vec(),
        b"{\"text\":\"\xff\xfe\"}".to_vec(),
        b"{\"text\":\"a\"}{}".to_vec(),
        b"{\"text\":\"a\",}".to_vec(),
        b"{\"text\":NaN}".to_vec(),
        b"{\"text\":\"a\",\"text\":\"b\"}".to_vec(),
        format!("{{\"text\":{deep}}}").into_bytes(),
        deep.into_bytes(),
        b"text=a".to_vec(),
    ] {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
        assert_eq!(
            look_up(&app, bytes).await.expect(400).code(),
            "malformed_body",
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_page_may_be_long_but_not_endless() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let ask = async |body: &Value| app.post("/v1/lookup/page", body).await;
    let line = |number| format!("Im Jahr {number} zahlte die Stadt jedem Einwohner Geld.\n");
    let long = (0..1000).map(line).collect::<String>();
    let reply = ask(&json!({"text": long, "language": "de"})).await.expect(200);
    let counts = reply.json();
    assert_eq!((&counts["sentences"], &counts["asked"]), (&json!(1000), &json!(250)));
    for (body, pointer) in [
        (json!({}), "/text"),
        (json!({"text": "\u{0}"}), "/text"),
        (json!({"text": "a", "language": "deutsch"}), "/language"),
        (json!({"text": "a", "url": "https://a.example/"}), "/url"),
    ] {
        let reply = ask(&body).await.expect(422);
        assert_eq!(reply.text("/errors/0/pointer"), pointer, "{body}");
    }
    for text in ["(".repeat(100_000), "\u{fdfa} ".repeat(50_000), "a. ".repeat(200_000)] {
        ask(&json!({"text": text})).await.expect(200);
    }
    let endless = json!({"text": "a".repeat(2 * 1024 * 1024)});
    assert_eq!(ask(&endless).await.expect(413).code(), "body_too_large");
}

#[tokio::test]
async fn bodies_of_other_kinds_are_refused() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let ask = || Ask::new(Method::POST, "/v1/lookup");
    let with_body = |mut ask: Ask| {
        *ask.0.body_mut() = http_body_util::Full::new(r#"{"text":"a"}"#.into());
        ask
    };
    for (ask, status) in [
        (ask(), 415),
        (ask().header("content-type", "text/plain"), 415),
        (ask().header("content-type", "application/x-www-form-urlencoded"), 415),
        (ask().header("content-type", "application/json; charset=latin1"), 415),
        (
            ask()
                .header("content-type", "application/json")
                .header("content-encoding", "gzip"),
            415,
        ),
        (ask().header("content-type", "Application/JSON; charset=\"UTF-8\""), 200),
        (
            ask()
                .header("content-type", "application/json")
                .header("content-encoding", "identity"),
            200,
        ),
    ] {
        app.send(with_body(ask)).await.expect(status);
    }
}

#[tokio::test]
async fn writes_say_everything_that_is_wrong_at_once() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        let check = json!({
            "origin": "external",
            "publisher": {"name": " ", "site": "not a host"},
            "url": "javascript:alert(1)",
            "title": "",
            "rating": {"text": "x".repeat(201)},
            "language": "de",
            "published_at": "gestern",
            "appearances": ["https://a.example/", "ftp://a.example/"],
        });
        let reply = app.review(Method::POST, "/v1/fact-checks", &check).await.expect(422);
        let json = reply.json();
        let mut pointers: Vec<&str> = json["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .filter_map(|e| e["pointer"].as_str())
            .collect();
        pointers.sort_unstable();
        let wanted = [
            "/appearances/1",
            "/published_at",
            "/publisher/name",
            "/publisher/site",
            "/rating/text",
            "/title",
            "/url",
        ];
        assert_eq!(pointers, wanted);
        assert_eq!(app.store.last_change().await.expect("a number"), 0);
    }
}

#[tokio::test]
async fn writes_refuse_what_nobody_described() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let own = |extra: Value| {
        let mut body = json!({"origin": "own", "title": "T", "text": "T", "verdict": "false", "rating": {"text": "R"}, "language": "de"});
        body.as_object_mut()
            .expect("an object")
            .extend(extra.as_object().expect("an object").clone());
        body
    };
    for (path, body, pointer) in [
        ("/v1/claims", json!({"text": "🔥"}), "/text"),
        ("/v1/claims", json!({"text": "a".repeat(5001)}), "/text"),
        ("/v1/claims", json!({"text": "a", "origin": "crawled"}), "/origin"),
        ("/v1/claims", json!({"text": "a", "language": "deutsch"}), "/language"),
        ("/v1/fact-checks", own(json!({"origin": "mine"})), "/origin"),
        ("/v1/fact-checks", own(json!({"verdict": "unmapped"})), "/verdict"),
        ("/v1/fact-checks", own(json!({"author": "somebody"})), "/author"),
        ("/v1/fact-checks", own(json!({"rating": "R"})), "/rating"),
        ("/v1/fact-checks", own(json!({"rating": ["R"]})), "/rating"),
        (
            "/v1/fact-checks",
            own(json!({"rating": {"text": "R", "value": 1}})),
            "/rating/value",
        ),
        ("/v1/fact-checks", own(json!({"text": 7})), "/text"),
        ("/v1/fact-checks", json!({"title": "T"}), "/origin"),
    ] {
        let reply = app.review(Method::POST, path, &body).await.expect(422);
        assert_eq!(reply.text("/errors/0/pointer"), pointer, "{body}");
    }
    assert_eq!(app.store.last_change().await.expect("a number"), 0);
}

#[tokio::test]
async fn control_characters_do_not_reach_the_store() {
    for db in databases().await {
        let app = TestApp::on(&db).await;
        let claim = app
            .review(
                Method::POST,
                "/v1/claims",
                &json!({"text": "\u{0}Die Erde\u{0} ist flach.\u{1b}"}),
            )
            .await;
        assert_eq!(claim.expect(201).text("/text"), "Die Erde ist flach.");
        let check = json!({
            "origin": "external", "publisher": {"name": "F\u{0}W"}, "url": "https://a.example/", "title": "T\u{0}",
            "description": "\u{0}", "claim_reviewed": "C\u{0}", "identifier": "\u{0}", "rating": {"text": "R\u{0}"},
            "language": "de",
        });
        let check = app.review(Method::POST, "/v1/fact-checks", &check).await.expect(201);
        assert_eq!(check.text("/publisher/name"), "FW");
        assert!(check.json().get("identifier").is_none());
    }
}

#[tokio::test]
async fn parameters_are_taken_strictly() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    for (query, parameter) in [
        ("limit=0", "limit"),
        ("limit=1e9", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=", "limit"),
        ("limit=5&limit=5", "limit"),
        ("offset=5", "offset"),
        ("sort=oldest", "sort"),
        ("sort=newest&q=a", "sort"),
        ("checked=true", "checked"),
        ("q=", "q"),
        ("q=%ff", "q"),
        (&format!("q={}", "a".repeat(201)), "q"),
    ] {
        let reply = app.get(&format!("/v1/claims?{query}")).await.expect(422);
        assert_eq!(reply.code(), "invalid_parameter", "{query}");
        assert_eq!(reply.text("/errors/0/parameter"), parameter, "{query}");
    }
    for cursor in [
        "x",
        "",
        "1n",
        "1q99999999999",
        "1q-1",
        "1n000000000000000000000000000000000000000000000000x",
    ] {
        let reply = app.get(&format!("/v1/claims?cursor={cursor}")).await.expect(400);
        assert_eq!(reply.code(), "invalid_cursor", "{cursor}");
    }
}

#[tokio::test]
async fn strange_addresses_are_not_found() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    for (path, code) in [
        ("/v1/claims/..%2f..%2fetc%2fpasswd", "claim_not_found"),
        ("/v1/claims/%00", "claim_not_found"),
        ("/v1/claims/18446744073709551616", "claim_not_found"),
        ("/v1/claims/'%20OR%201=1--", "claim_not_found"),
        ("/v1/claims/01936f5e-5c00-7000-8000-000000000000", "claim_not_found"),
        ("/v1/claims/x/sightings", "claim_not_found"),
        ("/v1/fact-checks/x", "fact_check_not_found"),
        ("/v1/fact-checks/x/versions/1", "fact_check_not_found"),
        ("/v1/attachments/x", "attachment_not_found"),
        ("/v1/claims/a/b", "route_not_found"),
        ("/v1//claims", "route_not_found"),
        ("/V1/claims", "route_not_found"),
        ("/", "route_not_found"),
    ] {
        assert_eq!(app.get(path).await.expect(404).code(), code, "{path}");
    }
    let long = format!("/v1/claims?q={}", "a".repeat(9000));
    assert_eq!(app.get(&long).await.expect(414).code(), "address_too_long");
}
