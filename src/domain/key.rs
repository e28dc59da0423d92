//! API keys.

use super::{KeyId, Timestamp, words::words};

/// An API key as the store knows it: never the secret, only its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its identifier, which is part of the key's text.
    pub id: KeyId,
    /// Whose it is, as the operator wrote it.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// SHA-256 of the secret. The secret holds 256 random bits, so a slow hash would add nothing.
    pub secret_sha256: [u8; 32],
    /// Since when.
    pub created_at: Timestamp,
    /// From when on it no longer opens anything.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// What a key may do. Each one includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Read, including the change log with who did what.
    Read,
    /// Write claims, fact-checks and attachments.
    Review,
}

words!(Scope { Read => "read", Review => "review" });
