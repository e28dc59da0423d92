//! Comes in: the numbers of each candidate. Goes out: which comes first.
//!
//! A sum of weighted numbers and nothing more: anybody can read in the file why one candidate came before another, and
//! work it out by hand. The road not taken is boosted trees on the same numbers: tried, and not better on the whole.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::features::{FEATURES, Features, NAMES};

/// The weights that this version was shipped with.
static SHIPPED: LazyLock<Ranker> =
    LazyLock::new(|| Ranker::from_json(include_str!("../ranker.json")).expect("a test holds that it is readable"));

static SHIPPED_WITH_MODEL: LazyLock<Ranker> = LazyLock::new(|| {
    Ranker::from_json(include_str!("../ranker-semantic.json")).expect("a test holds that it is readable")
});

/// Orders the candidates of a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranker {
    weights: Features,
}

/// The file: a weight for each number, by name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The command and the figures that made it.
    about: Vec<String>,
    weights: serde_json::Map<String, serde_json::Value>,
}

impl Ranker {
    /// The one that answers lookups.
    pub fn shipped() -> &'static Ranker {
        &SHIPPED
    }

    /// The one that answers lookups where the index has a model.
    pub fn shipped_with_model() -> &'static Ranker {
        &SHIPPED_WITH_MODEL
    }

    pub(crate) fn new(weights: Features) -> Ranker {
        Ranker { weights }
    }

    /// The higher, the earlier; comparable within one question only.
    pub(crate) fn score(&self, features: &Features) -> f32 {
        self.weights
            .iter()
            .zip(features)
            .map(|(weight, value)| weight * value)
            .sum()
    }

    /// Reads what [`Ranker::to_json`] wrote; `None` if a weight is missing, unknown or no number.
    pub fn from_json(text: &str) -> Option<Ranker> {
        let file: File = serde_json::from_str(text).ok()?;
        let mut weights = [0.0; FEATURES];
        for (weight, name) in weights.iter_mut().zip(NAMES) {
            *weight = file.weights.get(name)?.as_f64()? as f32;
        }
        (file.weights.len() == FEATURES).then(|| Ranker::new(weights))
    }

    /// The file's text; `about` says how it was made, a line each.
    pub fn to_json(&self, about: Vec<String>) -> String {
        // Four digits decide every order that the data can decide.
        let rounded = |weight: f32| (f64::from(weight) * 1e4).round() / 1e4;
        let weights = NAMES.iter().zip(self.weights);
        let weights = weights.map(|(name, weight)| ((*name).to_owned(), rounded(weight).into()));
        let file = File {
            about,
            weights: weights.collect(),
        };
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_is_readable_and_written_the_same_way() {
        for text in [include_str!("../ranker.json"), include_str!("../ranker-semantic.json")] {
            let file: File = serde_json::from_str(text).unwrap();
            assert_eq!(Ranker::from_json(text).unwrap().to_json(file.about), text);
        }
    }

    #[test]
    fn files_with_missing_or_unknown_weights_are_refused() {
        let good = Ranker::new([0.5; FEATURES]).to_json(vec!["a test".to_owned()]);
        assert_eq!(Ranker::from_json(&good), Some(Ranker::new([0.5; FEATURES])));
        for bad in [
            String::new(),
            good.replace("\"lead\"", "\"lid\""),
            good.replace("0.5", "\"much\""),
            good.replace("\"weights\": {", "\"weights\": {\n    \"luck\": 1.0,"),
        ] {
            assert_eq!(Ranker::from_json(&bad), None, "{bad}");
        }
    }
}
