//! Finds the encoding that a page declares in its first 1024 bytes: "prescan a byte stream to determine its encoding"
//! and "get an XML encoding" of the HTML standard, 13.2.3.2.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

const PRESCAN_BYTES: usize = 1024;

/// The declared encoding, if any.
pub(super) fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(PRESCAN_BYTES)];
    if start.starts_with(b"<\0?\0x\0") {
        return Some(UTF_16LE);
    }
    if start.starts_with(b"\0<\0?\0x") {
        return Some(UTF_16BE);
    }
    xml_declaration(start).or_else(|| meta(start))
}

fn xml_declaration(bytes: &[u8]) -> Option<&'static Encoding> {
    let declaration = bytes.strip_prefix(b"<?xml")?.split(|&b| b == b'>').next()?;
    let at = find(declaration, b"encoding")?;
    let rest = declaration[at + 8..]
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let quote = rest.first().filter(|q| matches!(q, b'"' | b'\''))?;
    usable(rest[1..].split(|b| b == quote).next()?)
}

fn meta(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut rest = bytes;
    while let Some(at) = find(rest, b"<") {
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix(b"<!--") {
            // The two dashes of the opening may be those of the end.
            rest = after(comment, b"-->")?;
        } else if is_meta(rest) {
            let (tag, next) = attributes(&rest[5..]);
            rest = next;
            if let Some(encoding) = meta_encoding(&tag) {
                return Some(encoding);
            }
        } else if rest.get(1).is_some_and(u8::is_ascii_alphabetic) {
            rest = attributes(skip_name(rest)).1;
        } else {
            rest = if matches!(rest.get(1), Some(b'!' | b'/' | b'?')) {
                after(rest, b">")?
            } else {
                &rest[1..]
            };
        }
    }
    None
}

fn is_meta(rest: &[u8]) -> bool {
    let named = rest.get(..5).is_some_and(|t| t.eq_ignore_ascii_case(b"<meta"));
    named && rest.get(5).is_some_and(|&b| b.is_ascii_whitespace() || b == b'/')
}

fn skip_name(tag: &[u8]) -> &[u8] {
    let end = tag
        .iter()
        .position(|&b| b.is_ascii_whitespace() || b == b'>')
        .unwrap_or(tag.len());
    &tag[end..]
}

fn meta_encoding(attributes: &[(Vec<u8>, Vec<u8>)]) -> Option<&'static Encoding> {
    let value = |name: &[u8]| attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_slice());
    let pragma = value(b"http-equiv").is_some_and(|v| v == b"content-type");
    let named = value(b"charset").or_else(|| value(b"content").filter(|_| pragma).and_then(content_charset));
    named.and_then(usable)
}

/// "Extracting a character encoding from a meta element", of `text/html; charset=…`.
fn content_charset(content: &[u8]) -> Option<&[u8]> {
    let rest = content[find(content, b"charset")? + 7..]
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    match rest.first()? {
        quote @ (b'"' | b'\'') => rest[1..].split(|b| b == quote).next(),
        _ => rest.split(|&b| b == b';' || b.is_ascii_whitespace()).next(),
    }
}

/// A label as the standard takes it from inside a page that is readable as ASCII.
fn usable(label: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label)?;
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return Some(UTF_8);
    }
    Some(if encoding == X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    })
}

/// A name and a value, in lower case.
type Attribute = (Vec<u8>, Vec<u8>);

/// "Get an attribute", until the tag ends: names and values in lower case, and what follows the tag.
fn attributes(mut rest: &[u8]) -> (Vec<Attribute>, &[u8]) {
    let mut found = Vec::new();
    loop {
        let skip = rest
            .iter()
            .position(|&b| !b.is_ascii_whitespace() && b != b'/')
            .unwrap_or(rest.len());
        rest = &rest[skip..];
        match rest.first() {
            None => return (found, rest),
            Some(b'>') => return (found, &rest[1..]),
            Some(_) => {
                let (name, value, next) = attribute(rest);
                found.push((name.to_ascii_lowercase(), value.to_ascii_lowercase()));
                rest = next;
            }
        }
    }
}

fn attribute(rest: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let end = |from: usize, stops: &[u8]| {
        let stop = |&b: &u8| b.is_ascii_whitespace() || stops.contains(&b);
        rest[from..].iter().position(stop).map_or(rest.len(), |n| from + n)
    };
    let name_end = end(1, b"=/>");
    let tail = rest[name_end..].trim_ascii_start();
    let Some(value) = tail.strip_prefix(b"=").map(<[u8]>::trim_ascii_start) else {
        return (&rest[..name_end], b"", &rest[name_end..]);
    };
    let value_at = rest.len() - value.len();
    #[expect(clippy::single_match_else, reason = "the two forms of a value stand side by side")]
    match value.first() {
        Some(quote @ (b'"' | b'\'')) => {
            let close = value[1..]
                .iter()
                .position(|b| b == quote)
                .map_or(value.len(), |n| n + 1);
            (
                &rest[..name_end],
                &value[1.min(value.len())..close],
                value.get(close + 1..).unwrap_or(b""),
            )
        }
        _ => {
            let value_end = end(value_at, b">");
            (&rest[..name_end], &rest[value_at..value_end], &rest[value_end..])
        }
    }
}

fn after<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    find(bytes, mark).map(|at| &bytes[at + mark.len()..])
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|w| w.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_page_declares() {
        let late = format!("{}<meta charset=koi8-r>", " ".repeat(1024));
        for (page, wanted) in [
            ("<meta charset=utf-8>", Some("UTF-8")),
            ("<META CharSet = 'Windows-1254' >", Some("windows-1254")),
            ("<meta charset=\"utf-16\">", Some("UTF-8")),
            ("<meta charset=x-user-defined>", Some("windows-1252")),
            (
                "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'>",
                Some("ISO-8859-2"),
            ),
            (
                "<meta content='text/html; charset=\"koi8-u\"' http-equiv=content-type>",
                Some("KOI8-U"),
            ),
            ("<meta name=a content='text/html; charset=iso-8859-2'>", None),
            ("<!-- <meta charset=koi8-r> --><meta charset=big5>", Some("Big5")),
            ("<a title='<meta charset=koi8-r>'><meta/charset=gbk>", Some("GBK")),
            ("<metadata charset=koi8-r>", None),
            (
                "<?xml version=\"1.0\" encoding = \"windows-1251\" ?>",
                Some("windows-1251"),
            ),
            ("<?xml version=\"1.0\"?>", None),
            ("<meta charset=nonsense>", None),
            ("<meta charset", None),
            ("<meta charset='", None),
            ("<meta charset=", None),
            ("< < <<<!-", None),
            (late.as_str(), None),
        ] {
            assert_eq!(declared(page.as_bytes()).map(Encoding::name), wanted, "{page:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::sample::select(&b"<>meta charset='\"=/!-?x k\0"[..]), 0..80)) {
            declared(&bytes);
        }
    }
}
