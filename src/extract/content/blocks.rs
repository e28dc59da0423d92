//! A page's tree comes in; its blocks of text go out, each with the elements that it stands in.

use std::collections::HashMap;

use ego_tree::{NodeId, NodeRef};
use html5ever::local_name;
use scraper::node::Element as Tag;
use scraper::{ElementRef, Html, Node};

use super::super::text::Lines;
use super::counts::Counts;
use super::tags::Known;
use super::vocabulary::{self, BYLINE, COMMENT, Hints};

/// An element, and what stands in it.
#[derive(Debug, Default)]
pub(in super::super) struct Element<'a> {
    /// Its index; 0 is above the root.
    pub(in super::super) parent: usize,
    pub(in super::super) name: &'a str,
    pub(in super::super) class: &'a str,
    pub(in super::super) node: Option<NodeId>,
    pub(super) known: Known,
    /// Itself if it is a block, or else the next block around it.
    pub(super) nearest: usize,
    pub(super) hints: Hints,
    pub(in super::super) hidden: bool,
    /// It says that it is the article's body (schema.org `articleBody`).
    pub(super) is_body: bool,
    /// How many characters in it are in paragraphs that look like prose.
    pub(super) prose: f64,
}

impl Element<'_> {
    /// Whether it gives a name or a date.
    pub(in super::super) fn is_byline(&self) -> bool {
        self.name == "time" || self.hints & BYLINE != 0
    }
}

/// Text between two borders.
#[derive(Debug, Default)]
pub(in super::super) struct Block {
    /// The element that holds it.
    pub(in super::super) element: usize,
    pub(in super::super) text: String,
    pub(in super::super) words: usize,
    pub(super) counts: Counts,
    /// Characters, white space not counted: all, in links, emphasised.
    pub(super) chars: usize,
    pub(super) linked: usize,
    pub(super) emphasised: usize,
    pub(super) breaks: usize,
    pub(in super::super) ends_sentence: bool,
    pub(super) prose: f64,
}

impl Block {
    /// The share of its characters that are links, 0 to 1.
    pub(in super::super) fn link_share(&self) -> f64 {
        self.linked as f64 / self.chars.max(1) as f64
    }
}

/// A page as blocks.
#[derive(Debug, Default)]
pub(in super::super) struct Outline<'a> {
    /// The first stands for nothing.
    pub(in super::super) elements: Vec<Element<'a>>,
    pub(in super::super) blocks: Vec<Block>,
    /// Elements that may say what the page is, in its order: `meta`, `title`, `h1` and `script`.
    pub(in super::super) heads: Vec<ElementRef<'a>>,
    /// What the page calls itself, as bare words.
    pub(super) titles: Vec<String>,
    /// Prose in all.
    pub(super) prose: f64,
}

impl<'a> Outline<'a> {
    pub(super) fn of(html: &'a Html) -> Self {
        let mut walk = Walk::default();
        walk.run(html);
        let mut outline = Self {
            elements: walk.elements,
            blocks: walk.blocks,
            titles: titles(&walk.heads),
            heads: walk.heads,
            prose: 0.0,
        };
        outline.weigh();
        outline
    }

    /// The elements around a block, the innermost first.
    pub(in super::super) fn around(&self, block: &Block) -> impl Iterator<Item = usize> {
        let up = |&at: &usize| Some(self.elements[at].parent);
        std::iter::successors(Some(block.element), up).take_while(|&at| at != 0)
    }

    /// Those of them that are blocks themselves.
    pub(super) fn blocks_around(&self, block: &Block) -> impl Iterator<Item = usize> {
        let nearest = |at: usize| self.elements[at].nearest;
        let up = move |&at: &usize| Some(nearest(self.elements[at].parent));
        std::iter::successors(Some(nearest(block.element)), up).take_while(|&at| at != 0)
    }

    /// Tells prose from the rest, and adds up what each element holds.
    fn weigh(&mut self) {
        for at in 0..self.blocks.len() {
            if self.is_prose(&self.blocks[at]) {
                let block = &mut self.blocks[at];
                let certain = if block.ends_sentence { 1.0 } else { 0.4 };
                block.prose = (block.chars - block.linked) as f64 * certain;
            }
            let (prose, mut e) = (self.blocks[at].prose, self.blocks[at].element);
            while e != 0 && prose > 0.0 {
                self.elements[e].prose += prose;
                e = self.elements[e].parent;
            }
            self.prose += prose;
        }
        self.prose = self.prose.max(1.0);
    }

    fn is_prose(&self, block: &Block) -> bool {
        let around = || self.around(block).map(|e| &self.elements[e]);
        block.words >= 12
            && block.link_share() < 0.35
            && !around().take(3).any(|e| e.hints & COMMENT != 0)
            && !around().any(|e| e.hidden || e.known.is_aside)
    }
}

/// The walk through the tree.
#[derive(Default)]
struct Walk<'a> {
    elements: Vec<Element<'a>>,
    blocks: Vec<Block>,
    heads: Vec<ElementRef<'a>>,
    block: Block,
    lines: Lines,
    known: HashMap<&'a str, Hints>,
    after_break: bool,
}

/// A place in the walk.
#[derive(Clone, Copy, Default)]
struct Place {
    element: usize,
    in_link: bool,
    in_emphasis: bool,
}

/// A step of it.
enum Step<'a> {
    Enter(NodeRef<'a, Node>, Place),
    Leave(usize),
}

impl<'a> Walk<'a> {
    fn run(&mut self, html: &'a Html) {
        self.elements.push(Element::default());
        let mut steps = vec![Step::Enter(*html.root_element(), Place::default())];
        while let Some(step) = steps.pop() {
            match step {
                Step::Leave(element) => self.border(element),
                Step::Enter(node, place) => match node.value() {
                    Node::Text(text) => self.text(text, place),
                    Node::Element(element) => self.element(node, element, place, &mut steps),
                    _ => {}
                },
            }
        }
        self.border(0);
    }

