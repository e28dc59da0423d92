//! What must not come back: addresses, contents and authors come in; keyed hashes of them are kept, and whether something is
//! among them goes out.
//!
//! A list that can be read back would be a list of who objected. Who has the store can still ask of an address that he knows
//! whether it is listed, as the program itself does: the key stands in the store.

use std::collections::{HashMap, HashSet};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::{
    Error, Store,
    batch::Insert,
    db::Conn,
    transaction::{Tx, transact},
    value::{Row, Value, args},
};
use crate::domain::{Actor, Author, Document, Kept, Timestamp, UrlKey, WebUrl};

/// Contents without a time of publication are only recognised from this length on, in characters: a short text may be
/// anybody's.
const TELLING_CHARS: usize = 200;

/// Something that must not come back.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// What is read at an address, or names it as its own.
    Address(UrlKey),
    /// A content: a title, a text, and when it was published.
    Content(String),
    /// What somebody wrote: a byline, or a pseudonym's digits after `account:`.
    Author(String),
}

impl Mark {
    /// Everything by which a document is recognised.
    pub fn of(document: &Document) -> Vec<Self> {
        let addresses = std::iter::once(&document.url).chain(&document.canonical_url);
        let mut marks: Vec<Self> = addresses.map(|url| Self::Address(url.key())).collect();
        marks.extend(Self::content(&document.title, &document.text, document.published_at));
        marks.extend(document.author.as_ref().and_then(Self::author));
        marks
    }

    /// An author as documents hold him.
    pub fn author(author: &Author) -> Option<Self> {
        match author {
            Author::Byline(name) => Some(Self::Author(name.clone())),
            Author::Pseudonym(account) => Some(Self::Author(format!("account:{}", hex(account.as_bytes())))),
            Author::Account(_) => None,
        }
    }

    /// A content, if it is somebody's own: one that says when it was published, or is long.
    pub fn content(title: &str, text: &str, published_at: Option<Timestamp>) -> Option<Self> {
        let content = serde_json::to_string(&(title, text, published_at)).expect("plain values");
        is_telling(text, published_at).then_some(Self::Content(content))
    }

    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Address(key) => ("address", key.as_str()),
            Self::Content(content) => ("content", content.as_str()),
            Self::Author(author) => ("author", author.as_str()),
        }
    }

    fn digest(&self, salt: &[u8; 32]) -> [u8; 32] {
        let (kind, text) = self.parts();
        let mut mac = Hmac::<Sha256>::new_from_slice(salt).expect("takes keys of any length");
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Whether a text is somebody's own: whoever has the same, published at the same time or as long, has it from there.
pub(super) fn is_telling(text: &str, published_at: Option<Timestamp>) -> bool {
    !text.is_empty() && (published_at.is_some() || text.chars().count() >= TELLING_CHARS)
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// HMAC-SHA-256 of what is suppressed, in hexadecimal digits.
    pub digest: String,
    /// The key of that.
    pub salt: String,
    /// `address`, `content` or `author`.
    pub kind: String,
    /// Since when.
    pub at: Timestamp,
}

/// The whole list, to ask it often.
#[derive(Debug, Clone, Default)]
pub struct Suppressed {
    salts: Vec<[u8; 32]>,
    digests: HashSet<[u8; 32]>,
}

impl Suppressed {
    /// Whether there is anything in it.
    pub fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// Whether any of these is suppressed.
    pub fn covers(&self, marks: &[Mark]) -> bool {
        let digests = marks
            .iter()
            .flat_map(|mark| self.salts.iter().map(|salt| mark.digest(salt)));
        digests.into_iter().any(|digest| self.digests.contains(&digest))
    }

    /// Whether what stands at an address is suppressed by it.
    pub fn covers_address(&self, url: &WebUrl) -> bool {
        !self.is_empty() && self.covers(&[Mark::Address(url.key())])
    }
}

impl Store {
    /// Keeps these from being recorded from now on. Says how many were not on the list yet.
    pub async fn suppress(&self, marks: &[Mark]) -> Result<u64, Error> {
        transact!(self.db, &Actor::Operator, |tx| suppress(&mut tx, marks))
    }

    /// Leaves out of some addresses those that must not be read again. If there are any, what the archive keeps of the answer
    /// that named them is noted as unwanted: feeds tell what the page says.
    pub async fn wanted(&self, urls: Vec<WebUrl>, kept: Option<&Kept>) -> Result<Vec<WebUrl>, Error> {
        let marks: Vec<Mark> = urls.iter().map(|url| Mark::Address(url.key())).collect();
        let covered = covered(&mut self.db.reader().await?, &marks).await?;
        if covered.is_empty() {
            return Ok(urls);
        }
        if let Some(kept) = kept {
            self.note_unwanted(kept).await?;
        }
        let pairs = urls.into_iter().zip(&marks);
        Ok(pairs
            .filter(|(_, mark)| !covered.contains(mark))
            .map(|(url, _)| url)
            .collect())
    }

    /// The list, for keeping it elsewhere.
    pub async fn suppressions(&self) -> Result<Vec<Suppression>, Error> {
        let sql = "SELECT digest, salt, kind, at FROM suppressions ORDER BY at, digest";
        let row = |row: &mut Row| {
            Ok(Suppression {
                digest: hex(&row.take::<[u8; 32]>()?),
                salt: hex(&row.take::<[u8; 32]>()?),
                kind: row.take()?,
                at: row.take()?,
            })
        };
        self.db.fetch(sql, vec![]).await?.iter_mut().map(row).collect()
    }

    /// Takes in a list that was kept elsewhere. Says how many rows were not on this one yet; rows that cannot be read are left out.
    pub async fn take_suppressions(&self, list: &[Suppression]) -> Result<u64, Error> {
        transact!(self.db, &Actor::Operator, |tx| async {
            let rows = list.iter().filter_map(|row| {
                let (digest, salt) = (bytes(&row.digest)?, bytes(&row.salt)?);
                Some(args![digest.as_slice(), salt.as_slice(), row.kind.as_str(), row.at])
            });
            tx.insert(SUPPRESSIONS, rows.collect()).await
        })
    }

    /// The whole list, to ask it often.
    pub async fn suppressed(&self) -> Result<Suppressed, Error> {
        let mut rows = self.db.fetch("SELECT digest, salt FROM suppressions", vec![]).await?;
        let (mut digests, mut salts) = (HashSet::new(), HashSet::new());
        for row in &mut rows {
            digests.insert(row.take()?);
            salts.insert(row.take()?);
        }
        Ok(Suppressed {
            salts: salts.into_iter().collect(),
            digests,
        })
    }
}

const SUPPRESSIONS: Insert = Insert {
    into: "INSERT INTO suppressions (digest, salt, kind, at)",
    then: "ON CONFLICT (digest) DO NOTHING",
};

async fn suppress(tx: &mut Tx, marks: &[Mark]) -> Result<u64, Error> {
    let new = Row::take::<String>;
    let sql = "SELECT value FROM settings WHERE name = 'suppression_salt'";
    let stored = tx.fetch(sql, args![]).await?.first_mut().map(new).transpose()?;
    let salt = match stored.as_deref().and_then(bytes) {
        Some(salt) => salt,
        None => make_salt(tx).await?,
    };
    let row = |mark: &Mark| {
        let (kind, _) = mark.parts();
        args![mark.digest(&salt).as_slice(), salt.as_slice(), kind, tx.at]
    };
    let rows = marks.iter().map(row).collect();
    tx.insert(SUPPRESSIONS, rows).await
}

async fn make_salt(tx: &mut Tx) -> Result<[u8; 32], Error> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|error| Error::from(sqlx::Error::Io(std::io::Error::other(error))))?;
    let sql = "INSERT INTO settings (name, value) VALUES ('suppression_salt', $1) ON CONFLICT (name) DO NOTHING";
    match tx.execute(sql, args![hex(&salt)]).await? {
        0 => Err(Error::lost_race()),
        _ => Ok(salt),
    }
}

