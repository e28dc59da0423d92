//! Jetstream: everything that is posted on Bluesky, as it is posted, over a WebSocket
//! (<https://docs.bsky.app/blog/jetstream>, <https://github.com/bluesky-social/jetstream>). One visit listens for a while
//! (`crawl --max-time`); the next goes on where it stopped.

use serde_json::Value;

use super::{Findings, Found, Kind, Located, Plan, Way, bluesky, findings, path, with_default, with_parameter};
use crate::{
    domain::{SourceKind, WebUrl},
    net::Fetched,
};

/// What is listened for.
const COLLECTION: &str = "app.bsky.feed.post";

/// Longest message that the server shall send, in bytes.
const MAX_MESSAGE: &str = "65536";

pub(super) struct Jetstream;

impl Kind for Jetstream {
    fn name(&self) -> SourceKind {
        SourceKind::named("jetstream")
    }

    fn about(&self) -> &'static str {
        "new Bluesky posts as they come, for as long as crawl --max-time says (wantedDids=… chooses accounts)"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &["wss://jetstream2.us-east.bsky.network/subscribe (written https:// in a source)"]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        let is_jetstream = url
            .to_url()
            .host_str()
            .is_some_and(|host| host.starts_with("jetstream"));
        match path(url).as_str() {
            "/subscribe" if is_jetstream => Located::Sure(url.clone()),
            "/subscribe" => Located::Possible(url.clone()),
            _ => Located::No("a stream is at /subscribe"),
        }
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        let url = with_default(source, "wantedCollections", COLLECTION);
        Plan {
            way: Way::Listen,
            ..Plan::ask(with_default(&url, "maxMessageSizeBytes", MAX_MESSAGE), "*/*")
        }
    }

    /// The server repeats what came after the cursor; it keeps about a day.
    fn resume(&self, stream: &WebUrl, cursor: Option<&str>) -> WebUrl {
        cursor.map_or_else(|| stream.clone(), |cursor| with_parameter(stream, "cursor", cursor))
    }

    fn read(&self, _: &WebUrl, answer: &Fetched) -> Findings {
        let mut found = Vec::new();
        let mut cursor = None;
        let lines = answer.body.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        for event in lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok()) {
            cursor = event["time_us"].as_u64().max(cursor);
            found.extend(post(&event).map(|document| Found::Document(Box::new(document))));
        }
        match cursor {
            Some(cursor) => found.push(Found::Cursor(cursor.to_string())),
            None => found.push(Found::Problem("not a Jetstream".to_owned())),
        }
        findings(found)
    }
}

/// A post that was just written; what was changed or deleted is passed over.
fn post(event: &Value) -> Option<crate::domain::Document> {
    let commit = &event["commit"];
    let is_new = event["kind"] == "commit" && commit["operation"] == "create" && commit["collection"] == COLLECTION;
    if !is_new {
        return None;
    }
    bluesky::document(event["did"].as_str()?, commit["rkey"].as_str()?, &commit["record"])
}
