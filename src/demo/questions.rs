//! What the demo asks: one question that a fact-check answers, one that nothing is known about.

use serde::Deserialize;

use crate::domain::Lang;

const FILE: &str = include_str!("../../fixtures/web/questions.toml");

/// Why there is nothing to ask.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is not as expected.
    #[error("bad fixtures/web/questions.toml")]
    File(#[from] toml::de::Error),
}

/// A question as a person types it.
#[derive(Debug, Clone, Deserialize)]
pub struct Question {
    /// Its words.
    pub text: String,
    /// Its language.
    pub lang: Lang,
}

#[derive(Debug, Deserialize)]
struct List {
    question: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    #[serde(flatten)]
    question: Question,
    expect: String,
}

/// The first question with a match, and the first without.
pub fn two() -> Result<Vec<Question>, Error> {
    let list: List = toml::from_str(FILE)?;
    let first = |expected| list.question.iter().find(|row| row.expect == expected);
    let found = ["match", "none"].into_iter().filter_map(first);
    Ok(found.map(|row| row.question.clone()).collect())
}
