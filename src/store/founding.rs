//! Comes in: wordings. Goes out: the claim of each, founded where no claim has its fingerprint.

use std::collections::{HashMap, HashSet};

use claim_index::{Folded, Sketch};

use super::{
    Error,
    batch::Insert,
    concealing, family,
    transaction::Tx,
    value::{Row, Value, args},
};
use crate::cluster::{self, Home, Likeness};
use crate::domain::{
    Action, Audience, Claim, ClaimId, ClaimOrigin, ClaimText, Fingerprint, Lang, ObjectKind, Timestamp,
};

/// A wording that wants a claim.
pub(super) struct Wording {
    pub(super) text: ClaimText,
    pub(super) lang: Lang,
    pub(super) exact: Fingerprint,
    pub(super) near: Option<Fingerprint>,
    /// Bands of its sketch; none for a wording too short for one.
    pub(super) bands: Option<[i64; 16]>,
    /// For comparing it with claims that are founded at the same time; none if they are to be apart however like they are.
    pub(super) likeness: Option<Likeness>,
    pub(super) home: Home,
    /// How check-worthy it is, 0 to 1; 0 where nobody judged it.
    pub(super) worth: f32,
}

impl Wording {
    pub(super) fn new(text: ClaimText, lang: Lang) -> Self {
        let exact = Fingerprint::exact(text.as_str());
        let folded = Folded::of(text.as_str());
        Self {
            text,
            lang,
            exact,
            near: folded.fingerprint(),
            bands: folded.sketch().as_ref().map(Sketch::bands),
            // Two claims that a publisher or a reviewer lists are meant as two.
            likeness: None,
            home: Home::New,
            worth: 0.0,
        }
    }

    fn prints(&self) -> impl Iterator<Item = &Fingerprint> {
        std::iter::once(&self.exact).chain(&self.near)
    }
}

/// The claims of some wordings.
pub(super) struct Founded {
    /// One for each wording, in their order.
    pub(super) homes: Vec<ClaimId>,
    /// Those that were founded.
    pub(super) new: Vec<Claim>,
}

/// Finds or founds the claim of each wording.
///
/// A wording's claim is the one that has its fingerprint, even where another one stands for that by now: what a merge joined
/// can be split again.
pub(super) async fn found(tx: &mut Tx, wordings: &[&Wording], origin: ClaimOrigin) -> Result<Founded, Error> {
    let mut registry = Registry::read(tx, wordings, origin).await?;
    let homes: Vec<ClaimId> = wordings.iter().map(|wording| registry.home(wording)).collect();
    registry.write(tx).await?;
    if origin != ClaimOrigin::Reported {
        for (home, wording) in homes.iter().zip(wordings) {
            if registry.concealed.remove(home) {
                concealing::adopt(tx, home, wording, origin).await?;
            }
        }
    }
    Ok(Founded {
        homes,
        new: registry.new.into_iter().map(|new| new.claim).collect(),
    })
}

/// Founds a claim for a wording of which nobody may say yet that it is another claim's. [`Error::WordingTaken`] names that one.
pub(super) async fn found_anew(tx: &mut Tx, wording: &Wording, origin: ClaimOrigin) -> Result<ClaimId, Error> {
    let mut registry = Registry::read(tx, &[wording], origin).await?;
    if let Some(holder) = registry.by_print.get(wording.exact.as_bytes()) {
        return Err(Error::WordingTaken(holder.claim));
    }
    let holder = registry.found(wording);
    registry.take_prints(wording, &holder);
    registry.write(tx).await?;
    Ok(holder.claim)
}

/// Gives a claim another wording: what says the same from now on is its. [`Error::WordingTaken`] if it is another claim's.
pub(super) async fn add_wording(tx: &mut Tx, claim: &ClaimId, wording: &Wording) -> Result<(), Error> {
    let mut registry = Registry::read(tx, &[wording], ClaimOrigin::Entered).await?;
    if let Some(holder) = registry.by_print.get(wording.exact.as_bytes()) {
        let standing = family::standing(tx.conn(), &[holder.claim]).await?;
        if standing.get(&holder.claim) != Some(claim) {
            return Err(Error::WordingTaken(holder.claim));
        }
    }
    let holder = Holder {
        claim: *claim,
        text: wording.text.as_str().to_owned(),
    };
    registry.take_prints(wording, &holder);
    registry.write(tx).await?;
    add_bands(tx, claim, wording).await
}

