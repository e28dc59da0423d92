//! Where a claim was seen.

use serde::Serialize;

use super::{ClaimId, DocumentId, Lang, SightingId, Sign, SourceId, Timestamp, WebUrl};

/// A mention assigned to a claim (ClaimReview's `appearance`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sighting {
    /// Its identifier.
    pub id: SightingId,
    /// The claim that was seen.
    pub claim_id: ClaimId,
    /// The page or post.
    pub document_id: DocumentId,
    /// Where it is.
    pub url: WebUrl,
    /// The page's title, if it has one.
    pub title: String,
    /// The wording seen there, verbatim.
    pub quote: String,
    /// The wording's language.
    pub lang: Lang,
    /// How check-worthy it is as it is said there, 0 to 1.
    pub score: f32,
    /// Who says it there, as the text puts it.
    pub speaker: Option<String>,
    /// What speaks for its score and against it, the strongest first; empty for what was recorded before reasons were kept.
    pub reasons: Vec<Sign>,
    /// The source that led there, if it is still set.
    pub source_id: Option<SourceId>,
    /// When the page says that it was published.
    pub published_at: Option<Timestamp>,
    /// When we first saw it there.
    pub seen_at: Timestamp,
}
