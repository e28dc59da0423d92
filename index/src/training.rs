//! Comes in: questions with their candidates and right answers. Goes out: the ranker that puts the right ones first most often.

use std::collections::{BTreeMap, BTreeSet};

use crate::features::{FEATURES, Features, Meaning};
use crate::particulars::Particulars;
use crate::search::Copy;
use crate::{Fingerprint, Ranker};

/// Candidates of one question that training looks at: more than a lookup compares, to learn from what it missed.
pub const CANDIDATES: usize = 50;

/// A candidate as the model sees it.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The entry's id.
    pub id: String,
    pub(crate) features: Features,
    pub(crate) meaning: Meaning,
    pub(crate) particulars: Particulars,
    pub(crate) score: f32,
    pub(crate) copy: Copy,
    /// Content words of the question.
    pub(crate) text_length: f32,
    /// Of the vectors; 0 without a model.
    pub(crate) cosine: f32,
    /// Whether nothing but the chance stands in the way of a match.
    pub(crate) may_match: bool,
}

/// A question with its candidates and the ids that answer it.
#[derive(Clone, Debug)]
pub struct Example {
    /// In no particular order.
    pub candidates: Vec<Candidate>,
    /// At least one.
    pub gold: BTreeSet<String>,
    /// Entries that say the same in the same words as one of the gold; hidden with it.
    pub copies: BTreeSet<String>,
}

impl Example {
    /// Ids in the order of BM25 alone: what a ranker has to beat.
    pub fn by_score(&self) -> Vec<String> {
        self.ordered(|candidate| candidate.score)
    }

    /// Ids in a ranker's order.
    pub fn by(&self, ranker: &Ranker) -> Vec<String> {
        self.ordered(|candidate| ranker.score(&candidate.features))
    }

    fn ordered(&self, score: impl Fn(&Candidate) -> f32) -> Vec<String> {
        let mut order: Vec<&Candidate> = self.candidates.iter().collect();
        order.sort_by(|a, b| score(b).total_cmp(&score(a)).then_with(|| a.id.cmp(&b.id)));
        order.into_iter().map(|candidate| candidate.id.clone()).collect()
    }
}

/// The fold of each example, of so many, so that examples that share a right answer, directly or through others, share a
/// fold: a ranker is never asked about a claim that it was trained on.
pub fn folds(examples: &[Example], number: usize) -> Vec<usize> {
    let mut group_of: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<BTreeSet<&str>> = Vec::new();
    for example in examples {
        let mut joined: BTreeSet<&str> = example.gold.iter().map(String::as_str).collect();
        let touched: BTreeSet<usize> = joined.iter().filter_map(|id| group_of.get(id).copied()).collect();
        for group in touched {
            joined.append(&mut groups[group]);
        }
        group_of.extend(joined.iter().map(|id| (*id, groups.len())));
        groups.push(joined);
    }
    let fold = |example: &Example| {
        let group = example.gold.first().and_then(|id| group_of.get(id.as_str()));
        let name = group
            .and_then(|group| groups[*group].first())
            .copied()
            .unwrap_or_default();
        fold_of(name, number)
    };
    examples.iter().map(fold).collect()
}

/// The fold of everything about one claim.
pub(crate) fn fold_of(name: &str, number: usize) -> usize {
    usize::from(Fingerprint::exact(name).as_bytes()[0]) % number.max(1)
}

/// The order of each example's candidates by a ranker that was fitted on the other folds.
pub fn cross_validate(examples: &[Example], number: usize) -> Vec<Vec<String>> {
    let folds = folds(examples, number);
    let rankers: Vec<Ranker> = (0..number)
        .map(|fold| {
            let others = examples.iter().zip(&folds).filter(|(_, of)| **of != fold);
            fit(&others.map(|(example, _)| example).collect::<Vec<_>>())
        })
        .collect();
    let order = |(example, fold): (&Example, &usize)| example.by(&rankers[*fold]);
    examples.iter().zip(&folds).map(order).collect()
}

