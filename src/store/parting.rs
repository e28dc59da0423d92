//! Sightings that are of another claim come in; a claim of their own goes out.
//!
//! Where a wording goes, all its copies go, those too that come later: its fingerprints are handed over.

use std::collections::HashSet;

use super::{
    Error, Store, acts,
    acts::Done,
    error::BadSplit,
    family, founding,
    founding::Wording,
    merging::{held, note},
    transaction::{Tx, transact},
    value::{Row, Value, args},
};
use crate::{
    cluster,
    domain::{
        ActKind, Action, Actor, Claim, ClaimId, ClaimOrigin, ClaimText, Fingerprint, Lang, ObjectKind, Reason,
        SightingId,
    },
};

/// A wish to take sightings out.
#[derive(Debug, Clone, Copy)]
pub struct Parting<'a> {
    /// The claim that they count for.
    pub claim: &'a ClaimId,
    /// Which; others of it in the same words come along.
    pub sightings: &'a [SightingId],
    /// What the new claim says; the best of their wordings if nothing is named.
    pub text: Option<&'a ClaimText>,
    /// Why.
    pub reason: &'a Reason,
}

impl Store {
    /// Founds a claim of some of a claim's sightings, and gives it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Merged`], [`Error::BadSplit`], [`Error::WordingTaken`] if another claim has the text.
    pub async fn take_out(&self, parting: Parting<'_>, actor: &Actor) -> Result<Claim, Error> {
        transact!(self.db, actor, |tx| take_out(&mut tx, parting, actor))
    }
}

/// A sighting, as far as it matters here.
struct Seen {
    id: SightingId,
    quote: String,
    lang: Lang,
}

impl Seen {
    fn prints(&self) -> impl Iterator<Item = Fingerprint> {
        prints(&self.quote)
    }
}

/// None of a quote that is no longer kept.
fn prints(text: &str) -> impl Iterator<Item = Fingerprint> {
    let exact = (!text.is_empty()).then(|| Fingerprint::exact(text));
    exact.into_iter().chain(Fingerprint::near_verbatim(text))
}

async fn take_out(tx: &mut Tx, parting: Parting<'_>, actor: &Actor) -> Result<Claim, Error> {
    let old = held(tx, parting.claim).await?;
    if let Some(other) = old.merged_into {
        return Err(Error::Merged(other));
    }
    // Held until the end, so that nobody merges it meanwhile.
    let sql = "UPDATE claims SET version = version + 1 WHERE id = $1 AND merged_into IS NULL";
    if tx.execute(sql, args![parting.claim]).await? == 0 {
        return Err(Error::lost_race());
    }
    let mut family: Vec<ClaimId> = family::members(tx.conn(), &[*parting.claim])
        .await?
        .into_keys()
        .collect();
    family.push(*parting.claim);
    let leaving = leaving(tx, &family, parting.sightings).await?;
    let gone: HashSet<Fingerprint> = leaving.iter().flat_map(Seen::prints).collect();
    refuse_own_words(tx, &family, &gone).await?;
    let new = found(tx, &parting, &leaving, &family, &gone).await?;
    hand_over(tx, &leaving, &new).await?;
    family::recount(tx, parting.claim).await?;
    family::recount(tx, &new).await?;
    let done = Done::new(ActKind::TakenOut, new)
        .about(*parting.claim)
        .because(parting.reason);
    acts::add(tx, &done, actor).await?;
    note(tx, parting.claim, Action::Updated).await?;
    Ok(held(tx, &new).await?.claim)
}

