//! A text comes in; its words and signs go out, in its order.

/// What stands for a link, whichever it is.
pub(super) const LINK: &str = "^";

/// What stands for an account: the sign only. Whose it is must not count.
pub(super) const ACCOUNT: &str = "@";

/// The words of a text, and each other sign by itself. A link is [`LINK`], an account [`ACCOUNT`].
pub(super) fn tokens(text: &str) -> Vec<&str> {
    text.split_whitespace().flat_map(piece).collect()
}

fn piece(piece: &str) -> Vec<&str> {
    if is_link(piece) {
        return vec![LINK];
    }
    let mut found = Vec::new();
    let mut rest = piece;
    while let Some(first) = rest.chars().next() {
        let end = if is_word_sign(first) {
            rest.find(|c| !is_word_sign(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(end);
        let joins = matches!(first, '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
        found.extend((!joins).then_some(token));
        rest = match token {
            ACCOUNT => after.trim_start_matches(is_word_sign),
            _ => after,
        };
    }
    found
}

fn is_link(piece: &str) -> bool {
    ["http://", "https://", "www."]
        .iter()
        .any(|start| piece.get(..start.len()).is_some_and(|s| s.eq_ignore_ascii_case(start)))
}

fn is_word_sign(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a token is a word or a number.
pub(super) fn is_word(token: &str) -> bool {
    token.starts_with(char::is_alphanumeric)
}

/// Whether a token is a number.
pub(super) fn is_number(token: &str) -> bool {
    token.chars().all(char::is_numeric)
}

/// How a token is written: `Köln` is `Xxx`, `2026` is `00`, a sign is itself. Runs are cut at two.
pub(super) fn shape(token: &str) -> String {
    let mut shape = String::new();
    let mut last = ['\0'; 2];
    for kind in token.chars().map(kind) {
        if last != [kind; 2] {
            shape.push(kind);
        }
        last = [last[1], kind];
    }
    shape
}

fn kind(c: char) -> char {
    match c {
        c if c.is_uppercase() => 'X',
        c if c.is_lowercase() => 'x',
        c if c.is_numeric() => '0',
        c if c.is_alphabetic() => 'y',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_signs_links_and_accounts() {
        for (text, wanted) in [
            ("RT @mia_k: 5,5 %!", &["RT", "@", ":", "5", ",", "5", "%", "!"][..]),
            ("HTTPS://x.example/a_b#c #Köln", &["^", "#", "Köln"]),
            ("👍🏽 \u{fe0f}", &["👍", "🏽"]),
            ("", &[]),
        ] {
            assert_eq!(tokens(text), wanted, "{text}");
        }
    }

    #[test]
    fn shapes_forget_letters() {
        for (token, wanted) in [
            ("Köln", "Xxx"),
            ("BBC", "XX"),
            ("2026", "00"),
            ("Covid19", "Xxx00"),
            ("%", "%"),
        ] {
            assert_eq!(shape(token), wanted);
        }
    }
}