/// Lets near-copies of a wording find the claim.
pub(super) async fn add_bands(tx: &mut Tx, claim: &ClaimId, wording: &Wording) -> Result<(), Error> {
    let sql = "INSERT INTO claim_bands (band, claim) SELECT $2, place FROM claims WHERE id = $1 ON CONFLICT DO NOTHING";
    for band in wording.bands.iter().flatten() {
        tx.execute(sql, args![claim, *band]).await?;
    }
    Ok(())
}

/// So many claims in a band say that it is a turn of phrase, not a claim: further ones are not written to it. That bounds what a
/// quote is compared with, however much of one make is read; copies of a further one join it by its other bands, and by its
/// fingerprints.
const CROWD: u32 = 200;

/// The bands of some that have enough claims.
async fn crowded(tx: &mut Tx, bands: impl Iterator<Item = i64>) -> Result<HashSet<i64>, Error> {
    let sql = format!("SELECT band FROM claim_bands WHERE band IN {{in}} GROUP BY band HAVING COUNT(*) >= {CROWD}");
    let mut rows = tx.fetch_in(&sql, bands.map(Value::from).collect()).await?;
    rows.iter_mut().map(Row::take).collect()
}

/// Who has which fingerprint: what the store knows, and what this batch adds.
struct Registry {
    origin: ClaimOrigin,
    at: Timestamp,
    by_print: HashMap<[u8; 16], Holder>,
    claims: HashSet<ClaimId>,
    /// Those that only reports say.
    concealed: HashSet<ClaimId>,
    new: Vec<New>,
    prints: Vec<(Fingerprint, ClaimId)>,
}

/// A claim that is founded.
struct New {
    claim: Claim,
    /// Of its sketch.
    bands: Option<[i64; 16]>,
    likeness: Option<Likeness>,
    worth: f32,
}

#[derive(Clone)]
struct Holder {
    claim: ClaimId,
    text: String,
}

impl Registry {
    async fn read(tx: &mut Tx, wordings: &[&Wording], origin: ClaimOrigin) -> Result<Self, Error> {
        let sql = "SELECT p.fingerprint, c.concealed, c.id, c.text FROM claim_fingerprints p \
                   JOIN claims c ON c.place = p.claim WHERE p.fingerprint IN {in}";
        let prints = wordings
            .iter()
            .flat_map(|wording| wording.prints())
            .map(Value::from)
            .collect();
        let (mut by_print, mut concealed) = (HashMap::new(), HashSet::new());
        for row in &mut tx.fetch_in(sql, prints).await? {
            let (print, audience): (_, Audience) = (row.take()?, row.take()?);
            let (claim, text) = (row.take()?, row.take()?);
            by_print.insert(print, Holder { claim, text });
            concealed.extend((audience == Audience::Reviewers).then_some(claim));
        }
        let homes = wordings.iter().filter_map(|wording| match &wording.home {
            Home::Known(id) => Some(Value::from(id)),
            Home::New => None,
        });
        let mut claims = HashSet::new();
        let sql = "SELECT concealed, id FROM claims WHERE id IN {in}";
        for row in &mut tx.fetch_in(sql, homes.collect()).await? {
            let (audience, claim): (Audience, ClaimId) = (row.take()?, row.take()?);
            claims.insert(claim);
            concealed.extend((audience == Audience::Reviewers).then_some(claim));
        }
        Ok(Self {
            origin,
            at: tx.at,
            by_print,
            claims,
            concealed,
            new: Vec::new(),
            prints: Vec::new(),
        })
    }

    fn home(&mut self, wording: &Wording) -> ClaimId {
        let holder = match (self.holder(wording), wording.home) {
            (Some(holder), _) => holder,
            (None, Home::Known(claim)) if self.claims.contains(&claim) => Holder {
                claim,
                text: wording.text.as_str().to_owned(),
            },
            (None, Home::Known(_) | Home::New) => match self.founded_just_now(wording) {
                Some(holder) => holder,
                None => self.found(wording),
            },
        };
        self.take_prints(wording, &holder);
        holder.claim
    }

    fn take_prints(&mut self, wording: &Wording, holder: &Holder) {
        for print in wording.prints() {
            if !self.by_print.contains_key(print.as_bytes()) {
                self.by_print.insert(*print.as_bytes(), holder.clone());
                self.prints.push((*print, holder.claim));
            }
        }
    }

    /// The claim founded by this batch of which a wording is a near-copy.
    fn founded_just_now(&self, wording: &Wording) -> Option<Holder> {
        let new = self.new.iter();
        let new = new.filter_map(|new| Some((new.claim.id, new.likeness.as_ref()?)));
        match cluster::choose(wording.likeness.as_ref()?, new) {
            Home::Known(claim) => Some(Holder {
                claim,
                text: wording.text.as_str().to_owned(),
            }),
            Home::New => None,
        }
    }

