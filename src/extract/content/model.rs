//! A linear model: numbers of a block come in, a score goes out that is above 0 where the block is rather article.

use std::ops::Deref;
use std::sync::{LazyLock, OnceLock};

use serde::{Deserialize, Serialize};

use super::company::Again;

/// A number with its name.
pub(super) type Named = (&'static str, f64);

/// What a row is made of: numbers with their names, to learn from, or numbers alone, which is all that reading takes.
pub(super) trait Cell {
    fn of(named: Named) -> Self;
    fn value(&self) -> f64;
}

impl Cell for Named {
    fn of(named: Named) -> Self {
        named
    }

    fn value(&self) -> f64 {
        self.1
    }
}

impl Cell for f64 {
    fn of((_, value): Named) -> Self {
        value
    }

    fn value(&self) -> f64 {
        *self
    }
}

/// What is known of a block, always in the same order.
pub(super) struct Row<C>(Vec<C>);

impl<C: Cell> Row<C> {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    pub(super) fn push(&mut self, named: Named) {
        self.0.push(C::of(named));
    }

    pub(super) fn extend(&mut self, named: impl IntoIterator<Item = Named>) {
        self.0.extend(named.into_iter().map(C::of));
    }
}

impl<C> Deref for Row<C> {
    type Target = [C];

    fn deref(&self) -> &[C] {
        &self.0
    }
}

/// Weights by the names of what they weigh, and the score of a row of zeros.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(super) struct Linear {
    pub(super) bias: f64,
    pub(super) weights: Vec<(String, f64)>,
}

impl Linear {
    /// The logarithm of the odds that the block is article.
    pub(super) fn score<C: Cell>(&self, row: &Row<C>) -> f64 {
        debug_assert_eq!(
            self.weights.len(),
            row.len(),
            "the weights are of other features: klarstelle train-extract"
        );
        let terms = self.weights.iter().zip(row.iter());
        self.bias + terms.map(|((_, weight), cell)| weight * cell.value()).sum::<f64>()
    }

    /// Whether the weights are of these features, in this order.
    #[cfg(test)]
    pub(super) fn fits(&self, row: &Row<Named>) -> bool {
        self.weights.len() == row.len() && self.weights.iter().zip(row.iter()).all(|((a, _), (b, _))| a == b)
    }
}

/// Both models, and what they were learnt from.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(super) struct Models {
    pub(super) about: String,
    pub(super) alone: Linear,
    pub(super) company: Linear,
    #[serde(skip)]
    pub(super) again: OnceLock<Again>,
}

impl Models {
    /// Those that come with the program.
    pub(super) fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Models> =
            LazyLock::new(|| serde_json::from_str(include_str!("weights.json")).expect("the shipped weights are JSON"));
        &SHIPPED
    }

    /// Where in a row of the first look stands what the second weighs again.
    pub(super) fn again(&self) -> &Again {
        let names = || self.alone.weights.iter().map(|(name, _)| name.as_str());
        self.again.get_or_init(|| Again::among(names()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::dom;
    use super::super::{Outline, alone, company, region};
    use super::*;

    #[test]
    fn the_shipped_weights_are_of_these_features() {
        let page =
            dom::parse("<article><p>The council of Lindrath raised the tax on land, it said on Monday.</article>");
        let (page, models) = (page.unwrap(), Models::shipped());
        let outline = Outline::of(&page);
        let rows: Vec<Row<Named>> = alone::look(&outline);
        assert!(models.alone.fits(&rows[0]));
        let region = region::best(&outline, &[1.0]).unwrap();
        let second = company::look(&outline, (&rows, models.again()), &[1.0], &region);
        assert!(models.company.fits(&second[0]));
    }
}
