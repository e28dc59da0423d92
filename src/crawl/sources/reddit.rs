//! A Reddit listing as JSON (<https://www.reddit.com/dev/api/#listings>): the newest posts of a subreddit, or a search. Older
//! ones are asked for by `after=`. Without an account Reddit answers few requests, or none; what its robots.txt says is obeyed.

use serde_json::Value;

use super::{Findings, Found, Kind, Located, Plan, findings, parameter, problem, with_default, with_parameter};
use crate::{
    domain::{Document, SourceKind, WebUrl},
    extract::{RawPost, SOMEONE},
    net::Fetched,
};

/// Most posts that one answer holds.
const LIMIT: &str = "100";

/// Most posts of one answer that are read.
const MAX_POSTS: usize = 200;

pub(super) struct Reddit;

impl Kind for Reddit {
    fn name(&self) -> SourceKind {
        SourceKind::named("reddit")
    }

    fn about(&self) -> &'static str {
        "the newest posts of a subreddit (reddit.com/r/…), or a search in it"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &[
            "https://www.reddit.com/r/:subreddit/new.json",
            "https://www.reddit.com/r/:subreddit/search.json?q=:words",
        ]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        const NO: &str = "a listing is at reddit.com/r/…; accounts are not read";
        let parsed = url.to_url();
        let host = parsed.host_str().unwrap_or_default();
        let is_reddit = host == "reddit.com" || host.ends_with(".reddit.com");
        let parts: Vec<_> = parsed
            .path_segments()
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        match parts[..] {
            ["r", name] if is_reddit && is_name(name) => listing(name, "new"),
            ["r", name, order @ ("new" | "hot" | "top" | "rising" | "controversial")] if is_reddit && is_name(name) => {
                listing(name, order)
            }
            ["r", name, "search"] if is_reddit && is_name(name) => search(name, url),
            ["r", name, file] if is_name(name) && is_listing(file, url) && is_reddit => Located::Sure(url.clone()),
            ["r", name, file] if is_name(name) && is_listing(file, url) => Located::Possible(url.clone()),
            _ if is_reddit => Located::Refused(NO),
            _ => Located::No(NO),
        }
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        // Without `raw_json` Reddit writes `&lt;` for `<` in its JSON.
        let url = with_default(&with_default(source, "limit", LIMIT), "raw_json", "1");
        Plan {
            answers: 3,
            ..Plan::ask(url, "application/json")
        }
    }

    fn read(&self, _: &WebUrl, answer: &Fetched) -> Findings {
        let value: Value = match serde_json::from_slice(&answer.body) {
            Ok(value) => value,
            Err(error) => return problem(format!("not JSON: {error}")),
        };
        let posts = value["data"]["children"]
            .as_array()
            .filter(|_| value["kind"] == "Listing");
        let Some(posts) = posts else {
            return problem("not a Reddit listing");
        };
        let documents = posts
            .iter()
            .take(MAX_POSTS)
            .filter_map(|post| document(post, &answer.url));
        let documents = documents.map(|document| Found::Document(Box::new(document)));
        let after = value["data"]["after"]
            .as_str()
            .filter(|after| !after.is_empty() && !posts.is_empty());
        let next = after.map(|after| Found::Next(with_parameter(&answer.url, "after", after)));
        findings(documents.chain(next).collect::<Vec<_>>())
    }
}

fn listing(name: &str, order: &str) -> Located {
    let url = WebUrl::parse(&format!("https://www.reddit.com/r/{name}/{order}.json"));
    url.map_or(Located::No("not an address"), Located::Sure)
}

/// A search in the subreddit, and nowhere else, the newest first.
fn search(name: &str, url: &WebUrl) -> Located {
    let words = parameter(url, "q").filter(|words| !words.trim().is_empty());
    let asked = WebUrl::parse(&format!(
        "https://www.reddit.com/r/{name}/search.json?restrict_sr=1&sort=new"
    ));
    match (words, asked) {
        (Some(words), Ok(asked)) => Located::Sure(with_parameter(&asked, "q", &words)),
        _ => Located::Refused("a search wants a q="),
    }
}

fn is_listing(file: &str, url: &WebUrl) -> bool {
    match file {
        "new.json" | "hot.json" | "top.json" | "rising.json" | "controversial.json" => true,
        "search.json" => parameter(url, "q").is_some_and(|words| !words.trim().is_empty()),
        _ => false,
    }
}

fn is_name(name: &str) -> bool {
    name.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'+')
        && name.len() <= 100
}

/// A post (`t3`): what somebody wrote, or the title of what somebody linked. Removed ones are passed over.
fn document(thing: &Value, base: &WebUrl) -> Option<Document> {
    let post = &thing["data"];
    let is_removed = !post["removed_by_category"].is_null();
    if thing["kind"] != "t3" || is_removed {
        return None;
    }
    let text = post["selftext"].as_str().unwrap_or_default();
    let text = if matches!(text, "[removed]" | "[deleted]") {
        ""
    } else {
        text
    };
    let published = post["created_utc"].as_f64().and_then(|seconds| {
        let millis = seconds * 1000.0;
        (millis.abs() < 1e15).then(|| crate::domain::Timestamp::from_millis(millis as i64).to_string())
    });
    let author = post["author_fullname"].as_str().or_else(|| post["author"].as_str());
    let account = author
        .filter(|name| *name != "[deleted]")
        .map(|name| format!("reddit {name}"));
    RawPost {
        url: base
            .join(post["permalink"].as_str().filter(|path| path.starts_with("/r/"))?)
            .ok()?,
        title: &plain(post["title"].as_str()?),
        text: &plain(text),
        lang: None,
        published: published.as_deref().unwrap_or_default(),
        account: account.as_deref(),
    }
    .document()
}

/// Markdown as it stands, but for accounts' names (`u/name`, `/u/name`); what looks like HTML in it is none.
fn plain(markdown: &str) -> String {
    let words = markdown.split_inclusive(char::is_whitespace).map(|word| {
        let name = word.trim_start_matches(['(', '[', '"', '/']);
        if name.starts_with("u/") || name.starts_with("user/") {
            let blank = word.chars().last().filter(|c| c.is_whitespace());
            format!("{SOMEONE}{}", blank.map(String::from).unwrap_or_default())
        } else {
            word.to_owned()
        }
    });
    let text: String = words.collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>")
}
