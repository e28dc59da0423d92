//! Comes in: a text's vector. Goes out: its cosine with every entry's.
//!
//! Every row is looked at: exact, and nothing to build. The road not taken is a graph of neighbours.
//!
//! Texts of one language are nearer to each other than what they say makes them. So an entry is compared with the others of
//! its own language, too: a Turkish post's German fact-check stands out among the German ones, and is far behind any Turkish
//! text by the cosine alone.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::DocAddress;

use super::log::{Log, Row, quantised};
use super::{NONE, Rows};
use crate::Lang;
use crate::snapshot::Snapshot;

/// The nearest entries are candidates, as many as the words find.
const NEAREST: usize = 30;
/// So many of those that stand out most from their language are candidates, too.
const NEAREST_IN_LANGUAGE: usize = 20;
/// Entries of a language below which nothing is said of it.
const MIN_IN_LANGUAGE: usize = 20;

/// How near the entries of an index are to a text.
pub(crate) struct Meanings {
    cosines: Vec<Vec<f32>>,
    rows: Vec<Rows>,
    all: Moments,
    by_language: BTreeMap<Lang, Moments>,
    /// Languages of a few entries among many of another.
    few: BTreeSet<Lang>,
    nearest: Vec<DocAddress>,
}

/// Mean and standard deviation of some cosines.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Moments {
    mean: f32,
    deviation: f32,
}

impl Meanings {
    /// The nearest entries, and those that are nearest for their language.
    pub(crate) fn nearest(&self) -> &[DocAddress] {
        &self.nearest
    }

    /// The cosine with an entry; `None` for one without a vector.
    pub(crate) fn cosine(&self, address: DocAddress) -> Option<f32> {
        let of_segment = self.cosines.get(address.segment_ord as usize)?;
        of_segment
            .get(address.doc_id as usize)
            .copied()
            .filter(|cosine| !cosine.is_nan())
    }

    /// How far an entry stands out from all others, in standard deviations: cosines of different models, and of texts that
    /// are near everything, can be compared by it. 0 for an entry without a vector.
    pub(crate) fn distinction(&self, address: DocAddress) -> f32 {
        self.cosine(address).map_or(0.0, |cosine| self.all.distance(cosine))
    }

    /// The same among the entries of its own language.
    pub(crate) fn distinction_in_language(&self, address: DocAddress) -> f32 {
        let cosine = self.cosine(address).zip(self.lang(address));
        cosine.map_or(0.0, |(cosine, lang)| self.of_language(lang).distance(cosine))
    }

    /// The language of an entry.
    pub(crate) fn lang(&self, address: DocAddress) -> Option<Lang> {
        let rows = self.rows.get(address.segment_ord as usize)?;
        rows.get(address.doc_id as usize).map(|located| located.lang)
    }

    /// Whether an entry is one of a few in its language among many in another. A text of that language is nearer to it than to
    /// the many, whatever both say, and nothing tells by how much.
    pub(crate) fn is_one_of_few(&self, address: DocAddress) -> bool {
        self.lang(address).is_some_and(|lang| self.few.contains(&lang))
    }

    fn of_language(&self, lang: Lang) -> Moments {
        self.by_language.get(&lang).copied().unwrap_or(self.all)
    }
}

/// In a small index the deviation says little, so this much is supposed at least.
const MIN_DEVIATION: f32 = 0.02;

pub(super) fn scan(query: &[f32], log: &Log, rows: Vec<Rows>, snapshot: &Snapshot) -> Meanings {
    let (scale, query) = quantised(query);
    let mut cosines = Vec::new();
    let mut found = Vec::new();
    // By row: copies of a text count once, or a hundred copies would pass for a crowd.
    let mut once = vec![f32::NAN; log.len()];
    let mut by_language: BTreeMap<Lang, Vec<f32>> = BTreeMap::new();
    for ((number, segment), rows) in (0..).zip(snapshot.searcher.segment_readers()).zip(&rows) {
        let mut of_segment = vec![f32::NAN; segment.max_doc() as usize];
        for doc in segment.doc_ids_alive() {
            let entry = rows[doc as usize];
            if entry.row == NONE {
                continue;
            }
            let known = &mut once[entry.row as usize];
            if known.is_nan() {
                *known = dot(&query, &log.get(entry.row)) * scale;
                by_language.entry(entry.lang).or_default().push(*known);
            }
            let cosine = *known;
            of_segment[doc as usize] = cosine;
            found.push((cosine, DocAddress::new(number, doc)));
        }
        cosines.push(of_segment);
    }
    let told = by_language.values().filter(|cosines| cosines.len() >= MIN_IN_LANGUAGE);
    let is_mixed = told.count() > 1;
    let all = Moments::of(by_language.values().flatten().copied());
    let most = by_language.values().map(Vec::len).max().unwrap_or_default();
    let few = by_language
        .iter()
        .filter(|(_, cosines)| cosines.len() < MIN_IN_LANGUAGE.min(most));
    let few = few.map(|(lang, _)| *lang).collect();
    by_language.retain(|_, cosines| is_mixed && cosines.len() >= MIN_IN_LANGUAGE);
    let of_language = |(lang, cosines): (&Lang, &Vec<f32>)| (*lang, Moments::of(cosines.iter().copied()));
    let mut meanings = Meanings {
        all,
        by_language: by_language.iter().map(of_language).collect(),
        few,
        nearest: Vec::new(),
        cosines,
        rows,
    };
    meanings.nearest = meanings.candidates(found, snapshot);
    meanings
}

