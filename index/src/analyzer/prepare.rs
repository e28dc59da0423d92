//! Comes in: raw text. Goes out: the same text with one code point for each character that readers take for the same.

use unicode_normalization::UnicodeNormalization;

use crate::normalise::is_visible;

/// Characters looked at: [`super::MAX_TOKENS`] words of the greatest length that counts.
const MAX_CHARS: usize = super::MAX_TOKENS * super::word::MAX_WORD_CHARS;

/// Drops invisible characters, applies NFKC, and writes every decimal digit and every apostrophe in ASCII. What comes
/// after [`MAX_CHARS`] is ignored.
pub(super) fn prepare(text: &str) -> String {
    let visible = text.chars().filter(|&c| is_visible(c));
    if text.is_ascii() {
        // It is its own NFKC.
        return visible.map(plain).take(MAX_CHARS).collect();
    }
    visible.nfkc().map(plain).take(MAX_CHARS).collect()
}

fn plain(c: char) -> char {
    match c {
        '`' | '\u{b4}' | '\u{2bc}' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' => '\'',
        _ if c.is_ascii() => c,
        _ => ascii_digit(c),
    }
}

/// Zero of each row of ten decimal digits that NFKC leaves alone and that is in use on the web.
const ZEROS: &[char] = &[
    '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}', '\u{ce6}',
    '\u{d66}', '\u{e50}', '\u{ed0}', '\u{1040}', '\u{17e0}',
];

fn ascii_digit(c: char) -> char {
    let code = u32::from(c);
    let value = ZEROS
        .iter()
        .map(|&zero| code.wrapping_sub(u32::from(zero)))
        .find(|&value| value < 10);
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_characters_get_one_form() {
        let cases = [
            ("plain text", "plain text"),
            ("Ｆｕｌｌ　ｗｉｄｔｈ", "Full width"),
            ("d’accord, it`s", "d'accord, it's"),
            ("٥٠٠٠ ۱۲ १२", "5000 12 12"),
            ("ﬁne soft\u{ad}hyphen\u{200d}", "fine softhyphen"),
            ("a\0b", "ab"),
        ];
        for (raw, wanted) in cases {
            assert_eq!(prepare(raw), wanted, "{raw}");
        }
    }
}
