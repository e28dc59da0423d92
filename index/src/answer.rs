//! What is asked and what is answered; plain values with a stable JSON form.

use serde::{Deserialize, Serialize};

use crate::Lang;

/// Of a query's text only so many tokens count; the rest is ignored.
pub const MAX_QUERY_TOKENS: usize = 2_000;

/// A text whose claim is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Any text, however long or strange; never parsed as query syntax.
    pub text: String,
    /// Declared language; guessed where absent.
    pub lang: Option<Lang>,
    /// How many candidates to return at most.
    pub limit: usize,
}

/// Whether the text is a known claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing known that a reader would take for the same claim.
    None,
    /// Close enough to show, not close enough to state.
    Maybe,
    /// The same claim.
    Match,
}

/// The outcome for a text, and the claims that were considered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The outcome of the best candidate; [`Outcome::None`] where there is none.
    pub outcome: Outcome,
    /// Best first, ties by id. Holds candidates of every outcome, [`Outcome::None`] included, so that
    /// rankings can be measured; callers show those at or above the outcome they want.
    pub matches: Vec<Match>,
}

/// One scored, explained candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// The entry's id.
    pub id: String,
    /// Estimated chance that this is the claim, 0 to 1.
    pub confidence: f32,
    /// What the confidence and the guards amount to.
    pub outcome: Outcome,
    /// What made the score.
    pub explanation: Explanation,
}

/// Why a candidate got its confidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Strongest kind of evidence first.
    pub reasons: Vec<Reason>,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// The text is one of the claim's wordings, after normalisation.
    IdenticalText,
    /// The text nearly repeats a wording.
    NearDuplicate {
        /// Jaccard similarity of their token shingles, 0 to 1.
        similarity: f32,
    },
    /// The text means something like the claim, in whatever words or language, by the index's model.
    Semantic {
        /// Cosine of their vectors, -1 to 1; what is much depends on the model.
        similarity: f32,
    },
    /// Words found on both sides, weightiest first, as they are indexed (folded, stemmed).
    Terms {
        /// At most twelve.
        terms: Vec<TermWeight>,
    },
    /// How much of the two texts was found in each other, weighted by how rare the words are.
    Coverage {
        /// Share of the claim's best wording that is in the text, 0 to 1.
        share: f32,
        /// Share of the text that is in the claim's wordings, 0 to 1.
        of_text: f32,
    },
    /// Numbers in the text, compared with the claim's.
    Numbers {
        /// In both.
        agree: Vec<String>,
        /// In one only.
        differ: Vec<String>,
    },
    /// The claim and the text differ in their negations ("not", "kein", …).
    Negation,
}

/// A matched word and its weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TermWeight {
    /// As indexed.
    pub term: String,
    /// Inverse document frequency: the rarer, the heavier.
    pub weight: f32,
}

/// A slice of a result list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many results to skip.
    pub offset: usize,
    /// How many to return at most.
    pub limit: usize,
}

/// One result of a word search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The entry's id.
    pub id: String,
    /// BM25; comparable within one search only.
    pub score: f32,
}
