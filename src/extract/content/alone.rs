//! What is known of each block by itself: its words, where it hangs, and its two neighbours on either side.

use std::collections::HashMap;

use super::blocks::{self, Block, Element, Outline};
use super::model::Row;
use super::vocabulary::{self, HINTS};

/// Elements that hold so much of a page's prose say nothing by their names: `body.has-sidebar` is no sidebar.
const MOST: f64 = 0.35;

/// Elements whose mere presence around a block says something.
const HOLDERS: [(&str, &str); 11] = [
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
const KINDS: [(&str, &[&str]); 9] = [
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

/// Names of the hints near a block and farther away, in the order of [`HINTS`].
const NEAR: [&str; HINTS.len()] = [
    "near nav",
    "near comment",
    "near related",
    "near share",
    "near byline",
    "near caption",
    "near side",
    "near tag",
    "near ad",
    "near content",
    "near title",
    "near lead",
    "near quote",
];
const FAR: [&str; HINTS.len()] = [
    "far nav",
    "far comment",
    "far related",
    "far share",
    "far byline",
    "far caption",
    "far side",
    "far tag",
    "far ad",
    "far content",
    "far title",
    "far lead",
    "far quote",
];

/// Neighbours: how far away, and the names of what is known of them.
const NEIGHBOURS: [(isize, [&str; 5]); 4] = [
    (
        -1,
        [
            "before prose",
            "before words",
            "before links",
            "before ends",
            "before sibling",
        ],
    ),
    (
        1,
        ["next prose", "next words", "next links", "next ends", "next sibling"],
    ),
    (
        -2,
        [
            "before2 prose",
            "before2 words",
            "before2 links",
            "before2 ends",
            "before2 sibling",
        ],
    ),
    (
        2,
        [
            "next2 prose",
            "next2 words",
            "next2 links",
            "next2 ends",
            "next2 sibling",
        ],
    ),
];

/// What holds for the whole page.
struct Page<'o> {
    outline: &'o Outline<'o>,
    copies: HashMap<&'o str, usize>,
    h1: Option<usize>,
    has_article: bool,
    has_body: bool,
}

/// A row for each block.
pub(super) fn look(outline: &Outline<'_>) -> Vec<Row> {
    let page = Page::of(outline);
    (0..outline.blocks.len()).map(|at| page.row(at)).collect()
}

impl<'o> Page<'o> {
    fn of(outline: &'o Outline<'o>) -> Self {
        let mut copies = HashMap::new();
        for block in &outline.blocks {
            *copies.entry(block.text.as_str()).or_default() += 1;
        }
        let in_h1 = |block: &Block| outline.around(block).take(3).any(|e| outline.elements[e].name == "h1");
        let holds = |of: &dyn Fn(&Element<'_>) -> bool, share: f64| {
            outline
                .elements
                .iter()
                .any(|e| of(e) && e.prose > share * outline.prose)
        };
        Self {
            outline,
            copies,
            h1: outline.blocks.iter().position(in_h1),
            has_article: holds(&|e| e.name == "article", 0.3),
            has_body: holds(&|e| e.is_body, 0.2),
        }
    }

    fn row(&self, at: usize) -> Row {
        let block = &self.outline.blocks[at];
        let mut row = Row::with_capacity(128);
        words(block, &mut row);
        self.kind(at, &mut row);
        self.place(at, &mut row);
        for (distance, names) in NEIGHBOURS {
            self.neighbour(at, distance, names, &mut row);
        }
        self.particulars(at, &mut row);
        row
    }

    fn kind(&self, at: usize, row: &mut Row) {
        let block = &self.outline.blocks[at];
        let kind = self.kind_of(block);
        row.extend(KINDS.map(|(name, kinds)| (name, bit(kinds.contains(&kind)))));
        let is_title = block.words >= 2 && block.words < 60 && {
            let bare = blocks::bare(&block.text);
            let titles = &self.outline.titles;
            titles
                .iter()
                .any(|title| *title == bare || (block.words >= 4 && title.contains(&bare)))
        };
        row.push(("title", bit(is_title)));
    }

    fn kind_of(&self, block: &Block) -> &'o str {
        let kind = self.outline.blocks_around(block).next();
        kind.map_or("", |e| self.outline.elements[e].name)
    }

    fn place(&self, at: usize, row: &mut Row) {
        let Outline {
            elements,
            blocks,
            prose,
            ..
        } = self.outline;
        let around: Vec<&Element<'_>> = self.outline.around(&blocks[at]).map(|e| &elements[e]).collect();
        let small: Vec<&&Element<'_>> = around.iter().filter(|e| e.prose < MOST * prose).collect();
        row.extend(HOLDERS.map(|(name, holder)| (name, bit(small.iter().any(|e| e.name == holder)))));
        let near = small.iter().take(3).fold(0, |hints, e| hints | e.hints);
        let far = small.iter().skip(3).fold(0, |hints, e| hints | e.hints);
        let bits = |names: [&'static str; HINTS.len()], hints: u32| {
            names
                .into_iter()
                .enumerate()
                .map(move |(i, name)| (name, f64::from(hints >> i & 1)))
        };
        row.extend(bits(NEAR, near));
        row.extend(bits(FAR, far));
        row.push(("hidden", bit(small.iter().any(|e| e.hidden))));
        row.push(("hidden with all", bit(around.iter().any(|e| e.hidden))));
        let in_article = around.iter().any(|e| e.name == "article" && e.prose > 0.3 * prose);
        row.push(("in article", bit(self.has_article && in_article)));
        row.push(("out of article", bit(self.has_article && !in_article)));
        let in_body = around.iter().any(|e| e.is_body);
        row.push(("in body", bit(self.has_body && in_body)));
        row.push(("out of body", bit(self.has_body && !in_body)));
    }

    fn neighbour(&self, at: usize, distance: isize, names: [&'static str; 5], row: &mut Row) {
        let Outline { elements, blocks, .. } = self.outline;
        let neighbour = at.checked_add_signed(distance).and_then(|at| blocks.get(at));
        let known = neighbour.map_or([0.0; 5], |other| {
            [
                bit(other.prose > 0.0),
                (1.0 + other.words as f64).ln(),
                other.link_share(),
                bit(other.ends_sentence),
                bit(elements[other.element].parent == elements[blocks[at].element].parent),
            ]
        });
        row.extend(names.into_iter().zip(known));
    }

    fn particulars(&self, at: usize, row: &mut Row) {
        let blocks = &self.outline.blocks;
        let block = &blocks[at];
        let text = block.text.as_str();
        let heads = self.kind_of(block).starts_with('h') && blocks.get(at + 1).is_some_and(|next| next.prose > 0.0);
        row.extend([
            ("after h1", bit(self.h1.is_some_and(|h1| at > h1))),
            ("has h1", bit(self.h1.is_some())),
            ("heads prose", bit(heads)),
            ("short link", bit(block.words < 15 && block.link_share() > 0.7)),
            ("copied", bit(self.copies[text] > 1)),
            ("bar", bit(text.contains('|'))),
            (
                "address",
                bit(text.contains('@') || text.contains("http") || text.contains("www.")),
            ),
            ("furniture", bit(vocabulary::is_furniture(text, block.words))),
        ]);
    }
}

/// What a block's text is like.
fn words(block: &Block, row: &mut Row) {
    let text = block.text.as_str();
    let words = block.words as f64;
    let share = |of: &dyn Fn(char) -> bool| text.chars().filter(|&c| of(c)).count() as f64 / block.chars.max(1) as f64;
    let stops = text.matches([',', '.', ';', '،', '、', '。']).count() as f64;
    let capital = text
        .split_whitespace()
        .filter(|word| word.starts_with(char::is_uppercase))
        .count() as f64;
    row.extend([
        ("words", (1.0 + words).ln()),
        ("under 4 words", bit(block.words < 4)),
        ("under 10 words", bit(block.words < 10)),
        ("over 25 words", bit(block.words > 25)),
        ("links", block.link_share()),
        ("half links", bit(block.link_share() > 0.5)),
        ("all links", bit(block.link_share() > 0.9)),
        ("no link", bit(block.linked == 0)),
        ("ends", bit(block.ends_sentence)),
        ("colon", bit(text.ends_with(':'))),
        ("stops", (stops / words.max(1.0)).min(1.0)),
        ("capitalised", capital / words.max(1.0)),
        ("capitals", share(&char::is_uppercase)),
        ("digits", share(&|c| c.is_ascii_digit())),
        ("emphasis", block.emphasised as f64 / block.chars.max(1) as f64),
        ("breaks", (1.0 + block.breaks as f64).ln()),
    ]);
}

pub(super) fn bit(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}