/// Steps of gradient descent; the loss no longer moves in its fourth digit.
const STEPS: i32 = 200;
const STEP: f64 = 0.1;
/// Pull towards zero: numbers that say the same share their weight.
const SHRINKAGE: f64 = 3e-3;

/// Fits weights by the listwise softmax loss (Cao et al. 2007, "Learning to Rank: From Pairwise Approach to Listwise
/// Approach"): the chance of the right candidates among all, on average over questions. Adam (Kingma & Ba 2015), full
/// batches, from zero: the same examples give the same weights.
pub fn fit(examples: &[&Example]) -> Ranker {
    let scale = Scale::of(examples);
    let questions: Vec<Question> = examples.iter().filter_map(|example| scale.question(example)).collect();
    let mut adam = Adam::default();
    let mut weights = [0.0; FEATURES];
    for step in 1..=STEPS {
        let gradient = gradient(&questions, &weights);
        adam.step(step, &mut weights, &gradient);
    }
    let mut raw = [0.0; FEATURES];
    for ((raw, weight), deviation) in raw.iter_mut().zip(weights).zip(scale.deviation) {
        *raw = (weight / deviation) as f32;
    }
    Ranker::new(raw)
}

type Numbers = [f64; FEATURES];

/// A question whose right answers are among its candidates.
struct Question {
    candidates: Vec<Numbers>,
    is_gold: Vec<bool>,
}

/// How far each number spreads over all candidates, so that shrinkage treats them alike.
struct Scale {
    deviation: Numbers,
}

impl Scale {
    fn of(examples: &[&Example]) -> Scale {
        let all = || examples.iter().flat_map(|example| &example.candidates);
        let count = all().count().max(1) as f64;
        let mut deviation = [0.0; FEATURES];
        for (at, deviation) in deviation.iter_mut().enumerate() {
            let value = |candidate: &Candidate| f64::from(candidate.features[at]);
            let mean = all().map(value).sum::<f64>() / count;
            let variance = all().map(|candidate| (value(candidate) - mean).powi(2)).sum::<f64>() / count;
            *deviation = variance.sqrt().max(1e-6);
        }
        Scale { deviation }
    }

    fn question(&self, example: &Example) -> Option<Question> {
        let is_gold: Vec<bool> = example
            .candidates
            .iter()
            .map(|candidate| example.gold.contains(&candidate.id))
            .collect();
        let scaled = |candidate: &Candidate| {
            let mut numbers = [0.0; FEATURES];
            for ((number, value), deviation) in numbers.iter_mut().zip(candidate.features).zip(self.deviation) {
                *number = f64::from(value) / deviation;
            }
            numbers
        };
        is_gold.contains(&true).then(|| Question {
            candidates: example.candidates.iter().map(scaled).collect(),
            is_gold,
        })
    }
}

fn gradient(questions: &[Question], weights: &Numbers) -> Numbers {
    let mut sum = weights.map(|weight| weight * SHRINKAGE * questions.len() as f64);
    for question in questions {
        let chances = softmax(&question.candidates, weights);
        let gold: f64 = chances
            .iter()
            .zip(&question.is_gold)
            .filter(|(_, gold)| **gold)
            .map(|(chance, _)| chance)
            .sum();
        for ((candidate, chance), is_gold) in question.candidates.iter().zip(&chances).zip(&question.is_gold) {
            let wanted = if *is_gold {
                chance / gold.max(f64::MIN_POSITIVE)
            } else {
                0.0
            };
            for (sum, value) in sum.iter_mut().zip(candidate) {
                *sum += (chance - wanted) * value;
            }
        }
    }
    sum.map(|sum| sum / questions.len().max(1) as f64)
}

