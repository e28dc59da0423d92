//! The statement that spreads.

use serde::Serialize;

use super::{ClaimId, Lang, Timestamp, words::words};

/// The canonical statement, with its many sightings and 0 to n fact-checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// Its identifier.
    pub id: ClaimId,
    /// The statement, as one sentence where possible: the best wording seen, or what a reviewer made of it.
    pub text: ClaimText,
    /// The statement's language.
    pub lang: Lang,
    /// How it came here.
    pub origin: ClaimOrigin,
    /// When it was founded here.
    pub created_at: Timestamp,
    /// Its earliest sighting: the earlier of published and seen.
    pub first_seen: Option<Timestamp>,
    /// Its latest sighting.
    pub last_seen: Option<Timestamp>,
    /// How many sightings it has.
    pub sightings: u64,
    /// Who may read it.
    pub audience: Audience,
    /// Its version, from 1; each change of its text raises it, and each merge and split.
    pub version: u64,
}

/// How a claim came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClaimOrigin {
    /// Seen in a document.
    Crawled,
    /// Named by an imported fact-check (`claimReviewed`).
    Imported,
    /// Entered by a reviewer.
    Entered,
    /// Sent in by somebody who asked for a check.
    Reported,
}

words!(ClaimOrigin {
    Crawled => "crawled",
    Imported => "imported",
    Entered => "entered",
    Reported => "reported",
});

/// Who may read a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody.
    Public,
    /// Reviewers: only reports say it, and their words are anybody's.
    Reviewers,
}

words!(Audience { Public => "public", Reviewers => "reviewers" });

/// Why a text cannot be a claim's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimTextError {
    /// No letter or digit in it.
    #[error("the text holds no letter or digit")]
    Empty,
    /// Longer than [`ClaimText::MAX_CHARS`].
    #[error("the text is longer than 5000 characters")]
    TooLong,
}

/// A claim's wording: 1 to 5000 characters, trimmed, no control characters but newline, at least one letter or digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ClaimText(String);

impl ClaimText {
    /// Longest text taken, in characters.
    pub const MAX_CHARS: usize = 5000;

    /// Cleans and checks a text.
    pub fn parse(text: &str) -> Result<Self, ClaimTextError> {
        let text = clean(text);
        if !text.chars().any(char::is_alphanumeric) {
            return Err(ClaimTextError::Empty);
        }
        if text.chars().nth(Self::MAX_CHARS).is_some() {
            return Err(ClaimTextError::TooLong);
        }
        Ok(Self(text))
    }

    /// What stands for a wording that was erased, or that was not kept any longer.
    pub const ERASED: &str = "[erased]";

    /// The text of a claim whose words were erased.
    pub fn erased() -> Self {
        Self(Self::ERASED.to_owned())
    }

    /// Whether the words were erased.
    pub fn is_erased(&self) -> bool {
        self.0 == Self::ERASED
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Drops what no store or page should hold (NUL and other control characters) and trims.
pub(crate) fn clean(text: &str) -> String {
    let kept = text.chars().map(|c| if c == '\t' || c == '\r' { ' ' } else { c });
    let kept: String = kept.filter(|&c| c == '\n' || !c.is_control()).collect();
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_only_what_can_be_a_wording() {
        let long = "a".repeat(5001);
        for (text, wanted) in [
            (" Die Erde ist flach.\0 ", Ok("Die Erde ist flach.")),
            ("5G", Ok("5G")),
            ("", Err(ClaimTextError::Empty)),
            ("\u{1F600} !?", Err(ClaimTextError::Empty)),
            (long.as_str(), Err(ClaimTextError::TooLong)),
        ] {
            let read = ClaimText::parse(text);
            assert_eq!(read.as_ref().map(ClaimText::as_str), wanted.as_ref().copied());
        }
    }
}
