//! Addresses that lead nowhere: calendars and session paths that make new pages for ever.

use std::collections::BTreeMap;

use crate::domain::WebUrl;

/// Deepest path taken.
const MAX_DEPTH: usize = 12;

/// How often one segment may stand in a path (Heritrix calls more a pathological path).
const MAX_REPEATS: usize = 2;

/// Whether an address looks like one of an endless family.
pub(super) fn is_trap(url: &WebUrl) -> bool {
    let mut seen = BTreeMap::new();
    let segments = url.parts().path.split('/').filter(|segment| !segment.is_empty());
    segments.clone().count() > MAX_DEPTH
        || segments.into_iter().any(|segment| {
            let times = seen.entry(segment).or_insert(0);
            *times += 1;
            *times > MAX_REPEATS
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row F27.
    #[test]
    fn endless_families_are_seen() {
        for (path, wanted) in [
            ("/2026/11/22/title", false),
            ("/a/a/b", false),
            ("/a/a/a", true),
            ("/a/b/a/b/a/b", true),
            ("/1/2/3/4/5/6/7/8/9/10/11/12", false),
            ("/1/2/3/4/5/6/7/8/9/10/11/12/13", true),
            ("//////////////////", false),
        ] {
            let url = WebUrl::parse(&format!("https://x.example{path}")).expect(path);
            assert_eq!(is_trap(&url), wanted, "{path}");
        }
    }
}
