//! Comes in: the numbers of a candidate. Goes out: the chance that it is the claim.
//!
//! Two sums of small trees, each a few questions deep, in a file of numbers: what made a chance can be followed by hand, branch
//! by branch. The order of candidates is another model's ([`crate::Ranker`]): what is nearest and whether it is near enough
//! are two questions. Whether it is near enough are two again: is the text about this claim, and does it say what the claim
//! says? Archives teach the first and hold hardly a near miss, pairs of near misses teach the second; one sum for both
//! learnt from the many that a candidate far before the others is right, which a near miss is, too.

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
    needed: Chances,
    subject: Trees,
    agreement: Trees,
}

/// How likely a candidate is the claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chances {
    /// That the text is about this claim and no other.
    pub subject: f32,
    /// That it says what the claim says, if it is about it.
    pub agreement: f32,
}

impl Chances {
    /// Of a copy.
    pub(crate) const CERTAIN: Chances = Chances {
        subject: 1.0,
        agreement: 1.0,
    };

    /// That both are so.
    pub fn both(self) -> f32 {
        self.subject * self.agreement
    }

    /// Whether each is at least the other's.
    pub fn reach(self, needed: Chances) -> bool {
        self.subject >= needed.subject && self.agreement >= needed.agreement
    }
}

/// Trees whose sum is the log-odds of yes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trees {
    /// Before any tree is asked.
    pub(crate) bias: f32,
    pub(crate) trees: Vec<Node>,
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
    /// From where on a candidate is a match.
    r#match: Chances,
    /// Is the text about the claim?
    subject: WrittenTrees,
    /// Does it say the same?
    agreement: WrittenTrees,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTrees {
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

    pub(crate) fn new(needed: Chances, subject: Trees, agreement: Trees) -> Judge {
        Judge {
            about: Vec::new(),
            measured: serde_json::Value::Null,
            needed,
            subject,
            agreement,
        }
    }

    /// From where on a candidate is a match: each must be reached, for neither makes up for the other. What that means in
    /// practice is [`Judge::measured`].
    pub fn needed(&self) -> Chances {
        self.needed
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

    /// Each between 0 and 1.
    pub(crate) fn chances(&self, numbers: &Judged) -> Chances {
        Chances {
            subject: self.subject.chance(numbers),
            agreement: self.agreement.chance(numbers),
        }
    }

    /// Reads what [`Judge::to_json`] wrote; `None` if it asks for an unknown number or is no such file.
    pub fn from_json(text: &str) -> Option<Judge> {
        let file: File = serde_json::from_str(text).ok()?;
        Some(Judge {
            about: file.about,
            measured: file.measured,
            needed: file.r#match,
            subject: file.subject.read()?,
            agreement: file.agreement.read()?,
        })
    }

    /// The file's text: a tree a line.
    pub fn to_json(&self) -> String {
        let needed =
            serde_json::json!({ "subject": rounded(self.needed.subject), "agreement": rounded(self.needed.agreement) });
        let head = serde_json::json!({ "about": self.about, "match": needed, "measured": self.measured });
        let head = serde_json::to_string_pretty(&head).unwrap_or_default();
        format!(
            "{},\n  \"subject\": {},\n  \"agreement\": {}\n}}\n",
            head.trim_end_matches("\n}"),
            self.subject.to_json(),
            self.agreement.to_json()
        )
    }
}

impl Trees {
    pub(crate) fn new(bias: f64, trees: Vec<Node>) -> Trees {
        Trees {
            bias: rounded(bias as f32) as f32,
            trees,
        }
    }

    /// The log-odds of yes.
    pub(crate) fn odds(&self, numbers: &[f32]) -> f32 {
        self.bias + self.trees.iter().map(|tree| tree.value(numbers)).sum::<f32>()
    }

    fn chance(&self, numbers: &Judged) -> f32 {
        1.0 / (1.0 + (-self.odds(numbers)).exp())
    }

    fn to_json(&self) -> String {
        let line = |tree| format!("      {}", serde_json::to_string(&written(tree)).unwrap_or_default());
        let trees: Vec<String> = self.trees.iter().map(line).collect();
        format!(
            "{{\n    \"bias\": {},\n    \"trees\": [\n{}\n    ]\n  }}",
            rounded(self.bias),
            trees.join(",\n")
        )
    }
}

impl WrittenTrees {
    fn read(self) -> Option<Trees> {
        Some(Trees {
            bias: self.bias as f32,
            trees: self.trees.into_iter().map(read).collect::<Option<_>>()?,
        })
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

    const TEXT: &str = r#"{"about": ["a test"], "measured": {"share": 0.5},
        "match": {"subject": 0.75, "agreement": 0.5},
        "subject": {"bias": -1.0, "trees": [["lead", 0.5, -2.0, ["passage", 0.25, 0.0, 3.0]]]},
        "agreement": {"bias": 0.5, "trees": [["negation", 1.0, 0.0, -4.0]]}}"#;

    #[test]
    fn trees_are_followed_branch_by_branch() {
        let judge = Judge::from_json(TEXT).unwrap();
        let at = |name| JUDGED_NAMES.iter().position(|known| *known == name).unwrap();
        let mut numbers = [0.0; JUDGED];
        assert!((judge.subject.odds(&numbers) + 3.0).abs() < 1e-6);
        numbers[at("lead")] = 0.5;
        assert!((judge.subject.odds(&numbers) + 1.0).abs() < 1e-6);
        numbers[at("passage")] = 0.3;
        assert!((judge.subject.odds(&numbers) - 2.0).abs() < 1e-6);
        let chances = judge.chances(&numbers);
        assert!((chances.subject - 0.8808).abs() < 1e-3 && (chances.agreement - 0.6225).abs() < 1e-3);
        assert!((chances.both() - 0.5483).abs() < 1e-3 && chances.reach(judge.needed()));
        numbers[at("negation")] = 1.0;
        let turned = judge.chances(&numbers);
        assert!(turned.agreement < 0.05 && (turned.subject - chances.subject).abs() < 1e-6);
        assert!(chances.reach(chances) && !turned.reach(chances) && chances.reach(turned));
        assert_eq!(Judge::from_json(&judge.to_json()), Some(judge));
    }

    #[test]
    fn files_that_ask_for_something_unknown_are_refused() {
        assert!(Judge::from_json(TEXT).is_some());
        for bad in [
            "",
            "[]",
            &TEXT.replace("lead", "luck"),
            &TEXT.replace("\"lead\", 0.5", "\"lead\", true"),
            &TEXT.replace("bias", "bliss"),
            &TEXT.replace("agreement", "consent"),
            &TEXT.replace("match", "matched"),
        ] {
            assert_eq!(Judge::from_json(bad), None, "{bad}");
        }
    }
}
