//! Fact-checks: other publishers' and our own.

use std::collections::BTreeSet;

use super::{
    Added, Error, Store,
    batch::Insert,
    identity::Identity,
    transaction::{Tx, transact},
    value::{Row, Value, args},
};
use crate::domain::{
    Action, Actor, ExternalFactCheck, FactCheck, FactCheckBody, FactCheckId, FactCheckOrigin, FactCheckVersion,
    ObjectKind, OwnFactCheck, UrlKey, Verdict, WebUrl,
};

/// The columns that [`fact_check`] reads, of `fact_checks` as `f` and `fact_check_versions` as `v`.
macro_rules! fact_check_columns {
    () => {
        "f.id, v.body, f.verdict, f.version, f.created_at, f.updated_at"
    };
}

/// Where they stand.
macro_rules! fact_check_tables {
    () => {
        "fact_checks f JOIN fact_check_versions v ON v.fact_check_id = f.id AND v.version = f.version"
    };
}
pub(super) use {fact_check_columns, fact_check_tables};

pub(super) fn fact_check(row: &mut Row) -> Result<FactCheck, Error> {
    Ok(FactCheck {
        id: row.take()?,
        body: row.take()?,
        verdict: row.take()?,
        version: row.take()?,
        created_at: row.take()?,
        updated_at: row.take()?,
    })
}

impl Store {
    /// Takes another publisher's fact-check that a reviewer entered. It is not attached to anything yet. One whose
    /// identity is known stays as it is.
    pub async fn add_external(&self, check: &ExternalFactCheck, actor: &Actor) -> Result<Added<FactCheck>, Error> {
        transact!(self.db, actor, |tx| add_external(&mut tx, check, actor))
    }

    /// Takes a fact-check written here.
    pub async fn write_own(&self, check: &OwnFactCheck, actor: &Actor) -> Result<FactCheck, Error> {
        transact!(self.db, actor, |tx| write_own(&mut tx, check, actor))
    }

    /// Corrects a fact-check written here: a new version; those before stay readable. [`Error::Stale`] if another
    /// version than `expected` is current, [`Error::External`] if it is not ours, [`Error::NotFound`].
    pub async fn correct_own(
        &self,
        id: &FactCheckId,
        expected: u64,
        check: &OwnFactCheck,
        actor: &Actor,
    ) -> Result<FactCheck, Error> {
        transact!(self.db, actor, |tx| correct(&mut tx, id, expected, check, actor))
    }

    /// A fact-check as it stands.
    pub async fn fact_check(&self, id: &FactCheckId) -> Result<Option<FactCheck>, Error> {
        self.db
            .fetch(BY_ID, args![id])
            .await?
            .first_mut()
            .map(fact_check)
            .transpose()
    }

    /// All versions of a fact-check, oldest first; none if there is no such fact-check.
    pub async fn fact_check_versions(&self, id: &FactCheckId) -> Result<Vec<FactCheckVersion>, Error> {
        let sql = "SELECT version, body, actor, at FROM fact_check_versions WHERE fact_check_id = $1 ORDER BY version";
        let version = |row: &mut Row| {
            Ok(FactCheckVersion {
                version: row.take()?,
                body: row.take()?,
                actor: row.take()?,
                at: row.take()?,
            })
        };
        self.db.fetch(sql, args![id]).await?.iter_mut().map(version).collect()
    }
}

const BY_ID: &str = concat!(
    "SELECT ",
    fact_check_columns!(),
    " FROM ",
    fact_check_tables!(),
    " WHERE f.id = $1"
);

const BY_IDENTITY: &str = concat!(
    "SELECT ",
    fact_check_columns!(),
    " FROM ",
    fact_check_tables!(),
    " WHERE f.identity = $1"
);

fn new(tx: &Tx, body: FactCheckBody, verdict: Verdict) -> FactCheck {
    FactCheck {
        id: FactCheckId::new(),
        body,
        verdict,
        version: 1,
        created_at: tx.at,
        updated_at: tx.at,
    }
}

/// Another publisher's fact-check as a new one.
pub(super) fn external(tx: &Tx, check: &ExternalFactCheck) -> FactCheck {
    let verdict = Verdict::of(&check.publisher, &check.rating);
    new(tx, FactCheckBody::External(check.clone()), verdict)
}

async fn add_external(tx: &mut Tx, check: &ExternalFactCheck, actor: &Actor) -> Result<Added<FactCheck>, Error> {
    let identity = Identity::of(check);
    if let Some(row) = tx.fetch(BY_IDENTITY, args![&identity]).await?.first_mut() {
        return fact_check(row).map(Added::Known);
    }
    let new = external(tx, check);
    insert(tx, &[(&new, Some(identity))], actor)
        .await
        .map(|()| Added::New(new))
}

async fn write_own(tx: &mut Tx, check: &OwnFactCheck, actor: &Actor) -> Result<FactCheck, Error> {
    let new = new(tx, FactCheckBody::Own(check.clone()), check.verdict);
    insert(tx, &[(&new, None)], actor).await.map(|()| new)
}

