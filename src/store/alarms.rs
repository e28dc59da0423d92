//! Which alarms were raised?

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{
    Cursor, Error, Page, Store,
    claims::{claim, claim_columns},
    cursor::List,
    value::{Row, args},
};
use crate::domain::{Alarm, AlarmKind, Claim, Timestamp};

/// Which alarms to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlarmQuery {
    /// Only those raised at this moment or later.
    pub since: Option<Timestamp>,
    /// Only those of this kind.
    pub kind: Option<AlarmKind>,
    /// Where to go on.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: u32,
}

/// An alarm with its claim.
#[derive(Debug, Clone, PartialEq)]
pub struct Raised {
    /// The alarm.
    pub alarm: Alarm,
    /// The claim that stands for the one it was raised about.
    pub claim: Claim,
}

impl Store {
    /// Alarms, the latest raised first.
    pub async fn alarms(&self, query: &AlarmQuery) -> Result<Page<Raised>, Error> {
        let start = Cursor {
            list: List::Alarms,
            key: i64::MAX,
            id: Uuid::max(),
        };
        let from = query.after.map_or(Ok(start), |cursor| cursor.of(List::Alarms))?;
        let kind = query.kind.map_or("", |_| "AND a.kind = $5");
        let sql = format!(
            "SELECT {}, a.id, a.kind, a.claim_id, a.began_at, a.last_at, a.happened, a.evidence FROM alarms a \
             JOIN claims o ON o.id = a.claim_id JOIN claims c ON c.id = COALESCE(o.merged_into, o.id) \
             WHERE a.began_at >= $1 AND (a.began_at, a.id) < ($2, $3) {kind} \
             ORDER BY a.began_at DESC, a.id DESC LIMIT $4",
            claim_columns!()
        );
        let since = query.since.map_or(i64::MIN, Timestamp::as_millis);
        let mut args = args![since, from.key, from.id.to_string(), i64::from(query.limit) + 1];
        args.extend(query.kind.as_ref().map(Into::into));
        let mut rows = self.db.fetch(AssertSqlSafe(sql), args).await?;
        let items = rows.iter_mut().map(raised).collect::<Result<_, _>>()?;
        Ok(Page::cut(items, query.limit, |last: &Raised| Cursor {
            list: List::Alarms,
            key: last.alarm.began_at.as_millis(),
            id: last.alarm.id.into(),
        }))
    }
}

fn raised(row: &mut Row) -> Result<Raised, Error> {
    let claim = claim(row)?;
    let alarm = Alarm {
        id: row.take()?,
        kind: row.take()?,
        claim_id: row.take()?,
        began_at: row.take()?,
        last_at: row.take()?,
        happened: row.take()?,
        evidence: row.take()?,
    };
    Ok(Raised { alarm, claim })
}
