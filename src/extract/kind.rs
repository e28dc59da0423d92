//! Is a page an article? Its blocks, what was chosen of them and its markup come in; one word goes out.
//!
//! A list of links, a thread of posts and a page that its scripts would fill have texts too, and an extractor finds the
//! longest of them. Such pages are told by their build, not by their site: parts of the same make beside each other that
//! each bear a link on a title (a listing) or a name or date of their own (a thread).

use std::collections::HashMap;

use scraper::ElementRef;
use serde::Serialize;
use serde_json::Value;

use super::content::Choice;
use super::markup::has_type;
use super::{Problem, meta};

/// What kind of page it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PageKind {
    /// One text: news, a blog post, a statement.
    Article,
    /// Links to other pages with their titles: a front page, a section, results of a search.
    Listing,
    /// Posts of several people: a forum, questions and answers.
    Forum,
    /// Hardly a word, and scripts that would fetch some.
    Shell,
    /// Hardly a word, and no scripts either.
    Empty,
}

impl From<PageKind> for Problem {
    fn from(kind: PageKind) -> Self {
        match kind {
            PageKind::Listing => Self::Listing,
            PageKind::Forum => Self::Forum,
            PageKind::Shell => Self::Shell,
            PageKind::Article | PageKind::Empty => Self::NoText,
        }
    }
}

/// Fewest words of an article that says of itself that it is one.
const DECLARED_WORDS: usize = 30;

/// Fewest unlinked words of a page that can do without its scripts.
const SHELL_WORDS: usize = 40;

/// Fewest parts of the same make that make a listing, and a thread.
const TEASERS: usize = 5;
const POSTS: usize = 3;

/// Most words of a listing's part on average.
const TEASER_WORDS: usize = 70;

/// The share of the chosen words that the parts must hold.
const MOST: f64 = 0.7;

/// The share of links in a page's text from which, with little text of its own, it is a listing.
const LINKED: f64 = 0.5;

/// Words in whole sentences that make an article of a page that is mostly links.
const PROSE_WORDS: usize = 45;

/// Words of an article that is taken for one although most of its page are links.
const OWN_WORDS: usize = 80;

/// Types of JSON-LD that are threads, and those that are listings.
const THREADS: &[&str] = &["DiscussionForumPosting", "QAPage"];
const LISTINGS: &[&str] = &["CollectionPage", "SearchResultsPage"];

/// What a page is.
pub(super) fn of(choice: &Choice<'_>, json_ld: &[Value]) -> PageKind {
    let words: usize = choice.blocks().map(|block| block.words).sum();
    let prose = choice
        .blocks()
        .filter(|block| block.ends_sentence)
        .map(|block| block.words);
    let has_prose = prose.sum::<usize>() >= PROSE_WORDS;
    let is_any = |types| json_ld.iter().any(|value| has_type(value, types));
    let says_article = json_ld.iter().any(meta::is_article);
    let shape = Shape::of(choice);
    match () {
        () if is_any(THREADS) => PageKind::Forum,
        () if says_article && words >= DECLARED_WORDS => PageKind::Article,
        () if shape.own_words < SHELL_WORDS
            && shape.words < 2 * SHELL_WORDS
            && words < DECLARED_WORDS
            && has_scripts(choice) =>
        {
            PageKind::Shell
        }
        () if shape.is_thread => PageKind::Forum,
        () if shape.is_listing || (is_any(LISTINGS) && words < OWN_WORDS) => PageKind::Listing,
        () if !has_prose && words < OWN_WORDS && shape.words >= 2 * OWN_WORDS && shape.linked > LINKED => {
            PageKind::Listing
        }
        () if words == 0 => PageKind::Empty,
        () => PageKind::Article,
    }
}

/// Scripts that run, and not data in their clothes.
fn has_scripts(choice: &Choice<'_>) -> bool {
    let runs =
        |kind: Option<&str>| kind.is_none_or(|kind| kind.is_empty() || kind == "module" || kind.contains("javascript"));
    let mut heads = choice.outline.heads.iter().map(ElementRef::value);
    heads.any(|element| element.name() == "script" && runs(element.attr("type")))
}

