//! Comes in: a question and an entry's wordings. Goes out: what speaks for and against their being the same claim.

use crate::analyzer::{Token, language, negation, number};
use crate::grams::AskedGrams;
use crate::hash::{FastMap, FastSet};
use crate::particulars::{Particulars, Places};
use crate::profile::Profile;
use crate::question::{AskedWord, Forms, Question, field_of};
use crate::sketch::{jaccard, shingles};
use crate::snapshot::Snapshot;
use crate::weights::Weights;
use crate::{Error, TermWeight, WordingKind};

/// Everything that one comparison found.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Share of the best wording's weight that is in the text; descriptions do not count.
    pub(crate) claim_coverage: f32,
    /// The same of the best wording that says the claim.
    pub(crate) said_coverage: f32,
    /// The same of the best title.
    pub(crate) title_coverage: f32,
    /// The same of the best description.
    pub(crate) description_coverage: f32,
    /// Share of the text's runs of four letters, weighted as its words are, that are in any wording.
    pub(crate) gram_coverage: f32,
    /// Share of the text's weight that is in any wording.
    pub(crate) text_coverage: f32,
    /// Words of the text found in any wording.
    pub(crate) matched: Vec<TermWeight>,
    /// Best over wordings: Jaccard similarity of shingles.
    pub(crate) similarity: f32,
    /// Best over wordings: share of its shingles that are in the text.
    pub(crate) contained: f32,
    /// Numbers that text and claim share.
    pub(crate) agreeing: Vec<String>,
    /// Numbers of the text that the claim lacks.
    pub(crate) only_asked: Vec<String>,
    /// Numbers of the claim that the text lacks.
    pub(crate) only_claimed: Vec<String>,
    /// The wording closest to the text negates more or less often than it.
    pub(crate) negation_differs: bool,
    /// The first wording with the largest share of its weight in the text, descriptions left out.
    closest: Option<usize>,
}

/// Compares one question with many entries.
pub(crate) struct Comparer<'a> {
    question: &'a Question,
    forms: Forms<'a>,
    grams: AskedGrams,
    places: Places<'a>,
    pub(crate) snapshot: &'a Snapshot<'a>,
    pub(crate) weights: &'a Weights<'a>,
}

/// What of the question is in an entry: a mark for each of its forms and runs of letters.
struct Found {
    terms: Vec<bool>,
    neutral: Vec<bool>,
    grams: Vec<bool>,
}

/// What one wording has in common with the text.
#[derive(Default)]
struct Shared {
    coverage: f32,
    similarity: f32,
    contained: f32,
    negations: usize,
}

/// Wordings with less in common are not compared word by word.
const MIN_COVERAGE_FOR_SHINGLES: f32 = 0.3;

impl<'a> Comparer<'a> {
    pub(crate) fn new(question: &'a Question, snapshot: &'a Snapshot, weights: &'a Weights) -> Comparer<'a> {
        Comparer {
            question,
            forms: question.forms(),
            grams: AskedGrams::of(question.words.iter().map(|word| word.token.neutral.as_str())),
            places: Places::of(question),
            snapshot,
            weights,
        }
    }

    /// Compares the text, particular by particular, with the wording that it is closest to.
    pub(crate) fn particulars(&self, profiles: &[Profile], evidence: &Evidence) -> Result<Particulars, Error> {
        let Some(profile) = evidence.closest.and_then(|closest| profiles.get(closest)) else {
            return Ok(Particulars::default());
        };
        let field = field_of(language::find(profile.lang), self.snapshot);
        let weight = |term: &str| self.weights.of(field, term);
        self.places.compare(profile, weight, self.weights.heaviest())
    }

    /// Weighs an entry's wordings against the question.
    pub(crate) fn compare(&self, profiles: &[Profile]) -> Result<Evidence, Error> {
        let mut evidence = Evidence::default();
        let mut closest = Shared::default();
        let mut found = self.nothing_found();
        let mut claimed = FastSet::default();
        let mut nearest = f32::NEG_INFINITY;
        for (at, profile) in profiles.iter().enumerate() {
            let coverage = self.coverage(profile, &mut found, &mut claimed)?;
            let shared = self.share(profile, coverage);
            if profile.kind != WordingKind::Description && shared.coverage > nearest {
                nearest = shared.coverage;
                evidence.closest = Some(at);
            }
            let best = evidence.coverage_by(profile.kind);
            *best = best.max(shared.coverage);
            evidence.contained = evidence.contained.max(shared.contained);
            if shared.similarity > closest.similarity {
                closest = shared;
            }
        }
        evidence.claim_coverage = evidence.said_coverage.max(evidence.title_coverage);
        evidence.similarity = closest.similarity;
        evidence.negation_differs = closest.similarity > 0.0 && closest.negations != self.question.negations;
        self.cover_text(&found, &mut evidence);
        evidence.gram_coverage = self.gram_coverage(&found);
        self.compare_numbers(&claimed, &mut evidence);
        Ok(evidence)
    }

    fn nothing_found(&self) -> Found {
        Found {
            terms: vec![false; self.forms.terms.len()],
            neutral: vec![false; self.forms.neutral.len()],
            grams: vec![false; self.grams.len()],
        }
    }

    fn share(&self, profile: &Profile, coverage: f32) -> Shared {
        if !profile.kind.states_claim() || coverage < MIN_COVERAGE_FOR_SHINGLES {
            return Shared {
                coverage,
                ..Shared::default()
            };
        }
        let words: Vec<&str> = profile.words().map(|word| word.neutral).collect();
        let runs = shingles(&words);
        let common = runs.intersection(&self.question.shingles).count();
        Shared {
            coverage,
            similarity: jaccard(&runs, &self.question.shingles),
            contained: common as f32 / runs.len().max(1) as f32,
            negations: words.iter().filter(|word| negation::negates(word)).count(),
        }
    }

    /// Share of a wording's weight that the text has. Marks what of the text the wording has, and adds the numbers that it
    /// claims.
    fn coverage<'p>(
        &self,
        profile: &Profile<'p>,
        found: &mut Found,
        claimed: &mut FastSet<&'p str>,
    ) -> Result<f32, Error> {
        let same_rules = self.forms.share_rules(profile.lang);
        let field = field_of(language::find(profile.lang), self.snapshot);
        let states_claim = profile.kind.states_claim();
        let (mut all, mut common) = (0.0, 0.0);
        let mut seen = FastSet::default();
        seen.reserve(profile.words.len());
        for word in profile.words() {
            let mut is_asked = mark(&self.forms.neutral, word.neutral, &mut found.neutral);
            if states_claim && number::is_number(word.neutral) {
                claimed.insert(word.neutral);
            }
            let Some(term) = word.term else { continue };
            if same_rules {
                is_asked = mark(&self.forms.terms, term, &mut found.terms);
            }
            self.grams.mark(word.neutral, &mut found.grams);
            if seen.insert(term) {
                let weight = self.weights.of(field, term)?;
                all += weight;
                common += if is_asked { weight } else { 0.0 };
            }
        }
        Ok(if all > 0.0 { common / all } else { 0.0 })
    }

