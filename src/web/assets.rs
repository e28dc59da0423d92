//! A name goes in; a file of the binary comes out. The name holds the content's hash, so that browsers may keep it for ever.

use std::{fmt::Write, sync::LazyLock};

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// A file that pages need.
pub(super) struct Asset {
    pub(super) media: &'static str,
    pub(super) content: Bytes,
    /// `/assets/klarstelle-0a1b2c3d4e5f.css`
    pub(super) path: String,
}

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/web/assets/klarstelle.css"));
    Asset::new("klarstelle", "css", "text/css; charset=utf-8", content)
});

static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/web/assets/icon.svg"));
    Asset::new("icon", "svg", "image/svg+xml", content)
});

pub(super) fn style() -> &'static Asset {
    &STYLE
}

pub(super) fn icon() -> &'static Asset {
    &ICON
}

/// The file of a name below `/assets/`.
pub(super) fn find(name: &str) -> Option<&'static Asset> {
    [style(), icon()]
        .into_iter()
        .find(|asset| asset.path.strip_prefix("/assets/") == Some(name))
}

impl Asset {
    fn new(stem: &str, ending: &str, media: &'static str, content: &'static [u8]) -> Self {
        let hash = Sha256::digest(content);
        let hash = hash.iter().take(6).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        Self {
            media,
            content: Bytes::from_static(content),
            path: format!("/assets/{stem}-{hash}.{ending}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_their_hashed_name_only() {
        let name = style().path.strip_prefix("/assets/").unwrap();
        assert_eq!(find(name).map(|asset| asset.media), Some("text/css; charset=utf-8"));
        for unknown in ["klarstelle.css", "", "..", "klarstelle-000000000000.css"] {
            assert!(find(unknown).is_none(), "{unknown}");
        }
    }

    /// The policy of the pages allows no address but ours, and the style sheet must not need any.
    #[test]
    fn the_style_sheet_loads_nothing() {
        let style = std::str::from_utf8(&style().content).unwrap();
        assert!(!style.contains("url(") && !style.contains("@import"));
    }
}
