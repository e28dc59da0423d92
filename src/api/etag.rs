//! Entity tags and the conditions made of them (RFC 9110, 8.8.3 and 13.1).

use http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use super::{code::ErrorCode, error::Problem};

/// The tag of a version of something that has versions.
pub(crate) fn of_version(version: u64) -> String {
    format!("\"v{version}\"")
}

/// The tag of a representation that has no version of its own: a hash of its bytes.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let start = hash.first_chunk::<8>().map_or(0, |start| u64::from_be_bytes(*start));
    format!("\"{start:016x}\"")
}

/// Whether `If-None-Match` names the tag (weak comparison).
pub(crate) fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    tags(asked, header::IF_NONE_MATCH).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// Checks `If-Match` against the current version (strong comparison). `*` would mean "whatever it is now", which is
/// what the condition is there to prevent, so it counts as missing.
pub(crate) fn check_version(asked: &HeaderMap, current: u64) -> Result<(), Problem> {
    let mut named = tags(asked, header::IF_MATCH).filter(|tag| *tag != "*").peekable();
    if named.peek().is_none() {
        return Err(Problem::new(ErrorCode::VersionRequired).with_current_version(current));
    }
    let wanted = of_version(current);
    if named.any(|tag| tag == wanted) {
        Ok(())
    } else {
        Err(Problem::new(ErrorCode::StaleVersion).with_current_version(current))
    }
}

/// Checks `If-Match` for what may be named by its version or by what of it was shown: either says that this was read.
pub(crate) fn check_read(asked: &HeaderMap, current: u64, shown: &str) -> Result<(), Problem> {
    if tags(asked, header::IF_MATCH).any(|tag| tag == shown) {
        return Ok(());
    }
    check_version(asked, current)
}

/// The tags in a list; ours hold no comma.
fn tags(asked: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let lines = asked.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, line: Option<&str>) -> HeaderMap {
        line.map(|line| (name, line.parse().unwrap())).into_iter().collect()
    }

    #[test]
    fn a_known_representation_is_recognised() {
        for (line, wanted) in [
            (None, false),
            (Some("\"v2\""), false),
            (Some("\"v3\""), true),
            (Some("W/\"v3\""), true),
            (Some("\"v1\", \"v3\""), true),
            (Some("*"), true),
            (Some("v3"), false),
        ] {
            assert_eq!(
                is_known(&headers(header::IF_NONE_MATCH, line), "\"v3\""),
                wanted,
                "{line:?}"
            );
        }
    }

    #[test]
    fn only_the_current_version_may_be_changed() {
        let (missing, stale) = (Err(ErrorCode::VersionRequired), Err(ErrorCode::StaleVersion));
        for (line, wanted) in [
            (None, missing),
            (Some("*"), missing),
            (Some(""), missing),
            (Some("\"v3\""), Ok(())),
            (Some("\"v2\", \"v3\""), Ok(())),
            (Some("\"v2\""), stale),
            (Some("W/\"v3\""), stale),
            (Some("v3"), stale),
        ] {
            let found = check_version(&headers(header::IF_MATCH, line), 3).map_err(|problem| problem.code());
            assert_eq!(found, wanted, "{line:?}");
        }
    }
}
