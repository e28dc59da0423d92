//! A service's answer and the address of one post in it come in; that post alone goes out: the others, and who wrote them, are no
//! business of whoever looks at this one.

use serde_json::Value;

use crate::domain::WebUrl;

/// The largest JSON object that is the post at this address by its own word, written out; `None` if there is none, or the bytes are
/// not JSON. The largest, because posts are also named where others answer them.
pub(super) fn of(bytes: &[u8], url: &WebUrl) -> Option<String> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let mut waiting = vec![&value];
    let mut found: Option<String> = None;
    while let Some(value) = waiting.pop() {
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => {
                waiting.extend(members.values());
                let names = members.values().filter_map(Value::as_str);
                if names.into_iter().any(|name| names_it(name, url)) {
                    let text = serde_json::to_string_pretty(value).ok()?;
                    found = found.filter(|known| known.len() >= text.len()).or(Some(text));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// How services name a post: by its address, by the path of it (Reddit's `permalink`), by an AT URI (Bluesky).
fn names_it(name: &str, url: &WebUrl) -> bool {
    if name == url.as_str() {
        return true;
    }
    if name.starts_with('/') {
        return name.len() > 1 && url.to_url().path() == name;
    }
    let post = name
        .strip_prefix("at://")
        .and_then(|rest| rest.split_once("/app.bsky.feed.post/"));
    post.is_some_and(|(did, key)| url.as_str() == format!("https://bsky.app/profile/{did}/post/{key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_found_by_each_way_to_name_it() {
        for (json, url, wanted) in [
            (
                r#"[{"id":1,"url":"https://s.example/@a/1"},{"id":2,"url":"https://s.example/@b/2"}]"#,
                "https://s.example/@b/2",
                "2",
            ),
            (
                r#"{"data":{"children":[{"data":{"id":7,"permalink":"/r/x/comments/7/t/"}}]}}"#,
                "https://www.reddit.com/r/x/comments/7/t/",
                "7",
            ),
            (
                r#"{"posts":[{"id":5,"uri":"at://did:plc:b/app.bsky.feed.post/5","record":{"reply":{"parent":{"uri":"at://did:plc:a/app.bsky.feed.post/4"}}}},
                    {"id":4,"uri":"at://did:plc:a/app.bsky.feed.post/4","record":{"text":"the post itself"}}]}"#,
                "https://bsky.app/profile/did:plc:a/post/4",
                "4",
            ),
        ] {
            let text = of(json.as_bytes(), &WebUrl::parse(url).expect(url)).expect("found");
            let value: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(value["id"].to_string(), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_made_up() {
        let url = WebUrl::parse("https://s.example/").expect("an address");
        for json in ["[]", "{\"a\":\"/x\"}", "not JSON", "{\"a\":\"https://s.example/1\"}"] {
            assert_eq!(of(json.as_bytes(), &url), None, "{json}");
        }
    }
}
