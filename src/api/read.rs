//! Texts from bodies and queries to domain values, with refusals that name what is expected and never repeat what was sent.

use crate::domain::{ClaimText, ClaimTextError, Lang, Reason, ReasonError, Timestamp, UrlError, WebUrl, clean};

/// A language tag (BCP 47): a primary subtag of two or three letters, and what may follow.
pub(crate) fn language(text: &str) -> Result<Lang, &'static str> {
    let is_subtag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let mut parts = text.split('-');
    let is_primary = parts
        .next()
        .is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()));
    let tag = (is_primary && text.len() <= 35 && parts.all(is_subtag))
        .then(|| text.parse().ok())
        .flatten();
    tag.ok_or("expected a language tag (BCP 47) such as \"de\" or \"pt-BR\"")
}

/// A web address, exactly: the URL standard would drop spaces and line breaks, which no contract describes.
pub(crate) fn url(text: &str) -> Result<WebUrl, UrlError> {
    let is_exact = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    if is_exact {
        WebUrl::parse(text)
    } else {
        Err(UrlError::Malformed)
    }
}

/// A claim's wording. Its length counts as it was sent, before cleaning.
pub(crate) fn claim_text(text: &str) -> Result<ClaimText, ClaimTextError> {
    let is_long = text.chars().nth(ClaimText::MAX_CHARS).is_some();
    if is_long {
        Err(ClaimTextError::TooLong)
    } else {
        ClaimText::parse(text)
    }
}

/// Why a reviewer does something. Its length counts as it was sent, before cleaning.
pub(crate) fn reason(text: &str) -> Result<Reason, ReasonError> {
    let is_long = text.chars().nth(Reason::MAX_CHARS).is_some();
    if is_long {
        Err(ReasonError::TooLong)
    } else {
        Reason::parse(text)
    }
}

/// A time.
pub(crate) fn time(text: &str) -> Result<Timestamp, &'static str> {
    Timestamp::parse(text).ok_or("expected a time as in RFC 3339, such as \"2026-11-22T10:00:00Z\", or a date")
}

/// A text of one character or more after cleaning, and of `max` at the most as it was sent.
pub(crate) fn text(text: &str, max: usize) -> Result<String, String> {
    let cleaned = optional_text(text, max)?;
    if cleaned.is_empty() {
        Err(format!("expected a text of 1 to {max} characters"))
    } else {
        Ok(cleaned)
    }
}

/// A text that may be empty.
pub(crate) fn optional_text(text: &str, max: usize) -> Result<String, String> {
    if text.chars().nth(max).is_some() {
        return Err(format!("expected a text of at most {max} characters"));
    }
    Ok(clean(text))
}

/// A host name, without `www.`.
pub(crate) fn host(text: &str) -> Result<String, &'static str> {
    let is_edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let is_name = text.len() <= 253
        && is_edge(text.chars().next())
        && is_edge(text.chars().next_back())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
    let host = text.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    is_name
        .then(|| host.to_owned())
        .ok_or("expected a host name such as \"faktencheck.example\"")
}
