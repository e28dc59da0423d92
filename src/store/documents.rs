//! What was read, and the claims seen in it.

use std::collections::HashSet;

use super::{
    Error, Store,
    batch::Insert,
    copies, family,
    founding::{self, Founded, Wording},
    near,
    pages::{self, Page},
    rewriting, suppressions, tallies,
    transaction::{Tx, transact},
    value::{Row, Value, args},
    watch::{Seen, Watch},
};
use crate::cluster::{self, Home, Likeness, Placed};
use crate::domain::{
    Action, Actor, ClaimId, ClaimOrigin, ClaimText, Document, DocumentId, Kept, Mention, ObjectKind, SightingId,
    SourceId, Timestamp, UrlKey,
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
    /// What answered: a document at this address is the whole answer, as a page is; others are entries of it, as posts are.
    pub answer: Option<UrlKey>,
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
    ///
    /// # Errors
    /// [`Error::Suppressed`] for what was erased; what the archive keeps of it is noted as unwanted.
    pub async fn record(
        &self,
        document: &Document,
        origin: &Origin,
        placed: &[Placed],
        actor: &Actor,
    ) -> Result<Recorded, Error> {
        let mut recorded = self.record_all(&[(document, placed)], origin, actor).await?;
        let recorded = recorded.pop().expect("as many as were given");
        recorded.ok_or(Error::Suppressed)
    }

    /// Records documents that came together, all of them in one transaction or none; none of what was erased.
    pub async fn record_all(
        &self,
        read: &[(&Document, &[Placed])],
        origin: &Origin,
        actor: &Actor,
    ) -> Result<Vec<Option<Recorded>>, Error> {
        if read.is_empty() {
            return Ok(Vec::new());
        }
        let pages = read
            .iter()
            .map(|(document, placed)| (Page::new(document, origin, &self.limits), *placed));
        let pages: Vec<(Page<'_>, &[Placed])> = pages.collect();
        let recorded = transact!(self.db, actor, |tx| async {
            self.check_fence(&mut tx).await?;
            record_all(&mut tx, &pages).await
        })?;
        if let Some(kept) = origin.kept.as_ref().filter(|_| recorded.iter().any(Option::is_none)) {
            self.note_unwanted(kept).await?;
        }
        Ok(recorded)
    }

    /// What [`Store::record`] would say of documents whose content is stored already; none of the others. Without the
    /// writer's lock, and before anything is looked for in them: most of what a crawl reads is known.
    pub async fn recorded(&self, documents: &[Document], origin: &Origin) -> Result<Vec<Option<Recorded>>, Error> {
        let mut conn = self.db.quick().await?;
        let mut recorded = Vec::with_capacity(documents.len());
        for document in documents {
            let page = Page::new(document, origin, &self.limits);
            let stored = page.stored(&mut conn).await?;
            let same = stored.filter(|stored| stored.is(&page) && !stored.lacks_copy(&page));
            recorded.push(same.map(|stored| stored.unchanged()));
        }
        Ok(recorded)
    }
}

/// Notes since when the account that wrote the document is known.
async fn meet(tx: &mut Tx, page: &Page<'_>) -> Result<(), Error> {
    let Some(account) = page.account() else {
        return Ok(());
    };
    let sql = "INSERT INTO accounts (pseudonym, first_seen_at) VALUES ($1, $2) ON CONFLICT (pseudonym) DO UPDATE \
               SET first_seen_at = excluded.first_seen_at WHERE excluded.first_seen_at < accounts.first_seen_at";
    tx.execute(sql, args![&account, page.seen_at()]).await.map(drop)
}

async fn record_all(tx: &mut Tx, pages: &[(Page<'_>, &[Placed])]) -> Result<Vec<Option<Recorded>>, Error> {
    let said = |placed: &&'_ [Placed]| placed.iter().filter_map(wording).collect();
    let mut wordings: Vec<Vec<Wording>> = pages.iter().map(|(_, placed)| said(placed)).collect();
    near::lock(tx, wordings.iter().flatten()).await?;
    let mut recorded = Vec::with_capacity(pages.len());
    for ((page, placed), wordings) in pages.iter().zip(&mut wordings) {
        recorded.push(match record(tx, page, placed, wordings).await {
            Err(Error::Suppressed) => None,
            done => Some(done?),
        });
    }
    Ok(recorded)
}

async fn record(tx: &mut Tx, page: &Page<'_>, placed: &[Placed], wordings: &mut [Wording]) -> Result<Recorded, Error> {
    let stored = page.stored(tx.conn()).await?;
    if let Some(stored) = stored.as_ref().filter(|stored| stored.is(page)) {
        copies::keep(tx, &stored.id, stored.version, page.origin.kept.as_ref()).await?;
        return Ok(stored.unchanged());
    }
    suppressions::refuse(tx.conn(), page.document).await?;
    let (document, version) = match stored {
        None => match page.under_another_address(tx.conn()).await? {
            Some(known) => return Ok(known.unchanged()),
            None => (pages::insert(tx, page).await?, 1),
        },
        Some(stored) => {
            pages::update(tx, &stored, page).await?;
            (stored.id, stored.version + 1)
        }
    };
    copies::keep(tx, &document, version, page.origin.kept.as_ref()).await?;
    meet(tx, page).await?;
    let mentions = placed.iter().filter(|one| text(one).is_some());
    let mentions: Vec<&Mention> = mentions.map(|one| &one.mention).collect();
    near::settle(tx, wordings).await?;
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

/// Lets claims say what was read in the best of its wordings.
async fn improve(tx: &mut Tx, homes: &[ClaimId], mentions: &[&Mention]) -> Result<(), Error> {
    let mut better = Vec::new();
    for (id, text, lang) in rewriting::improvable(tx, homes).await? {
        let mut here = homes.iter().zip(mentions).filter(|(home, _)| **home == id).peekable();
        let is_erased = text == ClaimText::ERASED;
        let lang = here
            .peek()
            .filter(|_| is_erased)
            .map_or(lang, |(_, mention)| mention.lang);
        let texts = here
            .filter(|(_, mention)| mention.lang == lang)
            .map(|(_, mention)| mention.quote.as_str());
        let best = texts.filter(|quote| is_erased || cluster::should_replace(&text, quote, &lang));
        let best: Vec<&str> = best.collect();
        let first = cluster::best(best.iter().map(|quote| (*quote, &lang)));
        better.extend(first.and_then(|at| Some((id, ClaimText::parse(best[at]).ok()?, lang))));
    }
    rewriting::improve(tx, better).await
}

fn text(placed: &Placed) -> Option<ClaimText> {
    ClaimText::parse(&placed.mention.quote).ok()
}

pub(super) fn wording(placed: &Placed) -> Option<Wording> {
    let text = text(placed)?;
    let Placed {
        mention,
        exact,
        near,
        bands,
        home,
    } = placed;
    Some(Wording {
        // Only what may found a claim is compared with others once more.
        likeness: bands
            .filter(|_| *home == Home::New)
            .and_then(|_| Likeness::of(text.as_str())),
        text,
        lang: mention.lang,
        exact: *exact,
        near: *near,
        bands: *bands,
        home: *home,
        worth: mention.score,
    })
}

const SIGHTINGS: Insert = Insert {
    into: "INSERT INTO sightings (id, claim_id, document_id, quote, lang, score, speaker, reasons, seen_at)",
    then: "",
};

async fn sight(
    tx: &mut Tx,
    document: &DocumentId,
    page: &Page<'_>,
    seen: Vec<(ClaimId, &Mention)>,
) -> Result<u64, Error> {
    if seen.is_empty() {
        return Ok(0);
    }
    refill(tx, document, &seen).await?;
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
            mention.speaker.as_ref(),
            mention.reasons.as_slice(),
            page.origin.at
        ]
    };
    tx.insert(SIGHTINGS, ids.iter().zip(&new).map(row).collect()).await?;
    for id in ids {
        tx.note(ObjectKind::Sighting, id, 1, Action::Created);
    }
    let counted = new
        .iter()
        .filter_map(|(claim, _)| standing.get(claim).copied())
        .collect();
    let watch = Watch::begin(tx.conn(), page.limits, page.origin.at, &counted).await?;
    let seen = new.iter().filter_map(|(claim, _)| standing.get(claim));
    count(tx, page.seen_at(), seen.collect()).await?;
    tallies::sighted(tx, page.seen_at(), &new, &standing).await?;
    for (claim, mention) in &new {
        let seen = Seen {
            claim: standing.get(claim).copied().unwrap_or(*claim),
            mention,
            account: page.account(),
            at: page.seen_at(),
        };
        watch.sighted(tx, &seen).await?;
    }
    family::still_standing(tx, &standing).await?;
    Ok(new.len() as u64)
}

/// A sighting whose quote was not kept any longer has words again when they are read again.
async fn refill(tx: &mut Tx, document: &DocumentId, seen: &[(ClaimId, &Mention)]) -> Result<(), Error> {
    let sql = "SELECT claim_id FROM sightings WHERE document_id = $1 AND quote = ''";
    for row in &mut tx.fetch(sql, args![document]).await? {
        let claim: ClaimId = row.take()?;
        if let Some((_, mention)) = seen.iter().find(|(home, _)| *home == claim) {
            let sql = "UPDATE sightings SET quote = $3, lang = $4 WHERE document_id = $1 AND claim_id = $2";
            let args = args![document, &claim, &mention.quote, &mention.lang];
            tx.execute(sql, args).await?;
        }
    }
    Ok(())
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
