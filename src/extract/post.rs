//! A post of a network, as its service words it, to a document. The account comes in to become a pseudonym; its names do not.

use scraper::{Html, node::Element};

use super::text::{self, Render};
use super::{Refused, date, dom};
use crate::domain::{Author, Document, Handle, Lang, Timestamp, WebUrl};

/// Longest title, in characters.
const MAX_TITLE_CHARS: usize = 500;

/// Longest text, in bytes; the rest is cut.
const MAX_TEXT_BYTES: usize = 200 * 1000;

/// What stands for the name of an account in a text: private persons' names are not kept.
pub const SOMEONE: &str = "@…";

/// A post as its service gives it.
#[derive(Debug, Clone)]
pub struct RawPost<'a> {
    /// Where people read it.
    pub url: WebUrl,
    /// Its title, if its service has titles.
    pub title: &'a str,
    /// Its text: plain, or HTML.
    pub text: &'a str,
    /// The language that it declares (BCP 47); without one it is detected.
    pub lang: Option<&'a str>,
    /// When it was published, as written.
    pub published: &'a str,
    /// The account that posted it, as its network names it (`ada@social.example`, a DID): it becomes a pseudonym before anything
    /// is stored.
    pub account: Option<&'a str>,
}

impl RawPost<'_> {
    /// The document; `None` if the post says nothing in words.
    pub fn document(&self) -> Option<Document> {
        let title = text::line_of_field(self.title);
        let text = text::of_field(self.text);
        let text = text::cut(without_addressees(&text), MAX_TEXT_BYTES).trim();
        // A title alone is what such a post says.
        let words = if text.is_empty() { title.as_str() } else { text };
        let lang = self
            .lang
            .and_then(|tag| tag.parse().ok())
            .filter(|&lang| lang != Lang::UND);
        words.chars().any(char::is_alphanumeric).then(|| Document {
            url: self.url.clone(),
            canonical_url: None,
            title: text::cut_chars(&title, MAX_TITLE_CHARS).to_owned(),
            lang: lang.unwrap_or_else(|| Lang::detect(words)),
            author: self
                .account
                .filter(|name| !name.is_empty())
                .map(|name| Author::Account(Handle::new(name))),
            published_at: date::lenient(self.published),
            text: words.to_owned(),
        })
    }
}

/// Those addressed at the beginning are no part of what is said.
fn without_addressees(text: &str) -> &str {
    let mut text = text.trim_start();
    while let Some(rest) = text.strip_prefix(SOMEONE) {
        text = rest.trim_start();
    }
    text
}

/// A date as services write it; see [`RawPost::published`].
pub fn date(text: &str) -> Option<Timestamp> {
    date::lenient(text)
}

/// A text on one line, without control characters and doubled blanks, of at most so many characters.
pub fn line(text: &str, chars: usize) -> String {
    text::cut_chars(&text::line_of_field(text), chars).trim_end().to_owned()
}

/// Plain text out of a field that may hold HTML.
pub fn plain(field: &str) -> String {
    text::of_field(field)
}

/// Parses a page, under the limits that hold for every page.
pub fn html(page: &str) -> Result<Html, Refused> {
    dom::parse(page)
}

/// The text of an element, one paragraph a line; the elements chosen are replaced by [`SOMEONE`].
pub fn element_text(element: scraper::ElementRef<'_>, is_name: impl Fn(&Element) -> bool) -> String {
    text::of_element(element, |element| {
        if is_name(element) {
            Render::Words(SOMEONE)
        } else {
            Render::Content
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(title: &str, text: &str, lang: Option<&str>) -> Option<(String, String)> {
        let post = RawPost {
            url: WebUrl::parse("https://a.example/1").unwrap(),
            title,
            text,
            lang,
            published: "2026-11-20T08:00:00Z",
            account: None,
        };
        post.document()
            .map(|document| (document.text, document.lang.to_string()))
    }

    #[test]
    fn a_post_becomes_a_document_or_nothing() {
        for (title, text, lang, wanted) in [
            (
                "",
                "@… @… Strom wird teurer.",
                Some("de"),
                Some(("Strom wird teurer.", "de")),
            ),
            (
                "",
                "Strom &amp; Gas<br>werden teurer.",
                Some("de"),
                Some(("Strom & Gas\nwerden teurer.", "de")),
            ),
            ("Strom wird teurer", "", Some("de"), Some(("Strom wird teurer", "de"))),
            (
                "",
                "Der Strom wird im Winter deutlich teurer.",
                None,
                Some(("Der Strom wird im Winter deutlich teurer.", "de")),
            ),
            ("", "\u{1f600} !!", None, None),
            ("", "@…", None, None),
            ("", "", None, None),
        ] {
            let wanted = wanted.map(|(text, lang): (&str, &str)| (text.to_owned(), lang.to_owned()));
            assert_eq!(read(title, text, lang), wanted, "{title:?} {text:?}");
        }
    }
}
