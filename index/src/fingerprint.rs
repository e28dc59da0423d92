//! Comes in: a text. Goes out: sixteen bytes that equal texts share.

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::analyzer::folded_words;
use crate::analyzer::negation::negates;
use crate::analyzer::number::is_number;
use crate::normalise_text;

/// Shorter texts have no near-verbatim fingerprint and no sketch.
pub(crate) const MIN_WORDS: usize = 4;

/// The words of a text that copies have in common: without links, @handles, signatures, punctuation, diacritics and
/// case. The first 2,000 of them.
#[derive(Clone, Debug)]
pub struct Folded(Vec<String>);

impl Folded {
    /// Of a text.
    pub fn of(text: &str) -> Folded {
        Folded(folded_words(text))
    }

    /// The words, if there are enough for copies to be told by them.
    pub(crate) fn words(&self) -> Option<&[String]> {
        (self.0.len() >= MIN_WORDS).then_some(&self.0)
    }

    /// What [`contradicts`] compares.
    pub fn said(&self) -> Said {
        Said::of(&self.0)
    }

    /// See [`Fingerprint::near_verbatim`].
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        Some(Fingerprint::hash("v1|near|", &self.words()?.join(" ")))
    }
}

/// A key for equal texts, stored by callers: valid for one [`crate::NORMALISER_VERSION`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Of texts that are equal after [`normalise_text`]: SHA-256 of `v1|text|` and the normalised text, cut to 16 bytes.
    pub fn exact(text: &str) -> Fingerprint {
        Fingerprint::hash("v1|text|", &normalise_text(text))
    }

    /// Of texts that say the same words in the same order.
    ///
    /// URLs, mentions, `RT` and `via` signatures, punctuation, emoji, hashtag marks, diacritics and case do not
    /// count; words, negations and numbers do. The first 2,000 words are looked at; `None` under four, where
    /// equality means little.
    pub fn near_verbatim(text: &str) -> Option<Fingerprint> {
        Folded::of(text).fingerprint()
    }

    /// The bytes, for storing.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    fn hash(domain: &str, text: &str) -> Fingerprint {
        let digest = Sha256::new().chain_update(domain).chain_update(text).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Fingerprint(bytes)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// Whether two near-copies say different things: their numbers differ, or how often they negate.
///
/// "500 dead" and "5,000 dead" stay two claims however alike they are otherwise.
pub fn contradicts(a: &str, b: &str) -> bool {
    Said::of(&folded_words(a)) != Said::of(&folded_words(b))
}

/// The two things in a text that one small edit turns into another claim: near-copies in which they differ say different things.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// How often each number occurs.
    pub(crate) numbers: BTreeMap<String, usize>,
    pub(crate) negations: usize,
}

impl Said {
    pub(crate) fn of(words: &[impl AsRef<str>]) -> Said {
        let mut said = Said::default();
        for word in words {
            let word = word.as_ref();
            if is_number(word) {
                *said.numbers.entry(word.to_owned()).or_default() += 1;
            } else if negates(word) {
                said.negations += 1;
            }
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_never_change() {
        assert_eq!(
            Fingerprint::exact("Die Erde ist flach.").to_string(),
            "147b214400c90ee2292c7b68b78e9fbc"
        );
        let near = Fingerprint::near_verbatim("Die Erde ist flach.").unwrap();
        assert_eq!(near.to_string(), "d673fbe8dd9e3dfe8e8e93ff28158bcc");
    }

    #[test]
    fn exact_means_equal_after_normalisation() {
        let a = Fingerprint::exact("  The Earth\u{a0}is FLAT ");
        assert_eq!(a, Fingerprint::exact("the earth is flat"));
        assert_ne!(a, Fingerprint::exact("the earth is flat."));
    }

    #[test]
    fn near_verbatim_sees_the_words_only() {
        let plain = "5,000 nurses did not take the vaccine";
        let same = [
            "5.000 NURSES did not take the vaccine!!! 🔥",
            "RT @news: 5000 nurses did not take the #vaccine https://t.co/x",
            "“5,000 nurses did not take the váccine” via @news",
            "5,000 nurses did not take the vaccine — News (@news) May 1, 2020",
        ];
        for text in same {
            assert_eq!(
                Fingerprint::near_verbatim(text),
                Fingerprint::near_verbatim(plain),
                "{text}"
            );
        }
        let others = [
            "500 nurses did not take the vaccine",
            "5,000 nurses did take the vaccine",
            "5,000 vaccine did not take the nurses",
        ];
        for text in others {
            assert_ne!(
                Fingerprint::near_verbatim(text),
                Fingerprint::near_verbatim(plain),
                "{text}"
            );
        }
        for short in ["", "the earth flat", "🔥🔥🔥🔥🔥", "(((((("] {
            assert_eq!(Fingerprint::near_verbatim(short), None, "{short}");
        }
    }

    #[test]
    fn numbers_and_negations_contradict() {
        let cases = [
            ("500 dead in Berlin", "5,000 dead in Berlin", true),
            ("5,000 dead in Berlin", "5.000 Dead in BERLIN!", false),
            ("Vaccines cause autism", "Vaccines do not cause autism", true),
            ("Vaccines don't cause autism", "Vaccines do not cause autism", false),
            (
                "Impfungen verursachen Autismus",
                "Impfungen verursachen keinen Autismus",
                true,
            ),
            ("١٠٠ قتيل في برلين", "100 قتيل في برلين", false),
            ("", "", false),
        ];
        for (a, b, wanted) in cases {
            assert_eq!(contradicts(a, b), wanted, "{a} / {b}");
            assert_eq!(contradicts(b, a), wanted, "{b} / {a}");
        }
    }
}
