//! The domain's nouns as the API shows them: structs of their own, converted by hand, so that a change of the domain
//! cannot change the contract by accident. What is unknown is left out.

use serde::Serialize;

use super::call::Caller;
use crate::{
    domain::{
        Attachment, AttachmentState, Audience, Claim, FactCheck, FactCheckBody, FactCheckVersion, Publisher, Rating,
        Reason, Sighting, Sign, Timestamp, WebUrl,
    },
    store::{Attached, ClaimSummary, Dossier},
};

/// A list, and the cursor of its next page.
#[derive(Serialize)]
pub(crate) struct ListWire<T> {
    pub(crate) items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct ClaimWire<'a> {
    id: String,
    text: &'a str,
    language: String,
    origin: &'static str,
    sighting_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_seen: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen: Option<Timestamp>,
    created_at: Timestamp,
    version: u64,
    /// Only where not everybody may read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    audience: Option<&'static str>,
}

impl<'a> ClaimWire<'a> {
    pub(crate) fn of(claim: &'a Claim) -> Self {
        Self {
            id: claim.id.to_string(),
            text: claim.text.as_str(),
            language: claim.lang.to_string(),
            origin: claim.origin.as_str(),
            sighting_count: claim.sightings,
            first_seen: claim.first_seen,
            last_seen: claim.last_seen,
            created_at: claim.created_at,
            version: claim.version,
            audience: (claim.audience != Audience::Public).then(|| claim.audience.as_str()),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct SummaryWire<'a> {
    claim: ClaimWire<'a>,
    fact_check_count: u64,
}

impl<'a> SummaryWire<'a> {
    pub(crate) fn of(summary: &'a ClaimSummary) -> Self {
        Self {
            claim: ClaimWire::of(&summary.claim),
            fact_check_count: summary.fact_checks,
        }
    }
}

#[derive(Serialize)]
pub(crate) struct DossierWire<'a> {
    claim: ClaimWire<'a>,
    fact_checks: Vec<AttachedWire<'a>>,
}

impl<'a> DossierWire<'a> {
    pub(crate) fn of(dossier: &'a Dossier, caller: Caller) -> Self {
        let attached = dossier
            .fact_checks
            .iter()
            .map(|attached| AttachedWire::of(attached, caller));
        Self {
            claim: ClaimWire::of(&dossier.claim),
            fact_checks: attached.collect(),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct AttachedWire<'a> {
    attachment: AttachmentWire<'a>,
    fact_check: FactCheckWire<'a>,
}

impl<'a> AttachedWire<'a> {
    fn of(attached: &'a Attached, caller: Caller) -> Self {
        Self {
            attachment: AttachmentWire::of(&attached.attachment, caller),
            fact_check: FactCheckWire::of(&attached.fact_check),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct SightingWire<'a> {
    id: String,
    claim_id: String,
    document_id: String,
    url: &'a str,
    title: &'a str,
    quote: &'a str,
    language: String,
    score: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker: Option<&'a str>,
    reasons: Vec<SignWire<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<Timestamp>,
    seen_at: Timestamp,
}

/// What speaks for a score, or against it.
#[derive(Serialize)]
struct SignWire<'a> {
    what: &'a str,
    weight: f64,
}

impl<'a> SightingWire<'a> {
    pub(crate) fn of(sighting: &'a Sighting) -> Self {
        Self {
            id: sighting.id.to_string(),
            claim_id: sighting.claim_id.to_string(),
            document_id: sighting.document_id.to_string(),
            url: sighting.url.as_str(),
            title: &sighting.title,
            quote: &sighting.quote,
            language: sighting.lang.to_string(),
            score: rounded(sighting.score),
            speaker: sighting.speaker.as_deref(),
            reasons: sighting.reasons.iter().map(SignWire::of).collect(),
            published_at: sighting.published_at,
            seen_at: sighting.seen_at,
        }
    }
}

impl<'a> SignWire<'a> {
    fn of(sign: &'a Sign) -> Self {
        Self {
            what: &sign.what,
            weight: rounded(sign.weight),
        }
    }
}

/// Four digits: more would be noise.
pub(crate) fn rounded(number: f32) -> f64 {
    (f64::from(number) * 10_000.0).round() / 10_000.0
}

/// Who did it and why is for holders of a key.
#[derive(Serialize)]
pub(crate) struct AttachmentWire<'a> {
    id: String,
    claim_id: String,
    fact_check_id: String,
    state: &'static str,
    attached_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    attached_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawal_reason: Option<&'a str>,
    version: u64,
}

impl<'a> AttachmentWire<'a> {
    pub(crate) fn of(attachment: &'a Attachment, caller: Caller) -> Self {
        let named = caller.sees_names();
        let withdrawal = match &attachment.state {
            AttachmentState::Active => None,
            AttachmentState::Withdrawn { by, at, reason } => Some((by, at, reason)),
        };
        Self {
            id: attachment.id.to_string(),
            claim_id: attachment.claim_id.to_string(),
            fact_check_id: attachment.fact_check_id.to_string(),
            state: if withdrawal.is_none() { "active" } else { "withdrawn" },
            attached_at: attachment.at,
            attached_by: named.then(|| attachment.by.to_string()),
            reason: attachment.reason.as_ref().filter(|_| named).map(Reason::as_str),
            withdrawn_at: withdrawal.map(|(_, at, _)| *at),
            withdrawn_by: withdrawal.filter(|_| named).map(|(by, ..)| by.to_string()),
            withdrawal_reason: withdrawal.filter(|_| named).map(|(.., reason)| reason.as_str()),
            version: attachment.version,
        }
    }
}

/// The same members for both origins; what an origin does not have is left out.
#[derive(Serialize)]
pub(crate) struct FactCheckWire<'a> {
    id: String,
    #[serde(flatten)]
    content: ContentWire<'a>,
    /// Ours, by the rating table; an own fact-check's is its author's and stands in the content.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: u64,
}

impl<'a> FactCheckWire<'a> {
    pub(crate) fn of(check: &'a FactCheck) -> Self {
        Self {
            id: check.id.to_string(),
            content: ContentWire::of(&check.body),
            verdict: matches!(check.body, FactCheckBody::External(_)).then(|| check.verdict.as_str()),
            created_at: check.created_at,
            updated_at: check.updated_at,
            version: check.version,
        }
    }
}

/// One version of a fact-check.
#[derive(Serialize)]
pub(crate) struct VersionWire<'a> {
    version: u64,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    content: ContentWire<'a>,
}

impl<'a> VersionWire<'a> {
    pub(crate) fn of(version: &'a FactCheckVersion, caller: Caller) -> Self {
        Self {
            version: version.version,
            at: version.at,
            by: caller.sees_names().then(|| version.actor.to_string()),
            content: ContentWire::of(&version.body),
        }
    }
}

/// What a fact-check says.
#[derive(Serialize)]
#[serde(tag = "origin", rename_all = "snake_case")]
enum ContentWire<'a> {
    External {
        publisher: PublisherWire<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        identifier: Option<&'a str>,
        title: &'a str,
        description: &'a str,
        claim_reviewed: &'a str,
        rating: RatingWire<'a>,
        language: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        published_at: Option<Timestamp>,
        appearances: Vec<&'a str>,
    },
    Own {
        title: &'a str,
        text: &'a str,
        verdict: &'static str,
        rating: RatingWire<'a>,
        language: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<&'a str>,
    },
}

