//! Comes in: which things were put together, and which belong together. Goes out: how well the two agree.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A thing that was clustered: a claim, or a text that may say one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Whether it is a text, for which it is known what it says. Claims are given; which of them are the same nobody said.
    pub is_text: bool,
    /// The cluster that it was put into.
    pub found: usize,
    /// The cluster that it belongs to.
    pub truth: usize,
}

/// Precision and recall, each between 0 and 1, and their harmonic mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Of what was put together, the share that belongs together; 1 where nothing was.
    pub precision: f64,
    /// Of what belongs together, the share that was put together; 1 where nothing does.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

impl Agreement {
    fn of(precision: f64, recall: f64) -> Agreement {
        let sum = precision + recall;
        let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        Agreement { precision, recall, f1 }
    }
}

/// Pairs of things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    /// Pairs that belong together.
    pub wanted: u64,
    /// Pairs put together.
    pub found: u64,
    /// Those that belong together, too.
    pub right: u64,
    /// The same as shares.
    #[serde(flatten)]
    pub agreement: Agreement,
}

impl Pairs {
    fn of(wanted: u64, found: u64, right: u64) -> Pairs {
        let share = |all: u64| if all == 0 { 1.0 } else { right as f64 / all as f64 };
        Pairs {
            wanted,
            found,
            right,
            agreement: Agreement::of(share(found), share(wanted)),
        }
    }
}

/// How well a clustering agrees with the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clusters {
    /// Pairs of a text with another thing: all pairs of which the truth is known.
    pub pairwise: Pairs,
    /// Of these, a text with a claim.
    pub with_claims: Pairs,
    /// Of these, a text with a text.
    pub among_texts: Pairs,
    /// B-cubed (Bagga & Baldwin 1998), averaged over the texts: the share of a text's cluster that belongs with it, and of what
    /// belongs with it that is in its cluster.
    pub b_cubed: Agreement,
    /// The same with everything left by itself.
    pub b_cubed_single: Agreement,
}

/// How many claims and texts there are somewhere.
#[derive(Clone, Copy, Default)]
struct Count {
    claims: u64,
    texts: u64,
}

impl Count {
    fn all(self) -> u64 {
        self.claims + self.texts
    }

    fn pairs_among_texts(self) -> u64 {
        self.texts * self.texts.saturating_sub(1) / 2
    }

    fn pairs_with_claims(self) -> u64 {
        self.texts * self.claims
    }
}

fn counts<K: Ord>(items: &[Item], key: impl Fn(&Item) -> K) -> BTreeMap<K, Count> {
    let mut counts: BTreeMap<K, Count> = BTreeMap::new();
    for item in items {
        let count = counts.entry(key(item)).or_default();
        *(if item.is_text {
            &mut count.texts
        } else {
            &mut count.claims
        }) += 1;
    }
    counts
}

/// Compares clusters with the truth. Pairs of two claims are left out, for of these nothing is known; a claim in a wrong
/// cluster costs as many wrong pairs as there are texts.
pub fn compare(items: &[Item]) -> Clusters {
    let found = counts(items, |item| item.found);
    let truth = counts(items, |item| item.truth);
    let both = counts(items, |item| (item.found, item.truth));
    let pairs = |of: fn(Count) -> u64| {
        let sum = |counts: &mut dyn Iterator<Item = &Count>| counts.map(|count| of(*count)).sum();
        Pairs::of(
            sum(&mut truth.values()),
            sum(&mut found.values()),
            sum(&mut both.values()),
        )
    };
    let texts = || items.iter().filter(|item| item.is_text);
    let mean = |share: &dyn Fn(&Item) -> f64| texts().map(share).sum::<f64>() / texts().count().max(1) as f64;
    let common = |item: &Item| both[&(item.found, item.truth)].all() as f64;
    Clusters {
        pairwise: pairs(|count| count.pairs_among_texts() + count.pairs_with_claims()),
        with_claims: pairs(Count::pairs_with_claims),
        among_texts: pairs(Count::pairs_among_texts),
        b_cubed: Agreement::of(
            mean(&|item| common(item) / found[&item.found].all() as f64),
            mean(&|item| common(item) / truth[&item.truth].all() as f64),
        ),
        b_cubed_single: Agreement::of(1.0, mean(&|item| 1.0 / truth[&item.truth].all() as f64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn item(is_text: bool, found: usize, truth: usize) -> Item {
        Item { is_text, found, truth }
    }

    #[test]
    fn pairs_and_b_cubed_of_a_small_example() {
        // Claims 0 and 1; texts a and b say claim 0, c says claim 1. b was put to claim 1, c left alone.
        let items = [
            item(false, 0, 0),
            item(false, 1, 1),
            item(true, 0, 0),
            item(true, 1, 0),
            item(true, 2, 1),
        ];
        let Clusters {
            pairwise,
            with_claims,
            among_texts,
            b_cubed,
            b_cubed_single,
        } = compare(&items);
        assert_eq!((with_claims.wanted, with_claims.found, with_claims.right), (3, 2, 1));
        assert_eq!((among_texts.wanted, among_texts.found, among_texts.right), (1, 0, 0));
        assert_eq!((pairwise.wanted, pairwise.found, pairwise.right), (4, 2, 1));
        assert!((pairwise.agreement.precision - 0.5).abs() < 1e-9 && (pairwise.agreement.recall - 0.25).abs() < 1e-9);
        // a: 2/2 and 2/3; b: 1/2 and 1/3; c: 1/1 and 1/2.
        assert!((b_cubed.precision - 2.5 / 3.0).abs() < 1e-9 && (b_cubed.recall - 1.5 / 3.0).abs() < 1e-9);
        assert!((b_cubed_single.recall - (1.0 / 3.0 + 1.0 / 3.0 + 0.5) / 3.0).abs() < 1e-9);
    }

    #[test]
    fn claims_put_together_cost_only_what_is_known_of_texts() {
        let together = [item(false, 0, 0), item(false, 0, 1)];
        assert_eq!(compare(&together).pairwise, Pairs::of(0, 0, 0));
        let with_text = [item(false, 0, 0), item(false, 0, 1), item(true, 0, 0)];
        assert_eq!(compare(&with_text).pairwise, Pairs::of(1, 2, 1));
        assert_eq!(compare(&[]).pairwise, Pairs::of(0, 0, 0));
    }
}
