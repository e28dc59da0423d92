//! Comes in: questions with known answers, and pairs of a claim and a post. Goes out: a judge of how likely a candidate is
//! the claim, and how often it is right.
//!
//! Every question is asked twice: as it is, and with its right answers hidden, so that the judge learns what it looks like
//! when nothing fits; and twice again of a small archive, where something far off stands out for want of others. Pairs teach
//! it the near misses that archives hardly hold: the text is about the claim, and does not say it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::boosting::{Row, fit};
use crate::features::{Field, Judged, SIMILARITY, judged, standings};
use crate::matching::{best_first, outcome_of};
use crate::search::Copy;
use crate::training::{Candidate, Example, fold_of, folds};
use crate::{Chances, Fingerprint, Judge, Outcome, Ranker};

/// A post that says what a claim says, or nearly so.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Of the post.
    pub candidates: Vec<Candidate>,
    /// The claim's id.
    pub claim: String,
    /// What was done to the claim: `paraphrase`, `number`, `place` and so on.
    pub kind: String,
    /// Whether the post says the claim.
    pub is_same: bool,
}

/// Whether the right answers of a question may be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gold {
    /// As in the index.
    Present,
    /// With their copies, taken out of the candidates.
    Hidden,
}

/// Of which candidates of a question the judge learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Archive {
    Whole,
    /// The right answers and one in [`THINNED`] of the others.
    Small,
}

/// The first candidate of a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The candidate's id, if there is one.
    pub id: Option<String>,
    /// That it is the claim.
    pub chances: Chances,
    /// Whether nothing but the chances stands in the way of a match; copies need none.
    pub may_match: bool,
    /// What a reader is told.
    pub outcome: Outcome,
    /// Whether it is the claim.
    pub is_right: bool,
}

/// So many candidates of each question are learnt from, best first.
const LEARNT: usize = 3;
/// Whether texts say what a claim says is learnt from pairs; a question about it counts for so much of a pair. Without any the
/// judge would take the ways in which posts at large differ from claims for contradictions.
const QUESTION_WEIGHT: f64 = 0.15;
/// One candidate in so many is left of a small archive.
const THINNED: u8 = 8;
/// A question asked of a small archive counts for so much of one asked of the whole.
const SMALL_WEIGHT: f64 = 0.5;
/// Trees for each of the two: of pairs there are few.
const SUBJECT_TREES: usize = 200;
const AGREEMENT_TREES: usize = 120;

/// A question or pair as the judge sees it.
struct Case<'a> {
    ranked: Vec<(&'a Candidate, Judged)>,
    /// What the text is about.
    subjects: BTreeSet<&'a str>,
    /// What it says.
    gold: BTreeSet<&'a str>,
    /// In learning what a text is about.
    subject_weight: f64,
    /// In learning whether it says that.
    agreement_weight: f64,
}

