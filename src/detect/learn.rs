//! Labelled texts come in; a head goes out. Logistic regression held back by a ridge, by dual coordinate descent (Yu, Huang
//! & Lin 2011): the same each time, and nothing to tune but how much one text may pull.
//!
//! Rare hashes are given longer numbers while learning (by their inverse document frequency), so the ridge holds them back
//! less; afterwards that is part of the weight, and the file needs no table of frequencies.

use std::collections::BTreeMap;

use super::{
    features::Features,
    measure,
    model::{ANY, Head, OWN, Plain, SHARED, Shown, bucket, buckets, chance, code, standard},
    traits::TRAITS,
};
use crate::domain::Lang;

/// How much a trait weighs beside hashes, a deviation from its mean being this long.
const TRAIT: f32 = 0.03;

/// Rounds over all texts; the weights hardly move after them.
const ROUNDS: usize = 12;

/// Parts into which texts are cut to learn from which chance on to say yes.
const PARTS: usize = 5;

/// A text to learn from.
pub(super) struct Lesson {
    pub(super) features: Features,
    pub(super) lang: Lang,
    pub(super) label: bool,
    /// Which texts stay together when they are cut into parts.
    pub(super) group: u64,
    /// How much it may pull.
    pub(super) pull: f32,
}

/// A language's share in a row, or that of all together.
struct Share {
    own: Option<u32>,
    key: String,
    scale: f32,
    /// Mean and deviation of each trait.
    traits: Vec<(f32, f32)>,
    /// Where its traits stand in a row; its base stands behind them.
    from: usize,
}

impl Share {
    fn of(lessons: &[&Lesson], lang: Option<Lang>, from: usize) -> Self {
        let mine = || {
            lessons
                .iter()
                .filter(|lesson| lang.is_none_or(|lang| lesson.lang == lang))
        };
        let count = mine().count() as f32;
        let spread = |at: usize| {
            let values = || mine().map(|lesson| lesson.features.traits[at]);
            let mean = values().sum::<f32>() / count.max(1.0);
            let variance = values().map(|value| (value - mean).powi(2)).sum::<f32>() / count.max(1.0);
            (mean, variance.sqrt())
        };
        Self {
            own: lang.map(code),
            key: lang.map_or_else(|| ANY.to_owned(), |lang| lang.to_string()),
            scale: if lang.is_some() { OWN } else { SHARED },
            traits: (0..TRAITS.len()).map(spread).collect(),
            from,
        }
    }

    /// How long a hash's number is made by its rarity among the share's texts; what one text has only, says nothing.
    fn lengthen(&self, lessons: &[&Lesson], lengths: &mut [f32]) {
        let mut texts = vec![0_f32; buckets()];
        let mut count = 0.0;
        for lesson in lessons.iter().filter(|lesson| self.holds(lesson)) {
            count += 1.0;
            lesson
                .features
                .hashed
                .iter()
                .for_each(|(hash, _)| texts[bucket(*hash, self.own)] += 1.0);
        }
        for (length, with) in lengths.iter_mut().zip(texts).filter(|(_, with)| *with >= 2.0) {
            *length = length.max((((1.0 + count) / (1.0 + with)).ln() + 1.0).max(1.0) / 5.0);
        }
    }

    fn holds(&self, lesson: &Lesson) -> bool {
        self.own.is_none_or(|own| own == code(lesson.lang))
    }

    fn write(&self, features: &Features, lengths: &[f32], row: &mut Vec<(u32, f32)>) {
        for &(hash, n) in &features.hashed {
            let at = bucket(hash, self.own);
            let n = n * lengths[at] * self.scale;
            if n > 0.0 {
                row.push((at as u32, n));
            }
        }
        let values = features.traits.iter().zip(&self.traits).enumerate();
        row.extend(values.map(|(at, (value, (mean, deviation)))| {
            (
                (self.from + at) as u32,
                standard(*value, *mean, *deviation) * TRAIT * self.scale,
            )
        }));
        row.push(((self.from + TRAITS.len()) as u32, 1.0));
    }

    fn plain(&self, weights: &[f32], needed: f32) -> Plain {
        let row = |(at, (one, (mean, deviation))): (usize, (&super::traits::Trait, &(f32, f32)))| {
            let weight = weights[self.from + at] * TRAIT * self.scale;
            (one.name.to_owned(), [*mean, *deviation, weight].map(short))
        };
        Plain {
            base: short(weights[self.from + TRAITS.len()]),
            needed,
            traits: TRAITS.iter().zip(&self.traits).enumerate().map(row).collect(),
        }
    }
}

/// As many digits as a reader follows.
fn short(number: f32) -> f32 {
    (number * 10_000.0).round() / 10_000.0
}

/// What a head learns from.
pub(super) struct Course<'a> {
    /// Texts like those that it will be asked about.
    pub(super) lessons: Vec<&'a Lesson>,
    /// Others, which say nothing about how well it learns.
    pub(super) beside: Vec<&'a Lesson>,
}

