//! A form's body goes in; the text that somebody asks about comes out.

use http::{HeaderMap, header};

use super::visit::param;

/// Whether the body is said to be a form as browsers send it (WHATWG URL, 5), not compressed.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let value = |name| {
        headers
            .get(name)
            .map_or("", |value: &http::HeaderValue| value.to_str().unwrap_or("?"))
    };
    let media = value(header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
    let is_plain = matches!(value(header::CONTENT_ENCODING), "" | "identity");
    media.eq_ignore_ascii_case("application/x-www-form-urlencoded") && is_plain
}

/// The text asked about: trimmed, its line breaks as one character; `None` if there is none. Broken UTF-8 becomes
/// replacement characters: a form that a browser garbled is still worth an answer.
pub(super) fn text(body: &[u8]) -> Option<String> {
    field(body, "text")
}

/// Any field, in the same way.
pub(super) fn field(body: &[u8], name: &str) -> Option<String> {
    let sent = param(&String::from_utf8_lossy(body), name)?;
    let text = sent.replace("\r\n", "\n").replace('\0', "");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn forms_are_read_as_browsers_send_them() {
        for (body, wanted) in [
            ("text=Die+Br%C3%BCcke%0D%0Aist+zu", Some("Die Brücke\nist zu")),
            ("lang=de&text=a&text=b", Some("a")),
            ("text=%00+x+%00", Some("x")),
            ("text=%FF%FEa", Some("\u{FFFD}\u{FFFD}a")),
            ("text=a%2", Some("a%2")),
            ("text=%D9%86%D8%B5", Some("نص")),
            ("text=", None),
            ("text=+%0A%09", None),
            ("text", None),
            ("other=x", None),
            ("", None),
        ] {
            assert_eq!(text(body.as_bytes()), wanted.map(str::to_owned), "{body:?}");
        }
        assert_eq!(text(b"text=\xff").as_deref(), Some("\u{FFFD}"));
    }

    #[test]
    fn only_forms_are_taken() {
        let sent = |media: &'static str, encoding: &'static str| {
            let pairs = [(header::CONTENT_TYPE, media), (header::CONTENT_ENCODING, encoding)];
            is_form(
                &pairs
                    .into_iter()
                    .map(|(name, value)| (name, HeaderValue::from_static(value)))
                    .collect(),
            )
        };
        assert!(sent("application/x-www-form-urlencoded", ""));
        assert!(sent("Application/X-WWW-Form-URLencoded; charset=utf-8", "identity"));
        for (media, encoding) in [
            ("text/plain", ""),
            ("", ""),
            ("multipart/form-data; boundary=x", ""),
            ("application/x-www-form-urlencoded", "gzip"),
        ] {
            assert!(!sent(media, encoding), "{media} {encoding}");
        }
    }
}
