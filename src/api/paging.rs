//! Lists in pages: `limit` and `cursor` come in, a page with its `next` cursor and `Link` goes out.

use std::{fmt, str::FromStr};

use serde::Serialize;
use url::form_urlencoded;
use warp::reply::Response;

use super::{call::Call, code::ErrorCode, error::Problem, query::Query, reply, wire::ListWire};

/// Most items in a page.
pub(crate) const MAX_LIMIT: u64 = 100;
const DEFAULT_LIMIT: u64 = 20;

/// Which page is asked for.
pub(crate) struct Paging {
    /// How many items at the most.
    pub(crate) limit: u32,
    cursor: Option<String>,
}

impl Paging {
    pub(crate) fn take(query: &mut Query) -> Self {
        let limit = query.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        let cursor = query.take_with("cursor", |text| Ok(text.to_owned()));
        Self {
            limit: limit as u32,
            cursor,
        }
    }

    /// Where to go on.
    pub(crate) fn cursor<T: FromStr>(&self) -> Result<Option<T>, Problem> {
        let read = self.cursor.as_deref().map(str::parse).transpose();
        read.map_err(|_| Problem::new(ErrorCode::InvalidCursor))
    }
}

/// A page, with the address of the next one.
pub(crate) fn reply<T: Serialize>(call: &Call, list: &ListWire<T>) -> Result<Response, Problem> {
    let next = list.next.as_deref().map(|cursor| target(call, "cursor", cursor));
    Ok(reply::linked(reply::hashed(call, list)?, next))
}

/// The address of this call with one parameter set anew.
pub(crate) fn target(call: &Call, name: &str, value: &str) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(form_urlencoded::parse(call.raw_query().as_bytes()).filter(|(known, _)| known != name));
    format!("{}?{}", call.path(), pairs.append_pair(name, value).finish())
}

/// Where a word search goes on. Only so far: who has read so many pages needs other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WordCursor(pub(crate) usize);

const MAX_OFFSET: usize = 2000;

impl WordCursor {
    pub(crate) fn is_reachable(self) -> bool {
        self.0 <= MAX_OFFSET
    }
}

impl fmt::Display for WordCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1q{}", self.0)
    }
}

impl FromStr for WordCursor {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let cursor = text
            .strip_prefix("1q")
            .and_then(|offset| offset.parse().ok())
            .map(Self)
            .ok_or(())?;
        if cursor.is_reachable() && cursor.to_string() == text {
            Ok(cursor)
        } else {
            Err(())
        }
    }
}