fn softmax(candidates: &[Numbers], weights: &Numbers) -> Vec<f64> {
    let score = |numbers: &Numbers| {
        numbers
            .iter()
            .zip(weights)
            .map(|(value, weight)| value * weight)
            .sum::<f64>()
    };
    let scores: Vec<f64> = candidates.iter().map(score).collect();
    let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = scores.iter().map(|score| (score - best).exp()).collect();
    let all: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / all).collect()
}

/// Running means of the gradient and of its square.
#[derive(Default)]
struct Adam {
    mean: Numbers,
    square: Numbers,
}

impl Adam {
    fn step(&mut self, step: i32, weights: &mut Numbers, gradient: &Numbers) {
        for (at, weight) in weights.iter_mut().enumerate() {
            self.mean[at] = 0.9 * self.mean[at] + 0.1 * gradient[at];
            self.square[at] = 0.99 * self.square[at] + 0.01 * gradient[at] * gradient[at];
            let mean = self.mean[at] / (1.0 - 0.9_f64.powi(step));
            let square = self.square[at] / (1.0 - 0.99_f64.powi(step));
            *weight -= STEP * mean / (square.sqrt() + 1e-8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(right: f32, wrong: f32) -> Example {
        let candidate = |id: &str, number: f32| {
            let mut features = [0.0; FEATURES];
            (features[0], features[1]) = (number, 1.0);
            Candidate {
                id: id.to_owned(),
                features,
                meaning: Meaning::default(),
                particulars: Particulars::default(),
                score: 1.0 - number,
                copy: Copy::No,
                text_length: 9.0,
                cosine: 0.0,
                may_match: true,
            }
        };
        Example {
            candidates: vec![candidate("a", wrong), candidate("b", right)],
            gold: BTreeSet::from(["b".to_owned()]),
            copies: BTreeSet::new(),
        }
    }

    #[test]
    fn what_tells_right_from_wrong_gets_the_weight() {
        let examples = [example(0.9, 0.2), example(0.5, 0.4), example(0.3, 0.1)];
        let ranker = fit(&examples.iter().collect::<Vec<_>>());
        for example in &examples {
            assert_eq!(example.by(&ranker), ["b", "a"]);
            assert_eq!(example.by_score(), ["a", "b"]);
        }
        assert_eq!(ranker, fit(&examples.iter().collect::<Vec<_>>()), "the same again");
    }

    #[test]
    fn examples_that_share_an_answer_share_a_fold() {
        let of = |gold: &[&str]| Example {
            gold: gold.iter().map(ToString::to_string).collect(),
            ..example(0.9, 0.2)
        };
        let examples = [of(&["a"]), of(&["b"]), of(&["c", "b"]), of(&["c", "a"]), of(&["z"])];
        let folds = folds(&examples, 5);
        assert!(folds[..4].iter().all(|fold| *fold == folds[0]), "{folds:?}");
        let alone: BTreeSet<usize> = (0..100)
            .flat_map(|n| super::folds(&[of(&[&format!("claim {n}")])], 5))
            .collect();
        assert_eq!(alone.len(), 5, "all folds are used");
    }

    #[test]
    fn cross_validated_orders_come_in_the_order_of_the_examples() {
        let examples: Vec<Example> = (0..20)
            .map(|n| Example {
                gold: BTreeSet::from(["b".to_owned(), format!("claim {n}")]),
                ..example(0.9, 0.2)
            })
            .collect();
        // All share claim b: one fold, so that nothing is left to learn from, and ties go by id.
        assert_eq!(cross_validate(&examples, 5), vec![["a", "b"]; 20]);
    }

    #[test]
    fn nothing_to_learn_from_gives_no_weight() {
        let without = Example {
            gold: BTreeSet::from(["elsewhere".to_owned()]),
            ..example(0.9, 0.2)
        };
        for examples in [vec![], vec![&without]] {
            assert_eq!(fit(&examples), Ranker::new([0.0; FEATURES]));
        }
    }
}
