//! What bytes are, by their looks: the header lies too often to be followed.

use serde::Serialize;

use super::decode::decode;

/// How far the looks go.
const SNIFF_BYTES: usize = 1024;

/// The kinds of content that are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A web page.
    Html,
    /// A feed, or other XML.
    Xml,
    /// JSON: a feed, a timeline, ClaimReview, one value or one a line.
    Json,
    /// Nothing that we read: pictures, archives, films, plain text.
    #[default]
    Other,
}

/// First bytes of what is no text (WHATWG MIME Sniffing, 6; PDF and archives too).
const SIGNATURES: &[&[u8]] = &[
    b"%PDF-",
    b"\x89PNG\r\n",
    b"GIF8",
    b"\xff\xd8\xff",
    b"RIFF",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"7z\xbc\xaf",
    b"Rar!",
    b"OggS",
    b"ID3",
    b"\0\0\x01\0",
    b"\x1aE\xdf\xa3",
    b"wOFF",
    b"wOF2",
    b"MZ",
    b"\x7fELF",
];

/// Root elements of feeds and other XML that we may meet.
const XML_ROOTS: &[&str] = &["rss", "feed", "rdf:rdf", "urlset", "sitemapindex", "opml", "entry"];

/// Says what bytes are. The header decides only where the looks leave it open.
pub fn sniff(bytes: &[u8], content_type: Option<&str>) -> MediaKind {
    if is_binary(bytes) {
        return MediaKind::Other;
    }
    let start = &bytes[..bytes.len().min(SNIFF_BYTES)];
    let text = decode(start, content_type).text.to_ascii_lowercase();
    match text.trim_start().chars().next() {
        Some('{' | '[') => MediaKind::Json,
        Some('<') => markup(text.trim_start(), content_type),
        _ if claims(content_type, &["html"]) && text.contains('<') => MediaKind::Html,
        _ => MediaKind::Other,
    }
}

fn is_binary(bytes: &[u8]) -> bool {
    let signed = SIGNATURES.iter().any(|s| bytes.starts_with(s)) || bytes.get(4..8) == Some(b"ftyp");
    // C0 controls that no text holds (MIME Sniffing, 3: binary data byte); a UTF-16 text has a mark or `<?xml`.
    let wide = bytes.starts_with(b"\xff\xfe")
        || bytes.starts_with(b"\xfe\xff")
        || bytes.starts_with(b"<\0")
        || bytes.starts_with(b"\0<");
    let control = |&b: &u8| matches!(b, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f);
    let odd = bytes.iter().take(SNIFF_BYTES).filter(|b| control(b)).count();
    // A stray NUL in a page is dirt; a share of them is a picture.
    signed || (!wide && odd * 20 > bytes.len().min(SNIFF_BYTES))
}

fn markup(text: &str, content_type: Option<&str>) -> MediaKind {
    let declared = text.starts_with("<?xml");
    match root(text) {
        Some(name) if XML_ROOTS.contains(&name) => MediaKind::Xml,
        Some("html") => MediaKind::Html,
        _ if declared || (claims(content_type, &["xml", "rss"]) && !claims(content_type, &["xhtml"])) => MediaKind::Xml,
        _ => MediaKind::Html,
    }
}

/// The name of the first element, past declaration, comments and document type.
fn root(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = rest[rest.find('<')?..].strip_prefix('<')?;
        rest = if let Some(comment) = rest.strip_prefix("!--") {
            comment.split_once("-->")?.1
        } else if let Some(name) = rest.strip_prefix("!doctype") {
            return name
                .trim_start()
                .split(|c: char| c.is_whitespace() || "[>".contains(c))
                .next();
        } else if rest.starts_with(['?', '!']) {
            rest.split_once('>')?.1
        } else {
            return rest.split(|c: char| c.is_whitespace() || "/>".contains(c)).next();
        };
    }
}

fn claims(content_type: Option<&str>, words: &[&str]) -> bool {
    let media = content_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    words.iter().any(|word| media.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_win_over_the_header() {
        use MediaKind::{Html, Json, Other, Xml};
        for (bytes, header, wanted) in [
            (&b"<!DOCTYPE html><p>x"[..], Some("image/png"), Html),
            (b"\x89PNG\r\n\x1a\n<html>", Some("text/html"), Other),
            (b"%PDF-1.7 <html>", Some("text/html"), Other),
            (b"\0\0\0\x20ftypisom", Some("text/html"), Other),
            (b"PK\x03\x04", Some("text/html"), Other),
            (b"  <?xml version='1.0'?><rss version='2.0'>", Some("text/html"), Xml),
            (b"<!-- a --><feed xmlns='x'>", None, Xml),
            (b"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'b'>]><rss>", None, Xml),
            (
                b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>",
                None,
                Html,
            ),
            (b"\xef\xbb\xbf{\"a\":1}", Some("text/html"), Json),
            (b"\n[1]", None, Json),
            (b"<p>Hello", Some("application/octet-stream"), Html),
            (b"<thing>", Some("application/xml"), Xml),
            (b"Hello <b>world</b>", Some("text/html"), Html),
            (b"Hello <b>world</b>", Some("text/plain"), Other),
            (b"<\0?\0x\0m\0l\0 \0?\0>\0<\0r\0s\0s\0>\0", None, Xml),
            (
                b"<html><body>NUL \0 in the middle of a page that is otherwise fine</body>",
                None,
                Html,
            ),
            (b"", Some("text/html"), Other),
        ] {
            assert_eq!(sniff(bytes, header), wanted, "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
