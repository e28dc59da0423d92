//! Claims whose sightings lost their words come in; claims that say nothing any more of what was lost go out.
//!
//! A claim's own text was read in some document, and it is not written down in which: so it stays only while a sighting still
//! says it, word for word. What a reviewer wrote stays, and so does what a publisher says was claimed.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    Error, family, founding,
    founding::Wording,
    merging::note,
    transaction::Tx,
    value::{Row, Value, args},
};
use crate::{
    cluster,
    domain::{Action, ClaimId, ClaimText, FactCheckBody, Fingerprint, Lang},
};

/// What becomes of the fingerprints of words that are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prints {
    /// They stay: the claim is known again when it comes back.
    Stay,
    /// They go too: nothing shall tell what was said.
    Go,
}

/// A claim, as far as it matters here.
struct Said {
    id: ClaimId,
    place: i64,
    text: String,
    lang: Lang,
    /// Nobody wrote it: it was read.
    is_read: bool,
}

/// What is still said of a family of claims.
struct Remaining {
    by_claim: HashMap<ClaimId, Vec<(ClaimText, Lang)>>,
    texts: HashSet<String>,
}

/// Takes out of some claims, and of all that are merged with them, the words that no sighting says any more. `gone` are the
/// words that were lost; `held` are claims whose versions the caller raises. Gives how many claims were given other words, and
/// how many have none any more.
pub(super) async fn reword(
    tx: &mut Tx,
    ids: &BTreeSet<ClaimId>,
    held: &BTreeSet<ClaimId>,
    gone: &[String],
    prints: Prints,
) -> Result<(u64, u64), Error> {
    let claims = family_of(tx, ids).await?;
    let keys: Vec<Value> = claims.iter().map(|claim| Value::from(&claim.id)).collect();
    let remaining = Remaining::read(tx, &keys).await?;
    let (mut reworded, mut emptied, mut lost, mut kept) = (0, 0, gone.to_vec(), Vec::new());
    for claim in &claims {
        let (text, lang) = match remaining.other_words(claim) {
            None => (claim.text.clone(), claim.lang),
            Some((text, lang)) => {
                *(if text.is_erased() { &mut emptied } else { &mut reworded }) += 1;
                lost.push(claim.text.clone());
                give_words(tx, claim, &text, lang).await?;
                set_print(tx, claim, &text).await?;
                if !held.contains(&claim.id) {
                    raise(tx, &claim.id).await?;
                }
                (text.as_str().to_owned(), lang)
            }
        };
        if claim.is_read {
            set_bands(tx, claim, &text, lang).await?;
        }
        kept.push(text);
    }
    forget_rewritten(tx, &claims, &keys, &remaining).await?;
    if prints == Prints::Go {
        kept.extend(remaining.texts);
        forget_prints(tx, &claims, &lost, &kept).await?;
    }
    Ok((reworded, emptied))
}

/// The claims, those that stand for them, and those that these stand for.
async fn family_of(tx: &mut Tx, ids: &BTreeSet<ClaimId>) -> Result<Vec<Said>, Error> {
    let ids: Vec<ClaimId> = ids.iter().copied().collect();
    let standing = family::standing(tx.conn(), &ids).await?;
    let heads: Vec<ClaimId> = standing
        .values()
        .copied()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let members = family::members(tx.conn(), &heads).await?;
    let all: BTreeSet<ClaimId> = members.into_keys().chain(heads).collect();
    let sql = "SELECT id, place, text, lang, CAST(CASE WHEN origin = 'crawled' AND text_by IS NULL THEN 1 ELSE 0 END AS BIGINT) \
               FROM claims WHERE id IN {in}";
    let mut claims: Vec<Said> = Vec::new();
    for row in &mut tx.fetch_in(sql, all.iter().map(Value::from).collect()).await? {
        claims.push(Said {
            id: row.take()?,
            place: row.take()?,
            text: row.take()?,
            lang: row.take()?,
            is_read: row.take::<i64>()? == 1,
        });
    }
    claims.sort_by_key(|claim| claim.id);
    Ok(claims)
}

impl Remaining {
    /// Quotes of sightings, and after them what attached fact-checks say was claimed.
    async fn read(tx: &mut Tx, claims: &[Value]) -> Result<Self, Error> {
        let quotes = "SELECT DISTINCT claim_id, quote, lang FROM sightings WHERE quote <> '' AND claim_id IN {in}";
        let mut remaining = Self {
            by_claim: HashMap::new(),
            texts: HashSet::new(),
        };
        for row in &mut tx.fetch_in(quotes, claims.to_vec()).await? {
            remaining.add(row.take()?, &row.take::<String>()?, row.take()?);
        }
        let checks = "SELECT a.claim_id, v.body FROM attachments a JOIN fact_checks f ON f.id = a.fact_check_id \
                      JOIN fact_check_versions v ON v.fact_check_id = f.id AND v.version = f.version \
                      WHERE a.withdrawn_at IS NULL AND a.claim_id IN {in} ORDER BY a.id";
        for row in &mut tx.fetch_in(checks, claims.to_vec()).await? {
            let claim = row.take()?;
            if let FactCheckBody::External(check) = row.take()? {
                remaining.add(claim, &check.claim_reviewed, check.lang);
            }
        }
        Ok(remaining)
    }

