//! Comes in: ranked answers with what is known to be right. Goes out: the usual figures of retrieval.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::sketch::splitmix;

/// Figures over a set of queries, each between 0 and 1 but the count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// How many queries were counted: those with at least one right answer known.
    pub queries: usize,
    /// Mean over queries of the average precision within the first five: the sum of precision at each hit,
    /// divided by the number of right answers or five, whichever is smaller.
    pub map_at_5: f64,
    /// Mean of one over the rank of the first hit, 0 where there is none.
    pub mrr: f64,
    /// Share of queries with a hit in first place.
    pub success_at_1: f64,
    /// Share of queries with a hit in the first five places.
    pub success_at_5: f64,
    /// Share of queries with a hit in the first ten places.
    pub success_at_10: f64,
}

/// Judges rankings (ids, best first) against their right answers. Queries without a right answer are left out.
pub fn evaluate(rankings: &[(Vec<String>, BTreeSet<String>)]) -> Evaluation {
    let judged: Vec<_> = rankings.iter().filter(|(_, gold)| !gold.is_empty()).collect();
    let mean = |measure: &dyn Fn(&[String], &BTreeSet<String>) -> f64| {
        let sum: f64 = judged.iter().map(|(ranked, gold)| measure(ranked, gold)).sum();
        if judged.is_empty() {
            0.0
        } else {
            sum / judged.len() as f64
        }
    };
    Evaluation {
        queries: judged.len(),
        map_at_5: mean(&|ranked, gold| average_precision(ranked, gold, 5)),
        mrr: mean(&reciprocal_rank),
        success_at_1: mean(&|ranked, gold| success(ranked, gold, 1)),
        success_at_5: mean(&|ranked, gold| success(ranked, gold, 5)),
        success_at_10: mean(&|ranked, gold| success(ranked, gold, 10)),
    }
}

/// How much better one of two systems is on the same queries, on average, and how sure that is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gain {
    /// Mean difference.
    pub mean: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// Samples drawn for an interval.
const SAMPLES: usize = 10_000;

/// The gain in AP@5 of the first ranking of each query over the second, with the percentile interval of a paired bootstrap
/// (Efron & Tibshirani 1993, ch. 13). The samples are the same each time.
pub fn gain(queries: &[(Vec<String>, Vec<String>, BTreeSet<String>)]) -> Gain {
    let difference = |(better, worse, gold): &(Vec<String>, Vec<String>, BTreeSet<String>)| {
        average_precision(better, gold, 5) - average_precision(worse, gold, 5)
    };
    let differences: Vec<f64> = queries
        .iter()
        .filter(|(_, _, gold)| !gold.is_empty())
        .map(difference)
        .collect();
    if differences.is_empty() {
        return Gain::default();
    }
    let count = differences.len();
    let mut drawn = 0;
    let mut draw = || {
        drawn += 1;
        differences[(splitmix(drawn) % count as u64) as usize]
    };
    let mean = |sum: f64| sum / count as f64;
    let mut means: Vec<f64> = (0..SAMPLES).map(|_| mean((0..count).map(|_| draw()).sum())).collect();
    means.sort_by(f64::total_cmp);
    Gain {
        mean: mean(differences.iter().sum()),
        low: means[SAMPLES * 25 / 1000],
        high: means[SAMPLES * 975 / 1000],
    }
}

fn average_precision(ranked: &[String], gold: &BTreeSet<String>, depth: usize) -> f64 {
    let mut hits = 0;
    let mut sum = 0.0;
    for (place, id) in ranked.iter().take(depth).enumerate() {
        if gold.contains(id) {
            hits += 1;
            sum += f64::from(hits) / (place + 1) as f64;
        }
    }
    sum / gold.len().min(depth) as f64
}

fn reciprocal_rank(ranked: &[String], gold: &BTreeSet<String>) -> f64 {
    let first = ranked.iter().position(|id| gold.contains(id));
    first.map_or(0.0, |place| 1.0 / (place + 1) as f64)
}

fn success(ranked: &[String], gold: &BTreeSet<String>, depth: usize) -> f64 {
    f64::from(u8::from(ranked.iter().take(depth).any(|id| gold.contains(id))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(ranked: &[&str], gold: &[&str]) -> Evaluation {
        let ranked = ranked.iter().map(ToString::to_string).collect();
        let gold = gold.iter().map(ToString::to_string).collect();
        evaluate(&[(ranked, gold)])
    }

    #[test]
    fn figures_of_one_query() {
        // ranked, gold, MAP@5, MRR, success at 1, 5, 10
        type Case<'a> = (&'a [&'a str], &'a [&'a str], [f64; 5]);
        let cases: &[Case] = &[
            (&["a", "b"], &["a"], [1.0, 1.0, 1.0, 1.0, 1.0]),
            (&["b", "a"], &["a"], [0.5, 0.5, 0.0, 1.0, 1.0]),
            (
                &["a", "x", "b"],
                &["a", "b"],
                [f64::midpoint(1.0, 2.0 / 3.0), 1.0, 1.0, 1.0, 1.0],
            ),
            (&["1", "2", "3", "4", "5", "a"], &["a"], [0.0, 1.0 / 6.0, 0.0, 0.0, 1.0]),
            (&["a"], &["a", "b", "c", "d", "e", "f"], [0.2, 1.0, 1.0, 1.0, 1.0]),
            (&[], &["a"], [0.0; 5]),
        ];
        for (ranked, gold, [map, mrr, s1, s5, s10]) in cases {
            let wanted = Evaluation {
                queries: 1,
                map_at_5: *map,
                mrr: *mrr,
                success_at_1: *s1,
                success_at_5: *s5,
                success_at_10: *s10,
            };
            assert_eq!(judge(ranked, gold), wanted, "{ranked:?} {gold:?}");
        }
    }

    #[test]
    fn a_gain_is_sure_where_nearly_all_queries_gain() {
        let query = |better: &str, worse: &str| {
            (
                vec![better.to_owned()],
                vec![worse.to_owned()],
                BTreeSet::from(["a".to_owned()]),
            )
        };
        let sure = gain(&vec![query("a", "x"); 50]);
        assert_eq!((sure.mean, sure.low, sure.high), (1.0, 1.0, 1.0));
        let even = gain(&[vec![query("a", "x"); 50], vec![query("x", "a"); 50]].concat());
        assert!(even.mean.abs() < 1e-9 && even.low < -0.1 && even.high > 0.1, "{even:?}");
        assert_eq!(gain(&[]), Gain::default());
    }

    #[test]
    fn means_leave_out_queries_without_gold() {
        let one = |ranked: &[&str], gold: &[&str]| {
            (
                ranked.iter().map(ToString::to_string).collect::<Vec<_>>(),
                gold.iter().map(ToString::to_string).collect::<BTreeSet<_>>(),
            )
        };
        let figures = evaluate(&[one(&["a"], &["a"]), one(&["x"], &["a"]), one(&["x"], &[])]);
        assert_eq!((figures.queries, figures.map_at_5, figures.mrr), (2, 0.5, 0.5));
        assert_eq!(evaluate(&[]), Evaluation::default());
    }
}
