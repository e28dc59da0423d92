//! Web addresses, and the key under which equal ones meet.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// Why a text is no web address that we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Longer than [`WebUrl::MAX_BYTES`].
    #[error("the address is longer than 2048 bytes")]
    TooLong,
    /// Not a URL by the WHATWG URL standard.
    #[error("not a web address")]
    Malformed,
    /// Another scheme than http or https.
    #[error("only http and https addresses are taken")]
    Scheme,
    /// A user name or password in the address.
    #[error("an address with a user name or password is not taken")]
    Credentials,
}

/// An absolute http or https address without credentials, at most 2048 bytes, as the WHATWG URL standard serialises it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct WebUrl(String);

impl WebUrl {
    /// Longest address taken, in bytes.
    pub const MAX_BYTES: usize = 2048;

    /// Parses and checks an address.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        if text.len() > Self::MAX_BYTES {
            return Err(UrlError::TooLong);
        }
        let url = url::Url::parse(text.trim()).map_err(|_| UrlError::Malformed)?;
        Self::try_from(url)
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key under which equal addresses meet.
    pub fn key(&self) -> UrlKey {
        UrlKey::of(self)
    }

    /// The parsed form.
    pub fn to_url(&self) -> url::Url {
        url::Url::parse(&self.0).expect("was serialised from a parsed URL")
    }

    /// Its parts as they stand in its text, without parsing it again: a page has hundreds of addresses, and each is looked at
    /// several times.
    pub(crate) fn parts(&self) -> Parts<'_> {
        let plain = self.0.split_once('#').map_or(self.as_str(), |(plain, _)| plain);
        let (plain, query) = plain
            .split_once('?')
            .map_or((plain, ""), |(plain, query)| (plain, query));
        let (scheme, plain) = plain.split_once("://").expect("web addresses have hosts");
        let (authority, path) = plain.split_at(plain.find('/').unwrap_or(plain.len()));
        // An IPv6 address has colons too, and a bracket at its end.
        let with_port = authority.rsplit_once(':');
        let with_port = with_port.and_then(|(host, port)| Some((host, port.parse().ok()?)));
        Parts {
            host: with_port.map_or(authority, |(host, _)| host),
            port: with_port.map(|(_, port)| port),
            usual_port: if scheme == "https" { 443 } else { 80 },
            path,
            query,
        }
    }

    /// Resolves a reference found in a page at this address.
    pub fn join(&self, reference: &str) -> Result<Self, UrlError> {
        let url = self.to_url().join(reference.trim()).map_err(|_| UrlError::Malformed)?;
        Self::try_from(url)
    }
}

/// Parts of an address, as the standard serialises them; no port if it is the scheme's own.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: Option<u16>,
    /// The scheme's own.
    pub(crate) usual_port: u16,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
}

impl TryFrom<url::Url> for WebUrl {
    type Error = UrlError;
    fn try_from(url: url::Url) -> Result<Self, UrlError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlError::Credentials);
        }
        if url.host().is_none() {
            return Err(UrlError::Malformed);
        }
        let text = String::from(url);
        if text.len() > Self::MAX_BYTES {
            return Err(UrlError::TooLong);
        }
        Ok(Self(text))
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for WebUrl {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A normalised address: two addresses of the same page give the same key. It is stored, so its rules are versioned
/// with [`claim_index::NORMALISER_VERSION`] and held by `fixtures/urls/normalise.json`. It is a key, not an address to fetch.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UrlKey(String);

/// Query parameters that only say how a reader came here.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "mc_cid",
    "mc_eid",
    "igshid",
    "igsh",
    "twclid",
    "yclid",
    "ref_src",
    "ref_url",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "wt_mc",
    "wt_zmc",
    "at_medium",
    "at_campaign",
    "ocid",
    "cmpid",
    "ns_campaign",
    "ns_mchannel",
    "spm",
    "vero_id",
    "oly_anon_id",
    "oly_enc_id",
    "__twitter_impression",
];

impl UrlKey {
    fn of(url: &WebUrl) -> Self {
        let url = url.parts();
        let host = url.host.trim_end_matches('.').trim_start_matches("www.");
        let port = url.port.map(|p| format!(":{p}")).unwrap_or_default();
        let path = percent(url.path);
        let path = if path == "/" { "/" } else { path.trim_end_matches('/') };
        let path = if path.is_empty() { "/" } else { path };
        Self([host, &port, path, &query(url.query)].concat())
    }

    /// The key as stored: host, port, path and sorted query, without scheme.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host and port, without `www.`.
    pub fn site(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }
}

impl fmt::Display for UrlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn query(query: &str) -> String {
    if query.is_empty() {
        return String::new();
    }
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_tracking(pair.split('=').next().unwrap_or_default()))
        .map(percent)
        .collect();
    pairs.sort();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    }
}

