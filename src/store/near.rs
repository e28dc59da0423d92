//! Comes in: what quotes are recognised by, all of a document at once. Goes out: the claims that say the same, but for a few words.
//!
//! Copies are found by fingerprints, near-copies by the bands of their sketches. Both are rows of the store, so what is found
//! does not depend on how far an index has come; a document costs as many questions as a sentence.

use std::collections::{HashMap, HashSet};

use sqlx::AssertSqlSafe;

use super::{
    Error, Store, batch,
    db::Conn,
    founding::Wording,
    transaction::Tx,
    value::{Row, Value},
};
use crate::cluster::{self, Home, Likeness, Prints, SHARED_BANDS};
use crate::domain::ClaimId;

/// Most claims that a quote is compared with: those with the most shared bands.
const CANDIDATES: usize = 50;

/// Quotes asked about by one statement; each has sixteen bands.
const QUOTES: usize = 32;

impl Store {
    /// For each quote, the claim that has its fingerprint, which [`Store::record`] joins it to whatever its home is: the claim
    /// itself, even where another one stands for it. Words in the same order with other numbers or negations are another
    /// claim's.
    pub async fn holders(&self, quotes: &[&Prints]) -> Result<Vec<Option<ClaimId>>, Error> {
        let sql = "SELECT p.fingerprint, c.id, c.text FROM claim_fingerprints p JOIN claims c ON c.place = p.claim \
                   WHERE p.fingerprint IN {in}";
        let keys = quotes
            .iter()
            .flat_map(|prints| std::iter::once(&prints.exact).chain(&prints.near));
        let keys = keys.map(Value::from).collect();
        let mut rows = self.db.quick().await?.fetch_in(sql, keys).await?;
        let holder = |row: &mut Row| Ok((row.take()?, (row.take()?, row.take()?)));
        let holders: HashMap<[u8; 16], (ClaimId, String)> =
            rows.iter_mut().map(holder).collect::<Result<_, Error>>()?;
        Ok(quotes.iter().map(|prints| holder_of(prints, &holders)).collect())
    }

    /// For each quote, the claim of which it is a near-copy.
    pub async fn near_copies(&self, quotes: &[&Likeness]) -> Result<Vec<Home>, Error> {
        if quotes.is_empty() {
            return Ok(Vec::new());
        }
        near_copies(&mut self.db.quick().await?, quotes).await
    }
}

fn holder_of(prints: &Prints, holders: &HashMap<[u8; 16], (ClaimId, String)>) -> Option<ClaimId> {
    let exact = holders.get(prints.exact.as_bytes());
    let near = || {
        let holder = holders.get(prints.near?.as_bytes())?;
        prints.likeness.as_ref()?.agrees_with(&holder.1).then_some(holder)
    };
    exact.or_else(near).map(|(claim, _)| *claim)
}

/// Waits for whoever else may be founding a near-copy of what would found a claim, until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, wordings: impl Iterator<Item = &Wording>) -> Result<(), Error> {
    let bands: Vec<i64> = wordings.filter_map(open).flat_map(Likeness::bands).collect();
    tx.conn().lock_bands(&bands).await
}

/// Looks once more for near-copies of what would found a claim, now that no other writer can found one: on SQLite there is
/// none, on PostgreSQL they wait for one of the bands ([`lock`]).
pub(super) async fn settle(tx: &mut Tx, wordings: &mut [Wording]) -> Result<(), Error> {
    let mut unsettled: Vec<&mut Wording> = wordings.iter_mut().filter(|wording| open(wording).is_some()).collect();
    let quotes = unsettled.iter().filter_map(|wording| wording.likeness.as_ref());
    let quotes: Vec<&Likeness> = quotes.collect();
    if quotes.is_empty() {
        return Ok(());
    }
    let homes = near_copies(tx.conn(), &quotes).await?;
    for (wording, home) in unsettled.iter_mut().zip(homes) {
        wording.home = home;
    }
    Ok(())
}

/// What a wording that has no home yet is compared by.
fn open(wording: &Wording) -> Option<&Likeness> {
    wording.likeness.as_ref().filter(|_| wording.home == Home::New)
}

/// Chooses among the claims that share enough bands with each quote.
async fn near_copies(conn: &mut Conn, quotes: &[&Likeness]) -> Result<Vec<Home>, Error> {
    let mut sharing: Vec<Vec<i64>> = Vec::with_capacity(quotes.len());
    for quotes in quotes.chunks(QUOTES) {
        sharing.extend(sharing_bands(conn, quotes).await?);
    }
    let places: HashSet<i64> = sharing.iter().flatten().copied().collect();
    let candidates = candidates(conn, places).await?;
    let choose = |(quote, places): (&&Likeness, Vec<i64>)| {
        let near = places.iter().filter_map(|place| candidates.get(place));
        cluster::choose(quote, near.map(|(claim, likeness)| (*claim, likeness)))
    };
    Ok(quotes.iter().zip(sharing).map(choose).collect())
}

/// For each quote, the claims that share enough bands with it, by their places: those with the most first.
async fn sharing_bands(conn: &mut Conn, quotes: &[&Likeness]) -> Result<Vec<Vec<i64>>, Error> {
    let mut asked: Vec<(i64, i64)> = Vec::new();
    for (number, quote) in (0..).zip(quotes) {
        asked.extend(quote.bands().map(|band| (number, band)));
    }
    // Of few different lengths, so that prepared statements are used again.
    asked.resize(asked.len().next_power_of_two(), (-1, 0));
    let sql = format!(
        "WITH asked (quote, band) AS (VALUES {}) SELECT a.quote, b.claim FROM asked a CROSS JOIN claim_bands b \
         WHERE b.band = a.band AND a.quote >= 0 GROUP BY a.quote, b.claim HAVING COUNT(*) >= {SHARED_BANDS} \
         ORDER BY a.quote, COUNT(*) DESC, b.claim",
        batch::tuples(conn.marks(), asked.len(), 2)
    );
    let args = asked.into_iter().flat_map(|(quote, band)| [quote.into(), band.into()]);
    let mut sharing = vec![Vec::new(); quotes.len()];
    for row in &mut conn.fetch(AssertSqlSafe(sql), args.collect()).await? {
        let quote: i64 = row.take()?;
        let places: &mut Vec<i64> = &mut sharing[quote as usize];
        if places.len() < CANDIDATES {
            places.push(row.take()?);
        }
    }
    Ok(sharing)
}

async fn candidates(conn: &mut Conn, places: HashSet<i64>) -> Result<HashMap<i64, (ClaimId, Likeness)>, Error> {
    let sql = "SELECT place, id, text FROM claims WHERE place IN {in}";
    let mut found = HashMap::new();
    for row in &mut conn
        .fetch_in(sql, places.into_iter().map(Value::from).collect())
        .await?
    {
        let (place, id, text): (i64, ClaimId, String) = (row.take()?, row.take()?, row.take()?);
        if let Some(likeness) = Likeness::of(&text) {
            found.insert(place, (id, likeness));
        }
    }
    Ok(found)
}
