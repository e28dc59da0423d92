//! Comes in: a text's vector. Goes out: its cosine with every entry's.
//!
//! Every row is looked at: exact, and nothing to build. The road not taken is a graph of neighbours.

use std::sync::Arc;

use tantivy::DocAddress;

use super::NONE;
use super::log::{Log, Row, quantised};
use crate::snapshot::Snapshot;

/// The nearest entries are candidates, as many as the words find.
const NEAREST: usize = 30;

/// How near the entries of an index are to a text.
pub(crate) struct Meanings {
    cosines: Vec<Vec<f32>>,
    mean: f32,
    deviation: f32,
    nearest: Vec<DocAddress>,
}

impl Meanings {
    /// The nearest entries, nearest first.
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
        self.cosine(address)
            .map_or(0.0, |cosine| (cosine - self.mean) / self.deviation)
    }
}

/// In a small index the deviation says little, so this much is supposed at least.
const MIN_DEVIATION: f32 = 0.02;

pub(super) fn scan(query: &[f32], log: &Log, rows: &[Arc<Vec<u32>>], snapshot: &Snapshot) -> Meanings {
    let (scale, query) = quantised(query);
    let mut cosines = Vec::new();
    let mut found = Vec::new();
    // By row: copies of a text count once, or a hundred copies would pass for a crowd.
    let mut once = vec![f32::NAN; log.len()];
    for ((number, segment), rows) in (0..).zip(snapshot.searcher.segment_readers()).zip(rows) {
        let mut of_segment = vec![f32::NAN; segment.max_doc() as usize];
        for doc in segment.doc_ids_alive() {
            let row = rows[doc as usize];
            if row == NONE {
                continue;
            }
            let known = &mut once[row as usize];
            if known.is_nan() {
                *known = dot(&query, &log.get(row)) * scale;
            }
            let cosine = *known;
            of_segment[doc as usize] = cosine;
            found.push((cosine, DocAddress::new(number, doc)));
        }
        cosines.push(of_segment);
    }
    let (mean, deviation) = moments(once.iter().copied().filter(|cosine| !cosine.is_nan()));
    Meanings {
        mean,
        deviation,
        nearest: nearest(found, snapshot),
        cosines,
    }
}

fn nearest(mut found: Vec<(f32, DocAddress)>, snapshot: &Snapshot) -> Vec<DocAddress> {
    if found.len() > NEAREST {
        found.select_nth_unstable_by(NEAREST - 1, |a, b| b.0.total_cmp(&a.0));
        // Which of equals come first must not depend on where they lie: all of them, then the lowest digests.
        let least = found[NEAREST - 1].0;
        found.retain(|(cosine, _)| *cosine >= least);
    }
    let digest = |address: DocAddress| snapshot.segment(address).digest(address.doc_id);
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| digest(a.1).cmp(&digest(b.1))));
    found.truncate(NEAREST);
    found.into_iter().map(|(_, address)| address).collect()
}

fn moments(cosines: impl Iterator<Item = f32> + Clone) -> (f32, f32) {
    let count = cosines.clone().count().max(1) as f64;
    // In whole numbers, so that the sum does not depend on the order.
    let fixed = |number: f64| (number * 1e9).round() as i128;
    let sum: i128 = cosines.clone().map(|cosine| fixed(cosine.into())).sum();
    let mean = sum as f64 / 1e9 / count;
    let squares: i128 = cosines.map(|cosine| fixed((f64::from(cosine) - mean).powi(2))).sum();
    let deviation = (squares as f64 / 1e9 / count).sqrt();
    (mean as f32, (deviation as f32).max(MIN_DEVIATION))
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
        assert_eq!(moments(cosines.into_iter()), moments(reversed.into_iter()));
        let (mean, deviation) = moments(cosines.into_iter());
        assert!(
            (mean - 0.19).abs() < 1e-6 && (deviation - 0.3555).abs() < 1e-3,
            "{mean} {deviation}"
        );
        assert_eq!(moments([].into_iter()), (0.0, MIN_DEVIATION));
    }
}
