//! Comes in: the numbers of a candidate. Goes out: the chance that it is the claim.
//!
//! A sum of small trees, each a few questions deep, in a file of numbers: what made a chance can be followed by hand, branch
//! by branch. The order of candidates is another model's ([`crate::Ranker`]): what is nearest and whether it is near enough
//! are two questions.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::features::{JUDGED_NAMES, Judged};

/// What this version was shipped with.
static SHIPPED: LazyLock<Judge> =
    LazyLock::new(|| Judge::from_json(include_str!("../judge.json")).expect("a test holds that it is readable"));

static SHIPPED_WITH_MODEL: LazyLock<Judge> = LazyLock::new(|| {
    Judge::from_json(include_str!("../judge-semantic.json")).expect("a test holds that it is readable")
});

/// Tells how likely a candidate is the claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Judge {
    about: Vec<String>,
    measured: serde_json::Value,
    bias: f32,
    trees: Vec<Node>,
}

/// A question about one number, or an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// Added to the log-odds.
    Leaf(f32),
    Split {
        number: usize,
        below: f32,
        low: Box<Node>,
        high: Box<Node>,
    },
}

/// A node as the file has it: `0.0123`, or `["lead", 0.5, node below, node from there on]`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Leaf(f64),
    Split(String, f64, Box<Written>, Box<Written>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The command and the figures that made it.
    about: Vec<String>,
    /// How often its outcomes were right, by judges trained on other claims.
    measured: serde_json::Value,
    /// Log-odds before any tree is asked.
    bias: f64,
    trees: Vec<Written>,
}

impl Judge {
    /// The one that answers lookups.
    pub fn shipped() -> &'static Judge {
        &SHIPPED
    }

    /// The one that answers lookups where the index has a model.
    pub fn shipped_with_model() -> &'static Judge {
        &SHIPPED_WITH_MODEL
    }

    pub(crate) fn new(bias: f64, trees: Vec<Node>) -> Judge {
        Judge {
            about: Vec::new(),
            measured: serde_json::Value::Null,
            bias: rounded(bias as f32) as f32,
            trees,
        }
    }

    /// How it was made, a line each.
    pub fn about(&self) -> &[String] {
        &self.about
    }

    /// How often its outcomes were right when it was made; whoever trained it says in which form.
    pub fn measured(&self) -> &serde_json::Value {
        &self.measured
    }

    /// The same judge with an account of how it was made and measured.
    #[must_use]
    pub fn described(self, about: Vec<String>, measured: serde_json::Value) -> Judge {
        Judge {
            about,
            measured,
            ..self
        }
    }

    /// Between 0 and 1.
    pub(crate) fn chance(&self, numbers: &Judged) -> f32 {
        1.0 / (1.0 + (-value_of(self.bias, &self.trees, numbers)).exp())
    }

    /// Reads what [`Judge::to_json`] wrote; `None` if it asks for an unknown number or is no such file.
    pub fn from_json(text: &str) -> Option<Judge> {
        let file: File = serde_json::from_str(text).ok()?;
        let trees = file.trees.into_iter().map(read).collect::<Option<_>>()?;
        Some(Judge {
            about: file.about,
            measured: file.measured,
            bias: file.bias as f32,
            trees,
        })
    }

    /// The file's text: a tree a line.
    pub fn to_json(&self) -> String {
        let head = serde_json::json!({ "about": self.about, "measured": self.measured });
        let head = serde_json::to_string_pretty(&head).unwrap_or_default();
        let line = |tree| format!("    {}", serde_json::to_string(&written(tree)).unwrap_or_default());
        let trees: Vec<String> = self.trees.iter().map(line).collect();
        format!(
            "{},\n  \"bias\": {},\n  \"trees\": [\n{}\n  ]\n}}\n",
            head.trim_end_matches("\n}"),
            rounded(self.bias),
            trees.join(",\n")
        )
    }
}

impl Node {
    /// The answer to these numbers.
    pub(crate) fn value(&self, numbers: &[f32]) -> f32 {
        match self {
            Node::Leaf(value) => *value,
            Node::Split {
                number,
                below,
                low,
                high,
            } => {
                let is_low = numbers.get(*number).copied().unwrap_or_default() < *below;
                if is_low { low } else { high }.value(numbers)
            }
        }
    }
}

/// The log-odds of yes.
pub(crate) fn value_of(bias: f32, trees: &[Node], numbers: &[f32]) -> f32 {
    bias + trees.iter().map(|tree| tree.value(numbers)).sum::<f32>()
}

fn rounded(number: f32) -> f64 {
    (f64::from(number) * 1e4).round() / 1e4
}

fn read(written: Written) -> Option<Node> {
    Some(match written {
        Written::Leaf(value) => Node::Leaf(value as f32),
        Written::Split(name, below, low, high) => Node::Split {
            number: JUDGED_NAMES.iter().position(|known| *known == name)?,
            below: below as f32,
            low: Box::new(read(*low)?),
            high: Box::new(read(*high)?),
        },
    })
}

fn written(node: &Node) -> Written {
    match node {
        Node::Leaf(value) => Written::Leaf(rounded(*value)),
        Node::Split {
            number,
            below,
            low,
            high,
        } => Written::Split(
            JUDGED_NAMES.get(*number).copied().unwrap_or_default().to_owned(),
            rounded(*below),
            Box::new(written(low)),
            Box::new(written(high)),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::JUDGED;

    #[test]
    fn the_shipped_file_is_readable_and_written_the_same_way() {
        for text in [include_str!("../judge.json"), include_str!("../judge-semantic.json")] {
            assert_eq!(Judge::from_json(text).unwrap().to_json(), text);
        }
    }

    #[test]
    fn trees_are_followed_branch_by_branch() {
        let text = r#"{"about": ["a test"], "measured": {"share": 0.5}, "bias": -1.0, "trees": [["lead", 0.5, -2.0, ["passage", 0.25, 0.0, 3.0]]]}"#;
        let judge = Judge::from_json(text).unwrap();
        let at = |name| JUDGED_NAMES.iter().position(|known| *known == name).unwrap();
        let mut numbers = [0.0; JUDGED];
        let odds = |numbers: &Judged| value_of(judge.bias, &judge.trees, numbers);
        assert!((odds(&numbers) + 3.0).abs() < 1e-6);
        numbers[at("lead")] = 0.5;
        assert!((odds(&numbers) + 1.0).abs() < 1e-6);
        numbers[at("passage")] = 0.3;
        assert!((odds(&numbers) - 2.0).abs() < 1e-6);
        assert!((judge.chance(&numbers) - 0.8808).abs() < 1e-3);
        assert_eq!(Judge::from_json(&judge.to_json()), Some(judge));
    }

    #[test]
    fn files_that_ask_for_something_unknown_are_refused() {
        let good = r#"{"about": [], "measured": null, "bias": 0, "trees": [["lead", 0.5, 0, 1]]}"#;
        assert!(Judge::from_json(good).is_some());
        for bad in [
            "",
            "[]",
            &good.replace("lead", "luck"),
            &good.replace("0.5", "true"),
            &good.replace("bias", "bliss"),
        ] {
            assert_eq!(Judge::from_json(bad), None, "{bad}");
        }
    }
}