/// Which of these are suppressed. One question where nothing is, which is nearly always.
pub(super) async fn covered<'a>(conn: &mut Conn, marks: &'a [Mark]) -> Result<HashSet<&'a Mark>, Error> {
    let mut salts = conn.fetch("SELECT DISTINCT salt FROM suppressions", vec![]).await?;
    let mut covered = HashSet::new();
    for salt in &mut salts {
        let salt: [u8; 32] = salt.take()?;
        let digests: HashMap<[u8; 32], &Mark> = marks.iter().map(|mark| (mark.digest(&salt), mark)).collect();
        let sql = "SELECT digest FROM suppressions WHERE digest IN {in}";
        let keys = digests.keys().map(|digest| Value::from(digest.as_slice()));
        for row in &mut conn.fetch_in(sql, keys.collect()).await? {
            covered.extend(digests.get(&row.take::<[u8; 32]>()?));
        }
    }
    Ok(covered)
}

/// Refuses a document that must not be recorded.
pub(super) async fn refuse(conn: &mut Conn, document: &Document) -> Result<(), Error> {
    if covered(conn, &Mark::of(document)).await?.is_empty() {
        Ok(())
    } else {
        Err(Error::Suppressed)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Option<[u8; 32]> {
    let digits = hex.as_bytes().chunks_exact(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = digits.map(byte).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_as_they_are_written() {
        let some: [u8; 32] = std::array::from_fn(|at| (at * 9) as u8);
        assert_eq!(bytes(&hex(&some)), Some(some));
        for bad in ["", "00", "zz", &"0".repeat(63), &"ä".repeat(32)] {
            assert_eq!(bytes(bad), None, "{bad}");
        }
    }

    #[test]
    fn kinds_and_keys_do_not_meet() {
        let (one, other) = ([1; 32], [2; 32]);
        let author = Mark::Author("a".into());
        assert_ne!(author.digest(&one), author.digest(&other));
        assert_ne!(author.digest(&one), Mark::Content("a".into()).digest(&one));
    }

    #[test]
    fn only_a_content_of_ones_own_is_recognised() {
        assert_eq!(Mark::content("", "Schlimm.", None), None);
        assert!(Mark::content("", &"Schlimm. ".repeat(30), None).is_some());
        assert!(Mark::content("", "Schlimm.", Some(Timestamp::from_millis(1))).is_some());
        assert_eq!(Mark::content("", "", Some(Timestamp::from_millis(1))), None);
    }
}
