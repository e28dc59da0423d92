//! What a head must beat: the usual starting point, words weighed by their rarity (TF-IDF, each text of length one) and
//! logistic regression, language by language. The same as scikit-learn's `TfidfVectorizer` and `LogisticRegression` as they come.

use std::collections::BTreeMap;

use claim_index::normalise_text;

use super::learn::descend;

/// A text, its label, and which texts stay together.
pub(super) struct Text<'a> {
    pub(super) words: &'a str,
    pub(super) label: bool,
    pub(super) group: u64,
}

type Counts = BTreeMap<String, f32>;

/// The odds of each text by what was learnt from the other parts.
pub(super) fn cross_validate(texts: &[Text<'_>], parts: usize) -> Vec<f32> {
    let counts: Vec<Counts> = texts.iter().map(|text| counts(text.words)).collect();
    let mut odds = vec![0.0; texts.len()];
    for part in 0..parts as u64 {
        let is_here = |at: &usize| texts[*at].group % parts as u64 == part;
        let (here, others): (Vec<usize>, Vec<usize>) = (0..texts.len()).partition(is_here);
        let vocabulary = Vocabulary::of(others.iter().map(|at| &counts[*at]));
        let rows: Vec<_> = others.iter().map(|at| vocabulary.row(&counts[*at])).collect();
        let labels: Vec<bool> = others.iter().map(|at| texts[*at].label).collect();
        let weights = descend(&rows, &labels, &vec![1.0; rows.len()], vocabulary.words.len() + 1);
        for at in here {
            let row = vocabulary.row(&counts[at]);
            odds[at] = row.iter().map(|(i, x)| weights[*i as usize] * x).sum();
        }
    }
    odds
}

/// Words of two letters or more.
fn counts(text: &str) -> Counts {
    let mut counts = Counts::new();
    let text = normalise_text(text);
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    for word in words.filter(|word| word.chars().nth(1).is_some()) {
        *counts.entry(word.to_owned()).or_default() += 1.0;
    }
    counts
}

/// Each word's place and weight.
struct Vocabulary {
    words: BTreeMap<String, (u32, f32)>,
}

impl Vocabulary {
    fn of<'a>(texts: impl ExactSizeIterator<Item = &'a Counts>) -> Self {
        let count = texts.len() as f32;
        let mut with: BTreeMap<&str, f32> = BTreeMap::new();
        texts
            .flat_map(Counts::keys)
            .for_each(|word| *with.entry(word).or_default() += 1.0);
        let entry = |(at, (word, with)): (usize, (&str, f32))| {
            (word.to_owned(), (at as u32, ((1.0 + count) / (1.0 + with)).ln() + 1.0))
        };
        Self {
            words: with.into_iter().enumerate().map(entry).collect(),
        }
    }

    /// A text's words as a vector of length one, and where every text begins.
    fn row(&self, counts: &Counts) -> Vec<(u32, f32)> {
        let known = counts
            .iter()
            .filter_map(|(word, n)| self.words.get(word).map(|(at, weight)| (*at, n * weight)));
        let mut row: Vec<(u32, f32)> = known.collect();
        let length = row
            .iter()
            .map(|(_, x)| x * x)
            .sum::<f32>()
            .sqrt()
            .max(f32::MIN_POSITIVE);
        for (_, x) in &mut row {
            *x /= length;
        }
        row.push((self.words.len() as u32, 1.0));
        row
    }
}
