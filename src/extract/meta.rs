//! What a page says about itself: in `<meta>`, `<link>`, `<title>` and JSON-LD.

use std::cell::OnceCell;
use std::sync::LazyLock;

use html5ever::{LocalName, local_name};
use scraper::node::Element;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use super::date::Dated;
use super::text;
use crate::domain::{Lang, WebUrl};

/// Longest title and author kept, in characters.
const MAX_CHARS: usize = 500;

/// A page's own statements.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) title: Option<String>,
    pub(super) canonical: Option<WebUrl>,
    pub(super) lang: Option<Lang>,
    pub(super) author: Option<String>,
    pub(super) published_at: Option<Dated>,
    pub(super) modified_at: Option<Dated>,
    pub(super) site_name: Option<String>,
}

/// Where a statement may stand: among which elements, and the attribute that holds it (none: its text).
type Places = LazyLock<Vec<(Group, Selector, Option<&'static str>)>>;

macro_rules! places {
    ($($group:ident, $selector:literal => $attribute:expr),+ $(,)?) => {
        LazyLock::new(|| {
            vec![$((Group::$group, Selector::parse($selector).expect("a fixed selector"), $attribute)),+]
        })
    };
}

/// Elements that have something in common, so that a selector need not look at all of a page's.
#[derive(Debug, Clone, Copy)]
enum Group {
    Meta,
    Link,
    Html,
    H1,
    Title,
    Time,
    Anchor,
    /// Any with an `itemprop`, or a `rel`.
    Marked,
    /// Any whose class speaks of an author.
    Written,
}

const GROUPS: usize = Group::Written as usize + 1;

type Members<'a> = [Vec<ElementRef<'a>>; GROUPS];

/// A page's elements by their groups, in the order in which they came.
struct Groups<'a> {
    html: &'a Html,
    by_name: Members<'a>,
    /// Most pages say in a `meta` who wrote them, and nobody looks further.
    by_attribute: OnceCell<Members<'a>>,
}

impl<'a> Groups<'a> {
    fn of(html: &'a Html) -> Self {
        Self {
            html,
            by_name: members(html, |element| group(&element.name.local).into_iter()),
            by_attribute: OnceCell::new(),
        }
    }

    fn members(&self, group: Group) -> &[ElementRef<'a>] {
        let by_attribute = || {
            members(self.html, |element| {
                let attributes = element.attrs.iter();
                attributes.filter_map(|(name, value)| mark(&name.local, value))
            })
        };
        let by_attribute = || self.by_attribute.get_or_init(by_attribute);
        match group {
            Group::Marked | Group::Written => &by_attribute()[group as usize],
            // Without a byline there is no link in one.
            Group::Anchor if by_attribute()[Group::Written as usize].is_empty() => &[],
            _ => &self.by_name[group as usize],
        }
    }
}