    /// Which of the text's words are in any wording, descriptions included.
    fn cover_text(&self, found: &Found, evidence: &mut Evidence) {
        let mut all = 0.0;
        for word in &self.question.words {
            let weight = word.weight * self.share_of(word, found);
            all += word.weight;
            if weight > 0.0 {
                evidence.matched.push(TermWeight {
                    term: word.token.term.clone(),
                    weight,
                });
            }
        }
        // Not `sum`: of nothing it is minus zero, and people would read "-0 %".
        let found = evidence.matched.iter().fold(0.0, |sum, term| sum + term.weight);
        evidence.text_coverage = if all > 0.0 { found / all } else { 0.0 };
    }

    /// How much of a word was found: all of it, what its other spellings are worth, or nothing.
    fn share_of(&self, word: &AskedWord, found: &Found) -> f32 {
        let has = |token: &Token| {
            let is_marked = |forms: &FastMap<&str, u32>, marks: &[bool], form: &str| {
                forms.get(form).is_some_and(|number| marks[*number as usize])
            };
            is_marked(&self.forms.terms, &found.terms, &token.term)
                || is_marked(&self.forms.neutral, &found.neutral, &token.neutral)
        };
        if has(&word.token) {
            return 1.0;
        }
        let known = word.alternatives.iter().filter(|token| has(token)).count();
        (known as f32 * word.worth.each).min(word.worth.all)
    }

    /// What typos, endings and compounds leave of the words.
    fn gram_coverage(&self, entry: &Found) -> f32 {
        let (mut all, mut found) = (0.0, 0.0);
        for (word, share) in self.question.words.iter().zip(self.grams.shares(&entry.grams)) {
            all += word.weight;
            found += word.weight * share;
        }
        if all > 0.0 { found / all } else { 0.0 }
    }

    /// Sorts the numbers of both sides; a claim's are those of the wordings that say it.
    fn compare_numbers(&self, claimed: &FastSet<&str>, evidence: &mut Evidence) {
        let asked = &self.question.numbers;
        let (agreeing, only_asked) = asked
            .iter()
            .cloned()
            .partition(|asked| claimed.contains(asked.as_str()));
        evidence.agreeing = agreeing;
        evidence.only_asked = only_asked;
        evidence.only_claimed = claimed
            .iter()
            .filter(|claimed| !asked.contains(**claimed))
            .map(|claimed| (*claimed).to_owned())
            .collect();
        evidence.only_claimed.sort();
    }
}

/// Marks a form that is asked for; whether it is.
fn mark(forms: &FastMap<&str, u32>, form: &str, marks: &mut [bool]) -> bool {
    let Some(number) = forms.get(form) else {
        return false;
    };
    marks[*number as usize] = true;
    true
}

impl Evidence {
    fn coverage_by(&mut self, kind: WordingKind) -> &mut f32 {
        match kind {
            WordingKind::Claim | WordingKind::Variant | WordingKind::Reviewed => &mut self.said_coverage,
            WordingKind::Title => &mut self.title_coverage,
            WordingKind::Description => &mut self.description_coverage,
        }
    }
}
