//! API keys: `klar_<id>_<secret>_<checksum>`.
//!
//! The checksum lets a scanner of leaked secrets, and us, refuse a mistyped key without asking the store. The store
//! holds the SHA-256 of the secret: with 256 random bits a slow hash would add nothing.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{
    domain::{ApiKey, KeyId, Scope, Timestamp},
    store::{self, Store},
};

/// Why a key opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is not of the form of a key, or its checksum is wrong.
    #[error("this is not a key of this service")]
    Malformed,
    /// No such key, or another secret.
    #[error("no such key")]
    Unknown,
    /// Its time is over.
    #[error("the key has expired")]
    Expired,
    /// It was revoked.
    #[error("the key was revoked")]
    Revoked,
    /// The store failed.
    #[error("cannot read the store")]
    Store(#[from] store::Error),
}

/// What a new key is to be.
#[derive(Debug)]
pub struct NewKey {
    /// Whose it is.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// Until when, if not for ever.
    pub expires_at: Option<Timestamp>,
}

/// Makes a key and stores it. The text returned is shown once and kept nowhere.
pub async fn issue(store: &Store, new: NewKey) -> Result<(ApiKey, String), store::Error> {
    let secret = random_secret();
    let key = ApiKey {
        id: KeyId::new(),
        name: new.name,
        scope: new.scope,
        secret_sha256: digest(&secret),
        created_at: Timestamp::now(),
        expires_at: new.expires_at,
        revoked_at: None,
    };
    store.add_key(&key).await?;
    let text = write(key.id, &secret);
    Ok((key, text))
}

/// The key that a text opens, now.
pub async fn verify(store: &Store, text: &str) -> Result<ApiKey, KeyError> {
    let (id, secret) = read(text).ok_or(KeyError::Malformed)?;
    let key = store.key(&id).await?.ok_or(KeyError::Unknown)?;
    if !bool::from(key.secret_sha256.ct_eq(&digest(secret))) {
        return Err(KeyError::Unknown);
    }
    if key.revoked_at.is_some() {
        return Err(KeyError::Revoked);
    }
    match key.expires_at {
        Some(end) if end <= Timestamp::now() => Err(KeyError::Expired),
        Some(_) | None => Ok(key),
    }
}

fn write(id: KeyId, secret: &str) -> String {
    let body = format!("klar_{}_{secret}", id.to_string().replace('-', ""));
    let sum = checksum(&body);
    format!("{body}_{sum}")
}

fn read(text: &str) -> Option<(KeyId, &str)> {
    let (body, sum) = text.rsplit_once('_')?;
    let (id, secret) = body.strip_prefix("klar_")?.split_once('_')?;
    let whole = secret.len() == 64 && checksum(body) == sum;
    Some((id.parse().ok()?, secret)).filter(|_| whole)
}

fn random_secret() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    hex(&bytes)
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Six hex digits: enough to catch a typing error, no help in guessing.
fn checksum(body: &str) -> String {
    hex(&Sha256::digest(body.as_bytes())[..3])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |text, byte| {
        text + &format!("{byte:02x}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_and_a_mistyped_one_is_not() {
        let id = KeyId::new();
        let secret = random_secret();
        let text = write(id, &secret);
        assert_eq!(read(&text), Some((id, secret.as_str())));
        let last = text.len() - 1;
        for wrong in [
            &text[1..],
            &text[..last],
            "",
            "klar___",
            &text.replacen('a', "b", 1),
            &text.to_uppercase(),
        ] {
            assert!(wrong == text || read(wrong).is_none(), "{wrong}");
        }
    }
}
