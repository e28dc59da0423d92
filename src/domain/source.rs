//! What the crawler is set to read.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{SourceId, Timestamp, WebUrl};

/// A feed, page, data file or account that the crawler visits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Its identifier.
    pub id: SourceId,
    /// Where it is read.
    pub url: WebUrl,
    /// How it is read.
    pub kind: SourceKind,
    /// Since when it is set.
    pub created_at: Timestamp,
}

/// The name of a way to read sources: `feed`, `page`, `mastodon`. Which there are is the crawler's to know, so that a new
/// one needs no change here: 1 to [`SourceKind::MAX_BYTES`] lower-case ASCII letters and digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceKind {
    /// Filled up with zeros.
    bytes: [u8; Self::MAX_BYTES],
}

/// The text names no kind of source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no name of a kind of source: lower-case letters and digits, at most 24")]
pub struct SourceKindError {
    found: String,
}

impl SourceKind {
    /// Longest name.
    pub const MAX_BYTES: usize = 24;

    /// One page: what sources name is read like this.
    pub const PAGE: Self = Self::named("page");

    /// The kind of a fixed name. Panics (in a constant: does not compile) if it is not one.
    pub const fn named(name: &'static str) -> Self {
        match Self::of(name.as_bytes()) {
            Some(kind) => kind,
            None => panic!("a kind of source is named by 1 to 24 lower-case letters and digits"),
        }
    }

    const fn of(name: &[u8]) -> Option<Self> {
        if name.is_empty() || name.len() > Self::MAX_BYTES {
            return None;
        }
        let (mut bytes, mut at) = ([0; Self::MAX_BYTES], 0);
        while at < name.len() {
            if !(name[at].is_ascii_lowercase() || name[at].is_ascii_digit()) {
                return None;
            }
            bytes[at] = name[at];
            at += 1;
        }
        Some(Self { bytes })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        let end = self.bytes.iter().position(|byte| *byte == 0).unwrap_or(Self::MAX_BYTES);
        std::str::from_utf8(&self.bytes[..end]).expect("checked to be ASCII")
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SourceKind {
    type Err = SourceKindError;
    fn from_str(text: &str) -> Result<Self, SourceKindError> {
        Self::of(text.as_bytes()).ok_or_else(|| SourceKindError {
            found: text.chars().take(40).collect(),
        })
    }
}

impl Serialize for SourceKind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for SourceKind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_a_short_plain_word() {
        for name in ["feed", "a", "claimreview", "aaaaaaaaaaaaaaaaaaaaaaaa", "x3"] {
            assert_eq!(
                name.parse::<SourceKind>().map(|kind| kind.to_string()),
                Ok(name.to_owned())
            );
        }
        for name in ["", "Feed", "a b", "ä", "a-b", "aaaaaaaaaaaaaaaaaaaaaaaaa", "\0"] {
            assert!(name.parse::<SourceKind>().is_err(), "{name:?}");
        }
    }
}
