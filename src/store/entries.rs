//! What the index holds of a claim.

use std::collections::{BTreeMap, HashMap};

use claim_index::{Entry, Wording, WordingKind};

use super::{
    Error, Store, concealing,
    db::Conn,
    family,
    transaction::view,
    value::{Row, Value},
};
use crate::domain::{ClaimId, ClaimText, FactCheckBody, Lang};

impl Store {
    /// The index entries of the claims named, in the order asked; those unknown are left out, those that others stand
    /// for, those whose words were erased, and those that only reviewers may read. An entry holds the claim's text, its first 20
    /// distinct quotes, and what its attached fact-checks say was claimed,
    /// their titles and descriptions; and the same of each claim that it stands for.
    pub async fn entries(&self, ids: &[ClaimId]) -> Result<Vec<Entry>, Error> {
        let mut drafts = view!(self.db, |conn| read(conn, ids))?;
        Ok(ids.iter().filter_map(|id| drafts.remove(id)).collect())
    }
}

async fn read(conn: &mut Conn, ids: &[ClaimId]) -> Result<HashMap<ClaimId, Entry>, Error> {
    let standing = family::standing(conn, ids).await?;
    let concealed = concealing::of(conn, ids).await?;
    let is_entry = |id: &&ClaimId| standing.get(*id) == Some(*id) && !concealed.contains(*id);
    let ids: Vec<ClaimId> = ids.iter().filter(is_entry).copied().collect();
    let mut members = family::members(conn, &ids).await?;
    let named: Vec<ClaimId> = members.keys().copied().collect();
    let concealed = concealing::of(conn, &named).await?;
    members.retain(|id, _| !concealed.contains(id));
    let mut drafts = Drafts::read(conn, ids.iter().collect()).await?;
    if !members.is_empty() {
        let others = Drafts::read(conn, members.keys().collect()).await?;
        drafts.take_in(others, &members);
    }
    Ok(drafts.finish())
}

/// What is known of some claims, each for itself.
struct Drafts {
    /// In the order of the claims' identifiers.
    entries: BTreeMap<ClaimId, Entry>,
    bodies: Vec<(ClaimId, FactCheckBody)>,
}

impl Drafts {
    async fn read(conn: &mut Conn, ids: Vec<&ClaimId>) -> Result<Self, Error> {
        let keys: Vec<Value> = ids.into_iter().map(Value::from).collect();
        let (mut entries, mut bodies) = (BTreeMap::new(), Vec::new());
        for row in &mut conn.fetch_in(CLAIMS, keys.clone()).await? {
            let id: ClaimId = row.take()?;
            let claim = wording(WordingKind::Claim, row)?;
            let says_something = claim.text != ClaimText::ERASED;
            entries.entry(id).or_insert_with(|| Entry {
                id: id.to_string(),
                wordings: says_something.then_some(claim).into_iter().collect(),
            });
            bodies.extend(row.take::<Option<FactCheckBody>>()?.map(|body| (id, body)));
        }
        let mut drafts = Self { entries, bodies };
        for row in &mut conn.fetch_in(QUOTES, keys).await? {
            let id: ClaimId = row.take()?;
            drafts.add(id, wording(WordingKind::Variant, row)?);
        }
        Ok(drafts)
    }

    /// Takes in what is known of the claims that these stand for.
    fn take_in(&mut self, others: Self, standing: &BTreeMap<ClaimId, ClaimId>) {
        for (member, entry) in others.entries {
            for wording in entry.wordings {
                let kind = WordingKind::Variant;
                self.add(standing[&member], Wording { kind, ..wording });
            }
        }
        let bodies = others.bodies.into_iter();
        self.bodies
            .extend(bodies.map(|(member, body)| (standing[&member], body)));
    }

    /// Adds a wording, unless the same words are in the entry as another statement of the claim.
    fn add(&mut self, id: ClaimId, wording: Wording) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        if entry.wordings.iter().all(|known| known.text != wording.text) {
            entry.wordings.push(wording);
        }
    }

    fn finish(mut self) -> HashMap<ClaimId, Entry> {
        for (id, body) in std::mem::take(&mut self.bodies) {
            for wording in wordings(body) {
                self.add(id, wording);
            }
        }
        self.entries
            .into_iter()
            .filter(|(_, entry)| !entry.wordings.is_empty())
            .collect()
    }
}

/// The first 20 distinct quotes of each claim: more would make a popular claim's entry long, not easier to find.
const QUOTES: &str = "SELECT claim_id, quote, lang FROM ( \
     SELECT claim_id, quote, lang, ROW_NUMBER() OVER (PARTITION BY claim_id ORDER BY MIN(id)) AS place \
     FROM sightings WHERE quote <> '' AND claim_id IN {in} GROUP BY claim_id, quote, lang) AS quotes \
     WHERE place <= 20 ORDER BY claim_id, place";

/// Claims with their fact-checks in one row: on SQLite, handing a row over costs more than what is in it.
const CLAIMS: &str = "SELECT c.id, c.text, c.lang, v.body FROM claims c \
     LEFT JOIN attachments a ON a.claim_id = c.id AND a.withdrawn_at IS NULL \
     LEFT JOIN fact_checks f ON f.id = a.fact_check_id \
     LEFT JOIN fact_check_versions v ON v.fact_check_id = f.id AND v.version = f.version \
     WHERE c.id IN {in} ORDER BY a.id";

fn wording(kind: WordingKind, row: &mut Row) -> Result<Wording, Error> {
    Ok(Wording {
        kind,
        text: row.take()?,
        lang: row.take()?,
    })
}

fn wordings(body: FactCheckBody) -> Vec<Wording> {
    let (lang, texts): (Lang, Vec<(WordingKind, String)>) = match body {
        FactCheckBody::External(check) => (
            check.lang,
            vec![
                (WordingKind::Reviewed, check.claim_reviewed),
                (WordingKind::Title, check.title),
                (WordingKind::Description, check.description),
            ],
        ),
        FactCheckBody::Own(check) => (check.lang, vec![(WordingKind::Title, check.title)]),
    };
    let texts = texts.into_iter().filter(|(_, text)| !text.trim().is_empty());
    texts.map(|(kind, text)| Wording { kind, text, lang }).collect()
}
