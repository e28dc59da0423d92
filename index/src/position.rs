//! Comes in: how far the caller's change log was followed. Goes out: the text kept in tantivy's commit payload, and
//! back.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::analyzer::ANALYZER_VERSION;
use crate::error::{Error, Versions};
use crate::normalise::NORMALISER_VERSION;
use crate::schema::SCHEMA_VERSION;

/// Where an index stands: which store it was built from, and up to which change.
///
/// Written into tantivy's commit payload together with the schema, analyzer and normaliser versions, so that
/// position and contents become durable in one rename of `meta.json` and can never disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Identifies the store; an index of another store must be rebuilt.
    pub store_id: String,
    /// Number of the last change that the index contains.
    pub change: u64,
}

/// The payload's JSON. `meta.json` has no checksum of its own, and a flipped digit in `change` would put the index
/// ahead of the store unnoticed; hence `check`.
#[derive(Serialize, Deserialize)]
struct Payload {
    #[serde(flatten)]
    position: Position,
    schema: u32,
    analyzer: u32,
    normaliser: u32,
    check: String,
}

impl Versions {
    /// What this crate writes and understands.
    pub(crate) const CURRENT: Versions = Versions {
        schema: SCHEMA_VERSION,
        analyzer: ANALYZER_VERSION,
        normaliser: NORMALISER_VERSION,
    };

    /// Of an index that does not say.
    pub(crate) const UNKNOWN: Versions = Versions {
        schema: 0,
        analyzer: 0,
        normaliser: 0,
    };
}

/// The commit payload for a position, at the current versions.
pub(crate) fn to_payload(position: &Position) -> String {
    let Versions {
        schema,
        analyzer,
        normaliser,
    } = Versions::CURRENT;
    let check = check(position, Versions::CURRENT);
    let payload = Payload {
        position: position.clone(),
        schema,
        analyzer,
        normaliser,
        check,
    };
    serde_json::to_string(&payload).unwrap_or_default()
}

/// The position in a commit payload. [`Error::Damaged`] if it was changed since it was written,
/// [`Error::Incompatible`] if another version of this crate wrote it.
pub(crate) fn from_payload(text: &str) -> Result<Position, Error> {
    let damaged = |what: &str| Error::Damaged { what: what.to_owned() };
    let payload: Payload = serde_json::from_str(text).map_err(|_| damaged("unreadable position"))?;
    let Payload {
        position,
        schema,
        analyzer,
        normaliser,
        check: written,
    } = payload;
    let found = Versions {
        schema,
        analyzer,
        normaliser,
    };
    if written != check(&position, found) {
        return Err(damaged("the position does not fit its checksum"));
    }
    if found != Versions::CURRENT {
        return Err(Error::Incompatible {
            found,
            wanted: Versions::CURRENT,
        });
    }
    Ok(position)
}

fn check(position: &Position, versions: Versions) -> String {
    let Position { store_id, change } = position;
    format!("{:016x}", xxh3_64(format!("{versions}|{change}|{store_id}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position() -> Position {
        Position {
            store_id: "0198-store".to_owned(),
            change: 42,
        }
    }

    #[test]
    fn payload_brings_the_position_back() {
        assert_eq!(from_payload(&to_payload(&position())).unwrap(), position());
    }

    #[test]
    fn a_changed_payload_is_damage_and_another_version_is_not() {
        let payload = to_payload(&position());
        for changed in [
            payload.replace("42", "43"),
            payload.replace("0198", "0199"),
            "{}".to_owned(),
        ] {
            assert!(
                matches!(from_payload(&changed), Err(Error::Damaged { .. })),
                "{changed}"
            );
        }
        let older = Versions {
            schema: SCHEMA_VERSION + 1,
            ..Versions::CURRENT
        };
        let other = payload
            .replace(
                &format!("\"schema\":{SCHEMA_VERSION}"),
                &format!("\"schema\":{}", older.schema),
            )
            .replace(&check(&position(), Versions::CURRENT), &check(&position(), older));
        assert!(matches!(from_payload(&other), Err(Error::Incompatible { found, .. }) if found == older));
    }
}
