//! What goes into a placeholder, and what comes out of a column: the same few types on both databases.

use std::{error::Error as StdError, str::FromStr};

use rusqlite::types::{FromSql, ValueRef};
use sqlx::{Postgres, Row as _, postgres::PgRow};

use super::{Error, error::Cause, lite};
use crate::domain::{
    ActId, ActKind, Action, Actor, AlarmId, AlarmKind, AttachmentId, Audience, ClaimId, ClaimOrigin, ClaimText,
    DocumentId, Evidence, FactCheckBody, FactCheckId, FactCheckOrigin, Fingerprint, KeyId, Lang, ObjectKind, Pseudonym,
    Reason, ReportId, Scope, SightingId, Sign, SourceId, SourceKind, Timestamp, UrlKey, Verdict, WebUrl,
};

/// What is bound to a placeholder. Nulls have a type: PostgreSQL wants it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Real(Option<f64>),
    Blob(Option<Vec<u8>>),
}

/// The values of a statement's placeholders, `$1` first.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::value::Value::from($value)),*] };
}
pub(super) use args;

/// PostgreSQL takes no NUL in a text, and SQLite's own functions stop at one.
fn storable(text: String) -> String {
    if text.contains('\0') {
        text.replace('\0', "\u{FFFD}")
    } else {
        text
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(storable(text)))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        number.cast_signed().into()
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        i64::from(number).into()
    }
}

impl From<f32> for Value {
    fn from(number: f32) -> Self {
        // SQLite knows no NaN: it would store a null.
        Self::Real(Some(if number.is_finite() { number.into() } else { 0.0 }))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(Some(if number.is_finite() { number } else { 0.0 }))
    }
}

/// As the column `concealed` has it.
impl From<Audience> for Value {
    fn from(audience: Audience) -> Self {
        i64::from(audience == Audience::Reviewers).into()
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        time.as_millis().into()
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(time: Option<Timestamp>) -> Self {
        Self::Int(time.map(Timestamp::as_millis))
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(Some(bytes.to_vec()))
    }
}

impl From<Option<[u8; 32]>> for Value {
    fn from(hash: Option<[u8; 32]>) -> Self {
        Self::Blob(hash.map(Vec::from))
    }
}

impl From<&Fingerprint> for Value {
    fn from(print: &Fingerprint) -> Self {
        print.as_bytes().as_slice().into()
    }
}

/// Things that are stored as they are displayed, and read back as they are parsed.
macro_rules! as_text {
    ($($type:ty),+ $(,)?) => {$(
        impl From<&$type> for Value {
            fn from(thing: &$type) -> Self {
                thing.to_string().into()
            }
        }
        impl From<Option<&$type>> for Value {
            fn from(thing: Option<&$type>) -> Self {
                Self::Text(thing.map(|thing| storable(thing.to_string())))
            }
        }
    )+};
}

as_text!(
    ActId,
    ActKind,
    Action,
    Actor,
    AlarmId,
    AlarmKind,
    AttachmentId,
    ClaimId,
    ClaimOrigin,
    DocumentId,
    FactCheckId,
    FactCheckOrigin,
    KeyId,
    Lang,
    ObjectKind,
    ReportId,
    Scope,
    SightingId,
    SourceId,
    SourceKind,
    String,
    UrlKey,
    Verdict,
    WebUrl,
);

impl From<&FactCheckBody> for Value {
    fn from(body: &FactCheckBody) -> Self {
        serde_json::to_string(body)
            .expect("plain values under string keys")
            .into()
    }
}

impl From<&ClaimText> for Value {
    fn from(text: &ClaimText) -> Self {
        text.as_str().into()
    }
}

impl From<Option<&Reason>> for Value {
    fn from(reason: Option<&Reason>) -> Self {
        Self::Text(reason.map(|reason| reason.as_str().to_owned()))
    }
}

/// Why a mention has its score.
#[derive(Default)]
pub(super) struct Signs(pub(super) Vec<Sign>);

impl From<&Evidence> for Value {
    fn from(evidence: &Evidence) -> Self {
        serde_json::to_string(evidence)
            .expect("plain values under string keys")
            .into()
    }
}

impl From<&Pseudonym> for Value {
    fn from(pseudonym: &Pseudonym) -> Self {
        pseudonym.as_bytes().as_slice().into()
    }
}

impl From<Option<&Pseudonym>> for Value {
    fn from(pseudonym: Option<&Pseudonym>) -> Self {
        Self::Blob(pseudonym.map(|pseudonym| pseudonym.as_bytes().to_vec()))
    }
}

impl From<&[Sign]> for Value {
    fn from(signs: &[Sign]) -> Self {
        serde_json::to_string(signs)
            .expect("plain values under string keys")
            .into()
    }
}

/// A row, read column by column in the order of the select list.
pub(super) struct Row {
    columns: Columns,
    next: usize,
}

enum Columns {
    Lite(lite::Columns),
    Pg(PgRow),
}

impl From<lite::Columns> for Row {
    fn from(row: lite::Columns) -> Self {
        Self {
            columns: Columns::Lite(row),
            next: 0,
        }
    }
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self {
            columns: Columns::Pg(row),
            next: 0,
        }
    }
}

