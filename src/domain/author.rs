//! Who wrote a document. A publication's byline is a name that somebody signs with; an account may be a private person's, and
//! is never written down.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Serialize, Serializer};
use sha2::Sha256;

/// Who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// As a publication prints it.
    Byline(String),
    /// An account of a network, on its way to become a pseudonym.
    Account(Handle),
    /// An account, known again but not known.
    Pseudonym(Pseudonym),
}

impl Author {
    /// The byline, if it is one.
    pub fn byline(&self) -> Option<&String> {
        match self {
            Self::Byline(name) => Some(name),
            Self::Account(_) | Self::Pseudonym(_) => None,
        }
    }

    /// The pseudonym, if it is one.
    pub const fn pseudonym(&self) -> Option<Pseudonym> {
        match self {
            Self::Pseudonym(pseudonym) => Some(*pseudonym),
            Self::Byline(_) | Self::Account(_) => None,
        }
    }
}

/// Only bylines are written anywhere.
impl Serialize for Author {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.byline().serialize(to)
    }
}

/// The name of an account at its network, such as `ada@social.example`: in memory only, and in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Handle(String);

impl Handle {
    /// A name as the network gives it. Upper and lower case are one account's.
    pub fn new(name: &str) -> Self {
        Self(name.trim().to_lowercase())
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle(…)")
    }
}

/// What stands for an account: two posts of one account have the same, and nobody without the key can tell whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pseudonym([u8; 16]);

impl Pseudonym {
    /// As it was stored.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// As stored.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// The key that pseudonyms are made with. It is not in the store: who has only that cannot try names.
#[derive(Clone)]
pub struct AccountKey([u8; 32]);

impl AccountKey {
    /// From random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The account's pseudonym: the first half of HMAC-SHA256 (RFC 2104) over its name.
    pub fn pseudonym(&self, handle: &Handle) -> Pseudonym {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length is a key");
        mac.update(handle.0.as_bytes());
        let hash = mac.finalize().into_bytes();
        let mut half = [0; 16];
        half.copy_from_slice(&hash[..16]);
        Pseudonym(half)
    }
}

impl fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_is_the_accounts_and_the_keys() {
        let (key, other) = (AccountKey::new([1; 32]), AccountKey::new([2; 32]));
        let ada = Handle::new("Ada@social.example ");
        assert_eq!(key.pseudonym(&ada), key.pseudonym(&Handle::new("ada@social.example")));
        assert_ne!(key.pseudonym(&ada), key.pseudonym(&Handle::new("bea@social.example")));
        assert_ne!(key.pseudonym(&ada), other.pseudonym(&ada));
    }

    #[test]
    fn accounts_are_written_nowhere() {
        let key = AccountKey::new([1; 32]);
        let ada = Handle::new("ada@social.example");
        for author in [Author::Account(ada.clone()), Author::Pseudonym(key.pseudonym(&ada))] {
            assert_eq!(serde_json::to_string(&Some(&author)).unwrap(), "null");
            assert!(!format!("{author:?}").contains("ada"));
        }
        let byline = Author::Byline("Mia Muster".to_owned());
        assert_eq!(serde_json::to_string(&byline).unwrap(), "\"Mia Muster\"");
    }
}
