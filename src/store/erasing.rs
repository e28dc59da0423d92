//! Documents that somebody wants gone come in; a store without a word of them goes out. Fact-checks stay, and what people wrote here.

use std::collections::BTreeSet;

use super::{
    Error, Store, family,
    merging::note,
    rewording::{self, Prints},
    transaction::{Tx, transact},
    value::{Row, Value, args},
};
use crate::domain::{
    Action, Actor, Author, ClaimId, Document, DocumentId, Kept, ObjectKind, Pseudonym, SightingId, UrlKey,
};

/// Documents erased by one transaction: other writers wait for it.
const BATCH: usize = 100;

/// Which documents are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// This one.
    Document(DocumentId),
    /// Read at an address, or naming it as its own.
    Address(UrlKey),
    /// By an author.
    Author(Author),
}

/// A document that is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doomed {
    /// Its identifier.
    pub id: DocumentId,
    /// What it says.
    pub document: Document,
    /// Where copies of it are kept.
    pub copies: Vec<Kept>,
}

/// What was erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Erased {
    /// Documents.
    pub documents: u64,
    /// Sightings of claims in them.
    pub sightings: u64,
    /// Claims that say now what another sighting or a fact-check says.
    pub claims_reworded: u64,
    /// Claims that say nothing any more.
    pub claims_emptied: u64,
    /// Addresses that the crawler forgot.
    pub pages: u64,
}

impl std::ops::AddAssign for Erased {
    fn add_assign(&mut self, more: Self) {
        self.documents += more.documents;
        self.sightings += more.sightings;
        self.claims_reworded += more.claims_reworded;
        self.claims_emptied += more.claims_emptied;
        self.pages += more.pages;
    }
}

const DOOMED: &str =
    "SELECT id, url, canonical_url, title, text, lang, author, account, published_at FROM documents WHERE ";

impl Store {
    /// The documents meant.
    pub async fn doomed(&self, which: &Which) -> Result<Vec<Doomed>, Error> {
        let (condition, key) = match which {
            Which::Document(id) => ("id = $1", Value::from(id)),
            Which::Address(key) => ("url_key = $1 OR canonical_key = $1", Value::from(key)),
            Which::Author(Author::Byline(name)) => ("author = $1", Value::from(name.as_str())),
            Which::Author(Author::Pseudonym(account)) => ("account = $1", Value::from(account)),
            // Nothing is stored under an account's own name.
            Which::Author(Author::Account(_)) => return Ok(Vec::new()),
        };
        let sql = format!("{DOOMED}{condition} ORDER BY id");
        let rows = self.db.fetch(sqlx::AssertSqlSafe(sql), vec![key]).await?;
        self.with_copies(rows).await
    }

    /// Documents after one, by identifier: for asking of each whether it is to go.
    pub async fn documents_after(&self, after: Option<&DocumentId>, limit: u32) -> Result<Vec<Doomed>, Error> {
        let after = after.map(DocumentId::to_string).unwrap_or_default();
        let sql = format!("{DOOMED}id > $1 ORDER BY id LIMIT $2");
        let rows = self.db.fetch(sqlx::AssertSqlSafe(sql), args![after, limit]).await?;
        self.with_copies(rows).await
    }

    async fn with_copies(&self, mut rows: Vec<Row>) -> Result<Vec<Doomed>, Error> {
        let mut doomed: Vec<Doomed> = rows.iter_mut().map(document).collect::<Result<_, _>>()?;
        let keys = doomed.iter().map(|one| Value::from(&one.id)).collect();
        let sql = "SELECT document_id, file, place, digest FROM document_copies WHERE document_id IN {in}";
        for row in &mut self.db.fetch_in(sql, keys).await? {
            let id: DocumentId = row.take()?;
            let kept = Kept {
                file: row.take()?,
                offset: row.take()?,
                digest: row.take()?,
            };
            if let Some(one) = doomed.iter_mut().find(|one| one.id == id) {
                one.copies.push(kept);
            }
        }
        Ok(doomed)
    }

    /// How many fact-checks name one of some addresses, as their own or as where the claim was seen.
    pub async fn fact_checks_naming(&self, keys: &[UrlKey]) -> Result<u64, Error> {
        let sql = "SELECT DISTINCT fact_check_id FROM fact_check_urls WHERE url_key IN {in}";
        let rows = self.db.fetch_in(sql, keys.iter().map(Value::from).collect()).await?;
        Ok(rows.len() as u64)
    }

    /// Forgets since when an account is known.
    pub async fn forget_account(&self, author: &Author) -> Result<(), Error> {
        let sql = "DELETE FROM accounts WHERE pseudonym = $1";
        transact!(self.db, &Actor::Operator, |tx| async {
            match author.pseudonym() {
                Some(account) => tx.execute(sql, args![&account]).await.map(drop),
                None => Ok(()),
            }
        })
    }

