//! One ClaimReview object to a fact-check.

use serde_json::Value;

use super::super::{date, text};
use super::{Defaults, Reason, field, host};
use crate::domain::{ClaimText, ExternalFactCheck, Lang, Publisher, Rating, UrlError, WebUrl};

/// Longest title, rating and publisher's name, in characters; what is longer is cut.
const MAX_LINE_CHARS: usize = 500;
/// Longest description, in characters; what is longer is cut.
const MAX_DESCRIPTION_CHARS: usize = 2000;
/// Longest identifier, in characters; what is longer is refused.
const MAX_IDENTIFIER_CHARS: usize = 500;
/// Most appearances of a claim that are kept.
const MAX_APPEARANCES: usize = 50;

/// All ClaimReview objects within a value, in order: in `@graph`, lists, `ItemList`, `DataFeed`, `hasPart` and wherever
/// else. Not within one another: a review's own parts are read with it.
pub(super) fn reviews_in(value: &Value) -> Vec<&Value> {
    let (mut found, mut todo) = (Vec::new(), vec![value]);
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(fields) => {
                let untyped = !fields.contains_key("@type") && fields.contains_key("claimReviewed");
                if untyped || field::is_a(value, "ClaimReview") {
                    found.push(value);
                } else {
                    todo.extend(fields.values().rev());
                }
            }
            Value::Array(values) => todo.extend(values.iter().rev()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// What a review is read with.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    /// What stands in for what it leaves out.
    pub(super) defaults: &'a Defaults,
    /// The values around it, to which it may refer by `@id`.
    pub(super) around: &'a [Value],
}

/// Reads one ClaimReview object. Required are `claimReviewed`, `url` or `identifier`, and a publisher.
pub(super) fn read(review: &Value, context: Context<'_>) -> Result<ExternalFactCheck, Reason> {
    let defaults = context.defaults;
    let claim = field::text(review, "claimReviewed").ok_or(Reason::NoClaim)?;
    let claim_reviewed = ClaimText::parse(&claim)?.as_str().to_owned();
    let identifier = identifier(review)?;
    let url = match address(review, defaults) {
        // It lives by its identifier, and has no link.
        Some(Err(_)) if identifier.is_some() => None,
        Some(url) => Some(url?),
        None => None,
    };
    if url.is_none() && identifier.is_none() {
        return Err(Reason::NoIdentity);
    }
    Ok(ExternalFactCheck {
        publisher: publisher(review, url.as_ref(), context).ok_or(Reason::NoPublisher)?,
        title: line(review, "name")
            .or_else(|| line(review, "headline"))
            .unwrap_or_default(),
        description: description(review),
        lang: lang(review)
            .or(defaults.lang)
            .unwrap_or_else(|| Lang::detect(&claim_reviewed)),
        claim_reviewed,
        rating: rating(review),
        published_at: field::identifier(review, "datePublished").and_then(|d| date::lenient(&d)),
        appearances: appearances(review, defaults),
        identifier,
        url,
    })
}

fn line(object: &Value, property: &str) -> Option<String> {
    let line = text::one_line(&field::text(object, property)?);
    Some(text::cut_chars(&line, MAX_LINE_CHARS).trim_end().to_owned())
}

fn description(review: &Value) -> String {
    let text = field::text(review, "description").unwrap_or_default();
    text::cut_chars(&text, MAX_DESCRIPTION_CHARS).trim_end().to_owned()
}

fn address(review: &Value, defaults: &Defaults) -> Option<Result<WebUrl, UrlError>> {
    field::addresses(review, "url").next().map(|url| resolve(url, defaults))
}

fn resolve(address: &str, defaults: &Defaults) -> Result<WebUrl, UrlError> {
    match &defaults.base {
        Some(base) => base.join(address),
        None => WebUrl::parse(address),
    }
}

fn identifier(review: &Value) -> Result<Option<String>, Reason> {
    let identifier = field::identifier(review, "identifier");
    let too_long = identifier
        .as_ref()
        .is_some_and(|id| id.chars().nth(MAX_IDENTIFIER_CHARS).is_some());
    if too_long {
        Err(Reason::IdentifierTooLong)
    } else {
        Ok(identifier)
    }
}

/// An organisation named as author, else the publisher, else the defaults, else a person named as author.
fn publisher(review: &Value, url: Option<&WebUrl>, context: Context<'_>) -> Option<Publisher> {
    let parties = |property| {
        field::each(review, property)
            .iter()
            .map(|party| resolved(party, context.around))
    };
    let (people, organisations): (Vec<_>, Vec<_>) = parties("author").partition(|author| field::is_a(author, "Person"));
    let named = |parties: &[&Value]| parties.iter().find_map(|party| organisation(party, url));
    let default = || {
        context.defaults.publisher.clone().map(|name| Publisher {
            name,
            site: context.defaults.site.clone(),
        })
    };
    let publishers: Vec<_> = parties("publisher").collect();
    named(&organisations)
        .or_else(|| named(&publishers))
        .or_else(default)
        .or_else(|| named(&people))
}

/// What a party that is only an `@id` refers to, if it stands nearby.
fn resolved<'a>(party: &'a Value, around: &'a [Value]) -> &'a Value {
    let Some(id) = party["@id"].as_str().filter(|_| party["name"].is_null()) else {
        return party;
    };
    let mut todo: Vec<&Value> = around.iter().collect();
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(fields) if value["@id"] == id && fields.contains_key("name") => return value,
            Value::Object(fields) => todo.extend(fields.values()),
            Value::Array(values) => todo.extend(values),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    party
}

/// A party's name and site; its site is that of the review where it gives none.
fn organisation(party: &Value, url: Option<&WebUrl>) -> Option<Publisher> {
    let name = match party {
        Value::String(name) => text::line_of_field(name),
        party => line(party, "name")?,
    };
    let own = field::addresses(party, "url").find_map(|address| WebUrl::parse(address).ok());
    let site = own.as_ref().or(url).map(host);
    let name = text::cut_chars(&name, MAX_LINE_CHARS).to_owned();
    name.chars()
        .any(char::is_alphanumeric)
        .then_some(Publisher { name, site })
}

fn rating(review: &Value) -> Rating {
    let [rating, ..] = field::each(review, "reviewRating") else {
        return Rating::default();
    };
    if let Some(text) = rating.as_str() {
        return Rating {
            text: text::cut_chars(&text::line_of_field(text), MAX_LINE_CHARS).to_owned(),
            ..Rating::default()
        };
    }
    let value = field::number(rating, "ratingValue");
    // Some publishers put their words where the number belongs.
    let misplaced = || line(rating, "ratingValue").filter(|_| value.is_none());
    let words = line(rating, "alternateName").or_else(|| line(rating, "name"));
    Rating {
        text: words
            .or_else(misplaced)
            .or_else(|| line(rating, "ratingExplanation"))
            .unwrap_or_default(),
        value,
        worst: field::number(rating, "worstRating"),
        best: field::number(rating, "bestRating"),
    }
}

fn lang(review: &Value) -> Option<Lang> {
    let tags = field::each(review, "inLanguage").iter().filter_map(|value| {
        let tag = value
            .as_str()
            .or_else(|| value["alternateName"].as_str())
            .or_else(|| value["@id"].as_str());
        tag.or_else(|| value["name"].as_str())
    });
    let known = |tag: &str| {
        tag.parse()
            .ok()
            .or_else(|| named_lang(tag))
            .filter(|&lang| lang != Lang::UND)
    };
    tags.into_iter().find_map(known)
}

/// Languages by their English names, as schema.org `Language` objects often give them.
const LANG_NAMES: &[(&str, Lang)] = &[
    ("arabic", Lang::AR),
    ("bulgarian", Lang::BG),
    ("dutch", Lang::NL),
    ("english", Lang::EN),
    ("french", Lang::FR),
    ("german", Lang::DE),
    ("italian", Lang::IT),
    ("polish", Lang::PL),
    ("portuguese", Lang::PT),
    ("russian", Lang::RU),
    ("spanish", Lang::ES),
    ("turkish", Lang::TR),
    ("ukrainian", Lang::UK),
];

fn named_lang(name: &str) -> Option<Lang> {
    LANG_NAMES
        .iter()
        .find(|(known, _)| name.trim().eq_ignore_ascii_case(known))
        .map(|&(_, lang)| lang)
}

/// `itemReviewed.firstAppearance` and `.appearance`; what is no web address is left out.
fn appearances(review: &Value, defaults: &Defaults) -> Vec<WebUrl> {
    let mut found: Vec<WebUrl> = Vec::new();
    for item in field::each(review, "itemReviewed") {
        let addresses = field::addresses(item, "firstAppearance").chain(field::addresses(item, "appearance"));
        for url in addresses.filter_map(|address| resolve(address, defaults).ok()) {
            if !found.contains(&url) && found.len() < MAX_APPEARANCES {
                found.push(url);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
