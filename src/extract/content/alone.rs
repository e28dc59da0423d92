//! What is known of each block by itself: its words, where it hangs, and its two neighbours on either side.

use super::blocks::{self, Block, Element, Outline};
use super::model::{Cell, Named, Row};
use super::tags::{HOLDERS, KINDS};
use super::vocabulary::{self, HINTS, Hints};

/// Elements that hold so much of a page's prose say nothing by their names: `body.has-sidebar` is no sidebar.
const MOST: f64 = 0.35;

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

/// What is known of an element by itself and all that it stands in.
#[derive(Debug, Default, Clone, Copy)]
struct Around {
    /// Of those that do not hold [`MOST`] of the page's prose: which [`HOLDERS`] they are, and what their names hint at.
    holders: u32,
    hints: Hints,
    hidden: bool,
    /// Of all.
    hidden_with_all: bool,
    inside: Inside,
}

/// Whether it stands in what holds the page's own text.
#[derive(Debug, Default, Clone, Copy)]
struct Inside {
    article: bool,
    body: bool,
}

impl Around {
    fn of(element: &Element<'_>, outside: Self, prose: f64) -> Self {
        let is_small = is_small(element, prose);
        let small = |bits: u32| if is_small { bits } else { 0 };
        Self {
            holders: outside.holders | small(element.known.holder),
            hints: outside.hints | small(element.hints),
            hidden: outside.hidden || (is_small && element.hidden),
            hidden_with_all: outside.hidden_with_all || element.hidden,
            inside: Inside {
                article: outside.inside.article || (element.name == "article" && element.prose > 0.3 * prose),
                body: outside.inside.body || element.is_body,
            },
        }
    }
}

fn is_small(element: &Element<'_>, prose: f64) -> bool {
    element.prose < MOST * prose
}

/// What holds for the whole page.
struct Page<'o> {
    outline: &'o Outline<'o>,
    /// By element.
    around: Vec<Around>,
    /// By block.
    copied: Vec<bool>,
    known: Vec<[f64; 4]>,
    /// Of the longest title, in bytes.
    title_bytes: usize,
    h1: Option<usize>,
    has_article: bool,
    has_body: bool,
}

/// A row for each block.
pub(super) fn look<C: Cell>(outline: &Outline<'_>) -> Vec<Row<C>> {
    let page = Page::of(outline);
    (0..outline.blocks.len()).map(|at| page.row(at)).collect()
}

impl<'o> Page<'o> {
    fn of(outline: &'o Outline<'o>) -> Self {
        let in_h1 = |block: &Block| outline.around(block).take(3).any(|e| outline.elements[e].name == "h1");
        let holds = |of: &dyn Fn(&Element<'_>) -> bool, share: f64| {
            outline
                .elements
                .iter()
                .any(|e| of(e) && e.prose > share * outline.prose)
        };
        // Elements come after those that they stand in; the first stands for nothing.
        let mut around = vec![Around::default()];
        for element in outline.elements.iter().skip(1) {
            around.push(Around::of(element, around[element.parent], outline.prose));
        }
        Self {
            outline,
            around,
            copied: copied(&outline.blocks),
            known: outline.blocks.iter().map(known).collect(),
            title_bytes: outline.titles.iter().map(String::len).max().unwrap_or_default(),
            h1: outline.blocks.iter().position(in_h1),
            has_article: holds(&|e| e.name == "article", 0.3),
            has_body: holds(&|e| e.is_body, 0.2),
        }
    }

    fn row<C: Cell>(&self, at: usize) -> Row<C> {
        let block = &self.outline.blocks[at];
        let mut row = Row::with_capacity(128);
        words(block, &mut row);
        self.kind(at, &mut row);
        self.place(at, &mut row);
        for (distance, names) in &NEIGHBOURS {
            self.neighbour(at, *distance, names, &mut row);
        }
        self.particulars(at, &mut row);
        row
    }

    fn kind<C: Cell>(&self, at: usize, row: &mut Row<C>) {
        let block = &self.outline.blocks[at];
        let kind = self.kind_of(block).known.kind;
        row.extend(bits(KINDS.iter().map(|(name, _)| *name), kind));
        row.push(("title", bit(self.is_title(block))));
    }

    fn is_title(&self, block: &Block) -> bool {
        if block.words < 2 || block.words >= 60 {
            return false;
        }
        let bare = blocks::bare_within(&block.text, self.title_bytes);
        bare.is_some_and(|bare| {
            let is_part = |title: &String| *title == bare || (block.words >= 4 && title.contains(&bare));
            self.outline.titles.iter().any(is_part)
        })
    }

