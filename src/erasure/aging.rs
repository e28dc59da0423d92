//! How long is each kind of thing kept, and what goes then? One table.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use serde::Serialize;

use super::{
    Error, Left, Places,
    archive::{self, Searched},
    scrub,
};
use crate::{
    archive::{Fate, Record, RewriteError},
    domain::Timestamp,
    store::Store,
};

const DAY_MS: i64 = 86_400_000;

/// A kind of thing that is kept for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Documents none of whose claims has a fact-check.
    Unanswered,
    /// Documents in which a claim with a fact-check was seen.
    Answered,
    /// Records of the archive that are no evidence for a claim with a fact-check.
    Copies,
    /// Requests for a check.
    Requests,
}

/// Each kind with what goes when its time is over. A further kind is a row here, a limit in [`Limits`], and an arm in [`retain`].
pub const KINDS: &[(Kind, &str)] = &[
    (
        Kind::Unanswered,
        "title, text, author and quotes go; address, hash and counts stay",
    ),
    (Kind::Answered, "title, text and author go; the quotes stay"),
    (Kind::Copies, "the record goes"),
    (
        Kind::Requests,
        "words and address go; the receipt still tells what became of it",
    ),
];

/// For how many days each kind is kept; 0: for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of [`Kind::Unanswered`].
    pub unanswered_days: u32,
    /// Of [`Kind::Answered`].
    pub answered_days: u32,
    /// Of [`Kind::Copies`].
    pub copies_days: u32,
    /// Of [`Kind::Requests`].
    pub requests_days: u32,
}

impl Limits {
    /// What is older than this is to go; `None`: it is kept for good.
    fn before(&self, kind: Kind, now: Timestamp) -> Option<Timestamp> {
        let days = match kind {
            Kind::Unanswered => self.unanswered_days,
            Kind::Answered => self.answered_days,
            Kind::Copies => self.copies_days,
            Kind::Requests => self.requests_days,
        };
        (days > 0).then(|| Timestamp::from_millis(now.as_millis() - i64::from(days) * DAY_MS))
    }
}

/// What went.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Retained {
    /// Documents that lost their texts.
    pub documents: u64,
    /// Sightings that lost their quotes.
    pub quotes: u64,
    /// Requests for a check that lost their words.
    pub requests: u64,
    /// Out of the archive.
    pub archive: Searched,
    /// What is left, and where.
    #[serde(flatten)]
    pub left: Left,
}

/// Drops whatever is older than its kind may be. The clock is the caller's.
pub async fn retain(store: &Store, places: &Places, limits: &Limits, now: Timestamp) -> Result<Retained, Error> {
    let mut retained = Retained {
        archive: archive::sweep(store, &places.archive).await?,
        ..Retained::default()
    };
    for (kind, _) in KINDS {
        let Some(before) = limits.before(*kind, now) else {
            continue;
        };
        match kind {
            Kind::Unanswered => {
                let dropped = store.drop_unanswered(before).await?;
                retained.documents += dropped.documents;
                retained.quotes += dropped.quotes;
            }
            Kind::Answered => retained.documents += store.drop_answered(before).await?.documents,
            Kind::Requests => retained.requests += store.drop_requests(before).await?,
            Kind::Copies => drop_copies(store, &places.archive, before, now, &mut retained.archive).await?,
        }
    }
    if retained.documents + retained.quotes + retained.requests + retained.archive.records > 0 {
        retained.left = scrub(store, &places.index).await?;
    }
    store.note_retained(now).await?;
    Ok(retained)
}

/// Looks at the files that were written before a time, and leaves evidence in them, and nothing else. What it has looked at is
/// as if it were written now: it is looked at again after as long a time.
async fn drop_copies(
    store: &Store,
    dir: &Path,
    before: Timestamp,
    now: Timestamp,
    searched: &mut Searched,
) -> Result<(), Error> {
    let _lock = crate::archive::exclusive(dir)?;
    for file in archive::files(store, dir).await? {
        let path = dir.join(&file);
        let written = fs::metadata(&path)
            .and_then(|file| file.modified())
            .map_err(RewriteError::from)?;
        if written >= moment(before) {
            continue;
        }
        let evidence = store.evidence_in(&file).await?;
        let evidence: HashMap<u64, [u8; 32]> = evidence.into_iter().map(|kept| (kept.offset, kept.digest)).collect();
        let (files, unread) = (searched.files, searched.unread.len());
        match archive::rewrite(store, dir, &file, Box::new(leave(evidence)), searched).await {
            Err(Error::Archive(RewriteError::InUse(_))) => continue,
            done => done?,
        }
        if (searched.files, searched.unread.len()) == (files, unread) {
            let looked_at = fs::File::options().append(true).open(&path);
            looked_at
                .and_then(|file| file.set_modified(moment(now)))
                .map_err(RewriteError::from)?;
        }
    }
    Ok(())
}

/// The evidence stays, with its requests, which follow it.
fn leave(evidence: HashMap<u64, [u8; 32]>) -> impl FnMut(&Record) -> Fate {
    let mut staying = Vec::new();
    move |record| {
        let field = |name| record.field(name).unwrap_or_default().to_owned();
        let is_evidence = evidence.get(&record.offset) == Some(&record.digest);
        if is_evidence {
            staying.push(field("WARC-Record-ID"));
        }
        let belongs = staying.contains(&field("WARC-Concurrent-To"));
        if is_evidence || belongs || field("WARC-Type") == "warcinfo" {
            Fate::Stays
        } else {
            Fate::Goes
        }
    }
}

fn moment(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or_default())
}
