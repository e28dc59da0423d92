//! Comes in: a lower-case word. Goes out: the word without what an apostrophe ties to it.
//!
//! One rule for all languages, because the language is often a guess: English `'s` and Turkish endings go
//! (`trump's`, `ankara'da`), French and Italian articles go (`l'eau`, `dell'acqua`), negations stay whole (`don't`),
//! and where the apostrophe is a letter (Ukrainian `дров'яні`) it only disappears.

use std::borrow::Cow;

const ENGLISH_ENDINGS: &[&str] = &["s", "re", "ve", "ll", "d", "m"];

/// Elided words of more than two letters.
const ELIDED: &[&str] = &[
    "all", "coll", "dall", "dell", "nell", "sull", "quell", "quest", "lorsqu", "puisqu", "jusqu", "quelqu",
];

/// Takes the word apart at its first apostrophe and keeps the part that carries the meaning.
pub(super) fn resolve(word: &str) -> Cow<'_, str> {
    let Some((before, after)) = word.split_once('\'') else {
        return Cow::Borrowed(word);
    };
    let is_letter = after.chars().next().is_some_and(|c| !c.is_ascii() && !is_latin(c));
    if is_letter || after == "t" && before.ends_with('n') {
        return Cow::Owned(word.replace('\'', ""));
    }
    if ENGLISH_ENDINGS.contains(&after) {
        return Cow::Borrowed(before);
    }
    let elided = before.chars().count() <= 2 || ELIDED.contains(&before);
    if elided && !after.is_empty() {
        resolve(after)
    } else {
        Cow::Borrowed(before)
    }
}

fn is_latin(c: char) -> bool {
    ('\u{c0}'..='\u{24f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meaningful_part_stays() {
        let cases = [
            ("trump's", "trump"),
            ("it's", "it"),
            ("don't", "dont"),
            ("l'eau", "eau"),
            ("qu'aujourd'hui", "aujourd"),
            ("dell'acqua", "acqua"),
            ("l'été", "été"),
            ("ankara'da", "ankara"),
            ("türkiye'ye", "türkiye"),
            ("дров'яні", "дровяні"),
            ("o'brien", "brien"),
            ("plain", "plain"),
            ("students'", "students"),
            ("'", ""),
        ];
        for (word, wanted) in cases {
            assert_eq!(resolve(word), wanted, "{word}");
        }
    }
}