/// How a page is built.
#[derive(Debug, Default)]
struct Shape {
    /// Words of the page, and those of blocks that are rather no links.
    words: usize,
    own_words: usize,
    /// The share of links in its words.
    linked: f64,
    is_thread: bool,
    is_listing: bool,
}

/// Parts of the same make under one parent.
#[derive(Debug, Default)]
struct Parts {
    members: Vec<Part>,
}

/// One of them.
#[derive(Debug, Default, Clone, Copy)]
struct Part {
    words: usize,
    chosen: usize,
    has_link: bool,
    has_byline: bool,
    has_prose: bool,
}

impl Shape {
    fn of(choice: &Choice<'_>) -> Self {
        let outline = &choice.outline;
        let words: usize = outline.blocks.iter().map(|block| block.words).sum();
        let linked: f64 = outline
            .blocks
            .iter()
            .map(|block| block.link_share() * block.words as f64)
            .sum();
        let own = outline.blocks.iter().filter(|block| block.link_share() < 0.5);
        let chosen: usize = choice.blocks().map(|block| block.words).sum();
        let families = families(choice);
        Self {
            words,
            own_words: own.map(|block| block.words).sum(),
            linked: linked / words.max(1) as f64,
            is_thread: families.iter().any(|parts| parts.is_thread(chosen)),
            is_listing: families.iter().any(|parts| parts.is_listing(chosen)),
        }
    }
}

impl Parts {
    fn share(&self, chosen: usize) -> f64 {
        self.members.iter().map(|part| part.chosen).sum::<usize>() as f64 / chosen.max(1) as f64
    }

    /// Parts that hold most of what was chosen, most of them with a name or date and some prose.
    fn is_thread(&self, chosen: usize) -> bool {
        let posts = self
            .members
            .iter()
            .filter(|part| part.has_byline && part.chosen > 0 && part.has_prose)
            .count();
        chosen > 0 && posts >= POSTS && 2 * posts >= self.members.len() && self.share(chosen) >= MOST
    }

    /// Short parts, most of them with a linked title, that hold most of what was chosen, if anything was.
    fn is_listing(&self, chosen: usize) -> bool {
        let teasers = self.members.iter().filter(|part| part.has_link).count();
        let words: usize = self.members.iter().map(|part| part.words).sum();
        teasers >= TEASERS
            && 3 * teasers >= 2 * self.members.len()
            && words <= TEASER_WORDS * self.members.len()
            && chosen > 0
            && self.share(chosen) >= MOST
    }
}

/// Elements of the same name and class beside each other, with what they hold.
fn families(choice: &Choice<'_>) -> Vec<Parts> {
    let mut families: HashMap<(usize, &str, &str), Parts> = HashMap::new();
    let elements = choice.outline.elements.iter();
    for (element, part) in elements.zip(parts(choice)) {
        let is_named = !element.class.is_empty() || matches!(element.name, "li" | "article" | "tr");
        if let Some(part) = part.filter(|_| is_named) {
            let make = (element.parent, element.name, element.class);
            families.entry(make).or_default().members.push(part);
        }
    }
    families
        .into_values()
        .filter(|parts| parts.members.len() >= POSTS)
        .collect()
}

/// What each element holds; nothing of those without a text.
fn parts(choice: &Choice<'_>) -> Vec<Option<Part>> {
    let outline = &choice.outline;
    let mut parts = vec![None; outline.elements.len()];
    let mut kept = vec![false; outline.blocks.len()];
    choice.kept.iter().for_each(|&at| kept[at] = true);
    for (block, kept) in outline.blocks.iter().zip(kept) {
        let mut has_byline = false;
        for at in outline.around(block) {
            let part: &mut Part = parts[at].get_or_insert_default();
            part.words += block.words;
            part.chosen += if kept { block.words } else { 0 };
            part.has_prose |= block.link_share() < 0.3 && block.words >= 5;
            part.has_link |= block.link_share() > 0.7 && block.words >= 3;
            part.has_byline |= has_byline;
            has_byline |= outline.elements[at].is_byline();
        }
    }
    parts
}
