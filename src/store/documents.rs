//! What was read, and the claims seen in it.

use std::collections::HashSet;

use claim_index::Sketch;
use sha2::{Digest, Sha256};

use super::{
    Error, Store,
    batch::Insert,
    copies,
    db::Conn,
    family,
    founding::{self, Founded, Wording},
    rewriting,
    transaction::{Tx, transact},
    value::{Row, Value, args},
};
use crate::cluster::{self, Home, Placed, Prints};
use crate::domain::{
    Action, Actor, ClaimId, ClaimOrigin, ClaimText, Document, DocumentId, Kept, Mention, ObjectKind, SightingId,
    SourceId, Timestamp,
};

/// How a document came here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The source that led to it.
    pub source: Option<SourceId>,
    /// When it was read.
    pub at: Timestamp,
    /// Where the archive keeps what it was read from.
    pub kept: Option<Kept>,
}

/// What recording a document did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// The document.
    pub document: DocumentId,
    /// Whether it was new or had another content than stored.
    pub changed: bool,
    /// Sightings made.
    pub sightings_new: u64,
    /// Claims founded.
    pub claims_new: u64,
}

impl Store {
    /// Records a document and where its mentions belong, in one transaction. A document whose content is stored already
    /// writes nothing. A claim has one sighting a document, by the first mention; it stays when a later content of the
    /// document no longer mentions the claim: it was seen there.
    pub async fn record(
        &self,
        document: &Document,
        origin: &Origin,
        placed: &[Placed],
        actor: &Actor,
    ) -> Result<Recorded, Error> {
        let page = Page {
            document,
            origin,
            content: content(document),
        };
        // Looked up without the writer's lock first: most of what a crawl reads is known.
        if let Some(stored) = page
            .stored(&mut self.db.reader().await?)
            .await?
            .filter(|stored| stored.is(&page) && !stored.lacks_copy(&page))
        {
            return Ok(stored.unchanged());
        }
        transact!(self.db, actor, |tx| async {
            self.check_fence(&mut tx).await?;
            record(&mut tx, &page, placed).await
        })
    }

    /// Claims that share a band with a sketch, and their texts: candidates for near-duplicates, those with the most
    /// shared bands first, at most 50.
    pub async fn claims_near(&self, bands: &[i64; 16]) -> Result<Vec<(ClaimId, String)>, Error> {
        near(&mut self.db.reader().await?, bands).await
    }

    /// The claim that has a quote's fingerprint, which [`Store::record`] joins it to whatever its home is: the claim itself,
    /// even where another one stands for it. Words in the same order with other numbers or negations are another claim's.
    pub async fn holder(&self, prints: &Prints, quote: &str) -> Result<Option<ClaimId>, Error> {
        let sql = "SELECT p.fingerprint, c.text, c.id FROM claim_fingerprints p JOIN claims c ON c.place = p.claim \
                   WHERE p.fingerprint IN {in}";
        let keys = std::iter::once(&prints.exact).chain(&prints.near).map(Value::from);
        let mut holders: Vec<(bool, ClaimId)> = Vec::new();
        for row in &mut self.db.fetch_in(sql, keys.collect()).await? {
            let (print, text): ([u8; 16], String) = (row.take()?, row.take()?);
            let is_exact = print == *prints.exact.as_bytes();
            if is_exact || !claim_index::contradicts(quote, &text) {
                holders.push((!is_exact, row.take()?));
            }
        }
        Ok(holders.into_iter().min().map(|(_, claim)| claim))
    }
}

/// What is to be recorded.
struct Page<'a> {
    document: &'a Document,
    origin: &'a Origin,
    content: [u8; 32],
}

/// What is stored at its address.
struct Stored {
    id: DocumentId,
    content: [u8; 32],
    version: u64,
    copies: u64,
}

impl Stored {
    /// Whether there is a copy of this version now and was none before: the archive was not on.
    const fn lacks_copy(&self, page: &Page<'_>) -> bool {
        self.copies == 0 && page.origin.kept.is_some()
    }

    fn is(&self, page: &Page<'_>) -> bool {
        self.content == page.content
    }

