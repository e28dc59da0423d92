//! Comes in: the evidence on one candidate, and its place among the others. Goes out: the numbers that the model weighs.

use crate::evidence::Evidence;
use crate::search::Candidate;

/// What each number is, in order: the keys of the ranker's file.
pub(crate) const NAMES: [&str; FEATURES] = [
    "said_coverage",
    "title_coverage",
    "description_coverage",
    "text_coverage",
    "gram_coverage",
    "strength",
    "matched_words",
    "similarity",
    "contained",
    "lead",
    "score",
    "place",
    "numbers_agree",
    "numbers_differ",
    "negation_differs",
];
pub(crate) const FEATURES: usize = 15;

/// The numbers of one candidate; most are between 0 and 1.
pub(crate) type Features = [f32; FEATURES];

/// The scores of all candidates of a question, by which each finds its place.
pub(crate) struct Field {
    /// Best first.
    scores: Vec<f32>,
}

impl Field {
    pub(crate) fn of(found: &[Candidate]) -> Field {
        let mut scores: Vec<f32> = found.iter().map(|candidate| candidate.score).collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        Field { scores }
    }

    fn nth(&self, place: usize) -> f32 {
        self.scores.get(place).copied().unwrap_or_default()
    }

    /// Logarithm of a candidate's score over the best other score, within [`MAX_LEAD`] and [`MAX_LAG`].
    pub(crate) fn lead(&self, score: f32) -> f32 {
        let other = if score < self.nth(0) { self.nth(0) } else { self.nth(1) };
        (score / other.max(f32::MIN_POSITIVE)).ln().clamp(MAX_LAG, MAX_LEAD)
    }

    /// One over the candidate's rank by score.
    fn place(&self, score: f32) -> f32 {
        1.0 / (1 + self.scores.iter().take_while(|other| **other > score).count()) as f32
    }

    /// Puts the evidence into numbers. `asked` is the number of content words in the question, `heaviest` the weight of a
    /// word as rare as words can be here.
    pub(crate) fn features(&self, evidence: &Evidence, candidate: &Candidate, asked: f32, heaviest: f32) -> Features {
        let weight: f32 = evidence.matched.iter().map(|term| term.weight).sum();
        let is_replaced = !evidence.only_asked.is_empty() && !evidence.only_claimed.is_empty();
        [
            evidence.said_coverage,
            evidence.title_coverage,
            evidence.description_coverage,
            evidence.text_coverage,
            evidence.gram_coverage,
            (weight / heaviest).ln_1p(),
            matched_share(evidence, asked),
            evidence.similarity,
            evidence.contained,
            self.lead(candidate.score),
            (candidate.score / heaviest).ln_1p(),
            self.place(candidate.score),
            (evidence.agreeing.len() as f32).min(3.0),
            f32::from(u8::from(is_replaced && evidence.agreeing.is_empty())),
            f32::from(u8::from(evidence.negation_differs)),
        ]
    }
}

/// A lead beyond twice the second score says nothing more: in a small index there is often no second at all.
const MAX_LEAD: f32 = std::f32::consts::LN_2;
const MAX_LAG: f32 = -2.0;

/// Share of the question's content words that are in any wording, however much they weigh.
fn matched_share(evidence: &Evidence, asked: f32) -> f32 {
    (evidence.matched.len() as f32 / asked.max(1.0)).min(1.0)
}
