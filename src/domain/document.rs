//! What was read, cleaned.

use serde::{Deserialize, Serialize};

use super::{Author, Lang, Timestamp, WebUrl};

/// One page or post: what extraction makes of fetched bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Where it was read.
    pub url: WebUrl,
    /// Where its publisher says that it lives (`rel=canonical`), if elsewhere.
    pub canonical_url: Option<WebUrl>,
    /// Its title; empty for posts.
    pub title: String,
    /// Its main text: paragraphs separated by a newline.
    pub text: String,
    /// The language it declares, or that was detected.
    pub lang: Lang,
    /// Who wrote it: a publication's byline as printed, or the account that posted it, which is kept as a pseudonym.
    pub author: Option<Author>,
    /// When it says that it was published.
    pub published_at: Option<Timestamp>,
}

/// Where the archive keeps what a document was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The file's name in the archive's folder.
    pub file: String,
    /// Where its record begins, in bytes.
    pub offset: u64,
    /// SHA-256 of the record: it ties what the store says to the bytes in the file.
    pub digest: [u8; 32],
}

/// A passage of a document that may be checkable: what detection finds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mention {
    /// The passage, verbatim.
    pub quote: String,
    /// Its language.
    pub lang: Lang,
    /// How check-worthy it is, 0 to 1.
    pub score: f32,
    /// Who says it, as the text itself puts it (`Dr. Weber`, `der Polizei`); never the account that posted it.
    pub speaker: Option<String>,
    /// What speaks most for the score and against it, the strongest first.
    pub reasons: Vec<Sign>,
}

/// Something seen in a passage, and what it did to its score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sign {
    /// In words for readers: "a number", "a question", "words: Prozent, stieg".
    pub what: String,
    /// Points of the score: positive speaks for it, negative against it.
    pub weight: f32,
}
