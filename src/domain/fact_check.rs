//! One publisher's review of a claim. ClaimReview is its wire form, never its name.

use serde::{Deserialize, Serialize};

use super::{Actor, FactCheckId, Lang, Timestamp, Verdict, WebUrl, words::words};

/// Who publishes a fact-check.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Publisher {
    /// The organisation's name.
    pub name: String,
    /// Its host name, without `www.`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}

/// The publisher's own words and scale, verbatim (schema.org `Rating`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    /// `alternateName`: "Größtenteils falsch".
    pub text: String,
    /// `ratingValue`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// `worstRating`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<f64>,
    /// `bestRating`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<f64>,
}

/// Another publisher's fact-check, as imported, crawled or entered. Its identity is publisher and url, else publisher
/// and identifier; it changes only by re-import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExternalFactCheck {
    /// Who published it.
    pub publisher: Publisher,
    /// Where it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<WebUrl>,
    /// The publisher's own identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// Its headline.
    pub title: String,
    /// One or two sentences about it; empty if the publisher gives none.
    pub description: String,
    /// The statement that it reviews (`claimReviewed`).
    pub claim_reviewed: String,
    /// The publisher's rating; empty text if it gives none.
    pub rating: Rating,
    /// Its language.
    pub lang: Lang,
    /// When it was published, where the source gives a readable date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// Where the claim was seen, by the publisher (`itemReviewed.appearance`, `firstAppearance`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appearances: Vec<WebUrl>,
}

/// A fact-check written here. A correction is a new version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnFactCheck {
    /// Its headline.
    pub title: String,
    /// The text: what was checked, what was found, on which evidence.
    pub text: String,
    /// The verdict, by its author: nothing that we compute is stored as one.
    pub verdict: Verdict,
    /// The verdict in the author's words, shown as the rating.
    pub rating: String,
    /// Its language.
    pub lang: Lang,
    /// Where it is published, once it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<WebUrl>,
}

/// What a fact-check says, by origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "origin", rename_all = "snake_case")]
pub enum FactCheckBody {
    /// Another publisher's.
    External(ExternalFactCheck),
    /// Written here.
    Own(OwnFactCheck),
}

/// Whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FactCheckOrigin {
    /// Another publisher's.
    External,
    /// Written here.
    Own,
}

words!(FactCheckOrigin { External => "external", Own => "own" });

/// A fact-check as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct FactCheck {
    /// Its identifier.
    pub id: FactCheckId,
    /// What it says now.
    pub body: FactCheckBody,
    /// The verdict: ours by the rating table for external ones, the author's for own ones.
    pub verdict: Verdict,
    /// Its version, from 1.
    pub version: u64,
    /// When it came here.
    pub created_at: Timestamp,
    /// When it last changed here.
    pub updated_at: Timestamp,
}

impl FactCheck {
    /// Whose it is.
    pub const fn origin(&self) -> FactCheckOrigin {
        match self.body {
            FactCheckBody::External(_) => FactCheckOrigin::External,
            FactCheckBody::Own(_) => FactCheckOrigin::Own,
        }
    }

    /// Where it can be read by the public.
    pub const fn url(&self) -> Option<&WebUrl> {
        match &self.body {
            FactCheckBody::External(check) => check.url.as_ref(),
            FactCheckBody::Own(check) => check.url.as_ref(),
        }
    }
}

/// One version of a fact-check, as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct FactCheckVersion {
    /// Its number, from 1.
    pub version: u64,
    /// What it said.
    pub body: FactCheckBody,
    /// Who wrote it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
}
