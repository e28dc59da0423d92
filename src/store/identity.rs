//! Comes in: other publishers' fact-checks. Goes out: which are the same one.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::{founding::Wording, value::Value};
use crate::domain::{ClaimText, ExternalFactCheck, Fingerprint};

/// What stays the same while a publisher rewrites a fact-check: publisher and address, else publisher and identifier.
/// Sixteen bytes of SHA-256, so that the key is short whatever the publisher sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Identity([u8; 16]);

impl Identity {
    pub(super) fn of(check: &ExternalFactCheck) -> Self {
        let publisher = check.publisher.name.trim().to_lowercase();
        match (&check.url, &check.identifier) {
            // Several reviews on one page may differ by their anchors alone.
            (Some(url), _) => {
                let anchor = url.to_url().fragment().unwrap_or_default().to_owned();
                Self::hash(&[&publisher, "url", url.key().as_str(), &anchor])
            }
            (None, Some(identifier)) => Self::hash(&[&publisher, "identifier", identifier.trim()]),
            (None, None) => Self::hash(&[&publisher, "claim", &claim(check, None).to_string()]),
        }
    }

    /// Of one of several reviews on one page, each of another claim.
    fn among_several(self, claim: &Fingerprint) -> Self {
        let mut joined = self.0.to_vec();
        joined.extend(claim.as_bytes());
        Self::cut(&Sha256::digest(joined))
    }

    fn hash(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self::cut(&hash.finalize())
    }

    fn cut(digest: &[u8]) -> Self {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(bytes)
    }
}

impl From<[u8; 16]> for Identity {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl From<&Identity> for Value {
    fn from(identity: &Identity) -> Self {
        identity.0.as_slice().into()
    }
}

impl From<Option<&Identity>> for Value {
    fn from(identity: Option<&Identity>) -> Self {
        identity.map_or(Self::Blob(None), Into::into)
    }
}

/// What it reviews, for comparing.
fn claim(check: &ExternalFactCheck, wording: Option<&Wording>) -> Fingerprint {
    wording.map_or_else(|| Fingerprint::exact(&check.claim_reviewed), |wording| wording.exact)
}

/// What it reviews, as a claim's wording: cut if it is too long, none without a letter or digit.
fn wording(check: &ExternalFactCheck) -> Option<Wording> {
    let text: String = check.claim_reviewed.trim().chars().take(ClaimText::MAX_CHARS).collect();
    Some(Wording::new(ClaimText::parse(&text).ok()?, check.lang))
}

/// A fact-check of a batch with the identities that it may have.
pub(super) struct Candidate {
    pub(super) check: ExternalFactCheck,
    pub(super) wording: Option<Wording>,
    claim: Fingerprint,
    plain: Identity,
    own: Identity,
}

impl Candidate {
    pub(super) fn new(check: ExternalFactCheck) -> Self {
        let wording = wording(&check);
        let claim = claim(&check, wording.as_ref());
        let plain = Identity::of(&check);
        let own = plain.among_several(&claim);
        Self {
            check,
            wording,
            claim,
            plain,
            own,
        }
    }

    /// Every identity under which the store may know it.
    pub(super) const fn identities(&self) -> [&Identity; 2] {
        [&self.plain, &self.own]
    }

    fn reviews_the_claim_of(&self, stored: &ExternalFactCheck) -> bool {
        claim(stored, wording(stored).as_ref()) == self.claim
    }
}

/// Gives each fact-check of a batch its identity, each identity once; of several with one identity the last stands.
///
/// One page may review several claims: of those in one batch the one that the store knows, else the first, has the page's
/// plain identity, the others have one of their own. A claim that comes alone is the page's, reworded.
pub(super) fn assign<'a, 's>(
    candidates: &'a [Candidate],
    stored: impl Fn(&Identity) -> Option<&'s ExternalFactCheck>,
) -> Vec<(Identity, &'a Candidate)> {
    let mut owners: HashMap<Identity, Fingerprint> = HashMap::new();
    for c in candidates.iter().filter(|c| stored(&c.own).is_none()) {
        let owner = owners.entry(c.plain).or_insert(c.claim);
        if *owner != c.claim && stored(&c.plain).is_some_and(|stored| c.reviews_the_claim_of(stored)) {
            *owner = c.claim;
        }
    }
    let mut places: HashMap<Identity, usize> = HashMap::new();
    let mut assigned = Vec::with_capacity(candidates.len());
    for c in candidates {
        let is_owner = owners.get(&c.plain) == Some(&c.claim);
        let identity = if is_owner { c.plain } else { c.own };
        if let Some(&place) = places.get(&identity) {
            assigned[place] = (identity, c);
        } else {
            places.insert(identity, assigned.len());
            assigned.push((identity, c));
        }
    }
    assigned
}