impl<'a> Course<'a> {
    /// The part of it that is so.
    pub(super) fn only(&self, is: impl Fn(&Lesson) -> bool) -> Self {
        let only = |lessons: &[&'a Lesson]| lessons.iter().copied().filter(|lesson| is(lesson)).collect();
        Self {
            lessons: only(&self.lessons),
            beside: only(&self.beside),
        }
    }
}

/// Learns a head, and from which chance on it should say yes.
pub(super) fn head(course: &Course<'_>) -> Head {
    let mut head = fit(course);
    let lessons = &course.lessons;
    let odds = cross_validate(course, PARTS);
    let mut told: BTreeMap<String, Vec<(bool, f32)>> = BTreeMap::new();
    for (lesson, odds) in lessons.iter().zip(odds) {
        for key in [ANY.to_owned(), lesson.lang.to_string()] {
            told.entry(key).or_default().push((lesson.label, chance(odds)));
        }
    }
    for (key, plain) in &mut head.shown.plain {
        plain.needed = short(told.get(key).map_or(0.5, |told| measure::best_needed(told)));
    }
    head
}

/// The odds of each text by a head learnt from the other parts. Texts that are near-verbatim the same are in one part.
pub(super) fn cross_validate(course: &Course<'_>, parts: usize) -> Vec<f32> {
    let mut odds = vec![0.0; course.lessons.len()];
    for part in 0..parts as u64 {
        let is_here = |lesson: &Lesson| lesson.group % parts as u64 == part;
        let head = fit(&course.only(|lesson| !is_here(lesson)));
        let asked = course.lessons.iter().zip(&mut odds);
        for (lesson, odds) in asked.filter(|(lesson, _)| is_here(lesson)) {
            *odds = head.odds(&lesson.features, lesson.lang);
        }
    }
    odds
}

/// Learns a head that says yes from even odds on.
pub(super) fn fit(course: &Course<'_>) -> Head {
    let lessons = &[&course.lessons[..], &course.beside].concat()[..];
    let mut langs: Vec<Lang> = lessons.iter().map(|lesson| lesson.lang).collect();
    langs.sort_unstable();
    langs.dedup();
    let width = TRAITS.len() + 1;
    let langs = [None].into_iter().chain(langs.into_iter().map(Some));
    let shares = langs
        .enumerate()
        .map(|(at, lang)| Share::of(lessons, lang, buckets() + at * width));
    let shares: Vec<Share> = shares.collect();
    let mut lengths = vec![0_f32; buckets()];
    for share in &shares {
        share.lengthen(lessons, &mut lengths);
    }
    let row = |lesson: &&Lesson| {
        let mut row = Vec::new();
        let mine = shares.iter().filter(|share| share.holds(lesson));
        mine.for_each(|share| share.write(&lesson.features, &lengths, &mut row));
        row
    };
    let rows: Vec<Vec<(u32, f32)>> = lessons.iter().map(row).collect();
    let labels: Vec<bool> = lessons.iter().map(|lesson| lesson.label).collect();
    let pulls: Vec<f32> = lessons.iter().map(|lesson| lesson.pull).collect();
    let weights = descend(&rows, &labels, &pulls, buckets() + shares.len() * width);
    let (table, step) = table(&lengths, &weights);
    let plain = shares
        .iter()
        .map(|share| (share.key.clone(), share.plain(&weights, 0.5)));
    Head::new(
        Shown {
            step,
            plain: plain.collect(),
        },
        table,
    )
}

/// The weights of all buckets as small whole numbers, and what one of them is worth.
fn table(lengths: &[f32], weights: &[f32]) -> (Vec<i8>, f32) {
    let table: Vec<f32> = lengths
        .iter()
        .zip(weights)
        .map(|(length, weight)| length * weight)
        .collect();
    let mut sizes: Vec<f32> = table
        .iter()
        .map(|weight| weight.abs())
        .filter(|size| *size > 0.0)
        .collect();
    sizes.sort_by(f32::total_cmp);
    // The few weights above are cut off, so that the many small ones are told apart.
    let most = sizes
        .get(sizes.len() - sizes.len().min(sizes.len() / 10_000 + 1))
        .map_or(1.0, |most| *most);
    let step = most / 127.0;
    (
        table
            .into_iter()
            .map(|weight| (weight / step).round().clamp(-127.0, 127.0) as i8)
            .collect(),
        step,
    )
}

/// The weights under which the labels are most likely, held back by the ridge. `most`: how much each row may pull.
pub(super) fn descend(rows: &[Vec<(u32, f32)>], labels: &[bool], most: &[f32], size: usize) -> Vec<f32> {
    let sign = |at: usize| if labels[at] { 1.0 } else { -1.0 };
    let mut weights = vec![0_f32; size];
    let add = |weights: &mut [f32], at: usize, by: f32| {
        rows[at].iter().for_each(|(i, x)| weights[*i as usize] += by * x);
    };
    let squares: Vec<f32> = rows.iter().map(|row| row.iter().map(|(_, x)| x * x).sum()).collect();
    let mut pulls: Vec<f32> = most.iter().map(|most| 0.1 * most).collect();
    (0..rows.len()).for_each(|at| add(&mut weights, at, pulls[at] * sign(at)));
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut dice = measure::Dice::default();
    for _ in 0..ROUNDS {
        dice.shuffle(&mut order);
        for &at in &order {
            let margin = sign(at) * rows[at].iter().map(|(i, x)| weights[*i as usize] * x).sum::<f32>();
            let new = balance(pulls[at], most[at], margin, squares[at]);
            add(&mut weights, at, (new - pulls[at]) * sign(at));
            pulls[at] = new;
        }
    }
    weights
}

/// How much a text pulls when its own loss and the ridge are in balance: Newton's method on one number.
fn balance(old: f32, most: f32, margin: f32, square: f32) -> f32 {
    let mut pull = old;
    for _ in 0..5 {
        let slope = (pull / (most - pull)).ln() + margin + (pull - old) * square;
        let bend = most / (pull * (most - pull)) + square;
        let next = pull - slope / bend;
        let next = if next <= 0.0 {
            pull * 0.1
        } else if next >= most {
            most - (most - pull) * 0.1
        } else {
            next
        };
        let moved = (next - pull).abs();
        pull = next.clamp(1e-6 * most, (1.0 - 1e-6) * most);
        if moved < 1e-4 * most {
            break;
        }
    }
    pull
}
