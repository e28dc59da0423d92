//! A page to its article and its fact-checks.

use scraper::Html;
use serde::Serialize;

use super::claimreview::{self, Defaults};
use super::date::Dated;
use super::kind::{self, PageKind};
use super::markup::{self, ClaimMarkup};
use super::media::{self, Image, Quote};
use super::meta::{self, Meta};
use super::{Problem, content, dom, text};
use crate::domain::{Author, Document, ExternalFactCheck, Lang, WebUrl};

/// Longest page that is read; the rest is cut.
pub const MAX_PAGE_BYTES: usize = 2 * 1024 * 1024;

/// Longest main text that is kept; the rest is cut.
pub const MAX_TEXT_BYTES: usize = 200 * 1000;

/// What a page says, and says about itself.
#[derive(Debug, Serialize)]
pub struct Facts {
    /// What kind of page it is. Only an article gives a document.
    #[serde(rename = "page")]
    pub kind: PageKind,
    /// Where it was read.
    pub url: WebUrl,
    /// Where its publisher says that it lives, if elsewhere.
    pub canonical_url: Option<WebUrl>,
    /// Its title.
    pub title: String,
    /// The main text of an article, its paragraphs separated by a newline; none of other pages.
    pub text: Option<String>,
    /// The language it declares, or that was detected.
    pub lang: Lang,
    /// Its authors' names as printed, separated by a comma.
    pub author: Option<String>,
    /// When it says that it was published.
    pub published_at: Option<Dated>,
    /// When it says that it was last changed.
    pub modified_at: Option<Dated>,
    /// Its pictures: the one that it names for itself, then those within the article.
    pub images: Vec<Image>,
    /// What it quotes, and posts of others that it embeds.
    pub quotes: Vec<Quote>,
    /// Claims marked up as schema.org `Claim`.
    pub claims: Vec<ClaimMarkup>,
}

