//! Comes in: a question and its candidates. Goes out: the answer: ranked, calibrated, explained, or honestly nothing.

use std::cmp::Ordering;

use crate::evidence::{Comparer, Evidence};
use crate::features::{Features, Field, Home, Meaning, Standing, judged, standings};
use crate::profile::Profile;
use crate::question::Question;
use crate::search::{Candidate, Copy, candidates};
use crate::semantic::Meanings;
use crate::snapshot::Snapshot;
use crate::{Answer, Chances, Error, Explanation, Judge, Match, Outcome, Query, Ranker, Reason, WordingKind, training};

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
    let comparer = Comparer::new(&question, snapshot, &weights);
    let models = Models::shipped(question.meanings.is_some());
    let candidates = candidates(&question, snapshot, query.limit.clamp(COMPARED, MAX_COMPARED))?;
    let mut found = compare(&comparer, &question, &candidates, models)?;
    put_in_order(&mut found, snapshot)?;
    let orders: Vec<f32> = found.iter().map(|candidate| candidate.order).collect();
    // The order is the ranker's; a candidate is never surer than the one before it.
    let mut surest = 1.0;
    let mut matches = Vec::with_capacity(query.limit.min(found.len()));
    for (candidate, standing) in found.into_iter().zip(standings(&orders)).take(query.limit) {
        let chances = candidate.chances(&comparer, &question, standing, models)?;
        let needed = models.judge.needed();
        let found = candidate.into_match(chances, needed, surest, &question, snapshot)?;
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
    let comparer = Comparer::new(&question, snapshot, &weights);
    let models = Models::shipped(question.meanings.is_some());
    let found = compare(
        &comparer,
        &question,
        &candidates(&question, snapshot, query.limit)?,
        models,
    )?;
    let seen = found.into_iter().map(|compared| {
        Ok(training::Candidate {
            particulars: comparer.particulars(&compared.profiles, &compared.evidence)?,
            score: compared.candidate.score,
            copy: compared.candidate.copy,
            text_length: question.content_words(),
            cosine: compared.cosine.unwrap_or_default(),
            may_match: compared.may_match(&question),
            id: snapshot.id(compared.candidate.address)?,
            features: compared.features,
            meaning: compared.meaning,
        })
    });
    seen.collect()
}

/// What is asked when texts are to be one claim.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    /// The entry that asks, if one does.
    pub(crate) but: Option<&'a str>,
    /// Others than those shipped.
    pub(crate) models: Option<Models<'a>>,
    pub(crate) listener: Listener,
}

/// Who acts on the answer.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Listener {
    /// Whoever keeps claims.
    #[default]
    Keeper,
    /// Somebody who is told what was found of the claim: it has to be a match, too.
    Reader,
}

/// The entry that says the same as a text, if its first candidate does so surely enough: see [`JOINED`].
pub(crate) fn same(snapshot: &Snapshot, query: &Query, wanted: Asked) -> Result<Option<String>, Error> {
    let Asked { but, models, listener } = wanted;
    let weights = snapshot.weights();
    let question = Question::new(query, snapshot, &weights)?;
    let comparer = Comparer::new(&question, snapshot, &weights);
    let models = models.unwrap_or_else(|| Models::shipped(question.meanings.is_some()));
    let mut candidates = candidates(&question, snapshot, COMPARED)?;
    let mut asker = None;
    if let Some(but) = but {
        let ids = candidates.iter().map(|candidate| snapshot.id(candidate.address));
        let ids: Vec<String> = ids.collect::<Result<_, _>>()?;
        let itself = ids.iter().position(|id| id == but);
        asker = itself.map(|place| candidates.remove(place).address);
    }
    let asker = asker.map_or(Ok(Vec::new()), |address| snapshot.profiles(address))?;
    let mut found = compare(&comparer, &question, &candidates, models)?;
    put_in_order(&mut found, snapshot)?;
    let orders: Vec<f32> = found.iter().map(|candidate| candidate.order).collect();
    let Some((first, standing)) = found.first().zip(standings(&orders).first().copied()) else {
        return Ok(None);
    };
    let chances = first.chances(&comparer, &question, standing, models)?;
    let is_copy = first.candidate.copy != Copy::No;
    let is_met = first.meaning.home == Home::Own || is_checked(&first.profiles) || is_checked(&asker);
    let is_sure = chances.reach(JOINED) && (listener == Listener::Keeper || chances.reach(models.judge.needed()));
    let is_same = is_copy || is_met && first.may_match(&question) && first.may_join(&question) && is_sure;
    is_same.then(|| snapshot.id(first.candidate.address)).transpose()
}

