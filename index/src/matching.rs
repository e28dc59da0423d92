//! Comes in: a question and its candidates. Goes out: the answer: ranked, calibrated, explained, or honestly nothing.

use std::cmp::Ordering;

use crate::evidence::{Comparer, Evidence};
use crate::features::{Features, Field};
use crate::question::Question;
use crate::search::{Candidate, Copy, candidates};
use crate::snapshot::Snapshot;
use crate::weights::Weights;
use crate::{Answer, Error, Explanation, Match, Outcome, Query, Ranker, Reason, training};

/// So many candidates are compared; the right one is rarely further down.
const COMPARED: usize = 30;
/// However many are asked for.
const MAX_COMPARED: usize = 1_000;
/// Terms named in an explanation.
const TERMS_SHOWN: usize = 12;

/// Answers a query from one commit.
pub(crate) fn answer(snapshot: &Snapshot, query: &Query) -> Result<Answer, Error> {
    let weights = snapshot.weights();
    let question = Question::new(query, snapshot, &weights)?;
    let mut judged = judge(snapshot, &weights, &question, query.limit.clamp(COMPARED, MAX_COMPARED))?;
    judged.sort_by(best_first);
    judged.truncate(query.limit);
    // The order is the ranker's; a candidate is never surer than the one before it.
    let mut surest = 1.0;
    let mut matches = Vec::with_capacity(judged.len());
    for candidate in judged {
        let found = candidate.into_match(surest, weights.heaviest(), &question);
        surest = found.confidence;
        matches.push(found);
    }
    let outcome = matches.first().map_or(Outcome::None, |best| best.outcome);
    Ok(Answer { outcome, matches })
}

/// The candidates of a query as training sees them.
pub(crate) fn candidates_of(snapshot: &Snapshot, query: &Query) -> Result<Vec<training::Candidate>, Error> {
    let weights = snapshot.weights();
    let question = Question::new(query, snapshot, &weights)?;
    let judged = judge(snapshot, &weights, &question, query.limit)?;
    let seen = judged.into_iter().map(|judged| training::Candidate {
        id: judged.id,
        features: judged.features,
        score: judged.candidate.score,
    });
    Ok(seen.collect())
}

fn judge(snapshot: &Snapshot, weights: &Weights, question: &Question, limit: usize) -> Result<Vec<Judged>, Error> {
    let found = candidates(question, snapshot, limit)?;
    let comparer = Comparer::new(question, snapshot, weights);
    let field = Field::of(&found);
    let judge = |candidate: Candidate| {
        let stored = snapshot.stored(candidate.address)?;
        let evidence = comparer.compare(&stored.profiles()?)?;
        let features = field.features(&evidence, &candidate, question.content_words(), weights.heaviest());
        Ok(Judged {
            id: stored.id,
            candidate,
            evidence,
            order: Ranker::shipped().score(&features),
            lead: field.lead(candidate.score),
            features,
        })
    };
    found.iter().copied().map(judge).collect()
}

/// Copies first, then by the ranker's order, ties by id.
fn best_first(a: &Judged, b: &Judged) -> Ordering {
    let by_copy = b.candidate.copy.cmp(&a.candidate.copy);
    let by_order = || b.order.total_cmp(&a.order);
    by_copy.then_with(by_order).then_with(|| a.id.cmp(&b.id))
}

/// Weights of a logistic model of "is this the claim?", set by hand from fits on two development sets, rounded, and
/// the same for all languages. See the README for what they achieve.
struct Model {
    bias: f32,
    claim_coverage: f32,
    text_coverage: f32,
    /// Of the logarithm of one plus the matched weight, counted in words as rare as words can be here.
    strength: f32,
    contained: f32,
    lead: f32,
}

const MODEL: Model = Model {
    bias: -7.0,
    claim_coverage: 3.0,
    text_coverage: 1.0,
    strength: 2.5,
    contained: 1.0,
    lead: 5.0,
};

/// Confidence from which a candidate is a match: on the development sets 3 to 4 of 100 texts without an entry
/// reach it.
const MATCH: f32 = 0.65;
/// Confidence from which a candidate is worth showing.
const MAYBE: f32 = 0.3;
/// Of words in the same order that are no literal copy.
const NEAR_VERBATIM: f32 = 0.99;