async fn correct(
    tx: &mut Tx,
    id: &FactCheckId,
    expected: u64,
    check: &OwnFactCheck,
    actor: &Actor,
) -> Result<FactCheck, Error> {
    let mut rows = tx.fetch(BY_ID, args![id]).await?;
    let old = fact_check(rows.first_mut().ok_or(Error::NotFound(ObjectKind::FactCheck))?)?;
    if old.origin() == FactCheckOrigin::External {
        return Err(Error::External);
    }
    if old.version != expected {
        return Err(Error::Stale { current: old.version });
    }
    let body = FactCheckBody::Own(check.clone());
    let new = FactCheck {
        body,
        verdict: check.verdict,
        version: expected + 1,
        updated_at: tx.at,
        ..old.clone()
    };
    update(tx, &[(&old, &new)], actor).await.map(|()| new)
}

const FACT_CHECKS: Insert = Insert {
    into: "INSERT INTO fact_checks (id, origin, identity, verdict, created_at, updated_at, version)",
    then: "ON CONFLICT DO NOTHING",
};

const VERSIONS: Insert = Insert {
    into: "INSERT INTO fact_check_versions (fact_check_id, version, body, actor, at)",
    then: "",
};

const URLS: Insert = Insert {
    into: "INSERT INTO fact_check_urls (url_key, fact_check_id)",
    then: "ON CONFLICT DO NOTHING",
};

/// Writes fact-checks that are new. If another writer has just taken an identity, the race is lost.
pub(super) async fn insert(tx: &mut Tx, new: &[(&FactCheck, Option<Identity>)], actor: &Actor) -> Result<(), Error> {
    let row = |(check, identity): &(&FactCheck, Option<Identity>)| {
        let (origin, at) = (check.origin(), check.created_at);
        args![
            &check.id,
            &origin,
            identity.as_ref(),
            &check.verdict,
            at,
            check.updated_at,
            check.version
        ]
    };
    if tx.insert(FACT_CHECKS, new.iter().map(row).collect()).await? < new.len() as u64 {
        return Err(Error::lost_race());
    }
    let checks = || new.iter().map(|(check, _)| *check);
    tx.insert(VERSIONS, checks().map(|check| version_row(check, actor)).collect())
        .await?;
    tx.insert(
        URLS,
        checks()
            .flat_map(|check| url_rows(check, &url_keys(&check.body)))
            .collect(),
    )
    .await?;
    for check in checks() {
        tx.note(ObjectKind::FactCheck, check.id, check.version, Action::Created);
    }
    Ok(())
}

/// Writes new versions of fact-checks: as they were, as they are to be. If another writer was faster, the race is lost.
pub(super) async fn update(tx: &mut Tx, changed: &[(&FactCheck, &FactCheck)], actor: &Actor) -> Result<(), Error> {
    for (old, new) in changed {
        let sql = "UPDATE fact_checks SET verdict = $3, updated_at = $4, version = $5 WHERE id = $1 AND version = $2";
        let args = args![&new.id, old.version, &new.verdict, new.updated_at, new.version];
        if tx.execute(sql, args).await? == 0 {
            return Err(Error::lost_race());
        }
        move_urls(tx, old, new).await?;
        tx.note(ObjectKind::FactCheck, new.id, new.version, Action::Updated);
    }
    tx.insert(
        VERSIONS,
        changed.iter().map(|(_, new)| version_row(new, actor)).collect(),
    )
    .await
    .map(drop)
}

async fn move_urls(tx: &mut Tx, old: &FactCheck, new: &FactCheck) -> Result<(), Error> {
    let (before, after) = (url_keys(&old.body), url_keys(&new.body));
    let gone = before.difference(&after).map(Value::from).collect();
    tx.execute_in(
        "DELETE FROM fact_check_urls WHERE fact_check_id = $1 AND url_key IN {in}",
        args![&new.id],
        gone,
    )
    .await?;
    let come: BTreeSet<UrlKey> = after.difference(&before).cloned().collect();
    tx.insert(URLS, url_rows(new, &come)).await.map(drop)
}

fn version_row(check: &FactCheck, actor: &Actor) -> Vec<Value> {
    args![&check.id, check.version, &check.body, actor, check.updated_at]
}

fn url_rows(check: &FactCheck, keys: &BTreeSet<UrlKey>) -> Vec<Vec<Value>> {
    keys.iter().map(|key| args![key, &check.id]).collect()
}

/// Its own address, and those where it says that the claim was seen.
fn url_keys(body: &FactCheckBody) -> BTreeSet<UrlKey> {
    let (url, appearances) = match body {
        FactCheckBody::External(check) => (&check.url, check.appearances.as_slice()),
        FactCheckBody::Own(check) => (&check.url, [].as_slice()),
    };
    url.iter().chain(appearances).map(WebUrl::key).collect()
}
