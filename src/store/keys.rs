//! API keys. They are no domain objects: the change log does not name them.

use super::{Error, Store};
use crate::domain::{ApiKey, KeyId, Timestamp};

impl Store {
    /// Adds a key.
    pub async fn add_key(&self, key: &ApiKey) -> Result<(), Error> {
        let _ = key;
        todo!()
    }

    /// A key, revoked or not.
    pub async fn key(&self, id: &KeyId) -> Result<Option<ApiKey>, Error> {
        let _ = id;
        todo!()
    }

    /// All keys, oldest first.
    pub async fn keys(&self) -> Result<Vec<ApiKey>, Error> {
        todo!()
    }

    /// Revokes a key; one revoked before keeps its time. `None` if there is no such key.
    pub async fn revoke_key(&self, id: &KeyId, at: Timestamp) -> Result<Option<ApiKey>, Error> {
        let _ = (id, at);
        todo!()
    }
}
