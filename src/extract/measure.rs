//! How near is an extracted text to the true one? Two texts come in, precision and recall go out.
//!
//! The measure of the article-extraction-benchmark (Scrapinghub, 2020): runs of four words, as a multiset.

use std::collections::HashMap;

use serde::Serialize;

/// Words in a run.
const RUN: usize = 4;

/// Means over pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Figures {
    /// How many pages.
    pub pages: usize,
    /// Share of what was extracted that is true, 0 to 1.
    pub precision: f64,
    /// Share of the truth that was extracted, 0 to 1.
    pub recall: f64,
    /// The harmonic mean of the two means.
    pub f1: f64,
}

impl Figures {
    /// Takes the mean of each page's precision and recall.
    pub fn of(pages: &[(f64, f64)]) -> Self {
        let mean = |of: fn(&(f64, f64)) -> f64| pages.iter().map(of).sum::<f64>() / pages.len().max(1) as f64;
        let (precision, recall) = (mean(|page| page.0), mean(|page| page.1));
        Self {
            pages: pages.len(),
            precision,
            recall,
            f1: 2.0 * precision * recall / (precision + recall).max(f64::MIN_POSITIVE),
        }
    }
}

/// Precision and recall of one page. A text of fewer than four words, the empty one too, is a single run.
pub fn score(truth: &str, found: &str) -> (f64, f64) {
    let (truth, found) = (words(truth), words(found));
    let (truth, found) = (runs(&truth), runs(&found));
    let shared: usize = truth.iter().map(|(run, n)| *n.min(found.get(run).unwrap_or(&0))).sum();
    let share = |of: &HashMap<&[&str], usize>| shared as f64 / of.values().sum::<usize>() as f64;
    (share(&found), share(&truth))
}

/// Letters, digits and underscores side by side: `\w+`.
pub(super) fn words(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty()).collect()
}

fn runs<'a, 'b>(words: &'b [&'a str]) -> HashMap<&'b [&'a str], usize> {
    let mut counts = HashMap::new();
    for start in 0..(words.len() + 1).saturating_sub(RUN).max(1) {
        *counts.entry(&words[start..words.len().min(start + RUN)]).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_four_words_are_compared() {
        for (truth, found, wanted) in [
            ("a b c d e", "a b c d e", (1.0, 1.0)),
            ("a b c d e", "a, b: c d!", (1.0, 0.5)),
            ("a b c d", "a b c d e", (0.5, 1.0)),
            ("a b c d a b c d", "a b c d", (1.0, 0.2)),
            ("a b", "a b", (1.0, 1.0)),
            ("a b c d", "", (0.0, 0.0)),
            ("a b c d", "d c b a", (0.0, 0.0)),
        ] {
            assert_eq!(score(truth, found), wanted, "{truth:?} {found:?}");
        }
    }

    #[test]
    fn pages_count_alike_whatever_their_length() {
        let figures = Figures::of(&[(1.0, 0.5), (0.5, 0.5)]);
        assert_eq!((figures.pages, figures.precision, figures.recall), (2, 0.75, 0.5));
        assert!((figures.f1 - 0.6).abs() < 1e-9);
        assert!(Figures::of(&[]).f1 < 1e-9);
    }
}
