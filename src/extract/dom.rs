//! HTML to a tree, refusing what would cost more than a page is worth.
//!
//! html5ever walks all open elements for many tags, and clones unclosed formatting elements again and again, so that
//! deep nesting costs the square of its size (html5ever issues 290 and 788). Pages are therefore fed in small pieces and
//! dropped as soon as the tree is too deep or too large. Attributes are counted before: the parser compares each with all
//! others of its tag.

use ego_tree::{NodeId, NodeRef};
use html5ever::driver::{self, ParseOpts, Parser};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{LocalName, QualName, ns};
use scraper::{ElementRef, Html, HtmlTreeSink, Node};

/// Deepest tree that is parsed. Browsers stop there too.
pub const MAX_DEPTH: usize = 512;

/// Most nodes (elements, texts, comments) in a tree that is parsed. News pages have some thousand.
pub const MAX_NODES: usize = 100_000;

/// Most attributes of one tag.
pub const MAX_ATTRIBUTES: usize = 256;

/// Most that a tree may weigh, where a node weighs the square of its depth. What looks up from a node through all its
/// ancestors, and does so at each level, takes as long. News pages weigh some hundred thousand to a few million.
const MAX_WEIGHT: usize = 200_000_000;

/// Size of a piece: between two looks at the tree it cannot grow out of hand.
const PIECE_BYTES: usize = 1024;

/// Why a page was not parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Deeper than [`MAX_DEPTH`].
    #[error("its elements are nested more than 512 deep")]
    TooDeep,
    /// More nodes than [`MAX_NODES`].
    #[error("it has more than 100000 elements and texts")]
    TooManyNodes,
    /// Not too deep and not too many nodes, but too many deep ones.
    #[error("it has too many elements that are nested deep")]
    TooTangled,
    /// More attributes in a tag than [`MAX_ATTRIBUTES`].
    #[error("a tag has more than 256 attributes")]
    TooManyAttributes,
}

/// Parses a page or a piece of one.
pub(super) fn parse(html: &str) -> Result<Html, Refused> {
    if has_crowded_tag(html.as_bytes()) {
        return Err(Refused::TooManyAttributes);
    }
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut parser = driver::parse_document(sink, ParseOpts::default());
    let (mut rest, mut size) = (html, Size::default());
    while !rest.is_empty() {
        let (piece, next) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES));
        parser.process(StrTendril::from_slice(piece));
        size = size.after(&parser)?;
        rest = next;
    }
    Ok(parser.finish())
}

/// The elements of a tree with a name, in the order in which they came: as a selector finds them, but in one look at each
/// element's name.
pub fn named(html: &Html, name: LocalName) -> impl Iterator<Item = ElementRef<'_>> {
    let elements = html.tree.nodes().filter_map(ElementRef::wrap);
    elements.filter(move |element| element.value().name.local == name && element.parent().is_some())
}

/// The value of an element's attribute. To ask an element by a text makes a name of the text first, each time.
pub fn attribute<'a>(element: ElementRef<'a>, name: &LocalName) -> Option<&'a str> {
    let is_it = |known: &QualName| known.local == *name && known.ns == ns!() && known.prefix.is_none();
    let mut attributes = element.value().attrs.iter();
    attributes.find_map(|(known, value)| is_it(known).then_some(&**value))
}

/// What a tree has grown to.
#[derive(Default)]
struct Size {
    nodes: usize,
    weight: usize,
}

impl Size {
    /// Looks at the nodes that came since.
    fn after(self, parser: &Parser<HtmlTreeSink>) -> Result<Self, Refused> {
        let html = parser.tokenizer.sink.sink.0.borrow();
        let mut size = Self {
            nodes: html.tree.nodes().len(),
            weight: self.weight,
        };
        if size.nodes > MAX_NODES {
            return Err(Refused::TooManyNodes);
        }
        let mut depths = Depths::default();
        let new: Vec<_> = html.tree.nodes().rev().take(size.nodes - self.nodes).collect();
        for node in new.into_iter().rev() {
            let depth = depths.of(node);
            if depth > MAX_DEPTH {
                return Err(Refused::TooDeep);
            }
            size.weight += depth * depth;
        }
        if size.weight > MAX_WEIGHT {
            Err(Refused::TooTangled)
        } else {
            Ok(size)
        }
    }
}

/// Depths of nodes that are asked for in the order in which they came: most hang on the last one, or beside it.
#[derive(Default)]
struct Depths {
    last: Option<(NodeId, usize)>,
    beside: Option<(NodeId, usize)>,
}

impl Depths {
    /// Up to one beyond the deepest that is taken.
    fn of(&mut self, node: NodeRef<'_, Node>) -> usize {
        let parent = node.parent().map(|parent| parent.id());
        let known = [self.last, self.beside].into_iter().flatten();
        let above = known.into_iter().find(|(id, _)| Some(*id) == parent);
        let count = || node.ancestors().take(MAX_DEPTH + 1).count();
        let depth = above.map_or_else(count, |(_, depth)| depth + 1);
        self.beside = parent.map(|parent| (parent, depth.saturating_sub(1)));
        self.last = Some((node.id(), depth));
        depth
    }
}

