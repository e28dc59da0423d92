//! Pages whose article is known come in; the weights of both models go out.
//!
//! Logistic regression with a ridge, by Newton's method: few numbers, the same each time, nothing to tune but the ridge.

use scraper::Html;

use super::super::measure;
use super::blocks::{Block, Outline};
use super::company::Again;
use super::model::{Linear, Models, Named, Row};
use super::{alone, choose_with, company, region};

/// How strongly weights are held back, for numbers scaled to a deviation of one.
const RIDGE_ALONE: f64 = 50.0;
const RIDGE_COMPANY: f64 = 50.0;

/// Newton steps; the weights no longer move in their third digit.
const STEPS: usize = 8;

/// Parts into which pages are cut, so that the second model learns from first judgements of pages that were not learnt.
const PARTS: usize = 6;

/// A page to learn from.
struct Lesson<'a> {
    outline: Outline<'a>,
    rows: Vec<Row<Named>>,
    truth: Vec<bool>,
    weights: Vec<f64>,
}

impl<'a> Lesson<'a> {
    /// Takes the blocks whose words stand in the true text for article.
    fn new(html: &'a Html, truth: &str) -> Self {
        let outline = Outline::of(html);
        let rows = alone::look(&outline);
        let truth = labels(&outline.blocks, truth);
        let weights = weights(&outline.blocks);
        Self {
            outline,
            rows,
            truth,
            weights,
        }
    }
}

/// Learns from pages and their true texts: the weights as the JSON that is shipped.
pub(in super::super) fn train(pages: &[(Html, &str)], about: String) -> String {
    let lessons: Vec<Lesson<'_>> = pages.iter().map(|(html, truth)| Lesson::new(html, truth)).collect();
    let models = learn(&lessons.iter().collect::<Vec<_>>(), about);
    serde_json::to_string_pretty(&models).expect("names and numbers are JSON") + "\n"
}

/// Learns both models.
fn learn(lessons: &[&Lesson<'_>], about: String) -> Models {
    let first = |lessons: &[&Lesson<'_>]| {
        let samples = lessons.iter().flat_map(|l| l.rows.iter().zip(&l.truth).zip(&l.weights));
        fit(
            &samples
                .map(|((row, truth), weight)| Sample {
                    row,
                    truth: *truth,
                    weight: *weight,
                })
                .collect::<Vec<_>>(),
            RIDGE_ALONE,
        )
    };
    let mut rows = Vec::new();
    for part in 0..PARTS.min(lessons.len()) {
        let others: Vec<&Lesson<'_>> = every(lessons, |i| i % PARTS != part);
        let model = first(&others);
        for lesson in every(lessons, |i| i % PARTS == part) {
            let odds: Vec<f64> = lesson.rows.iter().map(|row| model.score(row)).collect();
            if let Some(region) = region::best(&lesson.outline, &odds) {
                let names = lesson.rows.iter().take(1).flat_map(|row| row.iter());
                let again = Again::among(names.map(|(name, _)| *name));
                let second = company::look(&lesson.outline, (&lesson.rows, &again), &odds, &region);
                let known = region.blocks.iter().map(|&at| (lesson.truth[at], lesson.weights[at]));
                rows.extend(second.into_iter().zip(known));
            }
        }
    }
    let samples: Vec<_> = rows
        .iter()
        .map(|(row, (truth, weight))| Sample {
            row,
            truth: *truth,
            weight: *weight,
        })
        .collect();
    Models {
        about,
        alone: first(lessons),
        company: fit(&samples, RIDGE_COMPANY),
        ..Models::default()
    }
}

/// The texts that models learnt from the other parts choose, page by page, in the order of the pages.
pub(in super::super) fn cross_validate(pages: &[(Html, &str)], parts: usize) -> Vec<String> {
    let lessons: Vec<Lesson<'_>> = pages.iter().map(|(html, truth)| Lesson::new(html, truth)).collect();
    let lessons: Vec<&Lesson<'_>> = lessons.iter().collect();
    let models: Vec<Models> = (0..parts)
        .map(|part| learn(&every(&lessons, |i| i % parts != part), String::new()))
        .collect();
    let texts = pages
        .iter()
        .enumerate()
        .map(|(i, (html, _))| choose_with(html, &models[i % parts]).text());
    texts.collect()
}

fn every<'b, 'a>(lessons: &[&'b Lesson<'a>], wanted: impl Fn(usize) -> bool) -> Vec<&'b Lesson<'a>> {
    let lessons = lessons.iter().enumerate().filter(|(i, _)| wanted(*i));
    lessons.map(|(_, lesson)| *lesson).collect()
}

/// Whether each block stands in the true text. One of a few words must stand between its longer neighbours there: the
/// menu's "Syria" is not the article's.
fn labels(blocks: &[Block], truth: &str) -> Vec<bool> {
    let joined = |text: &str| format!(" {} ", measure::words(text).join(" "));
    let truth_text = joined(truth);
    let mut spans = vec![None; blocks.len()];
    let mut from = 0;
    for (block, span) in blocks.iter().zip(&mut spans) {
        if block.words >= 6 && measure::score(truth, &block.text).0 > 0.5 {
            let text = joined(&block.text);
            let start = &text[..text.floor_char_boundary(40)];
            *span = find(&truth_text, &text, from)
                .or_else(|| find(&truth_text, start, from).map(|(at, _)| (at, at + text.len())));
            from = span.map_or(from, |(_, end): (usize, usize)| end - 1);
        }
    }
    let is_true = |at: usize| {
        let block = &blocks[at];
        if block.words >= 6 {
            return measure::score(truth, &block.text).0 > 0.5;
        }
        let text = joined(&block.text);
        let before = spans[..at].iter().rev().find_map(|span| *span).map(|(_, end)| end);
        let after = spans[at..].iter().find_map(|span| *span).map(|(begin, _)| begin);
        let near = 60 + text.len();
        let (begin, end) = match (before, after) {
            (Some(begin), Some(end)) => (begin.saturating_sub(1), end + 1),
            (Some(begin), None) => (begin.saturating_sub(1), begin + near),
            (None, Some(end)) => (end.saturating_sub(near), end + 1),
            (None, None) => return false,
        };
        find(&truth_text, &text, begin).is_some_and(|(_, found)| found <= end + 1)
    };
    (0..blocks.len()).map(is_true).collect()
}

/// Where a text stands in another, at or after a place.
fn find(within: &str, text: &str, from: usize) -> Option<(usize, usize)> {
    let from = within.floor_char_boundary(from.min(within.len()));
    within[from..].find(text).map(|at| (from + at, from + at + text.len()))
}

/// Longer blocks count more, and pages with many blocks not as much more as they have blocks.
fn weights(blocks: &[Block]) -> Vec<f64> {
    let words = |block: &Block| (block.words as f64).clamp(2.0, 100.0);
    let all: f64 = blocks.iter().map(words).sum();
    let scale = 10.0 / all.max(1.0).powf(0.7);
    blocks.iter().map(|block| words(block) * scale).collect()
}

struct Sample<'a> {
    row: &'a Row<Named>,
    truth: bool,
    weight: f64,
}

