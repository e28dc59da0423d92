//! Fact-checks as reviewers send them: wire structs come in, checked domain values or a list of faults come out.

use serde::{Deserialize, de::IgnoredAny};

use super::{
    body::{Json, Object, present},
    code::ErrorCode,
    error::Problem,
    fault::Faults,
    read,
};
use crate::domain::{
    ExternalFactCheck, FactCheckBody, FactCheckOrigin, OwnFactCheck, Publisher, Rating, Verdict, WebUrl,
};

/// Longest texts taken, in characters.
const MAX_NAME: usize = 200;
const MAX_TITLE: usize = 500;
const MAX_TEXT: usize = 5000;
const MAX_OWN_TEXT: usize = 20_000;
/// Most places named where a claim was seen.
const MAX_APPEARANCES: usize = 50;

/// Reads a new fact-check. The origin is read first: serde's tagged enums would lose the places of faults.
pub(super) fn new(json: &Json) -> Result<FactCheckBody, Problem> {
    match json.read::<Tag>()?.origin {
        FactCheckOrigin::External => json.read::<NewExternal>()?.check().map(FactCheckBody::External),
        FactCheckOrigin::Own => json.read::<NewOwn>()?.check().map(FactCheckBody::Own),
    }
}

/// Reads a correction: it says all anew.
pub(super) fn correction(json: &Json) -> Result<OwnFactCheck, Problem> {
    match json.read::<Tag>()?.origin {
        FactCheckOrigin::External => Err(Problem::new(ErrorCode::ChangesOnlyByImport)),
        FactCheckOrigin::Own => json.read::<NewOwn>()?.check(),
    }
}

#[derive(Deserialize)]
struct Tag {
    origin: FactCheckOrigin,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewExternal {
    #[serde(rename = "origin")]
    _origin: IgnoredAny,
    publisher: Object<PublisherWire>,
    url: String,
    #[serde(default, deserialize_with = "present")]
    identifier: Option<String>,
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    claim_reviewed: String,
    rating: Object<RatingWire>,
    language: String,
    #[serde(default, deserialize_with = "present")]
    published_at: Option<String>,
    #[serde(default)]
    appearances: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewOwn {
    #[serde(rename = "origin")]
    _origin: IgnoredAny,
    title: String,
    text: String,
    verdict: String,
    rating: Object<OwnRatingWire>,
    language: String,
    #[serde(default, deserialize_with = "present")]
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PublisherWire {
    name: String,
    #[serde(default, deserialize_with = "present")]
    site: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RatingWire {
    text: String,
    #[serde(default, deserialize_with = "present")]
    value: Option<f64>,
    #[serde(default, deserialize_with = "present")]
    worst: Option<f64>,
    #[serde(default, deserialize_with = "present")]
    best: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnRatingWire {
    text: String,
}

impl NewExternal {
    fn check(&self) -> Result<ExternalFactCheck, Problem> {
        let mut faults = Faults::default();
        let texts = self.texts(&mut faults);
        let publisher = self.publisher.0.check(&mut faults);
        let url = faults.take("/url", read::url(&self.url));
        let lang = faults.take("/language", read::language(&self.language));
        let published_at = self
            .published_at
            .as_deref()
            .map(|text| faults.take("/published_at", read::time(text)));
        let appearances = self.appearances(&mut faults);
        let rating = self.rating.0.check(&mut faults);
        let check = || {
            let [identifier, title, description, claim_reviewed] = texts?;
            Some(ExternalFactCheck {
                publisher: publisher?,
                url: Some(url?),
                identifier: Some(identifier).filter(|text| !text.is_empty()),
                title,
                description,
                claim_reviewed,
                rating: rating?,
                lang: lang?,
                published_at: published_at.unwrap_or_default(),
                appearances,
            })
        };
        let check = check();
        faults.body(check)
    }

    fn texts(&self, faults: &mut Faults) -> Option<[String; 4]> {
        let identifier = self.identifier.as_deref().unwrap_or_default();
        let identifier = faults.take("/identifier", read::optional_text(identifier, MAX_TITLE));
        let title = faults.take("/title", read::text(&self.title, MAX_TITLE));
        let description = faults.take("/description", read::optional_text(&self.description, MAX_TEXT));
        let reviewed = faults.take("/claim_reviewed", read::optional_text(&self.claim_reviewed, MAX_TEXT));
        Some([identifier?, title?, description?, reviewed?])
    }

    fn appearances(&self, faults: &mut Faults) -> Vec<WebUrl> {
        if self.appearances.len() > MAX_APPEARANCES {
            faults.pointer("/appearances", format!("expected at most {MAX_APPEARANCES} addresses"));
            return Vec::new();
        }
        let read = self.appearances.iter().enumerate().filter_map(|(at, text)| {
            let read = read::url(text);
            read.map_err(|error| faults.pointer(format!("/appearances/{at}"), error.to_string()))
                .ok()
        });
        read.collect()
    }
}

impl NewOwn {
    fn check(&self) -> Result<OwnFactCheck, Problem> {
        let mut faults = Faults::default();
        let title = faults.take("/title", read::text(&self.title, MAX_TITLE));
        let text = faults.take("/text", read::text(&self.text, MAX_OWN_TEXT));
        let verdict = faults.take("/verdict", verdict(&self.verdict));
        let rating = faults.take("/rating/text", read::text(&self.rating.0.text, MAX_NAME));
        let lang = faults.take("/language", read::language(&self.language));
        let url = self.url.as_deref().map(|url| faults.take("/url", read::url(url)));
        let check = || {
            Some(OwnFactCheck {
                title: title?,
                text: text?,
                verdict: verdict?,
                rating: rating?,
                lang: lang?,
                url: url.flatten(),
            })
        };
        let check = check();
        faults.body(check)
    }
}

/// A verdict has an author, so it is one: "unmapped" only says that a rating is in no table.
fn verdict(text: &str) -> Result<Verdict, String> {
    let known = || Verdict::ALL.iter().filter(|verdict| **verdict != Verdict::Unmapped);
    let found = known().find(|verdict| verdict.as_str() == text).copied();
    found.ok_or_else(|| {
        let words: Vec<&str> = known().map(|verdict| verdict.as_str()).collect();
        format!("expected one of {}", words.join(", "))
    })
}

impl PublisherWire {
    fn check(&self, faults: &mut Faults) -> Option<Publisher> {
        let name = faults.take("/publisher/name", read::text(&self.name, MAX_NAME));
        let site = self
            .site
            .as_deref()
            .map(|site| faults.take("/publisher/site", read::host(site)));
        Some(Publisher {
            name: name?,
            site: site.flatten(),
        })
    }
}

impl RatingWire {
    fn check(&self, faults: &mut Faults) -> Option<Rating> {
        let text = faults.take("/rating/text", read::text(&self.text, MAX_NAME))?;
        Some(Rating {
            text,
            value: self.value,
            worst: self.worst,
            best: self.best,
        })
    }
}