fn members<'a, G: Iterator<Item = Group>>(html: &'a Html, groups: impl Fn(&'a Element) -> G) -> Members<'a> {
    let mut members = Members::default();
    for element in html.tree.nodes().filter_map(ElementRef::wrap) {
        for group in groups(element.value()) {
            members[group as usize].push(element);
        }
    }
    // An element may be in a group for two reasons.
    members.iter_mut().for_each(Vec::dedup);
    members
}

fn group(name: &LocalName) -> Option<Group> {
    match *name {
        local_name!("meta") => Some(Group::Meta),
        local_name!("link") => Some(Group::Link),
        local_name!("html") => Some(Group::Html),
        local_name!("h1") => Some(Group::H1),
        local_name!("title") => Some(Group::Title),
        local_name!("time") => Some(Group::Time),
        local_name!("a") => Some(Group::Anchor),
        _ => None,
    }
}

fn mark(name: &LocalName, value: &str) -> Option<Group> {
    match *name {
        local_name!("itemprop") | local_name!("rel") => Some(Group::Marked),
        local_name!("class") if value.contains("author") || value.contains("byline") => Some(Group::Written),
        _ => None,
    }
}

static TITLE: Places = places!(
    Meta, "meta[property='og:title']" => Some("content"),
    Meta, "meta[name='twitter:title']" => Some("content"),
    H1, "h1" => None,
    Title, "title" => None,
);
static CANONICAL: Places = places!(
    Link, "link[rel~='canonical' i]" => Some("href"),
    Meta, "meta[property='og:url']" => Some("content"),
);
static LANG: Places = places!(
    Html, "html[lang]" => Some("lang"),
    Html, "html" => Some("xml:lang"),
    Meta, "meta[http-equiv='content-language' i]" => Some("content"),
    Meta, "meta[property='og:locale']" => Some("content"),
);
static AUTHOR: Places = places!(
    Meta, "meta[name='author' i]" => Some("content"),
    Meta, "meta[property='article:author']" => Some("content"),
    Meta, "meta[name='dc.creator' i]" => Some("content"),
    Marked, "[itemprop='author'] [itemprop='name']" => None,
    Marked, "[itemprop='author']" => None,
    Marked, "[rel~='author']" => None,
    Written, "[class~='author-name'], [class~='author__name'], [class~='byline-name'], [class~='byline__name']" => None,
    Anchor, "[class~='byline'] a, [class~='author'] a" => None,
);
static PUBLISHED: Places = places!(
    Meta, "meta[property='article:published_time']" => Some("content"),
    Meta, "meta[itemprop='datePublished']" => Some("content"),
    Meta, "meta[name='date' i]" => Some("content"),
    Meta, "meta[name='dc.date' i]" => Some("content"),
    Meta, "meta[name='dcterms.created' i]" => Some("content"),
    Time, "time[itemprop='datePublished']" => Some("datetime"),
    Time, "time[datetime]" => Some("datetime"),
);
static MODIFIED: Places = places!(
    Meta, "meta[property='article:modified_time']" => Some("content"),
    Meta, "meta[property='og:updated_time']" => Some("content"),
    Meta, "meta[itemprop='dateModified']" => Some("content"),
    Meta, "meta[name='last-modified' i]" => Some("content"),
    Meta, "meta[name='dcterms.modified' i]" => Some("content"),
    Time, "time[itemprop='dateModified']" => Some("datetime"),
);
static SITE_NAME: Places = places!(Meta, "meta[property='og:site_name']" => Some("content"));

/// Collects a page's statements; addresses are resolved against `url`.
pub(super) fn of_page(html: &Html, json_ld: &[Value], url: &WebUrl) -> Meta {
    let groups = Groups::of(html);
    Meta {
        title: first(&groups, &TITLE, words).or_else(|| json_ld.iter().find_map(headline)),
        canonical: first(&groups, &CANONICAL, |href| url.join(href).ok())
            .filter(|c| c.key() != url.key() && same_site(c, url)),
        lang: first(&groups, &LANG, language),
        author: json_ld
            .iter()
            .find_map(author)
            .or_else(|| first(&groups, &AUTHOR, name)),
        published_at: dated(json_ld, "datePublished").or_else(|| first(&groups, &PUBLISHED, Dated::read)),
        modified_at: dated(json_ld, "dateModified").or_else(|| first(&groups, &MODIFIED, Dated::read)),
        site_name: first(&groups, &SITE_NAME, words),
    }
}

/// The first statement that can be read, in the order of the places.
fn first<T>(groups: &Groups<'_>, places: &Places, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    places.iter().find_map(|(group, selector, attribute)| {
        let elements = groups.members(*group).iter();
        let mut found = elements
            .filter(|element| element.parent().is_some() && selector.matches(element))
            .take(20);
        found.find_map(|element| match attribute {
            Some(attribute) => element.attr(attribute).and_then(&read),
            None => read(&element.text().collect::<String>()),
        })
    })
}

/// A page may say where it lives on its own site; not that it is another site's page, which would pin its claims there.
fn same_site(a: &WebUrl, b: &WebUrl) -> bool {
    let bare = |url: &WebUrl| {
        let host = url.parts().host.to_owned();
        let device = ["www.", "m.", "amp.", "mobile."]
            .iter()
            .find_map(|p| host.strip_prefix(p));
        device.map_or(host.clone(), str::to_owned)
    };
    let (a, b) = (bare(a), bare(b));
    a == b || a.ends_with(&format!(".{b}")) || b.ends_with(&format!(".{a}"))
}

fn words(text: &str) -> Option<String> {
    let line = text::line_of_field(text::cut_chars(text.trim(), 4 * MAX_CHARS));
    let line = text::cut_chars(&line, MAX_CHARS);
    line.chars().any(char::is_alphanumeric).then(|| line.to_owned())
}

