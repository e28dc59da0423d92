//! `openapi.yaml` and the router say the same, and both do what they say.

mod seeds;

use std::{collections::BTreeSet, fs, path::Path};

use http::Method;
use klarstelle::api::{Access, ErrorCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use seeds::{seeded, with_real_ids};

use crate::support::{
    app::{Ask, Reply, TestApp},
    databases, sqlite,
};

const VERBS: [&str; 4] = ["get", "post", "put", "patch"];

fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The contract, with `additionalProperties: false` on every object of an answer, so that a member that nobody
/// described is a fault.
fn contract() -> Value {
    let mut contract: Value = yaml_serde::from_str(&file("openapi.yaml")).expect("YAML");
    close(&mut contract["components"]["schemas"]);
    contract
}

fn close(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if members.get("type") == Some(&json!("object")) && members.contains_key("properties") {
                members.insert("additionalProperties".into(), json!(false));
            }
            members.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// One operation as the contract describes it.
struct Described<'a> {
    path: &'a str,
    verb: &'a str,
    operation: &'a Value,
}

impl Described<'_> {
    fn name(&self) -> &str {
        self.operation["operationId"].as_str().expect("an operationId")
    }
}

fn described(contract: &Value) -> Vec<Described<'_>> {
    let paths = contract["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(path, item)| {
        let known = VERBS.into_iter().filter_map(move |verb| Some((verb, item.get(verb)?)));
        known.map(move |(verb, operation)| Described { path, verb, operation })
    });
    all.collect()
}

fn resolve<'a>(contract: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => contract
            .pointer(&reference[1..])
            .unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => value,
    }
}

/// Whether a value fits a schema of the contract.
fn fits(contract: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": contract["components"],
        "allOf": [schema],
    });
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&whole)
        .expect("a schema");
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|e| format!("{} {e}", e.instance_path()))
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors.join("; "))
    }
}

#[tokio::test]
async fn the_router_and_the_contract_name_the_same_operations() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let routed: BTreeSet<String> = app
        .service
        .operations()
        .iter()
        .map(|o| {
            format!(
                "{} {} {} {}",
                o.name,
                o.verb.as_str().to_lowercase(),
                o.path,
                secured(o.access)
            )
        })
        .collect();
    let contract = contract();
    let written: BTreeSet<String> = described(&contract)
        .iter()
        .map(|d| {
            format!(
                "{} {} {} {}",
                d.name(),
                d.verb,
                d.path,
                security(&contract, d.operation)
            )
        })
        .collect();
    assert_eq!(routed, written);
}

/// What an access means in the contract's words.
fn secured(access: Access) -> &'static str {
    match access {
        Access::Probe => "no key",
        Access::Page | Access::Public => "key or none",
        Access::Key(_) => "key",
    }
}

