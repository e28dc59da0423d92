//! Where the archive keeps what documents were read from. Of no interest to the index, so nothing of it is in the change log.

use super::{
    Error, Store,
    transaction::Tx,
    value::{Row, args},
};
use crate::domain::{DocumentId, Kept, UrlKey, WebUrl};

/// A document, and the copies of it that were kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Where it was read.
    pub url: WebUrl,
    /// Of which versions there is a copy, the newest first, and where each is.
    pub copies: Vec<(u64, Kept)>,
}

impl Store {
    /// A document's copies; `None` if there is no such document.
    pub async fn copies(&self, id: &DocumentId) -> Result<Option<Filed>, Error> {
        let sql = "SELECT d.url, c.version, c.file, c.place, c.digest FROM documents d \
                   LEFT JOIN document_copies c ON c.document_id = d.id WHERE d.id = $1 ORDER BY c.version DESC";
        let mut rows = self.db.fetch(sql, args![id]).await?;
        let mut filed = None;
        for row in &mut rows {
            let url = row.take()?;
            let filed = filed.get_or_insert(Filed { url, copies: vec![] });
            filed.copies.extend(copy(row)?);
        }
        Ok(filed)
    }

    /// The document at an address.
    pub async fn document_at(&self, key: &UrlKey) -> Result<Option<DocumentId>, Error> {
        let mut rows = self
            .db
            .fetch("SELECT id FROM documents WHERE url_key = $1", args![key])
            .await?;
        rows.first_mut().map(Row::take).transpose()
    }
}

fn copy(row: &mut Row) -> Result<Option<(u64, Kept)>, Error> {
    let Some(version) = row.take()? else {
        return Ok(None);
    };
    let kept = Kept {
        file: row.take()?,
        offset: row.take()?,
        digest: row.take()?,
    };
    Ok(Some((version, kept)))
}

/// Notes where a version of a document is kept. The first copy of it stays.
pub(super) async fn keep(tx: &mut Tx, document: &DocumentId, version: u64, kept: Option<&Kept>) -> Result<(), Error> {
    let Some(Kept { file, offset, digest }) = kept else {
        return Ok(());
    };
    let sql = "INSERT INTO document_copies (document_id, version, file, place, digest) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (document_id, version) DO NOTHING";
    let args = args![document, version, file, *offset, digest.as_slice()];
    tx.execute(sql, args).await.map(drop)
}
