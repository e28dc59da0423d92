//! How a claim spread: how often, since when, where, in which languages and wordings. Counted when asked, from its sightings
//! and those of the claims that it stands for.

use super::{
    Error, Store,
    db::Conn,
    dossiers::{Dossier, dossiers, of_claim, sighting, sighting_columns},
    transaction::view,
    value::{Row, args},
};
use crate::domain::{AttachmentState, ClaimId, FactCheck, FactCheckBody, Lang, Sighting, SourceId, Timestamp, WebUrl};

/// Most days told: the latest.
pub const MAX_DAYS: u32 = 366;

/// Most sources, languages and variants told: those with the most sightings.
const MOST: u32 = 50;

/// How a claim spread. A sighting counts at the moment of publication, where the document says it, else when we saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The earliest known sighting.
    pub earliest: Option<Sighting>,
    /// When it was sighted first.
    pub first_sighted: Option<Timestamp>,
    /// When it was sighted last.
    pub last_sighted: Option<Timestamp>,
    /// When the first of the fact-checks attached now was published (own ones: written here).
    pub first_checked: Option<Timestamp>,
    /// Days with sightings, in their order, the latest [`MAX_DAYS`].
    pub days: Vec<Tally<Timestamp>>,
    /// The sources that led to sightings, most first. No source: those that were unset since, and pages without one.
    pub sources: Vec<Tally<Option<Leader>>>,
    /// The languages that it was said in, most first.
    pub languages: Vec<Tally<Lang>>,
    /// The wordings seen, most often first.
    pub variants: Vec<Tally<Variant>>,
    /// How many wordings were seen.
    pub variant_count: u64,
}

/// How many sightings something has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally<T> {
    /// What is counted; a day by its first moment in UTC.
    pub of: T,
    /// How many sightings.
    pub sightings: u64,
}

/// A source that led to sightings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leader {
    /// Which one.
    pub id: SourceId,
    /// Where it is.
    pub url: WebUrl,
}

/// A wording, verbatim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Its words.
    pub text: String,
    /// Its language.
    pub lang: Lang,
    /// When it was sighted first.
    pub first_sighted: Timestamp,
}

impl Timeline {
    /// Milliseconds from the first sighting to the first fact-check; negative if the check is older: the claim came back.
    pub fn lag_ms(&self) -> Option<i64> {
        Some(self.first_checked?.as_millis() - self.first_sighted?.as_millis())
    }
}

impl Store {
    /// How a claim spread; `None` for one that is not known.
    pub async fn timeline(&self, claim: &ClaimId) -> Result<Option<Timeline>, Error> {
        view!(self.db, |conn| timeline(conn, claim))
    }

    /// The days with sightings of a claim, in their order, the latest [`MAX_DAYS`].
    pub async fn days_sighted(&self, claim: &ClaimId) -> Result<Vec<Tally<Timestamp>>, Error> {
        days(&mut self.db.reader().await?, claim).await
    }
}

/// When a sighting counts.
macro_rules! moment {
    () => {
        "COALESCE(d.published_at, s.seen_at)"
    };
}

const SPAN: &str = of_claim!(
    concat!(
        "MIN(",
        moment!(),
        "), MAX(",
        moment!(),
        "), COUNT(DISTINCT CASE WHEN s.quote <> '' THEN s.quote || ' ' || s.lang END)"
    ),
    ""
);

/// Both databases divide towards zero; a day begins before its moments in every year.
const DAYS: &str = of_claim!(
    concat!(
        "(",
        moment!(),
        " - ((",
        moment!(),
        " % 86400000) + 86400000) % 86400000) / 86400000, COUNT(*)"
    ),
    "GROUP BY 1 ORDER BY 1 DESC LIMIT $2"
);

const SOURCES: &str = of_claim!(
    "o.id, o.url, COUNT(*)",
    "GROUP BY o.id, o.url ORDER BY 3 DESC, 1 LIMIT $2"
);

