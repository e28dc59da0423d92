//! Comes in: a copied post. Goes out: its text without the line that says who posted it.

/// Cuts what embedded tweets end with: `— Name (@handle) January 6, 2020`.
pub(super) fn without_signature(text: &str) -> &str {
    match text.rfind(['\u{2014}', '\u{2013}']) {
        Some(dash) if text[dash..].contains("(@") => &text[..dash],
        _ => text,
    }
}

/// Whether a word before a handle only gives credit: `RT @name`, `via @name`.
pub(super) fn credits(word: &str) -> bool {
    word.eq_ignore_ascii_case("rt") || word.eq_ignore_ascii_case("via")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_signatures_go() {
        let cases = [
            ("It is flat. — Jo Doe (@jodoe) May 1, 2020", "It is flat. "),
            ("It is flat – and hot", "It is flat – and hot"),
            ("Ask (@jodoe) — or not", "Ask (@jodoe) — or not"),
            ("", ""),
        ];
        for (text, wanted) in cases {
            assert_eq!(without_signature(text), wanted, "{text}");
        }
    }
}
