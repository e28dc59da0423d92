//! Another text for a claim comes in; the claim that says it goes out.

use super::{
    Error, Store, acts,
    acts::Done,
    founding,
    founding::Wording,
    merging::{held, note},
    transaction::{Tx, transact},
    value::{Value, args},
};
use crate::domain::{ActKind, Action, Actor, Claim, ClaimId, ClaimOrigin, ClaimText, Lang, Reason};

/// A reviewer's wish to rewrite a claim.
#[derive(Debug, Clone, Copy)]
pub struct Rewriting<'a> {
    /// The claim.
    pub claim: &'a ClaimId,
    /// The version that the reviewer read.
    pub read: u64,
    /// What it says from now on.
    pub text: &'a ClaimText,
    /// The text's language.
    pub lang: Lang,
    /// Why.
    pub reason: Option<&'a Reason>,
}

impl Store {
    /// Gives a claim a text of a reviewer's, which wordings that are read somewhere no longer replace. The text that it has
    /// already is only noted as the reviewer's.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Merged`], [`Error::Stale`], [`Error::WordingTaken`] if another claim says these words.
    pub async fn rewrite(&self, rewriting: Rewriting<'_>, actor: &Actor) -> Result<Claim, Error> {
        transact!(self.db, actor, |tx| rewrite(&mut tx, rewriting, actor))
    }
}

async fn rewrite(tx: &mut Tx, rewriting: Rewriting<'_>, actor: &Actor) -> Result<Claim, Error> {
    let old = held(tx, rewriting.claim).await?;
    if let Some(other) = old.merged_into {
        return Err(Error::Merged(other));
    }
    let current = old.claim.version;
    if current != rewriting.read {
        return Err(Error::Stale { current });
    }
    let wording = Wording::new(rewriting.text.clone(), rewriting.lang);
    founding::add_wording(tx, &old.claim.id, &wording).await?;
    let sql = "UPDATE claims SET text = $3, lang = $4, text_by = $5, concealed = 0, version = version + 1 \
               WHERE id = $1 AND version = $2 AND merged_into IS NULL";
    let args = args![&old.claim.id, current, rewriting.text, &rewriting.lang, actor];
    if tx.execute(sql, args).await? == 0 {
        return Err(Error::lost_race());
    }
    let mut done = Done::new(ActKind::Rewritten, old.claim.id);
    // A report's words are shown to reviewers alone, with the report.
    if old.claim.origin != ClaimOrigin::Reported {
        done = done.replacing(old.claim.text.as_str());
    }
    if let Some(reason) = rewriting.reason {
        done = done.because(reason);
    }
    acts::add(tx, &done, actor).await?;
    note(tx, &old.claim.id, Action::Updated).await
}

/// Gives claims that nobody wrote better wordings that were read: another text, another version. Leaves out those that have
/// an author: a reviewer, or the publisher whose fact-check names them.
pub(super) async fn improve(tx: &mut Tx, better: Vec<(ClaimId, ClaimText, Lang)>) -> Result<(), Error> {
    let sql = "UPDATE claims SET text = $2, lang = $3, version = version + 1 \
               WHERE id = $1 AND origin = 'crawled' AND text_by IS NULL";
    for (id, text, lang) in better {
        if tx.execute(sql, args![&id, &text, &lang]).await? > 0 {
            founding::add_bands(tx, &id, &Wording::new(text, lang)).await?;
            note(tx, &id, Action::Updated).await?;
        }
    }
    Ok(())
}

/// What [`improve`] may change of some claims: their texts as they stand.
pub(super) async fn improvable(tx: &mut Tx, ids: &[ClaimId]) -> Result<Vec<(ClaimId, String, Lang)>, Error> {
    let sql = "SELECT id, text, lang FROM claims WHERE origin = 'crawled' AND text_by IS NULL AND id IN {in}";
    let mut rows = tx.fetch_in(sql, ids.iter().map(Value::from).collect()).await?;
    rows.iter_mut()
        .map(|row| Ok((row.take()?, row.take()?, row.take()?)))
        .collect()
}
