//! Claims, and what is known about each.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{
    Added, Cursor, Error, Page, Store,
    cursor::List,
    founding::{self, Founded, Wording},
    transaction::{Tx, transact},
    value::{Row, Value, args},
};
use crate::domain::{Actor, Claim, ClaimId, ClaimOrigin, ClaimText, Lang};

/// Which claims to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimQuery {
    /// In which order.
    pub sort: ClaimSort,
    /// Only those with, or only those without a fact-check.
    pub checked: Option<Checked>,
    /// Where to go on.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: u32,
}

/// The orders of claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimSort {
    /// Latest founded first.
    Newest,
    /// Most sightings first, latest founded first among equals.
    MostSeen,
}

/// Whether an active attachment ties a fact-check to the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// At least one.
    Yes,
    /// None.
    No,
}

/// A claim as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimSummary {
    /// The claim.
    pub claim: Claim,
    /// How many active attachments it has.
    pub fact_checks: u64,
}

/// The columns that [`claim`] reads, of `claims` as `c`.
macro_rules! claim_columns {
    () => {
        "c.id, c.text, c.lang, c.origin, c.created_at, c.first_seen, c.last_seen, c.sightings, \
         c.concealed, c.version"
    };
}
pub(super) use claim_columns;

pub(super) fn claim(row: &mut Row) -> Result<Claim, Error> {
    Ok(Claim {
        id: row.take()?,
        text: row.take()?,
        lang: row.take()?,
        origin: row.take()?,
        created_at: row.take()?,
        first_seen: row.take()?,
        last_seen: row.take()?,
        sightings: row.take()?,
        audience: row.take()?,
        version: row.take()?,
    })
}

fn summary(row: &mut Row) -> Result<ClaimSummary, Error> {
    Ok(ClaimSummary {
        claim: claim(row)?,
        fact_checks: row.take()?,
    })
}

impl Store {
    /// Founds a claim, unless one with the same fingerprint is known: then the one that stands for that is given.
    pub async fn create_claim(&self, text: &ClaimText, lang: Lang, actor: &Actor) -> Result<Added<Claim>, Error> {
        let wording = Wording::new(text.clone(), lang);
        transact!(self.db, actor, |tx| create(&mut tx, &wording))
    }

    /// Lists claims, those left out that others stand for, and those that only reviewers may read.
    pub async fn claims(&self, query: &ClaimQuery) -> Result<Page<ClaimSummary>, Error> {
        let listing = Listing::of(query.sort);
        let from = query
            .after
            .map_or(Ok(listing.start()), |cursor| cursor.of(listing.list))?;
        let args = args![from.key, from.id.to_string(), i64::from(query.limit) + 1];
        let mut rows = self.db.fetch(AssertSqlSafe(listing.sql(query.checked)), args).await?;
        let items = rows.iter_mut().map(summary).collect::<Result<_, _>>()?;
        Ok(Page::cut(items, query.limit, |last: &ClaimSummary| {
            listing.cursor(last)
        }))
    }

    /// The claims named, in the order asked; unknown ones are left out.
    pub async fn summaries(&self, ids: &[ClaimId]) -> Result<Vec<ClaimSummary>, Error> {
        let sql = concat!(
            "SELECT ",
            claim_columns!(),
            ", c.fact_checks FROM claims c WHERE c.id IN {in}"
        );
        let mut rows = self.db.fetch_in(sql, ids.iter().map(Value::from).collect()).await?;
        let found = rows.iter_mut().map(summary).collect::<Result<Vec<_>, _>>()?;
        let found: HashMap<ClaimId, ClaimSummary> = found.into_iter().map(|one| (one.claim.id, one)).collect();
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    /// Identifiers of claims after the one given, in order; of those that stand for themselves and are public.
    pub async fn claim_ids(&self, after: Option<&ClaimId>, limit: u32) -> Result<Vec<ClaimId>, Error> {
        let sql = "SELECT id FROM claims WHERE id > $1 AND merged_into IS NULL AND concealed = 0 ORDER BY id LIMIT $2";
        let after = after.map(ClaimId::to_string).unwrap_or_default();
        self.db
            .fetch(sql, args![after, limit])
            .await?
            .iter_mut()
            .map(Row::take)
            .collect()
    }
}

async fn create(tx: &mut Tx, wording: &Wording) -> Result<Added<Claim>, Error> {
    let Founded { homes, new } = founding::found(tx, &[wording], ClaimOrigin::Entered).await?;
    if let Some(claim) = new.into_iter().next() {
        return Ok(Added::New(claim));
    }
    let sql = concat!(
        "SELECT ",
        claim_columns!(),
        " FROM claims n JOIN claims c ON c.id = COALESCE(n.merged_into, n.id) WHERE n.id = $1"
    );
    let mut rows = tx.fetch(sql, args![&homes[0]]).await?;
    let row = rows
        .first_mut()
        .ok_or_else(|| Error::damaged("a fingerprint without its claim"))?;
    claim(row).map(Added::Known)
}

/// Claims without words (erased, or not kept any longer) are listed only if somebody checked them.
const KNOWN: &str = "(c.text <> '[erased]' OR c.fact_checks > 0)";

/// One order of claims, as SQL.
struct Listing {
    list: List,
    /// Rows after the cursor ($1, $2).
    rest: &'static str,
    order: &'static str,
    key: fn(&ClaimSummary) -> i64,
}

impl Listing {
    const fn of(sort: ClaimSort) -> Self {
        match sort {
            // Identifiers are in order of birth (UUID version 7).
            ClaimSort::Newest => Self {
                list: List::Newest,
                rest: "c.id < $2 AND $1 >= 0",
                order: "c.id DESC",
                key: |_| 0,
            },
            ClaimSort::MostSeen => Self {
                list: List::MostSeen,
                rest: "(c.sightings, c.id) < ($1, $2)",
                order: "c.sightings DESC, c.id DESC",
                key: |summary| summary.claim.sightings.cast_signed(),
            },
        }
    }

    const fn start(&self) -> Cursor {
        Cursor {
            list: self.list,
            key: i64::MAX,
            id: Uuid::max(),
        }
    }

    fn cursor(&self, last: &ClaimSummary) -> Cursor {
        Cursor {
            list: self.list,
            key: (self.key)(last),
            id: last.claim.id.into(),
        }
    }

    fn sql(&self, checked: Option<Checked>) -> String {
        let checked = match checked {
            None => "",
            Some(Checked::Yes) => "AND c.fact_checks > 0",
            Some(Checked::No) => "AND c.fact_checks = 0",
        };
        let (rest, order) = (self.rest, self.order);
        let columns = claim_columns!();
        format!(
            "SELECT {columns}, c.fact_checks FROM claims c WHERE c.merged_into IS NULL AND c.concealed = 0 AND {KNOWN} \
             AND {rest} {checked} ORDER BY {order} LIMIT $3"
        )
    }
}
