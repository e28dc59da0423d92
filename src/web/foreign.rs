//! Other people's text goes in; text that cannot disturb the page around it comes out.
//!
//! Escaping is the templates' work. What is left here is what escaping does not see: control characters, overrides of
//! the writing direction, invisible tags, towers of combining marks, and sheer length.

use crate::domain::Lang;

/// Somebody else's words, to be shown in an element with `lang` and `dir="auto"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) text: String,
    /// A language tag; empty if unknown, which is how HTML says so.
    pub(super) lang: String,
}

/// Longest texts shown, in characters.
pub(super) const LINE: usize = 300;
pub(super) const PARAGRAPH: usize = 600;
pub(super) const WHOLE: usize = 20_000;

/// More marks than any script puts on one letter only hide the lines above.
const MARKS: usize = 4;

impl Foreign {
    /// At most `longest` characters; what is cut ends in an ellipsis.
    pub(super) fn new(text: &str, lang: Lang, longest: usize) -> Self {
        let lang = if lang == Lang::UND {
            String::new()
        } else {
            lang.to_string()
        };
        Self {
            text: cut(text, longest),
            lang,
        }
    }

    /// As above; `None` if nothing is left to show.
    pub(super) fn some(text: &str, lang: Lang, longest: usize) -> Option<Self> {
        let shown = Self::new(text, lang, longest);
        (!shown.text.is_empty()).then_some(shown)
    }
}

fn cut(text: &str, longest: usize) -> String {
    // Looking at twice the length is enough, and bounds the work for texts made of what is dropped.
    let shown = shown(text, longest.saturating_mul(2));
    match shown.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", shown[..end].trim_end()),
        None => shown,
    }
}

fn shown(text: &str, longest: usize) -> String {
    let mut marks = 0;
    let kept = text.chars().filter(|&c| {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        !is_disturbing(c) && marks <= MARKS
    });
    let kept: String = kept
        .map(|c| if c == '\t' || c == '\r' { ' ' } else { c })
        .take(longest)
        .collect();
    kept.trim().to_owned()
}

/// Control characters but line breaks, overrides and embeddings of direction (UAX #9; the marks U+200E, U+200F and
/// U+061C stay: Arabic and Hebrew need them), line and paragraph separators, tags (UTS #51), byte order marks.
fn is_disturbing(c: char) -> bool {
    match c {
        '\n' | '\t' | '\r' => false,
        '\u{2028}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}' => true,
        _ => c.is_control(),
    }
}

/// Unicode's blocks of combining diacritical marks.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_disturbs_is_dropped_and_the_rest_stays() {
        let tower = format!("a{}b", "\u{0301}".repeat(100_000));
        for (text, wanted) in [
            ("Die Brücke ist gesperrt.", "Die Brücke ist gesperrt."),
            (" a\0b\u{7}c\u{9b}d\r\ne\tf ", "abcd \ne f"),
            ("gnp\u{202E}exe.\u{202C}x\u{2066}y\u{2069}", "gnpexe.xy"),
            ("نص\u{200F} عربي", "نص\u{200F} عربي"),
            ("👩\u{200D}👧", "👩\u{200D}👧"),
            ("\u{E0041}\u{FEFF}", ""),
            (&tower, "a\u{0301}\u{0301}\u{0301}\u{0301}b"),
            ("<b>&amp;</b>", "<b>&amp;</b>"),
        ] {
            assert_eq!(Foreign::new(text, Lang::DE, 1000).text, wanted, "{wanted:?}");
        }
    }

    #[test]
    fn long_texts_end_in_an_ellipsis() {
        for (text, wanted) in [
            ("abcde", "abcde"),
            ("abcdef", "abcde…"),
            ("abcd ef", "abcd…"),
            ("äöüßñç", "äöüßñ…"),
        ] {
            assert_eq!(Foreign::new(text, Lang::DE, 5).text, wanted);
        }
    }

    #[test]
    fn an_unknown_language_is_said_to_be_unknown() {
        assert_eq!(Foreign::new("x", Lang::UND, 5).lang, "");
        assert_eq!(Foreign::new("x", Lang::TR, 5).lang, "tr");
        assert_eq!(Foreign::some(" \u{202E} ", Lang::TR, 5), None);
    }
}