    const fn unchanged(&self) -> Recorded {
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

impl Page<'_> {
    async fn stored(&self, conn: &mut Conn) -> Result<Option<Stored>, Error> {
        let sql = "SELECT d.id, d.content, d.version, (SELECT COUNT(*) FROM document_copies c \
                   WHERE c.document_id = d.id AND c.version = d.version) FROM documents d WHERE d.url_key = $1";
        let stored = |row: &mut Row| {
            Ok(Stored {
                id: row.take()?,
                content: row.take()?,
                version: row.take()?,
                copies: row.take()?,
            })
        };
        conn.fetch(sql, args![&self.document.url.key()])
            .await?
            .first_mut()
            .map(stored)
            .transpose()
    }

    /// When a claim was seen here: what the page says, unless that lies in the future.
    fn seen_at(&self) -> Timestamp {
        self.document
            .published_at
            .map_or(self.origin.at, |published| published.min(self.origin.at))
    }
}

async fn record(tx: &mut Tx, page: &Page<'_>, placed: &[Placed]) -> Result<Recorded, Error> {
    let stored = page.stored(tx.conn()).await?;
    if let Some(stored) = stored.as_ref().filter(|stored| stored.is(page)) {
        copies::keep(tx, &stored.id, stored.version, page.origin.kept.as_ref()).await?;
        return Ok(stored.unchanged());
    }
    let (document, version) = match stored {
        None => (insert(tx, page).await?, 1),
        Some(stored) => {
            update(tx, &stored, page).await?;
            (stored.id, stored.version + 1)
        }
    };
    copies::keep(tx, &document, version, page.origin.kept.as_ref()).await?;
    let (mentions, mut wordings): (Vec<&Mention>, Vec<Wording>) = placed
        .iter()
        .filter_map(|one| Some((&one.mention, wording(one)?)))
        .unzip();
    settle(tx, &mut wordings).await?;
    let Founded { homes, new } =
        founding::found(tx, &wordings.iter().collect::<Vec<_>>(), ClaimOrigin::Crawled).await?;
    improve(tx, &homes, &mentions).await?;
    let seen = homes.into_iter().zip(mentions).collect();
    let sightings_new = sight(tx, &document, page, seen).await?;
    Ok(Recorded {
        document,
        changed: true,
        sightings_new,
        claims_new: new.len() as u64,
    })
}

/// Looks once more for near-copies of what would found a claim, now that no other writer can found one: on SQLite there is
/// none, on PostgreSQL they wait for one of the bands.
async fn settle(tx: &mut Tx, wordings: &mut [Wording]) -> Result<(), Error> {
    let open = |wording: &Wording| wording.bands.filter(|_| wording.home == Home::New);
    let mut bands: Vec<i64> = wordings.iter().filter_map(open).flatten().collect();
    bands.sort_unstable();
    bands.dedup();
    tx.conn().lock_bands(&bands).await?;
    for wording in wordings {
        if let Some((bands, sketch)) = open(wording).zip(Sketch::of(wording.text.as_str())) {
            let candidates = near(tx.conn(), &bands).await?;
            wording.home = cluster::choose(wording.text.as_str(), &sketch, &candidates);
        }
    }
    Ok(())
}

async fn near(conn: &mut Conn, bands: &[i64; 16]) -> Result<Vec<(ClaimId, String)>, Error> {
    let sql = "SELECT c.id, c.text FROM claim_bands b JOIN claims c ON c.place = b.claim WHERE b.band IN {in} \
               GROUP BY c.id, c.text ORDER BY COUNT(*) DESC, c.id LIMIT 50";
    let mut rows = conn
        .fetch_in(sql, bands.iter().copied().map(Value::from).collect())
        .await?;
    rows.iter_mut().map(|row| Ok((row.take()?, row.take()?))).collect()
}

/// Lets claims say what was read in the best of its wordings.
async fn improve(tx: &mut Tx, homes: &[ClaimId], mentions: &[&Mention]) -> Result<(), Error> {
    let mut better = Vec::new();
    for (id, text, lang) in rewriting::improvable(tx, homes).await? {
        let here = homes.iter().zip(mentions).filter(|(home, _)| **home == id);
        let texts = here
            .filter(|(_, mention)| mention.lang == lang)
            .map(|(_, mention)| mention.quote.as_str());
        let best = texts.filter(|quote| cluster::should_replace(&text, quote, &lang));
        let best: Vec<&str> = best.collect();
        let first = cluster::best(best.iter().map(|quote| (*quote, &lang)));
        better.extend(first.and_then(|at| Some((id, ClaimText::parse(best[at]).ok()?, lang))));
    }
    rewriting::improve(tx, better).await
}

fn wording(placed: &Placed) -> Option<Wording> {
    let text = ClaimText::parse(&placed.mention.quote).ok()?;
    let Placed {
        mention,
        exact,
        near,
        bands,
        home,
    } = placed;
    Some(Wording {
        text,
        lang: mention.lang,
        exact: *exact,
        near: *near,
        bands: *bands,
        home: *home,
    })
}

async fn insert(tx: &mut Tx, page: &Page<'_>) -> Result<DocumentId, Error> {
    let id = DocumentId::new();
    let sql = "INSERT INTO documents (id, url, url_key, source_id, canonical_url, canonical_key, title, text, lang, author, \
               published_at, content, first_read_at, changed_at, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, 1) ON CONFLICT (url_key) DO NOTHING";
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

async fn update(tx: &mut Tx, stored: &Stored, page: &Page<'_>) -> Result<(), Error> {
    let sql = "UPDATE documents SET canonical_url = $3, canonical_key = $4, title = $5, text = $6, lang = $7, author = $8, \
               published_at = $9, content = $10, changed_at = $11, version = version + 1 WHERE id = $1 AND version = $2";
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
        author.as_ref(),
        *published_at,
        content,
        at
    ]
}

const SIGHTINGS: Insert = Insert {
    into: "INSERT INTO sightings (id, claim_id, document_id, quote, lang, score, seen_at)",
    then: "",
};

async fn sight(
    tx: &mut Tx,
    document: &DocumentId,
    page: &Page<'_>,
    seen: Vec<(ClaimId, &Mention)>,
) -> Result<u64, Error> {
    let sql = "SELECT COALESCE(c.merged_into, c.id) FROM sightings s JOIN claims c ON c.id = s.claim_id \
               WHERE s.document_id = $1";
    let mut rows = tx.fetch(sql, args![document]).await?;
    let mut known: HashSet<ClaimId> = rows.iter_mut().map(Row::take).collect::<Result<_, _>>()?;
    let homes: Vec<ClaimId> = seen.iter().map(|(claim, _)| *claim).collect();
    let standing = family::standing(tx.conn(), &homes).await?;
    let new: Vec<_> = seen
        .into_iter()
        .filter(|(claim, _)| known.insert(standing.get(claim).copied().unwrap_or(*claim)))
        .collect();
    let ids: Vec<SightingId> = new.iter().map(|_| SightingId::new()).collect();
    let row = |(id, (claim, mention)): (&SightingId, &(ClaimId, &Mention))| {
        args![
            id,
            claim,
            document,
            &mention.quote,
            &mention.lang,
            mention.score,
            page.origin.at
        ]
    };
    tx.insert(SIGHTINGS, ids.iter().zip(&new).map(row).collect()).await?;
    for id in ids {
        tx.note(ObjectKind::Sighting, id, 1, Action::Created);
    }
    let seen = new.iter().filter_map(|(claim, _)| standing.get(claim));
    count(tx, page.seen_at(), seen.collect()).await?;
    family::still_standing(tx, &standing).await?;
    Ok(new.len() as u64)
}

/// Counts one sighting more for each claim, each named once and standing for itself. That is no new version of the claim: the sighting's change says it.
async fn count(tx: &mut Tx, at: Timestamp, claims: Vec<&ClaimId>) -> Result<(), Error> {
    let sql = "UPDATE claims SET sightings = sightings + 1, \
               first_seen = CASE WHEN first_seen < $1 THEN first_seen ELSE $1 END, \
               last_seen = CASE WHEN last_seen > $1 THEN last_seen ELSE $1 END WHERE merged_into IS NULL AND id IN {in}";
    let wanted = claims.len() as u64;
    let keys = claims.into_iter().map(Value::from).collect();
    if tx.execute_in(sql, args![at], keys).await? < wanted {
        // Another one stands for one of them since they were read.
        return Err(Error::lost_race());
    }
    Ok(())
}
