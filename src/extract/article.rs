//! A page to its article and its fact-checks.

use trafilatura::{ExtractResult, Options};

use super::claimreview::{self, Defaults};
use super::meta::{self, Meta};
use super::{Problem, dom, text};
use crate::domain::{Document, ExternalFactCheck, Lang, WebUrl};

/// Longest page that is read; the rest is cut.
pub const MAX_PAGE_BYTES: usize = 2 * 1024 * 1024;

/// Longest main text that is kept; the rest is cut.
pub const MAX_TEXT_BYTES: usize = 200 * 1000;

/// What a page holds.
#[derive(Debug, Default)]
pub struct Page {
    /// Its article; none if it has no main text.
    pub document: Option<Document>,
    /// The fact-checks in its ClaimReview markup, in the order of the page.
    pub reviews: Vec<ExternalFactCheck>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Reads a page that was found at `url`. Main text by the `trafilatura` crate; what surrounds it (menus, notices, footers)
/// is left out.
pub fn article(html: &str, url: &WebUrl) -> Page {
    let mut page = Page::default();
    let html = if html.len() > MAX_PAGE_BYTES {
        page.problems.push(Problem::PageCut);
        text::cut(html, MAX_PAGE_BYTES)
    } else {
        html
    };
    match dom::parse(html) {
        Ok(tree) => fill(&mut page, html, &tree, url),
        Err(refused) => page.problems.push(refused.into()),
    }
    page
}

fn fill(page: &mut Page, html: &str, tree: &scraper::Html, url: &WebUrl) {
    let (json_ld, problems) = claimreview::json_ld(tree);
    page.problems.extend(problems);
    let meta = meta::of_page(tree, &json_ld, url);
    let defaults = Defaults {
        publisher: meta.site_name.clone().or_else(|| Defaults::of(url).publisher),
        lang: meta.lang,
        ..Defaults::of(url)
    };
    for review in claimreview::in_page(&json_ld, &defaults) {
        match review {
            Ok(review) => page.reviews.push(review),
            Err(reason) => page.problems.push(Problem::Review(reason)),
        }
    }
    page.document = main_text(html, page).map(|(text, found)| document(text, &found, meta, url));
}

/// The main text, and what else was found on the way.
fn main_text(html: &str, page: &mut Page) -> Option<(String, ExtractResult)> {
    let options = Options::default().with_exclude_comments(true);
    let found = trafilatura::extract(html, &options).ok();
    let text = found
        .as_ref()
        .map(|found| text::of_field(&found.content_html))
        .unwrap_or_default();
    if !text.chars().any(char::is_alphanumeric) {
        page.problems.push(Problem::NoText);
        return None;
    }
    if text.len() > MAX_TEXT_BYTES {
        page.problems.push(Problem::TextCut);
    }
    found.map(|found| (text::cut(&text, MAX_TEXT_BYTES).to_owned(), found))
}

fn document(text: String, found: &ExtractResult, meta: Meta, url: &WebUrl) -> Document {
    let author = text::one_line(&found.metadata.author);
    Document {
        url: url.clone(),
        canonical_url: meta.canonical,
        title: meta.title.unwrap_or_else(|| text::one_line(&found.metadata.title)),
        lang: meta.lang.unwrap_or_else(|| Lang::detect(&text)),
        author: meta.author.or(Some(author).filter(|a| !a.is_empty())),
        published_at: meta.published_at,
        text,
    }
}
