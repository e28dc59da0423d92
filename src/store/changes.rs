//! The change log: every write to a domain object, numbered without gaps in commit order.

use super::{
    Error, Store,
    db::Conn,
    transaction::view,
    value::{Row, args},
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
    /// Whether words were erased: no file may hold them any longer.
    pub erases: bool,
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
        self.pulse.last_change(&self.db).await
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

/// How the objects of each kind lead to claims: what came to a merged one is in the entry of the one that stands for it, and
/// its own goes. Worked out by the database: there are several changes to a claim.
const TOUCHED: &str = "\
     WITH x AS (SELECT kind, id FROM changes WHERE number > $1 AND number <= $2) \
     SELECT o.id FROM x JOIN claims o ON o.id = x.id WHERE x.kind = 'claim' \
     UNION SELECT COALESCE(c.merged_into, c.id) FROM x JOIN sightings o ON o.id = x.id JOIN claims c ON c.id = o.claim_id \
     WHERE x.kind = 'sighting' \
     UNION SELECT COALESCE(c.merged_into, c.id) FROM x JOIN attachments o ON o.id = x.id JOIN claims c ON c.id = o.claim_id \
     WHERE x.kind = 'attachment' \
     UNION SELECT COALESCE(c.merged_into, c.id) FROM x JOIN attachments o ON o.fact_check_id = x.id AND o.withdrawn_at IS NULL \
     JOIN claims c ON c.id = o.claim_id WHERE x.kind = 'fact_check' ORDER BY 1";

const ERASURES: &str = "SELECT 1 FROM changes WHERE number > $1 AND number <= $2 AND kind = 'sighting' \
     AND action IN ('removed', 'erased') LIMIT 1";

async fn touched(conn: &mut Conn, after: u64, limit: u32) -> Result<Touched, Error> {
    // Numbers have no gaps.
    let up_to = last(conn).await?.min(after + u64::from(limit)).max(after);
    let mut rows = conn.fetch(TOUCHED, args![after, up_to]).await?;
    let claims = rows.iter_mut().map(Row::take).collect::<Result<_, Error>>()?;
    let erasures = conn.fetch(ERASURES, args![after, up_to]).await?;
    Ok(Touched {
        claims,
        up_to,
        erases: !erasures.is_empty(),
    })
}