fn security(contract: &Value, operation: &Value) -> &'static str {
    let security = operation.get("security").unwrap_or(&contract["security"]);
    match security.as_array().expect("a list").as_slice() {
        [] => "no key",
        [one] if one.get("key").is_some() => "key",
        [none, one] if none == &json!({}) && one.get("key").is_some() => "key or none",
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_error_code_is_described_everywhere() {
    let contract = contract();
    let listed: Vec<&str> = contract["components"]["schemas"]["ErrorCode"]["enum"]
        .as_array()
        .expect("codes")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let known: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(listed, known, "in openapi.yaml");
    let wanted: Vec<String> = ErrorCode::ALL
        .iter()
        .map(|code| {
            format!(
                "| `{}` | {} | {} | {} |",
                code.as_str(),
                code.status().as_u16(),
                code.title(),
                code.help()
            )
        })
        .collect();
    let page = file("docs/api-errors.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(rows, wanted, "in docs/api-errors.md");
}

#[test]
fn every_example_fits_its_schema() {
    let contract = contract();
    let mut count = 0;
    for described in described(&contract) {
        let request = described.operation.get("requestBody");
        let answers = described.operation["responses"]
            .as_object()
            .expect("responses")
            .values();
        for content in request.into_iter().chain(answers).map(|part| resolve(&contract, part)) {
            for media in content
                .get("content")
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(|c| c.values())
            {
                for example in examples(media) {
                    count += 1;
                    let fit = fits(&contract, &media["schema"], example);
                    assert_eq!(fit, Ok(()), "{}: {example}", described.name());
                }
            }
        }
    }
    assert!(count > 30, "only {count} examples");
}

fn examples(media: &Value) -> Vec<&Value> {
    let named = media
        .get("examples")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|all| all.values());
    media
        .get("example")
        .into_iter()
        .chain(named.map(|example| &example["value"]))
        .collect()
}

#[tokio::test]
async fn every_documented_request_is_answered_as_documented() {
    let contract = contract();
    for db in databases().await {
        let app = TestApp::on(&db).await;
        for described in described(&contract) {
            for ask in asks(&contract, &described) {
                // Each on objects of its own: examples must not depend on each other's order.
                let reply = app.send(ask.request(&seeded(&app).await, app.reviewer())).await;
                assert!(reply.status.is_success(), "{}: {reply:?}", described.name());
                check(&contract, &described, &reply);
            }
        }
    }
}

/// A request made of the contract's examples.
struct Asking {
    method: Method,
    target: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    with_key: bool,
}

impl Asking {
    fn request(&self, seeded: &[(&str, String)], key: &str) -> Ask {
        let mut ask = Ask::new(self.method.clone(), &with_real_ids(&self.target, seeded));
        for (name, value) in &self.headers {
            let name = http::HeaderName::try_from(name).expect("a name");
            ask.0.headers_mut().insert(name, value.parse().expect("a value"));
        }
        if let Some(body) = &self.body {
            ask = ask.bytes(with_real_ids(body, seeded));
        }
        if self.with_key { ask.key(key) } else { ask }
    }
}

/// One request a body example, or one.
fn asks(contract: &Value, described: &Described<'_>) -> Vec<Asking> {
    let item = &contract["paths"][described.path];
    let own = described.operation.get("parameters").and_then(Value::as_array);
    let shared = item.get("parameters").and_then(Value::as_array);
    let (mut target, mut headers, mut query) = (described.path.to_owned(), Vec::new(), Vec::new());
    for parameter in shared.into_iter().chain(own).flatten().map(|p| resolve(contract, p)) {
        let name = parameter["name"].as_str().expect("a name");
        let Some(example) = parameter.get("example") else {
            continue;
        };
        let example = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        match parameter["in"].as_str() {
            Some("path") => target = target.replace(&format!("{{{name}}}"), &example),
            Some("query") => query.push((name.to_owned(), example)),
            Some("header") => headers.push((name.to_lowercase(), example)),
            other => panic!("{other:?}"),
        }
    }
    if !query.is_empty() {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        target = format!("{target}?{query}");
    }
    let with_key = security(contract, described.operation) == "key";
    let asking = |body: Option<String>| Asking {
        method: described.verb.to_uppercase().parse().expect("a method"),
        target: target.clone(),
        headers: headers.clone(),
        body,
        with_key,
    };
    match described.operation.get("requestBody") {
        None => vec![asking(None)],
        Some(body) => examples(&body["content"]["application/json"])
            .into_iter()
            .map(|e| asking(Some(e.to_string())))
            .collect(),
    }
}

/// Status, type and body of a reply against what the operation describes.
fn check(contract: &Value, described: &Described<'_>, reply: &Reply) {
    let name = described.name();
    let responses = &described.operation["responses"];
    let documented = responses
        .get(reply.status.as_str())
        .unwrap_or_else(|| panic!("{name}: {reply:?}"));
    let documented = resolve(contract, documented);
    let media_type = reply
        .header("content-type")
        .split(';')
        .next()
        .unwrap_or_default()
        .to_owned();
    let media = documented["content"]
        .get(&media_type)
        .unwrap_or_else(|| panic!("{name}: {media_type}"));
    if media_type.ends_with("json") {
        assert_eq!(
            fits(contract, &media["schema"], &reply.json()),
            Ok(()),
            "{name}: {reply:?}"
        );
    }
    for header in documented
        .get("headers")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|h| h.keys())
    {
        let is_optional = ["Link"].contains(&header.as_str());
        assert!(
            is_optional || !reply.header(&header.to_lowercase()).is_empty(),
            "{name}: no {header}"
        );
    }
}

#[tokio::test]
async fn refusals_are_problems_as_documented() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let contract = contract();
    for described in described(&contract) {
        for ask in asks(&contract, &described) {
            let strange = Ask::new(
                ask.method.clone(),
                &format!("{}?unknown=1", described.path.replace(['{', '}'], "")),
            );
            let reply = app.send(strange.key(app.reviewer()).json(&json!({"unknown": 1}))).await;
            if reply.status.is_success() {
                continue;
            }
            assert_eq!(
                reply.header("content-type"),
                "application/problem+json",
                "{}",
                described.name()
            );
            let schema = json!({"$ref": "#/components/schemas/Problem"});
            assert_eq!(fits(&contract, &schema, &reply.json()), Ok(()), "{reply:?}");
            assert_eq!(reply.json()["status"], reply.status.as_u16());
            let kind = reply.text("/type");
            assert_eq!(kind, format!("/docs/errors#{}", reply.code()));
        }
    }
}

#[tokio::test]
async fn the_contract_is_served_as_it_is_and_its_page_needs_nothing_from_elsewhere() {
    let db = sqlite();
    let app = TestApp::on(&db).await;
    let served = app.get("/openapi.yaml").await.expect(200);
    assert_eq!(served.bytes, file("openapi.yaml"));
    let page = app.get("/docs").await.expect(200);
    let html = String::from_utf8(page.bytes.to_vec()).expect("text");
    assert!(!html.contains("//"), "the page names an address elsewhere: {html}");
    let script = app.get("/docs/redoc.standalone.js").await.expect(200);
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    let errors = app.get("/docs/errors").await.expect(200);
    let errors = String::from_utf8(errors.bytes.to_vec()).expect("text");
    for code in ErrorCode::ALL {
        assert!(
            errors.contains(&format!("id=\"{}\"", code.as_str())),
            "{}",
            code.as_str()
        );
    }
}

#[test]
fn vendored_files_are_the_published_ones() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/vendor/redoc");
    let about: toml::Table = file("web/vendor/redoc/version.toml").parse().expect("TOML");
    let hashes = about["sha256"].as_table().expect("hashes");
    for (name, wanted) in hashes {
        let bytes = fs::read(folder.join(name)).expect("a file");
        let found: String = Sha256::digest(&bytes)
            .iter()
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert_eq!(Some(found.as_str()), wanted.as_str(), "{name}");
    }
    let files = fs::read_dir(&folder).expect("a folder").count();
    assert_eq!(files, hashes.len() + 1, "a file without a hash");
}