    /// The claim that has the wording's fingerprint. A near-verbatim one does not count where numbers or negations
    /// differ: "500 dead" and "5,000 dead" are two claims.
    fn holder(&self, wording: &Wording) -> Option<Holder> {
        let exact = self.by_print.get(wording.exact.as_bytes());
        let near = || {
            let holder = self.by_print.get(wording.near?.as_bytes())?;
            (!claim_index::contradicts(wording.text.as_str(), &holder.text)).then_some(holder)
        };
        exact.or_else(near).cloned()
    }

    fn found(&mut self, wording: &Wording) -> Holder {
        let claim = Claim {
            id: ClaimId::new(),
            text: wording.text.clone(),
            lang: wording.lang,
            origin: self.origin,
            created_at: self.at,
            first_seen: None,
            last_seen: None,
            sightings: 0,
            audience: if self.origin == ClaimOrigin::Reported {
                Audience::Reviewers
            } else {
                Audience::Public
            },
            version: 1,
        };
        let holder = Holder {
            claim: claim.id,
            text: claim.text.as_str().to_owned(),
        };
        self.new.push(New {
            claim,
            bands: wording.bands,
            likeness: wording.likeness.clone(),
            worth: wording.worth,
        });
        holder
    }

    /// The short names of all claims that get a fingerprint or bands: those that are new, and old ones with a new wording.
    async fn places(&self, tx: &mut Tx) -> Result<HashMap<ClaimId, i64>, Error> {
        let given = tx.conn().new_places(self.new.len()).await?;
        let mut places: HashMap<ClaimId, i64> = self.new.iter().map(|new| new.claim.id).zip(given).collect();
        let old: HashSet<ClaimId> = self.prints.iter().map(|(_, claim)| *claim).collect();
        let old = old.iter().filter(|claim| !places.contains_key(claim)).map(Value::from);
        let sql = "SELECT id, place FROM claims WHERE id IN {in}";
        for row in &mut tx.fetch_in(sql, old.collect()).await? {
            places.insert(row.take()?, row.take()?);
        }
        Ok(places)
    }

    async fn write(&mut self, tx: &mut Tx) -> Result<(), Error> {
        if self.new.is_empty() && self.prints.is_empty() {
            return Ok(());
        }
        tx.conn().widen().await?;
        let places = self.places(tx).await?;
        let place = |claim: &ClaimId| places.get(claim).copied().unwrap_or_default();
        let rows = self.new.iter().map(|new| claim_row(place(&new.claim.id), new));
        tx.insert(CLAIMS, rows.collect()).await?;
        // In one order everywhere, so that two batches with the same wordings wait for each other and do not lock.
        self.prints.sort_unstable_by_key(|(print, _)| *print.as_bytes());
        let rows = self
            .prints
            .iter()
            .map(|(print, claim)| args![print, place(claim)])
            .collect();
        if tx.insert(PRINTS, rows).await? < self.prints.len() as u64 {
            return Err(Error::lost_race());
        }
        let mut rows: Vec<(i64, i64)> = Vec::new();
        for New { claim, bands, .. } in &self.new {
            rows.extend(bands.iter().flatten().map(|band| (*band, place(&claim.id))));
        }
        if self.origin == ClaimOrigin::Crawled {
            let crowded = crowded(tx, rows.iter().map(|(band, _)| *band)).await?;
            rows.retain(|(band, _)| !crowded.contains(band));
        }
        // Neighbours in the table are written together: a batch touches most of its pages.
        rows.sort_unstable();
        let rows = rows.into_iter().map(|(band, claim)| args![band, claim]).collect();
        tx.insert(BANDS, rows).await?;
        for New { claim, .. } in &self.new {
            tx.note(ObjectKind::Claim, claim.id, 1, Action::Created);
        }
        Ok(())
    }
}

const CLAIMS: Insert = Insert {
    into: "INSERT INTO claims (place, id, text, lang, origin, created_at, sightings, fact_checks, version, \
           concealed, worth)",
    then: "",
};

const PRINTS: Insert = Insert {
    into: "INSERT INTO claim_fingerprints (fingerprint, claim)",
    then: "ON CONFLICT DO NOTHING",
};

const BANDS: Insert = Insert {
    into: "INSERT INTO claim_bands (band, claim)",
    then: "ON CONFLICT DO NOTHING",
};

fn claim_row(place: i64, New { claim, worth, .. }: &New) -> Vec<Value> {
    args![
        place,
        &claim.id,
        &claim.text,
        &claim.lang,
        &claim.origin,
        claim.created_at,
        0_i64,
        0_i64,
        claim.version,
        claim.audience,
        *worth
    ]
}
