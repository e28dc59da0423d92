//! Comes in: text. Goes out: the same text without web addresses, which say nothing about the claim.

use super::word::is_unspaced;

/// What an address begins with, even when glued to the word before it (as in copied tweets).
const STARTS: &[&str] = &["http://", "https://", "www.", "pic.twitter.com/", "t.co/"];

/// Replaces every web address by a space. A bare domain without a path stays: it may be what the text is about.
pub(super) fn without_urls(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for chunk in text.split_inclusive(char::is_whitespace) {
        push_without_url(chunk, &mut out);
    }
    out
}

fn push_without_url(chunk: &str, out: &mut String) {
    let Some(start) = url_start(chunk) else {
        out.push_str(chunk);
        return;
    };
    let (before, url) = chunk.split_at(start);
    let end = url.find(ends_url).unwrap_or(url.len());
    out.push_str(before);
    out.push(' ');
    out.push_str(&url[end..]);
}

fn url_start(chunk: &str) -> Option<usize> {
    if !chunk.contains('.') && !chunk.contains("://") {
        return None;
    }
    let lower = chunk.to_ascii_lowercase();
    let marked = STARTS.iter().filter_map(|start| lower.find(start)).min();
    marked.or_else(|| is_domain_with_path(&lower).then_some(0))
}

/// `bit.ly/abc`, but not `and/or`, `24/7`, `U.S./Mexico` or `1.5/2`.
fn is_domain_with_path(chunk: &str) -> bool {
    let Some((host, _)) = chunk.split_once('/') else {
        return false;
    };
    let Some((name, suffix)) = host.rsplit_once('.') else {
        return false;
    };
    let host_chars = |part: &str| {
        part.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
    };
    !name.is_empty() && host_chars(name) && suffix.len() >= 2 && suffix.bytes().all(|b| b.is_ascii_alphabetic())
}

fn ends_url(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '<' | '>') || is_unspaced(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_go_and_words_stay() {
        let cases = [
            ("see https://example.org/a?b=c now", "see   now"),
            ("HTTP://EXAMPLE.ORG", " "),
            ("#IranUsapic.twitter.com/TvRk end", "#IranUsa  end"),
            ("bit.ly/abc", " "),
            ("www.example.org", " "),
            (
                "example.org says and/or 24/7 U.S./Mexico 1.5/2",
                "example.org says and/or 24/7 U.S./Mexico 1.5/2",
            ),
            ("https://t.co/abc疫苗", " 疫苗"),
            ("(((((", "((((("),
            ("", ""),
        ];
        for (text, wanted) in cases {
            assert_eq!(without_urls(text), wanted, "{text}");
        }
    }
}
