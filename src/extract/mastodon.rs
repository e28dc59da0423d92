//! A Mastodon timeline to posts: `Status` objects as `/api/v1/timelines/…` and `/api/v1/accounts/:id/statuses` give them
//! (docs.joinmastodon.org/entities/Status).

use std::collections::BTreeSet;

use scraper::node::Element;
use serde::{Deserialize, Serialize};

use super::text::{self, Render};
use super::{date, dom};
use crate::domain::{Author, Document, Handle, Lang, WebUrl};

/// Most posts of one answer that are read; the API gives 40 at most.
const MAX_POSTS: usize = 200;

/// What stands for the name of an account in a text: private persons' names are not kept.
const SOMEONE: &str = "@…";

/// A post and its identifier on its server, by which the next page is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Post {
    /// `id`.
    pub id: String,
    /// The post. Of its author a pseudonym is kept.
    pub document: Document,
}

/// Why an answer holds no posts.
#[derive(Debug, thiserror::Error)]
pub enum PostsError {
    /// Bad JSON.
    #[error("not JSON: {0}")]
    NotJson(#[source] serde_json::Error),
    /// JSON of another kind; an error message of the server too.
    #[error("not a list of Mastodon statuses")]
    NotStatuses,
}

#[derive(Deserialize)]
struct Status {
    id: String,
    uri: String,
    url: Option<String>,
    created_at: String,
    content: String,
    #[serde(default)]
    spoiler_text: String,
    language: Option<String>,
    visibility: Option<String>,
    reblog: Option<serde::de::IgnoredAny>,
    /// Of which `acct` is read: `ada` on the account's own server, `ada@other.example` elsewhere.
    #[serde(default)]
    account: serde_json::Value,
}

/// Reads the posts of a timeline that was found at `url`; boosts, empty posts and what is not public are passed over.
pub fn mastodon(bytes: &[u8], url: &WebUrl) -> Result<Vec<Post>, PostsError> {
    let values: serde_json::Value = serde_json::from_slice(bytes).map_err(PostsError::NotJson)?;
    let serde_json::Value::Array(values) = values else {
        return Err(PostsError::NotStatuses);
    };
    let count = values.len();
    let statuses: Vec<Status> = values
        .into_iter()
        .take(MAX_POSTS)
        .filter_map(|v| serde_json::from_value(v).ok())
        .collect();
    if statuses.is_empty() && count > 0 {
        return Err(PostsError::NotStatuses);
    }
    // A timeline may move while it is read, and give a post twice.
    let mut seen = BTreeSet::new();
    let posts = statuses.into_iter().filter_map(|status| post(status, url));
    Ok(posts.filter(|post| seen.insert(post.id.clone())).collect())
}

fn post(status: Status, url: &WebUrl) -> Option<Post> {
    let public = matches!(status.visibility.as_deref(), None | Some("public" | "unlisted"));
    if !public || status.reblog.is_some() {
        return None;
    }
    let address = status.url.as_deref().unwrap_or(&status.uri);
    let text = words(&status);
    let lang = status
        .language
        .as_deref()
        .and_then(|tag| tag.parse().ok())
        .filter(|&lang| lang != Lang::UND);
    let document = Document {
        url: url.join(address).ok()?,
        canonical_url: None,
        title: String::new(),
        lang: lang.unwrap_or_else(|| Lang::detect(&text)),
        author: account(&status, url).map(Author::Account),
        published_at: date::lenient(&status.created_at),
        text: Some(text).filter(|t| t.chars().any(char::is_alphanumeric))?,
    };
    Some(Post {
        id: status.id,
        document,
    })
}

/// The account with its server. Only a pseudonym of it is ever stored.
fn account(status: &Status, timeline: &WebUrl) -> Option<Handle> {
    let name = status.account["acct"].as_str().filter(|name| !name.is_empty())?;
    let host = timeline.to_url().host_str()?.to_owned();
    let is_here = !name.contains('@');
    Some(if is_here {
        Handle::new(&format!("{name}@{host}"))
    } else {
        Handle::new(name)
    })
}

/// The post's words: its content warning, then its paragraphs. Hashtags keep their words, links their addresses.
fn words(status: &Status) -> String {
    let warning = text::of_field(&status.spoiler_text);
    let content = dom::parse(&status.content).map(|tree| text::of_element(tree.root_element(), without_names));
    let content = content.unwrap_or_default();
    // Those addressed at the beginning are no part of what is said.
    let content = content.trim_start_matches(|c: char| c.is_whitespace() || SOMEONE.contains(c));
    [warning.as_str(), content].join("\n").trim().to_owned()
}

fn without_names(element: &Element) -> Render {
    let has = |class: &str| element.classes().any(|c| c == class);
    if has("mention") && !has("hashtag") {
        Render::Words(SOMEONE)
    } else {
        Render::Content
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn status() -> serde_json::Value {
        json!({
            "id": "1", "uri": "https://social.example/users/ada/statuses/1", "url": "https://social.example/@ada/1",
            "created_at": "2026-11-20T08:00:00.000Z", "content": "<p>Strom wird teurer.</p>", "language": "de",
            "visibility": "public", "reblog": null, "spoiler_text": "", "account": {"acct": "ada"}
        })
    }

    fn read(change: impl Fn(&mut serde_json::Value)) -> Vec<Post> {
        let mut status = status();
        change(&mut status);
        let url = WebUrl::parse("https://social.example/api/v1/timelines/tag/x").unwrap();
        mastodon(&serde_json::to_vec(&json!([status])).unwrap(), &url).unwrap_or_default()
    }

    #[test]
    fn a_status_becomes_a_post_without_its_author() {
        let url = WebUrl::parse("https://social.example/@ada/1").unwrap();
        let document = Document {
            url,
            canonical_url: None,
            title: String::new(),
            text: "Strom wird teurer.".into(),
            lang: Lang::DE,
            author: Some(Author::Account(Handle::new("ada@social.example"))),
            published_at: crate::domain::Timestamp::parse("2026-11-20T08:00:00Z"),
        };
        assert_eq!(
            read(|_| ()),
            [Post {
                id: "1".into(),
                document
            }]
        );
    }

    #[test]
    fn content_becomes_text() {
        let mention = r#"<span class="h-card"><a href="https://a.example/@eve" class="u-url mention">@<span>eve</span></a></span>"#;
        let tag = r#"<a href="https://a.example/tags/strom" class="mention hashtag" rel="tag">#<span>strom</span></a>"#;
        let link = r#"<a href="https://n.example/abc"><span class="invisible">https://</span><span class="ellipsis">n.example/a</span><span class="invisible">bc</span></a>"#;
        for (content, wanted) in [
            (
                "<p>Eins<br>zwei</p><p>drei &amp; vier</p>".to_owned(),
                "Eins\nzwei\ndrei & vier",
            ),
            (
                format!("<p>{mention} {mention} Das sagt {mention} seit {tag}.</p>"),
                "Das sagt @… seit #strom.",
            ),
            (format!("<p>Siehe {link}</p>"), "Siehe https://n.example/abc"),
            ("plain".to_owned(), "plain"),
        ] {
            let posts = read(|s| s["content"] = content.as_str().into());
            assert_eq!(posts[0].document.text, wanted);
        }
        assert_eq!(
            read(|s| s["spoiler_text"] = "Energie".into())[0].document.text,
            "Energie\nStrom wird teurer."
        );
    }

    #[test]
    fn passes_over_what_is_no_public_post() {
        for (field, value) in [
            ("reblog", json!({"id": "2"})),
            ("content", json!("")),
            ("content", json!("<p>\u{1f600}</p>")),
            ("content", json!("<div>".repeat(1000))),
            ("visibility", json!("private")),
            ("visibility", json!("direct")),
            ("url", json!("javascript:alert(1)")),
            ("content", json!(5)),
        ] {
            assert_eq!(read(|s| s[field] = value.clone()), [], "{field}: {value}");
        }
    }

    #[test]
    fn says_what_is_no_timeline() {
        let url = WebUrl::parse("https://social.example/").unwrap();
        for bytes in [
            &b"{\"error\":\"This method requires an authenticated user\"}"[..],
            b"[{\"a\":1}]",
            b"[1]",
        ] {
            assert!(matches!(mastodon(bytes, &url), Err(PostsError::NotStatuses)));
        }
        assert!(matches!(mastodon(b"<html>", &url), Err(PostsError::NotJson(_))));
        assert_eq!(mastodon(b"[]", &url).unwrap(), []);
    }
}