    /// Erases documents with their sightings, what the crawler remembers of some addresses, and what reports say of them.
    pub async fn erase(&self, ids: &[DocumentId], keys: &[UrlKey]) -> Result<Erased, Error> {
        let mut erased = Erased::default();
        for ids in ids.chunks(BATCH) {
            erased += transact!(self.db, &Actor::Operator, |tx| erase(&mut tx, ids))?;
        }
        erased.pages = transact!(self.db, &Actor::Operator, |tx| forget_visits(&mut tx, keys))?;
        Ok(erased)
    }
}

fn document(row: &mut Row) -> Result<Doomed, Error> {
    Ok(Doomed {
        id: row.take()?,
        document: Document {
            url: row.take()?,
            canonical_url: row.take()?,
            title: row.take()?,
            text: row.take()?,
            lang: row.take()?,
            author: author(row.take()?, row.take()?),
            published_at: row.take()?,
        },
        copies: Vec::new(),
    })
}

fn author(byline: Option<String>, account: Option<[u8; 16]>) -> Option<Author> {
    let account = account.map(|bytes| Author::Pseudonym(Pseudonym::from_bytes(bytes)));
    account.or_else(|| byline.map(Author::Byline))
}

/// Also has every answer read again, even if it is the same as before: who names what was erased has to be found out.
async fn forget_visits(tx: &mut Tx, keys: &[UrlKey]) -> Result<u64, Error> {
    for table in ["crawl_sources", "crawl_pages"] {
        let sql = format!("UPDATE {table} SET content = NULL WHERE content IS NOT NULL");
        tx.execute(sqlx::AssertSqlSafe(sql), vec![]).await?;
    }
    let keys: Vec<Value> = keys.iter().map(Value::from).collect();
    let sql = "UPDATE reports SET text = NULL, quote = NULL, url = NULL, url_key = NULL WHERE url_key IN {in}";
    tx.execute_in(sql, vec![], keys.clone()).await?;
    tx.execute_in("DELETE FROM crawl_pages WHERE url_key IN {in}", vec![], keys)
        .await
}

async fn erase(tx: &mut Tx, ids: &[DocumentId]) -> Result<Erased, Error> {
    let keys: Vec<Value> = ids.iter().map(Value::from).collect();
    let sql = "SELECT id, claim_id, quote FROM sightings WHERE document_id IN {in}";
    let (mut sightings, mut claims, mut gone): (Vec<SightingId>, BTreeSet<ClaimId>, Vec<String>) = Default::default();
    for row in &mut tx.fetch_in(sql, keys.clone()).await? {
        sightings.push(row.take()?);
        claims.insert(row.take()?);
        gone.push(row.take()?);
    }
    let heads = hold(tx, &claims).await?;
    for table in ["sightings", "document_copies"] {
        let sql = format!("DELETE FROM {table} WHERE document_id IN {{in}}");
        tx.execute_in(&sql, vec![], keys.clone()).await?;
    }
    let documents = tx
        .execute_in("DELETE FROM documents WHERE id IN {in}", vec![], keys)
        .await?;
    let (claims_reworded, claims_emptied) = rewording::reword(tx, &claims, &heads, &gone, Prints::Go).await?;
    for head in &heads {
        family::recount(tx, head).await?;
        note(tx, head, Action::Updated).await?;
    }
    note_sightings(tx, &sightings, Action::Removed).await?;
    Ok(Erased {
        documents,
        sightings: sightings.len() as u64,
        claims_reworded,
        claims_emptied,
        pages: 0,
    })
}

/// Takes hold of the claims that stand for some, in one order everywhere, before anything of them is read, and raises their
/// versions, which the caller notes; gives them.
pub(super) async fn hold(tx: &mut Tx, claims: &BTreeSet<ClaimId>) -> Result<BTreeSet<ClaimId>, Error> {
    let ids: Vec<ClaimId> = claims.iter().copied().collect();
    let standing = family::standing(tx.conn(), &ids).await?;
    let heads: BTreeSet<ClaimId> = standing.values().copied().collect();
    for head in &heads {
        let sql = "UPDATE claims SET version = version + 1 WHERE id = $1 AND merged_into IS NULL";
        if tx.execute(sql, args![head]).await? == 0 {
            return Err(Error::lost_race());
        }
    }
    family::still_standing(tx, &standing).await?;
    Ok(heads)
}

pub(super) async fn note_sightings(tx: &mut Tx, sightings: &[SightingId], action: Action) -> Result<(), Error> {
    let keys = sightings.iter().map(Value::from).collect();
    let versions = rewording::versions::<SightingId>(tx, keys).await?;
    for id in sightings {
        let version = versions.get(id).copied().unwrap_or_default() + 1;
        tx.note(ObjectKind::Sighting, *id, version, action);
    }
    Ok(())
}
