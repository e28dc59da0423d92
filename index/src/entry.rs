//! Comes in: what the store knows of one claim. Goes out: the unit that is indexed, and its digest.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::Lang;

/// What a reader sees as one claim, with all its wordings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The caller's identifier, unique in the index; not interpreted.
    pub id: String,
    /// In any order; empty texts are allowed and ignored by search.
    pub wordings: Vec<Wording>,
}

/// One way in which a claim was put into words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wording {
    /// Where the words come from.
    pub kind: WordingKind,
    /// As its author wrote it; normalised here, not by the caller.
    pub text: String,
    /// Declared language; [`Lang::UND`] lets the index guess.
    pub lang: Lang,
}

/// Where a wording comes from. Only the first three say the claim itself: text identical to one of
/// them is the claim, text identical to a title or description is merely strong evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordingKind {
    /// The claim's own text.
    Claim,
    /// Seen in a document.
    Variant,
    /// What a fact-check says was claimed: schema.org `claimReviewed`.
    Reviewed,
    /// A fact-check's headline.
    Title,
    /// A fact-check's summary.
    Description,
}

impl WordingKind {
    /// Whether the wording is the claim, and not a text about it.
    pub(crate) fn states_claim(self) -> bool {
        match self {
            WordingKind::Claim | WordingKind::Variant | WordingKind::Reviewed => true,
            WordingKind::Title | WordingKind::Description => false,
        }
    }

    pub(crate) fn tag(self) -> u8 {
        match self {
            WordingKind::Claim => 0,
            WordingKind::Variant => 1,
            WordingKind::Reviewed => 2,
            WordingKind::Title => 3,
            WordingKind::Description => 4,
        }
    }

    /// The kind with a tag; the claim's own text for none that is known.
    pub(crate) fn of_tag(tag: u8) -> WordingKind {
        match tag {
            1 => WordingKind::Variant,
            2 => WordingKind::Reviewed,
            3 => WordingKind::Title,
            4 => WordingKind::Description,
            _ => WordingKind::Claim,
        }
    }
}

impl Entry {
    /// What is encoded of the entry: the first wording that says the claim, and the first headline.
    pub(crate) fn passage(&self) -> String {
        let first =
            |is_so: &dyn Fn(&&Wording) -> bool| self.wordings.iter().find(is_so).map(|wording| wording.text.trim());
        let kinds = [WordingKind::Claim, WordingKind::Reviewed, WordingKind::Variant];
        let claim = kinds.iter().find_map(|kind| first(&|wording| wording.kind == *kind));
        let title = first(&|wording| wording.kind == WordingKind::Title);
        let texts: Vec<&str> = claim.into_iter().chain(title).filter(|text| !text.is_empty()).collect();
        texts.join(". ")
    }

    /// A stable 64-bit digest of the whole entry (XXH3); the order of wordings does not matter.
    ///
    /// Equal digests mean equal entries for every practical purpose, so a verifier need not compare texts.
    /// Not for secrets: XXH3 is no cryptographic hash.
    pub fn digest(&self) -> u64 {
        let mut parts: Vec<u64> = self.wordings.iter().map(Wording::digest).collect();
        parts.sort_unstable();
        let mut bytes = Vec::with_capacity(self.id.len() + 8 * (parts.len() + 1));
        bytes.extend_from_slice(&(self.id.len() as u64).to_le_bytes());
        bytes.extend_from_slice(self.id.as_bytes());
        for part in parts {
            bytes.extend_from_slice(&part.to_le_bytes());
        }
        xxh3_64(&bytes)
    }
}

impl Wording {
    fn digest(&self) -> u64 {
        let mut bytes = Vec::with_capacity(self.text.len() + 5);
        bytes.push(self.kind.tag());
        bytes.extend_from_slice(self.lang.as_str().as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(self.text.as_bytes());
        xxh3_64(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, wordings: &[(WordingKind, &str, Lang)]) -> Entry {
        let wordings = wordings
            .iter()
            .map(|&(kind, text, lang)| Wording {
                kind,
                text: text.to_owned(),
                lang,
            })
            .collect();
        Entry {
            id: id.to_owned(),
            wordings,
        }
    }

    #[test]
    fn digest_ignores_order_and_sees_everything_else() {
        use WordingKind::{Claim, Title};
        let base = entry("a", &[(Claim, "x", Lang::DE), (Title, "y", Lang::DE)]);
        assert_eq!(
            base.digest(),
            entry("a", &[(Title, "y", Lang::DE), (Claim, "x", Lang::DE)]).digest()
        );
        let others = [
            entry("b", &[(Claim, "x", Lang::DE), (Title, "y", Lang::DE)]),
            entry("a", &[(Claim, "y", Lang::DE), (Title, "x", Lang::DE)]),
            entry("a", &[(Claim, "x", Lang::EN), (Title, "y", Lang::DE)]),
            entry("a", &[(Claim, "x", Lang::DE)]),
            entry(
                "a",
                &[(Claim, "x", Lang::DE), (Title, "y", Lang::DE), (Title, "y", Lang::DE)],
            ),
            entry("a", &[]),
        ];
        for other in others {
            assert_ne!(base.digest(), other.digest(), "{other:?}");
        }
    }

    #[test]
    fn digest_is_stable_across_releases() {
        let entry = entry("claim-1", &[(WordingKind::Claim, "Die Erde ist flach", Lang::DE)]);
        assert_eq!(
            entry.digest(),
            7_117_421_305_837_105_660,
            "changed digests make every index look out of date"
        );
    }
}