/// A name, and not the address of a profile.
fn name(text: &str) -> Option<String> {
    words(text).filter(|name| !name.contains("://"))
}

fn language(tag: &str) -> Option<Lang> {
    tag.split(',')
        .next()
        .and_then(|tag| tag.trim().parse().ok())
        .filter(|&lang| lang != Lang::UND)
}

pub(super) fn is_article(value: &Value) -> bool {
    let is_one = |name: &str| name.ends_with("Article") || name.ends_with("BlogPosting");
    match &value["@type"] {
        Value::String(name) => is_one(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is_one),
        _ => false,
    }
}

fn headline(value: &Value) -> Option<String> {
    Some(value)
        .filter(|v| is_article(v))
        .and_then(|v| v["headline"].as_str())
        .and_then(words)
}

/// A date of the first article that has it.
fn dated(json_ld: &[Value], field: &str) -> Option<Dated> {
    let mut articles = json_ld.iter().filter(|value| is_article(value));
    articles.find_map(|article| article[field].as_str().and_then(Dated::read))
}

fn author(value: &Value) -> Option<String> {
    let author = Some(value).filter(|v| is_article(v)).map(|v| &v["author"])?;
    let one = |a: &Value| a.as_str().or_else(|| a["name"].as_str()).and_then(name);
    match author {
        Value::Array(authors) => {
            let names: Vec<String> = authors.iter().filter_map(one).take(10).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        single => one(single),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta(page: &str) -> Meta {
        let url = WebUrl::parse("https://news.example/a/b?utm_source=x").unwrap();
        let html = super::super::dom::parse(page).unwrap();
        let (json_ld, _) = super::super::claimreview::json_ld(&html);
        of_page(&html, &json_ld, &url)
    }

    #[test]
    fn reads_meta_elements() {
        let found = meta(
            "<html lang=de-AT><title>Titel | Blatt</title><meta property=og:title content='Titel &amp;amp; mehr'>
             <link rel='alternate canonical' href=/a/c><meta name=Author content=' Ada  Muster '>
             <meta property=article:published_time content=2026-11-20T08:00:00+01:00>
             <meta property=og:site_name content=Blatt><h1>Anders</h1>",
        );
        let wanted = Meta {
            title: Some("Titel & mehr".into()),
            canonical: Some(WebUrl::parse("https://news.example/a/c").unwrap()),
            lang: Some(Lang::DE),
            author: Some("Ada Muster".into()),
            published_at: Dated::read("2026-11-20T08:00:00+01:00"),
            modified_at: None,
            site_name: Some("Blatt".into()),
        };
        assert_eq!(found, wanted);
    }

    #[test]
    fn reads_json_ld() {
        let found = meta(
            r#"<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"x"},{"@type":["NewsArticle"],
               "headline":"Kop","datePublished":"2026-01-02","author":[{"name":"A"},{"@type":"Person","name":"B"}]}]}</script>"#,
        );
        assert_eq!(found.title.as_deref(), Some("Kop"));
        assert_eq!(found.author.as_deref(), Some("A, B"));
        assert_eq!(found.published_at, Dated::read("2026-01-02"));
    }

    #[test]
    fn passes_over_what_means_nothing() {
        let found = meta(
            "<html lang=''><title>Only this</title><meta property=og:title content=' '><link rel=canonical href='javascript:1'>
             <meta name=author content='https://social.example/@x'><time datetime=soon>",
        );
        assert_eq!(
            found,
            Meta {
                title: Some("Only this".into()),
                ..Meta::default()
            }
        );
    }

    #[test]
    fn a_canonical_address_stays_on_the_site() {
        for (href, kept) in [
            ("https://m.news.example/x", true),
            ("https://blog.news.example/x", true),
            ("https://other.example/x", false),
            ("https://evilnews.example/x", false),
        ] {
            assert_eq!(
                meta(&format!("<link rel=canonical href={href}>")).canonical.is_some(),
                kept,
                "{href}"
            );
        }
    }

    #[test]
    fn an_address_that_is_the_same_page_is_no_canonical_one() {
        assert_eq!(
            meta("<link rel=canonical href='https://www.news.example/a/b/'>").canonical,
            None
        );
    }
}
