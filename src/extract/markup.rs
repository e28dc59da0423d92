//! JSON-LD comes in; the claims that it marks up as schema.org `Claim` go out, wherever they stand in it.

use serde::Serialize;
use serde_json::Value;

use super::text;
use crate::domain::WebUrl;

/// Most claims of a page that are kept.
const MAX_CLAIMS: usize = 100;

/// Longest text that is kept, in characters.
const MAX_CHARS: usize = 2000;

/// A claim as a page marks it up (schema.org/Claim).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClaimMarkup {
    /// What is claimed: `text`, or `name`.
    pub text: String,
    /// Who claims it: the name of its `author`.
    pub author: Option<String>,
    /// Where it was made: `firstAppearance`, or else the first `appearance`.
    pub appearance: Option<WebUrl>,
}

/// The claims, in the order of the page, each text once.
pub(super) fn claims(json_ld: &[Value], url: &WebUrl) -> Vec<ClaimMarkup> {
    let mut claims: Vec<ClaimMarkup> = Vec::new();
    let mut todo: Vec<&Value> = json_ld.iter().rev().collect();
    while let Some(value) = todo.pop().filter(|_| claims.len() < MAX_CLAIMS) {
        match value {
            Value::Array(values) => todo.extend(values.iter().rev()),
            Value::Object(fields) => {
                let claim = is_claim(value).then(|| claim(value, url)).flatten();
                claims.extend(claim.filter(|claim| claims.iter().all(|known| known.text != claim.text)));
                todo.extend(fields.values());
            }
            _ => {}
        }
    }
    claims
}

fn is_claim(value: &Value) -> bool {
    has_type(value, &["Claim"])
}

/// Whether an object is of one of some types; schema.org's address may stand before the name.
pub(super) fn has_type(value: &Value, names: &[&str]) -> bool {
    let is_one = |name: &str| names.contains(&name.rsplit(['/', '#']).next().unwrap_or(name));
    match &value["@type"] {
        Value::String(name) => is_one(name),
        Value::Array(types) => types.iter().filter_map(Value::as_str).any(is_one),
        _ => false,
    }
}

fn claim(value: &Value, url: &WebUrl) -> Option<ClaimMarkup> {
    let line = |value: &Value| {
        let line = text::line_of_field(text::cut_chars(value.as_str()?, MAX_CHARS));
        (!line.is_empty()).then_some(line)
    };
    let first = |value: &'_ Value| match value {
        Value::Array(values) => values.first().cloned(),
        value => Some(value.clone()),
    };
    let author = first(&value["author"]);
    let appearance = [&value["firstAppearance"], &value["appearance"]]
        .into_iter()
        .filter_map(first);
    let address = |at: Value| {
        at.as_str()
            .or_else(|| at["url"].as_str())
            .and_then(|at| url.join(at).ok())
    };
    Some(ClaimMarkup {
        text: line(&value["text"]).or_else(|| line(&value["name"]))?,
        author: author.and_then(|author| line(&author).or_else(|| line(&author["name"]))),
        appearance: appearance.map(address).find_map(|at| at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_found_wherever_they_stand() {
        let json_ld = serde_json::json!({"@type": "ClaimReview", "itemReviewed": {"@type": ["http://schema.org/Claim"],
            "text": "Die Brücke ist <b>zu</b>.", "author": {"name": "Ada Muster"}, "firstAppearance": {"url": "/post/1"}},
            "about": [{"@type": "Claim", "name": "Zwei"}, {"@type": "Claim", "name": "Zwei"}, {"@type": "Claim"}]});
        let url = WebUrl::parse("https://news.example/a").unwrap();
        let mut found = claims(&[json_ld], &url);
        found.sort_by(|a, b| a.text.cmp(&b.text));
        let [first, second] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(
            (first.text.as_str(), first.author.as_deref()),
            ("Die Brücke ist zu.", Some("Ada Muster"))
        );
        assert_eq!(
            first.appearance.as_ref().map(WebUrl::as_str),
            Some("https://news.example/post/1")
        );
        assert_eq!((second.text.as_str(), &second.author), ("Zwei", &None));
    }
}