    fn text(&mut self, text: &str, place: Place) {
        let count = self.lines.push(text);
        self.after_break &= count == 0;
        self.block.chars += count;
        self.block.linked += if place.in_link { count } else { 0 };
        self.block.emphasised += if place.in_emphasis { count } else { 0 };
    }

    fn element(&mut self, node: NodeRef<'a, Node>, element: &'a Tag, place: Place, steps: &mut Vec<Step<'a>>) {
        let (name, known) = (element.name(), Known::of(&element.name.local));
        if known.is_silent {
            let inside = node.descendants().filter_map(ElementRef::wrap);
            return self.heads.extend(inside.filter(is_head));
        }
        if name == "br" {
            return self.line_break(place.element);
        }
        self.heads.extend(ElementRef::wrap(node).filter(is_head));
        let at = self.register(node.id(), element, known, place.element);
        if known.is_block {
            self.border(at);
            steps.push(Step::Leave(place.element));
        } else if self.block.chars == 0 {
            self.block.element = at;
        }
        let inside = Place {
            element: at,
            in_link: place.in_link || name == "a",
            in_emphasis: place.in_emphasis || matches!(name, "b" | "strong" | "em" | "i"),
        };
        steps.extend(node.children().rev().map(|child| Step::Enter(child, inside)));
    }

    fn register(&mut self, node: NodeId, tag: &'a Tag, known: Known, parent: usize) -> usize {
        let at = self.elements.len();
        let mut element = Element {
            parent,
            name: tag.name(),
            node: Some(node),
            known,
            nearest: if known.is_block {
                at
            } else {
                self.elements[parent].nearest
            },
            ..Element::default()
        };
        // Once through them all: to ask for each by its name takes several times as long.
        for (name, value) in tag.attrs() {
            match name {
                "class" => {
                    element.class = value;
                    element.hints |= self.hints(value);
                }
                "id" => element.hints |= self.hints(value),
                "itemprop" => element.is_body = value.contains("articleBody"),
                _ => element.hidden |= hides(name, value),
            }
        }
        self.elements.push(element);
        at
    }

    fn hints(&mut self, names: &'a str) -> Hints {
        *self.known.entry(names).or_insert_with(|| vocabulary::hints(names))
    }

    /// Two line breaks are a border, as many pages write paragraphs.
    fn line_break(&mut self, element: usize) {
        if self.after_break {
            self.border(element);
        } else {
            self.lines.end();
            self.block.breaks += 1;
            self.after_break = true;
        }
    }

    /// Ends the block and begins one in an element.
    fn border(&mut self, element: usize) {
        let text = std::mem::take(&mut self.lines).finish();
        let next = Block {
            element,
            ..Block::default()
        };
        let mut block = std::mem::replace(&mut self.block, next);
        self.after_break = false;
        let counts = Counts::of(&text);
        if counts.letters > 0 {
            (block.words, block.counts) = (counts.words as usize, counts);
            block.ends_sentence = ends_sentence(&text);
            block.text = text;
            self.blocks.push(block);
        }
    }
}

/// Whether an attribute hides its element.
fn hides(name: &str, value: &str) -> bool {
    let styled = |style: &str| {
        let style = style.chars().filter(|c| !c.is_whitespace());
        let style: String = style.flat_map(char::to_lowercase).collect();
        style.contains("display:none") || style.contains("visibility:hidden")
    };
    match name {
        "hidden" => true,
        "aria-hidden" => value == "true",
        "style" => styled(value),
        _ => false,
    }
}

fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '”', '’', '»', ')', '“']);
    text.ends_with(['.', '!', '?', '…', '。', '؟', '۔', '।'])
}

/// Words in lower case, single spaces between them.
fn bare(text: &str) -> String {
    bare_within(text, usize::MAX).unwrap_or_default()
}

/// The same if it is no longer than so many bytes.
pub(super) fn bare_within(text: &str, bytes: usize) -> Option<String> {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut bare = String::new();
    for word in words {
        if !bare.is_empty() {
            bare.push(' ');
        }
        let start = bare.len();
        if word.is_ascii() {
            bare.push_str(word);
            bare[start..].make_ascii_lowercase();
        } else {
            bare.push_str(&word.to_lowercase());
        }
        if bare.len() > bytes {
            return None;
        }
    }
    Some(bare)
}

/// Most titles that are compared, and the longest, in bytes.
const MAX_TITLES: usize = 8;
const MAX_TITLE_BYTES: usize = 1000;

/// Whether an element may say what the page is.
fn is_head(element: &ElementRef<'_>) -> bool {
    let name = &element.value().name.local;
    [
        local_name!("meta"),
        local_name!("title"),
        local_name!("h1"),
        local_name!("script"),
    ]
    .contains(name)
}

fn titles(heads: &[ElementRef<'_>]) -> Vec<String> {
    let is_title = |element: &&ElementRef<'_>| {
        let element = element.value();
        let key = || element.attr("property").or_else(|| element.attr("name"));
        match element.name() {
            "title" | "h1" => true,
            "meta" => matches!(key(), Some("og:title" | "twitter:title")),
            _ => false,
        }
    };
    let text = |element: &ElementRef<'_>| match element.value().attr("content") {
        Some(content) => content.to_owned(),
        None => element.text().take(64).collect(),
    };
    let titles = heads.iter().filter(is_title);
    let titles = titles
        .take(MAX_TITLES)
        .map(text)
        .filter(|text| text.len() < MAX_TITLE_BYTES);
    titles.map(|text| bare(&text)).collect()
}
