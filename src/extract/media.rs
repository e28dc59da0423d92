//! What else stands in an article: its pictures with their texts, what it quotes, and posts of others that it embeds.

use ego_tree::NodeRef;
use scraper::{ElementRef, Html, Node};
use serde::Serialize;

use super::content::Choice;
use super::text::{self, Render};
use crate::domain::WebUrl;

/// Most pictures, and most quotes, of a page that are kept.
const MAX_IMAGES: usize = 50;
const MAX_QUOTES: usize = 50;

/// Longest text of a picture or a quote that is kept, in characters.
const MAX_CHARS: usize = 5000;

/// Smaller pictures, in pixels of a side, count what was read or mark a link.
const MIN_SIDE: u32 = 40;

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Image {
    /// Its address. It is never fetched.
    pub url: WebUrl,
    /// Its text for those who do not see it; empty where the page has none.
    pub alt: String,
}

/// What a quote is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteKind {
    /// Words of somebody, with no address.
    Quote,
    /// A post, or another text with an address, whose words stand in the page.
    Post,
    /// Something shown in a frame: only its address is known.
    Embed,
}

/// A text of somebody else in an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// What it is.
    pub kind: QuoteKind,
    /// Its words; of a frame its title.
    pub text: String,
    /// Whose it is, as the page says; posts end in "— name".
    pub author: Option<String>,
    /// Where it stands.
    pub url: Option<WebUrl>,
}

/// The picture that the page names for itself, then those within the article.
pub(super) fn images(html: &Html, choice: &Choice<'_>, url: &WebUrl) -> Vec<Image> {
    let mut images: Vec<Image> = Vec::new();
    let own = own_image(choice, url);
    let inside = article(html, choice).into_iter().flat_map(|root| root.descendants());
    let inside = inside
        .filter_map(ElementRef::wrap)
        .filter(|e| e.value().name() == "img");
    for image in own.into_iter().chain(inside.filter_map(|element| image(element, url))) {
        match images.iter().position(|known| known.url == image.url) {
            Some(at) if images[at].alt.is_empty() => images[at].alt = image.alt,
            None if images.len() < MAX_IMAGES => images.push(image),
            Some(_) | None => {}
        }
    }
    images
}

/// The element that holds the article.
fn article<'a>(html: &'a Html, choice: &Choice<'a>) -> Option<NodeRef<'a, Node>> {
    choice.root.and_then(|id| html.tree.get(id))
}

fn own_image(choice: &Choice<'_>, url: &WebUrl) -> Option<Image> {
    let heads = &choice.outline.heads;
    let metas = || heads.iter().filter(|e| e.value().name() == "meta");
    let content = |property: &str| {
        let mut named = metas().filter(|e| e.attr("property").or_else(|| e.attr("name")) == Some(property));
        named.find_map(|e| e.attr("content"))
    };
    let address = content("og:image").or_else(|| content("twitter:image"))?;
    Some(Image {
        url: url.join(address.trim()).ok()?,
        alt: line(
            content("og:image:alt")
                .or_else(|| content("twitter:image:alt"))
                .unwrap_or_default(),
        ),
    })
}

fn image(element: ElementRef<'_>, url: &WebUrl) -> Option<Image> {
    let side = |name| {
        element
            .attr(name)
            .and_then(|side| side.trim_end_matches("px").parse::<u32>().ok())
    };
    if [side("width"), side("height")]
        .into_iter()
        .flatten()
        .any(|side| side < MIN_SIDE)
    {
        return None;
    }
    // Pages that load pictures late keep a placeholder in `src`.
    let late = ["data-src", "data-lazy-src", "data-original", "src"]
        .into_iter()
        .filter_map(|name| element.attr(name));
    let set = element.attr("srcset").or_else(|| element.attr("data-srcset"));
    let set = set.and_then(|set| set.split([',', ' ']).find(|part| !part.is_empty()));
    let address = late
        .chain(set)
        .find(|address| !address.trim().is_empty() && !address.starts_with("data:"))?;
    Some(Image {
        url: url.join(address.trim()).ok()?,
        alt: line(element.attr("alt").unwrap_or_default()),
    })
}

/// Quotes, embedded posts and frames of the article, in its order.
pub(super) fn quotes(html: &Html, choice: &Choice<'_>, url: &WebUrl) -> Vec<Quote> {
    let inside = article(html, choice).into_iter().flat_map(|root| root.descendants());
    let quotes = inside
        .filter_map(ElementRef::wrap)
        .filter_map(|element| match element.value().name() {
            "blockquote" if !is_nested(element) => quote(element, url),
            "iframe" => frame(element, url),
            _ => None,
        });
    quotes.take(MAX_QUOTES).collect()
}

fn is_nested(element: ElementRef<'_>) -> bool {
    let mut around = element.ancestors().filter_map(ElementRef::wrap);
    around.any(|outer| outer.value().name() == "blockquote")
}

fn quote(element: ElementRef<'_>, url: &WebUrl) -> Option<Quote> {
    let words = text::of_element(element, |_| Render::Content);
    let links = element
        .descendants()
        .filter_map(ElementRef::wrap)
        .filter(|e| e.value().name() == "a");
    // A post's own address is its last link, on its date; links before it stand in its words.
    let last = links.filter_map(|link| link.attr("href")).last();
    let address = element.attr("cite").or(last).and_then(|address| url.join(address).ok());
    let address = address.filter(|address| !address.as_str().starts_with('#'));
    let cite = element
        .descendants()
        .filter_map(ElementRef::wrap)
        .find(|e| matches!(e.value().name(), "cite" | "footer"));
    let author = cite
        .map(|cite| line(&cite.text().collect::<String>()))
        .or_else(|| signature(&words));
    let text = text::cut_chars(&words, MAX_CHARS).to_owned();
    (!text.is_empty()).then_some(Quote {
        kind: if address.is_some() {
            QuoteKind::Post
        } else {
            QuoteKind::Quote
        },
        text,
        author: author.filter(|author| !author.is_empty()),
        url: address,
    })
}

/// The name in a last line like "— Ada Muster (@ada) 3 May".
fn signature(words: &str) -> Option<String> {
    let last = words.lines().last()?;
    let (_, name) = last.rsplit_once(['—', '–', '―'])?;
    let name = name.split('(').next().unwrap_or(name).trim();
    (!name.is_empty() && name.split_whitespace().count() <= 6).then(|| name.to_owned())
}

fn frame(element: ElementRef<'_>, url: &WebUrl) -> Option<Quote> {
    let source = ["data-src", "src"].into_iter().filter_map(|name| element.attr(name));
    let address = source
        .map(str::trim)
        .find(|source| !source.is_empty() && !source.starts_with("about:"))?;
    Some(Quote {
        kind: QuoteKind::Embed,
        text: line(element.attr("title").unwrap_or_default()),
        author: None,
        url: Some(url.join(address).ok()?),
    })
}

fn line(text: &str) -> String {
    text::one_line(text::cut_chars(text, MAX_CHARS))
}