impl<'a> Case<'a> {
    fn of_question(example: &'a Example, gold: Gold, archive: Archive, ranker: &Ranker) -> Case<'a> {
        let is_right = |id: &String| example.gold.contains(id) || example.copies.contains(id);
        let is_there = |candidate: &&Candidate| is_there(&candidate.id, is_right(&candidate.id), gold, archive);
        let right: BTreeSet<&str> = example.gold.iter().map(String::as_str).collect();
        Case {
            ranked: ranked(example.candidates.iter().filter(is_there).collect(), ranker),
            subjects: right.clone(),
            gold: right,
            subject_weight: archive.weight(),
            agreement_weight: QUESTION_WEIGHT * archive.weight(),
        }
    }

    fn of_pair(pair: &'a Pair, gold: Gold, archive: Archive, ranker: &Ranker) -> Case<'a> {
        let is_there = |candidate: &&Candidate| is_there(&candidate.id, candidate.id == pair.claim, gold, archive);
        Case {
            ranked: ranked(pair.candidates.iter().filter(is_there).collect(), ranker),
            subjects: BTreeSet::from([pair.claim.as_str()]),
            gold: pair.is_same.then_some(pair.claim.as_str()).into_iter().collect(),
            subject_weight: archive.weight(),
            agreement_weight: archive.weight(),
        }
    }

    /// Is the text about this candidate?
    fn subject_rows(&self) -> impl Iterator<Item = Row> {
        self.learnt().map(|(candidate, numbers)| Row {
            numbers: numbers.to_vec(),
            is_yes: self.subjects.contains(candidate.id.as_str()),
            weight: self.subject_weight,
        })
    }

    /// Does it say what it is about?
    fn agreement_rows(&self) -> impl Iterator<Item = Row> {
        let about = |(candidate, _): &&(&Candidate, Judged)| self.subjects.contains(candidate.id.as_str());
        self.learnt().filter(about).map(|(candidate, numbers)| Row {
            numbers: numbers.to_vec(),
            is_yes: self.gold.contains(candidate.id.as_str()),
            weight: self.agreement_weight,
        })
    }

    fn learnt(&self) -> impl Iterator<Item = &(&'a Candidate, Judged)> {
        let learnt = self.ranked.iter().take(LEARNT);
        learnt.filter(|(candidate, _)| candidate.copy == Copy::No)
    }

    fn verdict(&self, judge: &Judge) -> Verdict {
        let Some((first, numbers)) = self.ranked.first() else {
            return Verdict {
                id: None,
                chances: Chances::default(),
                may_match: false,
                outcome: Outcome::None,
                is_right: false,
            };
        };
        let chances = if first.copy == Copy::No {
            judge.chances(numbers)
        } else {
            Chances::CERTAIN
        };
        let outcome = outcome_of(
            first.copy,
            chances,
            judge.needed(),
            first.may_match,
            numbers[SIMILARITY],
        );
        Verdict {
            id: Some(first.id.clone()),
            chances,
            may_match: first.may_match,
            outcome,
            is_right: self.gold.contains(first.id.as_str()),
        }
    }
}

impl Archive {
    fn weight(self) -> f64 {
        match self {
            Archive::Whole => 1.0,
            Archive::Small => SMALL_WEIGHT,
        }
    }
}

/// Whether a candidate is in this archive while the right answers are present or hidden.
fn is_there(id: &str, is_right: bool, gold: Gold, archive: Archive) -> bool {
    match (is_right, archive) {
        (true, _) => gold == Gold::Present,
        (false, Archive::Whole) => true,
        (false, Archive::Small) => Fingerprint::exact(id).as_bytes()[1].is_multiple_of(THINNED),
    }
}

/// Best first, as a lookup among just these would order and compare them.
fn ranked<'a>(candidates: Vec<&'a Candidate>, ranker: &Ranker) -> Vec<(&'a Candidate, Judged)> {
    let field = Field::of(candidates.iter().map(|candidate| (candidate.score, candidate.meaning)));
    let mut placed: Vec<_> = candidates
        .into_iter()
        .map(|candidate| {
            let features = field.placed(candidate.features, candidate.score, candidate.meaning);
            (candidate, features, ranker.score(&features))
        })
        .collect();
    placed.sort_by(|(a, _, a_order), (b, _, b_order)| best_first((a.copy, *a_order, &a.id), (b.copy, *b_order, &b.id)));
    let orders: Vec<f32> = placed.iter().map(|(_, _, order)| *order).collect();
    let placed = placed.into_iter().zip(standings(&orders));
    placed
        .map(|((candidate, features, _), standing)| {
            let Candidate {
                particulars,
                text_length,
                cosine,
                ..
            } = candidate;
            let numbers = judged(&features, particulars, standing, *text_length, *cosine);
            (candidate, numbers)
        })
        .collect()
}

/// Trains a judge on everything. `needed`: the chances from which it calls a candidate a match.
pub fn train(examples: &[Example], pairs: &[Pair], ranker: &Ranker, needed: Chances) -> Judge {
    let cases = Cases::of(examples, pairs, ranker, 1);
    cases.judge_without(usize::MAX, needed)
}

/// A judge for each fold, trained on the other folds.
pub fn judges(examples: &[Example], pairs: &[Pair], ranker: &Ranker, needed: Chances, number: usize) -> Vec<Judge> {
    let cases = Cases::of(examples, pairs, ranker, number);
    (0..number).map(|fold| cases.judge_without(fold, needed)).collect()
}

/// What judges say of each question, gold present and hidden, and of each pair, that were trained on the other folds.
pub fn cross_validate(
    examples: &[Example],
    pairs: &[Pair],
    ranker: &Ranker,
    needed: Chances,
    number: usize,
) -> Verdicts {
    let cases = Cases::of(examples, pairs, ranker, number);
    let judges: Vec<Judge> = (0..number).map(|fold| cases.judge_without(fold, needed)).collect();
    let mut verdicts = cases.all.iter().map(|(case, fold)| case.verdict(&judges[*fold]));
    let mut next = |count: usize| verdicts.by_ref().take(count).collect();
    Verdicts {
        present: next(examples.len()),
        hidden: next(examples.len()),
        pairs: next(pairs.len()),
    }
}

/// What one judge says.
pub fn judge_all(examples: &[Example], pairs: &[Pair], ranker: &Ranker, judge: &Judge) -> Verdicts {
    let all = |gold| {
        examples
            .iter()
            .map(move |example| Case::of_question(example, gold, Archive::Whole, ranker).verdict(judge))
    };
    Verdicts {
        present: all(Gold::Present).collect(),
        hidden: all(Gold::Hidden).collect(),
        pairs: pairs
            .iter()
            .map(|pair| Case::of_pair(pair, Gold::Present, Archive::Whole, ranker).verdict(judge))
            .collect(),
    }
}

/// In the order of the questions and pairs.
#[derive(Clone, Debug, Default)]
pub struct Verdicts {
    /// Questions as they are.
    pub present: Vec<Verdict>,
    /// The same with their right answers hidden.
    pub hidden: Vec<Verdict>,
    /// Pairs.
    pub pairs: Vec<Verdict>,
}

/// All cases with their folds.
struct Cases<'a> {
    /// The questions, the questions with their gold hidden, the pairs.
    all: Vec<(Case<'a>, usize)>,
    /// What is learnt from besides, and not measured.
    more: Vec<(Case<'a>, usize)>,
}

impl<'a> Cases<'a> {
    fn of(examples: &'a [Example], pairs: &'a [Pair], ranker: &Ranker, number: usize) -> Cases<'a> {
        let folds = folds(examples, number);
        let questions = |gold, archive| {
            let case = move |example| Case::of_question(example, gold, archive, ranker);
            examples.iter().map(case).zip(folds.iter().copied()).collect::<Vec<_>>()
        };
        let pairs = |gold, archive| {
            let case = move |pair: &'a Pair| (Case::of_pair(pair, gold, archive, ranker), fold_of(&pair.claim, number));
            pairs.iter().map(case).collect::<Vec<_>>()
        };
        let all = [
            questions(Gold::Present, Archive::Whole),
            questions(Gold::Hidden, Archive::Whole),
            pairs(Gold::Present, Archive::Whole),
        ];
        let more = [
            questions(Gold::Present, Archive::Small),
            questions(Gold::Hidden, Archive::Small),
            pairs(Gold::Hidden, Archive::Whole),
            pairs(Gold::Hidden, Archive::Small),
        ];
        Cases {
            all: all.into_iter().flatten().collect(),
            more: more.into_iter().flatten().collect(),
        }
    }

    fn judge_without(&self, left_out: usize, needed: Chances) -> Judge {
        let cases = || {
            let cases = self.all.iter().chain(&self.more);
            cases.filter(move |(_, fold)| *fold != left_out).map(|(case, _)| case)
        };
        let subject: Vec<Row> = cases().flat_map(Case::subject_rows).collect();
        let agreement: Vec<Row> = cases().flat_map(Case::agreement_rows).collect();
        Judge::new(
            needed,
            fit(&subject.iter().collect::<Vec<_>>(), SUBJECT_TREES),
            fit(&agreement.iter().collect::<Vec<_>>(), AGREEMENT_TREES),
        )
    }
}

/// How often the outcomes are right, as shares of all questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// Questions, or pairs.
    pub questions: usize,
    /// `match`, and it is the claim.
    pub right_match: f64,
    /// `match`, and it is another.
    pub wrong_match: f64,
    /// `maybe`.
    pub maybe: f64,
    /// `none`.
    pub none: f64,
}