/// What a page holds.
#[derive(Debug, Default)]
pub struct Page {
    /// Its article; none if it has no main text.
    pub document: Option<Document>,
    /// What it says about itself; none if it was not parsed.
    pub facts: Option<Facts>,
    /// The fact-checks in its ClaimReview markup, in the order of the page.
    pub reviews: Vec<ExternalFactCheck>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Reads a page that was found at `url`. What surrounds its main text (menus, notices, footers) is
/// left out; a page that is no article gives no document, and a problem that says what it is.
pub fn article(html: &str, url: &WebUrl) -> Page {
    article_and(html, url, |_| ())
}

/// The same; whoever wants something else of the page has a look at its tree, if it was parsed.
pub(super) fn article_and(html: &str, url: &WebUrl, look: impl FnOnce(&Html)) -> Page {
    let mut page = Page::default();
    let html = if html.len() > MAX_PAGE_BYTES {
        page.problems.push(Problem::PageCut);
        text::cut(html, MAX_PAGE_BYTES)
    } else {
        html
    };
    match dom::parse(html) {
        Ok(tree) => {
            fill(&mut page, &tree, url);
            look(&tree);
        }
        Err(refused) => page.problems.push(refused.into()),
    }
    page
}

fn fill(page: &mut Page, tree: &Html, url: &WebUrl) {
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
    let choice = content::choose(tree);
    let kind = kind::of(&choice, &json_ld);
    let text = match kind {
        PageKind::Article => Some(main_text(&choice, page)),
        other => {
            page.problems.push(other.into());
            None
        }
    };
    let facts = facts(tree, &choice, &json_ld, meta, (kind, text), url);
    page.document = document(&facts);
    page.facts = Some(facts);
}

/// The main text, cut where it is too long.
fn main_text(choice: &content::Choice<'_>, page: &mut Page) -> String {
    let text = choice.text();
    if text.len() > MAX_TEXT_BYTES {
        page.problems.push(Problem::TextCut);
    }
    text::cut(&text, MAX_TEXT_BYTES).to_owned()
}

fn facts(
    tree: &Html,
    choice: &content::Choice<'_>,
    json_ld: &[serde_json::Value],
    meta: Meta,
    (kind, text): (PageKind, Option<String>),
    url: &WebUrl,
) -> Facts {
    let lang = meta
        .lang
        .or_else(|| text.as_deref().map(Lang::detect))
        .unwrap_or(Lang::UND);
    Facts {
        kind,
        url: url.clone(),
        canonical_url: meta.canonical,
        title: meta.title.unwrap_or_default(),
        lang,
        author: meta.author,
        published_at: meta.published_at,
        modified_at: meta.modified_at,
        images: media::images(tree, choice, url),
        quotes: if text.is_some() {
            media::quotes(tree, choice, url)
        } else {
            Vec::new()
        },
        claims: markup::claims(json_ld, url),
        text,
    }
}

fn document(facts: &Facts) -> Option<Document> {
    Some(Document {
        url: facts.url.clone(),
        canonical_url: facts.canonical_url.clone(),
        title: facts.title.clone(),
        lang: facts.lang,
        author: facts.author.clone().map(Author::Byline),
        published_at: facts.published_at.map(|date| date.at),
        text: facts.text.clone()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> Page {
        article(html, &WebUrl::parse("https://news.example/a").unwrap())
    }

    fn problems(page: &Page) -> Vec<String> {
        page.problems.iter().map(ToString::to_string).collect()
    }

    const SENTENCE: &str =
        "Der Rat der Stadt Lindrath hat am Montag beschlossen, die Grundsteuer um 38 Prozent zu erhöhen. ";

    #[test]
    fn an_article_becomes_a_document() {
        let page = read(&format!(
            "<html lang=de><title>Titel</title><body><nav>Start Politik Sport</nav><article><h1>Titel</h1>\
             <p>{SENTENCE}</p><p>Zweiter <b>Absatz</b>: {SENTENCE}</p></article><footer>Impressum</footer>"
        ));
        let document = page.document.unwrap();
        assert_eq!(
            document
                .text
                .lines()
                .filter(|line| line.contains("Grundsteuer"))
                .count(),
            2
        );
        assert!(document.text.contains("Zweiter Absatz: Der Rat"));
        assert!(!document.text.contains("Impressum") && !document.text.contains("Politik"));
        assert_eq!(
            (document.title.as_str(), document.lang, document.author),
            ("Titel", Lang::DE, None)
        );
    }

    #[test]
    fn a_page_without_article_still_gives_its_reviews() {
        let review =
            r#"{"@type":"ClaimReview","claimReviewed":"Es ist so.","reviewRating":{"alternateName":"Falsch"}}"#;
        let page = read(&format!(
            "<meta property=og:site_name content=Blatt><script type='application/ld+json'>{review}</script>
             <script type='application/ld+json'>{{broken</script>"
        ));
        assert_eq!(page.document, None);
        let [review] = &page.reviews[..] else {
            panic!("{:?}", page.reviews)
        };
        assert_eq!(review.publisher.name, "Blatt");
        assert_eq!(review.publisher.site.as_deref(), Some("news.example"));
        assert_eq!(review.url.as_ref().map(WebUrl::as_str), Some("https://news.example/a"));
        let said = problems(&page);
        assert!(said[0].starts_with("a JSON-LD block was ignored: "), "{said:?}");
        assert_eq!(said[1..], ["no main text found"]);
    }

    #[test]
    fn two_reviews_of_a_page_must_tell_themselves_apart() {
        let review = |claim: &str| format!(r#"{{"@type":"ClaimReview","claimReviewed":"{claim}"}}"#);
        let page = read(&format!(
            "<script type=application/ld+json>[{},{}]</script>",
            review("a"),
            review("b")
        ));
        assert_eq!(page.reviews, []);
        assert_eq!(
            problems(&page)[..2],
            ["a ClaimReview was ignored: has neither url nor identifier"; 2]
        );
    }

    #[test]
    fn json_ld_that_is_hostile_costs_its_block_only() {
        let deep = "[".repeat(10_000);
        let nested = format!("{}{}", "{\"hasPart\":".repeat(200), "1");
        for block in [
            deep.as_str(),
            nested.as_str(),
            "{\"a\":1e999}",
            "{\"a\":\"\\ud800\"}",
            "",
            "\0",
        ] {
            let page = read(&format!(
                "<script type=application/ld+json>{block}</script><p>{}",
                SENTENCE.repeat(5)
            ));
            assert!(
                page.document.is_some_and(|d| d.text.contains("Grundsteuer")),
                "{block:.20}"
            );
            assert_eq!(page.problems.len(), 1, "{block:.20}: {:?}", page.problems);
        }
    }

    #[test]
    fn what_is_too_long_is_cut_and_said() {
        let paragraph = format!("<p>{SENTENCE}</p>");
        let page = read(&paragraph.repeat(MAX_TEXT_BYTES / SENTENCE.len() + 20));
        assert!(page.document.as_ref().is_some_and(|d| d.text.len() <= MAX_TEXT_BYTES));
        assert_eq!(problems(&page), ["the text was cut at 200 kB"]);
        let page = read(&("ü".to_owned() + &" ".repeat(MAX_PAGE_BYTES)));
        assert_eq!(problems(&page), ["the page was cut at 2 MiB", "no main text found"]);
    }

    /// Rows P6 and P8 of `docs/hostile-web.md`.
    #[test]
    fn a_word_without_end_and_hidden_markup_are_plain_text() {
        let page = read(&format!("<p>{}", "a".repeat(10 << 20)));
        assert!(problems(&page).contains(&"the page was cut at 2 MiB".to_owned()));
        assert!(page.document.is_none_or(|d| d.text.len() <= MAX_TEXT_BYTES));
        let page = read(&format!(
            "<article><p>{SENTENCE}</p><math><annotation-xml encoding=text/html><style><img src=x onerror=alert(1)></style>\
             </annotation-xml></math><svg><animate onbegin=alert(1)><set></svg><p>{SENTENCE}</p></article>"
        ));
        let text = page.document.unwrap().text;
        assert!(
            text.contains("Grundsteuer") && !text.contains("alert") && !text.contains('<'),
            "{text}"
        );
    }

    #[test]
    fn what_costs_too_much_is_refused_and_said() {
        let page = read(&"<div>".repeat(200_000));
        assert_eq!(
            problems(&page),
            ["the page was refused: its elements are nested more than 512 deep"]
        );
        assert!(page.document.is_none() && page.reviews.is_empty());
    }

    #[test]
    fn the_deepest_tree_that_is_taken_fits_the_stack() {
        let page = read(&("<div>".repeat(500) + SENTENCE + &"</div>".repeat(500)));
        assert!(
            page.problems.is_empty() || page.document.is_none(),
            "{:?}",
            page.problems
        );
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(48))]
        #[test]
        fn no_markup_makes_it_panic(
            html in "(<(/)?(p|div|b|i|a|table|tr|td|svg|math|script|style|template|select|h1|article|li|ul|html|body)( (class|href|lang|id)=['\"]?[a-z:/]{0,6}['\"]?){0,2}/?>|[a-z &;]{1,20}|<!--|-->|\\PC){0,60}"
        ) {
            read(&html);
        }
    }
}
