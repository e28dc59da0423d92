//! Claims that only reviewers may read come in; those that others said, too, or that a reviewer took up, go out to everybody.
//!
//! Anybody may send a report, about anybody. Its words are shown to nobody else because somebody sent them: the first page that
//! says the same gives the claim its text, and so does the first fact-check.

use std::collections::HashSet;

use super::{
    Error, Store,
    db::Conn,
    founding::{self, Wording},
    merging::note,
    transaction::Tx,
    value::{Row, Value, args},
};
use crate::domain::{Action, ClaimId, ClaimOrigin};

impl Store {
    /// Which of some claims only reviewers may read.
    pub async fn concealed(&self, ids: &[ClaimId]) -> Result<HashSet<ClaimId>, Error> {
        of(&mut self.db.reader().await?, ids).await
    }
}

pub(super) async fn of(conn: &mut Conn, ids: &[ClaimId]) -> Result<HashSet<ClaimId>, Error> {
    let sql = "SELECT id FROM claims WHERE concealed = 1 AND id IN {in}";
    let mut rows = conn.fetch_in(sql, ids.iter().map(Value::from).collect()).await?;
    rows.iter_mut().map(Row::take).collect()
}

/// A claim that only reports said was said elsewhere: it takes over the words from there, and so does the claim that stands for
/// it, if only reports said that one.
pub(super) async fn adopt(tx: &mut Tx, id: &ClaimId, wording: &Wording, origin: ClaimOrigin) -> Result<(), Error> {
    let mut rows = tx
        .fetch("SELECT merged_into FROM claims WHERE id = $1", args![id])
        .await?;
    let survivor: Option<ClaimId> = rows.first_mut().map(Row::take).transpose()?.flatten();
    let sql = "UPDATE claims SET text = $2, lang = $3, origin = $4, concealed = 0, version = version + 1 \
               WHERE id = $1 AND concealed = 1";
    for id in [Some(*id), survivor].into_iter().flatten() {
        let args = args![&id, &wording.text, &wording.lang, &origin];
        if tx.execute(sql, args).await? > 0 {
            founding::add_bands(tx, &id, wording).await?;
            note(tx, &id, Action::Updated).await?;
        }
    }
    Ok(())
}

/// A reviewer took a claim up: its words are shown as they stand.
pub(super) async fn reveal(tx: &mut Tx, id: &ClaimId) -> Result<(), Error> {
    let sql = "UPDATE claims SET concealed = 0 WHERE id = $1";
    tx.execute(sql, args![id]).await.map(drop)
}
