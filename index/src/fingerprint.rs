//! Comes in: a text. Goes out: sixteen bytes that equal texts share.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::normalise_text;

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
    /// count; words, negations and numbers do. `None` under four words, where equality means little.
    pub fn near_verbatim(_text: &str) -> Option<Fingerprint> {
        todo!()
    }

    /// The bytes, for storing.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    fn hash(domain: &str, text: &str) -> Fingerprint {
        let digest = Sha256::new()
            .chain_update(domain)
            .chain_update(text)
            .finalize();
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
pub fn contradicts(_a: &str, _b: &str) -> bool {
    todo!()
}
