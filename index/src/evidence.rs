//! Comes in: a question and an entry's wordings. Goes out: what speaks for and against their being the same claim.

use crate::analyzer::{Token, language, negation, number};
use crate::grams::AskedGrams;
use crate::hash::FastSet;
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
    pub(crate) fn particulars(&self, profiles: &[Profile]) -> Result<Particulars, Error> {
        let mut closest: Option<(f32, &Profile)> = None;
        for profile in profiles
            .iter()
            .filter(|profile| profile.kind != WordingKind::Description)
        {
            let coverage = self.coverage(profile)?;
            if closest.is_none_or(|(best, _)| coverage > best) {
                closest = Some((coverage, profile));
            }
        }
        let Some((_, profile)) = closest else {
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
        for profile in profiles {
            let shared = self.share(profile)?;
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
        self.cover_text(profiles, &mut evidence);
        evidence.gram_coverage = self.gram_coverage(profiles);
        self.compare_numbers(profiles, &mut evidence);
        Ok(evidence)
    }

    fn share(&self, profile: &Profile) -> Result<Shared, Error> {
        let coverage = self.coverage(profile)?;
        if !profile.kind.states_claim() || coverage < MIN_COVERAGE_FOR_SHINGLES {
            return Ok(Shared {
                coverage,
                ..Shared::default()
            });
        }
        let words: Vec<&str> = profile.words().map(|word| word.neutral).collect();
        let runs = shingles(&words);
        let common = runs.intersection(&self.question.shingles).count();
        Ok(Shared {
            coverage,
            similarity: jaccard(&runs, &self.question.shingles),
            contained: common as f32 / runs.len().max(1) as f32,
            negations: words.iter().filter(|word| negation::negates(word)).count(),
        })
    }

    /// Share of a wording's weight that the text has.
    fn coverage(&self, profile: &Profile) -> Result<f32, Error> {
        let same_rules = self.forms.share_rules(profile.lang);
        let field = field_of(language::find(profile.lang), self.snapshot);
        let (mut all, mut found) = (0.0, 0.0);
        let mut seen = FastSet::default();
        seen.reserve(profile.words.len());
        for word in profile.words() {
            let Some(term) = word.term.filter(|term| seen.insert(*term)) else {
                continue;
            };
            let weight = self.weights.of(field, term)?;
            let is_found = if same_rules {
                self.forms.terms.contains(term)
            } else {
                self.forms.neutral.contains(word.neutral)
            };
            all += weight;
            found += if is_found { weight } else { 0.0 };
        }
        Ok(if all > 0.0 { found / all } else { 0.0 })
    }

    /// Which of the text's words are in any wording, descriptions included.
    fn cover_text(&self, profiles: &[Profile], evidence: &mut Evidence) {
        let entry = self.entry_forms(profiles);
        let mut all = 0.0;
        for word in &self.question.words {
            let weight = word.weight * entry.share(word);
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

    /// What typos, endings and compounds leave of the words.
    fn gram_coverage(&self, profiles: &[Profile]) -> f32 {
        let entry = profiles.iter().flat_map(Profile::words);
        let entry = entry.filter(|word| word.term.is_some()).map(|word| word.neutral);
        let (mut all, mut found) = (0.0, 0.0);
        for (word, share) in self.question.words.iter().zip(self.grams.shares(entry)) {
            all += word.weight;
            found += word.weight * share;
        }
        if all > 0.0 { found / all } else { 0.0 }
    }

    fn entry_forms<'p>(&self, profiles: &'p [Profile]) -> Forms<'p> {
        let words: usize = profiles.iter().map(|profile| profile.words.len()).sum();
        let mut entry = Forms::default();
        entry.neutral.reserve(words);
        entry.terms.reserve(words);
        for profile in profiles {
            let same_rules = self.forms.share_rules(profile.lang);
            for word in profile.words() {
                entry.neutral.insert(word.neutral);
                entry.terms.extend(word.term.filter(|_| same_rules));
            }
        }
        entry
    }

    /// Sorts the numbers of both sides; a claim's are those of the wordings that say it.
    fn compare_numbers(&self, profiles: &[Profile], evidence: &mut Evidence) {
        let stating = profiles.iter().filter(|profile| profile.kind.states_claim());
        let claimed: FastSet<&str> = stating
            .flat_map(Profile::words)
            .map(|word| word.neutral)
            .filter(|word| number::is_number(word))
            .collect();
        let asked = &self.question.numbers;
        let (agreeing, only_asked) = asked
            .iter()
            .cloned()
            .partition(|asked| claimed.contains(asked.as_str()));
        evidence.agreeing = agreeing;
        evidence.only_asked = only_asked;
        evidence.only_claimed = claimed
            .into_iter()
            .filter(|claimed| !asked.contains(*claimed))
            .map(str::to_owned)
            .collect();
        evidence.only_claimed.sort();
    }
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

impl Forms<'_> {
    /// How much of a word is here: all of it, what its other spellings are worth, or nothing.
    fn share(&self, word: &AskedWord) -> f32 {
        if self.has(&word.token) {
            return 1.0;
        }
        let known = word.alternatives.iter().filter(|token| self.has(token)).count();
        (known as f32 * word.worth.each).min(word.worth.all)
    }

    fn has(&self, token: &Token) -> bool {
        self.terms.contains(token.term.as_str()) || self.neutral.contains(token.neutral.as_str())
    }
}
