//! Comes in: any text. Goes out: the same text in the one form that is compared and hashed.
//!
//! Other programs must reach the same bytes (the browser extension hashes texts in JavaScript), so every step
//! is spelled out and none is taken from a library's idea of "whitespace": Rust's and JavaScript's differ.
//! The golden vectors are in `fixtures/normalise/text.json`.

use unicode_normalization::UnicodeNormalization;

/// Version of [`normalise_text`] and of everything hashed over it. Stored keys of another version are worthless.
pub const NORMALISER_VERSION: u32 = 1;

/// The comparable form of a text, in these steps:
///
/// 1. drop invisible characters: controls that are not whitespace, soft hyphens, joiners, zero-width and
///    bidirectional marks, variation selectors, tags (the table `INVISIBLE` in this file);
/// 2. NFKC (UAX 15);
/// 3. full lower case without locale (JavaScript's `toLowerCase`), so that `İ` is `i` with a dot above;
/// 4. drop invisible characters again and apply NFKC again, because lower-case letters may compose where
///    upper-case ones could not;
/// 5. every run of whitespace (Unicode's `White_Space`, listed in `is_space`) becomes one space, none at the ends.
///
/// Total and idempotent: `normalise_text(&normalise_text(x)) == normalise_text(x)`.
pub fn normalise_text(text: &str) -> String {
    if text.is_ascii() {
        // Such a text is its own NFKC, before and after lowering.
        let visible = text.chars().filter(|&c| is_visible(c));
        return collapse_spaces(visible.map(|c| c.to_ascii_lowercase()), text.len());
    }
    let lower = text
        .chars()
        .filter(|&c| is_visible(c))
        .nfkc()
        .collect::<String>()
        .to_lowercase();
    let folded = lower.chars().filter(|&c| is_visible(c)).nfkc();
    collapse_spaces(folded, lower.len())
}

fn collapse_spaces(chars: impl Iterator<Item = char>, capacity: usize) -> String {
    let mut out = String::with_capacity(capacity);
    let mut space_due = false;
    for c in chars {
        if is_space(c) {
            space_due = !out.is_empty();
        } else {
            if std::mem::take(&mut space_due) {
                out.push(' ');
            }
            out.push(c);
        }
    }
    out
}

/// Unicode's `White_Space` property, written out (25 code points; U+0085 and not U+FEFF).
pub(crate) fn is_space(c: char) -> bool {
    matches!(
        c,
        '\u{9}'..='\u{d}'
            | ' '
            | '\u{85}'
            | '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}'
    )
}

/// Ranges of code points that a reader cannot see and that must not tell two texts apart.
const INVISIBLE: &[(char, char)] = &[
    ('\u{0}', '\u{8}'),         // C0 controls before tab
    ('\u{e}', '\u{1f}'),        // C0 controls after carriage return
    ('\u{7f}', '\u{84}'),       // delete and C1 controls before next line
    ('\u{86}', '\u{9f}'),       // C1 controls after next line
    ('\u{ad}', '\u{ad}'),       // soft hyphen
    ('\u{34f}', '\u{34f}'),     // combining grapheme joiner
    ('\u{61c}', '\u{61c}'),     // Arabic letter mark
    ('\u{115f}', '\u{1160}'),   // Hangul fillers
    ('\u{17b4}', '\u{17b5}'),   // Khmer inherent vowels
    ('\u{180b}', '\u{180f}'),   // Mongolian variation selectors and vowel separator
    ('\u{200b}', '\u{200f}'),   // zero-width space, joiners, left-to-right and right-to-left mark
    ('\u{202a}', '\u{202e}'),   // bidirectional embeddings and overrides
    ('\u{2060}', '\u{206f}'),   // word joiner, invisible operators, bidirectional isolates
    ('\u{3164}', '\u{3164}'),   // Hangul filler
    ('\u{fe00}', '\u{fe0f}'),   // variation selectors
    ('\u{feff}', '\u{feff}'),   // byte order mark
    ('\u{ffa0}', '\u{ffa0}'),   // half-width Hangul filler
    ('\u{fff0}', '\u{fffb}'),   // unassigned ignorables, interlinear annotation
    ('\u{1bca0}', '\u{1bca3}'), // shorthand format controls
    ('\u{1d173}', '\u{1d17a}'), // musical format controls
    ('\u{e0000}', '\u{e0fff}'), // tags and variation selectors supplement
];

/// Whether the character survives.
pub(crate) fn is_visible(c: char) -> bool {
    if (' '..='~').contains(&c) {
        return true;
    }
    !INVISIBLE.iter().any(|&(first, last)| (first..=last).contains(&c))
}