/// Whether any tag has more attributes than we take.
fn has_crowded_tag(html: &[u8]) -> bool {
    let mut rest = html;
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at + 1..];
        if rest.starts_with(b"!--") {
            rest = end_of(rest, b"-->");
        } else if rest.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'/') {
            let tag = rest;
            let Some(next) = attributes_end(rest) else { return true };
            rest = next;
            rest = RAW
                .iter()
                .find(|(open, _)| opens(tag, open))
                .map_or(rest, |(_, close)| end_of(rest, close));
        }
    }
    false
}

/// Elements whose content is text, whatever it looks like, and where it ends.
const RAW: &[(&[u8], &[u8])] = &[
    (b"script", b"</script"),
    (b"style", b"</style"),
    (b"textarea", b"</textarea"),
    (b"title", b"</title"),
];

fn opens(tag: &[u8], name: &[u8]) -> bool {
    tag.get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name))
        && tag
            .get(name.len())
            .is_some_and(|&b| b.is_ascii_whitespace() || b == b'>' || b == b'/')
}

fn end_of<'a>(rest: &'a [u8], mark: &[u8]) -> &'a [u8] {
    let tails = memchr::memchr_iter(mark[0], rest).map(|at| &rest[at..]);
    let is_end = |tail: &&[u8]| tail.get(..mark.len()).is_some_and(|t| t.eq_ignore_ascii_case(mark));
    tails.into_iter().find(is_end).unwrap_or_default()
}

/// Where in a tag we are: the tokenizer states of the HTML standard, 13.2.5.8 and 13.2.5.32 to 13.2.5.39.
#[derive(Clone, Copy)]
enum InTag {
    TagName,
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    Unquoted,
}

/// What follows a tag; `None` if it has too many attributes.
fn attributes_end(tag: &[u8]) -> Option<&[u8]> {
    let (mut state, mut names, mut at) = (InTag::TagName, 0, 0);
    while let Some(&byte) = tag.get(at) {
        at += 1;
        let space = byte.is_ascii_whitespace();
        state = match state {
            _ if byte == b'>' => return Some(&tag[at..]),
            InTag::BeforeValue if byte == b'"' || byte == b'\'' => {
                at += memchr::memchr(byte, &tag[at..]).map_or(tag.len(), |n| n + 1);
                InTag::BeforeName
            }
            InTag::BeforeValue if space => InTag::BeforeValue,
            InTag::BeforeValue | InTag::Unquoted if !space => InTag::Unquoted,
            InTag::Name | InTag::AfterName if byte == b'=' => InTag::BeforeValue,
            InTag::Name | InTag::AfterName if space => InTag::AfterName,
            InTag::TagName | InTag::Name if !space && byte != b'/' => state,
            _ if space || byte == b'/' => InTag::BeforeName,
            _ => {
                names += 1;
                InTag::Name
            }
        };
        if names > MAX_ATTRIBUTES {
            return None;
        }
    }
    Some(b"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(html: &str) -> Option<Refused> {
        parse(html).err()
    }

    #[test]
    fn refuses_what_is_too_deep_or_too_large() {
        let ladder: Vec<String> = (0..80_000).map(|i| format!("<div><b id={i}></div>x")).collect();
        for (html, wanted) in [
            ("<div>".repeat(200_000), Some(Refused::TooDeep)),
            ("<ul><li>".repeat(60_000), Some(Refused::TooDeep)),
            ("<a>".repeat(40_000) + &"<i>".repeat(40_000), Some(Refused::TooDeep)),
            ("<svg>".repeat(2000), Some(Refused::TooDeep)),
            (ladder.concat(), Some(Refused::TooDeep)),
            (
                ("<div>".repeat(500) + &"</div>".repeat(500)).repeat(20),
                Some(Refused::TooTangled),
            ),
            ("a<br>".repeat(400_000), Some(Refused::TooManyNodes)),
            ("<div>".repeat(505) + "x", None),
            (String::new(), None),
        ] {
            assert_eq!(refused(&html), wanted, "{html:.40}");
        }
    }

    #[test]
    fn refuses_tags_with_too_many_attributes() {
        let named = |n: usize| (0..n).map(|i| format!(" a{i}=\"x y z\"")).collect::<Vec<_>>().concat();
        let crowded = [
            format!("<p{}>", named(257)),
            format!("<p {}>", "a ".repeat(80_000)),
            format!("<p {}>", "a/".repeat(80_000)),
            format!("<p {}>", "=a ".repeat(80_000)),
            format!("<p {}>", "a='x'".repeat(80_000)),
            format!("<p \"{}>", " b".repeat(80_000)),
            format!("</p {}>", "a ".repeat(80_000)),
        ];
        for html in crowded {
            assert_eq!(refused(&html), Some(Refused::TooManyAttributes), "{html:.40}");
        }
        let harmless = [
            format!("<p{}>", named(256)),
            format!("<script>if (a <b {}) x</script>", "c d ".repeat(5000)),
            format!("<!-- <b {} -->", "c d ".repeat(5000)),
            format!("<img src=\"data:{}\">", "a b ".repeat(50_000)),
            format!("a < {}", "b ".repeat(5000)),
        ];
        for html in harmless {
            assert_eq!(refused(&html), None, "{html:.40}");
        }
    }

    #[test]
    fn pieces_make_the_same_tree_as_the_whole() {
        let page =
            "<!doctype html><title>Größe &amp; ü</title><p class='ä'>Ein <b>Wort</b> &uuml;ber … 😀</p>".repeat(200);
        assert!(parse(&page).is_ok_and(|tree| tree.html() == Html::parse_document(&page).html()));
    }
}