impl<'a> ContentWire<'a> {
    fn of(body: &'a FactCheckBody) -> Self {
        match body {
            FactCheckBody::External(check) => Self::External {
                publisher: PublisherWire::of(&check.publisher),
                url: check.url.as_ref().map(WebUrl::as_str),
                identifier: check.identifier.as_deref(),
                title: &check.title,
                description: &check.description,
                claim_reviewed: &check.claim_reviewed,
                rating: RatingWire::of(&check.rating),
                language: check.lang.to_string(),
                published_at: check.published_at,
                appearances: check.appearances.iter().map(WebUrl::as_str).collect(),
            },
            FactCheckBody::Own(check) => Self::Own {
                title: &check.title,
                text: &check.text,
                verdict: check.verdict.as_str(),
                rating: RatingWire {
                    text: &check.rating,
                    value: None,
                    worst: None,
                    best: None,
                },
                language: check.lang.to_string(),
                url: check.url.as_ref().map(WebUrl::as_str),
            },
        }
    }
}

#[derive(Serialize)]
struct PublisherWire<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<&'a str>,
}

impl<'a> PublisherWire<'a> {
    fn of(publisher: &'a Publisher) -> Self {
        Self {
            name: &publisher.name,
            site: publisher.site.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct RatingWire<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worst: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best: Option<f64>,
}

impl<'a> RatingWire<'a> {
    fn of(rating: &'a Rating) -> Self {
        Self {
            text: &rating.text,
            value: rating.value,
            worst: rating.worst,
            best: rating.best,
        }
    }
}
