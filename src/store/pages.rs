//! Which row is a page that was read? By its address, and where that is new by what it says: sites serve one page under many
//! addresses, and a thousand of them are not a thousand who say it.

use sha2::{Digest, Sha256};

use super::{
    Error,
    db::Conn,
    documents::{Origin, Recorded},
    suppressions,
    transaction::Tx,
    value::{Row, Value, args},
};
use crate::domain::{Author, Document, DocumentId, Pseudonym, SourceId, Thresholds, Timestamp};

/// What is to be recorded.
pub(super) struct Page<'a> {
    pub(super) document: &'a Document,
    pub(super) origin: &'a Origin,
    content: [u8; 32],
    pub(super) limits: &'a Thresholds,
}

/// What is stored at its address.
pub(super) struct Stored {
    pub(super) id: DocumentId,
    content: [u8; 32],
    pub(super) version: u64,
    copies: u64,
}

impl Stored {
    /// Whether there is a copy of this version now and was none before: the archive was not on.
    pub(super) const fn lacks_copy(&self, page: &Page<'_>) -> bool {
        self.copies == 0 && page.origin.kept.is_some()
    }

    pub(super) fn is(&self, page: &Page<'_>) -> bool {
        self.content == page.content
    }

    pub(super) const fn unchanged(&self) -> Recorded {
        Recorded {
            document: self.id,
            changed: false,
            sightings_new: 0,
            claims_new: 0,
        }
    }
}

/// SHA-256 over everything that we read.
fn content(document: &Document) -> [u8; 32] {
    let Document {
        url: _,
        canonical_url,
        title,
        text,
        lang,
        author,
        published_at,
    } = document;
    let read = (canonical_url, title, text, lang, author, published_at);
    Sha256::digest(serde_json::to_vec(&read).expect("a tuple of plain values")).into()
}

/// The columns that [`stored`] reads, up to the condition.
macro_rules! stored_columns {
    () => {
        "SELECT d.id, d.content, d.version, (SELECT COUNT(*) FROM document_copies c \
         WHERE c.document_id = d.id AND c.version = d.version) FROM documents d WHERE "
    };
}

fn stored(row: &mut Row) -> Result<Stored, Error> {
    Ok(Stored {
        id: row.take()?,
        content: row.take()?,
        version: row.take()?,
        copies: row.take()?,
    })
}

impl<'a> Page<'a> {
    pub(super) fn new(document: &'a Document, origin: &'a Origin, limits: &'a Thresholds) -> Self {
        Self {
            document,
            origin,
            content: content(document),
            limits,
        }
    }

    pub(super) async fn stored(&self, conn: &mut Conn) -> Result<Option<Stored>, Error> {
        let key = self.document.url.key();
        let mut rows = conn
            .fetch(concat!(stored_columns!(), "d.url_key = $1"), args![&key])
            .await?;
        rows.first_mut().map(stored).transpose()
    }

    /// The same page under another address, if it was read there first.
    pub(super) async fn under_another_address(&self, conn: &mut Conn) -> Result<Option<Stored>, Error> {
        let sql = concat!(stored_columns!(), "d.twin = $1 ORDER BY d.id LIMIT 1");
        let mut rows = conn.fetch(sql, args![self.twin()]).await?;
        rows.first_mut().map(stored).transpose()
    }

    /// What one page has under all its addresses: SHA-256 over the site and what is read there. `None` for what is too short to
    /// be told from what others say, and for posts: whoever posts the same says the same.
    fn twin(&self) -> Option<[u8; 32]> {
        let Document {
            url,
            canonical_url: _,
            title,
            text,
            lang,
            author,
            published_at,
        } = self.document;
        let key = url.key();
        let is_page = self.origin.answer.as_ref() == Some(&key);
        let read = (key.site(), title, text, lang, author, published_at);
        let hash = || Sha256::digest(serde_json::to_vec(&read).expect("a tuple of plain values")).into();
        (is_page && suppressions::is_telling(text, *published_at)).then(hash)
    }

    pub(super) fn account(&self) -> Option<Pseudonym> {
        self.document.author.as_ref().and_then(Author::pseudonym)
    }

    /// When a claim was seen here: what the page says, unless that lies in the future.
    pub(super) fn seen_at(&self) -> Timestamp {
        self.document
            .published_at
            .map_or(self.origin.at, |published| published.min(self.origin.at))
    }
}

pub(super) async fn insert(tx: &mut Tx, page: &Page<'_>) -> Result<DocumentId, Error> {
    let id = DocumentId::new();
    let sql = "INSERT INTO documents (id, url, url_key, source_id, canonical_url, canonical_key, title, text, lang, author, \
               published_at, content, first_read_at, changed_at, version, account, twin) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, 1, $14, $15) ON CONFLICT (url_key) DO NOTHING";
    let url = &page.document.url;
    let source = known_source(tx, page).await?;
    let mut args = args![&id, url, &url.key(), source.as_ref()];
    args.extend(contents(page));
    match tx.execute(sql, args).await? {
        0 => Err(Error::lost_race()),
        _ => Ok(id),
    }
}

/// The source, unless it was removed for good while its pages were read.
async fn known_source(tx: &mut Tx, page: &Page<'_>) -> Result<Option<SourceId>, Error> {
    let sql = "SELECT id FROM sources WHERE id = $1";
    tx.fetch(sql, args![page.origin.source.as_ref()])
        .await?
        .first_mut()
        .map(Row::take)
        .transpose()
}

pub(super) async fn update(tx: &mut Tx, stored: &Stored, page: &Page<'_>) -> Result<(), Error> {
    let sql = "UPDATE documents SET canonical_url = $3, canonical_key = $4, title = $5, text = $6, lang = $7, author = $8, \
               published_at = $9, content = $10, changed_at = $11, account = $12, twin = $13, holds = 2, version = version + 1 \
               WHERE id = $1 AND version = $2";
    let mut args = args![&stored.id, stored.version];
    args.extend(contents(page));
    match tx.execute(sql, args).await? {
        0 => Err(Error::lost_race()),
        _ => Ok(()),
    }
}

fn contents(page: &Page<'_>) -> Vec<Value> {
    let Document {
        url: _,
        canonical_url,
        title,
        text,
        lang,
        author,
        published_at,
    } = page.document;
    let canonical = canonical_url.as_ref();
    let canonical_key = canonical.map(crate::domain::WebUrl::key);
    let (content, at) = (page.content.as_slice(), page.origin.at);
    args![
        canonical,
        canonical_key.as_ref(),
        title,
        text,
        lang,
        author.as_ref().and_then(Author::byline),
        *published_at,
        content,
        at,
        author.as_ref().and_then(Author::pseudonym).as_ref(),
        page.twin()
    ]
}
