//! API keys. They are no domain objects: the change log does not name them.

use super::{
    Error, Store,
    transaction::transact,
    value::{Row, args},
};
use crate::domain::{Actor, ApiKey, KeyId, Timestamp};

fn key(row: &mut Row) -> Result<ApiKey, Error> {
    Ok(ApiKey {
        id: row.take()?,
        name: row.take()?,
        scope: row.take()?,
        secret_sha256: row.take()?,
        created_at: row.take()?,
        expires_at: row.take()?,
        revoked_at: row.take()?,
    })
}

impl Store {
    /// Adds a key.
    pub async fn add_key(&self, key: &ApiKey) -> Result<(), Error> {
        let sql = "INSERT INTO api_keys (id, name, scope, secret_sha256, created_at, expires_at, revoked_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let secret = key.secret_sha256.as_slice();
        let args = args![
            &key.id,
            &key.name,
            &key.scope,
            secret,
            key.created_at,
            key.expires_at,
            key.revoked_at
        ];
        transact!(self.db, &Actor::Operator, |tx| tx.execute(sql, args.clone())).map(drop)
    }

    /// A key, revoked or not.
    pub async fn key(&self, id: &KeyId) -> Result<Option<ApiKey>, Error> {
        let sql =
            "SELECT id, name, scope, secret_sha256, created_at, expires_at, revoked_at FROM api_keys WHERE id = $1";
        let mut rows = self.db.quick().await?.fetch(sql, args![id]).await?;
        rows.first_mut().map(key).transpose()
    }

    /// All keys, oldest first.
    pub async fn keys(&self) -> Result<Vec<ApiKey>, Error> {
        let sql = "SELECT id, name, scope, secret_sha256, created_at, expires_at, revoked_at FROM api_keys ORDER BY id";
        self.db.fetch(sql, vec![]).await?.iter_mut().map(key).collect()
    }

    /// Revokes a key; one revoked before keeps its time. `None` if there is no such key.
    pub async fn revoke_key(&self, id: &KeyId, at: Timestamp) -> Result<Option<ApiKey>, Error> {
        let sql = "UPDATE api_keys SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1 \
                   RETURNING id, name, scope, secret_sha256, created_at, expires_at, revoked_at";
        let args = args![id, at];
        let mut rows = transact!(self.db, &Actor::Operator, |tx| tx.fetch(sql, args.clone()))?;
        rows.first_mut().map(key).transpose()
    }
}