impl Row {
    /// The next column's value. [`Error::Damaged`] if it cannot be what is asked for.
    pub(super) fn take<T: Column>(&mut self) -> Result<T, Error> {
        let at = self.next;
        self.next += 1;
        let raw: T::Raw = match &self.columns {
            Columns::Lite(row) => {
                let column = row.get(at).map_or(ValueRef::Null, ValueRef::from);
                T::Raw::column_result(column).map_err(|source| unreadable(source.into()))?
            }
            Columns::Pg(row) => row.try_get(at)?,
        };
        T::from_raw(raw).map_err(unreadable)
    }
}

fn unreadable(source: Unreadable) -> Error {
    Error::Damaged(Cause::Unreadable(source))
}

/// What both databases read alike.
pub(super) trait Raw: FromSql + for<'r> sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres> {}

impl<T> Raw for T where T: FromSql + for<'r> sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres> {}

type Unreadable = Box<dyn StdError + Send + Sync>;

/// A value that a column holds.
pub(super) trait Column: Sized {
    /// As which type it is stored.
    type Raw: Raw;

    /// From the stored form.
    fn from_raw(raw: Self::Raw) -> Result<Self, Unreadable>;
}

impl<T: Column> Column for Option<T>
where
    Option<T::Raw>: Raw,
{
    type Raw = Option<T::Raw>;

    fn from_raw(raw: Self::Raw) -> Result<Self, Unreadable> {
        raw.map(T::from_raw).transpose()
    }
}

/// Type, stored form, how it is made from that.
macro_rules! columns {
    ($($type:ty, $raw:ty, $from:expr;)+) => {$(
        impl Column for $type {
            type Raw = $raw;

            fn from_raw(raw: $raw) -> Result<Self, Unreadable> {
                let from: fn($raw) -> Result<Self, Unreadable> = $from;
                from(raw)
            }
        }
    )+};
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the table below hands over what the column held"
)]
fn parsed<T>(text: String) -> Result<T, Unreadable>
where
    T: FromStr<Err: StdError + Send + Sync + 'static>,
{
    text.parse().map_err(Into::into)
}

columns! {
    i64, i64, Ok;
    f64, f64, Ok;
    u64, i64, |number| Ok(number.try_into()?);
    String, String, Ok;
    Vec<u8>, Vec<u8>, Ok;
    Timestamp, i64, |ms| Ok(Self::from_millis(ms));
    [u8; 16], Vec<u8>, |bytes| Ok(bytes.as_slice().try_into()?);
    [u8; 32], Vec<u8>, |bytes| Ok(bytes.as_slice().try_into()?);
    ClaimText, String, |text| Ok(Self::parse(&text)?);
    Reason, String, |text| Ok(Self::parse(&text)?);
    WebUrl, String, |text| Ok(Self::parse(&text)?);
    ActId, String, parsed;
    ActKind, String, parsed;
    Action, String, parsed;
    Actor, String, parsed;
    AlarmId, String, parsed;
    AlarmKind, String, parsed;
    Audience, i64, |concealed| Ok(if concealed == 0 { Self::Public } else { Self::Reviewers });
    Evidence, String, |json| Ok(serde_json::from_str(&json)?);
    Signs, String, |json| Ok(Self(serde_json::from_str(&json)?));
    FactCheckBody, String, |json| Ok(serde_json::from_str(&json)?);
    AttachmentId, String, parsed;
    ClaimId, String, parsed;
    ClaimOrigin, String, parsed;
    DocumentId, String, parsed;
    FactCheckId, String, parsed;
    KeyId, String, parsed;
    Lang, String, parsed;
    ObjectKind, String, parsed;
    ReportId, String, parsed;
    Scope, String, parsed;
    SightingId, String, parsed;
    SourceId, String, parsed;
    SourceKind, String, parsed;
    Verdict, String, parsed;
}