impl Rates {
    /// Of these verdicts.
    pub fn of<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>) -> Rates {
        let verdicts: Vec<&Verdict> = verdicts.into_iter().collect();
        let share = |is_so: &dyn Fn(&Verdict) -> bool| {
            let count = verdicts.iter().filter(|verdict| is_so(verdict)).count();
            count as f64 / verdicts.len().max(1) as f64
        };
        Rates {
            questions: verdicts.len(),
            right_match: share(&|verdict| verdict.outcome == Outcome::Match && verdict.is_right),
            wrong_match: share(&|verdict| verdict.outcome == Outcome::Match && !verdict.is_right),
            maybe: share(&|verdict| verdict.outcome == Outcome::Maybe),
            none: share(&|verdict| verdict.outcome == Outcome::None),
        }
    }

    /// Of what is called a match, the share that is one; 1 where nothing is.
    pub fn precision(&self) -> f64 {
        let all = self.right_match + self.wrong_match;
        if all > 0.0 { self.right_match / all } else { 1.0 }
    }
}

/// Verdicts of about the same chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Chances from here on.
    pub from: f64,
    /// How many.
    pub verdicts: usize,
    /// Their mean chance.
    pub chance: f64,
    /// The share that is right.
    pub right: f64,
}

/// How far chances can be believed: ten bins, and the mean distance between chance and truth over all verdicts (expected
/// calibration error, Naeini, Cooper & Hauskrecht 2015).
pub fn reliability<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>) -> (Vec<Bin>, f64) {
    let mut sums = [(0_usize, 0.0, 0_usize); 10];
    for verdict in verdicts {
        let confidence = verdict.chances.both();
        let (count, chance, right) = &mut sums[((confidence * 10.0) as usize).min(9)];
        *count += 1;
        *chance += f64::from(confidence);
        *right += usize::from(verdict.is_right);
    }
    let all: usize = sums.iter().map(|(count, ..)| count).sum();
    let bin = |(at, (verdicts, chance, right)): (usize, (usize, f64, usize))| Bin {
        from: at as f64 / 10.0,
        verdicts,
        chance: chance / verdicts.max(1) as f64,
        right: right as f64 / verdicts.max(1) as f64,
    };
    let bins: Vec<Bin> = sums.into_iter().enumerate().map(bin).collect();
    let distance = |bin: &Bin| (bin.chance - bin.right).abs() * bin.verdicts as f64 / all.max(1) as f64;
    let error = bins.iter().map(distance).sum();
    (bins, error)
}