const LANGUAGES: &str = of_claim!("s.lang, COUNT(*)", "GROUP BY s.lang ORDER BY 2 DESC, 1 LIMIT $2");

const VARIANTS: &str = of_claim!(
    concat!("s.quote, s.lang, MIN(", moment!(), "), COUNT(*)"),
    "AND s.quote <> '' GROUP BY s.quote, s.lang ORDER BY 4 DESC, 3, 1 LIMIT $2"
);

const EARLIEST: &str = of_claim!(sighting_columns!(), concat!("ORDER BY ", moment!(), ", s.id LIMIT 1"));

async fn timeline(conn: &mut Conn, claim: &ClaimId) -> Result<Option<Timeline>, Error> {
    let Some(dossier) = dossiers(conn, &[*claim]).await?.pop() else {
        return Ok(None);
    };
    let mut span = conn.fetch(SPAN, args![claim]).await?;
    let span = span
        .first_mut()
        .ok_or_else(|| Error::damaged("an aggregate without a row"))?;
    let (first_sighted, last_sighted, variant_count) = (span.take()?, span.take()?, span.take()?);
    let earliest = conn
        .fetch(EARLIEST, args![claim])
        .await?
        .first_mut()
        .map(sighting)
        .transpose()?;
    Ok(Some(Timeline {
        earliest,
        first_sighted,
        last_sighted,
        first_checked: first_checked(&dossier),
        days: days(conn, claim).await?,
        sources: tallies(conn, SOURCES, claim, MOST, leader).await?,
        languages: tallies(conn, LANGUAGES, claim, MOST, Row::take).await?,
        variants: tallies(conn, VARIANTS, claim, MOST, variant).await?,
        variant_count,
    }))
}

async fn days(conn: &mut Conn, claim: &ClaimId) -> Result<Vec<Tally<Timestamp>>, Error> {
    let mut days = tallies(conn, DAYS, claim, MAX_DAYS, day).await?;
    days.reverse();
    Ok(days)
}

async fn tallies<T>(
    conn: &mut Conn,
    sql: &'static str,
    claim: &ClaimId,
    most: u32,
    of: impl Fn(&mut Row) -> Result<T, Error>,
) -> Result<Vec<Tally<T>>, Error> {
    let tally = |row: &mut Row| {
        Ok(Tally {
            of: of(row)?,
            sightings: row.take()?,
        })
    };
    conn.fetch(sql, args![claim, most])
        .await?
        .iter_mut()
        .map(tally)
        .collect()
}

fn day(row: &mut Row) -> Result<Timestamp, Error> {
    Ok(Timestamp::of_day(row.take()?))
}

fn leader(row: &mut Row) -> Result<Option<Leader>, Error> {
    let (id, url): (Option<_>, Option<_>) = (row.take()?, row.take()?);
    Ok(id.zip(url).map(|(id, url)| Leader { id, url }))
}

fn variant(row: &mut Row) -> Result<Variant, Error> {
    Ok(Variant {
        text: row.take()?,
        lang: row.take()?,
        first_sighted: row.take()?,
    })
}

fn first_checked(dossier: &Dossier) -> Option<Timestamp> {
    checked(dossier).min()
}

pub(super) fn last_checked(dossier: &Dossier) -> Option<Timestamp> {
    checked(dossier).max()
}

/// When each of the fact-checks attached now was published.
fn checked(dossier: &Dossier) -> impl Iterator<Item = Timestamp> {
    let active = dossier
        .fact_checks
        .iter()
        .filter(|a| a.attachment.state == AttachmentState::Active);
    active.map(|a| published(&a.fact_check))
}

/// A publisher's without a date counts from when it came here.
fn published(check: &FactCheck) -> Timestamp {
    match &check.body {
        FactCheckBody::External(body) => body.published_at.unwrap_or(check.created_at),
        FactCheckBody::Own(_) => check.created_at,
    }
}
