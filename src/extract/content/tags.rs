//! What the name of an element says of it, looked up once for each element of a page.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use html5ever::LocalName;

use super::super::text;

/// Elements whose content is no text for readers, or is one to press.
const SILENT: &[&str] = &[
    "audio", "button", "canvas", "datalist", "head", "iframe", "input", "math", "noscript", "object", "option",
    "script", "select", "style", "svg", "template", "textarea", "title", "video",
];

/// Elements in which no paragraph is part of an article until it is shown to be.
const ASIDE: &[&str] = &["aside", "figure", "footer", "label", "nav"];

/// Elements whose mere presence around a block says something.
pub(super) const HOLDERS: [(&str, &str); 11] = [
    ("in nav", "nav"),
    ("in header", "header"),
    ("in footer", "footer"),
    ("in aside", "aside"),
    ("in form", "form"),
    ("in figure", "figure"),
    ("in table", "table"),
    ("in li", "li"),
    ("in blockquote", "blockquote"),
    ("in label", "label"),
    ("in dl", "dl"),
];

/// Kinds of block by the innermost block element.
pub(super) const KINDS: [(&str, &[&str]); 9] = [
    ("p", &["p"]),
    ("li", &["li"]),
    ("h1", &["h1"]),
    ("heading", &["h2", "h3", "h4", "h5", "h6"]),
    ("cell", &["td", "th"]),
    ("caption", &["figcaption", "caption"]),
    ("blockquote", &["blockquote"]),
    ("pre", &["pre"]),
    ("definition", &["dt", "dd"]),
];

/// What is known of a name.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Known {
    /// It stands on lines of its own. A line break goes on with the same paragraph.
    pub(super) is_block: bool,
    pub(super) is_silent: bool,
    pub(super) is_aside: bool,
    /// Which of [`HOLDERS`] it is, and which of [`KINDS`]: a bit each.
    pub(super) holder: u32,
    pub(super) kind: u32,
}

impl Known {
    /// What is known of an element's name.
    pub(super) fn of(name: &LocalName) -> Self {
        KNOWN.get(name).copied().unwrap_or_default()
    }

    fn look(name: &str) -> Self {
        Self {
            is_block: name != "br" && text::is_block(name),
            is_silent: SILENT.contains(&name),
            is_aside: ASIDE.contains(&name),
            holder: bits(HOLDERS.map(|(_, holder)| holder == name)),
            kind: bits(KINDS.map(|(_, kinds)| kinds.contains(&name))),
        }
    }
}

static KNOWN: LazyLock<HashMap<LocalName, Known, BuildHasherDefault<Ready>>> = LazyLock::new(|| {
    let holders = HOLDERS.iter().map(|(_, name)| name);
    let kinds = KINDS.iter().flat_map(|(_, names)| *names);
    let names = [SILENT, ASIDE, text::BLOCKS].into_iter().flatten();
    let names = names.chain(holders).chain(kinds);
    names.map(|name| (LocalName::from(*name), Known::look(name))).collect()
});

fn bits<const N: usize>(holds: [bool; N]) -> u32 {
    let numbered = holds.into_iter().enumerate();
    numbered.fold(0, |bits, (at, holds)| bits | u32::from(holds) << at)
}

/// Names bring their hashes along.
#[derive(Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0 ^ u64::from(*byte));
        }
    }

    /// The table goes by the highest bits, which a hash of 32 bits leaves empty.
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_for_what_they_are() {
        let of = |name: &str| Known::of(&LocalName::from(name));
        assert!(of("p").is_block && !of("br").is_block && !of("span").is_block && !of("x-p").is_block);
        assert!(of("svg").is_silent && of("nav").is_aside && of("nav").is_block);
        assert_eq!(
            (of("header").holder, of("dl").holder, of("div").holder),
            (2, 1 << 10, 0)
        );
        assert_eq!((of("h3").kind, of("dd").kind, of("nav").kind), (8, 1 << 8, 0));
    }
}