/// Languages meet where somebody has put the claim in words to check it: posts in two languages are near to each other because
/// both are posts.
fn is_checked(wordings: &[Profile]) -> bool {
    wordings
        .iter()
        .any(|wording| matches!(wording.kind, WordingKind::Reviewed | WordingKind::Title))
}

fn compare<'a>(
    comparer: &Comparer<'a>,
    question: &Question,
    found: &[Candidate],
    models: Models,
) -> Result<Vec<Compared<'a>>, Error> {
    let snapshot = comparer.snapshot;
    let meanings = question.meanings.as_ref();
    let asked = question.language.map(|language| language.lang);
    let meaning = |Candidate { address, .. }: &Candidate| {
        let of = |meanings: &Meanings| Meaning {
            among_all: meanings.distinction(*address),
            in_language: meanings.distinction_in_language(*address),
            home: Home::of(meanings.lang(*address), asked),
        };
        meanings.map(of).unwrap_or_default()
    };
    let field = Field::of(found.iter().map(|candidate| (candidate.score, meaning(candidate))));
    let compare = |candidate: Candidate| {
        let profiles = snapshot.profiles(candidate.address)?;
        let evidence = comparer.compare(&profiles)?;
        let heaviest = comparer.weights.heaviest();
        let meaning = meaning(&candidate);
        let features = field.features(&evidence, candidate.score, meaning, question.content_words(), heaviest);
        Ok(Compared {
            id: String::new(),
            candidate,
            evidence,
            order: models.ranker.score(&features),
            cosine: meanings.and_then(|meanings| meanings.cosine(candidate.address)),
            profiles,
            features,
            meaning,
        })
    };
    found.iter().copied().map(compare).collect()
}

/// Best first. Ids are on the disk: only those are read that have to decide.
fn put_in_order(found: &mut [Compared], snapshot: &Snapshot) -> Result<(), Error> {
    let by_rank = |a: &Compared, b: &Compared| best_first(a.rank(), b.rank());
    found.sort_by(by_rank);
    for tied in found.chunk_by_mut(|a, b| by_rank(a, b).is_eq()) {
        if tied.len() > 1 {
            for candidate in &mut *tied {
                candidate.id = snapshot.id(candidate.candidate.address)?;
            }
            tied.sort_by(by_rank);
        }
    }
    Ok(())
}

/// By what candidates are put in order: whether they are copies, the ranker's order, the id.
pub(crate) type Rank<'a> = (Copy, f32, &'a str);

/// Copies first, then by the ranker's order, ties by id.
pub(crate) fn best_first(a: Rank, b: Rank) -> Ordering {
    let by_copy = b.0.cmp(&a.0);
    by_copy.then_with(|| b.1.total_cmp(&a.1)).then_with(|| a.2.cmp(b.2))
}

/// What a reader is told of a candidate. `needed`: the chances of a match; `may_match`: nothing else stands in its way.
pub(crate) fn outcome_of(copy: Copy, chances: Chances, needed: Chances, may_match: bool, similarity: f32) -> Outcome {
    match copy {
        Copy::Identical | Copy::NearVerbatim => Outcome::Match,
        Copy::No if may_match && chances.reach(needed) => Outcome::Match,
        // About the claim, and perhaps saying something else: for people to tell.
        Copy::No if chances.subject >= needed.subject => Outcome::Maybe,
        Copy::No if chances.both() >= MAYBE || similarity >= NEAR_COPY => Outcome::Maybe,
        Copy::No => Outcome::None,
    }
}

/// From where on a text counts as another wording of an entry, to be kept as one claim with it. It need not be as surely
/// about the entry as for a match: what else it may be about is mostly a claim that nobody has. But it must say the same far
/// more surely, for a reader judges a match, and a join misleads all who come after. Chosen on the development sets: with
/// `klarstelle eval-cluster` and `eval --pairs` in `README.md`.
pub(crate) const JOINED: Chances = Chances {
    subject: 0.3,
    agreement: 0.85,
};

/// Confidence from which a candidate is worth showing.
pub const MAYBE: f32 = 0.25;
/// Of words in the same order that are no literal copy.
const NEAR_VERBATIM: f32 = 0.99;

/// Of what another number or a negation contradicts, however much else it shares: no likelier than not.
const CONTRADICTED: f32 = 0.5;

/// Content words that a match needs: shorter texts ("vaccines are dangerous") fit too many claims.
const MIN_CONTENT_WORDS: f32 = 5.0;

/// Of the claim's weight the text must have so much where there is no model: in an archive of a few claims every word is
/// rare, and two of them stand out.
const MIN_COVERAGE: f32 = 0.25;

/// Similarity from which text and wording count as near-copies: their negations must agree, and they are worth showing
/// whatever the judge says.
pub(crate) const NEAR_COPY: f32 = 0.5;

