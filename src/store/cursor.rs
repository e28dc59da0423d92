//! Where a listing goes on.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use super::Error;

/// Where a listing goes on: an opaque, versioned token. It stays valid while rows come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub(super) list: List,
    /// The sort key of the last row seen; 0 where the identifier alone is the key.
    pub(super) key: i64,
    /// The last row seen.
    pub(super) id: Uuid,
}

/// The listings that have cursors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Newest,
    MostSeen,
    Sightings,
    Sources,
    Reports,
    ReportedPages,
    Queue,
    Alarms,
}

/// Letter on the wire, listing.
const LISTS: [(char, List); 8] = [
    ('n', List::Newest),
    ('m', List::MostSeen),
    ('s', List::Sightings),
    ('o', List::Sources),
    ('r', List::Reports),
    ('p', List::ReportedPages),
    ('u', List::Queue),
    ('a', List::Alarms),
];

impl Cursor {
    /// The cursor, if it was given out by this listing.
    pub(super) fn of(self, list: List) -> Result<Self, Error> {
        if self.list == list {
            Ok(self)
        } else {
            Err(Error::BadCursor)
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = LISTS
            .iter()
            .find(|(_, list)| *list == self.list)
            .map_or('?', |(letter, _)| *letter);
        write!(f, "1{letter}{:016x}{}", self.key, self.id.simple())
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        read(text).ok_or(Error::BadCursor)
    }
}

fn read(text: &str) -> Option<Cursor> {
    let rest = text.strip_prefix('1').filter(|_| text.len() == 50 && text.is_ascii())?;
    let letter = rest.chars().next()?;
    let list = LISTS.iter().find(|(known, _)| *known == letter)?.1;
    let key = u64::from_str_radix(&rest[1..17], 16).ok()?.cast_signed();
    let id = Uuid::try_parse(&rest[17..]).ok()?;
    let cursor = Cursor { list, key, id };
    (cursor.to_string() == text).then_some(cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cursor_reads_back() {
        for (_, list) in LISTS {
            for key in [0, 1, i64::MAX, -1] {
                let cursor = Cursor {
                    list,
                    key,
                    id: Uuid::now_v7(),
                };
                assert_eq!(cursor.to_string().parse::<Cursor>().ok(), Some(cursor));
            }
        }
    }

    #[test]
    fn refuses_what_it_did_not_write() {
        let good = Cursor {
            list: List::Newest,
            key: 7,
            id: Uuid::nil(),
        }
        .to_string();
        let bad = [
            String::new(),
            "1".into(),
            good[1..].into(),
            good.replace("1n", "2n"),
            good.replace("1n", "1x"),
            good.to_uppercase(),
            format!("{good}0"),
            good.replacen("07", "+7", 1),
            "1nöööööööööööööööööööööööö".into(),
        ];
        for text in bad {
            assert!(matches!(text.parse::<Cursor>(), Err(Error::BadCursor)), "{text}");
        }
    }
}
