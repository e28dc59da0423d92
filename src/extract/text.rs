//! Plain text out of HTML, and out of fields that may hold some: paragraphs, single spaces, no control characters.

use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

use super::dom;

/// Longest fragment of HTML in a field that is read; the rest is cut.
const MAX_FRAGMENT_BYTES: usize = 256 * 1024;

/// Elements that stand on lines of their own, and the line break; sorted.
pub(super) const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Elements whose content is not text for readers; sorted.
const SILENT: &[&str] = &[
    "head", "iframe", "noscript", "object", "script", "style", "svg", "template", "textarea", "title",
];

/// Whether an element stands on lines of its own, or is the line break.
pub(super) fn is_block(name: &str) -> bool {
    is_one(BLOCKS, name)
}

/// Whether a name is in a sorted list. Each element of each page is asked.
pub(super) fn is_one(sorted: &[&str], name: &str) -> bool {
    debug_assert!(sorted.is_sorted());
    sorted.binary_search(&name).is_ok()
}

/// What stands instead of an element's content.
pub(super) enum Render {
    /// The content itself.
    Content,
    /// Some other words.
    Words(&'static str),
}

/// The text of a whole tree, one paragraph a line.
pub(super) fn of_tree(html: &Html) -> String {
    of_element(html.root_element(), |_| Render::Content)
}

/// The text of an element, one paragraph a line; `render` may replace elements.
pub(super) fn of_element(element: ElementRef<'_>, render: impl Fn(&Element) -> Render) -> String {
    let mut lines = Lines::default();
    let mut todo = vec![(*element, false)];
    while let Some((node, done)) = todo.pop() {
        match node.value() {
            Node::Text(text) => {
                lines.push(text);
            }
            Node::Element(element) if done && is_block(element.name()) => lines.end(),
            Node::Element(element) if !done && !is_one(SILENT, element.name()) => {
                if is_block(element.name()) {
                    lines.end();
                }
                match render(element) {
                    Render::Content => {
                        todo.push((node, true));
                        todo.extend(node.children().rev().map(|child| (child, false)));
                    }
                    Render::Words(words) => {
                        lines.push(words);
                    }
                }
            }
            _ => {}
        }
    }
    lines.finish()
}

/// The text of a field that may hold HTML: titles of feeds, `claimReviewed`. Line breaks stay where blocks end.
pub(super) fn of_field(field: &str) -> String {
    if !has_markup(field) {
        return plain(field);
    }
    let fragment = cut(field, MAX_FRAGMENT_BYTES);
    let text = dom::parse(fragment).map(|tree| of_tree(&tree));
    text.unwrap_or_default()
}

/// As [`of_field`], on one line.
pub(super) fn line_of_field(field: &str) -> String {
    one_line(&of_field(field))
}

/// Runs of white space become one space.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longest start of a text that is at most `bytes` long and ends between characters.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// The first `chars` characters of a text.
pub(super) fn cut_chars(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

/// A tag or a character reference, and not just a sign: `AT&T`, `a < b` and `<3` are plain text.
fn has_markup(field: &str) -> bool {
    let after = |mark| field.match_indices(mark).map(|(at, _)| &field.as_bytes()[at + 1..]);
    let tag = |b: &[u8]| {
        b.first()
            .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'/' || *b == b'!')
    };
    let reference = |b: &[u8]| {
        let name = b
            .iter()
            .take(32)
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'#')
            .count();
        name > 1 && b.get(name) == Some(&b';')
    };
    after('<').any(tag) || after('&').any(reference)
}

fn plain(field: &str) -> String {
    let mut lines = Lines::default();
    for line in field.lines() {
        lines.push(line);
        lines.end();
    }
    lines.finish()
}

/// Lines under construction: single spaces, no empty lines.
#[derive(Default)]
pub(super) struct Lines {
    text: String,
    gap: Option<char>,
}

impl Lines {
    /// Says how many characters came that are no white space.
    pub(super) fn push(&mut self, text: &str) -> usize {
        let (mut rest, mut count) = (text, 0);
        while let Some(c) = rest.chars().next() {
            let (end, chars) = tidy(rest);
            if end > 0 {
                self.text.extend(self.gap.take().filter(|_| !self.text.is_empty()));
                self.text.push_str(&rest[..end]);
            } else if c.is_whitespace() {
                self.gap = self.gap.or(Some(' '));
            }
            count += chars + usize::from(end == 0 && !c.is_whitespace());
            rest = &rest[if end > 0 { end } else { c.len_utf8() }..];
        }
        count
    }

    pub(super) fn end(&mut self) {
        self.gap = Some('\n');
    }

    /// The lines: as [`clean`](crate::domain::clean) would leave them.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// How long the start of a text is that stays as it is: no control characters, single spaces between words. Also how many
/// characters are in its words.
fn tidy(text: &str) -> (usize, usize) {
    let (mut end, mut chars, mut after_word) = (0, 0, false);
    for (at, c) in text.char_indices() {
        let is_word = !c.is_whitespace() && !c.is_control();
        if is_word {
            (end, chars) = (at + c.len_utf8(), chars + 1);
        } else if c != ' ' || !after_word {
            break;
        }
        after_word = is_word;
    }
    (end, chars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_plain_text() {
        for (field, wanted) in [
            ("  Two   spaces\tand\0 a NUL ", "Two spaces and a NUL"),
            ("AT&T, a < b & c <3", "AT&T, a < b & c <3"),
            ("<p>One &amp; two</p><p>three<br>four</p>", "One & two\nthree\nfour"),
            ("Gr&ouml;&szlig;e &#8222;x&#x201C;", "Größe „x“"),
            ("a<script>alert(1)</script>b<!-- c -->d", "abd"),
            ("one\n\ntwo\r\nthree", "one\ntwo\nthree"),
            ("<b>bold</b>face <i>and</i> more", "boldface and more"),
            ("<ul><li>a<li>b</ul>", "a\nb"),
            ("", ""),
            ("<p></p>", ""),
        ] {
            assert_eq!(of_field(field), wanted, "{field:?}");
        }
    }

    #[test]
    fn a_field_that_is_too_deep_is_empty() {
        assert_eq!(of_field(&"<b><i>".repeat(2000)), "");
    }

    #[test]
    fn cuts_between_characters() {
        assert_eq!(cut("aü", 2), "a");
        assert_eq!(cut_chars("aüb", 2), "aü");
        assert_eq!(cut_chars("aü", 9), "aü");
    }
}
