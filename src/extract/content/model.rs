//! A linear model: named numbers of a block come in, a score goes out that is above 0 where the block is rather article.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// What is known of a block: names and numbers, always in the same order.
pub(super) type Row = Vec<(&'static str, f64)>;

/// Weights by the names of what they weigh, and the score of a row of zeros.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(super) struct Linear {
    pub(super) bias: f64,
    pub(super) weights: Vec<(String, f64)>,
}

impl Linear {
    /// The logarithm of the odds that the block is article.
    pub(super) fn score(&self, row: &Row) -> f64 {
        debug_assert!(
            self.fits(row),
            "the weights are of other features: klarstelle train-extract"
        );
        let terms = self.weights.iter().zip(row);
        self.bias + terms.map(|((_, weight), (_, value))| weight * value).sum::<f64>()
    }

    /// Whether the weights are of these features, in this order.
    fn fits(&self, row: &Row) -> bool {
        self.weights.len() == row.len() && self.weights.iter().zip(row).all(|((a, _), (b, _))| a == b)
    }
}

/// Both models, and what they were learnt from.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(super) struct Models {
    pub(super) about: String,
    pub(super) alone: Linear,
    pub(super) company: Linear,
}

impl Models {
    /// Those that come with the program.
    pub(super) fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Models> =
            LazyLock::new(|| serde_json::from_str(include_str!("weights.json")).expect("the shipped weights are JSON"));
        &SHIPPED
    }
}
