//! `fixtures/api/*.yaml`: walks of a user, as data. Each step is a request and the part of its reply that matters.

use std::{collections::BTreeMap, fs, path::Path};

use http::Method;
use klarstelle::domain::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::support::{
    app::{Ask, Reply, TestApp},
    databases, visits,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// What it shows, for the reader.
    #[serde(rename = "shows")]
    _shows: String,
    /// What the operator has set, and how visits went.
    #[serde(default)]
    sources: Vec<Visited>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Visited {
    /// Its name: `$name` stands for its identifier.
    name: String,
    url: String,
    #[serde(default)]
    visits: Vec<Visit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Visit {
    at: Timestamp,
    failure: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// What happens, for messages.
    name: String,
    /// `METHOD /path`
    ask: String,
    /// Who asks: `reviewer`, or nobody in particular.
    #[serde(rename = "as")]
    by: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    status: u16,
    /// Headers that the reply must have.
    #[serde(default)]
    reply_headers: BTreeMap<String, String>,
    /// What the reply must hold: objects may hold more, arrays may not.
    reply: Option<Value>,
    /// Names for parts of the reply (by JSON Pointer) or headers; `$name` stands for them in later steps.
    #[serde(default)]
    keep: BTreeMap<String, String>,
}

/// What was kept, by name.
type Kept = BTreeMap<String, String>;

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_holds_on_both_databases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/api");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the folder of scenarios") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a scenario");
        let scenario: Scenario = yaml_serde::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for db in databases().await {
            let app = TestApp::on(&db).await;
            run(&app, &scenario).await;
        }
        count += 1;
    }
    assert!(count >= 3, "only {count} scenarios were found");
}

async fn run(app: &TestApp, scenario: &Scenario) {
    let document = app.kept_document("https://rheinblick.example/damm").await;
    let mut kept = Kept::from([
        ("reviewer_key".to_owned(), app.reviewer().to_owned()),
        ("kept_document".to_owned(), document.to_string()),
    ]);
    for Visited { name, url, visits } in &scenario.sources {
        let visits: Vec<_> = visits.iter().map(|visit| (visit.at, visit.failure.clone())).collect();
        let id = visits::visit(&app.store, &visits::Visited { url, visits: &visits }).await;
        kept.insert(name.clone(), id.to_string());
    }
    for step in &scenario.steps {
        println!("- {}", step.name);
        app.catch_up().await;
        let reply = app.send(step.request(&kept)).await;
        step.check(&reply, &kept);
        for (name, place) in &step.keep {
            let value = if place.starts_with('/') {
                reply.text(place)
            } else {
                reply.header(place).to_owned()
            };
            kept.insert(name.clone(), value);
        }
    }
}

impl Step {
    fn request(&self, kept: &Kept) -> Ask {
        let ask = fill(&self.ask, kept);
        let (method, path) = ask.split_once(' ').expect("METHOD /path");
        let mut request = Ask::new(Method::try_from(method).expect("a method"), path);
        if self.by.as_deref() == Some("reviewer") {
            request = request.key(&kept["reviewer_key"]);
        }
        for (name, value) in &self.headers {
            let name = http::HeaderName::try_from(name).expect("a header name");
            let value = fill(value, kept).parse().expect("a header value");
            request.0.headers_mut().insert(name, value);
        }
        match &self.body {
            Some(body) => request.json(&fill_all(body, kept)),
            None => request,
        }
    }

    fn check(&self, reply: &Reply, kept: &Kept) {
        let said = String::from_utf8_lossy(&reply.bytes);
        assert_eq!(reply.status.as_u16(), self.status, "{}: {said}", self.name);
        for (name, wanted) in &self.reply_headers {
            assert_eq!(reply.header(name), fill(wanted, kept), "{}: header {name}", self.name);
        }
        if let Some(wanted) = &self.reply {
            let wanted = fill_all(wanted, kept);
            assert!(
                holds(&reply.json(), &wanted),
                "{}\nwanted {wanted}\nfound  {said}",
                self.name
            );
        }
    }
}

fn fill(text: &str, kept: &Kept) -> String {
    // Longest names first, so that $claim does not eat the start of $claim_id.
    let mut names: Vec<&String> = kept.keys().collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.into_iter().fold(text.to_owned(), |text, name| {
        text.replace(&format!("${name}"), &kept[name])
    })
}

fn fill_all(value: &Value, kept: &Kept) -> Value {
    match value {
        Value::String(text) => Value::String(fill(text, kept)),
        Value::Array(items) => items.iter().map(|item| fill_all(item, kept)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), fill_all(value, kept)))
            .collect(),
        other => other.clone(),
    }
}

/// Whether all of `wanted` is in `found`. `"*"` stands for any value that is there.
fn holds(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (_, Value::String(any)) if any == "*" => true,
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, wanted)| found.get(name).is_some_and(|found| holds(found, wanted))),
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| holds(found, wanted))
        }
        _ => found == wanted,
    }
}
