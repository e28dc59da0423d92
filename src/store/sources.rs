//! What the crawler is set to read.

use super::{
    Added, Error, Store,
    transaction::{Tx, transact},
    value::{Row, args},
};
use crate::domain::{Action, Actor, ObjectKind, Source, SourceId, SourceKind, WebUrl};

pub(super) fn source(row: &mut Row) -> Result<Source, Error> {
    Ok(Source {
        id: row.take()?,
        url: row.take()?,
        kind: row.take()?,
        created_at: row.take()?,
    })
}

impl Store {
    /// Sets a source. An address that is set already (by its [`UrlKey`](crate::domain::UrlKey)) stays as it is.
    pub async fn add_source(&self, url: &WebUrl, kind: SourceKind, actor: &Actor) -> Result<Added<Source>, Error> {
        transact!(self.db, actor, |tx| add(&mut tx, url, kind))
    }

    /// All sources that are set, oldest first.
    pub async fn sources(&self) -> Result<Vec<Source>, Error> {
        let sql = "SELECT id, url, kind, created_at FROM sources WHERE removed_at IS NULL ORDER BY id";
        self.db.fetch(sql, vec![]).await?.iter_mut().map(source).collect()
    }

    /// Unsets a source; what was read there stays. [`Error::NotFound`] if it is not set.
    pub async fn remove_source(&self, id: &SourceId, actor: &Actor) -> Result<Source, Error> {
        transact!(self.db, actor, |tx| remove(&mut tx, id))
    }
}

async fn add(tx: &mut Tx, url: &WebUrl, kind: SourceKind) -> Result<Added<Source>, Error> {
    let new = Source {
        id: SourceId::new(),
        url: url.clone(),
        kind,
        created_at: tx.at,
    };
    let sql = "INSERT INTO sources (id, url, url_key, kind, created_at, version) VALUES ($1, $2, $3, $4, $5, 1) \
               ON CONFLICT (url_key) WHERE removed_at IS NULL DO NOTHING";
    if tx
        .execute(sql, args![&new.id, url, &url.key(), &kind, new.created_at])
        .await?
        == 1
    {
        tx.note(ObjectKind::Source, new.id, 1, Action::Created);
        return Ok(Added::New(new));
    }
    let sql = "SELECT id, url, kind, created_at FROM sources WHERE url_key = $1 AND removed_at IS NULL";
    let mut rows = tx.fetch(sql, args![&url.key()]).await?;
    // Gone again since it stood in the way: try anew.
    rows.first_mut()
        .ok_or_else(Error::lost_race)
        .and_then(source)
        .map(Added::Known)
}

async fn remove(tx: &mut Tx, id: &SourceId) -> Result<Source, Error> {
    let sql = "UPDATE sources SET removed_at = $2, version = version + 1 WHERE id = $1 AND removed_at IS NULL \
               RETURNING id, url, kind, created_at, version";
    let mut rows = tx.fetch(sql, args![id, tx.at]).await?;
    let row = rows.first_mut().ok_or(Error::NotFound(ObjectKind::Source))?;
    let removed = source(row)?;
    tx.note(ObjectKind::Source, *id, row.take()?, Action::Removed);
    Ok(removed)
}
