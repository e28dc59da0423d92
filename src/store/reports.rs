//! A request for a check comes in; its receipt goes out, and later what became of it.

use std::collections::HashSet;

use uuid::Uuid;

use super::{
    Added, Cursor, Error, Page, Store,
    cursor::List,
    documents, dossiers,
    dossiers::Dossier,
    family, founding, near,
    transaction::{Tx, transact, view},
    value::{Row, args},
    watch::Watch,
};
use crate::{
    cluster::Placed,
    domain::{
        Action, Actor, AttachmentState, Audience, ClaimId, ClaimOrigin, Lang, ObjectKind, Receipt, Report, ReportId,
        ReportState, Thresholds, Timestamp, UrlKey, WebUrl,
    },
};

/// A request for a check, to be stored.
pub struct Filing<'a> {
    /// What it asks about, with its home.
    pub about: About,
    /// What was sent, whole.
    pub text: Option<&'a str>,
    /// The passage that the sender wants checked.
    pub quote: Option<&'a str>,
    /// Where the sender saw it.
    pub url: Option<&'a WebUrl>,
    /// The language said or detected.
    pub lang: Lang,
    /// The receipt of a report about what is named: the same for the same sender on the same day, so that it counts once.
    pub receipt: &'a (dyn Fn(&str) -> Receipt + Sync),
}

/// What a report asks about.
pub enum About {
    /// A wording.
    Wording(Box<Placed>),
    /// A claim that is known.
    Claim(ClaimId),
    /// A page at which no claim, or more than one, was seen.
    Page(UrlKey),
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Fate {
    /// When it came.
    pub at: Timestamp,
    /// How far it is.
    pub state: ReportState,
    /// The claim that stands for what it asks about, with its fact-checks.
    pub dossier: Option<Dossier>,
}

/// An address that was sent without words, and at which no claim or more than one was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedPage {
    /// As it was sent first.
    pub url: WebUrl,
    /// How many sent it.
    pub requests: u64,
    /// When it came last.
    pub last_at: Timestamp,
    /// The first report that names it.
    pub first: ReportId,
}

impl Store {
    /// Stores a request for a check: it joins the claim that says the same, or founds one that only reviewers may read. The same
    /// receipt again counts nothing.
    pub async fn file(&self, filing: &Filing<'_>) -> Result<Added<Receipt>, Error> {
        transact!(self.db, &Actor::Public, |tx| file(&mut tx, &self.limits, filing))
    }

    /// What became of a report; `None` if there is none with this receipt.
    pub async fn fate(&self, receipt: &Receipt) -> Result<Option<Fate>, Error> {
        view!(self.db, |conn| fate(conn, receipt))
    }

    /// The requests for a check of a claim and of those that it stands for, newest first.
    pub async fn reports(&self, claim: &ClaimId, after: Option<&Cursor>, limit: u32) -> Result<Page<Report>, Error> {
        let from = after.map_or(Ok(start(List::Reports)), |cursor| cursor.of(List::Reports))?;
        let sql = "SELECT id, claim_id, text, quote, url, lang, at FROM reports \
                   WHERE claim_id IN (SELECT id FROM claims WHERE id = $1 OR merged_into = $1) AND (at, id) < ($2, $3) \
                   ORDER BY at DESC, id DESC LIMIT $4";
        let args = args![claim, from.key, from.id.to_string(), i64::from(limit) + 1];
        let mut rows = self.db.fetch(sql, args).await?;
        let items = rows.iter_mut().map(report).collect::<Result<_, _>>()?;
        Ok(Page::cut(items, limit, |last: &Report| Cursor {
            list: List::Reports,
            key: last.at.as_millis(),
            id: last.id.into(),
        }))
    }

    /// Addresses that were sent without words and stand for no claim, or for more than one, the latest first.
    pub async fn reported_pages(&self, after: Option<&Cursor>, limit: u32) -> Result<Page<ReportedPage>, Error> {
        let list = List::ReportedPages;
        let from = after.map_or(Ok(start(list)), |cursor| cursor.of(list))?;
        let sql = "SELECT * FROM (SELECT MIN(r.url), COUNT(*), MAX(r.at) AS last_at, MIN(r.id) AS first_id FROM reports r \
                   WHERE r.claim_id IS NULL AND r.url_key IS NOT NULL AND (SELECT COUNT(DISTINCT s.claim_id) FROM documents d \
                   JOIN sightings s ON s.document_id = d.id WHERE d.url_key = r.url_key) <> 1 GROUP BY r.url_key) AS pages \
                   WHERE (last_at, first_id) < ($1, $2) ORDER BY last_at DESC, first_id DESC LIMIT $3";
        let args = args![from.key, from.id.to_string(), i64::from(limit) + 1];
        let mut rows = self.db.fetch(sql, args).await?;
        let items = rows.iter_mut().map(page).collect::<Result<_, _>>()?;
        Ok(Page::cut(items, limit, |last: &ReportedPage| Cursor {
            list,
            key: last.last_at.as_millis(),
            id: last.first.into(),
        }))
    }
}

fn start(list: List) -> Cursor {
    Cursor {
        list,
        key: i64::MAX,
        id: Uuid::max(),
    }
}