/// The sightings named, with all others of the family in the same words.
async fn leaving(tx: &mut Tx, family: &[ClaimId], named: &[SightingId]) -> Result<Vec<Seen>, Error> {
    let sql = "SELECT id, quote, lang FROM sightings WHERE claim_id IN {in}";
    let mut all = Vec::new();
    for row in &mut tx.fetch_in(sql, family.iter().map(Value::from).collect()).await? {
        all.push(Seen {
            id: row.take()?,
            quote: row.take()?,
            lang: row.take()?,
        });
    }
    let known: HashSet<SightingId> = all.iter().map(|seen| seen.id).collect();
    if let Some(foreign) = named.iter().find(|id| !known.contains(id)) {
        return Err(Error::BadSplit(BadSplit::Foreign(*foreign)));
    }
    let named: HashSet<SightingId> = named.iter().copied().collect();
    let chosen = all.iter().filter(|seen| named.contains(&seen.id));
    let prints: HashSet<Fingerprint> = chosen.flat_map(Seen::prints).collect();
    all.retain(|seen| named.contains(&seen.id) || seen.prints().any(|print| prints.contains(&print)));
    Ok(all)
}

/// A claim's own words stay with it: what is left would have none.
async fn refuse_own_words(tx: &mut Tx, family: &[ClaimId], gone: &HashSet<Fingerprint>) -> Result<(), Error> {
    let sql = "SELECT text FROM claims WHERE id IN {in}";
    for row in &mut tx.fetch_in(sql, family.iter().map(Value::from).collect()).await? {
        if prints(&row.take::<String>()?).any(|print| gone.contains(&print)) {
            return Err(Error::BadSplit(BadSplit::OwnWords));
        }
    }
    Ok(())
}

/// Takes the fingerprints away from the family and founds the claim that has them.
async fn found(
    tx: &mut Tx,
    parting: &Parting<'_>,
    leaving: &[Seen],
    family: &[ClaimId],
    gone: &HashSet<Fingerprint>,
) -> Result<ClaimId, Error> {
    let best = cluster::best(leaving.iter().map(|seen| (seen.quote.as_str(), &seen.lang)));
    let best = best.and_then(|at| Some((ClaimText::parse(&leaving[at].quote).ok()?, leaving[at].lang)));
    let (quote, lang) = best.ok_or_else(|| Error::damaged("a sighting without words"))?;
    let text = parting.text.cloned().unwrap_or(quote);
    let mut rows = tx
        .fetch_in(
            "SELECT place FROM claims WHERE id IN {in}",
            family.iter().map(Value::from).collect(),
        )
        .await?;
    let places: HashSet<i64> = rows.iter_mut().map(Row::take).collect::<Result<_, _>>()?;
    let sql = "SELECT fingerprint, claim FROM claim_fingerprints WHERE fingerprint IN {in}";
    let mut taken: Vec<[u8; 16]> = Vec::new();
    for row in &mut tx.fetch_in(sql, gone.iter().map(Value::from).collect()).await? {
        let print: [u8; 16] = row.take()?;
        if places.contains(&row.take()?) {
            taken.push(print);
        }
    }
    taken.sort_unstable();
    let keys = || taken.iter().map(|print| Value::from(print.as_slice())).collect();
    tx.execute_in(
        "DELETE FROM claim_fingerprints WHERE fingerprint IN {in}",
        vec![],
        keys(),
    )
    .await?;
    let new = founding::found_anew(tx, &Wording::new(text, lang), ClaimOrigin::Crawled).await?;
    let sql = "INSERT INTO claim_fingerprints (fingerprint, claim) SELECT $2, place FROM claims WHERE id = $1 \
               ON CONFLICT DO NOTHING";
    for print in &taken {
        tx.execute(sql, args![&new, print.as_slice()]).await?;
    }
    Ok(new)
}

async fn hand_over(tx: &mut Tx, leaving: &[Seen], new: &ClaimId) -> Result<(), Error> {
    let keys: Vec<Value> = leaving.iter().map(|seen| Value::from(&seen.id)).collect();
    tx.execute_in(
        "UPDATE sightings SET claim_id = $1 WHERE id IN {in}",
        args![new],
        keys.clone(),
    )
    .await?;
    // Sightings carry no version: the log has counted them.
    let sql = "SELECT id, COUNT(*) FROM changes WHERE id IN {in} GROUP BY id";
    for row in &mut tx.fetch_in(sql, keys).await? {
        let (id, changes): (SightingId, u64) = (row.take()?, row.take()?);
        tx.note(ObjectKind::Sighting, id, changes + 1, Action::Updated);
    }
    Ok(())
}
