//! Labels and scores come in; the usual figures go out.

use serde::Serialize;

/// How well a yes or no and an order agree with labels. All but the counts are between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figures {
    /// Texts.
    pub n: usize,
    /// Of these, labelled yes.
    pub positive: usize,
    /// Of those told yes, how many are.
    pub precision: f64,
    /// Of those that are, how many were told yes.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
    /// Mean of the precision at each text that is labelled yes, in the order of the scores; equal scores count as one place.
    pub average_precision: f64,
    /// How many were told right.
    pub accuracy: f64,
}

/// A text's label, score, and what was told.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// What people said.
    pub label: bool,
    /// Higher means rather yes.
    pub score: f32,
    /// What we said.
    pub yes: bool,
}

impl Figures {
    /// The figures of some texts.
    pub fn of(texts: &[Told]) -> Self {
        let count = |is: &dyn Fn(&Told) -> bool| texts.iter().filter(|text| is(text)).count();
        let (positive, told) = (count(&|t| t.label), count(&|t| t.yes));
        let (hits, right) = (count(&|t| t.label && t.yes), count(&|t| t.label == t.yes));
        let scored: Vec<(bool, f32)> = texts.iter().map(|text| (text.label, text.score)).collect();
        Self {
            n: texts.len(),
            positive,
            precision: share(hits, told),
            recall: share(hits, positive),
            f1: share(2 * hits, told + positive),
            average_precision: average_precision(&scored),
            accuracy: share(right, texts.len()),
        }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// See [`Figures::average_precision`].
pub(super) fn average_precision(scored: &[(bool, f32)]) -> f64 {
    let ranked = Ranked::of(scored);
    ranked.average_precision(scored, &vec![1; scored.len()])
}

/// From which score on to say yes for the highest F1.
pub(super) fn best_needed(scored: &[(bool, f32)]) -> f32 {
    let ranked = Ranked::of(scored);
    let positive = scored.iter().filter(|(label, _)| *label).count();
    let (mut hits, mut told, mut best) = (0, 0, (0.0, 0.5));
    for place in &ranked.0 {
        hits += place.iter().filter(|at| scored[**at].0).count();
        told += place.len();
        let f1 = share(2 * hits, told + positive);
        if f1 > best.0 {
            best = (f1, place.first().map_or(0.5, |at| scored[*at].1));
        }
    }
    best.1
}

/// Texts by falling score; those of one score together.
struct Ranked(Vec<Vec<usize>>);

impl Ranked {
    fn of(scored: &[(bool, f32)]) -> Self {
        let mut order: Vec<usize> = (0..scored.len()).collect();
        order.sort_by(|a, b| scored[*b].1.total_cmp(&scored[*a].1));
        let same = |a: &usize, b: &usize| scored[*a].1.total_cmp(&scored[*b].1).is_eq();
        Self(order.chunk_by(same).map(<[usize]>::to_vec).collect())
    }

    /// With each text counted so many times.
    fn average_precision(&self, scored: &[(bool, f32)], times: &[u32]) -> f64 {
        let (mut hits, mut seen, mut sum) = (0_u32, 0_u32, 0.0);
        for place in &self.0 {
            let here: u32 = place.iter().map(|at| times[*at]).sum();
            let new: u32 = place.iter().filter(|at| scored[**at].0).map(|at| times[*at]).sum();
            hits += new;
            seen += here;
            sum += f64::from(new) * f64::from(hits) / f64::from(seen.max(1));
        }
        sum / f64::from(hits.max(1))
    }
}

/// How much higher one order's average precision is than another's on the same texts, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gain {
    /// The difference.
    pub mean: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

const SAMPLES: usize = 2000;

/// The gain of the first score of each text over the second, with the percentile interval of a paired bootstrap over texts
/// (Efron & Tibshirani 1993, ch. 13). The samples are the same each time.
pub(super) fn gain(texts: &[(bool, f32, f32)]) -> Gain {
    let better: Vec<(bool, f32)> = texts.iter().map(|(label, score, _)| (*label, *score)).collect();
    let worse: Vec<(bool, f32)> = texts.iter().map(|(label, _, score)| (*label, *score)).collect();
    let ranked = (Ranked::of(&better), Ranked::of(&worse));
    let difference =
        |times: &[u32]| ranked.0.average_precision(&better, times) - ranked.1.average_precision(&worse, times);
    let mut dice = Dice::default();
    let mut sample = || {
        let mut times = vec![0; texts.len()];
        (0..texts.len()).for_each(|_| times[dice.below(texts.len())] += 1);
        difference(&times)
    };
    let mut samples: Vec<f64> = (0..SAMPLES).map(|_| sample()).collect();
    samples.sort_by(f64::total_cmp);
    Gain {
        mean: difference(&vec![1; texts.len()]),
        low: samples[SAMPLES * 25 / 1000],
        high: samples[SAMPLES * 975 / 1000],
    }
}

/// Numbers that look random and are the same each time (xorshift, Marsaglia 2003).
pub(super) struct Dice(u64);

impl Default for Dice {
    fn default() -> Self {
        Self(88_172_645_463_325_252)
    }
}

impl Dice {
    /// A number below `end`, which is not 0.
    pub(super) const fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    /// Fisher & Yates.
    pub(super) fn shuffle(&mut self, items: &mut [usize]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORED: &[(bool, f32)] = &[(true, 0.9), (false, 0.8), (true, 0.7), (false, 0.1)];

    #[test]
    fn average_precision_by_hand() {
        assert!((average_precision(SCORED) - 5.0 / 6.0).abs() < 1e-9);
        let equal: Vec<_> = SCORED.iter().map(|(label, _)| (*label, 0.5)).collect();
        assert!((average_precision(&equal) - 0.5).abs() < 1e-9);
        assert!(average_precision(&[]).abs() < 1e-9);
    }

    #[test]
    fn figures_by_hand() {
        let told = SCORED.iter().map(|&(label, score)| Told {
            label,
            score,
            yes: score >= 0.75,
        });
        let figures = Figures::of(&told.collect::<Vec<_>>());
        assert_eq!((figures.n, figures.positive), (4, 2));
        for figure in [figures.precision, figures.recall, figures.f1, figures.accuracy] {
            assert!((figure - 0.5).abs() < 1e-9);
        }
        assert!((best_needed(SCORED) - 0.7).abs() < 1e-6);
    }

    #[test]
    fn a_gain_is_sure_only_where_it_is_one() {
        let text = |at: usize| {
            (
                at.is_multiple_of(3),
                if at.is_multiple_of(3) { 1.0 } else { 0.0 } + at as f32 / 1000.0,
                at as f32,
            )
        };
        let texts: Vec<_> = (0..300).map(text).collect();
        let better = gain(&texts);
        assert!(
            better.low > 0.3 && better.low <= better.mean && better.mean <= better.high,
            "{better:?}"
        );
        let same: Vec<_> = texts.iter().map(|&(label, score, _)| (label, score, score)).collect();
        assert_eq!(
            gain(&same),
            Gain {
                mean: 0.0,
                low: 0.0,
                high: 0.0
            }
        );
    }
}
