//! Comes in: a lower-case word. Goes out: the word as someone types it who has no diacritics on the keyboard.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Strips accents, vowel points and Arabic harakat, and unifies letters that stand for each other (`ß` and `ss`,
/// dotted and dotless `i`, the forms of alef). Indic, Thai and Hangul signs stay: there they are letters.
pub(super) fn fold(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return Cow::Borrowed(word);
    }
    let mut out = String::with_capacity(word.len());
    for c in word.nfkd().filter(|&c| !is_diacritic(c)) {
        match replacement(c) {
            Some(plain) => out.push_str(plain),
            None => out.push(c),
        }
    }
    Cow::Owned(out.nfc().collect())
}

/// Combining marks of Latin, Greek, Cyrillic, Hebrew and Arabic; tatweel, which only stretches a word.
fn is_diacritic(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{591}'..='\u{5bd}'
            | '\u{5bf}'
            | '\u{5c1}'..='\u{5c2}'
            | '\u{5c4}'..='\u{5c5}'
            | '\u{610}'..='\u{61a}'
            | '\u{640}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{6d6}'..='\u{6dc}'
            | '\u{6df}'..='\u{6e8}'
            | '\u{6ea}'..='\u{6ed}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20f0}'
    )
}

/// Letters that no decomposition takes apart. After NFKD the alefs with hamza or madda are bare already.
fn replacement(c: char) -> Option<&'static str> {
    let plain = match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ı' => "i",
        'þ' => "th",
        'ς' => "σ",
        'ґ' => "г",
        '\u{671}' => "ا",
        'ى' | 'ی' => "ي",
        'ک' => "ك",
        'ة' => "ه",
        _ => return None,
    };
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diacritics_do_not_tell_words_apart() {
        let cases = [
            ("müller", "muller"),
            ("straße", "strasse"),
            ("coração", "coracao"),
            ("łódź", "lodz"),
            ("i\u{307}stanbul", "istanbul"),
            ("aşısı", "asisi"),
            ("اللُّقاحُ", "اللقاح"),
            ("أسماء", "اسماء"),
            ("مدرسة", "مدرسه"),
            ("العـــربية", "العربيه"),
            ("ёлка", "елка"),
            ("λόγος", "λογοσ"),
            ("हिन्दी", "हिन्दी"),
            ("백신", "백신"),
            ("plain", "plain"),
        ];
        for (word, wanted) in cases {
            assert_eq!(fold(word), wanted, "{word}");
        }
    }
}