/// What a match needs besides confidence.
mod needs {
    /// Content words in the text; shorter texts ("vaccines are dangerous") fit too many claims.
    pub(super) const CONTENT_WORDS: f32 = 5.0;
    /// Words in common.
    pub(super) const MATCHED_WORDS: usize = 3;
    /// Share of the claim that the text says.
    pub(super) const CLAIM_COVERAGE: f32 = 0.4;
    /// Similarity from which text and wording count as near-copies, whose negations must agree.
    pub(super) const NEAR_COPY: f32 = 0.5;
}

struct Judged {
    id: String,
    candidate: Candidate,
    evidence: Evidence,
    features: Features,
    order: f32,
    lead: f32,
}

impl Judged {
    fn into_match(mut self, surest: f32, heaviest: f32, question: &Question) -> Match {
        let confidence = self.confidence(heaviest).min(surest);
        let outcome = self.outcome(confidence, question);
        Match {
            id: std::mem::take(&mut self.id),
            confidence,
            outcome,
            explanation: self.explanation(),
        }
    }

    fn confidence(&self, heaviest: f32) -> f32 {
        match self.candidate.copy {
            Copy::Identical => 1.0,
            Copy::NearVerbatim => NEAR_VERBATIM,
            Copy::No => self.modelled(heaviest).min(NEAR_VERBATIM),
        }
    }

    fn modelled(&self, heaviest: f32) -> f32 {
        let Evidence {
            claim_coverage,
            text_coverage,
            contained,
            matched,
            ..
        } = &self.evidence;
        let weight: f32 = matched.iter().map(|term| term.weight).sum();
        let strength = (weight / heaviest).ln_1p();
        let sum = MODEL.bias
            + MODEL.claim_coverage * claim_coverage
            + MODEL.text_coverage * text_coverage
            + MODEL.strength * strength
            + MODEL.contained * contained
            + MODEL.lead * self.lead;
        1.0 / (1.0 + (-sum).exp())
    }

    fn outcome(&self, confidence: f32, question: &Question) -> Outcome {
        match self.candidate.copy {
            Copy::Identical | Copy::NearVerbatim => Outcome::Match,
            Copy::No if confidence >= MATCH && self.may_match(question) => Outcome::Match,
            Copy::No if confidence >= MAYBE => Outcome::Maybe,
            Copy::No => Outcome::None,
        }
    }

    fn may_match(&self, question: &Question) -> bool {
        let Evidence {
            claim_coverage,
            matched,
            ..
        } = &self.evidence;
        question.content_words() >= needs::CONTENT_WORDS
            && matched.len() >= needs::MATCHED_WORDS
            && *claim_coverage >= needs::CLAIM_COVERAGE
            && !self.contradicted()
    }

    /// Other numbers in the place of the claim's, or a near-copy turned round by a negation.
    fn contradicted(&self) -> bool {
        let Evidence {
            agreeing,
            only_asked,
            only_claimed,
            similarity,
            negation_differs,
            ..
        } = &self.evidence;
        let is_near_copy = *similarity >= needs::NEAR_COPY;
        let replaced = !only_asked.is_empty() && !only_claimed.is_empty();
        replaced && (is_near_copy || agreeing.is_empty()) || is_near_copy && *negation_differs
    }

    fn explanation(mut self) -> Explanation {
        let mut reasons = Vec::new();
        match self.candidate.copy {
            Copy::Identical => reasons.push(Reason::IdenticalText),
            Copy::NearVerbatim => reasons.push(Reason::NearDuplicate { similarity: 1.0 }),
            Copy::No if self.evidence.similarity >= needs::NEAR_COPY => {
                reasons.push(Reason::NearDuplicate {
                    similarity: self.evidence.similarity,
                });
            }
            Copy::No => {}
        }
        let Evidence {
            claim_coverage: share,
            text_coverage: of_text,
            ..
        } = self.evidence;
        reasons.push(Reason::Coverage { share, of_text });
        let mut terms = std::mem::take(&mut self.evidence.matched);
        terms.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        terms.truncate(TERMS_SHOWN);
        if !terms.is_empty() {
            reasons.push(Reason::Terms { terms });
        }
        let differ = [self.evidence.only_asked, self.evidence.only_claimed].concat();
        if !self.evidence.agreeing.is_empty() || !differ.is_empty() {
            reasons.push(Reason::Numbers {
                agree: self.evidence.agreeing,
                differ,
            });
        }
        if self.evidence.negation_differs {
            reasons.push(Reason::Negation);
        }
        Explanation { reasons }
    }
}
