//! The change log: every write to a domain object, numbered without gaps in commit order.

use std::collections::{HashMap, HashSet};

use super::{
    Error, Store,
    db::Conn,
    transaction::view,
    value::{Row, Value, args},
};
use crate::domain::{Change, ClaimId, ObjectKind};

/// Which changes to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeQuery {
    /// Those after this number.
    pub after: u64,
    /// How many at most.
    pub limit: u32,
    /// Only those of this kind of object.
    pub kind: Option<ObjectKind>,
    /// Only those of the object with this identifier.
    pub id: Option<String>,
}

/// The claims whose index entries some changes touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// The claims, each once.
    pub claims: Vec<ClaimId>,
    /// The last change that was looked at; the number asked for if there is none after it.
    pub up_to: u64,
}

impl Store {
    /// Reads the change log, oldest first.
    pub async fn changes(&self, query: &ChangeQuery) -> Result<Vec<Change>, Error> {
        let kinds = query.kind.map_or("", |_| "AND kind = $3");
        let ids = query.id.as_ref().map_or("", |_| "AND id = $4");
        let sql = format!(
            "SELECT number, kind, id, version, action, actor, at FROM changes \
             WHERE number > $1 {kinds} {ids} ORDER BY number LIMIT $2"
        );
        let args = args![query.after, query.limit, query.kind.as_ref(), query.id.as_ref()];
        self.db
            .fetch(sqlx::AssertSqlSafe(sql), args)
            .await?
            .iter_mut()
            .map(change)
            .collect()
    }

    /// The number of the last change; 0 before the first.
    pub async fn last_change(&self) -> Result<u64, Error> {
        last(&mut self.db.reader().await?).await
    }

    /// Which claims' index entries are touched by the first `limit` changes after a number.
    pub async fn touched(&self, after: u64, limit: u32) -> Result<Touched, Error> {
        view!(self.db, |conn| touched(conn, after, limit))
    }
}

fn change(row: &mut Row) -> Result<Change, Error> {
    Ok(Change {
        number: row.take()?,
        kind: row.take()?,
        id: row.take()?,
        version: row.take()?,
        action: row.take()?,
        actor: row.take()?,
        at: row.take()?,
    })
}

pub(super) async fn last(conn: &mut Conn) -> Result<u64, Error> {
    let mut rows = conn
        .fetch("SELECT value FROM counters WHERE name = 'changes'", vec![])
        .await?;
    rows.first_mut()
        .ok_or_else(|| Error::damaged("it has lost its counter of changes"))?
        .take()
}

/// For each kind of object, how its identifiers lead to claims.
const fn claims_of(kind: ObjectKind) -> Option<&'static str> {
    match kind {
        ObjectKind::Claim => Some("SELECT id FROM claims WHERE id IN {in}"),
        ObjectKind::Sighting => Some("SELECT claim_id FROM sightings WHERE id IN {in}"),
        ObjectKind::FactCheck => {
            Some("SELECT claim_id FROM attachments WHERE withdrawn_at IS NULL AND fact_check_id IN {in}")
        }
        ObjectKind::Attachment => Some("SELECT claim_id FROM attachments WHERE id IN {in}"),
        ObjectKind::Source => None,
    }
}

async fn touched(conn: &mut Conn, after: u64, limit: u32) -> Result<Touched, Error> {
    let sql = "SELECT number, kind, id FROM changes WHERE number > $1 ORDER BY number LIMIT $2";
    let mut up_to = after;
    let mut changed: HashMap<ObjectKind, HashSet<String>> = HashMap::new();
    for row in &mut conn.fetch(sql, args![after, limit]).await? {
        up_to = row.take()?;
        changed.entry(row.take()?).or_default().insert(row.take()?);
    }
    let mut claims = HashSet::new();
    for (kind, ids) in changed {
        let Some(sql) = claims_of(kind) else { continue };
        for row in &mut conn.fetch_in(sql, ids.iter().map(Value::from).collect()).await? {
            claims.insert(row.take()?);
        }
    }
    let mut claims: Vec<ClaimId> = claims.into_iter().collect();
    claims.sort_unstable();
    Ok(Touched { claims, up_to })
}