    /// The innermost block element around a block; the one that stands for nothing if there is none.
    fn kind_of(&self, block: &Block) -> &'o Element<'o> {
        let elements = &self.outline.elements;
        &elements[elements[block.element].nearest]
    }

    fn place<C: Cell>(&self, at: usize, row: &mut Row<C>) {
        let Outline {
            elements,
            blocks,
            prose,
            ..
        } = self.outline;
        let block = &blocks[at];
        let around = self.around[block.element];
        // The small ones are the innermost: what an element holds, those around it hold too.
        let small = |e: &usize| is_small(&elements[*e], *prose);
        let nearest = self.outline.around(block).take(3).take_while(small);
        let near = nearest.fold(0, |hints, e| hints | elements[e].hints);
        let farther = self.outline.around(block).nth(3).unwrap_or_default();
        row.extend(bits(HOLDERS.iter().map(|(name, _)| *name), around.holders));
        row.extend(bits(NEAR.iter().copied(), near));
        row.extend(bits(FAR.iter().copied(), self.around[farther].hints));
        row.push(("hidden", bit(around.hidden)));
        row.push(("hidden with all", bit(around.hidden_with_all)));
        row.push(("in article", bit(self.has_article && around.inside.article)));
        row.push(("out of article", bit(self.has_article && !around.inside.article)));
        row.push(("in body", bit(self.has_body && around.inside.body)));
        row.push(("out of body", bit(self.has_body && !around.inside.body)));
    }

    fn neighbour<C: Cell>(&self, at: usize, distance: isize, names: &[&'static str; 5], row: &mut Row<C>) {
        let Outline { elements, blocks, .. } = self.outline;
        let parent = |at: usize| elements[blocks[at].element].parent;
        let neighbour = at.checked_add_signed(distance).filter(|other| *other < blocks.len());
        let known = neighbour.map_or([0.0; 5], |other| {
            let [prose, words, links, ends] = self.known[other];
            [prose, words, links, ends, bit(parent(other) == parent(at))]
        });
        row.extend(names.iter().copied().zip(known));
    }

    fn particulars<C: Cell>(&self, at: usize, row: &mut Row<C>) {
        let blocks = &self.outline.blocks;
        let block = &blocks[at];
        let text = block.text.as_str();
        let heads =
            self.kind_of(block).name.starts_with('h') && blocks.get(at + 1).is_some_and(|next| next.prose > 0.0);
        row.extend([
            ("after h1", bit(self.h1.is_some_and(|h1| at > h1))),
            ("has h1", bit(self.h1.is_some())),
            ("heads prose", bit(heads)),
            ("short link", bit(block.words < 15 && block.link_share() > 0.7)),
            ("copied", bit(self.copied[at])),
            ("bar", bit(block.counts.bars > 0)),
            (
                "address",
                bit(block.counts.ats > 0 || text.contains("http") || text.contains("www.")),
            ),
            ("furniture", bit(vocabulary::is_furniture(text, block.words))),
        ]);
    }
}

/// What a block's text is like.
fn words<C: Cell>(block: &Block, row: &mut Row<C>) {
    let text = block.text.as_str();
    let words = block.words as f64;
    let counts = &block.counts;
    let share = |count: u32| f64::from(count) / block.chars.max(1) as f64;
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
        ("stops", (f64::from(counts.stops) / words.max(1.0)).min(1.0)),
        ("capitalised", f64::from(counts.capitalised) / words.max(1.0)),
        ("capitals", share(counts.capitals)),
        ("digits", share(counts.digits)),
        ("emphasis", block.emphasised as f64 / block.chars.max(1) as f64),
        ("breaks", (1.0 + block.breaks as f64).ln()),
    ]);
}

/// What a block's neighbours know of it.
fn known(block: &Block) -> [f64; 4] {
    let words = (1.0 + block.words as f64).ln();
    [
        bit(block.prose > 0.0),
        words,
        block.link_share(),
        bit(block.ends_sentence),
    ]
}

/// Whether each block's text stands in the page more than once.
fn copied(blocks: &[Block]) -> Vec<bool> {
    let text = |&at: &usize| (blocks[at].text.len(), blocks[at].text.as_str());
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_unstable_by(|a, b| text(a).cmp(&text(b)));
    let mut copied = vec![false; blocks.len()];
    for pair in order.windows(2).filter(|pair| text(&pair[0]) == text(&pair[1])) {
        for &at in pair {
            copied[at] = true;
        }
    }
    copied
}

/// A number by each name: whether its bit is set.
fn bits(names: impl Iterator<Item = &'static str>, bits: u32) -> impl Iterator<Item = Named> {
    let numbered = names.enumerate();
    numbered.map(move |(at, name)| (name, f64::from(bits >> at & 1)))
}

pub(super) fn bit(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}
