//! A copy comes in; an HTML page goes out that says where it is from and shows what was read there, and does nothing.
//!
//! Three walls stand one behind the other: what is kept of a page are words and their structure, by a list of elements and
//! attributes none of which can load or run anything (`ammonia`); the page around it has no script, no style, no link; and it
//! is served under a policy that forbids all of it once more, and names that policy itself, for a file that somebody saves.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::Builder;
use askama::Template;

use super::{Copy, post};
use crate::extract::{self, MAX_PAGE_BYTES, MediaKind};

/// Elements that are kept: words and their structure. No picture, no form, no frame, no foreign content (SVG, MathML), and links
/// without where they lead: nobody gives a source traffic, or is led astray, by reading.
const ELEMENTS: &str = "\
    a abbr address article aside b bdi bdo blockquote br caption cite code dd del dfn div dl dt em \
    figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li main mark nav ol p pre q rp rt \
    ruby s samp section small span strong sub sup table tbody td tfoot th thead time tr u ul var wbr";

/// Elements that go with all that is in them: programs, styles, and what is shown elsewhere or not at all.
const DROPPED: &str = "\
    applet audio canvas embed head iframe math noembed noframes noscript object script select style svg \
    template textarea title video";

static INERT: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.split(' ').collect())
        .clean_content_tags(DROPPED.split(' ').collect())
        .generic_attributes(HashSet::from(["lang", "dir"]))
        .tag_attributes(
            [
                ("td", HashSet::from(["colspan", "rowspan"])),
                ("th", HashSet::from(["colspan", "rowspan"])),
            ]
            .into(),
        )
        .link_rel(None);
    builder
});

#[derive(Template)]
#[template(path = "copy.html")]
struct CopyPage<'a> {
    url: &'a str,
    from: &'a str,
    at: String,
    version: u64,
    shown: Shown,
}

/// What of a copy is shown.
#[derive(Debug, PartialEq, Eq)]
enum Shown {
    /// A page's words and their structure, as HTML.
    Words(String),
    /// A text as it is.
    Text(String),
    /// Nothing: this many bytes that are no text.
    Bytes(usize),
}

/// The copy as a page. Takes as long as parsing it does: not for a thread that others wait for.
pub fn page(copy: &Copy) -> String {
    let page = CopyPage {
        url: copy.url.as_str(),
        from: copy.fetched_from(),
        at: copy.fetched_at().map(|at| at.to_string()).unwrap_or_default(),
        version: copy.version,
        shown: shown(copy),
    };
    page.render().expect("writing to a string cannot fail")
}

fn shown(copy: &Copy) -> Shown {
    let answer = copy.answer();
    let content_type = answer.content_type.as_deref();
    let body = &answer.body[..answer.body.len().min(MAX_PAGE_BYTES)];
    let text = || extract::decode(body, content_type).into_text();
    match extract::sniff(body, content_type) {
        MediaKind::Html => words(&text()),
        // Whole, for half a JSON is none.
        MediaKind::Json => Shown::Text(post::of(answer.body, &copy.url).unwrap_or_else(text)),
        MediaKind::Xml => Shown::Text(text()),
        MediaKind::Other if is_text(body, content_type) => Shown::Text(text()),
        MediaKind::Other => Shown::Bytes(answer.body.len()),
    }
}

fn is_text(body: &[u8], content_type: Option<&str>) -> bool {
    content_type.is_some_and(|kind| kind.trim_start().starts_with("text/")) && !body.contains(&0)
}

/// A page that would cost more to parse than it is worth is shown as its source. It is looked at as `ammonia` will read it, as a part of a page:
/// the rules for a whole one make another tree of the same bytes, and a page can be written whose other tree is far deeper.
fn words(html: &str) -> Shown {
    match extract::html(&format!("{AS_A_PART}{html}")) {
        Ok(_) => Shown::Words(INERT.clean(html).to_string()),
        Err(_) => Shown::Text(html.to_owned()),
    }
}

/// What makes the rest part of a page: from here on neither `<head>` nor `<frameset>` is more than a word.
const AS_A_PART: &str = "<!doctype html><body>.<div>";

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(html: &str) -> String {
        match words(html) {
            Shown::Words(words) => words,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn words_and_their_structure_stay() {
        for (html, wanted) in [
            (
                "<h1>Der Damm</h1><p lang=de>ist <b>dicht</b>.</p>",
                "<h1>Der Damm</h1><p lang=\"de\">ist <b>dicht</b>.</p>",
            ),
            (
                "<html><head><title>T</title></head><body class=x style='color:red' id=y><p>a</p></body>",
                "<p>a</p>",
            ),
            ("<a href='https://x.example/' ping=/p onclick=f()>da</a>", "<a>da</a>"),
            (
                "<table><tr><td colspan=2 background=//x>1</td></tr></table>",
                "<table><tbody><tr><td colspan=\"2\">1</td></tr></tbody></table>",
            ),
            ("<form action=//x><input value=1><button>los</button></form>", "los"),
            ("<img src=//x alt=Bild>", ""),
        ] {
            assert_eq!(kept(html), wanted, "{html}");
        }
    }

    #[test]
    fn a_page_too_deep_to_parse_is_shown_as_its_source() {
        // Within a set of frames, elements count for nothing; as a part of a page they nest.
        for start in ["", "<!doctype html><frameset></frameset>"] {
            let deep = format!("{start}{}", "<div>".repeat(100_000));
            assert_eq!(words(&deep), Shown::Text(deep.clone()));
        }
    }
}