impl Meanings {
    /// Each once.
    fn candidates(&self, found: Vec<(f32, DocAddress)>, snapshot: &Snapshot) -> Vec<DocAddress> {
        if self.by_language.is_empty() {
            return nearest(found, NEAREST, snapshot);
        }
        let in_language = |(_, address): &(f32, DocAddress)| (self.distinction_in_language(*address), *address);
        let standing_out = found.iter().map(in_language).collect();
        let mut all = nearest(found, NEAREST, snapshot);
        let more = nearest(standing_out, NEAREST_IN_LANGUAGE, snapshot);
        all.extend(
            more.into_iter()
                .filter(|address| !all.contains(address))
                .collect::<Vec<_>>(),
        );
        all
    }
}

/// So many of the highest numbers, highest first.
fn nearest(mut found: Vec<(f32, DocAddress)>, limit: usize, snapshot: &Snapshot) -> Vec<DocAddress> {
    if found.len() > limit {
        found.select_nth_unstable_by(limit - 1, |a, b| b.0.total_cmp(&a.0));
        // Which of equals come first must not depend on where they lie: all of them, then the lowest digests.
        let least = found[limit - 1].0;
        found.retain(|(number, _)| *number >= least);
    }
    let digest = |address: DocAddress| snapshot.segment(address).digest(address.doc_id);
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| digest(a.1).cmp(&digest(b.1))));
    found.truncate(limit);
    found.into_iter().map(|(_, address)| address).collect()
}

impl Moments {
    fn of(cosines: impl Iterator<Item = f32> + Clone) -> Moments {
        let count = cosines.clone().count().max(1) as f64;
        // In whole numbers, so that the sum does not depend on the order.
        let fixed = |number: f64| (number * 1e9).round() as i128;
        let sum: i128 = cosines.clone().map(|cosine| fixed(cosine.into())).sum();
        let mean = sum as f64 / 1e9 / count;
        let squares: i128 = cosines.map(|cosine| fixed((f64::from(cosine) - mean).powi(2))).sum();
        let deviation = (squares as f64 / 1e9 / count).sqrt();
        Moments {
            mean: mean as f32,
            deviation: (deviation as f32).max(MIN_DEVIATION),
        }
    }

    /// In standard deviations.
    fn distance(self, cosine: f32) -> f32 {
        (cosine - self.mean) / self.deviation
    }
}

/// Without the query's scale.
fn dot(query: &[i8], row: &Row) -> f32 {
    let sum: i32 = query
        .iter()
        .zip(row.numbers)
        .map(|(a, b)| i32::from(i16::from(*a) * i16::from(b.cast_signed())))
        .sum();
    sum as f32 * row.scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_do_not_depend_on_the_order() {
        let cosines = [0.1_f32, 0.25, -0.3, 0.8, 0.1];
        let mut reversed = cosines;
        reversed.reverse();
        let moments = Moments::of(cosines.into_iter());
        assert_eq!(moments, Moments::of(reversed.into_iter()));
        let Moments { mean, deviation } = moments;
        assert!(
            (mean - 0.19).abs() < 1e-6 && (deviation - 0.3555).abs() < 1e-3,
            "{mean} {deviation}"
        );
        let nothing = Moments {
            mean: 0.0,
            deviation: MIN_DEVIATION,
        };
        assert_eq!(Moments::of([].into_iter()), nothing);
    }
}