/// What a question is answered by.
#[derive(Clone, Copy, Debug)]
pub struct Models<'a> {
    /// Orders the candidates.
    pub ranker: &'a Ranker,
    /// Says how likely each is the claim.
    pub judge: &'a Judge,
}

impl Models<'static> {
    /// What answers lookups.
    fn shipped(with_model: bool) -> Self {
        Models {
            ranker: if with_model {
                Ranker::shipped_with_model()
            } else {
                Ranker::shipped()
            },
            judge: if with_model {
                Judge::shipped_with_model()
            } else {
                Judge::shipped()
            },
        }
    }
}

struct Compared<'a> {
    /// Empty until it is wanted.
    id: String,
    candidate: Candidate,
    evidence: Evidence,
    features: Features,
    meaning: Meaning,
    order: f32,
    cosine: Option<f32>,
    profiles: Vec<Profile<'a>>,
}

impl Compared<'_> {
    /// `surest`: how sure a candidate in this place can be.
    fn into_match(
        self,
        chances: Chances,
        needed: Chances,
        surest: f32,
        question: &Question,
        snapshot: &Snapshot,
    ) -> Result<Match, Error> {
        let may_match = self.may_match(question);
        let outcome = outcome_of(
            self.candidate.copy,
            chances,
            needed,
            may_match,
            self.evidence.similarity,
        );
        Ok(Match {
            id: snapshot.id(self.candidate.address)?,
            confidence: self.confidence(chances).min(surest),
            outcome,
            explanation: self.explanation(),
        })
    }

    fn chances(
        &self,
        comparer: &Comparer,
        question: &Question,
        standing: Standing,
        models: Models,
    ) -> Result<Chances, Error> {
        if self.candidate.copy != Copy::No {
            return Ok(Chances::CERTAIN);
        }
        let particulars = comparer.particulars(&self.profiles, &self.evidence)?;
        let cosine = self.cosine.unwrap_or_default();
        let numbers = judged(&self.features, &particulars, standing, question.content_words(), cosine);
        Ok(models.judge.chances(&numbers))
    }

    /// That this is the claim.
    fn confidence(&self, chances: Chances) -> f32 {
        match self.candidate.copy {
            Copy::Identical => 1.0,
            Copy::No if self.contradicted() => chances.both().min(CONTRADICTED),
            Copy::NearVerbatim | Copy::No => chances.both().min(NEAR_VERBATIM),
        }
    }

    fn rank(&self) -> Rank<'_> {
        (self.candidate.copy, self.order, &self.id)
    }

    fn may_match(&self, question: &Question) -> bool {
        let is_known = self.is_known_by_meaning(question) || self.evidence.claim_coverage >= MIN_COVERAGE;
        question.content_words() >= MIN_CONTENT_WORDS && is_known && !self.contradicted()
    }

    /// Whether its meaning can be compared with a crowd's: not where it has only its language in common with the question.
    fn is_known_by_meaning(&self, question: &Question) -> bool {
        question.meanings.is_some() && !(self.meaning.home == Home::Own && self.is_one_of_few(question))
    }

    fn is_one_of_few(&self, question: &Question) -> bool {
        let is_one_of_few = |meanings: &Meanings| meanings.is_one_of_few(self.candidate.address);
        question.meanings.as_ref().is_some_and(is_one_of_few)
    }

    /// Words alone tell nothing across languages but names and numbers, which a topic shares; and meaning tells too little where
    /// there is no crowd to compare it with.
    fn may_join(&self, question: &Question) -> bool {
        let asked = question.language.map_or(crate::Lang::UND, |language| language.lang);
        match question.meanings {
            Some(_) => !self.is_one_of_few(question),
            None => self.profiles.iter().any(|profile| profile.lang == asked),
        }
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
        let is_near_copy = *similarity >= NEAR_COPY;
        let replaced = !only_asked.is_empty() && !only_claimed.is_empty();
        replaced && (is_near_copy || agreeing.is_empty()) || is_near_copy && *negation_differs
    }

    fn explanation(mut self) -> Explanation {
        let mut reasons = Vec::new();
        match self.candidate.copy {
            Copy::Identical => reasons.push(Reason::IdenticalText),
            Copy::NearVerbatim => reasons.push(Reason::NearDuplicate { similarity: 1.0 }),
            Copy::No if self.evidence.similarity >= NEAR_COPY => {
                reasons.push(Reason::NearDuplicate {
                    similarity: self.evidence.similarity,
                });
            }
            Copy::No => {}
        }
        reasons.extend(self.cosine.map(|similarity| Reason::Semantic { similarity }));
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