/// The weights under which the samples are most likely, held back by the ridge.
fn fit(samples: &[Sample<'_>], ridge: f64) -> Linear {
    let Some(sample) = samples.first() else {
        return Linear::default();
    };
    let scales = scales(samples);
    let size = sample.row.len() + 1;
    let inputs: Vec<Vec<f64>> = samples.iter().map(|s| scale(s.row, &scales)).collect();
    let mut at = vec![0.0; size];
    for _ in 0..STEPS {
        let (mut gradient, mut hessian) = (vec![0.0; size], vec![vec![0.0; size]; size]);
        for (sample, x) in samples.iter().zip(&inputs) {
            let chance = region::chance(dot(&at, x));
            let (slope, bend) = (
                sample.weight * (f64::from(u8::from(sample.truth)) - chance),
                sample.weight * chance * (1.0 - chance),
            );
            for (i, xi) in x.iter().enumerate().filter(|(_, xi)| **xi != 0.0) {
                gradient[i] += slope * xi;
                let weighed = bend * xi;
                hessian[i][..=i]
                    .iter_mut()
                    .zip(x)
                    .for_each(|(h, xj)| *h += weighed * xj);
            }
        }
        for i in 0..size {
            let hold = if i + 1 == size { 1e-6 } else { ridge };
            gradient[i] -= hold * at[i];
            hessian[i][i] += hold;
        }
        solve(&mut hessian, &mut gradient);
        at.iter_mut().zip(&gradient).for_each(|(a, step)| *a += step);
    }
    plain(sample.row, &at, &scales)
}

/// Mean and deviation of each number.
fn scales(samples: &[Sample<'_>]) -> Vec<(f64, f64)> {
    let n = samples.len() as f64;
    let column = |i: usize| samples.iter().map(move |s| s.row[i].1);
    let of = |i| {
        let mean = column(i).sum::<f64>() / n;
        let spread = column(i).map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        (mean, spread.sqrt().max(1e-6))
    };
    (0..samples[0].row.len()).map(of).collect()
}

/// Scaled numbers, and a one for the bias.
fn scale(row: &Row<Named>, scales: &[(f64, f64)]) -> Vec<f64> {
    let numbers = row
        .iter()
        .zip(scales)
        .map(|((_, x), (mean, spread))| (x - mean) / spread);
    numbers.chain([1.0]).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Weights for the numbers as they are, to four digits behind the point.
fn plain(row: &Row<Named>, at: &[f64], scales: &[(f64, f64)]) -> Linear {
    let round = |x: f64| (x * 10_000.0).round() / 10_000.0;
    let names = row.iter().zip(at).zip(scales);
    let weights: Vec<(String, f64)> = names
        .map(|(((name, _), weight), (_, spread))| {
            (
                (*name).to_owned(),
                round(if *spread > 2e-6 { weight / spread } else { 0.0 }),
            )
        })
        .collect();
    let shift: f64 = weights
        .iter()
        .zip(scales)
        .map(|((_, weight), (mean, _))| weight * mean)
        .sum();
    Linear {
        bias: round(at[row.len()] - shift),
        weights,
    }
}

/// Solves `matrix · x = values` in place by Cholesky's method; the lower half of a positive definite matrix is read.
fn solve(matrix: &mut [Vec<f64>], values: &mut [f64]) {
    let size = values.len();
    for i in 0..size {
        for j in 0..=i {
            let sum = matrix[i][j] - dot(&matrix[i][..j], &matrix[j][..j]);
            matrix[i][j] = if i == j {
                sum.max(1e-12).sqrt()
            } else {
                sum / matrix[j][j]
            };
        }
    }
    for i in 0..size {
        values[i] = (values[i] - dot(&matrix[i][..i], &values[..i])) / matrix[i][i];
    }
    for i in (0..size).rev() {
        let known: f64 = (i + 1..size).map(|k| matrix[k][i] * values[k]).sum();
        values[i] = (values[i] - known) / matrix[i][i];
    }
}
