//! Which of a page's texts are its article? A parsed page comes in; its paragraphs, and how sure we are, go out.
//!
//! Three looks. [`alone`] judges each block by itself and its neighbours, [`region`] finds the part of the page that holds
//! most of what was liked, [`company`] judges the blocks of that part again, knowing what stands around them. Both
//! judgements are linear models whose weights were learnt ([`learn`]); no rule names a site.
//!
//! The road not taken: two whole extractors, and what they agree on. Each parses the page again, and together they take
//! more time than their agreement is worth.

mod alone;
mod blocks;
mod company;
mod counts;
pub(super) mod learn;
mod model;
mod region;
mod tags;
mod vocabulary;

use ego_tree::NodeId;
use scraper::Html;

pub(super) use blocks::{Block, Outline};
use model::{Models, Row};

/// A page taken apart, and what was chosen of it.
pub(super) struct Choice<'a> {
    pub(super) outline: Outline<'a>,
    /// The blocks that are the article, in the order of the page.
    pub(super) kept: Vec<usize>,
    /// The element that holds the part of the page in which they stand.
    pub(super) root: Option<NodeId>,
}

impl Choice<'_> {
    /// The article: a block a paragraph.
    pub(super) fn text(&self) -> String {
        let texts: Vec<&str> = self.blocks().map(|block| block.text.as_str()).collect();
        texts.join("\n")
    }

    /// The blocks that were kept.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.kept.iter().map(|&at| &self.outline.blocks[at])
    }
}

/// Chooses with the weights that are shipped.
pub(super) fn choose(html: &Html) -> Choice<'_> {
    choose_with(html, Models::shipped())
}

fn choose_with<'a>(html: &'a Html, models: &Models) -> Choice<'a> {
    let outline = Outline::of(html);
    let rows: Vec<Row<f64>> = alone::look(&outline);
    let first: Vec<f64> = rows.iter().map(|row| models.alone.score(row)).collect();
    let Some(region) = region::best(&outline, &first) else {
        return bare(outline);
    };
    let second = company::look(&outline, (&rows, models.again()), &first, &region);
    let is_kept = |(at, row): &(&usize, &Row<f64>)| {
        models.company.score(row) > 0.0 && !is_beside(&outline, &outline.blocks[**at], region.root)
    };
    let kept: Vec<usize> = region
        .blocks
        .iter()
        .zip(&second)
        .filter(is_kept)
        .map(|(&at, _)| at)
        .collect();
    if kept.is_empty() {
        return bare(outline);
    }
    let root = outline.elements[region.root].node;
    Choice { outline, kept, root }
}

/// Whether a block of the region stands beside its text: what describes a picture, and an invitation with its link. Both
/// are as well written as an article and of its subject, which is what the models go by.
fn is_beside(outline: &Outline<'_>, block: &Block, root: usize) -> bool {
    let inside = |name: &str| {
        let mut around = outline.around(block).take_while(|&e| e != root);
        around.any(|e| outline.elements[e].name == name)
    };
    let of_picture = inside("figcaption") || (inside("figure") && !inside("blockquote"));
    of_picture
        || (block.words < SHORT && block.link_share() > 0.2 && vocabulary::is_furniture(&block.text, block.words))
}

/// Words of an invitation at most.
const SHORT: usize = 15;

/// The share of links from which a page without an article is more than its bare text.
const LINKED: f64 = 0.2;

/// A page of nothing but a little text has no surroundings to tell an article from: all its sentences are taken.
fn bare(outline: Outline<'_>) -> Choice<'_> {
    let (linked, chars) = outline.blocks.iter().fold((0, 0), |(linked, chars), block| {
        (linked + block.linked, chars + block.chars)
    });
    let is_bare = (linked as f64) < LINKED * chars as f64;
    let is_text =
        |block: &Block| block.prose > 0.0 && block.ends_sentence && !vocabulary::is_furniture(&block.text, block.words);
    let kept = outline
        .blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| is_bare && is_text(block));
    let kept = kept.map(|(at, _)| at).collect();
    Choice {
        outline,
        kept,
        root: None,
    }
}
