//! Where the archive keeps what documents were read from. Of no interest to the index, so nothing of it is in the change log.

use std::collections::HashMap;

use super::{
    Error, Store,
    transaction::{Tx, transact},
    value::{Row, args},
};
use crate::domain::{Actor, DocumentId, Kept, UrlKey, WebUrl};

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

/// A record of the archive that is not referred to by its place any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Where it was.
    pub from: u64,
    /// Where it is.
    pub to: u64,
}

impl Store {
    /// Notes that the archive keeps what must not be kept.
    pub(super) async fn note_unwanted(&self, kept: &Kept) -> Result<(), Error> {
        let sql = "INSERT INTO unwanted_records (file, place) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        transact!(self.db, &Actor::Crawl, |tx| async {
            tx.execute(sql, args![&kept.file, kept.offset]).await.map(drop)
        })
    }

    /// Records that the archive keeps and must not: file and place of each.
    pub async fn unwanted_records(&self) -> Result<Vec<(String, u64)>, Error> {
        let sql = "SELECT file, place FROM unwanted_records ORDER BY file, place";
        let mut rows = self.db.fetch(sql, vec![]).await?;
        rows.iter_mut().map(|row| Ok((row.take()?, row.take()?))).collect()
    }

    /// Whether documents refer to one of the archive's files.
    pub async fn refers_to(&self, file: &str) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM document_copies WHERE file = $1 LIMIT 1";
        Ok(!self.db.fetch(sql, args![file]).await?.is_empty())
    }

    /// Follows a file of the archive that was written anew under another name: copies in it are where their records are now,
    /// and those whose records are gone are forgotten. Gives how many were forgotten.
    pub async fn follow_rewriting(&self, file: &str, new: Option<&str>, moved: &[Moved]) -> Result<u64, Error> {
        transact!(self.db, &Actor::Operator, |tx| async {
            let to = moved.iter().map(|one| (one.from, one.to)).collect::<HashMap<_, _>>();
            let sql = "SELECT DISTINCT place FROM document_copies WHERE file = $1";
            for row in &mut tx.fetch(sql, args![file]).await? {
                let from: u64 = row.take()?;
                if let Some((to, new)) = to.get(&from).zip(new) {
                    let sql = "UPDATE document_copies SET file = $3, place = $4 WHERE file = $1 AND place = $2";
                    tx.execute(sql, args![file, from, new, *to]).await?;
                }
            }
            tx.execute("DELETE FROM unwanted_records WHERE file = $1", args![file])
                .await?;
            tx.execute("DELETE FROM document_copies WHERE file = $1", args![file])
                .await
        })
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