    fn add(&mut self, claim: ClaimId, words: &str, lang: Lang) {
        if let Ok(text) = ClaimText::parse(words) {
            self.texts.insert(text.as_str().to_owned());
            self.by_claim.entry(claim).or_default().push((text, lang));
        }
    }

    /// The best other words, if the claim does not keep its own: what stands for none, if there are none.
    fn other_words(&self, claim: &Said) -> Option<(ClaimText, Lang)> {
        if !claim.is_read || claim.text == ClaimText::ERASED || self.texts.contains(&claim.text) {
            return None;
        }
        let own = self.by_claim.get(&claim.id).map(Vec::as_slice).unwrap_or_default();
        let in_its_language = own.iter().filter(|(_, lang)| *lang == claim.lang);
        let best = best(in_its_language).or_else(|| best(own));
        Some(best.unwrap_or_else(|| (ClaimText::erased(), Lang::UND)))
    }
}

fn best<'a>(words: impl IntoIterator<Item = &'a (ClaimText, Lang)>) -> Option<(ClaimText, Lang)> {
    let words: Vec<_> = words.into_iter().collect();
    let at = cluster::best(words.iter().map(|(text, lang)| (text.as_str(), lang)))?;
    Some(words[at].clone())
}

async fn give_words(tx: &mut Tx, claim: &Said, text: &ClaimText, lang: Lang) -> Result<(), Error> {
    let sql = "UPDATE claims SET text = $2, lang = $3 WHERE id = $1";
    tx.execute(sql, args![&claim.id, text, &lang]).await.map(drop)
}

async fn raise(tx: &mut Tx, claim: &ClaimId) -> Result<(), Error> {
    tx.execute("UPDATE claims SET version = version + 1 WHERE id = $1", args![claim])
        .await?;
    note(tx, claim, Action::Updated).await.map(drop)
}

/// What says the same words from now on is the claim's, unless it is another's already.
async fn set_print(tx: &mut Tx, claim: &Said, text: &ClaimText) -> Result<(), Error> {
    if text.is_erased() {
        return Ok(());
    }
    let sql = "INSERT INTO claim_fingerprints (fingerprint, claim) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let print = Fingerprint::exact(text.as_str());
    tx.execute(sql, args![&print, claim.place]).await.map(drop)
}

/// Near-copies find the claim by what it says now, and by nothing else.
async fn set_bands(tx: &mut Tx, claim: &Said, text: &str, lang: Lang) -> Result<(), Error> {
    tx.execute("DELETE FROM claim_bands WHERE claim = $1", args![claim.place])
        .await?;
    match ClaimText::parse(text) {
        Ok(text) if !text.is_erased() => founding::add_bands(tx, &claim.id, &Wording::new(text, lang)).await,
        _ => Ok(()),
    }
}

/// The first rewriting of a claim notes the words that had been read until then.
async fn forget_rewritten(tx: &mut Tx, claims: &[Said], keys: &[Value], remaining: &Remaining) -> Result<(), Error> {
    let sql = "SELECT a.id, a.text_before FROM claim_acts a JOIN claims c ON c.id = a.claim_id AND c.origin = 'crawled' \
               WHERE a.text_before IS NOT NULL AND NOT EXISTS (SELECT 1 FROM claim_acts b WHERE b.claim_id = a.claim_id \
               AND b.text_before IS NOT NULL AND b.id < a.id) AND a.claim_id IN {in}";
    let mut rows = tx.fetch_in(sql, keys.to_vec()).await?;
    let written: HashSet<&str> = claims
        .iter()
        .filter(|claim| !claim.is_read)
        .map(|claim| claim.text.as_str())
        .collect();
    for row in &mut rows {
        let (id, before): (String, String) = (row.take()?, row.take()?);
        if !remaining.texts.contains(&before) && !written.contains(before.as_str()) {
            let sql = "UPDATE claim_acts SET text_before = $2 WHERE id = $1";
            tx.execute(sql, args![id, ClaimText::ERASED]).await?;
        }
    }
    Ok(())
}

fn prints(words: &[String]) -> HashSet<Fingerprint> {
    let of = |text: &String| [Some(Fingerprint::exact(text)), Fingerprint::near_verbatim(text)];
    words.iter().flat_map(of).flatten().collect()
}

async fn forget_prints(tx: &mut Tx, claims: &[Said], lost: &[String], kept: &[String]) -> Result<(), Error> {
    let (lost, kept) = (prints(lost), prints(kept));
    let lost: Vec<Value> = lost.difference(&kept).map(Value::from).collect();
    for claim in claims {
        let sql = "DELETE FROM claim_fingerprints WHERE claim = $1 AND fingerprint IN {in}";
        tx.execute_in(sql, args![claim.place], lost.clone()).await?;
    }
    Ok(())
}

/// How often the change log names each of some rows: those carry no version of their own.
pub(super) async fn versions<T>(tx: &mut Tx, ids: Vec<Value>) -> Result<HashMap<T, u64>, Error>
where
    T: super::value::Column + Eq + std::hash::Hash,
{
    let sql = "SELECT id, COUNT(*) FROM changes WHERE id IN {in} GROUP BY id";
    let pair = |row: &mut Row| Ok((row.take()?, row.take()?));
    tx.fetch_in(sql, ids).await?.iter_mut().map(pair).collect()
}
