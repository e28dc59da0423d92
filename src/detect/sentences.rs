//! A text to its sentences, by the `sentencex` crate's rules for the language.

use crate::domain::Lang;

/// The sentences of a text, trimmed, paragraph by paragraph.
pub(super) fn of_text(text: &str, lang: Lang) -> Vec<&str> {
    let sentences = text
        .lines()
        .flat_map(|paragraph| sentencex::segment(lang.as_str(), paragraph));
    sentences
        .map(str::trim)
        .filter(|s| s.chars().any(char::is_alphanumeric))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_by_language() {
        for (lang, text, wanted) in [
            (
                Lang::DE,
                "Am 3. Oktober sagte Dr. Weber, z. B. Strom koste 5,5 Cent. Das stimmt nicht.",
                2,
            ),
            (
                Lang::EN,
                "Dr. Smith said the U.S. spent 3.5 million. \"Is it true?\" she asked.",
                2,
            ),
            (
                Lang::TR,
                "Bakan, 3.500 kişinin işe alındığını söyledi. Prof. Dr. Kaya bunu yalanladı.",
                2,
            ),
            (
                Lang::AR,
                "قال الوزير إن الأسعار ارتفعت بنسبة 20%. هل هذا صحيح؟ لا نعرف.",
                3,
            ),
            (Lang::RU, "Министр заявил, что цены выросли на 20 %. Это неправда.", 2),
            (Lang::from_tag("zh"), "这是假的。那是真的。", 2),
            (Lang::UND, "One line\nAnother line\n\n***\n", 2),
            (
                Lang::DE,
                "Die Kosten, d. h. ca. 3 Mio. Euro, trug u. a. die Stadt. Das war Nr. 5 bzw. Nr. 6 der Liste.",
                2,
            ),
            (
                Lang::DE,
                "Bis zum 3. Oktober gilt das. Am 24. Dezember ist zu. Prof. Dr. A. Weber kommt.",
                3,
            ),
            (
                Lang::DE,
                "„Die Brücke ist sicher. Wir prüfen sie jährlich“, sagte Dr. Weber. Sie wird 40.",
                2,
            ),
            (
                Lang::EN,
                "\"The bridge is safe. We check it each year,\" said Mr. Hill. It turns 40.",
                2,
            ),
            (Lang::EN, "", 0),
        ] {
            assert_eq!(of_text(text, lang).len(), wanted, "{lang}: {:?}", of_text(text, lang));
        }
    }
}