fn is_tracking(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("utm_") || TRACKING.contains(&name.as_str())
}

/// Percent-encoding in one form (RFC 3986, 6.2.2): unreserved characters plain, hex digits in upper case.
fn percent(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match Some(first).filter(|&c| c == '%').and_then(|_| escaped(rest)) {
            Some(byte) => {
                rest = &rest[2..];
                push_byte(&mut out, byte);
            }
            None => out.push(first),
        }
    }
    out
}

/// The byte that two hex digits say.
fn escaped(rest: &str) -> Option<u8> {
    let digits = rest.get(..2).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

/// Plain if unreserved, unless it would make an escape together with a percent sign that stands alone before it: a key must
/// be its own key.
fn push_byte(out: &mut String, byte: u8) {
    let alone = out.ends_with('%') || out.as_bytes().iter().nth_back(1) == Some(&b'%');
    let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if unreserved && !(alone && byte.is_ascii_hexdigit()) {
        out.push(char::from(byte));
    } else {
        out.push_str(&format!("%{byte:02X}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Vector {
        r#in: String,
        out: Option<String>,
        why: String,
    }

    #[test]
    fn keys_are_those_of_the_golden_file() {
        let vectors = include_str!("../../fixtures/urls/normalise.json");
        let vectors: Vec<Vector> = serde_json::from_str(vectors).expect("JSON");
        for vector in vectors {
            let key = WebUrl::parse(&vector.r#in).ok().map(|url| url.key().to_string());
            assert_eq!(key, vector.out, "{:?}: {}", vector.r#in, vector.why);
        }
    }

    #[test]
    fn says_why_a_text_is_no_address() {
        let long = format!("https://a.example/{}", "a".repeat(2048));
        for (text, wanted) in [
            ("javascript:alert(1)", UrlError::Scheme),
            ("https://a@b.example/", UrlError::Credentials),
            ("https://:p@b.example/", UrlError::Credentials),
            ("/path", UrlError::Malformed),
            (long.as_str(), UrlError::TooLong),
        ] {
            assert_eq!(WebUrl::parse(text), Err(wanted), "{text}");
        }
    }

    #[test]
    fn references_are_resolved_and_checked_again() {
        let base = WebUrl::parse("https://a.example/x/y").unwrap();
        for (reference, wanted) in [
            (" z?q#f ", Ok("https://a.example/x/z?q#f")),
            ("//b.example", Ok("https://b.example/")),
            ("JavaScript:alert(1)", Err(UrlError::Scheme)),
            ("java\nscript:alert(1)", Err(UrlError::Scheme)),
            ("https://u:p@b.example/", Err(UrlError::Credentials)),
        ] {
            let joined = base.join(reference);
            assert_eq!(
                joined.as_ref().map(WebUrl::as_str),
                wanted.as_ref().copied(),
                "{reference}"
            );
        }
    }

    #[test]
    fn parts_are_those_that_a_parser_finds() {
        for text in [
            "http://a.example",
            "https://A.example:443/x/y?q=/#f?g",
            "https://a.example:8443?q",
            "http://[2001:db8::1]/x",
            "http://[2001:db8::1]:8080/x#a/b",
            "http://127.1:80/",
            "https://bücher.example./%2f//?a?b",
            "https://a.example#f",
        ] {
            same_parts(&WebUrl::parse(text).expect(text));
        }
    }

    fn same_parts(url: &WebUrl) {
        let parsed = url.to_url();
        let wanted = Parts {
            host: parsed.host_str().unwrap_or_default(),
            port: parsed.port(),
            usual_port: if parsed.scheme() == "https" { 443 } else { 80 },
            path: parsed.path(),
            query: parsed.query().unwrap_or_default(),
        };
        assert_eq!(url.parts(), wanted, "{url}");
    }

    proptest::proptest! {
        /// A key read as an address is its own key: it says everything that counts, once.
        #[test]
        fn keys_are_idempotent(
            host in "(www\\.)?[a-z]{1,8}\\.example",
            path in "(/|[a-zA-Z0-9]|%[0-9a-fA-F]{2}|%|\\.|ü|;|:){0,20}",
            query in "(&|=|[a-z]|utm_a=1|%[0-9a-fA-F]{2}|%|\\+|ß){0,20}",
        ) {
            if let Ok(url) = WebUrl::parse(&format!("https://{host}/{path}?{query}#f")) {
                same_parts(&url);
                let key = url.key();
                let again = WebUrl::parse(&format!("https://{key}")).expect("a key is an address").key();
                proptest::prop_assert_eq!(key, again);
            }
        }
    }
}