async fn file(tx: &mut Tx, limits: &Thresholds, filing: &Filing<'_>) -> Result<Added<Receipt>, Error> {
    let (own, score) = match &filing.about {
        About::Wording(placed) => (Some(home(tx, placed).await?), placed.mention.score),
        About::Claim(claim) => (Some(*claim), 0.0),
        About::Page(_) => (None, 0.0),
    };
    let standing = match own {
        Some(claim) => family::standing(tx.conn(), &[claim]).await?.remove(&claim),
        None => None,
    };
    let receipt = match (&standing, &filing.about) {
        (None, About::Page(key)) => (filing.receipt)(key.as_str()),
        (Some(claim), _) => (filing.receipt)(&claim.to_string()),
        (None, _) => return Err(Error::NotFound(ObjectKind::Claim)),
    };
    let id = ReportId::new();
    if insert(tx, &id, own.as_ref(), filing, (score, &receipt)).await? == 0 {
        return Ok(Added::Known(receipt));
    }
    tx.note(ObjectKind::Report, id, 1, Action::Created);
    let now = tx.at;
    if let Some(claim) = standing {
        let watch = Watch::begin(tx.conn(), limits, now, &HashSet::from([claim])).await?;
        count(tx, &claim, score).await?;
        watch.requested(tx, &claim).await?;
    }
    Ok(Added::New(receipt))
}

async fn home(tx: &mut Tx, placed: &Placed) -> Result<ClaimId, Error> {
    let wording = documents::wording(placed).ok_or_else(|| Error::damaged("a report without words"))?;
    let mut wordings = [wording];
    near::lock(tx, wordings.iter()).await?;
    near::settle(tx, &mut wordings).await?;
    let founded = founding::found(tx, &[&wordings[0]], ClaimOrigin::Reported).await?;
    Ok(founded.homes[0])
}

async fn insert(
    tx: &mut Tx,
    id: &ReportId,
    claim: Option<&ClaimId>,
    filing: &Filing<'_>,
    (score, receipt): (f32, &Receipt),
) -> Result<u64, Error> {
    let sql = "INSERT INTO reports (id, receipt, claim_id, text, quote, url, url_key, lang, score, at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (receipt) DO NOTHING";
    let (text, quote) = (filing.text.map(str::to_owned), filing.quote.map(str::to_owned));
    let key = filing.url.map(WebUrl::key);
    let args = args![
        id,
        receipt.sha256().as_slice(),
        claim,
        text.as_ref(),
        quote.as_ref(),
        filing.url,
        key.as_ref(),
        &filing.lang,
        score,
        tx.at
    ];
    tx.execute(sql, args).await
}

/// Counts a request for the claim that stands for itself. That is no new version of the claim: the report's change says it.
async fn count(tx: &mut Tx, claim: &ClaimId, score: f32) -> Result<(), Error> {
    let sql = "UPDATE claims SET requests = requests + 1, requested_at = $2, \
               worth = CASE WHEN worth < $3 THEN $3 ELSE worth END WHERE id = $1 AND merged_into IS NULL";
    match tx.execute(sql, args![claim, tx.at, score]).await? {
        0 => Err(Error::lost_race()),
        _ => Ok(()),
    }
}

async fn fate(conn: &mut super::db::Conn, receipt: &Receipt) -> Result<Option<Fate>, Error> {
    let sql = "SELECT at, claim_id, url FROM reports WHERE receipt = $1";
    let mut rows = conn.fetch(sql, args![receipt.sha256().as_slice()]).await?;
    let Some(row) = rows.first_mut() else { return Ok(None) };
    let (at, claim, url): (Timestamp, Option<ClaimId>, Option<WebUrl>) = (row.take()?, row.take()?, row.take()?);
    let claim = match (claim, url) {
        (Some(claim), _) => family::standing(conn, &[claim]).await?.remove(&claim),
        // Something may have been seen there since.
        (None, Some(url)) => match dossiers::claims_at(conn, &url.key()).await?.as_slice() {
            [one] => Some(*one),
            _ => None,
        },
        (None, None) => None,
    };
    let dossier = match claim {
        Some(claim) => dossiers::dossiers(conn, &[claim]).await?.pop(),
        None => None,
    };
    Ok(Some(Fate {
        at,
        state: state(dossier.as_ref()),
        dossier,
    }))
}

fn state(dossier: Option<&Dossier>) -> ReportState {
    let Some(dossier) = dossier else {
        return ReportState::Received;
    };
    let is_active = |attached: &super::Attached| attached.attachment.state == AttachmentState::Active;
    if dossier.fact_checks.iter().any(is_active) {
        ReportState::Answered
    } else if !dossier.fact_checks.is_empty() {
        ReportState::Withdrawn
    } else if dossier.claim.audience == Audience::Public {
        ReportState::Known
    } else {
        ReportState::Received
    }
}

fn report(row: &mut Row) -> Result<Report, Error> {
    Ok(Report {
        id: row.take()?,
        claim_id: row.take()?,
        text: row.take()?,
        quote: row.take()?,
        url: row.take()?,
        lang: row.take()?,
        at: row.take()?,
    })
}

fn page(row: &mut Row) -> Result<ReportedPage, Error> {
    Ok(ReportedPage {
        url: row.take()?,
        requests: row.take()?,
        last_at: row.take()?,
        first: row.take()?,
    })
}
